# Runs a PostgreSQL server in a temporary folder: `sh -c SCRIPT sh BIN PORT`. Prints a line when it is ready, and stops the
# server and deletes the folder when stdin is closed. This also happens if the caller is killed.
set -eu
bin=$1
port=$2

# PostgreSQL refuses to run as root, whose folder for temporary files may be inaccessible to other users
as_user=
if [ "$(id -u)" = 0 ]; then
    as_user="runuser -u postgres --"
    TMPDIR=/tmp
fi

folder=$($as_user mktemp -d "${TMPDIR:-/tmp}/catchment-postgres-XXXXXX")
stop() {
    if [ -f "$folder/data/postmaster.pid" ]; then
        $as_user "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

fail() {
    cat "$folder"/*.log >&2
    exit 1
}

printf loader >"$folder/password"
$as_user "$bin/initdb" -D "$folder/data" --username=loader --pwfile="$folder/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || fail

# only loopback, as the password is public; the data does not have to survive a crash
options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300"
options="$options -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
$as_user "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -o "$options" start >/dev/null || fail

echo "ready; restart with: $as_user '$bin/pg_ctl' -D '$folder/data' -w -m immediate -l '$folder/server.log' restart >/dev/null"
# a builtin, which a signal interrupts, so that the trap runs at once
read -r _ || true
