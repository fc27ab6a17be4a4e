"""When each account truly entered each stage: from what happened to it, from no export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from connectors.simulator.departments import Observed
from connectors.simulator.renewals import RETURN, told
from connectors.simulator.world import Account, Subscription, add_months, net_annual

HEADER = ["true_id", "stage", "entered_at", "decidable", "pass_kind", "pass_number"]
DEALS = ["true_id", "opened_on", "closed_on", "is_won"]
LIVE = timedelta(days=30)
GRACE = timedelta(days=30)
SAME_TERM = timedelta(days=60)


@dataclass(frozen=True)
class Unknown:
    """What the exports cannot tell: accounts whose history the acquired company's files lack, and defects that move a date."""

    acquired: set[int]
    untold: set[int]
    moved: set[int]
    bad_email: set[int]


@dataclass(frozen=True)
class Span:
    """From when to when an account paid; still paying has no end."""

    start: datetime
    end: datetime | None


def stage_rows(
    world: list[Account], seen: Observed, end: datetime, unknown: Unknown
) -> Iterator[tuple[str, ...]]:
    """Every entry of every account into a stage, with whether the exports can tell it."""
    for one in world:
        if not one.is_in_crm or one.created > end or one.number in unknown.moved:
            continue
        hidden = undecidable(one, unknown)
        for stage, moments in entries(one, seen, end, unknown).items():
            for moment in moments:
                if moment <= end:
                    yield (
                        one.true_id,
                        stage,
                        f"{moment:%Y-%m-%d}",
                        str(stage not in hidden).lower(),
                        "new_business",
                        "1",
                    )
        for number, change in enumerate(told(one, end), start=1):
            opened = change.closed - timedelta(days=30)
            for stage, moment in [("opportunity", opened)] + [("won", change.closed)] * change.is_won:
                yield (one.true_id, stage, f"{moment:%Y-%m-%d}", "true", "customer", str(number))


def deal_rows(world: list[Account], end: datetime, unknown: Unknown) -> Iterator[tuple[str, ...]]:
    """Every deal of new business, and what became of it."""
    for one in world:
        if one.is_in_crm and one.deal and one.deal <= end and one.number not in unknown.moved:
            closed = one.closed if one.closed and one.closed <= end else None
            yield (
                one.true_id,
                f"{one.deal:%Y-%m-%d}",
                f"{closed:%Y-%m-%d}" if closed else "",
                str(bool(closed and one.is_won)).lower(),
            )


def undecidable(one: Account, unknown: Unknown) -> set[str]:
    hidden = {"mql"} if one.crm == "salesforce" else set()
    # with its address broken and its company without a domain, nothing tells whose meeting it was
    if one.number in unknown.bad_email and one.number % 9 == 0:
        hidden |= {"sql"}
    if one.number in unknown.untold:
        hidden |= {"billed", "live", "churned", "reactivated", "expanded", "renewed"}
    # the acquired company's files have no invoices, so a year billed again is not told
    if one.number in unknown.acquired and any(sub.interval == "year" for sub in one.subscriptions):
        hidden |= {"renewed"}
    return hidden


def entries(one: Account, seen: Observed, end: datetime, unknown: Unknown) -> dict[str, list[datetime]]:
    spans = paying_spans(one, end)
    touched = [lead.touched for lead in seen.handled[one.number].leads if lead.touched]
    activated = seen.uses[one.number].activated(end)
    first = {
        "subscriber": one.created,
        "lead": one.created,
        "mql": one.mql,
        "sal": min(touched, default=None),
        "sql": one.meeting,
        "opportunity": one.deal,
        "won": one.closed if one.is_won else None,
        "billed": spans[0].start if spans else None,
        "activated": activated,
    }
    return {stage: [moment] for stage, moment in first.items() if moment} | {
        "churned": [span.end for span in spans if span.end],
        "reactivated": [span.start for span in spans[1:]],
        "live": [
            moment
            for span in spans
            if (moment := live_since(span, [event.at for event in seen.uses[one.number].events]))
        ],
        "expanded": expansions(one, end),
        "renewed": renewals(one, end),
    }


def level(one: Account, at: datetime) -> Decimal:
    """What an account pays a year from an instant on."""
    after = at + timedelta(microseconds=1)
    return sum((net_annual(sub, after) for sub in one.subscriptions), Decimal(0))


def instants(sub: Subscription) -> Iterator[datetime]:
    """When what a subscription is charged can change."""
    for phase in sub.phases:
        yield phase.start
    yield from (moment for moment in (sub.end, sub.discount_to) if moment)
    if sub.unpaid_from:
        yield sub.unpaid_from + GRACE
    if sub.pause:
        yield from sub.pause
    if sub.late:
        yield sub.late[0] + GRACE
        yield sub.late[1]


def changes(one: Account, end: datetime) -> list[tuple[datetime, Decimal]]:
    moments = {moment for sub in one.subscriptions for moment in instants(sub) if moment <= end}
    return [(moment, level(one, moment)) for moment in sorted(moments)]


def paying_spans(one: Account, end: datetime) -> list[Span]:
    """Spans above 0. A gap without a month's end in it is none: no month closed at 0."""
    spans: list[Span] = []
    for moment, amount in changes(one, end):
        is_open = bool(spans) and spans[-1].end is None
        if amount > 0 and not is_open:
            gap = spans[-1].end if spans else None
            if gap and month_after(gap) > moment.date():
                spans[-1] = Span(spans[-1].start, None)
            else:
                spans.append(Span(moment, None))
        elif amount == 0 and is_open:
            spans[-1] = Span(spans[-1].start, moment)
    last = spans[-1].end if spans else None
    if last and month_after(last) > (end + timedelta(microseconds=1)).date():
        spans[-1] = Span(spans[-1].start, None)
    return spans


def month_after(moment: datetime) -> date:
    return add_months(moment.replace(day=1), 1).date()


def live_since(span: Span, uses: list[datetime]) -> datetime | None:
    """The start, if used within the thirty days before; else the first use while paying."""
    if any(span.start - LIVE <= use <= span.start for use in uses):
        return span.start
    return min(
        (use for use in uses if use > span.start and (span.end is None or use < span.end)), default=None
    )


def expansions(one: Account, end: datetime) -> list[datetime]:
    """The first rise of each month that ended above a month that ended above 0."""
    found: dict[date, datetime] = {}
    before = Decimal(0)
    for moment, amount in changes(one, end):
        start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        opening = level(one, start - timedelta(microseconds=2))
        closing = level(one, min(add_months(start, 1), end) - timedelta(microseconds=2))
        if amount > before > 0 and closing > opening > 0:
            found.setdefault(start.date(), moment)
        before = amount
    return list(found.values())


def is_in_time(one: Account, back: datetime) -> bool:
    """Whether a return falls near the end of the first term, so that it renews it; only HubSpot states the term."""
    if one.crm != "hubspot" or one.closed is None:
        return False
    due = add_months(one.closed.replace(day=min(one.closed.day, 28)), 12)
    return due - timedelta(days=120) <= back <= due + timedelta(days=90)


def renewals(one: Account, end: datetime) -> list[datetime]:
    """A renewal deal won or a next year billed; the two within sixty days are one renewal, at the earlier day."""
    won = [change for change in told(one, end) if change.kind == "renewal" and change.is_won]
    moments = [change.closed for change in won if change.number != RETURN or is_in_time(one, change.closed)]
    for sub in one.subscriptions:
        if sub.interval == "year":
            years = (add_months(sub.start, 12 * year) for year in range(1, 4))
            moments += [
                moment
                for moment in years
                if moment <= end and net_annual(sub, moment + timedelta(days=1)) > 0
            ]
    found: list[datetime] = []
    for moment in sorted(moments):
        if not found or moment - found[-1] > SAME_TERM:
            found.append(moment)
    return found
