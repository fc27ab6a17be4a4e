"""What the CRM is told of a contract after its first deal: renewals, upsells, ends and returns.

HubSpot keeps them in a second pipeline, Salesforce as opportunities of another type.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from connectors.simulator import billing
from connectors.simulator.tools import OWNERS, Defects, company_id, contact_id, deal_id, iso, minute, sf_id
from connectors.simulator.world import Account, Subscription, add_months, annual, net_annual

TERM = 12
GIVEN_UP, RETURN = 8, 9
HUBSPOT_TYPES = {"renewal": "Renewal", "upsell": "Existing Business"}


@dataclass(frozen=True)
class Change:
    """A later deal of a customer; `number` is its place among those of its kind."""

    kind: Literal["renewal", "upsell"]
    number: int
    closed: datetime
    amount: Decimal
    is_won: bool = True


def agreed_annual(account: Account, at: datetime) -> Decimal:
    """What the contract is worth a year: no discount, and a pause or a late payment ends nothing."""
    plain = (
        replace(one, pause=None, late=None, discount=0, discount_to=None) for one in account.subscriptions
    )
    return sum((net_annual(one, at, keeps_past_due=True) for one in plain), Decimal(0))


def renewals_of(account: Account, cut: datetime) -> list[Change]:
    """Each year's renewal of a won contract up to a night; one who left and came back begins a year of its own."""
    if not (account.is_won and account.closed) or account.deal_years > 1:
        return []
    years = [account.closed.replace(day=min(account.closed.day, 28)), *returns(account)]
    found: list[Change] = []
    for start, until in zip(years, [*years[1:], cut], strict=True):
        renewed = add_months(start, TERM)
        while renewed <= min(until, cut) and not (
            account.cancelled_in_crm and account.cancelled_in_crm <= renewed
        ):
            if amount := agreed_annual(account, renewed):
                found.append(Change("renewal", len(found) + 1, renewed, amount))
            renewed = add_months(renewed, TERM)
    return found if account.is_last_renewal_entered else found[:-1]


def returns(account: Account) -> list[datetime]:
    """When a customer who had left came back."""
    return [one.start for one in account.subscriptions[1:]] if account.is_amended else []


def changes_of(account: Account, cut: datetime) -> list[Change]:
    """Every later deal of a customer, oldest kind first, as far as the CRM was told."""
    found = renewals_of(account, cut)
    if not (account.is_won and account.closed):
        return []
    if account.cancelled_in_crm and account.cancelled_in_crm <= cut:
        amount = agreed_annual(account, account.cancelled_in_crm)
        found.append(Change("renewal", GIVEN_UP, account.cancelled_in_crm, amount, is_won=False))
    if not account.is_amended:
        return found
    for place, one in enumerate(account.subscriptions):
        if place and one.start <= cut:
            found.append(Change("renewal", RETURN, one.start, annual(one, one.phases[0])))
        for earlier, later in zip(one.phases, one.phases[1:], strict=False):
            if later.start <= cut and not ends_by(one, later.start):
                found.append(Change("upsell", place, later.start, annual(one, later) - annual(one, earlier)))
        end = min((at for at in (one.end, billing.lapse(one)) if at and at <= cut), default=None)
        if end:
            found.append(
                Change("renewal", 6 + place, end, annual(one, billing.phase_at(one, end)), is_won=False)
            )
    return found


def told(account: Account, cut: datetime) -> list[Change]:
    """The changes that the account's CRM holds, oldest first; the Salesforce org keeps no terms, so it has no yearly renewals."""
    if not account.is_in_crm or account.is_self_serve or account.created > cut:
        return []
    found = changes_of(account, cut)
    if account.crm == "salesforce":
        found = [one for one in found if one.kind == "upsell" or one.number > 3]
    return sorted(found, key=lambda one: one.closed)


def ends_by(subscription: Subscription, moment: datetime) -> bool:
    return any(end and end <= moment for end in (subscription.end, billing.lapse(subscription)))


def hubspot_deals(accounts: list[Account], cut: datetime, defects: Defects) -> list[dict[str, Any]]:
    """The export of the pipeline. A wrong currency of the first deal is copied into what follows it."""
    found = []
    for account in accounts:
        if account.crm != "hubspot":
            continue
        currency = (
            "CHF" if account.number in defects["billing/deal_currency_matches_billing"] else account.currency
        )
        for change in told(account, cut):
            found.append(
                {
                    "Record ID": hubspot_id(account, change),
                    "Deal Name": f"{account.name} - {change.kind.title()} {change.number}",
                    "Pipeline": "Renewals",
                    "Deal Stage": "Closed Won" if change.is_won else "Closed Lost",
                    "Amount": f"{change.amount:.1f}",
                    "Currency": currency,
                    "Close Date": minute(change.closed),
                    "Create Date": minute(change.closed - timedelta(days=30)),
                    "Deal owner": OWNERS[account.owner],
                    "Deal Type": HUBSPOT_TYPES[change.kind],
                    "Term (months)": TERM,
                    "Closed Lost Reason": "" if change.is_won else "Stopped",
                    "Associated Company IDs (Primary)": company_id(account),
                    "Associated Contact IDs": contact_id(account.people[0]),
                }
            )
    return found


def hubspot_id(account: Account, change: Change) -> str:
    if change.kind == "renewal" and change.number < 4:
        return str(950000 + account.number * 10 + change.number)
    return str(3000000 + account.number * 20 + change.number + (10 if change.kind == "upsell" else 0))


def last_deal(account: Account, cut: datetime) -> tuple[str, str, str, str]:
    """The record of the deal whose amount is in force."""
    if account.crm == "salesforce":
        return ("salesforce", "", "opportunities", sf_id("006", account.number))
    renewed = renewals_of(account, cut)
    return ("hubspot", "", "deals", hubspot_id(account, renewed[-1]) if renewed else deal_id(account))


def salesforce_deals(accounts: list[Account], cut: datetime) -> list[dict[str, Any]]:
    """Opportunities as in tools.salesforce."""
    found = []
    for account in accounts:
        for change in told(account, cut) if account.crm == "salesforce" else []:
            place = change.number + (10 if change.kind == "upsell" else 0)
            found.append(
                {
                    "Id": sf_id("006", 1000000 + account.number * 20 + place),
                    "IsDeleted": "false",
                    "AccountId": sf_id("001", account.number),
                    "Name": f"{account.name} - {change.kind.title()} {change.number}",
                    "StageName": "Closed Won" if change.is_won else "Closed Lost",
                    "Amount": f"{change.amount:.2f}",
                    "CurrencyIsoCode": account.currency,
                    "CloseDate": f"{change.closed:%Y-%m-%d}",
                    "Type": change.kind.title(),
                    "IsClosed": "true",
                    "IsWon": str(change.is_won).lower(),
                    "OwnerId": sf_id("005", account.owner),
                    "CreatedDate": iso(change.closed - timedelta(days=30)),
                }
            )
    return found
