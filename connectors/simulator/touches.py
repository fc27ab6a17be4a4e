"""How people came to the demo company: page views in Segment, form fills and e-mail events in Encharge, with their marks.

Each account has a path of touches of its own chance, so that nothing else of the world changes with it.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.simulator.ads import CAMPAIGNS, Campaign
from connectors.simulator.tools import csv_text
from connectors.simulator.world import MONTHS, Account, Person

SITE = "segment@website"
COUNTED = ("page_view", "form_submit", "email_click")
EVENT_TYPES = {"form_submit": "formSubmitted", "email_click": "emailClicked", "email_open": "emailOpened"}
# how a source is written by those who do not look it up
MISSPELT = {
    "google": ("Google", "google ", "adwords", "GOOGLE"), "facebook": ("fb", "Facebook", "facebook.com"),
    "linkedin": ("LinkedIn", "linkedin.com"), "newsletter": ("Newsletter", "news letter"), "encharge": ("Encharge",),
    "partner": ("Partner", "partners"),
}  # fmt: skip
MEDIUM_MISSPELT = {
    "cpc": ("CPC", "ppc"),
    "paid_social": ("paid-social", "Paid Social"),
    "email": ("e-mail", "Email"),
}
PLACEHOLDER = "{{campaign.name}}"


@dataclass(frozen=True)
class Touch:
    """One thing that one person did; the marks are as the link had them, `campaign` is what it truly was."""

    account: Account
    person: Person
    at: datetime
    kind: str
    campaign: Campaign | None
    source: str
    medium: str
    mark: str
    number: int

    @property
    def key(self) -> str:
        return f"{'pv' if self.kind == 'page_view' else 'evt'}-{self.account.number:05d}-{self.number:02d}"

    @property
    def is_counted(self) -> bool:
        """Whether it says that marketing reached somebody: not for an opened e-mail, nor a visit without marks."""
        return self.kind in COUNTED and self.campaign is not None

    @property
    def is_misspelt(self) -> bool:
        """Whether an export shows marks that are not the right ones; the load trims every cell."""
        right = self.campaign
        return right is not None and (self.source.strip(), self.medium, self.mark) != (
            right.source,
            right.medium,
            right.mark,
        )


def paths(world: list[Account], seed: int, end: datetime, clean: bool) -> list[Touch]:
    """All touches up to the last night, per account in the order of time; every tenth account or so has none."""
    return [
        touch
        for account in world
        if account.is_in_crm
        for touch in path(account, random.Random(f"{seed}-{account.number}-touches"), clean)
        if touch.at <= end
    ]


def path(account: Account, chance: random.Random, clean: bool) -> list[Touch]:
    """Visits before the account was known, the form that made it known, then e-mails and visits until the deal and after."""
    if chance.random() < 0.1:
        return []
    first = account.people[0]
    planned: list[tuple[datetime, Person, str]] = [
        (moment(account.created, chance, -130 if chance.random() < 0.2 else -45, 0), first, "page_view")
        for _ in range(chance.randrange(0, 4))
    ]
    if chance.random() < 0.85:
        planned.append((account.created, first, "form_submit"))
    last = account.deal or account.created + timedelta(days=30)
    for person in account.people:
        days = max((last - person.created).days, 1)
        for _ in range(chance.randrange(0, 3)):
            kind = chance.choice(
                ["page_view", "email_click", "email_open"] if person is first else ["page_view"]
            )
            planned.append((moment(person.created, chance, 0, days), person, kind))
    if chance.random() < 0.3:
        planned.append((moment(last, chance, 2, 40), first, "page_view"))
    touches: list[Touch] = []
    taken = {account.deal, account.closed}
    for at, person, kind in sorted(planned, key=lambda one: one[0]):
        while at in taken:
            at += timedelta(seconds=1)
        taken.add(at)
        touches.append(touch_of(account, person, at, kind, len(touches), chance, clean))
    return touches


def moment(base: datetime, chance: random.Random, low: int, high: int) -> datetime:
    return base + timedelta(days=chance.randrange(low, high), hours=chance.randrange(1, 12), seconds=chance.randrange(1, 3600))  # fmt: skip


def touch_of(
    account: Account, person: Person, at: datetime, kind: str, number: int, chance: random.Random, clean: bool
) -> Touch:
    """A touch with a campaign that fits its kind, its marks misspelt now and then where the company is not clean."""
    mails = kind.startswith("email")
    campaign = chance.choice([one for one in CAMPAIGNS if (one.channel == "email") == mails])
    if kind == "page_view" and chance.random() < 0.15:
        return Touch(account, person, at, kind, None, "", "", "", number)
    source, medium, mark = campaign.source, campaign.medium, campaign.mark
    wrong = chance.random()
    if not clean and wrong < 0.2:
        source = chance.choice(MISSPELT[source])
    elif not clean and wrong < 0.25:
        medium = chance.choice(MEDIUM_MISSPELT.get(medium, (medium.upper(),)))
    elif not clean and wrong < 0.3:
        mark = chance.choice([campaign.name, mark.replace("_", "-")])
    elif not clean and wrong < 0.32:
        mark = PLACEHOLDER
    return Touch(account, person, at, kind, campaign, source, medium, mark, number)


@dataclass(frozen=True)
class Stranger:
    """A visit of somebody who never says who he is."""

    at: datetime
    campaign: Campaign
    number: int

    @property
    def key(self) -> str:
        return f"pv-stranger-{self.number:04d}"


def strangers(seed: int, end: datetime) -> list[Stranger]:
    """Somebody comes from some campaign every fifth day, to the very end."""
    chance = random.Random(f"{seed}-strangers")
    seen = [one for one in CAMPAIGNS if one.channel != "email"]
    count = MONTHS * 6
    days = [end - timedelta(days=5 * (count - number)) for number in range(count)]
    return [
        Stranger(
            day.replace(microsecond=0) - timedelta(seconds=chance.randrange(1, 80000)),
            seen[number % len(seen)],
            number,
        )
        for number, day in enumerate(days)
    ]


def user_id(person: Person) -> str:
    """Who a person is on the website."""
    return f"web-{person.key:08d}"


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.000Z}"


def touch_files(
    touches: list[Touch],
    unknown: list[Stranger],
    world: list[Account],
    night: str,
    cut: datetime,
    since: datetime | None,
) -> dict[str, bytes]:
    """The night's new page views, identify calls and Encharge events, by path below exports/."""

    def is_new(at: datetime) -> bool:
        return at <= cut and (since is None or at > since)

    known = [one for account in world if account.is_in_crm for one in account.people if is_new(one.created)]
    rows = {
        f"{SITE}/{night}/pages.jsonl": [page(one) for one in touches if one.kind == "page_view" and is_new(one.at)]
        + [stranger_page(one) for one in unknown if is_new(one.at)],
        f"{SITE}/{night}/identifies.jsonl": [
            {"messageId": f"id-{one.key}", "type": "identify", "userId": user_id(one), "traits": {"email": one.email}, "timestamp": stamp(one.created)}
            for one in known
        ],
        f"encharge/{night}/events.jsonl": [event(one) for one in touches if one.kind != "page_view" and is_new(one.at)],
    }  # fmt: skip
    return {path: lines(found) for path, found in rows.items() if found}


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def page(touch: Touch) -> dict[str, Any]:
    """A Segment page call; without a campaign the key is not there at all."""
    marks = {"campaign": {"source": touch.source, "medium": touch.medium, "name": touch.mark}} if touch.campaign else {}  # fmt: skip
    context = {"page": {"url": "https://www.onefunnel-demo.com/product"}, **marks}
    return {"messageId": touch.key, "type": "page", "userId": user_id(touch.person), "context": context, "timestamp": stamp(touch.at)}  # fmt: skip


def stranger_page(one: Stranger) -> dict[str, Any]:
    """A Segment page call before anybody was identified: there is no user, only a browser."""
    marks = {"source": one.campaign.source, "medium": one.campaign.medium, "name": one.campaign.mark}
    context = {"page": {"url": "https://www.onefunnel-demo.com/"}, "campaign": marks}
    return {"messageId": one.key, "type": "page", "anonymousId": f"browser-{one.number}", "context": context, "timestamp": stamp(one.at)}  # fmt: skip


def event(touch: Touch) -> dict[str, Any]:
    """What Encharge sends to a webhook when a person opens, clicks or fills in a form."""
    payload = {"utmSource": touch.source, "utmMedium": touch.medium, "utmCampaign": touch.mark, "url": "https://www.onefunnel-demo.com/demo"}  # fmt: skip
    person = {"id": f"enc-{touch.person.key:08d}", "email": touch.person.email}
    return {"id": touch.key, "eventType": EVENT_TYPES[touch.kind], "createdAt": stamp(touch.at), "eventPayload": payload, "endUserData": [person]}  # fmt: skip


def target_accounts(world: list[Account]) -> list[Account]:
    """The companies that marketing wants: every seventh with a domain, known to a CRM or not yet."""
    return [one for one in world if one.domain and one.number % 7 == 3]


def target_file(world: list[Account], night: str) -> dict[str, bytes]:
    rows = [{"domain": one.domain, "name": one.name, "tier": one.number % 3 + 1} for one in target_accounts(world)]  # fmt: skip
    rows += [
        {"domain": f"wanted-{number}.example.org", "name": f"Wanted {number}", "tier": 1}
        for number in range(3)
    ]
    return {f"company/{night}/target_accounts.csv": csv_text(rows)}
