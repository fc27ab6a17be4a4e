"""Writes identity.record_ids, redirects, links, review with its weights, and changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from connectors.identity.redirects import write_redirects
from connectors.identity.stable_ids import CHANGES, before
from connectors.identity.weights import write_weights
from connectors.state import state_sql

# What brought a record to its id: the best edge that it has.
RECORD_IDS = """
create or replace table identity.record_ids as
with best as (
    -- equal strength means equal rule and probability
    select 'person' as entity_kind, right_node as node, arg_max(rule, strength) as rule, arg_max(probability, strength) as probability
    from person_edges group by right_node
    union all
    select 'account', right_node, arg_max(rule, strength), arg_max(probability, strength) from account_edges group by right_node
)
select named_nodes.entity_kind, source, instance, table_name, record_key, golden_id,
    coalesce(best.rule, 'own_record') as rule, coalesce(best.probability, 1.0) as probability
from named_nodes inner join golden using (entity_kind, cluster) inner join records using (node)
left join best on best.entity_kind = named_nodes.entity_kind and best.node = named_nodes.node
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


def store(con: duckdb.DuckDBPyConnection, home: Path, night: date) -> None:
    """Replace the tables of the schema `identity` by tonight's."""
    con.execute("create schema if not exists identity")
    con.execute(RECORD_IDS)
    write_redirects(con, home, night)
    con.execute(f"create or replace table identity.links as {SHOWN.format(more='', edges=BOTH)}")
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
    known = state_sql(home, "identity_changes", before(night), CHANGES)
    con.execute(
        f"create or replace table identity.changes as {known} union all select {', '.join(CHANGES)} from changed"
    )
