"""How the demo company's customers use the product, as Segment, PostHog and Mixpanel export it; each account is in one."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.simulator.tools import iso
from connectors.simulator.world import Account, Subscription

TOOLS = ("segment", "posthog", "mixpanel")
SIGN_UP = "Signed Up"
EARLY = ("Project Created", "Data Imported", "Teammate Invited", "Report Shared")
# What the company calls activated: so many different things done within so many days of sign-up.
ACTIVATING, WINDOW = 3, timedelta(days=14)
FEATURES = ("Dashboard Opened", "Report Viewed", "Export Run", "Alert Created", "API Called")
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Event:
    user: int
    name: str
    at: datetime


@dataclass
class Use:
    """All events of an account, oldest first, and the addresses of its users."""

    emails: list[str]
    events: list[Event] = field(default_factory=list)

    @property
    def signed_up(self) -> datetime | None:
        return next((one.at for one in self.events if one.name == SIGN_UP), None)

    def activated(self, end: datetime) -> datetime | None:
        """When the third different thing was done, if within the window."""
        start = self.signed_up
        if start is None:
            return None
        firsts: dict[str, datetime] = {}
        for one in self.events:
            if one.name != SIGN_UP and start <= one.at < start + WINDOW and one.at <= end:
                firsts.setdefault(one.name, one.at)
        done = sorted(firsts.values())
        return done[ACTIVATING - 1] if len(done) >= ACTIVATING else None

    def is_silent(self, end: datetime) -> bool | None:
        """No event after the day of sign-up for fourteen days; None while that is open."""
        start = self.signed_up
        if start is None:
            return None
        if any(
            one.at.date() > start.date() and one.at < start + WINDOW and one.at <= end for one in self.events
        ):
            return False
        return True if start + WINDOW <= end else None

    def seats_used(self, end: datetime) -> int:
        """Users with an event in the last thirty days."""
        return len({one.user for one in self.events if end - RECENT < one.at <= end})


def use_of(account: Account, chance: random.Random, end: datetime, clean: bool) -> Use:
    """Sign-up with the first subscription, early actions, a habit or none, and today's seats."""
    use = Use([account.people[0].email])
    if not account.is_in_crm or not (account.is_self_serve or account.subscriptions):
        return use
    first = account.subscriptions[0] if account.subscriptions else None
    start = account.created if account.is_self_serve or first is None else first.trial_start or first.start
    start += timedelta(minutes=chance.randrange(5, 300))
    use.events.append(Event(0, SIGN_UP, start))
    if chance.random() < 0.15:
        use.events += [Event(0, EARLY[0], start + timedelta(minutes=4))] if chance.random() < 0.5 else []
        return kept(use, end)
    begin(use, chance, start)
    last = account.subscriptions[-1].end if account.subscriptions else start + timedelta(days=40)
    if last and account.subscriptions and not clean and chance.random() < 0.1:
        last = None  # the contract is over, the use is not
    invited = any(one.name == "Teammate Invited" for one in use.events)
    if chance.random() > (0.92 if invited else 0.45):
        last = start + timedelta(days=chance.randrange(15, 29))
    work(use, chance, start, last or end)
    # where the CRM knows no domain of the company, no export would tell whose colleagues they are
    is_told = account.domain and not (account.crm == "hubspot" and account.number % 9 == 0)
    if is_told and first and last is None:
        take_seats(use, account, account.subscriptions[-1], chance, end, clean)
    return kept(use, end)


def kept(use: Use, end: datetime) -> Use:
    use.events = sorted((one for one in use.events if one.at <= end), key=lambda one: (one.at, one.user))
    return use


def begin(use: Use, chance: random.Random, start: datetime) -> None:
    """The early actions, most of them in the first days, some of them too late."""
    for action, odds in zip(EARLY, (0.9, 0.6, 0.6, 0.4), strict=True):
        if chance.random() < odds:
            after = chance.choice([0, 1, 1, 2, 3, 5, 9, 13, 20])
            use.events.append(
                Event(0, action, start + timedelta(days=after, minutes=chance.randrange(10, 60)))
            )
    use.events.append(Event(0, FEATURES[0], start + timedelta(days=chance.choice([1, 1, 2, 4]))))


def work(use: Use, chance: random.Random, start: datetime, last: datetime) -> None:
    """A session every week or two, of some of the features."""
    usual = chance.sample(FEATURES, chance.randrange(1, len(FEATURES)))
    at = start + timedelta(days=chance.randrange(5, 9))
    while at < last:
        for place, feature in enumerate(chance.sample(usual, chance.randrange(1, len(usual) + 1))):
            use.events.append(Event(0, feature, at + timedelta(minutes=place)))
        at += timedelta(days=chance.randrange(6, 13), minutes=chance.randrange(400))


def take_seats(
    use: Use, account: Account, subscription: Subscription, chance: random.Random, end: datetime, clean: bool
) -> None:
    """Colleagues who were active in the last weeks; a few accounts have more of them than they pay for."""
    paid = subscription.phases[-1].quantity
    seats = max(1, round(paid * chance.choice([0.3, 0.6, 0.8, 1, 1])))
    more = chance.random() < 0.06
    if more and not clean:
        seats = paid + chance.randrange(1, 4)
    for seat in range(1, seats):
        use.emails.append(f"seat{seat}.{account.number}@{account.domain}")
        # some minutes apart, so that all are within the thirty days whatever the hour
        use.events.append(
            Event(seat, chance.choice(FEATURES), end - timedelta(days=chance.randrange(20), minutes=seat))
        )


def tool_of(account: Account) -> str:
    return TOOLS[account.number % 3]


def exports(
    accounts: list[Account], uses: dict[int, Use], after: datetime | None, cut: datetime
) -> dict[str, bytes]:
    """The night's events (those after the night before), and all users known by then, by path without the night."""
    lines: dict[str, list[str]] = {path: [] for path in PATHS}
    for account in accounts:
        use, tool = uses[account.number], tool_of(account)
        since: dict[int, datetime] = {}
        for place, event in enumerate(use.events):
            if event.at > cut:
                break
            since.setdefault(event.user, event.at)
            if after is None or event.at > after:
                lines[f"{tool}/{EVENT_FILES[tool]}"].append(event_line(tool, account, place, event))
        for user, first in since.items():
            lines[f"{tool}/{USER_FILES[tool]}"].append(
                user_line(tool, account, user, use.emails[user], first)
            )
    return {
        path: "".join(f"{line}\n" for line in found).encode()
        if path.endswith("jsonl")
        else f'{{"results": [{",".join(found)}]}}'.encode()
        for path, found in lines.items()
        if found
    }


EVENT_FILES = {"segment": "tracks.jsonl", "posthog": "events.jsonl", "mixpanel": "events.jsonl"}
USER_FILES = {"segment": "identifies.jsonl", "posthog": "persons.json", "mixpanel": "profiles.jsonl"}
PATHS = tuple(f"{tool}/{files[tool]}" for tool in TOOLS for files in (EVENT_FILES, USER_FILES))


def user_key(tool: str, account: Account, user: int) -> str:
    return f"{tool[:2]}-{account.number}-{user}"


def event_line(tool: str, account: Account, place: int, event: Event) -> str:
    who, key = user_key(tool, account, event.user), f"{tool[:2]}e-{account.number}-{place}"
    if tool == "segment":
        return json.dumps(
            {
                "messageId": key,
                "type": "track",
                "event": event.name,
                "userId": who,
                "context": {"library": {"name": "analytics.js"}},
                "timestamp": iso(event.at),
            }
        )
    if tool == "posthog":
        return json.dumps(
            {
                "uuid": key,
                "event": event.name.lower().replace(" ", "_"),
                "distinct_id": who,
                "properties": {"$lib": "web"},
                "timestamp": iso(event.at),
            }
        )
    properties = {"time": int(event.at.timestamp()), "distinct_id": who, "$insert_id": key}
    return json.dumps({"event": event.name.capitalize(), "properties": properties})  # fmt: skip


def user_line(tool: str, account: Account, user: int, email: str, first: datetime) -> str:
    key = user_key(tool, account, user)
    if tool == "segment":
        return json.dumps(
            {
                "messageId": f"id-{key}",
                "type": "identify",
                "userId": key,
                "traits": {"email": email},
                "timestamp": iso(first),
            }
        )
    if tool == "posthog":
        return json.dumps(
            {"id": key, "distinct_ids": [key], "properties": {"email": email}, "created_at": iso(first)}
        )
    return json.dumps({"$distinct_id": key, "$properties": {"$email": email, "$created": f"{first:%Y-%m-%dT%H:%M:%S}"}})  # fmt: skip
