"""Keys that are no record any more: which person or account answers to them now.

A tool that merges two records forgets one of their keys, and one that deletes a record forgets it; other tools still
name them. `merged_away` comes from the survivor's own list, `no_longer_delivered` from what earlier nights remember.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from connectors.identity.claims import NODE
from connectors.identity.memory import before
from connectors.identity.stable_ids import CHANGES, IDS
from connectors.state import state_sql

MERGES_FOLLOWED = 20

REDIRECTS = """
create or replace table identity.redirects as
with recursive known as ({ids}),
merges as (
    select other_id, arg_max(golden_id, night) as golden_id
    from ({changes} union all select {columns} from changed) where change = 'merged' group by other_id
),
former as (
    select * from aliases anti join records using (source, instance, table_name, record_key)
),
merged_away as (
    select told.entity_kind, former.source, former.instance, former.table_name, former.record_key,
        arg_min(told.golden_id, told.record_key) as golden_id, min(told.record_key) as surviving_key
    from former
    inner join records using (node)
    inner join identity.record_ids as told
        on told.source = records.source and told.instance = records.instance and told.table_name = records.table_name and told.record_key = records.record_key
    group by all
),
gone as (
    select entity_kind, source, instance, table_name, record_key, arg_max(golden_id, night) as golden_id
    from (select *, {node} as node from known) anti join records using (node)
    group by all
),
-- the id that a record had last may have been merged into another since
followed (entity_kind, source, instance, table_name, record_key, golden_id, steps) as (
    select *, 0 from gone
    union all
    select followed.* exclude (golden_id, steps), merges.golden_id, steps + 1
    from followed inner join merges on followed.golden_id = merges.other_id
    where steps < {followed}
),
lasting as (
    select entity_kind, source, instance, table_name, record_key, arg_max(golden_id, steps) as golden_id
    from followed group by all
),
living as (
    select distinct golden_id from identity.record_ids semi join lasting using (golden_id)
),
redirects as (
    select *, 'merged_away' as rule from merged_away
    union all
    select entity_kind, source, instance, table_name, record_key, golden_id, null, 'no_longer_delivered'
    from lasting
    where golden_id in (from living)
    and (entity_kind, source, instance, table_name, record_key) not in (
        select (entity_kind, source, instance, table_name, record_key) from merged_away)
)
select * from redirects
order by entity_kind, source, instance, table_name, record_key
"""


def write_redirects(con: duckdb.DuckDBPyConnection, home: Path, night: date) -> None:
    """Replace identity.redirects by tonight's; needs identity.record_ids, and the temp tables of rules and changes."""
    earlier = before(night)
    con.execute(
        REDIRECTS.format(
            ids=state_sql(home, "identity_ids", earlier, IDS),
            changes=state_sql(home, "identity_changes", earlier, CHANGES),
            columns=", ".join(CHANGES), node=NODE, followed=MERGES_FOLLOWED,
        )
    )  # fmt: skip
