"""What Splink compares: one row per record that has a name, and the keys under which rows meet."""

from __future__ import annotations

import duckdb

from connectors.identity.settings import IdentitySettings

COLUMNS = {
    "person": ["given", "family", "email", "phone", "birth_date", "city", "country", "host"],
    "account": ["name", "domain", "phone", "city", "country", "address"],
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
)
select node, cluster, given, family, email, phone, birth_date, city, country, host
from person_names inner join person_cluster using (node) left join facts using (node)
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
select node, cluster, name, domain, phone, city, country, address
from facts inner join account_cluster using (node) where name is not null
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
        "'w:' || unnest(list_filter(string_split(name, ' '), lambda word: length(word) >= 4))",
        "'s:' || substr(replace(name, ' ', ''), 1, 6)",
        "'l:' || nullif(split_part(domain, '.', 1), '')",
        "'p:' || phone",
    ],
}
# Records that say the same are one profile; two of them are enough to learn what Splink thinks of all.
PROFILES = """
create or replace temp table {kind}_profiles as
with numbered as (
    select *, min(node) over (partition by {columns}) as profile from {kind}_facts
),
one_of_each as (
    select * from numbered qualify row_number() over (partition by profile, cluster order by node) = 1
)
select *, row_number() over (partition by profile order by node) as place from one_of_each
"""
BLOCKED = """
create or replace temp table {kind}_blocked as
with keys as ({keys}),
shared as (
    select key from keys where key is not null group by key
    having count(distinct node) between 2 and {cap} and count(distinct cluster) > 1
),
by_node as (
    select node, list(distinct key) as block_keys from keys inner join shared using (key) group by node
)
select node as unique_id, {kind}_profiles.* exclude (node), by_node.block_keys
from {kind}_profiles inner join by_node using (node)
"""


def prepare(con: duckdb.DuckDBPyConnection, kind: str, settings: IdentitySettings) -> tuple[int, int]:
    """Temp tables `<kind>_profiles` and `<kind>_blocked`; how many profiles there are, and how many could gain."""
    con.execute(FACTS[kind])
    con.execute(PROFILES.format(kind=kind, columns=", ".join(COLUMNS[kind])))
    keys = " union all ".join(
        f"select node, cluster, {key} as key from {kind}_profiles where place <= 2" for key in KEYS[kind]
    )
    con.execute(BLOCKED.format(kind=kind, keys=keys, cap=settings.block_cap))
    found = con.execute(
        f"select (select count(*) from {kind}_profiles), (select count(*) from {kind}_blocked)"
    )
    profiles, gainers = found.fetchall()[0]
    return int(profiles), int(gainers)
