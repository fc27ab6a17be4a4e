"""Records of a file → canonical rows of a table, as SQL."""

from __future__ import annotations

import re

import duckdb

from connectors.readers import Records, normal_pattern
from connectors.spec import Column, Form, Table, normal_header
from connectors.values import canonical, cleaned, habits, identifier, literal


def columns_of(table: Table) -> list[str]:
    return table.raw_columns


def present_forms(column: Column, name: str, records: Records) -> list[Form]:
    """The header forms of a column that a file has; its own name always counts as one.

    Two forms may differ only in case ("Amount" in major units, "amount" in minor ones): the exact one wins.
    """
    found: dict[str, Form] = {}
    for form in [*column.forms, Form(header=name)]:
        header = normal_header(form.header)
        if header in records.expressions and (header not in found or form.header == records.names[header].strip()):
            found[header] = found[header] if header in found and found[header].header == records.names[header].strip() else form
    return list(found.values())


def missing_columns(con: duckdb.DuckDBPyConnection, table: Table, records: Records) -> list[str]:
    """Required columns that a file does not have; a file without records lacks none."""
    if not records.expressions:
        return []
    return [name for name, column in table.columns.items() if column.required and not present_forms(column, name, records)]


def canonical_select(con: duckdb.DuckDBPyConnection, table: Table, records: Records) -> tuple[str, str | None]:
    """A select of the table's canonical rows, and one of the cells that could not be read (or None)."""
    used: set[str] = set()
    texts: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, column in table.columns.items():
        values[name], texts[name] = column_sql(con, table, column, name, records)
        used |= {normal_header(form.header) for form in present_forms(column, name, records)}
    for name, pattern in table.patterns.items():
        values[name], matched = pattern_sql(con, pattern.match, pattern.type, records)
        used |= matched
    columns = ", ".join(f"{value} as {identifier(name)}" for name, value in values.items())
    rows = f"select {columns}, {extra_sql(records, used)} as _extra, _row_number from {records.relation}"
    checked = [name for name, column in table.columns.items() if column.type not in ("text", "email", "phone", "url", "json")]
    unread = [
        f"select _row_number, {literal(name)} as column_name, {texts[name]} as text from {records.relation} "
        f"where {texts[name]} is not null and {values[name]} is null"
        for name in checked
        if texts[name] != "null"
    ]
    return rows, " union all ".join(unread) or None


def column_sql(con: duckdb.DuckDBPyConnection, table: Table, column: Column, name: str, records: Records) -> tuple[str, str]:
    """SQL of a column's canonical value and of its text as found."""
    values, texts = [], []
    for form in present_forms(column, name, records):
        text = cleaned(records.expressions[normal_header(form.header)], column.type)
        seen = f"(select {text} as cell from {records.relation} where {text} is not null)"
        habit = habits(con, seen, "cell", column.type)
        currency = None
        if column.currency:
            currency = column_sql(con, table, table.columns[column.currency], column.currency, records)[0]
        values.append(canonical(text, column.type, form, habit, currency))
        texts.append(text)
    if not values:
        return "cast(null as varchar)", "null"
    return f"coalesce({', '.join(values)})", f"coalesce({', '.join(texts)})"


def pattern_sql(con: duckdb.DuckDBPyConnection, match: str, kind: str, records: Records) -> tuple[str, set[str]]:
    """SQL of a JSON map of all headers of a family that have a value, in the file's order."""
    expression = re.compile(normal_pattern(match), re.IGNORECASE)
    entries, matched = [], set()
    for header, text_sql in records.expressions.items():
        plain = records.names[header].replace("“", '"').replace("”", '"').strip()
        found = expression.search(plain)
        if not found:
            continue
        matched.add(header)
        text = cleaned(text_sql, kind)  # type: ignore[arg-type]
        seen = f"(select {text} as cell from {records.relation} where {text} is not null)"
        habit = habits(con, seen, "cell", kind)  # type: ignore[arg-type]
        value = canonical(text, kind, Form(header=header), habit)  # type: ignore[arg-type]
        entries.append(f"{{'key': {literal(found.group('key'))}, 'value': {value}}}")
    if not entries:
        return "cast(null as varchar)", matched
    kept = f"list_filter([{', '.join(entries)}], lambda one: one.value is not null)"
    return f"nullif(cast(to_json({kept}) as varchar), '[]')", matched


def extra_sql(records: Records, used: set[str]) -> str:
    """SQL of a map of the columns that no spec names, null ones left out."""
    unknown = {records.names[header]: text for header, text in records.expressions.items() if header not in used}
    if not unknown:
        return "cast(null as map(varchar, varchar))"
    pairs = ", ".join(f"{{'k': {literal(name)}, 'v': cast({text} as varchar)}}" for name, text in unknown.items())
    kept = f"list_filter([{pairs}], lambda one: one.v is not null)"
    return f"map_from_entries(list_transform({kept}, lambda one: row(one.k, one.v)))"
