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
        if header in records.expressions and (
            header not in found or form.header == records.names[header].strip()
        ):
            found[header] = (
                found[header]
                if header in found and found[header].header == records.names[header].strip()
                else form
            )
    return list(found.values())


def missing_columns(con: duckdb.DuckDBPyConnection, table: Table, records: Records) -> list[str]:
    """Required columns that a file does not have; a file without records lacks none."""
    if not records.expressions:
        return []
    return [
        name
        for name, column in table.columns.items()
        if column.required and not present_forms(column, name, records)
    ]


def canonical_select(
    con: duckdb.DuckDBPyConnection, table: Table, records: Records
) -> tuple[str, str | None]:
    """A select of the table's canonical rows, and one of the cells that could not be read (or None).

    The texts are taken out of the records once, into a temporary table of one column per header form.
    """
    used: set[str] = set()
    forms: dict[str, list[tuple[str, Form]]] = {}
    texts: dict[str, str] = {}
    for name, column in table.columns.items():
        forms[name] = []
        for form in present_forms(column, name, records):
            header = normal_header(form.header)
            cell = f"t{len(texts)}"
            texts[cell] = cleaned(records.expressions[header], column.type)
            forms[name].append((cell, form))
            used.add(header)
    values: dict[str, str] = {}
    for name, pattern in table.patterns.items():
        values[name], matched = pattern_sql(con, pattern.match, pattern.type, records)
        used |= matched
    taken = [f"{text} as {cell}" for cell, text in texts.items()] + [
        f"{value} as {identifier(name)}" for name, value in values.items()
    ]
    relation = f"texts_{records.relation}"
    con.execute(
        f"create or replace temp table {relation} as select {', '.join([*taken, extra_sql(records, used) + ' as _extra', '_row_number'])} from {records.relation}"
    )
    values = {name: identifier(name) for name in table.patterns}
    for name in table.columns:
        values[name] = value_sql(con, table, name, forms, relation)
    filled = values | {
        name: f"coalesce({values[name]}, {literal(column.empty)})"
        for name, column in table.columns.items()
        if column.empty is not None
    }
    columns = ", ".join(f"{filled[name]} as {identifier(name)}" for name in [*table.columns, *table.patterns])
    rows = f"select {columns}, _extra, _row_number from {relation}"
    checked = [
        name
        for name, column in table.columns.items()
        if forms[name] and column.type not in ("text", "email", "phone", "url", "json")
    ]
    unread = [
        f"select _row_number, {literal(name)} as column_name, {found(forms[name])} as text from {relation} "
        f"where {found(forms[name])} is not null and {values[name]} is null"
        for name in checked
    ]
    return rows, " union all ".join(unread) or None


def found(forms: list[tuple[str, Form]]) -> str:
    return f"coalesce({', '.join(cell for cell, _ in forms)}, null)"


def value_sql(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    name: str,
    forms: dict[str, list[tuple[str, Form]]],
    relation: str,
) -> str:
    """SQL of a column's canonical value over the table of texts."""
    column = table.columns[name]
    currency = value_sql(con, table, column.currency, forms, relation) if column.currency else None
    values = [
        canonical(cell, column.type, form, habits(con, relation, cell, column.type), currency)
        for cell, form in forms[name]
    ]
    return f"coalesce({', '.join(values)})" if values else "cast(null as varchar)"


def pattern_sql(
    con: duckdb.DuckDBPyConnection, match: str, kind: str, records: Records
) -> tuple[str, set[str]]:
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
    unknown = {
        records.names[header]: text for header, text in records.expressions.items() if header not in used
    }
    if not unknown:
        return "cast(null as map(varchar, varchar))"
    pairs = ", ".join(
        f"{{'k': {literal(name)}, 'v': cast({text} as varchar)}}" for name, text in unknown.items()
    )
    kept = f"list_filter([{pairs}], lambda one: one.v is not null)"
    return f"map_from_entries(list_transform({kept}, lambda one: row(one.k, one.v)))"
