"""The destinations that are compared: their settings, how the reference writes to them, and how a dataset is read.

An engine has `begin(work)`, which is called before each case, `env()` (settings of a run), `reference()` (arguments of
reference.py), `exists()`, `open()` (returns a reader) and `stop()`. A reader has
`tables(dataset) -> {table: [(column, type, is_nullable)]}`, `rows(dataset, table, columns) -> [tuple]` and `close()`.
"""
import glob, os, pwd, shutil, socket, subprocess, sys, tempfile, time, urllib.request
from pathlib import Path
from urllib.parse import urlsplit


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class SqlReader:
    """Reads through information_schema. `fetch(sql, params)` runs a query with `?` as the placeholder of a parameter."""

    def __init__(self, fetch, close):
        self.fetch, self.close = fetch, close

    def tables(self, dataset):
        out = {}
        for table, column, kind, nullable in self.fetch(
                "select table_name, column_name, data_type, is_nullable from information_schema.columns "
                "where table_schema = ? order by table_name, ordinal_position", [dataset]):
            out.setdefault(table, []).append((column, kind, nullable == "YES"))
        return out

    def rows(self, dataset, table, columns):
        names = ", ".join(f'"{c}"' for c in columns)
        return self.fetch(f'select {names} from "{dataset}"."{table}"', [])


class DuckDb:
    """A DuckDB file for each case."""
    name, golden, merges = "duckdb", "golden", True

    def begin(self, work):
        self.path = str(work / "out.duckdb")

    def env(self):
        return {"DESTINATION__DUCKDB__CREDENTIALS": self.path}

    def reference(self):
        return ["duckdb", self.path]

    def exists(self):
        return os.path.exists(self.path)

    def open(self):
        import duckdb
        con = duckdb.connect(self.path, read_only=True)
        con.execute("set TimeZone='UTC'")
        return SqlReader(lambda sql, params: con.execute(sql, params).fetchall(), con.close)

    def stop(self):
        pass


class PostgresServer:
    """A PostgreSQL server in a temporary folder. As root, it runs as the user `postgres`."""

    def __init__(self):
        versions = [Path(program).parent for program in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
        if not versions:
            sys.exit("PostgreSQL is not installed; install Debian's package `postgresql`, or set CATCHMENT_POSTGRES to the "
                     "connection string of a server")
        self.bin = max(versions, key=lambda path: float(path.parent.name))
        self.folder = tempfile.mkdtemp(prefix="conf_pg_")
        self.as_user = []
        if os.getuid() == 0:
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
            self.as_user = ["runuser", "-u", "postgres", "--"]
        port = free_port()
        self.url = f"postgresql://loader:loader@127.0.0.1:{port}/postgres"
        try:
            self.run("initdb", "-U", "loader", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
            self.run("pg_ctl", "-w", "-l", f"{self.folder}/log", "-o",
                     f"-p {port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off", "start")
        except BaseException:
            self.stop()
            raise

    def run(self, program, *args, check=True):
        subprocess.run([*self.as_user, str(self.bin / program), "-D", f"{self.folder}/data", *args], check=check,
                       stdout=subprocess.DEVNULL, cwd=self.folder)

    def stop(self):
        if os.path.exists(f"{self.folder}/data/postmaster.pid"):
            self.run("pg_ctl", "-m", "immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres:
    """A database for each case on the server of CATCHMENT_POSTGRES, by default on a server that is started for the cases.

    CATCHMENT_POSTGRES is a connection string, whose role must be allowed to create databases. Requires the Python package
    psycopg2-binary.
    """
    name, golden, merges = "postgres", "golden_postgres", True

    def __init__(self):
        try:
            import psycopg2
        except ImportError:
            sys.exit(f"the Python package psycopg2 is missing in {sys.executable}; install psycopg2-binary")
        self.connect_to = psycopg2.connect
        self.url = os.environ.get("CATCHMENT_POSTGRES")
        self.server = None if self.url else PostgresServer()
        self.url = self.url or self.server.url
        self.databases = []

    def dsn(self, database):
        return urlsplit(self.url)._replace(path=f"/{database}").geturl()

    def execute(self, sql):
        con = self.connect_to(self.url)
        con.autocommit = True
        con.cursor().execute(sql)
        con.close()

    def begin(self, work):
        self.databases.append(f"case_{len(self.databases) + 1}_{os.getpid()}_{int(time.time())}")
        self.execute(f"create database {self.databases[-1]}")

    def env(self):
        return {"DESTINATION__POSTGRES__CREDENTIALS": self.dsn(self.databases[-1])}

    def reference(self):
        return ["postgres", self.dsn(self.databases[-1])]

    def exists(self):
        return True

    def open(self):
        con = self.connect_to(self.dsn(self.databases[-1]))
        con.cursor().execute("set time zone 'UTC'")

        def fetch(sql, params):
            cursor = con.cursor()
            cursor.execute(sql.replace("%", "%%").replace("?", "%s") if params else sql, params or None)
            return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]

        return SqlReader(fetch, con.close)

    def stop(self):
        if self.server:
            self.server.stop()
            return
        for database in self.databases:
            self.execute(f"drop database if exists {database} with (force)")


class BigQuery:
    """A project for each case in an emulator of BigQuery, without golden files.

    CATCHMENT_BIGQUERY is the URL of the emulator. Without it, BQEMULATOR is the path of the emulator to start, which the
    Python package bqemulator contains. It requires a separate virtual environment, as it depends on an old version of
    duckdb. Datasets are read with the package google-cloud-bigquery.
    """
    name, golden, merges = "bigquery", None, True

    def __init__(self):
        self.number, self.process = 0, None
        self.url = os.environ.get("CATCHMENT_BIGQUERY")
        if not self.url:
            self.start()

    def start(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.folder = tempfile.mkdtemp(prefix="conf_bq_")
        with open(f"{self.folder}/log", "w") as log:
            self.process = subprocess.Popen(
                [os.environ.get("BQEMULATOR", "bqemulator"), "start", "--rest-port", str(port), "--grpc-port", str(free_port())],
                stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/bigquery/v2/projects", timeout=1).read()
                return
            except OSError:
                time.sleep(0.1)
        log = Path(f"{self.folder}/log").read_text()
        self.stop()
        sys.exit(f"the emulator of BigQuery did not start within a minute: {log[-300:]}")

    def begin(self, work):
        self.number += 1
        self.project = f"case-{self.number}-{os.getpid()}"

    def env(self):
        return {"BIGQUERY_EMULATOR_HOST": self.url, "DESTINATION__BIGQUERY__PROJECT_ID": self.project}

    def exists(self):
        return True

    def open(self):
        return BigQueryReader(self.project, self.url)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)


class BigQueryReader:
    def __init__(self, project, host):
        from google.api_core.client_options import ClientOptions
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery
        self.client = bigquery.Client(project=project, credentials=AnonymousCredentials(), client_options=ClientOptions(api_endpoint=host))

    def tables(self, dataset):
        from google.api_core.exceptions import NotFound
        try:
            tables = [self.client.get_table(t.reference) for t in self.client.list_tables(dataset)]
        except NotFound:
            return {}
        return {t.table_id: [(f.name, f.field_type, f.mode != "REQUIRED") for f in t.schema] for t in tables}

    def rows(self, dataset, table, columns):
        names = ", ".join(f"`{c}`" for c in columns)
        return [tuple(r) for r in self.client.query(f"select {names} from `{dataset}`.`{table}`").result()]

    def close(self):
        self.client.close()


class Filesystem:
    """Parquet files in a local folder, `DATASET/TABLE/**/*.parquet`, without golden files. System tables may be JSON Lines."""
    name, golden, merges = "filesystem", None, False

    def begin(self, work):
        self.root = work / "bucket"
        self.root.mkdir()

    def env(self):
        return {"DESTINATION__FILESYSTEM__BUCKET_URL": f"file://{self.root}"}

    def exists(self):
        return True

    def open(self):
        return FilesReader(self.root)

    def stop(self):
        pass


class FilesReader:
    def __init__(self, root):
        import duckdb
        self.root, self.con = root, duckdb.connect()
        self.con.execute("set TimeZone='UTC'")

    def scan(self, dataset, table):
        folder = self.root / dataset / table
        if any(folder.rglob("*.parquet")):
            return f"read_parquet('{folder}/**/*.parquet', union_by_name=true, hive_partitioning=false)"
        return f"read_json('{folder}/**/*.jsonl*', union_by_name=true)"

    def tables(self, dataset):
        out = {}
        base = self.root / dataset
        for folder in sorted(p for p in base.iterdir() if p.is_dir()) if base.exists() else []:
            if any(folder.rglob("*.parquet")) or any(folder.rglob("*.jsonl*")):
                rows = self.con.execute(f"describe select * from {self.scan(dataset, folder.name)}").fetchall()
                out[folder.name] = [(r[0], r[1], True) for r in rows]
        return out

    def rows(self, dataset, table, columns):
        names = ", ".join(f'"{c}"' for c in columns)
        return self.con.execute(f"select {names} from {self.scan(dataset, table)}").fetchall()

    def close(self):
        self.con.close()


ENGINES = {e.name: e for e in (DuckDb, Postgres, BigQuery, Filesystem)}
