"""What Splink compares: one row per record that has a name, and the keys under which rows meet."""

from __future__ import annotations

import duckdb
import pandas as pd

from connectors.identity import normalise
from connectors.identity.settings import IdentitySettings

COLUMNS = {
    "person": ["given", "family", "email", "phone", "birth_date", "city", "country", "host"],
    "account": ["name", "core", "domain", "phone", "city", "country", "address"],
}
PERSON = """
create or replace temp table person_facts as
with facts as (
    select node,
        min(normal) filter (where claim_kind = 'email' and not is_role) as email,
        min(host) filter (where claim_kind = 'email' and not no_company) as host,
        min(normal) filter (where claim_kind = 'phone') as phone, min(normal) filter (where claim_kind = 'birth_date') as birth_date,
        min(normal) filter (where claim_kind = 'city') as city, min(normal) filter (where claim_kind = 'country') as country
    from claims where entity_kind = 'person' group by node
),
-- without an own address at a company, the company that the tool puts the person under says where he is
placed as (
    select left_node as node, min(host) as host from foreign_records inner join claims on claims.node = foreign_records.right_node
    where foreign_records.claim_kind = 'member_of' and claims.claim_kind = 'domain' and not no_company group by left_node
)
select node, cluster, given, family, email, phone, birth_date, city, country, coalesce(facts.host, placed.host) as host
from person_names inner join person_cluster using (node) left join facts using (node) left join placed using (node)
where given is not null or family is not null
"""
ACCOUNT = """
create or replace temp table account_facts as
with facts as (
    select node, min(normal) filter (where claim_kind = 'name') as name,
        min(host) filter (where claim_kind in ('domain', 'email') and not no_company) as domain,
        min(normal) filter (where claim_kind = 'phone') as phone, min(normal) filter (where claim_kind = 'city') as city,
        min(normal) filter (where claim_kind = 'country') as country, min(normal) filter (where claim_kind = 'address') as address
    from claims where entity_kind = 'account' group by node
)
select node, cluster, name, core, domain, phone, city, country, address
from facts inner join account_cluster using (node) left join name_cores using (name) where name is not null
"""
FACTS = {"person": PERSON, "account": ACCOUNT}

# Keys under which two rows are compared; one that too many rows share is left out, as a shared claim is.
KEYS = {
    "person": [
        "'n:' || least(given, family) || '|' || greatest(given, family)",
        "'d:' || birth_date",
        "'p:' || phone",
        "'e:' || nullif(split_part(email, '@', 1), '')",
        "'f:' || family || '|' || host",
        "'g:' || given || '|' || host",
        "'c:' || family || '|' || city",
        "'h:' || given || '|' || city",
    ],
    "account": [
        "'w:' || unnest(list_filter(string_split(coalesce(core, name), ' '), lambda word: length(word) >= 3))",
        "'s:' || substr(replace(coalesce(core, name), ' ', ''), 1, 5)",
        "'l:' || nullif(split_part(domain, '.', 1), '')",
        "'p:' || phone",
    ],
}
# "Mueller" is Müller, whose normal form is "muller": both have to meet, but only to be compared, since "Manuel" is not Manül.
NAMES = {"person": ("given", "family"), "account": ("name", "core")}
FOLDED = r"regexp_replace({name}, '([aou])e', '\1', 'g')"
# Records that say the same are one profile; two of them are enough to learn what Splink thinks of all.
PROFILES = """
create or replace temp table {kind}_profiles as
with numbered as (
    select *, min(node) over (partition by hash({columns})) as profile from {kind}_facts
),
one_of_each as (
    select * from numbered qualify row_number() over (partition by profile, cluster order by node) = 1
)
select *, row_number() over (partition by profile order by node) as place from one_of_each
"""
# `content` is a hash of all that decides with whom a row is compared, and what Splink sees of it.
# A key that more rows share than `cap` is cut into windows over its rows in alphabetical order, each overlapping the next by
# half: near ones still meet, and the pairs grow with the rows, not with their square. Beyond `limit` it says nothing.
BLOCKED = """
create or replace temp table {kind}_blocked as
with written as ({keys}),
keys as (select distinct node, cluster, hash(key) as key from written where key is not null),
shared as (
    select key, count(*) as size from keys group by key having count(*) between 2 and {limit} and min(cluster) <> max(cluster)
),
stretched as (
    select node, key, row_number() over (partition by key order by {order}, node) // ({cap} // 2) as stretch
    from keys inner join shared using (key) inner join {kind}_profiles using (node) where size > {cap}
),
windows as (
    select node, key as window_key from keys inner join shared using (key) where size <= {cap}
    union all select node, hash(key, stretch) from stretched union all select node, hash(key, stretch + 1) from stretched
),
by_node as (
    select node, list(window_key) as block_keys, sum(hash(window_key)) as keys from windows group by node
)
select node as unique_id, {kind}_profiles.* exclude (node), by_node.block_keys, hash({order}, cluster, by_node.keys) as content
from {kind}_profiles inner join by_node using (node)
"""


def facts(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Temp table `<kind>_facts`."""
    if kind == "account":
        names = con.execute(
            "select distinct normal as name from claims where entity_kind = 'account' and claim_kind = 'name' and normal is not null"
        ).df()
        names["core"] = pd.Series([normalise.name_core(name) for name in names["name"]], dtype="object")
        con.register("found_cores", names)
        con.execute(
            "create or replace temp table name_cores as select cast(name as varchar) as name, cast(core as varchar) as core from found_cores"
        )
        con.unregister("found_cores")
    con.execute(FACTS[kind])


def prepare(con: duckdb.DuckDBPyConnection, kind: str, settings: IdentitySettings) -> tuple[int, int]:
    """Temp tables `<kind>_profiles` and `<kind>_blocked`; how many profiles there are, and how many could gain."""
    facts(con, kind)
    con.execute(PROFILES.format(kind=kind, columns=", ".join(COLUMNS[kind])))
    folded = ", ".join(f"{FOLDED.format(name=name)} as {name}" for name in NAMES[kind])
    keys = " union all ".join(
        f"select node, cluster, {key} as key from (select * replace ({folded}) from {kind}_profiles where place <= 2)"
        for key in KEYS[kind]
    )
    con.execute(
        BLOCKED.format(
            kind=kind, keys=keys, cap=settings.block_cap, limit=settings.block_limit,
            order=", ".join(COLUMNS[kind]),
        )
    )  # fmt: skip
    found = con.execute(
        f"select (select count(*) from {kind}_profiles), (select count(*) from {kind}_blocked)"
    )
    profiles, gainers = found.fetchall()[0]
    return int(profiles), int(gainers)
