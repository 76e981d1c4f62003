# Runs an emulator of BigQuery in a temporary folder: `sh -c SCRIPT sh PYTHON LAUNCHER PORT GRPC_PORT`. LAUNCHER is the text
# of the Python program. Prints a line when it is ready, and stops the emulator and deletes the folder when stdin is closed.
# This also happens if the caller is killed.
set -eu
python=$1
launcher=$2
port=$3
grpc_port=$4

folder=$(mktemp -d "${TMPDIR:-/tmp}/catchment-bigquery-XXXXXX")
server=
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

# the emulator stores uploads in TMPDIR
TMPDIR=$folder "$python" -B -c "$launcher" start --rest-port "$port" --grpc-port "$grpc_port" --log-level error \
    >"$folder/log" 2>&1 </dev/null &
server=$!

look="import urllib.request; urllib.request.urlopen('http://127.0.0.1:$port/bigquery/v2/projects', timeout=5)"
until "$python" -c "$look" 2>/dev/null; do
    if ! kill -0 "$server" 2>/dev/null; then
        cat "$folder/log" >&2
        exit 1
    fi
    sleep 0.2
done

echo ready
# a builtin, which a signal interrupts, so that the trap runs at once
read -r _ || true
