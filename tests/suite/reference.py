"""Runs one pipeline with the reference: `reference.py SPEC DATABASE PIPELINES_DIR`.

DATABASE is the path of a DuckDB file or a connection string of PostgreSQL.

Accepts a spec of `catchment run`. The pipeline is `p` and the dataset `d`, as in the tests of this folder.
Prints the loaded row counts as JSON; warnings of the reference go to stderr.
"""

import json
import sys

import dlt
from dlt.sources.rest_api import rest_api_source


def main() -> None:
    spec_file, database, pipelines_dir = sys.argv[1:]
    with open(spec_file, encoding="utf-8") as file:
        spec = json.load(file)
    if database.startswith("postgresql://"):
        destination = dlt.destinations.postgres(database)
    else:
        destination = dlt.destinations.duckdb(database)
    pipeline = dlt.pipeline(
        pipeline_name="p",
        pipelines_dir=pipelines_dir,
        destination=destination,
        dataset_name="d",
    )
    info = pipeline.run(rest_api_source(spec))
    info.raise_on_failed_jobs()
    row_counts = pipeline.last_trace.last_normalize_info.row_counts
    print(json.dumps({"loads": info.loads_ids, "rows": row_counts}))


main()
