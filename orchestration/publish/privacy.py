"""Personal values in the analyst file: keyed hashes, so that joins and counts still work and names do not show."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEY_BYTES = 32
EMAIL = r"[^@\s<>" r"'']+@[^@\s<>" r"'']+\.[A-Za-z]{2,}"
# Columns outside dbt whose text quotes a source record.
QUOTING = {
    ("quality", "issues"): ("observed", "expected", "suggested_fix", "proposed_value"),
    ("quality", "issue_events"): ("observed", "expected", "suggested_fix", "proposed_value"),
    ("ops", "quarantine"): ("raw",),
    ("ops", "cell_errors"): ("text",),
}


def hash_key(home: Path) -> str:
    """The key of this home's hashes, made at the first run, readable by its owner only."""
    path = home / "state" / "hash.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    return path.read_text(encoding="ascii")


def personal_columns(manifest: Mapping[str, Any]) -> dict[tuple[str, str], set[str]]:
    """(schema, table) → columns that hold personal values, as models say by `meta.personal` and tables of ours do."""
    personal: dict[tuple[str, str], set[str]] = {table: set(columns) for table, columns in QUOTING.items()}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        marked = {name for name, column in node["columns"].items() if is_personal(column)}
        personal.setdefault((node["schema"], node["alias"]), set()).update(marked)
    return personal


def is_personal(column: Mapping[str, Any]) -> bool:
    """Whether a column of the manifest carries `config: {meta: {personal: true}}`."""
    meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
    return bool(meta.get("personal"))


def hashed(value: str) -> str:
    """SQL of the keyed hash of a value; the key is the session's variable and never in the file."""
    inner = f"sha256(getvariable('hash_key') || lower(trim(cast({value} as varchar))))"
    return f"'h_' || left(sha256(getvariable('hash_key') || {inner}), 32)"


def analyst_column(name: str, kind: str, is_personal_column: bool) -> str:
    """SQL of one column of the analyst file: hashed when personal, and so is any e-mail address found in other text."""
    quoted = f'"{name}"'
    if is_personal_column:
        hashes = f"case when {quoted} is not null then {hashed(quoted)} end"
        return f"{hashes} as {quoted}" if kind == "VARCHAR" else f"cast(null as {kind}) as {quoted}"
    if kind != "VARCHAR":
        return quoted
    looks = f"contains({quoted}, '@') and regexp_matches({quoted}, '{EMAIL}')"
    return f"case when {looks} then {hashed(quoted)} else {quoted} end as {quoted}"
