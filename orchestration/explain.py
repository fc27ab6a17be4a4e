"""One customer from the steward file: found by whatever somebody knows of it, and everything that is known about it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from orchestration.errors import SettingsError
from orchestration.report.matching import weighed

Rows = list[dict[str, Any]]
LISTED = 20


class NoCustomer(SettingsError):
    """Nothing in the published file is what the user asked for."""


def named(
    prefix: str = "", instance: str = "instance", table: str = "table_name", key: str = "record_key"
) -> str:
    """SQL of a record as people write it: source[@instance].table:key."""
    return (
        f"concat({prefix}source, case when {prefix}{instance} <> '' then '@' || {prefix}{instance} else '' end, "
        f"'.', {prefix}{table}, ':', {prefix}{key})"
    )


RECORD = named()
LEFT = named("left_", "instance", "table", "key")
RIGHT = named("right_", "instance", "table", "key")
DOMAIN_OF = "split_part(lower(email), '@', 2)"

# Ways to find an account, the surest first; the first that finds any decides. Each gives account ids.
FINDERS = (
    "select account_id from mart_core.dim_accounts where account_id = lower($who)",
    # a person too of whom no tool says a name, whom dim_people does not have
    """select xref.account_id from identity.record_ids as told
    inner join mart_core.xref_accounts as xref using (source, instance, table_name, record_key)
    where told.golden_id = lower($who)""",
    # an id that was merged into another, however often since
    """with recursive later (golden_id, steps) as (
        select lower($who), 0
        union all
        select changes.golden_id, steps + 1 from later inner join identity.changes as changes
            on changes.other_id = later.golden_id and changes.change = 'merged' and steps < 50
    )
    select xref.account_id from identity.record_ids as told
    inner join mart_core.xref_accounts as xref using (source, instance, table_name, record_key)
    where told.golden_id in (select golden_id from later)""",
    "select account_id from mart_core.xref_accounts where " + RECORD + " = $who or record_key = $who",
    " union ".join(
        f"select account_id from mart_core.{table} where {RECORD} = $who or record_key = $who"
        for table in ("fct_deals", "fct_subscriptions", "fct_invoices")
    ),
    "select account_id from identity.records where lower(email) = lower($who)",
    f"""select account_id from mart_core.dim_accounts where domain = lower($who)
    union select account_id from identity.records where lower(domain) = lower($who) or {DOMAIN_OF} = lower($who)
    union select account_id from identity.former_names where field = 'domain' and value = lower($who)""",
    """select account_id from mart_core.dim_accounts where contains(lower(name), lower($who))
    union select account_id from identity.records
        where contains(lower(company_name), lower($who)) or contains(lower(full_name), lower($who))
    union select account_id from identity.former_names where field = 'name' and contains(lower(value), lower($who))""",
)
CANDIDATES = """
select account_id, name, domain, country, status, mrr::decimal(18, 2) as mrr, source_count as tools
from mart_core.dim_accounts where account_id in (select unnest($ids))
order by dim_accounts.mrr desc nulls last, account_id"""
HEADER = """
select accounts.account_id, accounts.name, accounts.domain, accounts.country, accounts.segment, accounts.status, accounts.stage,
    accounts.mrr::decimal(18, 2) as mrr, accounts.arr::decimal(18, 2) as arr, owners.full_name as owner, accounts.legal_entity,
    coalesce(parents.name, accounts.parent_account_id) as parent, accounts.customer_since, accounts.churned_on, accounts.first_source
from mart_core.dim_accounts as accounts
left join mart_core.dim_owners as owners using (owner_id)
left join mart_core.dim_accounts as parents on parents.account_id = accounts.parent_account_id
where accounts.account_id = $account"""
PEOPLE = """
select person_id, full_name, email, phone, title, stage, lead_score from mart_core.dim_people
where account_id = $account order by full_name nulls last, person_id"""
RECORDS = f"""
select {RECORD} as record, concat_ws(', ', company_name, full_name, email, domain, phone, country) as says, person_id,
    xref.rule as joined_by, records.created_at::date as created, case when is_deleted then 'deleted' end as state
from identity.records as records
inner join mart_core.xref_accounts as xref using (source, instance, table_name, record_key)
where records.account_id = $account order by record"""
EDGES = f"""
select entity_kind as "as", {LEFT} as record, {RIGHT} as other, rule, claim_kind as by, round(probability, 4) as probability
from identity.links
where {LEFT} in (select unnest($records)) and {RIGHT} in (select unnest($records)) order by all"""
FIELDS = f"""
select field, value, {RECORD} as said_by, said_in as kind, rule, other_values as others from identity.golden_fields
where entity_kind = 'account' and entity_id = $account order by field"""
FORMER = f"""
select field, value, {RECORD} as said_by, first_seen, last_seen, is_said_still as still from identity.former_names
where account_id = $account order by field desc, first_seen nulls first, said_by"""
OVERLAP = """
select overlap, detail, shared.legal_entity as entity, coalesce(ours.full_name, says) as says,
    other_legal_entity as other_entity, coalesce(theirs.full_name, other_says) as other_says,
    monthly_at_stake::decimal(18, 2) as monthly_at_stake, currency
from mart_finance.rpt_entity_overlap as shared
left join mart_core.dim_owners as ours on shared.says = ours.owner_id
left join mart_core.dim_owners as theirs on shared.other_says = theirs.owner_id
where shared.account_id = $account order by shared.monthly_at_stake desc, overlap, detail"""
IDS = """
select night, entity_kind as kind, change, golden_id as id, other_id as other, why from identity.changes
where golden_id in (select unnest($ids)) or other_id in (select unnest($ids)) order by night, entity_kind desc, id, change"""
PATH = f"""
select stage, entered_at::date as entered, days_in_stage as days, pass_number as pass, evidence, reason, {RECORD} as record,
    concat_ws(', ', case when is_skipped then 'skipped a stage' end, case when is_regression then 'went back' end, problem_code) as problem
from mart_funnel.fct_stage_events where account_id = $account order by entered_at, stage_rank"""
MRR = """
select month, opening_mrr::decimal(18, 2) as opening, new_mrr as new, expansion_mrr as expansion, reactivation_mrr as reactivation,
    contraction_mrr as contraction, churn_mrr as churn, fx_mrr::decimal(18, 2) as fx, closing_mrr::decimal(18, 2) as closing, is_late_renewal
from mart_finance.fct_mrr_movements where account_id = $account and policy = 'onefunnel' order by month"""
EVENTS = f"""
select date_trunc('month', timezone($zone, effective_at))::date as month, effective_at::date as day, reason, status,
    (annual_amount - discount_annual_amount)::decimal(18, 2) as annual, currency, basis, {RECORD} as record
from mart_finance.fct_revenue_events where account_id = $account order by effective_at, item_id"""
GAPS = """
select gap_kind as gap, reason, booked::decimal(18, 2) as booked, billed::decimal(18, 2) as billed, collected::decimal(18, 2) as collected,
    gap::decimal(18, 2) as amount, currency, first_seen, evidence
from mart_finance.fct_reconciliation where account_id = $account and gap <> 0 order by abs(gap_reporting) desc nulls last, reason"""
ISSUES = f"""
with own as (
    select unnest($records) as record
    union select {RECORD} from mart_core.fct_deals where account_id = $account
    union select {RECORD} from mart_core.fct_subscriptions where account_id = $account
    union select {RECORD} from mart_core.fct_invoices where account_id = $account
)
select issue_id, rule_id as rule, severity, owner_department as owner, {RECORD} as record, field,
    money_at_risk::decimal(18, 2) as money_at_risk, currency, nights_open as nights
from quality.issues
where status not in ('resolved', 'waived') and (entity_id in (select unnest($ids)) or {RECORD} in (select record from own))
order by issues.money_at_risk desc nulls last, rule, record"""


class Explainer:
    """The steward file, open for questions about one customer. Use it in a `with`."""

    def __init__(self, file: Path) -> None:
        self.con = duckdb.connect(str(file), read_only=True)
        self.con.execute("set TimeZone = 'UTC'")

    def __enter__(self) -> Explainer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()

    def rows(self, sql: str, **given: Any) -> Rows:
        """Rows of a query; values that it does not name are left out."""
        found = self.con.execute(sql, {name: value for name, value in given.items() if f"${name}" in sql})
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def find(self, who: str) -> Rows:
        """The accounts that somebody may mean, by the surest way that finds any.

        Raises:
            NoCustomer: none.
        """
        asked = who.strip()
        for finder in FINDERS if asked else ():
            ids = [one["account_id"] for one in self.rows(finder, who=asked)]
            if found := self.rows(CANDIDATES, ids=ids) if ids else []:
                return found
        [night] = self.rows("select night from ops.night")
        raise NoCustomer(
            f"Nobody is {who!r} on the night of {night['night']}: no e-mail, domain, name, id or record key is that. Try a part "
            'of the name, or look among the loaded rows: onefunnel sql --steward "from identity.records".'
        )

    def everything(self, account: str) -> dict[str, Rows]:
        """All sections about one account."""
        people, records = self.rows(PEOPLE, account=account), self.rows(RECORDS, account=account)
        ids = sorted({account} | {one["person_id"] for one in [*people, *records] if one["person_id"]})
        names = [one["record"] for one in records]
        return {
            "header": self.rows(HEADER, account=account), "people": people, "records": records,
            "fields": self.rows(FIELDS, account=account), "former": self.rows(FORMER, account=account), "edges": self.rows(EDGES, records=names), "ids": self.rows(IDS, ids=ids), "overlap": self.rows(OVERLAP, account=account),
            "path": self.rows(PATH, account=account), "mrr": self.mrr(account),
            "gaps": self.rows(GAPS, account=account), "issues": self.rows(ISSUES, account=account, ids=ids, records=names),
        }  # fmt: skip

    def mrr(self, account: str) -> Rows:
        """MRR month by month, each change with the ledger events behind it."""
        zones = self.rows("select value from ops.about where name = 'setting: reporting_time_zone'")
        events = self.rows(EVENTS, account=account, zone=zones[0]["value"] if zones else "UTC")
        return [month_told(one, events) for one in self.rows(MRR, account=account)]

    def chain(self, left: str, right: str) -> Rows:
        """The shortest chain of links between two records of the published night, people's links before companies'; empty when nothing joins them."""
        for kind in ("person", "account"):
            links = self.rows(
                f"""select entity_kind as "as", {LEFT} as record, {RIGHT} as other, rule, claim_kind as by,
                    round(probability, 4) as probability, probability as exact, levels from identity.links where entity_kind = '{kind}'
                    and {side_in(kind)} order by all""",
                who=left,
            )
            if found := shortest(links, left, right):
                return found
        return []

    def weights(self, link: dict[str, Any]) -> Rows:
        """What the model weighed of a link that it found; nothing of one that a rule made."""
        if not link["levels"]:
            return []
        model = self.rows(
            "select entity_kind, comparison, level, label, match_weight from identity.model_weights"
        )
        found = weighed(model, link["as"], link["levels"], link["exact"])
        return [
            {
                "comparison": one["comparison"],
                "outcome": one["label"],
                "weight": f"{one['match_weight']:+.2f}",
            }
            for one in found
        ]

    def stands(self, record: str) -> str:
        """The person and the account of a record, in words."""
        ids = self.rows(
            f"select golden_id from identity.record_ids where {RECORD} = $who order by entity_kind desc",
            who=record,
        )
        return " of ".join(one["golden_id"] for one in ids)

    def asked(self, left: str, right: str) -> Rows:
        """What stands in review about two records."""
        return self.rows(
            f"""select entity_kind as "as", rule, round(probability, 4) as probability, why from identity.review
            where ({LEFT} = $left and {RIGHT} = $right) or ({LEFT} = $right and {RIGHT} = $left) order by all""",
            left=left, right=right,
        )  # fmt: skip


def side_in(kind: str) -> str:
    """SQL: a link of the cluster that a record belongs to."""
    return f"""(left_source, left_instance, left_table, left_key) in (
        select (source, instance, table_name, record_key) from identity.record_ids where entity_kind = '{kind}' and golden_id in (
            select golden_id from identity.record_ids where entity_kind = '{kind}' and {RECORD} = $who))"""


def shortest(links: Sequence[dict[str, Any]], left: str, right: str) -> Rows:
    """The shortest chain of links from one record to another; empty when nothing joins them."""
    near: dict[str, Rows] = {}
    for link in links:
        near.setdefault(link["record"], []).append(link)
        near.setdefault(link["other"], []).append(link)
    came: dict[str, tuple[str, dict[str, Any]]] = {}
    waiting = deque([left])
    while waiting and right not in came:
        here = waiting.popleft()
        for link in near.get(here, []):
            there = link["other"] if link["record"] == here else link["record"]
            if there not in came and there != left:
                came[there] = (here, link)
                waiting.append(there)
    chain: Rows = []
    at = right
    while at in came:
        before, link = came[at]
        chain.insert(0, {**link, "record": before, "other": at})
        at = before
    return chain


def month_told(movement: dict[str, Any], events: Rows) -> dict[str, Any]:
    """A month of MRR in one line: what moved, by how much, and because of which ledger events."""
    signs = {"new": 1, "expansion": 1, "reactivation": 1, "contraction": -1, "churn": -1}
    moved = [f"{kind} {sign * movement[kind]:+,.2f}" for kind, sign in signs.items() if movement[kind]]
    month = movement["month"]
    causes = [one for one in events if one["month"] == month]
    if moved and not causes:  # what ended in a month still running is measured once the month is over
        causes = [one for one in events if one["month"] < month][-1:]
    because = "; ".join(
        f"{one['day']} {one['reason']}: {one['annual']:,} {one['currency']} a year, {one['status']} "
        f"({one['record']}{', ' + one['basis'] if one['basis'] != 'observed' else ''})"
        for one in causes
    )
    late = ["late renewal"] if movement["is_late_renewal"] else []
    return {
        "month": f"{month:%Y-%m}", "opening": movement["opening"], "change": ", ".join(moved + late),
        "fx": movement["fx"] or None, "closing": movement["closing"], "because": because,
    }  # fmt: skip
