"""Writes identity.record_ids, redirects, links, review with its weights, changes, and guards."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.identity.claims import NAME, NODE
from connectors.identity.memory import before
from connectors.identity.normalise import listed
from connectors.identity.redirects import write_redirects
from connectors.identity.stable_ids import CHANGES
from connectors.identity.weights import with_levels, write_weights
from connectors.state import state_sql

EMPTY = """
create or replace table identity.record_ids (entity_kind varchar, source varchar, instance varchar, table_name varchar, record_key varchar,
    golden_id varchar, rule varchar, probability double);
create or replace table identity.links (entity_kind varchar, left_source varchar, left_instance varchar, left_table varchar, left_key varchar,
    right_source varchar, right_instance varchar, right_table varchar, right_key varchar, rule varchar, claim_kind varchar,
    claim_value_hash varchar, probability double, levels varchar)
"""
# Records at which other edges end than last night, or which came or went; and those of which only the id is another.
RETOLD = """
create or replace temp table retold as
select 'person' as entity_kind, node from person_differing union all select 'account', node from account_differing;
create or replace temp table renamed as
select entity_kind, node, golden_id from named_nodes inner join golden using (entity_kind, cluster) anti join retold using (entity_kind, node)
where golden_id is distinct from old_id
"""
MENDED = """
delete from identity.record_ids as told using retold where told.entity_kind = retold.entity_kind and {node} = retold.node;
delete from identity.links as told using retold where told.entity_kind = retold.entity_kind and {right_node} = retold.node
"""
RENAMED = """
create or replace temp table given_ids as
select told.* replace (renamed.golden_id as golden_id)
from identity.record_ids as told inner join renamed on told.entity_kind = renamed.entity_kind and {node} = renamed.node;
delete from identity.record_ids as told using renamed where told.entity_kind = renamed.entity_kind and {node} = renamed.node;
insert into identity.record_ids from given_ids
"""
RIGHT_NODE = NODE.replace(NAME, "right_source, right_instance, right_table, right_key")
# What brought a record to its id: the best edge that it has.
RECORD_IDS = """
insert into identity.record_ids
with best as (
    select 'person' as entity_kind, node, rule, probability from person_telling where rule is not null
    union all select 'account', node, rule, probability from account_telling where rule is not null
)
select entity_kind, source, instance, table_name, record_key, golden_id, coalesce(best.rule, 'own_record') as rule,
    coalesce(best.probability, 1.0) as probability
from named_nodes inner join golden using (entity_kind, cluster) inner join asked_records using (node){retold}
left join best using (entity_kind, node)
"""
SHOWN = """
select kind as entity_kind, left_record.source as left_source, left_record.instance as left_instance,
    left_record.table_name as left_table, left_record.record_key as left_key, right_record.source as right_source,
    right_record.instance as right_instance, right_record.table_name as right_table, right_record.record_key as right_key,
    rule, claim_kind, sha256(claim_value)[:16] as claim_value_hash, probability{more}
from {edges} as edges
inner join records as left_record on left_record.node = edges.left_node
inner join records as right_record on right_record.node = edges.right_node
"""
BOTH = "(select 'person' as kind, * from person_edges union all select 'account', * from account_edges)"
DOUBTS = """
create or replace temp table doubts as
select 'person' as kind, * from person_unsure union all by name select 'person' as kind, * from identity_memory.person_doubts
union all by name select 'account' as kind, * from account_unsure union all by name select 'account' as kind, * from identity_memory.account_doubts
"""
UNKNOWN = """
select entity_kind, left_source, left_instance, left_table, left_key, right_source, right_instance, right_table, right_key,
    'decision' as rule, action as claim_kind, sha256('')[:16] as claim_value_hash, cast(null as double) as probability,
    'a decision names a record that no export holds' as why
from said
where not exists (
    select 1 from records where source = left_source and instance = left_instance and table_name = left_table and record_key = left_key
) or not exists (
    select 1 from records where source = right_source and instance = right_instance and table_name = right_table and record_key = right_key
)
"""


def store(con: duckdb.DuckDBPyConnection, home: Path, night: date, is_first: bool) -> None:
    """Bring the tables of the schema `identity` up to tonight; `is_first`: whatever they held."""
    con.execute("create schema if not exists identity")
    known = state_sql(home, "identity_changes", before(night), CHANGES)
    tonight = f"select {', '.join(CHANGES)} from changed"
    if is_first:
        con.execute(EMPTY)
        con.execute(f"create or replace table identity.changes as {known} union all {tonight}")
    else:
        con.execute(RETOLD)
        con.execute(MENDED.format(node=NODE, right_node=RIGHT_NODE))
        con.execute(RENAMED.format(node=NODE))
        con.execute(f"insert into identity.changes {tonight}")
    con.execute(RECORD_IDS.format(retold="" if is_first else " semi join retold using (entity_kind, node)"))
    edges = (
        BOTH
        if is_first
        else f"(from {BOTH} as every semi join retold on entity_kind = kind and node = right_node)"
    )
    con.execute(f"insert into identity.links {SHOWN.format(more=', levels', edges=with_levels(edges))}")
    write_redirects(con, home, night)
    con.execute(DOUBTS)
    # what a steward has decided is not asked again
    con.execute(
        f"""create or replace table identity.review as
            with asked as (
                select * from doubts as edges where not exists (
                    select 1 from decisions where entity_kind = kind
                    and least(decisions.left_node, decisions.right_node) = least(edges.left_node, edges.right_node)
                    and greatest(decisions.left_node, decisions.right_node) = greatest(edges.left_node, edges.right_node))
            )
            {SHOWN.format(more=", why", edges="asked")}
            union all {UNKNOWN} order by all"""
    )
    write_weights(con)
    write_guards(con)


def write_guards(con: duckdb.DuckDBPyConnection) -> None:
    """Replace identity.guards: the hosts and mailboxes that make no company or no person, for models and rules to read."""
    kept = {"free_mail": "free_mail", "disposable": "disposable", "relay": "relay", "role": "role_mailboxes"}
    rows = [(kind, value) for kind, name in kept.items() for value in sorted(listed(name))]
    con.register("guards", pa.table({"kind": [one[0] for one in rows], "value": [one[1] for one in rows]}))
    con.execute("create or replace table identity.guards as select kind, value from guards")
    con.unregister("guards")
