"""Descriptions as database comments: `create table as` drops them, so they are applied when a file is built."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import read_yaml

OURS = Path(__file__).parent / "descriptions.yaml"
Comments = dict[tuple[str, str], tuple[str, dict[str, str]]]


def comments_of(manifest: Mapping[str, Any]) -> Comments:
    """(schema, table) → its description and its columns', from dbt's models and sources and from descriptions.yaml."""
    comments: Comments = {}
    for name, ours in read_yaml(OURS).items():
        schema, _, table = name.partition(".")
        comments[schema, table] = (ours["description"], dict(ours["columns"]))
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        if node["resource_type"] not in ("model", "seed", "source"):
            continue
        key = (node["schema"], node.get("alias") or node.get("identifier") or node["name"])
        table, columns = comments.get(key, ("", {}))
        described = {
            name: column["description"] for name, column in node["columns"].items() if column["description"]
        }
        comments[key] = (node["description"] or table, {**columns, **described})
    return comments


def apply_comments(con: duckdb.DuckDBPyConnection, database: str, comments: Comments) -> None:
    """Comment every table and column of a database that has a description; the shared words do for the rest."""
    shared = read_yaml(OURS)["shared.columns"]["columns"]
    columns = con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = ? order by all",
        [database],
    ).fetchall()
    con.execute("begin")
    for schema, table in sorted({(schema, table) for schema, table, _ in columns}):
        text = comments.get((schema, table), ("", {}))[0]
        if text:
            con.execute(f'comment on table "{database}"."{schema}"."{table}" is {literal(text)}')
    for schema, table, column in columns:
        text = comments.get((schema, table), ("", {}))[1].get(column) or shared.get(column, "")
        if text:
            con.execute(f'comment on column "{database}"."{schema}"."{table}"."{column}" is {literal(text)}')
    con.execute("commit")


def literal(text: str) -> str:
    """A string as a SQL literal, on one line."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
