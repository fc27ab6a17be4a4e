"""An id for each cluster that lasts over nights, and what came, merged and split.

A cluster keeps the id first seen among its records; after a split the part with the oldest (then smallest) record keeps
it: of an account, a company's record before a person's, who may have moved. A new id is a hash of the cluster's smallest
record.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from connectors.identity import memory
from connectors.identity.claims import NODE
from connectors.identity.clusters import TOO_LARGE
from connectors.identity.compared import KINDS
from connectors.state import state_sql, write_state
from connectors.values import literal

IDS = {
    "entity_kind": "varchar", "source": "varchar", "instance": "varchar", "table_name": "varchar",
    "record_key": "varchar", "golden_id": "varchar", "night": "date",
}  # fmt: skip
CHANGES = {
    "night": "date", "entity_kind": "varchar", "change": "varchar", "golden_id": "varchar", "other_id": "varchar",
    "why": "varchar",
}  # fmt: skip

# What is told of a record: the cluster that it is in, the edges that end at it, and the best of them: equal
# strength means one rule, but strength is rounded, and two probabilities may be behind it.
TELLING = """
create or replace temp table {kind}_telling as
with ends as (
    select right_node as node, sum(hash(left_node, rule, claim_kind, claim_value, probability)) as links,
        arg_max(rule, strength) as rule, arg_max(probability, (strength, probability)) as probability
    from {kind}_edges group by right_node
)
select node, cluster, part, links, rule, probability from {kind}_cluster left join ends using (node);
create or replace temp table {kind}_differing as
with known as (
    from identity_memory.{kind}_told{of_region}
)
select node, telling.cluster, known.cluster as former_cluster
from {kind}_telling as telling full join known using (node)
where telling.cluster is distinct from known.cluster or telling.part is distinct from known.part or telling.links is distinct from known.links;
delete from identity_memory.{kind}_told where node in (select node from {kind}_differing);
insert into identity_memory.{kind}_told
select node, cluster, part, links from {kind}_telling semi join {kind}_differing using (node)
"""
# The records whose ids are asked for: all of each cluster that is not as it was. `place` is their order by name.
ASKED = """
create or replace temp table asked as
select 'person' as entity_kind, node, cluster from identity_memory.person_told where {person}
union all select 'account', node, cluster from identity_memory.account_told where {account};
create or replace temp table asked_records as
select node, source, instance, table_name, record_key, is_account, row_number() over (order by source, instance, table_name, record_key) as place
from records {those_asked}
"""
# `since` counts a record's first night, `id_since` an id's (told by its birth: the record that gave it may be forgotten): the
# older one wins in a split and in a merge. A night that is done again, with another export or without somebody who was forgotten, keeps what it called the records that it saw first.
NAMED_NODES = """
create or replace temp table named_nodes as
with earlier as (select entity_kind, {node} as node, golden_id, night from ({earlier})),
known as (
    from earlier union all
    from (select entity_kind, {node} as node, golden_id, night from ({tonight})) anti join earlier using (entity_kind, node)
),
history as (
    select entity_kind, node, arg_max(golden_id, night) as old_id, min(night) as since
    from known semi join asked_records using (node) group by all
),
births as ({births})
select asked.*, asked_records.place, asked.entity_kind = 'account' and not asked_records.is_account as is_guest, history.old_id, history.since,
    case when history.old_id is not null then coalesce(births.night, date {night}) end as id_since
from asked
inner join asked_records using (node)
left join history using (entity_kind, node)
left join births on births.golden_id = history.old_id
"""
BIRTHS = "select golden_id, min(night) as night from ({changes}) where change in ('created', 'split') group by golden_id"
# A night that is done again: those who are one cluster, all of them and alone, as it left them before are called as before.
AS_LEFT = """
create or replace temp table as_left as
with told as (
    select entity_kind, {node} as node, arg_max(golden_id, night) as golden_id from ({told}) group by all
),
held as (
    select distinct entity_kind, cluster, golden_id from asked inner join told using (entity_kind, node)
),
births as ({births})
select entity_kind, cluster, golden_id, coalesce(births.night, date {night}) as id_since
from held left join births using (golden_id)
qualify count(*) over (partition by entity_kind, cluster) = 1 and count(*) over (partition by golden_id) = 1
"""
# Last night's ids by the records' numbers.
LAST_IDS = """
create or replace temp view last_ids as select entity_kind, {node} as node, golden_id from identity.record_ids
"""
# Clusters that had one of those ids last night though nothing else about them changed: a record came back.
OWNERS = """
insert into reopened
with owners as (
    from last_ids semi join (select distinct old_id as golden_id from named_nodes) as old using (golden_id) anti join asked using (entity_kind, node)
)
select distinct entity_kind, cluster from owners inner join identity_memory.person_told using (node) where entity_kind = 'person'
union all
select distinct entity_kind, cluster from owners inner join identity_memory.account_told using (node) where entity_kind = 'account'
"""
OLD_IDS = """
create or replace temp table old_ids as
with keepers as (
    select old_id, coalesce(any_value(as_left.cluster), arg_min(named_nodes.cluster, (is_guest, since, place))) as cluster
    from named_nodes left join as_left on as_left.golden_id = old_id where old_id is not null group by old_id
)
select entity_kind, named_nodes.cluster, old_id, min(id_since) as id_since,
    bool_or(keepers.cluster = named_nodes.cluster) as is_kept
from named_nodes inner join keepers using (old_id)
group by all
"""
# Ids of clusters that are not asked about stand.
ELSEWHERE = """
union all select golden_id from last_ids semi join {ids} using (golden_id) semi join records using (node) anti join asked using (entity_kind, node)
"""
GOLDEN = """
create or replace temp table kept as
select entity_kind, cluster, arg_min(old_id, (id_since, old_id)) as golden_id, min(id_since) as id_since
from old_ids anti join as_left using (entity_kind, cluster) where is_kept group by all
union all from as_left;
create or replace temp table named as
with fresh as (
    select entity_kind, cluster, min(place) as place from named_nodes left join kept using (entity_kind, cluster) where kept.golden_id is null group by all
)
select entity_kind, cluster, concat_ws('|', source, instance, table_name, record_key) as name,
    case entity_kind when 'person' then 'per_' else 'acc_' end as prefix, prefix || sha256(name)[:16] as golden_id
from fresh inner join asked_records using (place);
-- after a split the other part may have taken the id that this record once gave
create or replace temp table salted as
with taken as (select golden_id from kept {elsewhere_named})
select entity_kind, cluster, prefix || sha256(name || repeat('|split', salts.salt))[:16] as golden_id, salts.salt
from named, range(1, 4) as salts (salt) where named.golden_id in (select golden_id from taken);
create or replace temp table golden as
with taken as (select golden_id from kept {elsewhere_salted})
select entity_kind, cluster, golden_id, id_since = date {night} as is_new from kept
union all
select entity_kind, cluster, golden_id, true from named anti join salted using (entity_kind, cluster)
union all
select entity_kind, cluster, arg_min(golden_id, salt), true
from salted where golden_id not in (select golden_id from taken) group by entity_kind, cluster
"""
TONIGHT = """
create or replace temp table changed as
with merged as (
    select entity_kind, golden_id, old_id from old_ids inner join golden using (entity_kind, cluster) where is_kept and old_id <> golden_id
),
ended as (
    select entity_kind, node, old_id from merged inner join named_nodes using (entity_kind, old_id)
),
sides as (
    select 'person' as entity_kind, left_node as node, right_node as other, rule, strength from person_edges where left_node in (select node from ended)
    union all select 'person', right_node, left_node, rule, strength from person_edges where right_node in (select node from ended)
    union all select 'account', left_node, right_node, rule, strength from account_edges where left_node in (select node from ended)
    union all select 'account', right_node, left_node, rule, strength from account_edges where right_node in (select node from ended)
),
-- the best edge that leaves the records of the id that ended
reasons as (
    select entity_kind, ended.old_id, arg_max(rule, strength) as rule
    from ended inner join sides using (entity_kind, node)
    inner join named_nodes as others on others.entity_kind = sides.entity_kind and others.node = sides.other
    where others.old_id is distinct from ended.old_id group by all
),
-- records that have left an id which others keep
moved as (
    select entity_kind, cluster, golden_id, old_id, is_new
    from old_ids inner join golden using (entity_kind, cluster) where not is_kept and id_since < date {night}
),
parted as (
    select entity_kind, unnest([left_node, right_node]) as node from decisions where action = 'unlink'
),
by_steward as (
    select distinct entity_kind, cluster from parted inner join named_nodes using (entity_kind, node)
),
cut as (
    select 'person' as entity_kind, unnest([left_node, right_node]) as node from identity_memory.person_doubts where why = {too_many_of_person}
    union all
    select 'account', unnest([left_node, right_node]) from identity_memory.account_doubts where why = {too_many_of_account}
),
by_size as (
    select distinct entity_kind, cluster from cut inner join named_nodes using (entity_kind, node)
)
select date {night} as night, entity_kind, 'merged' as change, golden_id, old_id as other_id,
    coalesce('linked by ' || replace(rule, '_', ' '), 'their records are now linked') as why
from merged left join reasons using (entity_kind, old_id)
union all
select date {night}, entity_kind, 'split', golden_id, old_id,
    case when by_steward.cluster is not null then 'parted by a steward' when by_size.cluster is not null then 'cut, being over its size'
        when is_new then 'evidence fell away' else 'their evidence leads here now' end
from moved left join by_steward using (entity_kind, cluster) left join by_size using (entity_kind, cluster)
union all
select date {night}, entity_kind, 'created', golden_id, null, 'first seen'
from golden anti join moved using (entity_kind, cluster) where is_new
"""


def tell(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Bring identity_memory.<kind>_told up to tonight; temp tables `<kind>_telling` of the region, and `<kind>_differing`."""
    con.execute(TELLING.format(kind=kind, of_region=f" semi join {kind}_region using (node)"))


def name_clusters(con: duckdb.DuckDBPyConnection, home: Path, night: date, is_first: bool) -> None:
    """Temp tables `golden` (cluster → id) and `changed` (tonight's events), from the clusters that are not as they were."""
    earlier = state_sql(home, "identity_ids", memory.before(night), IDS)
    day = literal(night.isoformat())
    tonight = f"select * from ({state_sql(home, 'identity_ids', night, IDS)}) where night = date {day}"
    changes = state_sql(home, "identity_changes", memory.before(night), CHANGES)
    births = BIRTHS.format(changes=changes)
    con.execute("create or replace temp table reopened (entity_kind varchar, cluster bigint)")
    if not is_first:
        con.execute(LAST_IDS.format(node=NODE))
    while True:
        person, account = ("true", "true") if is_first else (touched("person"), touched("account"))
        those = "" if is_first else "where node in (select node from asked)"
        con.execute(ASKED.format(person=person, account=account, those_asked=those))
        con.execute(NAMED_NODES.format(earlier=earlier, tonight=tonight, births=births, night=day, node=NODE))
        if is_first or not con.execute(OWNERS).fetchall()[0][0]:
            break
    told = state_sql(home, "identity_ids", night if memory.is_done_again(home, night) else date.min, IDS)
    con.execute(AS_LEFT.format(told=told, births=births, night=day, node=NODE))
    con.execute(OLD_IDS)
    parts = {name: "" if is_first else ELSEWHERE.format(ids=name) for name in ("named", "salted")}
    con.execute(GOLDEN.format(night=day, elsewhere_named=parts["named"], elsewhere_salted=parts["salted"]))
    reasons = {f"too_many_of_{kind}": literal(TOO_LARGE.format(kind=kind)) for kind in KINDS}
    con.execute(TONIGHT.format(night=day, **reasons))


def touched(kind: str) -> str:
    """SQL: whether a cluster is not as it was."""
    return f"""cluster in (
        select cluster from {kind}_differing union all select former_cluster from {kind}_differing where former_cluster is not null
        union all select cluster from reopened where entity_kind = '{kind}')"""


def remember(con: duckdb.DuckDBPyConnection, home: Path, night: date) -> None:
    """Write what is new to the state: an id stands until a later night says otherwise."""
    record = "source, instance, table_name, record_key"
    news = f"""select entity_kind, {record}, golden_id, date {literal(night.isoformat())} as night
        from named_nodes inner join golden using (entity_kind, cluster) inner join asked_records using (node)
        where old_id is null or old_id <> golden_id or since = date {literal(night.isoformat())}"""
    write_state(home, "identity_ids", night, con, news)
    write_state(home, "identity_changes", night, con, f"select {', '.join(CHANGES)} from changed")
