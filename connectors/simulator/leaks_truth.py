"""What each leak of the demo company costs: worked out from what was done, never from exports or from output."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from currency_converter import CurrencyConverter
from currency_converter.currency_converter import RateNotFoundError

from connectors.simulator import billing_ui
from connectors.simulator.billing import lapse, phase_at
from connectors.simulator.leaks import Leaks
from connectors.simulator.product import Use
from connectors.simulator.renewals import renewals_of
from connectors.simulator.tools import deal_facts
from connectors.simulator.world import Account, add_months, annual, net_annual, unit_price

HEADER = ["true_id", "gap_kind", "reason", "amount", "currency", "decidable"]
Row = tuple[str, str, str, Decimal, str, str]


def per_euro(currency: str, day: date) -> Decimal:
    """Units of a currency per euro by the last reference rate up to a day."""
    if currency == "EUR":
        return Decimal(1)
    rates = CurrencyConverter(decimal=True)
    while True:
        try:
            return Decimal(rates.convert(1, "EUR", currency, day))
        except RateNotFoundError:
            day -= timedelta(days=1)


def truth(
    world: list[Account], end: datetime, defects: dict[str, set[int]], done: Leaks, uses: dict[int, Use]
) -> list[Row]:
    """One row for each leak: those done on purpose, and what follows from the defects, from who did not pay and from use."""
    found = [
        row
        for reason, accounts in done.items()
        for account in accounts
        for row in injected(account, reason, end)
    ]
    for account in world:
        found += [*from_defects(account, end, defects), *unpaid(account, end, defects)]
        found += used(account, uses[account.number], end, defects)
    return sorted(found)


def injected(account: Account, reason: str, end: datetime) -> Iterator[Row]:
    first = account.subscriptions[0] if account.subscriptions else None
    seat = Decimal(0)
    whole = account.deal_amount
    if first:
        last = first.phases[-1]
        seat = Decimal(
            unit_price(last.plan, first.currency, first.interval) * (1 if first.interval == "year" else 12)
        )
        whole = annual(first, last)
    amounts: dict[str, Decimal] = {
        "start_date_mismatch": Decimal(0),
        "term_mismatch": whole,
        "seat_mismatch": -3 * seat,
        "discount_past_end": whole / 5,
        "renewal_slipped": -whole,
        "cancelled_in_crm_still_billed": -whole,
        "churned_in_billing_still_customer": whole,
        "billed_without_deal": -whole,
        "billed_twice": -whole,
        "timing": whole,
    }
    if reason == "amount_mismatch" and first:
        amounts[reason] = annual(first, first.phases[0]) - whole
    if reason in amounts:
        yield (account.true_id, "contract", reason, amounts[reason], account.currency, "true")


def from_defects(account: Account, end: datetime, defects: dict[str, set[int]]) -> Iterator[Row]:
    """What defects that were put in for a rule cost."""
    number, billed = account.number, sum((net_annual(one, end) for one in account.subscriptions), Decimal(0))
    # a renewal states the right amount
    if number in defects["billing/deal_amount_matches_billing"] and not renewals_of(account, end):
        yield (account.true_id, "contract", "amount_mismatch", Decimal(600), account.currency, "true")
    if number in defects["billing/deal_currency_matches_billing"]:
        # the deal says as many francs; what is billed is worth something else in francs at the night's rate
        worth = billed * per_euro("CHF", end.date()) / per_euro(account.currency, end.date())
        yield (account.true_id, "contract", "currency_mismatch", round(billed - worth, 2), "CHF", "true")
    if number in defects["billing/won_deal_is_billed"]:
        amount = deal_facts(account, end, defects)["amount"]
        yield (account.true_id, "contract", "won_not_billed", amount, account.currency, "true")
    if number in defects["billing/subscription_has_account"] and billed:
        yield (account.true_id, "contract", "billed_without_deal", -billed, account.currency, "true")


def unpaid(account: Account, end: datetime, defects: dict[str, set[int]]) -> Iterator[Row]:
    """Invoices that fell due and were not paid, by subscription; an export without invoices tells of none."""
    is_told = not billing_ui.is_acquired(account, set().union(*defects.values()))
    for one in account.subscriptions:
        price = annual(one, one.phases[0]) / (1 if one.interval == "year" else 12)
        if one.unpaid_from and one.unpaid_from <= end:
            stop, count = min(one.unpaid_from + timedelta(days=30), end), 0
            while add_months(one.unpaid_from, count) < stop:
                count += 1
            reason = "payment_failed" if one.payment_fails else "overdue"
            yield (account.true_id, "collection", reason, price * count, one.currency, str(is_told).lower())
        if one.late and one.late[0] <= end < one.late[1]:
            yield (account.true_id, "collection", "overdue", price, one.currency, str(is_told).lower())


def used(account: Account, use: Use, end: datetime, defects: dict[str, set[int]]) -> Iterator[Row]:
    """Users of the last thirty days above the seats paid; of an account that has ended, those who came after its end."""
    if not account.subscriptions:
        return
    ends = {
        one.key: min((at for at in (one.end, lapse(one)) if at and at <= end), default=None)
        for one in account.subscriptions
    }
    running = [
        one
        for one in account.subscriptions
        if ends[one.key] is None and (one.trial_start or one.start) <= end
    ]
    over = max((at for at in ends.values() if at), default=None)
    since = end - timedelta(days=30)
    if not running and over:
        since = max(since, over)
    users = len({one.user for one in use.events if since < one.at <= end})
    seats = sum(phase_at(one, end).quantity for one in running)
    last = account.subscriptions[-1]
    price = unit_price(last.phases[-1].plan, last.currency, last.interval) * (
        1 if last.interval == "year" else 12
    )
    is_told = billing_ui.is_told_by_today(account) or not billing_ui.is_acquired(
        account, set().union(*defects.values())
    )
    # a company that no tool gives a domain is joined by ids alone: nothing tells whose colleagues the further users are
    is_told = is_told and not (
        account.crm == "hubspot" and account.number % 9 == 0 and users > len(account.people)
    )
    if users > seats:
        reason = "use_above_plan" if seats else "churned_still_using"
        yield (
            account.true_id,
            "use",
            reason,
            Decimal(price * (users - seats)),
            last.currency,
            str(is_told).lower(),
        )
