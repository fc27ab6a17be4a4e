"""What identity carries from night to night, so that a night works out only what changed: the schema `identity_memory`.

All of it follows from claims, settings and code, so that an empty memory is nothing but a longer night. It lies in the
warehouse beside the tables that it tells of, and goes with it. What a night that did not end has left is not believed.
"""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from connectors.identity.normalise import LISTS
from connectors.identity.settings import IdentitySettings
from connectors.values import literal

# `digest` is a hash of all that a record says. `is_shared` and `host_is_shared`: by more records
# than the cap allows. `links` is a hash of the edges that end at a record.
TABLES = {
    "about": "name varchar, value varchar",
    "records": """node bigint, digest hugeint, source varchar, instance varchar, table_name varchar, record_key varchar,
        is_person boolean, is_account boolean, seat ubigint""",
    "claims": """node bigint, on_account boolean, entity_kind varchar, claim_kind varchar, claim_value varchar, target_source varchar,
        target_table varchar, form varchar, host varchar, is_role boolean, is_open boolean, target_key varchar, is_shared boolean,
        host_is_shared boolean""",
    "person_rows": "node bigint, content ubigint",
    "account_rows": "node bigint, content ubigint",
    "person_told": "node bigint, cluster bigint, links hugeint",
    "account_told": "node bigint, cluster bigint, links hugeint",
}
VIEWS = """
create or replace temp view records as select * exclude (digest) from identity_memory.records;
create or replace temp view claims as
select node, on_account, entity_kind, claim_kind, claim_value, target_source, target_table, case when not is_shared then form end as normal,
    host, is_role, is_open or host_is_shared as no_company, target_key
from identity_memory.claims
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


def recall(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> None:
    """The schema `identity_memory`, empty unless a whole night by this code with these settings made it; the views over it."""
    con.execute("create schema if not exists identity_memory")
    con.execute(f"create table if not exists identity_memory.about ({TABLES['about']})")
    made_by = {"code": code(), "settings": told_settings(settings)}
    if told(con, "is_whole") != "yes" or any(told(con, name) != value for name, value in made_by.items()):
        con.execute("drop schema identity_memory cascade")
        con.execute("create schema identity_memory")
        for name, columns in TABLES.items():
            con.execute(f"create table identity_memory.{name} ({columns})")
        for name, value in made_by.items():
            tell(con, name, value)
    tell(con, "is_whole", "no")
    con.execute(VIEWS)


def keep(con: duckdb.DuckDBPyConnection) -> None:
    """Say that the night ended: its memory and the tables that it wrote belong together."""
    tell(con, "is_whole", "yes")


def told(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """A fact about the memory."""
    found = con.execute("select value from identity_memory.about where name = ?", [name]).fetchall()
    return str(found[0][0]) if found else None


def tell(con: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Replace a fact about the memory."""
    con.execute(f"delete from identity_memory.about where name = {literal(name)}")
    con.execute("insert into identity_memory.about values (?, ?)", [name, value])


def is_empty(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return not con.execute(f"select 1 from identity_memory.{table} limit 1").fetchall()
