"""Write the demo company: exports per tool and night, and the truth beside them."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.simulator import (
    activities,
    billing,
    billing_ui,
    deal_lines,
    departments,
    groups,
    leaks,
    leaks_truth,
    renewals,
    stage_truth,
    tools,
)
from connectors.simulator.defects import put_in, settle_deals
from connectors.simulator.marketing import Marketing
from connectors.simulator.people_truth import people_records
from connectors.simulator.world import Account, build_world, month_ends, mrr, net_annual

Progress = Callable[[str], None]
RULES = (
    "crm/customer_has_subscription", "billing/subscription_has_account", "billing/won_deal_is_billed",
    "billing/deal_amount_matches_billing", "billing/deal_currency_matches_billing", "crm/contact_is_unique",
    "crm/country_agrees_between_tools", "crm/record_has_owner", "crm/email_is_valid", "crm/deal_dates_in_order",
    "crm/lifecycle_agrees_with_billing", "crm/contact_has_one_company",
)  # fmt: skip
EACH = 5


@dataclass(frozen=True)
class DemoSummary:
    """What was written: files by path below exports/, nights, accounts and defects."""

    files: int
    nights: list[date]
    accounts: int
    defects: int


def write_demo(
    out: Path,
    accounts: int = 500,
    nights: int = 3,
    seed: int = 7,
    clean: bool = False,
    defect_rate: float | None = None,
    last_night: date = date(2026, 6, 30),
    exports: Path | None = None,
    progress: Progress = lambda text: None,
) -> DemoSummary:
    """Write `nights` nights of exports, the last on `last_night`, below `exports` (default out/exports), and out/truth.

    With a `defect_rate` the company is clean but for that share of its HubSpot companies.
    """
    clean = clean or defect_rate is not None
    exports = exports or out / "exports"
    end = datetime.combine(last_night, time(23, 59, 59, 999999), tzinfo=UTC)
    world = build_world(accounts, seed, end, clean)
    if clean:
        settle_deals(world, end)
    defects = choose_defects(world, end, clean)
    leaked = leaks.settle(world, end) if clean else leaks.spring(world, end, seed, defects)
    marketing = Marketing(world, seed, end, clean)
    seen = departments.observe(world, seed, end, clean)
    written, after = 0, None
    worked = [last_night - timedelta(days=nights - 1 - count) for count in range(nights)]
    for night in worked:
        progress(f"Exports of {night}")
        cut = datetime.combine(night, time(23, 59, 59, 999999), tzinfo=UTC)
        written += write_night(exports, world, night, cut, defects, seen, after)
        after = cut
        told = marketing.files(night.isoformat(), cut)
        for path, content in told.items():
            put(exports / path, content)
        written += len(told)
    progress("The truth")
    write_truth(out / "truth", world, seen, end, defects, leaked)
    departments.write_truth(out / "truth", world, seen, end)
    lost = leaks_truth.truth(world, end, defects, leaked, seen.uses)
    write_csv(out / "truth" / "leaks.csv", leaks_truth.HEADER, lost)
    for name, (header, rows) in marketing.truth(end, untold_accounts(world, defects)).items():
        write_csv(out / "truth" / name, header, rows)
    spoiled = put_in(exports, out / "truth", defect_rate, seed) if defect_rate else 0
    return DemoSummary(written, worked, len(world), spoiled + sum(len(found) for found in defects.values()))


def choose_defects(world: list[Account], end: datetime, clean: bool) -> dict[str, set[int]]:
    """Accounts for each rule's defect; no account has two, so that each finding has one cause."""
    defects: dict[str, set[int]] = {rule: set() for rule in RULES}
    if clean:
        return defects
    early = end - timedelta(days=120)
    free = [
        one
        for one in world
        if one.crm == "hubspot" and one.is_in_crm and not one.is_self_serve and one.created < early
    ]
    paying = [
        one
        for one in free
        if one.subscriptions
        and one.subscriptions[0].scenario == "plain"
        and one.is_won
        and one.number % 9
        and one.subscriptions[0].start < early
    ]
    prospects = [one for one in free if not one.subscriptions and not one.deal]
    lost = [one for one in free if one.closed and not one.is_won and not one.subscriptions]
    pools = {
        "crm/customer_has_subscription": prospects[0:EACH], "billing/won_deal_is_billed": prospects[EACH : 2 * EACH],
        "crm/deal_dates_in_order": lost[0:EACH],
        "billing/deal_amount_matches_billing": paying[0:EACH], "billing/deal_currency_matches_billing": paying[EACH : 2 * EACH],
        "crm/country_agrees_between_tools": paying[2 * EACH : 3 * EACH], "crm/lifecycle_agrees_with_billing": paying[3 * EACH : 4 * EACH],
        "crm/record_has_owner": lost[EACH : 2 * EACH], "crm/contact_is_unique": prospects[2 * EACH : 3 * EACH],
        "crm/email_is_valid": prospects[3 * EACH : 4 * EACH], "crm/contact_has_one_company": prospects[4 * EACH : 5 * EACH],
        "billing/subscription_has_account": [one for one in world if not one.is_in_crm and one.subscriptions],
    }  # fmt: skip
    return defects | {rule: {one.number for one in chosen} for rule, chosen in pools.items()}


def write_night(
    exports: Path,
    world: list[Account],
    night: date,
    cut: datetime,
    defects: dict[str, set[int]],
    seen: departments.Observed,
    after: datetime | None,
) -> int:
    """One night of every tool's files; events are those `after` the night before."""
    wrong = {number: "CH" for number in defects["crm/country_agrees_between_tools"]}
    day = night.isoformat()
    files: dict[str, bytes] = {}
    hubspot = tools.hubspot(world, cut, defects)
    activities.add_assignments(hubspot["contacts"], seen.handled, cut)
    for name in ("contacts", "companies", "deals"):
        files[f"hubspot/{day}/hubspot-crm-exports-all-{name}-{day}.csv"] = tools.csv_text(
            hubspot[name], bom=name == "contacts"
        )
    if renewed := renewals.hubspot_deals(world, cut, defects):
        files[f"hubspot/{day}/hubspot-crm-exports-renewal-deals-{day}.csv"] = tools.csv_text(renewed)
    acquired = acquired_accounts(world, defects)
    others = [one for one in world if one not in acquired]
    files |= billing_ui.acquired_files(acquired, day, cut)
    chargebee = billing.chargebee(others, cut, wrong)
    for name, rows in chargebee.items():
        files[f"chargebee/{day}/{name}.jsonl"] = lines(rows)
    stripe = billing.stripe(others, cut, wrong)
    for name in ("customers", "subscriptions", "prices", "invoices"):
        files[f"stripe/{day}/{name}.jsonl"] = lines(stripe[name])
    files[f"stripe/{day}/payments.csv"] = tools.csv_text(
        payments(stripe["charges"]), quoting=csv.QUOTE_MINIMAL
    )
    files[f"calendly/{day}/events-export.csv"] = tools.csv_text(
        tools.calendly(world, cut) + activities.missed_meetings(world, cut)[0], quoting=csv.QUOTE_MINIMAL
    )
    files[f"encharge/{day}/people.json"] = json.dumps({"people": tools.encharge(world, cut)}).encode()
    runs, typed = tools.zapier(world, cut)
    files[f"zapier/{day}/runs.json"] = json.dumps({"data": runs}).encode()
    files[f"zapier/{day}/fair_leads_table.csv"] = tools.csv_text(typed, quoting=csv.QUOTE_MINIMAL)
    files[f"company/{day}/targets.csv"] = tools.csv_text(targets(cut, len(world)), quoting=csv.QUOTE_MINIMAL)
    files[f"company/{day}/cost_sheet.csv"] = tools.csv_text(
        cost_sheet(cut, len(world)), quoting=csv.QUOTE_MINIMAL
    )
    files |= departments.night_files(world, seen, day, after, cut)
    for path, content in files.items():
        put(exports / path, content)
    salesforce = tools.salesforce(world, cut, defects)
    groups.add_parents(salesforce["Account"], seen.parents)
    salesforce["Opportunity"] += renewals.salesforce_deals(world, cut)
    salesforce |= activities.salesforce_activities(world, seen.handled, cut)
    salesforce |= deal_lines.salesforce_lines(world, cut)
    return len(files) + salesforce_zips(exports / "salesforce" / day, salesforce)


def targets(cut: datetime, accounts: int) -> list[dict[str, Any]]:
    """What the demo company aims for in each month of the year, after its size."""
    months = [f"{cut.year}-{month:02d}-01" for month in range(1, 13)]
    aims = {"new_mrr": accounts * 10, "won_amount": accounts * 200, "leads": accounts // 30, "win_rate": 0.6}
    return [
        {"metric": metric, "period_start": month, "segment": "all", "target": aim}
        for metric, aim in aims.items()
        for month in months
    ]


def cost_sheet(cut: datetime, accounts: int) -> list[dict[str, Any]]:
    """What sales and marketing cost beside the ads in each month of the year so far, and the gross margin."""
    months = [f"{cut.year}-{month:02d}-01" for month in range(1, cut.month + 1)]
    costs = [
        ("sales", accounts * 25, "EUR"),
        ("marketing", accounts * 8, "EUR"),
        ("gross_margin", "0.82", ""),
    ]
    return [
        {"month": month, "kind": kind, "amount": amount, "currency": currency}
        for month in months
        for kind, amount, currency in costs
    ]


def acquired_accounts(world: list[Account], defects: dict[str, set[int]]) -> list[Account]:
    """The accounts that the bought company bills."""
    taken = set().union(*defects.values())
    return [one for one in world if billing_ui.is_acquired(one, taken)]


def untold_accounts(world: list[Account], defects: dict[str, set[int]]) -> set[str]:
    """The accounts whose history their billing tool's export does not tell."""
    return {one.true_id for one in acquired_accounts(world, defects) if not billing_ui.is_told_by_today(one)}


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def payments(charges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stripe's payments export: major units, UTC to the minute."""
    return [
        {"id": one["id"], "Description": "Subscription", "Created (UTC)": f"{one['created']:%Y-%m-%d %H:%M}", "Amount": str(Decimal(one["amount"]) / (1 if one["currency"] == "jpy" else 100)), "Amount Refunded": "0.00", "Currency": one["currency"], "Fee": "0.00", "Mode": "Live", "Status": "Failed" if "declined" in one else "Paid", "Decline Reason": one.get("declined", ""), "Customer ID": one["customer"], "Customer Email": one["email"], "Captured": "true", "Invoice ID": one["invoice"]}
        for one in charges
    ]  # fmt: skip


# An export of no rows has its header all the same.
EMPTY = {"OpportunityHistory": b'"Id","OpportunityId","StageName","CreatedDate"\n'}


def salesforce_zips(folder: Path, objects: dict[str, list[dict[str, Any]]]) -> int:
    """A Data Export in two zips; contacts are split over both and overlap by some rows, as they do in life."""
    contacts = objects.pop("Contact")
    middle = len(contacts) // 2
    parts = [{**objects, "Contact": contacts[: middle + 2]}, {"Contact": contacts[middle:]}]
    for number, part in enumerate(parts, start=1):
        target = folder / f"WE_00D5g000000DemoEAK_{number}.ZIP"
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in part.items():
                content = tools.csv_text(rows) if rows else EMPTY.get(name, b'"Id"\n')
                archive.writestr(zipfile.ZipInfo(f"{name}.csv", (2026, 1, 1, 0, 0, 0)), content)
    return len(parts)


def put(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def write_truth(
    folder: Path,
    world: list[Account],
    seen: departments.Observed,
    end: datetime,
    defects: dict[str, set[int]],
    leaked: leaks.Leaks,
) -> None:
    """accounts.csv, people.csv, mrr.csv, movements.csv, stages.csv, deals.csv and defects.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    acquired = acquired_accounts(world, defects)
    untold = untold_accounts(world, defects)
    write_csv(
        folder / "accounts.csv",
        ["true_id", "source", "instance", "table_name", "record_key"],
        records(world, end, {one.number for one in acquired}),
    )
    write_csv(
        folder / "people.csv",
        ["true_id", "source", "instance", "table_name", "record_key"],
        people_records(
            world,
            end,
            {one.number for one in acquired},
            defects["crm/contact_is_unique"],
            {one.number for one in world[::25]},
        ),
    )
    levels = [
        (one, month, sum((mrr(net_annual(sub, at)) for sub in one.subscriptions), Decimal(0)))
        for one in world
        for month, at in month_ends(end)
    ]
    write_csv(
        folder / "mrr.csv", ["true_id", "month", "currency", "mrr", "decidable"],
        [(one.true_id, month, one.currency, level, str(one.true_id not in untold).lower()) for one, month, level in levels if level],
    )  # fmt: skip
    write_csv(
        folder / "mrr_policies.csv", ["true_id", "policy", "month", "currency", "mrr", "decidable"],
        [
            (one.true_id, policy, month, one.currency, level, str(one.true_id not in untold).lower())
            for one in world for month, at in month_ends(end) for policy in ("stripe", "profitwell")
            if (level := sum((mrr(net_annual(sub, at, keeps_past_due=True)) for sub in one.subscriptions), Decimal(0)))
        ],
    )  # fmt: skip
    write_csv(
        folder / "movements.csv",
        ["true_id", "month", "currency", "movement", "amount", "decidable"],
        movements(levels, untold),
    )
    unknown = unknown_stages(world, defects, untold)
    write_csv(folder / "stages.csv", stage_truth.HEADER, stage_truth.stage_rows(world, seen, end, unknown))
    write_csv(folder / "deals.csv", stage_truth.DEALS, stage_truth.deal_rows(world, end, unknown))
    write_csv(folder / "parents.csv", groups.HEADER, groups.parent_rows(world, seen.parents, end))
    write_csv(
        folder / "defects.csv",
        ["rule_id", "source", "instance", "table_name", "record_key", "decidable"],
        defect_rows(world, defects, leaked, end),
    )


def write_csv(path: Path, header: list[str], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def records(world: list[Account], end: datetime, acquired: set[int]) -> list[tuple[str, ...]]:
    """Which records of the tools are whose."""
    found: list[tuple[str, ...]] = []
    for one in world:
        if any((sub.trial_start or sub.start) <= end for sub in one.subscriptions):
            instance = billing_ui.INSTANCE if one.number in acquired else ""
            found.append((one.true_id, one.billing, instance, "customers", one.customer_key))
        if not one.is_in_crm or one.created > end:
            continue
        if one.crm == "hubspot":
            if not one.is_self_serve:
                found.append((one.true_id, "hubspot", "", "companies", tools.company_id(one)))
            found += [
                (one.true_id, "hubspot", "", "contacts", tools.contact_id(person))
                for person in one.people
                if person.created <= end
            ]
        else:
            found.append((one.true_id, "salesforce", "", "accounts", tools.sf_id("001", one.number)))
            found += [
                (one.true_id, "salesforce", "", "contacts", tools.sf_id("003", person.key))
                for person in one.people
                if person.created <= end
            ]
        found.append((one.true_id, "encharge", "", "people", f"enc-{one.people[0].key:08d}"))
    return found


def movements(levels: list[tuple[Account, str, Decimal]], untold: set[str]) -> list[tuple[object, ...]]:
    """Month-end against month-end, per account: new, expansion, reactivation, contraction, churn."""
    found: list[tuple[object, ...]] = []
    before: dict[str, Decimal] = {}
    ever: set[str] = set()
    for one, month, level in levels:
        key, was = one.true_id, before.get(one.true_id, Decimal(0))
        if was == 0 and level > 0:
            kind = "reactivation_" if key in ever else "new_"
        elif was > 0 and level == 0:
            kind = "churn_"
        else:
            kind = "expansion_" if level > was else "contraction_"
        if level != was:
            found.append(
                (key, month, one.currency, kind.rstrip("_"), abs(level - was), str(key not in untold).lower())
            )
        before[key] = level
        if level > 0:
            ever.add(key)
    return found


def unknown_stages(
    world: list[Account], defects: dict[str, set[int]], untold: set[str]
) -> stage_truth.Unknown:
    """Which accounts' stages the exports cannot tell, and why."""
    return stage_truth.Unknown(
        acquired={one.number for one in acquired_accounts(world, defects)},
        untold={one.number for one in world if one.true_id in untold},
        moved=defects["billing/won_deal_is_billed"] | defects["crm/deal_dates_in_order"],
        bad_email=defects["crm/email_is_valid"],
    )


def defect_rows(
    world: list[Account], defects: dict[str, set[int]], leaked: leaks.Leaks, end: datetime
) -> list[tuple[str, ...]]:
    """The record that each defect was put into; a contract that billing left behind has a wrong amount too."""
    found: list[tuple[str, ...]] = []
    for one in world:
        for rule in RULES:
            if one.number in defects[rule]:
                found.append((rule, *defect_record(one, rule), "true"))
    for one in leaked.get("amount_mismatch", []):
        found.append(("billing/deal_amount_matches_billing", *renewals.last_deal(one, end), "true"))
    return sorted(found)


def defect_record(one: Account, rule: str) -> tuple[str, str, str, str]:
    if rule == "billing/subscription_has_account":
        return (one.billing, "", "subscriptions", one.subscriptions[0].key)
    if rule in (
        "crm/customer_has_subscription",
        "crm/country_agrees_between_tools",
        "crm/lifecycle_agrees_with_billing",
    ):
        return ("hubspot", "", "companies", tools.company_id(one))
    if rule == "crm/contact_is_unique":
        return ("hubspot", "", "contacts", str(8000000 + one.number))
    if rule in ("crm/email_is_valid", "crm/contact_has_one_company"):
        return ("hubspot", "", "contacts", tools.contact_id(one.people[0]))
    return ("hubspot", "", "deals", tools.deal_id(one))
