"""What the page and the summary show, read from a published file. Figures come from marts; nothing is computed twice."""

from pathlib import Path
from typing import Any

import duckdb

QUERIES = {
    "about": "select name, value from ops.about where name in ('run_id', 'night', 'onefunnel') order by name",
    "files": """
        select count(*) as files, coalesce(sum(rows_physical), 0) as physical, coalesce(sum(rows_loaded), 0) as loaded,
            coalesce(sum(rows_quarantined), 0) as quarantined, coalesce(sum(rows_skipped), 0) as skipped,
            coalesce(sum(rows_collapsed), 0) as collapsed, coalesce(sum(rows_forgotten), 0) as forgotten,
            count(*) filter (where state = 'held') as held
        from ops.exports where night = (select night from ops.night)""",
    "held": """
        select delivery_id, source, table_name, night, any_value(why) as why
        from ops.exports where state = 'held' group by all order by night, source, table_name""",
    "sources": """
        select source, instance, table_name, owner, last_night, rows, held, is_late
        from ops.sources where last_night is not null order by source, instance, table_name""",
    "issues": """
        select owner_department, severity, count(*) as issues,
            coalesce(sum(money_at_risk), 0)::decimal(18, 2) as money_at_risk, coalesce(currency, '') as currency
        from quality.issues where status not in ('resolved', 'waived') group by all
        order by money_at_risk desc, issues desc, owner_department""",
    "rules": """
        select rule_id, owner_department, count(*) as issues,
            coalesce(sum(money_at_risk), 0)::decimal(18, 2) as money_at_risk, coalesce(currency, '') as currency
        from quality.issues where status not in ('resolved', 'waived') group by all
        order by money_at_risk desc, issues desc, rule_id""",
    "mrr": """
        select month, opening_mrr::decimal(18, 2) as opening, new_mrr::decimal(18, 2) as new,
            expansion_mrr::decimal(18, 2) as expansion, reactivation_mrr::decimal(18, 2) as reactivation,
            contraction_mrr::decimal(18, 2) as contraction, churn_mrr::decimal(18, 2) as churn,
            fx_mrr::decimal(18, 2) as fx, closing_mrr::decimal(18, 2) as closing, closing_accounts as accounts
        from mart_finance.rpt_mrr_monthly where policy = 'onefunnel' order by month desc limit 13""",
    "rollup": """
        select level, department, metric, period as month, value::decimal(18, 4) as value, previous::decimal(18, 4) as previous,
            target::decimal(18, 4) as target, unit, trend, against_target
        from mart_executive.rpt_rollup order by department, metric""",
    "funnel": """
        select unit, stage, next_stage, sum(entered) as entered, sum(converted) as converted,
            round(100.0 * sum(converted) / nullif(sum(entered), 0), 1) as percent
        from mart_funnel.rpt_funnel_monthly where basis = 'cohort' and window_days is null
        group by unit, stage, next_stage order by unit, entered desc, stage""",
    "setting": "select name, value from ops.about where name like 'setting: reporting%' order by name",
}
Rows = list[dict[str, Any]]


def figures(database: Path) -> dict[str, Rows]:
    """Every query's rows; a table or column that a file of an earlier version does not have gives none."""
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return {name: _rows(con, sql) for name, sql in QUERIES.items()}


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    try:
        found = con.execute(sql)
    except (duckdb.CatalogException, duckdb.BinderException):
        return []
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
