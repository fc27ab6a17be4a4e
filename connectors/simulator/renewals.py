"""Renewal deals: HubSpot's second pipeline, one deal for each year that a contract was renewed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.simulator.tools import OWNERS, company_id, contact_id, minute
from connectors.simulator.world import Account, add_months, net_annual

TERM = 12


def renewals_of(account: Account, cut: datetime) -> list[tuple[datetime, Decimal]]:
    """When a won contract was renewed up to a night, and at which annual amount."""
    if not (account.is_won and account.closed):
        return []
    found = []
    first = account.closed.replace(day=min(account.closed.day, 28))
    for year in range(1, 4):
        renewed = add_months(first, TERM * year)
        amount = sum(
            (net_annual(one, renewed, keeps_past_due=True) for one in account.subscriptions), Decimal(0)
        )
        if renewed > cut or not amount:
            break
        found.append((renewed, amount))
    return found


def renewal_deals(accounts: list[Account], cut: datetime, left_out: set[int]) -> list[dict[str, Any]]:
    """The export of the pipeline; accounts with a defect put in on purpose keep their first deal alone."""
    found = []
    for account in accounts:
        is_there = account.crm == "hubspot" and account.is_in_crm and account.created <= cut
        if not is_there or account.is_self_serve or account.number in left_out:
            continue
        for year, (renewed, amount) in enumerate(renewals_of(account, cut), start=1):
            found.append(
                {
                    "Record ID": str(950000 + account.number * 10 + year),
                    "Deal Name": f"{account.name} - Renewal {year}",
                    "Pipeline": "Renewals",
                    "Deal Stage": "Closed Won",
                    "Amount": f"{amount:.1f}",
                    "Currency": account.currency,
                    "Close Date": minute(renewed),
                    "Create Date": minute(renewed - timedelta(days=30)),
                    "Deal owner": OWNERS[account.owner],
                    "Deal Type": "Renewal",
                    "Term (months)": TERM,
                    "Associated Company IDs (Primary)": company_id(account),
                    "Associated Contact IDs": contact_id(account.people[0]),
                }
            )
    return found
