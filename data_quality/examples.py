"""Run a rule on the examples in its own file: tiny tables in a database in memory.

`python -m data_quality.examples WAREHOUSE` writes tables.yaml, the columns of the tables that rules read, from a warehouse.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from data_quality.errors import RuleError
from data_quality.rule import RULES, Examples, Rule, Tables, load_rules, load_yaml

TABLES = Path(__file__).parent / "tables.yaml"
SCHEMAS = (
    "intermediate", "staging", "identity", "ops", "raw_state", "seeds", "mart_core", "mart_finance", "mart_funnel",
    "mart_marketing", "mart_product", "mart_sales", "mart_customer_success", "mart_executive", "metrics",
)  # fmt: skip
# What a row of an example need not say.
DEFAULTS = {"source": "hubspot", "instance": "", "table_name": "records"}
NIGHT = {"ops.night": [{"night": "2026-06-30", "built_as_of": "2026-06-30 23:59:59+00", "is_as_of": False}]}


@dataclass(frozen=True)
class ExampleResult:
    """What a rule found in one of its cases, beside what its file says that it should find."""

    rule_id: str
    case: str
    found: list[str]
    expected: list[str]
    error: str | None = None

    @property
    def is_good(self) -> bool:
        return self.error is None and self.found == self.expected


def run_examples(rule: Rule) -> list[ExampleResult]:
    """Run a rule's two cases.

    Raises:
        RuleError: its file has no examples, or one names a table or column that no warehouse has.
    """
    examples = rule.examples
    if examples is None:
        raise RuleError(f"{rule.rule_id}: no examples. Add a violating and a clean case to the rule's file.")
    return [
        run_case(rule, "violating", merged(examples, examples.violating), sorted(examples.finds)),
        run_case(rule, "clean", merged(examples, examples.clean), []),
    ]


def merged(examples: Examples, case: Tables) -> Tables:
    """The tables of a case: its own rows after those of both cases."""
    names = [*examples.given, *(name for name in case if name not in examples.given)]
    return NIGHT | {name: [*examples.given.get(name, []), *case.get(name, [])] for name in names}


def run_case(rule: Rule, case: str, tables: Tables, expected: list[str]) -> ExampleResult:
    """Build the tables that the rule reads and keep the record keys that it returns."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set variable reporting_currency = 'EUR'")
        for name in sorted({*read_by(rule.query), *tables}):
            build(con, rule.rule_id, name, tables.get(name, []))
        try:
            rows = con.execute(f"select record_key from ({rule.query}) order by 1").fetchall()
        except duckdb.Error as error:
            return ExampleResult(rule.rule_id, case, [], expected, str(error).splitlines()[0])
    return ExampleResult(rule.rule_id, case, [str(key) for (key,) in rows], expected)


def build(con: duckdb.DuckDBPyConnection, rule_id: str, name: str, rows: list[dict[str, Any]]) -> None:
    """One table with all columns that the warehouse gives it; what a row does not say is a default or null."""
    columns = warehouse_tables().get(name)
    if columns is None:
        return  # a broken rule is told by its own SQL
    if wrong := {key for row in rows for key in row} - set(columns):
        raise RuleError(f"{rule_id}: examples: {name} has no column {', '.join(sorted(wrong))}.")
    schema = name.partition(".")[0]
    con.execute(f"create schema if not exists {schema}")
    con.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
    for row in rows:
        filled = {key: value for key, value in DEFAULTS.items() if key in columns} | row
        names, marks = ", ".join(filled), ", ".join("?" for _ in filled)
        con.execute(f"insert into {name} ({names}) values ({marks})", list(filled.values()))


def read_by(sql: str) -> set[str]:
    """The tables that a query names with their schema."""
    return set(re.findall(rf"\b(?:{'|'.join(SCHEMAS)})\.\w+", sql))


@cache
def warehouse_tables() -> dict[str, dict[str, str]]:
    """schema.table → column → type, of every table that a rule reads."""
    tables: dict[str, dict[str, str]] = load_yaml(TABLES)
    return tables


def write_tables(warehouse: Path, directory: Path = RULES) -> int:
    """Write tables.yaml anew from a warehouse; returns how many tables the rules read."""
    named = {name for rule in load_rules(directory) for name in read_by(rule.query)}
    with duckdb.connect(str(warehouse), read_only=True) as con:
        rows = con.execute(
            """select table_schema || '.' || table_name, column_name, data_type from information_schema.columns
            where table_schema || '.' || table_name in (select unnest(?))
            order by table_schema, table_name, ordinal_position""",
            [sorted(named)],
        ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, {})[column] = kind
    text = "# Written by `python -m data_quality.examples WAREHOUSE`; the examples of rules are built with these columns.\n"
    TABLES.write_text(text + yaml.safe_dump(tables, sort_keys=False, width=110), encoding="utf-8")
    return len(tables)


if __name__ == "__main__":
    print(f"{write_tables(Path(sys.argv[1]))} tables in {TABLES}")
