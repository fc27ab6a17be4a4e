"""Truth: who deserves the credit for each won deal and each first payment, worked out from the world, in fractions."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from connectors.simulator.touches import Stranger, Touch
from connectors.simulator.world import Account, month_ends, net_annual

LOOKBACK = timedelta(days=90)
HALF_LIFE = timedelta(days=30)
Row = tuple[str, ...]


def attribution_rows(
    world: list[Account], touches: list[Touch], end: datetime, untold: set[str]
) -> list[Row]:
    """One row per target, model and touch; a target that no touch led to has one row `unattributed` a model."""
    paths: dict[int, list[Touch]] = {}
    for touch in touches:
        if touch.is_counted:
            paths.setdefault(touch.account.number, []).append(touch)
    return [
        row
        for account in world
        for target_type, at in targets(account, end)
        for row in credited(
            account, target_type, at, paths.get(account.number, []), account.true_id in untold
        )
    ]


def targets(account: Account, end: datetime) -> list[tuple[str, datetime]]:
    """The won deal, told by its creation; or the first payment of an account that had no deal."""
    if account.is_in_crm and account.is_won and account.closed and account.deal and account.closed <= end:
        return [("won_deal", account.deal)]
    pays = any(net_annual(sub, at) > 0 for sub in account.subscriptions for _, at in month_ends(end))
    paid = [sub.discount_to if sub.discount == 100 else sub.start for sub in account.subscriptions]
    first = min((at for at in paid if at), default=None)
    return [("first_mrr", first)] if pays and first and first <= end and not account.deal else []


def credited(
    account: Account, target_type: str, at: datetime, path: list[Touch], is_untold: bool
) -> list[Row]:
    window = [touch for touch in path if at - LOOKBACK <= touch.at < at]
    decidable = str(not (is_untold and target_type == "first_mrr")).lower()
    head = (account.true_id, target_type)
    if not window:
        return [(*head, model, "", "unattributed", "", "1", decidable) for model in MODELS]
    rows: list[Row] = []
    for model in MODELS:
        shares = credits(model, window, account, target_type, at)
        for touch, credit in ((one, share) for one, share in zip(window, shares, strict=True) if share):
            rows.append((*head, model, second(touch.at), channel(touch), mark(touch), str(credit), decidable))  # fmt: skip
    return rows


def credits(
    model: str, window: list[Touch], account: Account, target_type: str, at: datetime
) -> list[Decimal]:
    """Shares to twelve places; the last touch takes what the others leave of 1."""
    count = len(window)
    shares = [Fraction(0)] * count
    before = [place for place, touch in enumerate(window) if touch.at <= account.created]
    match model:
        case "first":
            shares[0] = Fraction(1)
        case "last":
            shares[-1] = Fraction(1)
        case "linear":
            shares = [Fraction(1, count)] * count
        case "position":
            shares = anchored(count, [0, count - 1], Fraction(1, 5))
        case "w_shaped":
            anchors = [0, *before[-1:], *([count - 1] if target_type == "won_deal" else [])]
            shares = anchored(count, anchors, Fraction(1, 10))
        case "time_decay":
            weights = [Fraction(2.0 ** -((at - touch.at) / HALF_LIFE)) for touch in window]
            shares = [weight / sum(weights) for weight in weights]
    rounded = [
        (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("1e-12"))
        for share in shares[:-1]
    ]
    return [*rounded, 1 - sum(rounded, Decimal(0))]


def anchored(count: int, anchors: list[int], rest: Fraction) -> list[Fraction]:
    """The anchors share alike all but `rest`, which goes to the touches between; without any, they share all."""
    between = [place for place in range(count) if place not in anchors]
    kept = 1 - rest if between else Fraction(1)
    return [
        rest / len(between) if place in between else kept * anchors.count(place) / len(anchors)
        for place in range(count)
    ]


MODELS = ("first", "last", "linear", "position", "w_shaped", "time_decay")


def channel(touch: Touch) -> str:
    return touch.campaign.channel if touch.campaign else ""


def mark(touch: Touch) -> str:
    """The campaign, as far as its mark tells it."""
    return "" if touch.mark.startswith("{{") or touch.campaign is None else touch.campaign.mark


def touch_rows(touches: list[Touch], unknown: list[Stranger]) -> list[Row]:
    """Truth of each touch that counts: whose it was, when, and what brought it; a stranger's is nobody's."""
    counted = [one for one in touches if one.is_counted]
    known: list[Row] = [
        (one.account.true_id, one.key, second(one.at), one.kind, channel(one), mark(one), str(one.is_misspelt).lower())
        for one in counted
    ]  # fmt: skip
    return known + [
        ("", one.key, second(one.at), "page_view", one.campaign.channel, one.campaign.mark, "false")
        for one in unknown
    ]


def second(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
