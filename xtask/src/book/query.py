"""Prints the result of a query as DuckDB's own command does: duckdb [-csv] FILE SQL."""

import os
import sys

try:
    import duckdb
except ImportError:
    sys.exit("the Python package duckdb is missing; set CATCHMENT_PYTHON to a Python that has it")


def main():
    arguments = [argument for argument in sys.argv[2:] if argument not in ("-csv", "--csv")]
    as_csv = len(arguments) < len(sys.argv) - 2
    if len(arguments) != 2:
        sys.exit("usage: duckdb [-csv] FILE SQL")
    file, query = arguments
    # opening a file that does not exist would say nothing of the command that should have made it
    if not os.path.exists(file):
        sys.exit(f"Error: unable to open database \"{file}\": the file does not exist")
    try:
        result = with_hosts(duckdb.connect(file, read_only=True).sql(query), sys.argv[1])
        if result is None:
            return
        if as_csv:
            result.to_csv("/dev/stdout")
        else:
            result.show(max_width=100_000, max_rows=10_000)
    except duckdb.Error as error:
        sys.exit(f"Error: {error}")


def with_hosts(result, replacements):
    """Replaces the addresses of loopback servers here and not in the output, where it would move the frame of a table."""
    if result is None or len(set(result.columns)) < len(result.columns):
        return result
    columns = []
    for name, kind in zip(result.columns, result.types):
        name = '"' + name.replace('"', '""') + '"'
        column = name
        if kind == "VARCHAR":
            for pair in replacements.split():
                address, host = pair.split("=")
                column = f"replace({column}, '{address}', '{host}')"
        columns.append(f"{column} AS {name}")
    return result.project(", ".join(columns))


main()
