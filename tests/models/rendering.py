"""A model's SQL as the engine gets it, over tables of a test's own: `ref` and `source` name the table, `var` is the project's."""

from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
VARS: dict[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def rendered(model: str, **settings: Any) -> str:
    """The SQL of a model, by its name."""
    path = next((PROJECT / "models").rglob(f"{model}.sql"))
    return render(path.read_text(encoding="utf-8"), **settings)


def render(text: str, **settings: Any) -> str:
    """Text that calls the project's macros, rendered."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    environment.globals.update(
        ref=lambda name: name, source=lambda schema, name: name, var=lambda name: (VARS | settings)[name]
    )
    macros = "".join(
        (PROJECT / "macros" / f"{name}.sql").read_text(encoding="utf-8")
        for name in ("reporting_date", "response_band", "business_minutes", "divide_money", "convert_money")
    )
    return environment.from_string(macros + text).render()


def run(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Rows as dictionaries."""
    found = con.execute(sql)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def table(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    """A table with these rows; `columns` as in `create table`."""
    con.execute(f"create or replace table {name} ({columns})")
    if rows:
        con.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
