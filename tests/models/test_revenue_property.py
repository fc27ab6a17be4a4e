"""Invented subscription histories: what the models make of a tool's records equals a slow count of what happened."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.models.ledger import KINDS, Ledger
from tests.models.stories import COUNTED, DAY, Story, mrr_on, recorded, rounded, stories

NIGHTS = (date(2026, 3, 31), date(2026, 3, 15))
FIRST = date(2024, 3, 1)
# what one euro is in each currency, at a fixing every fifth day
FIXINGS = [
    (FIRST - timedelta(days=5) + timedelta(days=5 * step), currency, str(base + step * drift))
    for currency, base, drift in (
        ("USD", Fraction(11, 10), Fraction(1, 1000)),
        ("JPY", Fraction(160), Fraction(-1, 8)),
    )
    for step in range(155)
]
Key = tuple[str, int, str, str]


def as_number(text: str) -> str:
    whole = Fraction(text)
    return f"{float(whole):.4f}"


RATES = [(day, currency, as_number(text)) for day, currency, text in FIXINGS]


def rate_on(currency: str, day: date) -> Fraction:
    if currency == "EUR":
        return Fraction(1)
    known = max((one for one in RATES if one[1] == currency and one[0] <= day), key=lambda one: one[0])
    return rounded(1 / Fraction(known[2]), 8)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def counted(told: list[Story], night: date) -> dict[Key, Fraction]:
    """(policy, account, currency, month) → MRR at its end: every day is looked at, the last one stands."""
    levels: dict[Key, Fraction] = defaultdict(Fraction)
    for policy in COUNTED:
        for story in told:
            last: dict[str, Fraction] = {}
            day = story.start
            while day <= night:
                if (day + DAY).day == 1 or day == night:
                    last[month_of(day)] = mrr_on(story, day, night, policy)
                day += DAY
            for month, level in last.items():
                levels[policy, story.account, story.currency, month] += level
    return levels


def months_to(night: date) -> list[date]:
    found, day = [], FIRST
    while day <= night:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def kind_of(opening: Fraction, closing: Fraction, was_active: bool) -> str:
    if opening == 0:
        return "reactivation" if was_active else "new"
    if closing == 0:
        return "churn"
    return "expansion" if closing > opening else "contraction"


def expected_by_currency(levels: dict[Key, Fraction], night: date) -> dict[tuple[str, ...], Fraction]:
    """(policy, account, currency, month, kind or 'closing') → amount, what is 0 left out."""
    found: dict[tuple[str, ...], Fraction] = {}
    for policy, account, currency in sorted({key[:3] for key in levels}):
        opening, was_active = Fraction(0), False
        for first in months_to(night):
            month = month_of(first)
            closing = held(levels, policy, account, currency, month, opening, night)
            place = (policy, f"c{account}", currency, month)
            if closing:
                found[*place, "closing"] = closing
            if closing != opening:
                found[*place, kind_of(opening, closing, was_active)] = abs(closing - opening)
            opening, was_active = closing, was_active or closing > 0
    return found


def held(levels: dict[Key, Fraction], policy: str, account: int, currency: str, month: str, opening: Fraction, night: date) -> Fraction:  # fmt: skip
    """The closing of a month; of one still running in which the account has nothing left: its opening."""
    closing = levels.get((policy, account, currency, month), Fraction(0))
    is_running = month == month_of(night) and (night + DAY).day != 1
    nothing_left = not any(levels.get((policy, account, one, month)) for one in ("EUR", "USD", "JPY"))
    return opening if is_running and nothing_left else closing


def expected_in_euro(levels: dict[Key, Fraction], night: date) -> dict[tuple[str, ...], Fraction]:
    """(policy, account, month, kind, 'fx' or 'closing') → amount in the reporting currency, what is 0 left out."""
    found: dict[tuple[str, ...], Fraction] = {}
    for policy, account in sorted({key[:2] for key in levels}):
        openings: dict[str, Fraction] = defaultdict(Fraction)
        was_active = False
        for first in months_to(night):
            month, over = month_of(first), min((first + timedelta(days=32)).replace(day=1) - DAY, night)
            closings = {
                one: held(levels, policy, account, one, month, openings[one], night)
                for one in ("EUR", "USD", "JPY")
            }
            before = sum(rounded(openings[one] * rate_on(one, first - DAY), 6) for one in closings)
            then = sum(rounded(closings[one] * rate_on(one, first - DAY), 6) for one in closings)
            after = sum(rounded(closings[one] * rate_on(one, over), 6) for one in closings)
            fx = sum(
                rounded(closings[one] * (rate_on(one, over) - rate_on(one, first - DAY)), 6)
                for one in closings
            )
            compared = after if policy == "stripe" else then
            place = (policy, f"c{account}", month)
            if after:
                found[*place, "closing"] = Fraction(after)
            if compared != before:
                found[*place, kind_of(Fraction(before), Fraction(compared), was_active)] = abs(
                    Fraction(compared) - Fraction(before)
                )
            if fx and policy != "stripe":
                found[*place, "fx"] = Fraction(fx)
            openings, was_active = closings, was_active or after > 0
    return found


def published(run: Ledger, table: str, place: str, kinds: tuple[str, ...]) -> dict[tuple[str, ...], Fraction]:
    columns = ", ".join(f"{kind}_mrr as {kind}" for kind in kinds)
    rows = run.rows(
        f"unpivot (select policy, account_id, {place} strftime(month, '%Y-%m') as month, {columns} from mart_finance.{table}) "
        f"on {', '.join(kinds)} into name kind value amount"
    )
    return {tuple(row[:-1]): Fraction(row[-1]) for row in rows if row[-1]}


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip
@given(told=st.lists(stories, min_size=10, max_size=30), night=st.sampled_from(NIGHTS))
def test_invented_histories_give_what_a_slow_count_gives(
    ledger: Callable[..., Ledger], told: list[Story], night: date
) -> None:
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    for number, story in enumerate(told):
        if story.start - timedelta(days=story.trial_days) <= night:
            for entity, given_rows in recorded(story, f"s{number}", night).items():
                rows[entity] += given_rows

    run = ledger(rows, night.isoformat(), rates=RATES)

    levels = counted(told, night)
    by_currency = published(run, "fct_mrr_movements_by_currency", "currency,", (*KINDS, "closing"))
    assert difference(by_currency, expected_by_currency(levels, night)) == []
    in_euro = published(run, "fct_mrr_movements", "", (*KINDS, "fx", "closing"))
    assert difference(in_euro, expected_in_euro(levels, night)) == []
    assert_the_invariant_holds(run)


def difference(
    found: dict[tuple[str, ...], Fraction], expected: dict[tuple[str, ...], Fraction]
) -> list[tuple[Any, ...]]:
    return [
        (key, float(found.get(key, 0)), float(expected.get(key, 0)))
        for key in sorted({*found, *expected})
        if found.get(key) != expected.get(key)
    ][:8]


def assert_the_invariant_holds(run: Ledger) -> None:
    moved = "opening_mrr + new_mrr + expansion_mrr + reactivation_mrr - contraction_mrr - churn_mrr"
    for table in ("fct_mrr_movements_by_currency", "fct_mrr_movements_by_subscription"):
        assert run.rows(f"select * from mart_finance.{table} where {moved} <> closing_mrr") == []
    assert run.rows(f"select * from mart_finance.fct_mrr_movements where {moved} + fx_mrr + rounding_mrr <> closing_mrr or abs(rounding_mrr) > 0.00001") == []  # fmt: skip
