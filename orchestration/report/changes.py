"""What changed in the ledger since the night before: told after a run and by `status`. The rest stays quiet."""

from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from orchestration.report.summary import print_rows

SHOWN = 8
CHANGED = """
    select
        incident_id, rule_id as rule, owner_department as owner, severity,
        case
            when opened_tonight > 0 then 'new' when reopened_tonight > 0 then 'back again'
            when status = 'resolved' then 'resolved' else 'fewer'
        end as change,
        opened_tonight + reopened_tonight + resolved_tonight as issues, open_records as still_open, money_at_risk, currency
    from quality.incidents where opened_tonight + reopened_tonight + resolved_tonight > 0
    order by opened_tonight = 0, reopened_tonight = 0, money_at_risk desc, incident_id"""
STANDING = """
    select count(*) as incidents, coalesce(sum(open_records), 0) as records,
        (select score from quality.scores where scope = 'company' order by night desc limit 1) as score
    from quality.incidents where status = 'open'"""
# A record's money counts once, whatever number of incidents it is in.
COST = "select money_at_risk, silo_cost, currency from quality.silo_cost order by night desc limit 1"


def print_changes(console: Console, database: Path) -> None:
    """The incidents that opened, came back, shrank or ended tonight, and one line about all that are open."""
    with duckdb.connect(str(database), read_only=True) as con:
        changed = rows(con, CHANGED)
        [standing] = rows(con, STANDING)
        [cost] = rows(con, COST)
    print_rows(console, "Changed since the night before", changed[:SHOWN])
    if len(changed) > SHOWN:
        console.print(f"and {len(changed) - SHOWN} more: onefunnel issues list --changed")
    if not changed:
        console.print("Issues: nothing has changed since the night before.")
    if standing["incidents"]:
        console.print(
            f"Open: {standing['incidents']:,} incidents with {standing['records']:,} records, "
            f"{cost['money_at_risk']:,.2f} {cost['currency']} at risk, of it {cost['silo_cost']:,.2f} "
            f"because tools disagree; data-quality score {standing['score']} of 100."
        )


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """A query's rows by column."""
    found = con.execute(sql)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
