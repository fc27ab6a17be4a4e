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
KEYS = """
create or replace temp table record_keys as
select node, source, instance, table_name, record_key from records
union
select node, source, instance, table_name, {long_id} from records where source = 'salesforce'
union
select records.node, records.source, records.instance, records.table_name, trim(former.key)
from claims inner join records using (node), unnest(regexp_split_to_array(claims.claim_value, '[;,]')) as former (key)
where claims.claim_kind = 'merged_ids' and trim(former.key) <> ''
"""

FOREIGN = """
create or replace temp table foreign_records as
select distinct claims.node as left_node, record_keys.node as right_node, claims.entity_kind, claims.claim_kind, claims.claim_value,
    case when claims.entity_kind = 'account' and records.source <> claims.target_source then 'billing_id' else 'native_id' end as rule
from claims inner join records using (node) inner join record_keys
    on record_keys.source = claims.target_source and record_keys.table_name = claims.target_table
    and record_keys.record_key = claims.target_key
    and (record_keys.instance = records.instance or records.source <> claims.target_source)
where claims.claim_kind in ('same_as', 'member_of') and claims.node <> record_keys.node
union
-- a record that was merged away and is still delivered is the one it was merged into
select records.node, record_keys.node, case when records.is_person then 'person' else 'account' end, 'same_as', records.record_key, 'native_id'
from record_keys inner join records using (source, instance, table_name, record_key)
where record_keys.node <> records.node
"""

# One name per person's record: the two halves where a tool has them apart, else the whole one.
NAMES = """
create or replace temp table person_names as
with written as (
    select node, min(normal) filter (where claim_kind = 'first_name') as given, min(normal) filter (where claim_kind = 'last_name') as family,
        min(normal) filter (where claim_kind = 'name') as whole
    from claims where entity_kind = 'person' and claim_kind in ('first_name', 'last_name', 'name') and normal is not null
    group by node
)
select node, coalesce(given, case when family is null then split_part(whole, ' ', 1) end) as given,
    coalesce(family, case when given is null and whole like '% %' then split_part(whole, ' ', -1) end) as family
from written
"""

PERSON_EDGES = """
create or replace temp table person_edges as
with emails as (
    select node, normal, min(claim_value) as claim_value from claims
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
    select node, normal, given, family, claim_value from claims inner join person_names using (node)
    where entity_kind = 'person' and claim_kind = 'phone' and normal is not null and given is not null and family is not null
),
phone_anchors as (
    select normal, given, family, min(node) as left_node from phones group by all having min(node) <> max(node)
),
by_phone as (
    select left_node, node as right_node, claim_value from phones inner join phone_anchors using (normal, given, family) where node <> left_node
)
select left_node, right_node, rule, claim_kind, claim_value from foreign_records
where entity_kind = 'person' and claim_kind = 'same_as'
union all
select left_node, right_node, 'email', 'email', claim_value from by_email
union all
select left_node, right_node, 'phone_name', 'phone', claim_value from by_phone
union all
select left_node, right_node, 'must_link', 'decision', '' from decisions where entity_kind = 'person' and action = 'link'
"""

ACCOUNT_EDGES = """
create or replace temp table account_edges as
with native as (
    select left_node, right_node, rule, claim_kind, claim_value from foreign_records
    where entity_kind = 'account' and claim_kind = 'same_as'
),
member as (
    select left_node, right_node, 'member_of' as rule, claim_kind, claim_value from foreign_records where claim_kind = 'member_of'
),
linked_people as (
    -- a person's other records that are the same one by native id follow the account of that one
    select left_node, right_node, 'native_id' as rule, claim_kind, claim_value from foreign_records
    where entity_kind = 'person' and claim_kind = 'same_as' and left_node not in (select left_node from member)
),
placed as (
    select left_node as node from member union select left_node from linked_people
    union select left_node from native where left_node not in (select node from records where is_account and not is_person)
),
company_domains as (
    select node, normal as host, claim_kind, claim_value from claims
    where entity_kind = 'account' and claim_kind = 'domain' and normal is not null and not no_company
),
placed_people as (
    select distinct cluster from person_cluster where node in (select node from placed)
),
-- an address's domain counts if a company claims it, or if nothing better places the person
-- (one of the person's other addresses never does: it is often of the last employer)
address_domains as (
    select claims.node, host, claim_kind, claim_value
    from claims left join person_cluster on claims.node = person_cluster.node
    where claim_kind = 'email' and host is not null and not no_company
    and (claims.entity_kind = 'account' or not on_account) and claims.node not in (select node from placed)
    and (
        host in (select host from company_domains)
        or coalesce(person_cluster.cluster, -1) not in (select cluster from placed_people)
    )
),
domains as (
    select * from company_domains union all select * from address_domains
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
    from person_cluster group by cluster
),
by_person as (
    select coalesce(anchor, smallest) as left_node, person_cluster.node as right_node, 'same_person' as rule, 'email' as claim_kind, '' as claim_value
    from person_cluster inner join member_by_person using (cluster)
    where person_cluster.node not in (select node from with_evidence) and person_cluster.node <> coalesce(anchor, smallest)
)
select * from native union all select * from member union all select * from linked_people
union all select * from by_domain union all select * from by_person
union all
select left_node, right_node, 'must_link', 'decision', '' from decisions where entity_kind = 'account' and action = 'link'
"""
RULES = {"person": PERSON_EDGES, "account": ACCOUNT_EDGES}


def find_foreign(con: duckdb.DuckDBPyConnection) -> None:
    """Temp tables `record_keys`, `foreign_records` and `person_names`, which the rules of both kinds read."""
    for statement in (KEYS.format(long_id=long_id("record_key")), FOREIGN, NAMES):
        con.execute(statement)


def find_edges(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Temp table `<kind>_edges`: what the rules join, with the strength of each edge."""
    con.execute(RULES[kind])
    cases = " ".join(f"when '{rule}' then {strength}" for rule, strength in STRENGTH.items())
    con.execute(
        f"""create or replace temp table {kind}_edges as
            select *, cast(1 as double) as probability, case rule {cases} end as strength from {kind}_edges"""
    )
