"""The records that tonight's changes can reach: identity is worked out again for these, and stands for all others.

All that evidence joins is one part, whether or not a brake keeps it apart. Whom a record belongs to follows from its part
alone, so that a change reaches the parts of the changed records and of those that now share something with them.
"""

from __future__ import annotations

import duckdb

# Records that say something else than last night, that a steward has decided about since, or to which another key leads now.
TOUCHED = """
create or replace temp table touched as
select node from changed_nodes union select left_node from relinked union select right_node from relinked
union select node from redecided
"""
# A person's account also follows from the other records of the person.
REACHED = {"person": "touched", "account": "(from touched union select node from person_region)"}
# The records that share a value with those, by which a rule may join them.
SHARING = {
    "person": "normal as shared from claims where entity_kind = 'person' and claim_kind in ('email', 'other_email', 'phone') and normal is not null",
    "account": "host as shared from claims where claim_kind in ('email', 'other_email', 'domain') and host is not null and not no_company",
}
REGION = """
create or replace temp table {kind}_region as
with reached as (from {reached}),
shared_values as (select distinct shared from (select node, {sharing}) semi join reached using (node)),
met as (
    from reached union select node from (select node, {sharing}) semi join shared_values using (shared)
),
parts as (
    select distinct part from identity_memory.{kind}_told semi join met using (node)
)
select node from identity_memory.{kind}_told semi join parts using (part)
union
select node from met semi join (from records{of_kind}) using (node)
"""
# Records beyond the region to which Splink's edges of tonight or of last night lead.
BEYOND = """
create or replace temp table beyond as
with moved as (
    (from {kind}_sure except from identity_memory.{kind}_sure) union all (from identity_memory.{kind}_sure except from {kind}_sure)
),
ends as (
    select left_node as node from moved union select right_node from moved
),
parts as (
    select distinct part from identity_memory.{kind}_told semi join ends using (node) anti join {kind}_region using (node)
)
select node from identity_memory.{kind}_told semi join parts using (part)
"""
# What the rules need to know to place the records of an account's region: their persons' other records as well.
NEAR = {
    "person": "select node from {region}",
    "account": """select node from {region} union select node from identity_memory.person_told semi join (
        select distinct cluster from identity_memory.person_told semi join {region} using (node)) as of_theirs using (cluster)""",
}


def find(con: duckdb.DuckDBPyConnection, kind: str, is_first: bool) -> None:
    """Temp table `<kind>_region`, and what the rules read of it: `near_claims`, `near_foreign` and, for accounts, `near_people`."""
    con.execute(TOUCHED)
    of_kind = " where is_person" if kind == "person" else ""
    if is_first:
        con.execute(f"create or replace temp table {kind}_region as select node from records{of_kind}")
    else:
        con.execute(REGION.format(kind=kind, reached=REACHED[kind], sharing=SHARING[kind], of_kind=of_kind))
    look(con, kind, f"{kind}_region", is_first)


def extend(con: duckdb.DuckDBPyConnection, kind: str) -> bool:
    """Add to the region the parts to which Splink leads, and let the rules read these alone; whether there are any."""
    con.execute(BEYOND.format(kind=kind))
    con.execute(f"insert into {kind}_region from beyond")
    if not con.execute("select 1 from beyond limit 1").fetchall():
        return False
    look(con, kind, "beyond", is_first=False)
    return True


def look(con: duckdb.DuckDBPyConnection, kind: str, region: str, is_first: bool) -> None:
    """Views of what the rules read: all that there is on a first night, else a copy of what is near the region."""
    con.execute(f"create or replace temp view looked_at as from {region}")
    if not is_first:
        con.execute(f"create or replace temp table near as {NEAR[kind].format(region=region)}")
    for view, rows, node in (
        ("near_claims", "claims", "node"),
        ("near_foreign", "identity_memory.foreign_records", "left_node"),
        ("near_people", "identity_memory.person_told", "node"),
    ):
        if not is_first:
            con.execute(
                f"create or replace temp table {view}_copied as from {rows} as rows semi join near on near.node = rows.{node}"
            )
            rows = f"{view}_copied"
        con.execute(f"create or replace temp view {view} as from {rows}")
