"""What really happened at the demo company: accounts, people, deals and subscriptions over thirty months.

Deterministic per seed. Tools see a part of this each; the truth is computed from here and from nothing that they show.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

MONTHS = 30
FACTOR = {"month": 12, "year": 1}
COUNTRIES = {
    "DE": ("Germany", "EUR"), "FR": ("France", "EUR"), "NL": ("Netherlands", "EUR"), "GB": ("United Kingdom", "GBP"),
    "US": ("United States", "USD"), "JP": ("Japan", "JPY"),
}  # fmt: skip
# price id -> (unit amount in major units, interval); amounts divide by five, so that percent coupons stay whole
PLANS = {
    "team": {"EUR": 50, "GBP": 45, "USD": 55, "JPY": 7500},
    "scale": {"EUR": 120, "GBP": 105, "USD": 130, "JPY": 18000},
}
FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dora",
    "Emil",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "Jun",
    "Kai",
    "Lea",
    "Mio",
    "Nora",
    "Otto",
    "Pia",
    "Quin",
    "Rosa",
    "Sam",
    "Tess",
    "Uma",
    "Vera",
    "Wim",
    "Xenia",
    "Yuki",
    "Zoe",
]
LAST = [
    "Adler",
    "Baker",
    "Costa",
    "Dubois",
    "Endo",
    "Fischer",
    "Garcia",
    "Hart",
    "Ito",
    "Jansen",
    "Keller",
    "Lopez",
    "Moreau",
    "Nakamura",
    "Olsen",
    "Price",
    "Reed",
    "Sato",
    "Tanaka",
    "Weber",
]
WORDS = [
    "Alder",
    "Basalt",
    "Cobalt",
    "Delta",
    "Ember",
    "Fjord",
    "Garnet",
    "Harbor",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Lumen",
    "Meadow",
    "Nimbus",
    "Orchid",
    "Prism",
    "Quartz",
    "River",
    "Summit",
    "Tundra",
]
TRADES = [
    "Analytics",
    "Foods",
    "Freight",
    "Labs",
    "Logistics",
    "Media",
    "Metals",
    "Robotics",
    "Software",
    "Textiles",
]
SCENARIOS = (
    "plain", "plain", "plain", "annual", "annual", "upgrade", "swap", "coupon", "free_month", "trial", "cancel_at_end",
    "cancel_now", "unpaid", "back_again", "pause", "late_payer",
)  # fmt: skip


@dataclass
class Person:
    key: int
    first: str
    last: str
    email: str
    created: datetime


@dataclass
class Phase:
    """A subscription item at one price for one span; `discount` in percent until `discount_to`."""

    start: datetime
    end: datetime | None
    plan: str
    quantity: int


@dataclass
class Subscription:
    key: str
    account: int
    scenario: str
    currency: str
    interval: str
    start: datetime
    phases: list[Phase]
    trial_start: datetime | None = None
    discount: int = 0
    discount_to: datetime | None = None
    cancel_requested: datetime | None = None
    end: datetime | None = None
    unpaid_from: datetime | None = None
    pause: tuple[datetime, datetime] | None = None
    late: tuple[datetime, datetime] | None = None
    # until when the discount was agreed, where it is charged longer; whether a collection was tried and refused
    discount_agreed_to: datetime | None = None
    payment_fails: bool = False


@dataclass
class Account:
    number: int
    name: str
    domain: str | None
    country: str
    crm: str
    people: list[Person]
    owner: int
    employees: int
    created: datetime
    is_self_serve: bool = False
    mql: datetime | None = None
    meeting: datetime | None = None
    deal: datetime | None = None
    closed: datetime | None = None
    is_won: bool = False
    subscriptions: list[Subscription] = field(default_factory=list)
    is_in_crm: bool = True
    # what the CRM was told of the contract (see leaks.py): years that the deal's amount covers, whether changes and ends
    # are entered, whether its last renewal was, when it was given up there
    deal_years: int = 1
    is_amended: bool = True
    is_last_renewal_entered: bool = True
    cancelled_in_crm: datetime | None = None

    @property
    def true_id(self) -> str:
        return f"A{self.number:05d}"

    @property
    def currency(self) -> str:
        return COUNTRIES[self.country][1]

    @property
    def billing(self) -> str:
        return "chargebee" if self.currency in ("EUR", "GBP") else "stripe"

    @property
    def customer_key(self) -> str:
        return f"cb_{self.number:05d}" if self.billing == "chargebee" else f"cus_{self.number:08d}"

    @property
    def deal_amount(self) -> Decimal:
        """What the deal states: the first phase, before discounts, for a year (or for all years of the deal)."""
        first = self.subscriptions[0] if self.subscriptions else None
        if first is None:
            return Decimal(PLANS["team"][self.currency] * 5 * 12)
        return annual(first, first.phases[0]) * self.deal_years


def unit_price(plan: str, currency: str, interval: str) -> int:
    """Major units per seat and interval; a year costs ten months."""
    return PLANS[plan][currency] * (10 if interval == "year" else 1)


def annual(subscription: Subscription, phase: Phase) -> Decimal:
    return Decimal(
        unit_price(phase.plan, subscription.currency, subscription.interval)
        * phase.quantity
        * FACTOR[subscription.interval]
    )


def add_months(moment: datetime, count: int) -> datetime:
    """The same day (at most the 28th, by construction) some months later."""
    index = moment.year * 12 + moment.month - 1 + count
    return moment.replace(year=index // 12, month=index % 12 + 1)


def build_world(accounts: int, seed: int, last_night: datetime, clean: bool) -> list[Account]:
    """All accounts, by number. `last_night` is the end of the last month simulated."""
    first = add_months(last_night.replace(day=1, hour=0, minute=0, second=0, microsecond=0), 1 - MONTHS)
    world = [
        build_account(number, random.Random(f"{seed}-{number}"), first, last_night)
        for number in range(accounts)
    ]
    if not clean:
        for number in range(accounts, accounts + 5):
            account = build_account(
                number, random.Random(f"{seed}-{number}"), first, last_night, scenario="plain"
            )
            account.is_in_crm = False
            world.append(account)
    return world


def build_account(
    number: int, chance: random.Random, first: datetime, last: datetime, scenario: str | None = None
) -> Account:
    country = chance.choice(list(COUNTRIES))
    name = f"{WORDS[number % 20]} {TRADES[number // 20 % 10]} {number}"
    created = first + timedelta(
        days=chance.randrange(0, (last - first).days - 60),
        hours=chance.randrange(8, 17),
        minutes=chance.randrange(60),
    )
    self_serve = scenario is None and chance.random() < 0.15
    domain = (
        None
        if self_serve
        else f"{WORDS[number % 20]}-{TRADES[number // 20 % 10]}-{number}.example.com".lower().replace(
            ".example", ""
        )
    )
    people = []
    for place in range(1 if self_serve else chance.randrange(1, 4)):
        given, family = chance.choice(FIRST), chance.choice(LAST)
        local = f"{given}.{family}.{number}{place}".lower()
        address = f"{local}@gmail.com" if self_serve else f"{local}@{domain}"
        people.append(
            Person(number * 10 + place, given, family, address, created + timedelta(days=3 * place))
        )
    crm = "hubspot" if self_serve or chance.random() < 0.75 else "salesforce"
    account = Account(
        number,
        name,
        domain,
        country,
        crm,
        people,
        chance.randrange(6),
        chance.choice([12, 40, 150, 600, 2500]),
        created,
        self_serve,
    )
    walk_the_funnel(account, chance, last, bool(scenario))
    wins = account.is_won or (self_serve and chance.random() < 0.7) or scenario is not None
    start = account.closed if account.is_won and account.closed else created
    if wins and start < last - timedelta(days=30):
        subscribe(account, chance, start, last, scenario or chance.choice(SCENARIOS))
    elif account.is_won:
        account.is_won, account.closed = False, None
    return account


def walk_the_funnel(account: Account, chance: random.Random, last: datetime, outside: bool) -> None:
    """Marketing-qualified, met, deal, closed: each with some luck and some days later."""
    if account.is_self_serve or outside or chance.random() > 0.8:
        return
    account.mql = account.created + timedelta(days=chance.randrange(1, 15), hours=1)
    if chance.random() < 0.85:
        account.meeting = account.mql + timedelta(days=chance.randrange(1, 10))
        if chance.random() < 0.85:
            account.deal = account.meeting + timedelta(days=chance.randrange(1, 10))
            closed = account.deal + timedelta(days=chance.randrange(10, 60))
            if closed < last and chance.random() < 0.9:
                account.closed, account.is_won = closed, chance.random() < 0.7


def subscribe(account: Account, chance: random.Random, won: datetime, last: datetime, scenario: str) -> None:
    """Give an account the subscription, or two, that a scenario tells."""
    start = (won + timedelta(days=chance.randrange(1, 6))).replace(hour=10, minute=0, second=0, microsecond=0)
    start = start.replace(day=min(start.day, 28))
    start = start if start > won else add_months(start, 1).replace(day=1)
    if scenario == "pause" and account.billing == "stripe":
        scenario = "plain"
    interval = "year" if scenario == "annual" else "month"
    key = f"sub_{account.number:05d}"
    subscription = Subscription(key, account.number, scenario, account.currency, interval, start, [])
    plan, quantity = chance.choice(["team", "scale"]), chance.randrange(1, 20)
    later = add_months(start, chance.randrange(3, 9))
    phases = [Phase(start, None, plan, quantity)]
    match scenario:
        case "upgrade":
            change = later + timedelta(days=10)
            phases = [Phase(start, change, plan, quantity), Phase(change, None, plan, quantity + 5)]
        case "swap":
            change = later + timedelta(days=12)
            phases = [Phase(start, change, "team", quantity), Phase(change, None, "scale", quantity)]
        case "coupon":
            subscription.discount, subscription.discount_to = 20, add_months(start, 3)
        case "free_month":
            subscription.discount, subscription.discount_to = 100, add_months(start, 1)
        case "trial":
            subscription.trial_start = start - timedelta(days=14)
        case "cancel_at_end":
            subscription.cancel_requested, subscription.end = later - timedelta(days=9), later
        case "cancel_now":
            subscription.cancel_requested = subscription.end = later + timedelta(days=7)
        case "unpaid":
            subscription.unpaid_from = later
        case "late_payer":
            subscription.late = (later, later + timedelta(days=75))
        case "back_again":
            subscription.cancel_requested, subscription.end = later - timedelta(days=9), later
            back = add_months(later, chance.choice([2, 3, 6]))
            if back < last:
                again = Phase(back, None, plan, quantity + 1)
                account.subscriptions.append(
                    Subscription(key + "b", account.number, "plain", account.currency, "month", back, [again])
                )
        case "pause":
            subscription.pause = (later, add_months(later, 2))
    subscription.phases = phases
    account.subscriptions.insert(0, subscription)


def net_annual(subscription: Subscription, at: datetime, keeps_past_due: bool = False) -> Decimal:
    """The net annual amount just before an instant: straight from what happened, from no invoice.

    Trials and pauses are 0; an unpaid subscription ends thirty days after its oldest unpaid invoice fell due. One that
    is paid late is 0 from those thirty days until the payment, unless the policy `keeps_past_due`.
    """
    before = at - timedelta(microseconds=1)
    ends = [
        subscription.end,
        subscription.unpaid_from + timedelta(days=30) if subscription.unpaid_from else None,
    ]
    if before < subscription.start or any(end is not None and before >= end for end in ends):
        return Decimal(0)
    if subscription.late and not keeps_past_due:
        due, paid = subscription.late
        if due + timedelta(days=30) <= before < paid:
            return Decimal(0)
    if subscription.pause and subscription.pause[0] <= before < subscription.pause[1]:
        return Decimal(0)
    phase = next(
        one for one in subscription.phases if one.start <= before and (one.end is None or before < one.end)
    )
    gross = annual(subscription, phase)
    if subscription.discount_to and before < subscription.discount_to:
        gross = gross * (100 - subscription.discount) / 100
    return gross


def mrr(annual_amount: Decimal) -> Decimal:
    return (annual_amount / 12).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def month_ends(last_night: datetime) -> list[tuple[str, datetime]]:
    """Each month of the simulation with the instant at which it is measured."""
    first = add_months(last_night.replace(day=1, hour=0, minute=0, second=0, microsecond=0), 1 - MONTHS)
    months = [add_months(first, count) for count in range(MONTHS)]
    return [
        (f"{month:%Y-%m-%d}", min(add_months(month, 1), last_night + timedelta(microseconds=1)))
        for month in months
    ]
