"""What type a column of a sample has: by its values, and by its header where values alone cannot tell."""

from __future__ import annotations

import re
import unicodedata

import duckdb

from connectors.spec import Form, Kind, Unit
from connectors.values import canonical, habits, identifier

# Types by what the values are, the narrowest first; a word in the header decides where values alone cannot.
BY_VALUE: tuple[Kind, ...] = ("boolean", "integer", "number", "date", "timestamp")
WORDED: tuple[Kind, ...] = ("url", "currency")
BY_HEADER: dict[Kind, str] = {
    "money": r"amount|price|total|revenue|\bmrr\b|\barr\b|cost|spend|fee|value|budget|paid",
    "currency": r"currency",
    "phone": r"phone|mobile|\btel\b|fax",
    "url": r"url|website|domain|homepage",
    "date": r"date|day",
    "timestamp": r"time|created|updated|modified|\bat$|date",
}
# Whole numbers that are seconds or milliseconds since 1970, from 2001 to 2065.
EPOCHS: dict[Unit, str] = {"epoch_s": r"[12]\d{9}", "epoch_ms": r"[12]\d{12}"}
IS_ID = r"(^|_)(id|ids|key|uuid|number|code)$"
PATTERNS: dict[Kind, str] = {
    "email": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "url": r"(https?://)?([A-Za-z0-9-]+\.)+[A-Za-z]{2,}(/\S*)?",
    "currency": r"[A-Za-z]{3}",
}
DATED = r".*\d[-/.: ]\d.*"


def snake(text: str) -> str:
    """Lower-case letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    name = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")
    return f"c_{name}" if name[:1].isdigit() else name


def kind_of(con: duckdb.DuckDBPyConnection, column: str, header: str) -> tuple[Kind, Unit | None]:
    """The narrowest type that every value of a column has, and the unit of a moment that is a number."""
    words = snake(header).replace("_", " ")
    hinted = {kind for kind, pattern in BY_HEADER.items() if re.search(pattern, words)}
    texts = identifier(column)
    if all_match(con, texts, PATTERNS["email"]):
        return "email", None
    for worded in WORDED:
        if worded in hinted and all_match(con, texts, PATTERNS[worded]):
            return worded, None
    if "phone" in hinted or re.search(IS_ID, snake(header)):
        return ("phone" if "phone" in hinted else "text"), None
    if hinted & {"date", "timestamp"}:
        for unit, pattern in EPOCHS.items():
            if all_match(con, texts, pattern):
                return "timestamp", unit
        hinted -= {"money"}
    order: tuple[Kind, ...] = ("money", *BY_VALUE) if "money" in hinted else BY_VALUE
    fits = (
        kind for kind in order if is_like(con, texts, kind, hinted) and reads_all(con, texts, kind, header)
    )
    return next(fits, "text"), None


def is_like(con: duckdb.DuckDBPyConnection, texts: str, kind: str, hinted: set[Kind]) -> bool:
    """Whether values that could be read as a type also look like it."""
    match kind:
        case "boolean":
            return not all_match(con, texts, r"[01]")
        case "integer" | "number":  # leading zeros are part of a number that is a name
            return not some_match(con, texts, r"0\d+")
        case "date":
            return all_match(con, texts, r"[^ T]+") and (
                bool(hinted & {"date", "timestamp"}) or all_match(con, texts, DATED)
            )
        case "timestamp":
            return bool(hinted & {"date", "timestamp"}) or all_match(con, texts, DATED)
    return True


def reads_all(con: duckdb.DuckDBPyConnection, texts: str, kind: Kind, header: str) -> bool:
    """Whether a column has values and each can be read as a type, by the night's own conversion."""
    value = canonical(texts, kind, Form(header=header), habits(con, "sample", texts, kind))
    total, good = con.execute(
        f"select count({texts}), count({texts}) filter (where {value} is not null) from sample"
    ).fetchall()[0]
    return bool(total) and total == good


def some_match(con: duckdb.DuckDBPyConnection, texts: str, pattern: str) -> bool:
    """Whether a value is like the pattern."""
    return bool(
        con.execute(f"select count(*) from sample where regexp_full_match({texts}, ?)", [pattern]).fetchall()[
            0
        ][0]
    )


def all_match(con: duckdb.DuckDBPyConnection, texts: str, pattern: str) -> bool:
    """Whether a column has values and each is like the pattern."""
    found = con.execute(
        f"select count({texts}), count({texts}) filter (where regexp_full_match({texts}, ?)) from sample",
        [pattern],
    ).fetchall()[0]
    return bool(found[0]) and found[0] == found[1]
