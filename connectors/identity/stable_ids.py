"""An id for each cluster that lasts over nights, and what came, merged and split.

A cluster keeps the id first seen among its records; after a split the part with the oldest (then smallest) record keeps
it. A new id is a hash of the cluster's smallest record.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

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

# `since` counts a record's first night, `id_since` an id's: the older one wins in a split and in a merge.
NAMED_NODES = """
create or replace temp table named_nodes as
with known as ({known}),
ours as (
    select entity_kind, node, golden_id, night from known inner join records using (source, instance, table_name, record_key)
),
history as (
    select entity_kind, node, arg_max(golden_id, night) as old_id, min(night) as since from ours group by all
),
ages as (select golden_id as old_id, min(night) as id_since from known group by golden_id),
clustered as (
    select 'person' as entity_kind, node, cluster from person_cluster
    union all select 'account', node, cluster from account_cluster
)
select clustered.entity_kind, clustered.node, clustered.cluster, history.old_id, history.since, ages.id_since
from clustered
left join history using (entity_kind, node)
left join ages on ages.old_id = history.old_id
"""
# Nodes are numbered in the order of their names, so that the smallest node is the smallest record.
OLD_IDS = """
create or replace temp table old_ids as
with keepers as (
    select old_id, arg_min(cluster, (since, node)) as cluster from named_nodes where old_id is not null group by old_id
)
select entity_kind, named_nodes.cluster, old_id, min(id_since) as id_since, min({'since': since, 'node': node}) as oldest,
    bool_or(keepers.cluster = named_nodes.cluster) as is_kept
from named_nodes inner join keepers using (old_id)
group by all
"""
GOLDEN = """
create or replace temp table golden as
with kept as (
    select entity_kind, cluster, arg_min(old_id, (id_since, old_id)) as golden_id from old_ids where is_kept group by all
),
fresh as (
    select named_nodes.entity_kind, named_nodes.cluster, min(node) as node
    from named_nodes left join kept using (entity_kind, cluster) where kept.golden_id is null group by all
),
named as (
    select entity_kind, cluster, concat_ws('|', source, instance, table_name, record_key) as name,
        case entity_kind when 'person' then 'per_' else 'acc_' end as prefix, prefix || sha256(name)[:16] as golden_id
    from fresh inner join records using (node)
),
-- after a split the other part may have taken the id that this record once gave
salted as (
    select entity_kind, cluster, prefix || sha256(name || repeat('|split', salts.salt))[:16] as golden_id, salts.salt
    from named, range(1, 4) as salts (salt) where named.golden_id in (select golden_id from kept)
)
select entity_kind, cluster, golden_id, false as is_new from kept
union all
select entity_kind, cluster, golden_id, true from named where golden_id not in (select golden_id from kept)
union all
select entity_kind, cluster, arg_min(golden_id, salt), true
from salted where golden_id not in (select golden_id from kept) group by entity_kind, cluster
"""
TONIGHT = """
create or replace temp table changed as
with merged as (
    select entity_kind, golden_id, old_id from old_ids inner join golden using (entity_kind, cluster) where is_kept and old_id <> golden_id
),
edges as (
    select 'person' as entity_kind, left_node, right_node, rule, strength from person_edges
    union all select 'account', left_node, right_node, rule, strength from account_edges
),
sides as (
    select entity_kind, left_node as node, right_node as other, rule, strength from edges
    union all select entity_kind, right_node, left_node, rule, strength from edges
),
-- the best edge that leaves the records of the id that ended
reasons as (
    select entity_kind, named_nodes.old_id, arg_max(rule, strength) as rule
    from merged inner join named_nodes using (entity_kind, old_id) inner join sides using (entity_kind, node)
    inner join named_nodes as others on others.entity_kind = sides.entity_kind and others.node = sides.other
    where others.old_id is distinct from named_nodes.old_id group by all
),
parents as (
    select entity_kind, cluster, arg_min(old_id, oldest) as parent from old_ids group by all
),
parted as (
    select entity_kind, unnest([left_node, right_node]) as node from decisions where action = 'unlink'
),
by_steward as (
    select distinct entity_kind, cluster from parted inner join named_nodes using (entity_kind, node)
)
select date {night} as night, entity_kind, 'merged' as change, golden_id, old_id as other_id,
    coalesce('linked by ' || replace(rule, '_', ' '), 'their records are now linked') as why
from merged left join reasons using (entity_kind, old_id)
union all
select date {night}, entity_kind, case when parent is null then 'created' else 'split' end, golden_id, parent,
    case when parent is null then 'first seen' when by_steward.cluster is not null then 'parted by a steward' else 'evidence fell away' end
from golden left join parents using (entity_kind, cluster) left join by_steward using (entity_kind, cluster)
where is_new
"""


def name_clusters(con: duckdb.DuckDBPyConnection, home: Path, night: date) -> None:
    """Temp tables `golden` (cluster → id) and `changed` (tonight's events), from person_cluster and account_cluster."""
    known = state_sql(home, "identity_ids", before(night), IDS)
    con.execute(NAMED_NODES.format(known=known))
    con.execute(OLD_IDS)
    con.execute(GOLDEN)
    con.execute(TONIGHT.format(night=literal(night.isoformat())))


def before(night: date) -> date:
    """The night before."""
    return date.fromordinal(night.toordinal() - 1)


def remember(con: duckdb.DuckDBPyConnection, home: Path, night: date) -> None:
    """Write what is new to the state: an id stands until a later night says otherwise."""
    record = "source, instance, table_name, record_key"
    news = f"""select entity_kind, {record}, golden_id, date {literal(night.isoformat())} as night
        from named_nodes inner join golden using (entity_kind, cluster) inner join records using (node)
        where old_id is null or old_id <> golden_id"""
    write_state(home, "identity_ids", night, con, news)
    write_state(
        home, "identity_changes", night, con, f"select {', '.join(CHANGES)} from changed order by all"
    )
