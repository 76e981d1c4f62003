"""Starts bqemulator 1.4.0 with corrections of faults in which it differs from BigQuery.

Takes the arguments of `bqemulator`. Each correction names its reproduction.
"""

import asyncio
import functools
import re

import sqlglot
from bqemulator import cli
from bqemulator.api.routes import jobs as job_routes
from bqemulator.api.routes import upload as upload_routes
from bqemulator.catalog import ddl_sync
from bqemulator.catalog.models import TableSchema
from bqemulator.domain.errors import AlreadyExistsError
from bqemulator.jobs import executor
from bqemulator.scripting import interpreter
from bqemulator.storage import sql_identifiers, type_map
from bqemulator.storage.sql_identifiers import quoted_table_ref
from sqlglot import expressions as exp

STARTED_JOBS = set()


def start_job(project_id, job_id):
    """A job id can be used once. Reproduction: insert the same load or query job twice; both run."""
    if (project_id, job_id) in STARTED_JOBS:
        raise AlreadyExistsError(f"Already Exists: Job {project_id}:{job_id}")
    STARTED_JOBS.add((project_id, job_id))


def once(handler):
    @functools.wraps(handler)
    async def handle(project_id, job_id, *args, **kwargs):
        if not kwargs.get("dry_run"):
            start_job(project_id, job_id)
        return await handler(project_id, job_id, *args, **kwargs)

    return handle


job_routes._handle_query_job = once(job_routes._handle_query_job)
job_routes._handle_load_job_with_async_envelope = once(job_routes._handle_load_job_with_async_envelope)


def correct_uploads():
    """An uploaded job has the id of its reference. Reproduction: upload a load job with a `jobReference`; the response and
    `jobs.get` have another id."""
    read, run, new_id = (
        upload_routes._load_configuration_from_envelope,
        upload_routes._run_load,
        upload_routes._new_job_id,
    )
    waiting = []

    def read_with_id(envelope):
        job_id = envelope.get("jobReference", {}).get("jobId")
        return {**read(envelope), "_job_id": job_id}

    async def run_with_id(*, project_id, configuration, **kwargs):
        job_id = configuration.pop("_job_id", None) or new_id()
        start_job(project_id, job_id)
        waiting.append(job_id)
        return await run(project_id=project_id, configuration=configuration, **kwargs)

    upload_routes._load_configuration_from_envelope = read_with_id
    upload_routes._run_load = run_with_id
    # called by `run` before it awaits anything
    upload_routes._new_job_id = waiting.pop


def correct_rollback():
    """A failed script changes nothing. Reproductions: `BEGIN TRANSACTION; TRUNCATE TABLE t; SELECT ERROR('x');
    COMMIT TRANSACTION` leaves the table empty; after some errors, all later queries fail with "Current transaction is
    aborted"."""
    targets, restore = interpreter._dml_targets, interpreter.ScriptInterpreter._restore_txn_snapshots

    def targets_with_truncate(sql, project_id):
        tree = sqlglot.parse_one(sql, read="bigquery") if sql.lstrip().upper().startswith("TRUNCATE") else None
        if not isinstance(tree, exp.TruncateTable):
            return targets(sql, project_id)
        tables = [table for table in tree.expressions if isinstance(table, exp.Table) and table.db]
        return [f'"{table.catalog or project_id}__{table.db}"."{table.name}"' for table in tables]

    async def restore_after_rollback(self):
        try:
            self._ctx.engine.execute("ROLLBACK")
        except Exception:  # no transaction was open
            pass
        await restore(self)

    interpreter._dml_targets = targets_with_truncate
    interpreter.ScriptInterpreter._restore_txn_snapshots = restore_after_rollback


def correct_temporary_tables():
    """A script drops its temporary tables and does not see those of others. Reproduction: a script that fails after `CREATE
    TEMP TABLE x` makes all later scripts with such a table fail with "Already Exists"."""
    run_script, lock = executor._run_script, asyncio.Lock()

    async def run_alone(script, sql, ctx):
        async with lock:
            try:
                return await run_script(script, sql, ctx)
            finally:
                tables = ctx.engine.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
                for (table,) in tables:
                    ctx.engine.execute(f'DROP TABLE IF EXISTS temp."{table}"')

    executor._run_script = run_alone


ALTER = re.compile(r"\s*ALTER\s+TABLE\s+(`[^`]+`(?:\.`[^`]+`)*)\s+(.*)", re.IGNORECASE | re.DOTALL)
ADD = re.compile(r",\s*(?=ADD\s+COLUMN\b)", re.IGNORECASE)
NUMERIC = re.compile(r"\bNUMERIC\b(?!\s*\()")
BIGNUMERIC = re.compile(r"\bBIGNUMERIC\b(?:\s*\(\s*\d+\s*(?:,\s*(\d+)\s*)?\))?")


def statements(sql):
    """Returns the statements that have the effect of `sql`.

    - One statement can add several columns. Reproduction: `ALTER TABLE t ADD COLUMN a INT64, ADD COLUMN b INT64` fails with
      "Only one ALTER command per statement is supported".
    - NUMERIC has 29 digits before the point. Reproductions: after `ALTER TABLE t ALTER COLUMN c SET DATA TYPE NUMERIC`, the
      column has type DECIMAL(18, 3); `CAST(123456789012345678 AS NUMERIC)` fails.
    - BIGNUMERIC has 38 digits before the point. Reproduction: `CAST(99999999999999999999999999999999999999 AS BIGNUMERIC)`
      fails. BIGNUMERIC without a scale has no digits after the point.
    """
    sql = NUMERIC.sub("NUMERIC(38, 9)", BIGNUMERIC.sub(lambda found: f"NUMERIC(38, {found[1] or 0})", sql))
    match = ALTER.match(sql)
    if not match or not match[2].upper().startswith("ADD COLUMN"):
        return [sql]
    return [f"ALTER TABLE {match[1]} {added}" for added in ADD.split(match[2].rstrip().rstrip(";"))]


def refresh_catalog(sql, project_id, ctx):
    """The metadata of a table has the columns that ALTER added or changed. Reproduction: after `ALTER TABLE t ADD COLUMN c
    INT64`, neither `tables.get` nor INFORMATION_SCHEMA.COLUMNS has the column."""
    match = ALTER.match(sql)
    if not match:
        return
    names = [name.strip("`") for name in match[1].split(".")]
    project, dataset, table = ([project_id] + names)[-3:]
    found = ctx.catalog.get_table(project, dataset, table)
    if found is not None:
        schema = ddl_sync._introspect_schema(project, dataset, table, ctx)
        ctx.catalog.update_table(found.model_copy(update={"schema_": schema}))


def correct_statements():
    run_script_sql, run_single_sql = interpreter.ScriptInterpreter._exec_sql, executor._run_single_sql

    async def script_sql(self, sql):
        for statement in statements(sql):
            await run_script_sql(self, statement)
        refresh_catalog(sql, self._project_id, self._ctx)

    async def single_sql(project_id, sql, params, ctx, **kwargs):
        for statement in statements(sql):
            result = await run_single_sql(project_id, statement, params, ctx, **kwargs)
        refresh_catalog(sql, project_id, ctx)
        return result

    interpreter.ScriptInterpreter._exec_sql = script_sql
    executor._run_single_sql = single_sql


def correct_types():
    """The metadata of a table has the types of its definition. Reproduction: after `CREATE TABLE t (j JSON, b BIGNUMERIC)`,
    `tables.get` says that the columns are a STRING and a NUMERIC."""
    introspect = ddl_sync._introspect_schema

    def changes(duckdb_type):
        digits = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", duckdb_type)
        if duckdb_type == "JSON":
            return {"type": "JSON"}
        if duckdb_type == "DECIMAL(38,0)":
            return {"type": "BIGNUMERIC"}
        if digits and duckdb_type != "DECIMAL(38,9)":
            return {"precision": int(digits[1]), "scale": int(digits[2])}
        return {}

    def introspect_types(project, dataset, table, ctx):
        rows = ctx.engine.execute(f"PRAGMA table_info({quoted_table_ref(project, dataset, table)})").fetchall()
        known = {row[1]: changes(str(row[2]).upper()) for row in rows}
        fields = introspect(project, dataset, table, ctx).fields
        return TableSchema(fields=tuple(field.model_copy(update=known.get(field.name, {})) for field in fields))

    def decimal_type(arrow_type):
        return "BIGNUMERIC" if arrow_type.scale > 9 or (arrow_type.precision, arrow_type.scale) == (38, 0) else "NUMERIC"

    ddl_sync._introspect_schema = introspect_types
    # the rules for the columns of queries refer to the function itself
    executor._decimal_bq_type.__code__ = decimal_type.__code__
    # `tables.insert` with a BIGNUMERIC column fails, because DuckDB has no DECIMAL(76, 38)
    type_map._BQ_TO_DUCKDB["BIGNUMERIC"] = "DECIMAL(38, 0)"


def correct_names():
    """Names of tables have up to 1,024 bytes. Reproduction: `CREATE TABLE` with a name of 300 letters fails with "Invalid table
    id"."""
    sql_identifiers._SQL_SAFE_ID_RE = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_\-]{0,1023}$")


correct_uploads()
correct_rollback()
correct_temporary_tables()
correct_statements()
correct_types()
correct_names()

if __name__ == "__main__":
    cli.main()
