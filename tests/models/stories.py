"""Invented subscriptions: what happened to each, what a billing tool records of it, and what MRR it was, day by day.

The count shares nothing with the models: it walks over every day with what happened, in fractions, and knows no invoice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

PER_YEAR = {"week": 52, "month": 12, "year": 1}
EXPONENT = {"EUR": 2, "USD": 2, "JPY": 0}
GRACE = timedelta(days=30)
DAY = timedelta(days=1)
COUNTED = {"onefunnel": {"active"}, "stripe": {"active", "past_due"}, "profitwell": {"active", "past_due"}}
Row = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One subscription. Prices in whole units; days count from the first paid day."""

    account: int
    currency: str
    interval: str
    start: date
    trial_days: int
    price: int
    seats: int
    seats_later: int
    change_day: int
    has_change: bool
    percent: int
    discounted_periods: int
    addon_price: int
    addon_from: int
    addon_days: int
    ending: str
    end_day: int
    late_period: int
    late_days: int
    pause_after: int
    paused_periods: int
    lists_items: bool

    @property
    def unit(self) -> int:
        return self.price * (100 if self.currency == "JPY" else 1)

    @property
    def addon_unit(self) -> int:
        return self.addon_price * (100 if self.currency == "JPY" else 1)

    @property
    def is_plain(self) -> bool:
        """A discount goes with no change inside a period: a part of a discounted period is rounded by the tool."""
        return self.percent > 0

    def at(self, days: int) -> date:
        return self.start + timedelta(days=days)

    def begin(self, number: int) -> date:
        """When the `number`-th interval after the start begins."""
        if self.interval == "week":
            return self.start + timedelta(weeks=number)
        index = self.start.year * 12 + self.start.month - 1 + number * (12 if self.interval == "year" else 1)
        return self.start.replace(year=index // 12, month=index % 12 + 1)

    def is_skipped(self, number: int) -> bool:
        return self.paused_periods > 0 and self.pause_after <= number < self.pause_after + self.paused_periods

    def period_of(self, day: date) -> int:
        return next(number for number in range(2000) if self.begin(number) <= day < self.begin(number + 1))

    def ends(self) -> date | None:
        """The first day without service, if it was cancelled."""
        if self.ending == "at_once":
            return self.at(self.end_day)
        if self.ending == "at_end":
            return self.begin(self.period_of(self.at(self.end_day)) + 1)
        return None

    def has_seats(self, day: date) -> int:
        changed = self.has_change and not self.is_plain and day >= self.at(self.change_day)
        return self.seats_later if changed else self.seats

    def has_addon(self, day: date) -> bool:
        return not self.is_plain and self.addon_price > 0 and self.at(self.addon_from) <= day < self.at(self.addon_from + self.addon_days)  # fmt: skip

    def dues(self, night: date) -> Iterator[tuple[date, date | None]]:
        """Invoices that were not paid on their day: due day and the day of payment, if they were paid by the night."""
        number = 0
        while self.begin(number) <= night:
            due = self.begin(number)
            if self.is_skipped(number):
                pass
            elif self.ending in ("unpaid", "collecting") and due >= self.at(self.end_day):
                yield due, None
            elif number == self.late_period and self.late_days:
                paid = due + timedelta(days=self.late_days)
                yield due, paid if paid <= night else None
            number += 1


stories = st.builds(
    Story,
    account=st.integers(0, 11),
    currency=st.sampled_from(["EUR", "EUR", "USD", "JPY"]),
    interval=st.sampled_from(["month", "month", "year", "week"]),
    start=st.dates(date(2024, 3, 1), date(2025, 11, 30)).map(lambda day: day.replace(day=min(day.day, 28))),
    trial_days=st.sampled_from([0, 0, 14, 40]),
    price=st.integers(5, 200),
    seats=st.integers(1, 9),
    seats_later=st.integers(1, 9),
    change_day=st.integers(0, 400),
    has_change=st.booleans(),
    percent=st.sampled_from([0, 0, 20, 50, 100]),
    discounted_periods=st.integers(1, 6),
    addon_price=st.sampled_from([0, 0, 7, 30]),
    addon_from=st.integers(0, 200),
    addon_days=st.integers(1, 300),
    ending=st.sampled_from(["", "", "at_once", "at_end", "unpaid", "collecting", "paused"]),
    end_day=st.integers(20, 600),
    late_period=st.integers(0, 8),
    late_days=st.sampled_from([0, 0, 10, 31, 75]),
    pause_after=st.integers(1, 6),
    paused_periods=st.sampled_from([0, 0, 1, 3]),
    lists_items=st.booleans(),
)


def status_on(story: Story, day: date, night: date) -> str:
    """What the subscription is on a day, as far as it is known at the night; '' where there is no service."""
    ends = story.ends()
    if day < story.start or (ends and day >= ends) or story.is_skipped(story.period_of(day)):
        return ""
    if story.ending == "paused" and day >= story.at(story.end_day):
        return ""
    late = [due for due, paid in story.dues(night) if due + GRACE <= day and (paid is None or day < paid)]
    if not late:
        return "active"
    return (
        "unpaid"
        if story.ending == "unpaid" and any(story.at(story.end_day) <= due for due in late)
        else "past_due"
    )


def items_on(story: Story, day: date) -> Iterator[Fraction]:
    """Net amount a year of each item on a day."""
    per_year = PER_YEAR[story.interval]
    discounted = story.period_of(day) < story.discounted_periods
    yield Fraction(
        story.unit * story.has_seats(day) * per_year * (100 - (story.percent if discounted else 0)), 100
    )
    if story.has_addon(day):
        yield Fraction(story.addon_unit * per_year)


def rounded(amount: Fraction, places: int) -> Fraction:
    """Half away from zero."""
    scale = 10**places
    whole, rest = divmod(abs(amount) * scale, 1)
    return Fraction(int(whole) + (rest >= Fraction(1, 2)), scale) * (1 if amount >= 0 else -1)


def mrr_on(story: Story, day: date, night: date, policy: str) -> Fraction:
    if status_on(story, day, night) not in COUNTED[policy]:
        return Fraction(0)
    return sum((rounded(annual / 12, 6) for annual in items_on(story, day)), Fraction(0))


def money(amount: Fraction, currency: str) -> str:
    places = EXPONENT[currency]
    return f"{float(rounded(amount, places)):.{places}f}"


def recorded(story: Story, key: str, night: date) -> dict[str, list[Row]]:
    """What the tool has of a subscription at the night: the subscription, its items, invoices and their lines."""
    subscription = {
        "record_key": key, "customer_key": f"c{story.account}", "currency": story.currency, "started_at": story.start,
        "trial_end": story.start if story.trial_days else None, "status": "active",
    }  # fmt: skip
    ends = story.ends()
    if ends:
        asked = story.at(story.end_day) <= night
        if ends <= night:
            subscription |= {"status": "cancelled", "ended_at": ends}
        elif asked:
            subscription["status"] = "non_renewing"
    elif story.ending in ("unpaid", "collecting") and any(paid is None for _, paid in story.dues(night)):
        subscription["status"] = "unpaid" if story.ending == "unpaid" else "past_due"
    elif story.ending == "paused" and story.at(story.end_day) <= night:
        subscription |= {"status": "paused", "pause_from": story.at(story.end_day)}
    if (
        story.start <= night
        and subscription["status"] == "active"
        and story.is_skipped(story.period_of(night))
    ):
        subscription["status"] = "paused"
    found: dict[str, list[Row]] = {"subscriptions": [subscription], "invoices": [], "invoice_lines": [], "subscription_items": []}  # fmt: skip
    if story.trial_days:
        invoice(story, key, "t", story.start - timedelta(days=story.trial_days), None, found, [])
        line(found, story, key, "t", "plan", Fraction(0), Fraction(0), story.start - timedelta(days=story.trial_days), story.start, False, story.seats)  # fmt: skip
    unpaid = dict(story.dues(night))
    stop = min(
        one
        for one in (night + DAY, ends, story.at(story.end_day) if story.ending == "paused" else None)
        if one
    )
    number = 0
    while story.begin(number) < stop:
        begins, over = story.begin(number), story.begin(number + 1)
        if not story.is_skipped(number):
            bill(story, key, number, begins, over, stop, unpaid, found)
        number += 1
    if story.lists_items and subscription["status"] != "cancelled":
        names = ["plan", *(["addon"] if story.has_addon(night) else [])]
        found["subscription_items"] = [
            {"record_key": f"{key}-{name}", "subscription_key": key, "item_key": f"{key}-{name}", "currency": story.currency, "amount": 1}
            for name in names
        ]  # fmt: skip
    return found


def bill(story: Story, key: str, number: int, begins: date, over: date, stop: date, unpaid: dict[date, date | None], found: dict[str, list[Row]]) -> None:  # fmt: skip
    """The invoice of one period, and one for each change inside it."""
    invoice(story, key, str(number), begins, unpaid.get(begins, begins), found, [])
    amount = Fraction(story.unit * story.has_seats(begins))
    discount = amount * story.percent / 100 if number < story.discounted_periods else Fraction(0)
    line(
        found, story, key, str(number), "plan", amount, discount, begins, over, False, story.has_seats(begins)
    )
    if story.has_addon(begins):
        line(
            found,
            story,
            key,
            str(number),
            "addon",
            Fraction(story.addon_unit),
            Fraction(0),
            begins,
            over,
            False,
            1,
        )
    changed, added, removed = (story.at(days) for days in (story.change_day, story.addon_from, story.addon_from + story.addon_days))  # fmt: skip
    if begins < changed < min(over, stop) and story.has_seats(changed) != story.has_seats(changed - DAY):
        share = Fraction((over - changed).days, (over - begins).days)
        invoice(story, key, f"{number}c", changed, changed, found, [])
        for seats, sign in ((story.has_seats(changed - DAY), -1), (story.has_seats(changed), 1)):
            line(found, story, key, f"{number}c", "plan", sign * story.unit * seats * share, Fraction(0), changed, over, True, seats)  # fmt: skip
    for day, sign, name in ((added, 1, "a"), (removed, -1, "r")):
        if begins < day < min(over, stop) and story.has_addon(day if sign > 0 else day - DAY):
            share = Fraction((over - day).days, (over - begins).days)
            invoice(story, key, f"{number}{name}", day, day, found, [])
            line(found, story, key, f"{number}{name}", "addon", sign * story.addon_unit * share, Fraction(0), day, over, True, 1)  # fmt: skip


def invoice(story: Story, key: str, name: str, day: date, paid: date | None, found: dict[str, list[Row]], lines: list[Row]) -> None:  # fmt: skip
    free = name == "t"
    found["invoices"].append(
        {"record_key": f"{key}-{name}", "subscription_key": key, "currency": story.currency, "issued_at": day, "due_at": day,
         "paid_at": day if free else paid, "status": "paid" if free or paid else "open", "total": 0 if free else 1}
    )  # fmt: skip


def line(found: dict[str, list[Row]], story: Story, key: str, name: str, item: str, amount: Fraction, discount: Fraction, begins: date, over: date, part: bool, quantity: int) -> None:  # fmt: skip
    unit = story.unit if item == "plan" else story.addon_unit
    found["invoice_lines"].append(
        {"record_key": f"{key}-{name}-{len(found['invoice_lines']):04d}", "invoice_key": f"{key}-{name}", "subscription_key": key,
         "item_key": f"{key}-{item}", "price_key": f"{item}-{unit}", "unit_amount": unit, "quantity": quantity, "currency": story.currency,
         "amount": money(amount, story.currency), "discount_amount": money(discount, story.currency), "interval_unit": story.interval,
         "interval_count": 1, "period_start": begins, "period_end": over, "is_proration": part}
    )  # fmt: skip
