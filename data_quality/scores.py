"""How good the data is, as numbers: a score per account, source and department, and what silos cost tonight.

A score is 100 × (1 − weight of records with an open issue ÷ records): a record weighs as much as its worst open issue.
The scores of earlier nights are given, so that a night built again shows the same trend.
"""

from __future__ import annotations

from datetime import date

import duckdb

WEIGHTS = {"error": "1", "warning": "0.5", "info": "0.1"}
# The records that the rules about an entity look at: what a department's score is a share of.
POPULATIONS = {
    "account": ("int_companies", "int_customers"), "person": ("int_people",), "lead": ("int_leads",), "deal": ("int_deals",),
    "subscription": ("int_subscriptions",), "invoice": ("int_invoices",), "payment": ("int_payments",),
    "meeting": ("int_meetings",), "ticket": ("int_tickets",), "row": ("int_hand_typed_rows",), "zap": ("int_zap_runs",),
}  # fmt: skip
SCORES = {
    "night": "date", "scope": "varchar", "name": "varchar", "records": "bigint", "records_with_issues": "bigint",
    "open_issues": "bigint", "score": "decimal(5, 2)",
}  # fmt: skip
SILO_COST = {
    "night": "date", "silo_cost": "decimal(18, 2)", "money_at_risk": "decimal(18, 2)", "currency": "varchar",
    "records": "bigint", "incidents": "bigint",
}  # fmt: skip


def score_quality(con: duckdb.DuckDBPyConnection, night: date, reporting_currency: str) -> None:
    """Fill quality.scores and quality.silo_cost from the issues of the night and raw_state's earlier nights."""
    con.execute(OPEN_RECORDS)
    con.execute(f"create or replace temp table populations as {populations_sql()}")
    con.execute(ACCOUNT_RECORDS)
    con.execute(f"create or replace temp table scored_tonight as {TONIGHT}", {"night": night})
    con.execute(f"create or replace table quality.scores as {WITH_TREND}")
    con.execute(
        f"create or replace table quality.silo_cost as {COST}",
        {"night": night, "reporting": reporting_currency},
    )


def populations_sql() -> str:
    """entity → how many records there are of it."""
    return " union all ".join(
        f"select '{entity}' as entity, cast(count(*) as bigint) as records from intermediate.{table}"
        for entity, tables in POPULATIONS.items()
        for table in tables
    )


OPEN_RECORDS = f"""
create or replace temp table open_issues as
select
    issues.issue_id, issues.source, issues.instance, issues.table_name, issues.record_key, issues.owner_department,
    issues.incident_id, rules.needs <> '' as is_between_tools,
    case issues.severity {" ".join(f"when '{name}' then {weight}" for name, weight in WEIGHTS.items())} else 0 end as weight,
    issues.money_at_risk_reporting as money
from quality.issues as issues
left join quality.rules as rules using (rule_id)
where issues.status in ('open', 'reopened')
"""

ACCOUNT_RECORDS = """
create or replace temp table account_records as
select source, instance, table_name, record_key, account_id from mart_core.xref_accounts
union
select xref.source, xref.instance, xref.table_name, xref.record_key, people.account_id
from mart_core.xref_people as xref inner join mart_core.dim_people as people using (person_id)
union
select source, instance, table_name, record_key, account_id from mart_core.fct_deals
union
select source, instance, table_name, record_key, account_id from mart_core.fct_subscriptions
union
select source, instance, table_name, record_key, account_id from mart_core.fct_invoices
"""

# An account without an open issue scores 100 and is not listed: the list is what somebody can act on.
TONIGHT = """
with records as (
    select source, instance, table_name, record_key, max(weight) as weight, count(*) as issues
    from open_issues where source <> 'onefunnel' group by all
),
-- the records of a table as it stands, not of its last delivery: some tools deliver only what is new
tables as (
    select source, instance, table_name, max(rows) as records from ops.column_profile group by source, instance, table_name
),
sources as (
    select source, sum(records) as records from tables group by source having sum(records) > 0
),
by_source as (
    select 'source' as scope, sources.source as name, any_value(sources.records) as records, count(records.record_key) as records_with_issues,
        coalesce(sum(records.issues), 0) as open_issues, coalesce(sum(records.weight), 0) as weight
    from sources left join records using (source) group by sources.source
),
account_totals as (
    select account_id, count(*) as records from account_records where account_id is not null group by account_id
),
by_account as (
    select 'account', account_records.account_id, any_value(account_totals.records), count(*), sum(records.issues), sum(records.weight)
    from records
    inner join account_records using (source, instance, table_name, record_key)
    inner join account_totals using (account_id)
    group by account_records.account_id
),
department_populations as (
    select entities.owner_department, sum(populations.records) as records
    from (select distinct owner_department, entity from quality.rules where state = 'active') as entities
    inner join populations using (entity)
    group by entities.owner_department
),
department_records as (
    select owner_department, source, instance, table_name, record_key, max(weight) as weight, count(*) as issues
    from open_issues where source <> 'onefunnel' group by all
),
by_department as (
    select 'department', populations.owner_department, any_value(populations.records), count(found.record_key),
        coalesce(sum(found.issues), 0), coalesce(sum(found.weight), 0)
    from department_populations as populations
    left join department_records as found using (owner_department)
    where populations.records > 0
    group by populations.owner_department
),
company as (
    select 'company', 'all', sum(records), sum(records_with_issues), sum(open_issues), sum(weight) from by_source
)
select
    $night as night, scope, name, cast(records as bigint) as records, cast(records_with_issues as bigint) as records_with_issues,
    cast(open_issues as bigint) as open_issues,
    cast(greatest(0, 100 - 100 * cast(weight as double) / records) as decimal(5, 2)) as score
from (
    from by_source union all from by_account union all from by_department union all from company
)
where records > 0
"""

# Departments, sources and the company keep every night; an account is compared with the last night only.
WITH_TREND = f"""
with earlier as (
    select {", ".join(SCORES)} from raw_state.quality_scores
),
last_night as (
    select * from earlier where scope = 'account' and night = (select max(night) from earlier)
),
shared as (
    select * from earlier where scope <> 'account' union all select * from scored_tonight where scope <> 'account'
),
trends as (
    select *, lag(score) over (partition by scope, name order by night nulls last) as previous_score from shared
    union all
    select tonight.*, case when (select count(*) from earlier) > 0 then cast(coalesce(last_night.score, 100) as decimal(5, 2)) end
    from scored_tonight as tonight left join last_night using (scope, name)
    where tonight.scope = 'account'
)
select {", ".join(SCORES)}, previous_score, cast(score - previous_score as decimal(6, 2)) as change from trends order by night, scope, name
"""

COST = f"""
with records as (
    select source, instance, table_name, record_key, max(money) as money, max(money) filter (where is_between_tools) as between_tools,
        bool_or(is_between_tools) as is_between_tools
    from open_issues group by all
),
tonight as (
    select
        $night as night,
        cast(coalesce(sum(between_tools), 0) as decimal(18, 2)) as silo_cost,
        cast(coalesce(sum(money), 0) as decimal(18, 2)) as money_at_risk,
        $reporting as currency,
        count(*) filter (where is_between_tools) as records,
        (select count(distinct incident_id) from open_issues where is_between_tools) as incidents
    from records
)
select {", ".join(SILO_COST)}, lag(silo_cost) over (order by night nulls last) as previous,
    silo_cost - lag(silo_cost) over (order by night nulls last) as change
from (
    select {", ".join(SILO_COST)} from raw_state.silo_cost union all select {", ".join(SILO_COST)} from tonight
)
order by night
"""
