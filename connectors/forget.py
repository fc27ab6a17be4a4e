"""A person who was forgotten: kept out of every new delivery, and taken out of what the lake and the state hold.

Only hashes are remembered (company/decisions/forgotten.csv): of each e-mail address in its normal form, and of each
record. A record that is the person goes as a row; where a person is only named in a company's or in money's record, the
cells that name her go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from connectors.identity import normalise
from connectors.spec import Table
from connectors.values import identifier, literal

MASK = "[forgotten]"
ADDRESS = (
    r"[^@\s<>,;:()\[\]{}|\\/"
    + "\"'"
    + r"]+@[^@\s<>,;:()\[\]{}|\\/"
    + "\"'"
    + r"]+\.(?:xn--[A-Za-z0-9-]+|\p{L}{2,})"
)
ADDRESS_CLAIMS = ("email", "other_email")
PERSONAL_CLAIMS = (*ADDRESS_CLAIMS, "phone", "name", "first_name", "last_name", "birth_date")
PERSONAL_NAMES = ("first_name", "last_name", "full_name")
KEYS = ("source", "instance", "table_name", "record_key")


@dataclass(frozen=True)
class Forgotten:
    """SHA-256 of the addresses and of the records (source|instance|table|key) that are kept out.

    `named` are those of the records whose company name is the person's own, as a sole trader's is.
    """

    emails: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.emails or self.records)


def decisions_file(home: Path) -> Path:
    return home / "company" / "decisions" / "forgotten.csv"


def read_forgotten(home: Path) -> Forgotten:
    """Every hash that was ever decided upon; forgetting is not taken back."""
    file = decisions_file(home)
    if not file.exists():
        return Forgotten()
    with duckdb.connect() as con:
        found = con.execute(
            f"select kind, hash from read_csv({literal(str(file))}, header = true, all_varchar = true, parallel = false)"
        ).fetchall()
    kinds = ("email", "record", "record_name")
    return Forgotten(*(frozenset(one for kind, one in found if kind == wanted) for wanted in kinds))


def forgotten_sql(home: Path, as_of: date) -> str:
    """SQL of what was decided up to a night, for ops.forgotten: hashes only."""
    file = decisions_file(home)
    if not file.exists():
        return (
            "select cast(null as varchar) as person, cast(null as varchar) as kind, cast(null as varchar) as hash, "
            "cast(null as date) as forgotten_on where false"
        )
    return f"""select person, kind, hash, cast(left("when", 10) as date) as forgotten_on
        from read_csv({literal(str(file))}, header = true, all_varchar = true, parallel = false)
        where left("when", 10) <= {literal(as_of.isoformat())} order by all"""


def address_form(address: str) -> str:
    """SQL: an e-mail address as it is hashed: lower case, no plus tag, Gmail's dots and second name gone."""
    host = f"regexp_replace(split_part(lower(trim({address})), '@', -1), '^googlemail\\.com$', 'gmail.com')"
    local = f"split_part(split_part(lower(trim({address})), '@', 1), '+', 1)"
    return f"case when {host} = 'gmail.com' then replace({local}, '.', '') else {local} end || '@' || {host}"


def address_hash(con: duckdb.DuckDBPyConnection, address: str) -> str:
    """The hash by which an address is remembered."""
    return str(con.execute(f"select sha256({address_form('?1')})", [address]).fetchall()[0][0])


def record_hash(key: str, source: str = "?", instance: str = "?", table: str = "?") -> str:
    """SQL: the hash by which a record is remembered."""
    return f"sha256(concat_ws('|', {source}, {instance}, {table}, {key}))"


def masked_key(key: str) -> str:
    """SQL: what stands for a key that is the person's address."""
    return f"'forgotten_' || left(sha256({key}), 16)"


def listed(hashes: frozenset[str]) -> str:
    return "[" + ", ".join(literal(one) for one in sorted(hashes)) + "]"


def mentions(cell: str, forgotten: Forgotten) -> str:
    """SQL: whether a text holds one of the addresses, alone or among other words."""
    if not forgotten.emails:
        return "false"
    found = f"regexp_extract_all({cell}, {literal(ADDRESS)})"
    hashes = f"list_transform({found}, lambda one: sha256({address_form('one')}))"
    return f"coalesce(contains({cell}, '@') and list_has_any({hashes}, {listed(forgotten.emails)}), false)"


@dataclass
class Eraser:
    """How the rows of one table of the lake are erased. `columns` are the text columns that the relation has."""

    table: Table
    forgotten: Forgotten
    columns: list[str]
    has_extra: bool = True
    _own: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        who = self.table.identifies
        self.is_person = bool(who and who.person is not None)
        self.is_account = bool(who and who.account is not None)
        claims = (who.person or {}) if who else {}
        # a company's name stays, unless it is the person's own
        self.company_names = {
            column
            for kind, column in ((who.account or {}) if who else {}).items()
            if kind == "name" and column in self.columns
        }
        self._own = [
            column for kind, column in claims.items() if kind in ADDRESS_CLAIMS and column in self.columns
        ]
        personal = {column for kind, column in claims.items() if kind in PERSONAL_CLAIMS} | set(
            PERSONAL_NAMES
        )
        personal |= {name for name, column in self.table.columns.items() if column.type in ("email", "phone")}
        self.personal = {
            column
            for column in personal - self.company_names
            if column in self.columns and column not in self.table.key
        }

    def is_one_of(self, hashes: frozenset[str]) -> str:
        """SQL: the row's record is one of those remembered."""
        if not hashes:
            return "false"
        key = " || '|' || ".join(identifier(name) for name in self.table.key)
        return f"coalesce(list_contains({listed(hashes)}, {record_hash(key, '_source', '_instance', literal(self.table.name))}), false)"

    @property
    def is_own(self) -> str:
        """SQL: the row is the person's own record."""
        if not self.is_person:
            return "false"
        tests = [mentions(identifier(column), self.forgotten) for column in self._own]
        return f"({' or '.join([*tests, self.is_one_of(self.forgotten.records)])})"

    @property
    def is_dropped(self) -> str:
        """SQL: the whole row goes; a billing customer is a company too, so its row stays."""
        return "false" if self.is_account else self.is_own

    @property
    def is_by_name(self) -> str:
        """SQL: the company's name in the person's own row is hers: she is known to trade so, or has a free-mail address."""
        hosts = ", ".join(literal(one) for one in sorted(normalise.listed("free_mail")))
        free = [
            f"coalesce(split_part(lower({identifier(column)}), '@', 2) in ({hosts}), false)"
            for column in self._own
        ]
        return f"({' or '.join([self.is_one_of(self.forgotten.named), *free])})"

    @property
    def is_named(self) -> str:
        """SQL: the row names the person somewhere; not so any more once it was erased."""
        cells = [mentions(identifier(column), self.forgotten) for column in self.columns]
        extra = [mentions("cast(_extra as varchar)", self.forgotten)] if self.has_extra else []
        filled = [f"{identifier(column)} is not null" for column in sorted(self.personal)]
        filled += ["cardinality(_extra) > 0"] if self.has_extra else []
        own = f"{self.is_own} and ({' or '.join(filled or ['false'])})"
        return f"({' or '.join([self.is_dropped, own, *cells, *extra])})"

    def kept(self, relation: str) -> str:
        """SQL: the rows that stay, without what names the person; `relation` is what `marked` gives."""
        replaced = []
        for column in self.columns:
            name = identifier(column)
            gone = masked_key(name) if column in self.table.key else "null"
            own = "_is_own or " if column in self.personal else ""
            own = "_is_own and _is_by_name or " if column in self.company_names else own
            replaced.append(
                f"case when _is_named and ({own}{mentions(name, self.forgotten)}) then {gone} else {name} end as {name}"
            )
        if self.has_extra:
            replaced.append(
                "case when _is_named then map([]::varchar[], []::varchar[]) else _extra end as _extra"
            )
        marks = "_is_own, _is_named, _is_dropped, _is_by_name"
        return f"select * exclude ({marks}) replace ({', '.join(replaced)}) from {relation} where not _is_dropped"

    def marked(self, relation: str) -> str:
        """SQL: the rows with what becomes of each."""
        return (
            f"select *, {self.is_own} as _is_own, {self.is_named} as _is_named, {self.is_dropped} as _is_dropped, "
            f"{self.is_by_name} as _is_by_name from {relation}"
        )


def eraser_of(con: duckdb.DuckDBPyConnection, table: Table, relation: str, forgotten: Forgotten) -> Eraser:
    """An eraser for the columns that a relation really has."""
    described = con.execute(f"describe select * from {relation}").fetchall()
    texts = [str(name) for name, kind, *_ in described if kind == "VARCHAR" and not str(name).startswith("_")]
    return Eraser(table, forgotten, texts, any(name == "_extra" for name, *_ in described))
