"""Where the demo company loses money: each leak is done to a few accounts that have no other defect, and told by leaks_truth.py.

A leak that changes what is billed changes the world, before anything is exported; one that changes what the CRM says
sets what the CRM was told.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.simulator import billing_ui
from connectors.simulator.renewals import renewals_of
from connectors.simulator.world import (
    Account,
    Phase,
    Subscription,
    add_months,
)

# A company of at least PER accounts has one account of each leak, a larger one up to MOST.
MOST, PER = 3, 60
STABLE = ("plain", "annual", "trial", "coupon", "free_month")
Leaks = dict[str, list[Account]]


def settle(world: list[Account], end: datetime) -> Leaks:
    """A clean company collects what it invoices."""
    for account in world:
        for one in account.subscriptions:
            one.unpaid_from = None
            if one.late and one.late[0] <= end < one.late[1]:
                one.late = None
    return {}


def spring(world: list[Account], end: datetime, seed: int, defects: dict[str, set[int]]) -> Leaks:
    """Do each leak to some accounts, in turns, so that a small company has some of each."""
    taken = set().union(*defects.values())
    free = [
        one
        for one in world
        if one.is_in_crm
        and not one.is_self_serve
        and one.number not in taken
        and not billing_ui.is_acquired(one, taken)
    ]
    random.Random(f"{seed}-leaks").shuffle(free)
    done: Leaks = {reason: [] for reason in LEAKS}
    for _ in range(min(MOST, len(world) // PER)):
        for reason, (fits, do) in LEAKS.items():
            account = next((one for one in free if fits(one, end)), None)
            if account:
                free.remove(account)
                do(account, end)
                done[reason].append(account)
    return done


def is_stable(account: Account, end: datetime) -> bool:
    """A customer by contract, whose one subscription runs as agreed, and whose contract was not renewed just now."""
    if not (account.is_won and account.closed and len(account.subscriptions) == 1):
        return False
    one = account.subscriptions[0]
    renewed = max([account.closed, *(change.closed for change in renewals_of(account, end))])
    return (
        one.scenario in STABLE
        and one.start < end - timedelta(days=120)
        and not (one.discount_to and one.discount_to > end - timedelta(days=31))
        and renewed < end - timedelta(days=75)
    )


def is_monthly(account: Account, end: datetime) -> bool:
    return is_stable(account, end) and account.subscriptions[0].interval == "month"


def last_period(account: Account, end: datetime) -> datetime:
    """When the running month of a monthly subscription was invoiced."""
    start, months = account.subscriptions[0].start, 0
    while add_months(start, months + 1) <= end:
        months += 1
    return add_months(start, months)


def is_within_grace(account: Account, end: datetime) -> bool:
    return is_monthly(account, end) and end < last_period(account, end) + timedelta(days=30)


def some_day(end: datetime, days: int) -> datetime:
    """Ten o'clock, some days before the end, at most on the 28th of its month."""
    day = (end - timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
    return day.replace(day=min(day.day, 28))


def fail_payment(account: Account, end: datetime) -> None:
    account.subscriptions[0].unpaid_from = last_period(account, end)
    account.subscriptions[0].payment_fails = True


def leave_unpaid(account: Account, end: datetime) -> None:
    account.subscriptions[0].unpaid_from = last_period(account, end)


def discount_for_ever(account: Account, end: datetime) -> None:
    one = account.subscriptions[0]
    one.discount, one.discount_to = 20, datetime(2099, 1, 1, tzinfo=end.tzinfo)
    one.discount_agreed_to = add_months(one.start, 3)


def bill_twice(account: Account, end: datetime) -> None:
    one, start = account.subscriptions[0], some_day(end, 40)
    phase = Phase(start, None, one.phases[0].plan, one.phases[0].quantity)
    account.subscriptions.append(
        Subscription(f"{one.key}x", account.number, "plain", one.currency, one.interval, start, [phase])
    )
    account.is_amended = False


def cancel_in_crm(account: Account, end: datetime) -> None:
    account.cancelled_in_crm = some_day(end, 40)


def end_in_billing(account: Account, end: datetime) -> None:
    account.subscriptions[0].cancel_requested = account.subscriptions[0].end = some_day(end, 40)
    account.is_amended = False


def lose_the_deal(account: Account, end: datetime) -> None:
    account.deal = account.closed = None
    account.is_won = False


def state_two_years(account: Account, end: datetime) -> None:
    account.deal_years = 2


def is_in_first_year(account: Account, end: datetime) -> bool:
    is_new = account.closed is not None and add_months(account.closed.replace(day=1), 11) > end
    return is_new and is_stable(account, end) and account.subscriptions[0].scenario in ("plain", "annual")


def start_late(account: Account, end: datetime) -> None:
    one = account.subscriptions[0]
    one.start = add_months(one.start, 3)
    one.phases = [Phase(one.start, None, one.phases[0].plan, one.phases[0].quantity)]


def add_seats(account: Account, end: datetime) -> None:
    change_phase(account, end, account.subscriptions[0].phases[0].plan, 3)


def change_plan(account: Account, end: datetime) -> None:
    change_phase(account, end, "scale", 0)


def change_phase(account: Account, end: datetime, plan: str, more: int) -> None:
    one, change = account.subscriptions[0], some_day(end, 40)
    first = one.phases[0]
    one.phases = [
        Phase(one.start, change, first.plan, first.quantity),
        Phase(change, None, plan, first.quantity + more),
    ]
    account.is_amended = False


def forget_renewal(account: Account, end: datetime) -> None:
    account.is_last_renewal_entered = False


def win_just_now(account: Account, end: datetime) -> None:
    account.deal, account.closed = some_day(end, 45), some_day(end, 6)
    account.is_won = True


def is_prospect(account: Account, end: datetime) -> bool:
    return not account.subscriptions and not account.deal and account.created < end - timedelta(days=75)


def is_by(crm: str, fits: Callable[[Account, datetime], bool]) -> Callable[[Account, datetime], bool]:
    return lambda account, end: account.crm == crm and fits(account, end)


# reason → which accounts it can be done to, and how; those that few accounts fit come first
LEAKS: dict[str, tuple[Callable[[Account, datetime], bool], Callable[[Account, datetime], None]]] = {
    "start_date_mismatch": (is_in_first_year, start_late),
    "payment_failed": (is_within_grace, fail_payment),
    "overdue": (is_within_grace, leave_unpaid),
    "term_mismatch": (
        is_by("hubspot", lambda account, end: is_stable(account, end) and add_months(account.closed.replace(day=1), 23) > end),  # type: ignore[union-attr]
        state_two_years,
    ),
    "amount_mismatch": (
        lambda account, end: is_monthly(account, end) and account.subscriptions[0].phases[0].plan == "team", change_plan,
    ),
    "seat_mismatch": (is_monthly, add_seats),
    "discount_past_end": (lambda account, end: is_monthly(account, end) and not account.subscriptions[0].discount, discount_for_ever),
    "billed_twice": (is_monthly, bill_twice),
    "renewal_slipped": (is_by("hubspot", lambda account, end: is_stable(account, end) and bool(renewals_of(account, end))), forget_renewal),
    "cancelled_in_crm_still_billed": (is_stable, cancel_in_crm),
    "churned_in_billing_still_customer": (is_stable, end_in_billing),
    "billed_without_deal": (is_stable, lose_the_deal),
    "timing": (is_prospect, win_just_now),
}  # fmt: skip
