"""Opens the Parquet files of a results folder, and tables of analyses, in pyarrow and DuckDB and compares what both see.

Usage: parquet_opens.py OUTDIR [TABLE.parquet ...]
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

FILES = ["runs.parquet", "events.parquet", "series.parquet", "histograms.parquet"]


def fail(message):
    sys.exit(f"parquet_opens: {message}")


def check(path):
    """Reads every row with both libraries; they must agree on columns, rows and non-null values."""
    table = pq.read_table(path)
    quoted = str(path).replace("'", "''")
    relation = duckdb.sql(f"SELECT * FROM read_parquet('{quoted}')")
    if list(relation.columns) != table.column_names:
        fail(f"{path.name}: columns differ: {table.column_names} and {relation.columns}")
    counts = ", ".join(f'count("{name}")' for name in table.column_names)
    seen = duckdb.sql(f"SELECT count(*), {counts} FROM read_parquet('{quoted}')").fetchall()[0]
    expected = (table.num_rows, *(table.num_rows - column.null_count for column in table.columns))
    if seen != expected:
        fail(f"{path.name}: rows and values differ: {expected} and {seen}")
    without_label = [field.name for field in table.schema if b"label" not in (field.metadata or {})]
    without_unit = [field.name for field in table.schema if b"unit" not in (field.metadata or {})]
    if without_label or without_unit:
        fail(f"{path.name}: columns without label {without_label}, without unit {without_unit}")
    metadata = pq.ParquetFile(path).metadata
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    codecs = {group.column(index).compression for group in groups for index in range(group.num_columns)}
    if codecs - {"ZSTD"}:
        fail(f"{path.name}: compressed with {sorted(codecs)}, not with zstd alone")
    print(f"{path.name}: {table.num_rows} rows, {table.num_columns} columns, the same in pyarrow and DuckDB")
    return table.num_rows


def main():
    if len(sys.argv) < 2:
        fail("usage: parquet_opens.py OUTDIR [TABLE.parquet ...]")
    out = Path(sys.argv[1])
    json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    rows = {name: check(out / name) for name in FILES}
    if rows["runs.parquet"] == 0:
        fail("runs.parquet has no rows")
    if rows["series.parquet"] == 0:
        fail("series.parquet has no rows")
    for table in map(Path, sys.argv[2:]):
        if check(table) == 0:
            fail(f"{table.name} has no rows")
        keys = pq.ParquetFile(table).metadata.metadata
        for key in (b"foedera.program", b"foedera.version", b"foedera.command", b"foedera.title"):
            if not keys.get(key):
                fail(f"{table.name} does not say its {key.decode()}")


main()
