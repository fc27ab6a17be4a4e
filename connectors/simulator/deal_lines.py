"""What the demo company's deals sell, as HubSpot's line items and Salesforce's opportunity lines show it."""

from __future__ import annotations

from datetime import datetime

from connectors.simulator.tools import Rows, deal_id, known, sf_id
from connectors.simulator.world import FACTOR, PLANS, Account, unit_price

PRODUCTS = tuple(sorted(PLANS))


def line_of(account: Account) -> tuple[str, int, int]:
    """Plan, seats, and what a seat costs for the years that the deal states: the contract's first phase, before discounts."""
    if not account.subscriptions:
        return "team", 5, PLANS["team"][account.currency] * 12
    first = account.subscriptions[0]
    phase = first.phases[0]
    yearly = unit_price(phase.plan, first.currency, first.interval) * FACTOR[first.interval]
    return phase.plan, phase.quantity, yearly * account.deal_years


def hubspot_lines(accounts: list[Account], cut: datetime) -> Rows:
    """The export of line items."""
    rows: Rows = []
    for account in accounts:
        if (
            account.crm == "hubspot"
            and account.is_in_crm
            and account.created <= cut
            and known(account.deal, cut)
        ):
            plan, seats, yearly = line_of(account)
            rows.append({
                "Record ID": str(40000000 + account.number), "Name": plan.title(), "Product ID": str(700 + PRODUCTS.index(plan)), "Quantity": f"{seats}.0",
                "Unit price": f"{yearly}.0", "Net price": f"{seats * yearly}.0", "Currency": account.currency, "Associated Deal IDs": deal_id(account),
            })  # fmt: skip
    return rows


def salesforce_lines(accounts: list[Account], cut: datetime) -> dict[str, Rows]:
    """OpportunityLineItem and Product2 of a Data Export."""
    lines: Rows = []
    for account in accounts:
        if (
            account.crm == "salesforce"
            and account.is_in_crm
            and account.created <= cut
            and known(account.deal, cut)
        ):
            plan, seats, yearly = line_of(account)
            lines.append({
                "Id": sf_id("00k", account.number), "IsDeleted": "false", "OpportunityId": sf_id("006", account.number), "Product2Id": sf_id("01t", PRODUCTS.index(plan)),
                "Name": f"{account.name} {plan.title()}", "Quantity": f"{seats}.00", "UnitPrice": f"{yearly}.00", "TotalPrice": f"{seats * yearly}.00", "CurrencyIsoCode": account.currency,
            })  # fmt: skip
    products = [
        {"Id": sf_id("01t", place), "Name": plan.title(), "ProductCode": plan.upper(), "IsActive": "true", "IsDeleted": "false"}
        for place, plan in enumerate(PRODUCTS)
    ]  # fmt: skip
    return {"OpportunityLineItem": lines, "Product2": products}
