"""A drafted spec as YAML that a person can go on with: what was guessed stands in comments."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.draft import Drafted

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"


def spec_text(name: str, owner: str, tables: "list[Drafted]") -> str:
    """The text of company/specs/<name>.yaml."""
    lines = [
        "# Drafted from sample files. Look over grain, key, types and delivery; then say which conformed entities it feeds",
        "# and write their staging models (README, recipe of a source).",
        f"source: {name}",
        f"owner: {owner}",
        "tables:",
    ]
    for one in tables:
        lines += table_lines(one)
    return "\n".join(lines) + "\n"


def table_lines(one: "Drafted") -> list[str]:
    """One table of the spec."""
    table = one.table
    lines = [
        f"  {one.name}:",
        f"    files: [{', '.join(quoted(pattern) for pattern in table.files)}]",
        *([f"    night: '{table.night}'"] if table.night else []),
        *(
            [f"    json_path: [{', '.join(quoted(path) for path in table.json_path)}]"]
            if table.json_path
            else []
        ),
        f"    grain: {quoted(table.grain)}",
        f"    key: [{', '.join(table.key)}]"
        + ("" if one.unique_key else "  # not unique in the sample: choose better"),
        "    delivery: snapshot  # the whole table each time; else append, upsert or window, which need a cursor",
        "    columns:",
    ]
    for column, what in table.columns.items():
        more = (", required: true" if what.required else "") + (
            f", currency: {what.currency}" if what.currency else ""
        )
        unread = f"  # {one.unread[column]} cells of the sample are not" if column in one.unread else ""
        form = what.forms[0]
        header = f"{{header: {quoted(form.header)}, unit: {form.unit}}}" if form.unit else quoted(form.header)
        lines.append(f"      {column}: {{type: {what.type}, from: [{header}]{more}}}{unread}")
    emails = [column for column, what in table.columns.items() if what.type == "email"]
    if emails:
        lines += ["    # identifies:", f"    #   person: {{email: {emails[0]}}}"]
    return lines


def quoted(text: str) -> str:
    """A YAML string in a flow list."""
    return text if text and all(letter in PLAIN for letter in text) else json.dumps(text, ensure_ascii=False)
