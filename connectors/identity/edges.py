"""The rules, as edges between records: temp tables `person_edges` and `account_edges`.

An edge joins each record of a shared value to the first one: as many edges as records, not pairs.
"""

from __future__ import annotations

import duckdb

from connectors.identity.claims import long_id

# How much each rule's edge can bear when a cluster must be cut; the probability of Splink's comes below all rules.
STRENGTH = {
    "must_link": 1.0,
    "native_id": 0.999,
    "billing_id": 0.998,
    "member_of": 0.997,
    "email": 0.99,
    "domain": 0.98,
    "phone_name": 0.97,
    "same_person": 0.96,
}
WEAK = ("phone_name", "splink")

# A record answers to its own key and to those of the records once merged into it.
ALIASES = """
create or replace temp table aliases as
select node, source, instance, table_name, {long_id} as record_key from records where source = 'salesforce' and {long_id} <> record_key
union
select records.node, records.source, records.instance, records.table_name, trim(former.key)
from claims inner join records using (node), unnest(regexp_split_to_array(claims.claim_value, '[;,]')) as former (key)
where claims.claim_kind = 'merged_ids' and trim(former.key) not in ('', records.record_key)
"""
RECORD_KEYS = """
create or replace temp view record_keys as
select node, source, instance, table_name, record_key from records union all select node, source, instance, table_name, record_key from aliases
"""
# Which key of another record each claim names. What was found of two records that say what they said still holds.
RELINKED = """
create or replace temp table relinked as
select left_node, right_node from identity_memory.foreign_records where left_node in (from changed_nodes) or right_node in (from changed_nodes);
delete from identity_memory.foreign_records where left_node in (from changed_nodes) or right_node in (from changed_nodes)
"""
RELINKED_NOW = """
insert into relinked select left_node, right_node from identity_memory.foreign_records
where left_node in (from changed_nodes) or right_node in (from changed_nodes)
"""
FOREIGN = """
insert into identity_memory.foreign_records
with named as (
    select claims.node, claims.entity_kind, claims.claim_kind, claims.claim_value, claims.target_source, claims.target_table, claims.target_key,
        records.source, records.instance
    from claims inner join records using (node) where claims.claim_kind in ('same_as', 'member_of')
)
select distinct named.node as left_node, record_keys.node as right_node, named.entity_kind, named.claim_kind, named.claim_value,
    case when named.entity_kind = 'account' and named.source <> named.target_source then 'billing_id' else 'native_id' end as rule
from named inner join record_keys
    on record_keys.source = named.target_source and record_keys.table_name = named.target_table
    and record_keys.record_key = named.target_key
    and (record_keys.instance = named.instance or named.source <> named.target_source)
where named.node <> record_keys.node {linked}
union
-- a record that was merged away and is still delivered is the one it was merged into
select records.node, aliases.node, case when records.is_person then 'person' else 'account' end, 'same_as', records.record_key, 'native_id'
from aliases inner join records using (source, instance, table_name, record_key)
where aliases.node <> records.node {merged}
"""

PERSON_EDGES = """
with emails as (
    select node, normal, min(claim_value) as claim_value from near_claims
    where entity_kind = 'person' and claim_kind in ('email', 'other_email') and normal is not null and not is_role
    group by node, normal
),
email_anchors as (
    select normal, min(node) as left_node from emails group by normal having min(node) <> max(node)
),
by_email as (
    select left_node, node as right_node, claim_value from emails inner join email_anchors using (normal) where node <> left_node
),
phones as (
    select node, normal, given, family, claim_value from near_claims inner join person_described using (node)
    where entity_kind = 'person' and claim_kind = 'phone' and normal is not null and given is not null and family is not null
),
phone_anchors as (
    select normal, given, family, min(node) as left_node from phones group by all having min(node) <> max(node)
),
by_phone as (
    select left_node, node as right_node, claim_value from phones inner join phone_anchors using (normal, given, family) where node <> left_node
)
select left_node, right_node, rule, claim_kind, claim_value from near_foreign
where entity_kind = 'person' and claim_kind = 'same_as'
union all
select left_node, right_node, 'email', 'email', claim_value from by_email
union all
select left_node, right_node, 'phone_name', 'phone', claim_value from by_phone
union all
select left_node, right_node, 'must_link', 'decision', '' from decisions where entity_kind = 'person' and action = 'link'
"""

ACCOUNT_EDGES = """
with native as (
    select left_node, right_node, rule, claim_kind, claim_value from near_foreign
    where entity_kind = 'account' and claim_kind = 'same_as'
),
member as (
    select left_node, right_node, 'member_of' as rule, claim_kind, claim_value from near_foreign where claim_kind = 'member_of'
),
linked_people as (
    -- a person's other records that are the same one by native id follow the account of that one
    select left_node, right_node, 'native_id' as rule, claim_kind, claim_value from near_foreign
    where entity_kind = 'person' and claim_kind = 'same_as' and left_node not in (select left_node from member)
),
placed as (
    select left_node as node from member union select left_node from linked_people
    union select left_node from native where left_node not in (select node from records where is_account and not is_person)
),
company_domains as (
    select node, normal as host, claim_kind, claim_value from near_claims
    where entity_kind = 'account' and claim_kind = 'domain' and normal is not null and not no_company
),
placed_people as (
    select distinct cluster from near_people where node in (select node from placed)
),
-- an address's domain counts if a company claims it, or if nothing better places the person
address_domains as (
    select claims.node, host, claim_kind, claim_value
    from near_claims as claims left join near_people on claims.node = near_people.node
    where claim_kind = 'email' and host is not null and not no_company
    and (claims.entity_kind = 'account' or not on_account) and claims.node not in (select node from placed)
    and (
        host in (select host from company_domains)
        or coalesce(near_people.cluster, -1) not in (select cluster from placed_people)
    )
),
-- an address beside the main one is often of the last employer: it counts only for whom nothing else places, and
-- only if companies claim the domain of one of them alone
addressed_people as (
    select distinct cluster from near_claims inner join near_people using (node) where claim_kind = 'email' and host is not null and not no_company
),
beside as (
    select claims.node, near_people.cluster, host, claim_kind, claim_value
    from near_claims as claims inner join near_people on claims.node = near_people.node
    where claim_kind = 'other_email' and not on_account and not no_company and host in (select host from company_domains)
    and near_people.cluster not in (select cluster from placed_people union all select cluster from addressed_people)
    qualify min(host) over (partition by near_people.cluster) = max(host) over (partition by near_people.cluster)
),
domains as (
    select * from company_domains union all select * from address_domains union all select * exclude (cluster) from beside
),
domain_anchors as (
    select host, min(node) as left_node from domains group by host having min(node) <> max(node)
),
by_domain as (
    select left_node, node as right_node, 'domain' as rule, claim_kind, claim_value
    from domains inner join domain_anchors using (host) where node <> left_node
),
with_evidence as (
    select node from placed union select node from domains
    union select node from records where is_account and not is_person
),
member_by_person as (
    select cluster, min(node) filter (where node in (select node from with_evidence)) as anchor, min(node) as smallest
    from near_people group by cluster
),
by_person as (
    select coalesce(anchor, smallest) as left_node, near_people.node as right_node, 'same_person' as rule, 'email' as claim_kind, '' as claim_value
    from near_people inner join member_by_person using (cluster)
    where near_people.node not in (select node from with_evidence) and near_people.node <> coalesce(anchor, smallest)
)
select * from native union all select * from member union all select * from linked_people
union all select * from by_domain union all select * from by_person
union all
select left_node, right_node, 'must_link', 'decision', '' from decisions where entity_kind = 'account' and action = 'link'
"""
# Of others that the rules had to know, nothing is said.
WITHIN = """
semi join looked_at as of_left on of_left.node = edges.left_node semi join looked_at as of_right on of_right.node = edges.right_node
"""
EMPTY = """
create or replace temp table {kind}_edges (left_node bigint, right_node bigint, rule varchar, claim_kind varchar, claim_value varchar,
    probability double, strength double)
"""
RULES = {"person": PERSON_EDGES, "account": ACCOUNT_EDGES}


def find_foreign(con: duckdb.DuckDBPyConnection, is_first: bool) -> None:
    """Bring identity_memory.foreign_records up to tonight; `relinked` has the ends of those that came or went, `aliases` other keys of a record."""
    linked = merged = ""
    if not is_first:
        linked = "and (named.node in (from changed_nodes) or record_keys.node in (from changed_nodes))"
        merged = "and (records.node in (from changed_nodes) or aliases.node in (from changed_nodes))"
    con.execute(ALIASES.format(long_id=long_id("record_key")))
    for statement in (RECORD_KEYS, RELINKED, FOREIGN.format(linked=linked, merged=merged), RELINKED_NOW):
        con.execute(statement)


def start(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Temp table `<kind>_edges`, of no edge yet."""
    con.execute(EMPTY.format(kind=kind))


def find_edges(con: duckdb.DuckDBPyConnection, kind: str, is_first: bool) -> None:
    """Add to the temp table `<kind>_edges` what the rules join of the records looked at, with the strength of each edge."""
    within = "" if is_first else WITHIN
    cases = " ".join(f"when '{rule}' then {strength}" for rule, strength in STRENGTH.items())
    con.execute(
        f"insert into {kind}_edges select *, 1.0, case rule {cases} end from ({RULES[kind]}) as edges {within}"
    )
