"""What Splink compares: one row per record that has a name, and the keys under which rows meet."""

from __future__ import annotations

import duckdb
import pandas as pd

from connectors.identity import normalise
from connectors.identity.compared import COLUMNS
from connectors.identity.settings import IdentitySettings

# One name per person's record: the two halves where a tool has them apart, else the whole one.
PERSON = """
with said as (
    select node, min(normal) filter (where claim_kind = 'first_name') as first_name, min(normal) filter (where claim_kind = 'last_name') as last_name,
        min(normal) filter (where claim_kind = 'name') as whole,
        min(normal) filter (where claim_kind = 'email' and not is_role) as email,
        min(host) filter (where claim_kind = 'email' and not no_company) as own_host,
        min(normal) filter (where claim_kind = 'phone') as phone, min(normal) filter (where claim_kind = 'birth_date') as birth_date,
        min(normal) filter (where claim_kind = 'city') as city, min(normal) filter (where claim_kind = 'country') as country
    from near_claims where entity_kind = 'person' group by node
),
-- without an own address at a company, the company that the tool puts the person under says where he is
placed as (
    select left_node as node, min(host) as host from near_foreign inner join claims on claims.node = near_foreign.right_node
    where near_foreign.claim_kind = 'member_of' and claims.claim_kind = 'domain' and not no_company group by left_node
)
select node, coalesce(first_name, case when last_name is null then split_part(whole, ' ', 1) end) as given,
    coalesce(last_name, case when first_name is null and whole like '% %' then split_part(whole, ' ', -1) end) as family,
    email, phone, birth_date, city, country, coalesce(own_host, placed.host) as host
from said left join placed using (node)
where coalesce(first_name, last_name, whole) is not null
"""
ACCOUNT = """
with said as (
    select node, min(normal) filter (where claim_kind = 'name') as name,
        min(host) filter (where claim_kind in ('domain', 'email') and not no_company) as domain,
        min(normal) filter (where claim_kind = 'phone') as phone, min(normal) filter (where claim_kind = 'city') as city,
        min(normal) filter (where claim_kind = 'country') as country, min(normal) filter (where claim_kind = 'address') as address
    from near_claims where entity_kind = 'account' group by node
)
select node, name, core, domain, phone, city, country, address from said left join name_cores using (name) where name is not null
"""
DESCRIBED = {"person": PERSON, "account": ACCOUNT}

# Keys under which two rows are compared, each by what it is made of; one that too many rows share is left out, as a shared claim is.
KEYS: dict[str, list[tuple[str, ...]]] = {
    "person": [
        ("least(given, family)", "greatest(given, family)"), ("birth_date",), ("phone",), ("nullif(split_part(email, '@', 1), '')",),
        ("family", "host"), ("given", "host"), ("family", "city"), ("given", "city"),
    ],
    "account": [("substr(replace(coalesce(core, name), ' ', ''), 1, 5)",), ("nullif(split_part(domain, '.', 1), '')",), ("phone",)],
}  # fmt: skip
# A row of companies is looked up by each longer word of its name as well.
WORDS = {
    "person": "[]",
    "account": "list_filter(string_split(coalesce(core, name), ' '), lambda word: length(word) >= 3)",
}
# "Mueller" is Müller, whose normal form is "muller": both have to meet, but only to be compared, since "Manuel" is not Manül.
NAMES = {"person": ("given", "family"), "account": ("name", "core")}
FOLDED = r"regexp_replace({name}, '([aou])e', '\1', 'g')"
FACTS = """
create or replace temp table {kind}_facts as
select node, cluster, {kind}_described.* exclude (node) from {kind}_described inner join {kind}_cluster using (node)
"""
# What the region's records were last night and are no more; of what they are now, the new. Then all that says the same as those:
# records that say the same are one profile, and its first two are enough to learn what Splink thinks of all.
NEWS = """
create or replace temp table {kind}_gone as
select known.* from identity_memory.{kind}_facts as known semi join {kind}_region using (node) anti join {kind}_facts using (node, cluster, said);
delete from {kind}_facts as told using identity_memory.{kind}_facts as known
where told.node = known.node and told.cluster = known.cluster and told.said = known.said;
create or replace temp table {kind}_stirred as
select said from {kind}_gone union select said from {kind}_facts;
insert into {kind}_facts
select known.* exclude (place) from identity_memory.{kind}_facts as known semi join {kind}_stirred using (said) anti join {kind}_gone using (node);
delete from identity_memory.{kind}_facts where said in (from {kind}_stirred);
insert into identity_memory.{kind}_facts
with one_of_each as (
    select said, cluster, min(node) as node from {kind}_facts group by all
),
placed as (
    select node, row_number() over (partition by said order by node) as place from one_of_each
)
select facts.*, place from {kind}_facts as facts left join placed using (node)
"""
PROFILES = """
create or replace temp view {kind}_profiles as from identity_memory.{kind}_facts where place is not null
"""
# The keys of which a row came or went.
STIRRED = """
create or replace temp table {kind}_stirred_keys as
select key from ({gone}) union select key from ({come})
"""
# A key that more rows share than `cap` is cut into windows over its rows in alphabetical order, each overlapping the next by
# half: near ones still meet, and the pairs grow with the rows, not with their square. Beyond `limit` it says nothing.
WINDOWS = """
create or replace temp table {kind}_windows as
with keys as (
    select distinct node, cluster, key from ({keys}){only}
),
shared as (
    select key, count(*) as size from keys group by key having count(*) between 2 and {limit} and min(cluster) <> max(cluster)
),
stretched as (
    select node, key, row_number() over (partition by key order by {order}, node) // ({cap} // 2) as stretch
    from keys inner join shared using (key) inner join {kind}_profiles using (node) where size > {cap}
)
select node, key, key as window_key from keys inner join shared using (key) where size <= {cap}
union all select node, key, hash(key, stretch) from stretched union all select node, key, hash(key, stretch + 1) from stretched
"""
# The rows that this may concern.
CONCERNED = """
create or replace temp table {kind}_concerned as
select node from identity_memory.{kind}_windows where key in (from {kind}_stirred_keys)
union select node from {kind}_windows union select node from {kind}_gone union select node from {kind}_facts;
delete from identity_memory.{kind}_windows where key in (from {kind}_stirred_keys);
insert into identity_memory.{kind}_windows from {kind}_windows
"""


def describe(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Temp table `<kind>_described`: a row for each record looked at that has a name, with the columns that are compared."""
    if kind == "account":
        write_cores(con)
    con.execute(
        f"create or replace temp table {kind}_described as select *, hash({', '.join(COLUMNS[kind])}) as said from ({DESCRIBED[kind]})"
    )


def write_cores(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table `name_cores`: what is a company's own in its name."""
    names = con.execute(
        "select distinct normal as name from near_claims where entity_kind = 'account' and claim_kind = 'name' and normal is not null"
    ).df()
    names["core"] = pd.Series([normalise.name_core(name) for name in names["name"]], dtype="object")
    con.register("found_cores", names)
    con.execute(
        "create or replace temp table name_cores as select cast(name as varchar) as name, cast(core as varchar) as core from found_cores"
    )
    con.unregister("found_cores")


def prepare(con: duckdb.DuckDBPyConnection, kind: str, settings: IdentitySettings, is_first: bool) -> None:
    """Bring identity_memory.<kind>_facts and <kind>_windows up to tonight; temp table `<kind>_concerned` of the rows that this may concern."""
    con.execute(FACTS.format(kind=kind))
    con.execute(NEWS.format(kind=kind))
    con.execute(PROFILES.format(kind=kind))
    only = ""
    if is_first:
        con.execute(f"create or replace temp table {kind}_stirred_keys (key ubigint)")
    else:
        con.execute(
            STIRRED.format(kind=kind, gone=keys(kind, f"{kind}_gone"), come=keys(kind, f"{kind}_facts"))
        )
        only = f" where key in (from {kind}_stirred_keys)"
    con.execute(
        WINDOWS.format(
            kind=kind, keys=keys(kind, f"(from {kind}_profiles where place <= 2)"), cap=settings.block_cap,
            limit=settings.block_limit, order=", ".join(COLUMNS[kind]),
            only=only,
        )
    )  # fmt: skip
    con.execute(CONCERNED.format(kind=kind))


def keys(kind: str, rows: str) -> str:
    """SQL: node, cluster and each key, a number, of some rows of facts."""
    folded = ", ".join(f"{FOLDED.format(name=name)} as {name}" for name in NAMES[kind])
    single = ", ".join(
        f"case when {' and '.join(f'{part} is not null' for part in parts)} then hash({number}, {', '.join(parts)}) end"
        for number, parts in enumerate(KEYS[kind])
    )
    return f"""select node, cluster, key from (
        select node, cluster, unnest([{single}] || list_transform({WORDS[kind]}, lambda word: hash(word))) as key
        from (select * replace ({folded}) from {rows})) where key is not null"""
