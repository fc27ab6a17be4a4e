"""What identity carries from night to night, so that a night works out only what changed: the schema `identity_memory`.

All of it follows from claims, settings and code, so that an empty memory is nothing but a longer night. It lies in the
warehouse beside the tables that it tells of, and goes with it. What a night that did not end has left is not believed.
"""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from connectors.identity.compared import COLUMNS, KINDS, comparisons
from connectors.identity.normalise import LISTS
from connectors.identity.settings import IdentitySettings
from connectors.state import state_file
from connectors.values import literal

# A seat is one table of one tool, a shape what kind of claim it is: what so many rows share is written once. `digest` is a
# hash of all that a record says. `is_shared` and `host_is_shared`: by more records than the cap allows.
TABLES = {
    "about": "name varchar, value varchar",
    "seats": "seat ubigint, source varchar, instance varchar, table_name varchar",
    "records": "node bigint, digest hugeint, seat ubigint, record_key varchar, is_person boolean, is_account boolean",
    "shapes": "shape ubigint, entity_kind varchar, claim_kind varchar, target_source varchar, target_table varchar",
    "claims": """node bigint, on_account boolean, shape ubigint, written varchar, form varchar, host varchar, is_role boolean,
        is_open boolean, target_key varchar, is_shared boolean, host_is_shared boolean""",
    "decisions": "entity_kind varchar, action varchar, left_node bigint, right_node bigint",
    "foreign_records": """left_node bigint, right_node bigint, entity_kind varchar, claim_kind varchar, claim_value varchar,
        rule varchar""",
}
# `said` is a hash of a row's columns; `place` its place among the rows that say the same, one for each cluster. `part`: the
# records that any evidence joins, though a brake may keep them apart. `links` is a hash of the edges that end at a record.
OF_KIND = {
    "facts": "node bigint, cluster bigint, {columns}, said ubigint, place bigint",
    "windows": "node bigint, key ubigint, window_key ubigint",
    "rows": "node bigint, content ubigint",
    "pairs": "unique_id_l bigint, unique_id_r bigint, match_probability double, {levels}",
    "sure": "left_node bigint, right_node bigint, probability double",
    "doubts": """left_node bigint, right_node bigint, rule varchar, claim_kind varchar, claim_value varchar, probability double,
        strength double, why varchar""",
    "told": "node bigint, cluster bigint, part bigint, links hugeint",
}
VIEWS = """
create or replace temp view records as
select node, source, instance, table_name, record_key, is_person, is_account, seat
from identity_memory.records inner join identity_memory.seats using (seat);
create or replace temp view claims as
select node, on_account, entity_kind, claim_kind, coalesce(written, form, target_key) as claim_value, target_source, target_table, case when not is_shared then form end as normal,
    host, is_role, is_open or host_is_shared as no_company, target_key
from identity_memory.claims inner join identity_memory.shapes using (shape)
"""


@cache
def code() -> str:
    """A hash of the code, the lists and the models, and of the libraries that they ask."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.py")), *sorted(LISTS.glob("*.txt")), *sorted(here.glob("models/*.json"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    libraries = [
        f"{name} {version(name)}" for name in ("duckdb", "phonenumbers", "scipy", "splink", "tldextract")
    ]
    digest.update("\n".join([platform.python_version(), *libraries]).encode())
    return digest.hexdigest()


def told_settings(settings: IdentitySettings) -> str:
    """The settings as a text that is the same whenever they are."""
    return json.dumps(
        {name: sorted(value) if isinstance(value, frozenset) else value for name, value in vars(settings).items()},
        sort_keys=True,
    )  # fmt: skip


def recall(con: duckdb.DuckDBPyConnection, home: Path, night: date, settings: IdentitySettings) -> bool:
    """The schema `identity_memory`, and the views over it; says whether it is empty.

    So it is unless a whole night by this code with these settings made it, and was the last before this one.
    """
    con.execute("create schema if not exists identity_memory")
    con.execute(f"create table if not exists identity_memory.about ({TABLES['about']})")
    made_by = {"code": code(), "settings": told_settings(settings)}
    wanted = {**made_by, "is_whole": "yes", "nights": nights_known(home, before(night))}
    is_first = is_done_again(home, night) or any(told(con, name) != value for name, value in wanted.items())
    if is_first:
        con.execute("drop schema identity_memory cascade")
        con.execute("create schema identity_memory")
        for name, columns in TABLES.items():
            con.execute(f"create table identity_memory.{name} ({columns})")
        for kind in KINDS:
            write_tables(con, kind)
        for name, value in made_by.items():
            tell(con, name, value)
    tell(con, "is_whole", "no")
    con.execute(VIEWS)
    return is_first


def write_tables(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """The tables of a kind, empty."""
    columns = ", ".join(f"{name} varchar" for name in COLUMNS[kind])
    levels = ", ".join(f"gamma_{name} integer" for name in comparisons(kind))
    for name, written in OF_KIND.items():
        con.execute(
            f"create table identity_memory.{kind}_{name} ({written.format(columns=columns, levels=levels)})"
        )


def is_done_again(home: Path, night: date) -> bool:
    """Whether the night gave ids before."""
    return state_file(home, "identity_ids", night).exists()


def nights_known(home: Path, until: date) -> str:
    """What tells the files of ids and changes up to a night from those of another time."""
    files = [
        file
        for stream in ("identity_ids", "identity_changes")
        for file in sorted((home / "state" / stream).glob("[0-9]*.parquet"))
        if date.fromisoformat(file.stem) <= until
    ]
    return json.dumps(
        [[file.parent.name, file.name, file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    )


def before(night: date) -> date:
    """The night before."""
    return date.fromordinal(night.toordinal() - 1)


def keep(con: duckdb.DuckDBPyConnection, home: Path, night: date) -> None:
    """Say that the night ended: its memory, the tables that it wrote and the state belong together."""
    tell(con, "nights", nights_known(home, night))
    tell(con, "is_whole", "yes")


def told(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """A fact about the memory."""
    found = con.execute("select value from identity_memory.about where name = ?", [name]).fetchall()
    return str(found[0][0]) if found else None


def tell(con: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Replace a fact about the memory."""
    con.execute(f"delete from identity_memory.about where name = {literal(name)}")
    con.execute("insert into identity_memory.about values (?, ?)", [name, value])
