"""The demo company's support: tickets as Zendesk and Intercom export them. European customers write to one, others to the other."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.simulator.tools import Rows, contact_id, known, minute
from connectors.simulator.world import Account, Person

# Minutes within which a ticket of each priority is to be answered.
TARGETS = {"urgent": 60, "high": 240, "normal": 480, "low": 1440}
RATINGS = {"good": 5, "bad": 1}


@dataclass(frozen=True)
class Ticket:
    key: int
    person: Person
    created: datetime
    replied: datetime | None
    solved: datetime | None
    priority: str
    csat: str | None

    def is_in_time(self, now: datetime) -> bool | None:
        """Whether the first reply came within the target of the priority; None while that is open."""
        due = self.created + timedelta(minutes=TARGETS[self.priority])
        if self.replied and self.replied <= now:
            return self.replied <= due
        return False if due < now else None


def tickets_of(account: Account, chance: random.Random, end: datetime) -> list[Ticket]:
    """A customer's tickets, oldest first, in whole minutes."""
    if not account.subscriptions or not account.is_in_crm:
        return []
    start = account.subscriptions[0].start
    last = min(account.subscriptions[-1].end or end, end)
    span = int((last - start).total_seconds() // 60)
    if span <= 0:
        return []
    found = []
    for place, after in enumerate(sorted(chance.randrange(span) for _ in range(chance.randrange(7)))):
        created = start + timedelta(minutes=after)
        priority = chance.choice(["urgent", "high", "normal", "normal", "low"])
        waited = chance.choice([3, 12, 25, 45, 60, 90, 200, 240, 400, 900, 2000])
        replied = created + timedelta(minutes=waited)
        solved = replied + timedelta(minutes=chance.choice([5, 60, 300, 1440, 4000, 10000]))
        csat = chance.choice(["good", "good", "good", "bad"]) if chance.random() < 0.4 else None
        is_closed = chance.random() < 0.92
        key = account.number * 10 + place
        found.append(
            Ticket(
                key,
                chance.choice(account.people[:1] + [one for one in account.people if one.created <= created]),
                created,
                replied if is_closed or chance.random() < 0.5 else None,
                solved if is_closed else None,
                priority,
                csat if is_closed else None,
            )
        )
    return found


def is_zendesk(account: Account) -> bool:
    return account.billing == "chargebee"


def zendesk(accounts: list[Account], tickets: dict[int, list[Ticket]], cut: datetime) -> Rows:
    """The tickets export; a colleague's own ticket is among them."""
    rows = [
        zendesk_row(one, f"{one.person.first} {one.person.last}", one.person.email, account.name, cut)
        for account in accounts
        if is_zendesk(account)
        for one in tickets[account.number]
        if one.created <= cut
    ]
    inside = datetime(2026, 1, 8, 9, 30, tzinfo=cut.tzinfo)
    if inside <= cut:
        colleague = Person(-1, "Billie", "Marsh", "billie@onefunnel-demo.com", inside)
        own = Ticket(-1, colleague, inside, inside + timedelta(days=9), None, "urgent", None)
        rows.append(zendesk_row(own, "Billie Marsh", colleague.email, "", cut))
    return rows


def zendesk_row(one: Ticket, requester: str, email: str, organisation: str, cut: datetime) -> dict[str, Any]:
    replied, solved = known(one.replied, cut), known(one.solved, cut)
    updated = solved or replied or one.created
    return {
        "Summation column": 1, "Id": 5000000 + one.key, "Requester": requester, "Requester id": 4000000 + one.person.key,
        "Requester external id": "", "Requester email": email, "Requester domain": email.split("@")[1], "Subject": "Help with a report",
        "Tags": "", "Status": "Solved" if solved else "Open" if replied else "New", "Priority": one.priority.title(), "Via": "Mail",
        "Ticket type": "Question", "Created at": minute(one.created), "Updated at": minute(updated), "Organization": organisation,
        "Solved at": minute(solved), "Satisfaction Score": one.csat.title() if solved and one.csat else "Offered" if solved else "Not Offered",
        "Replies": 1 if replied else 0,
        "First reply time in minutes": int((replied - one.created).total_seconds() // 60) if replied else "",
    }  # fmt: skip


def intercom(
    accounts: list[Account], tickets: dict[int, list[Ticket]], cut: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Conversations and contacts, as the API answers."""
    conversations, contacts = [], {}
    for account in accounts:
        for one in [] if is_zendesk(account) else tickets[account.number]:
            if one.created > cut:
                continue
            contact = f"ic-{contact_id(one.person)}"
            contacts[contact] = {
                "type": "contact", "id": contact, "external_id": None, "role": "user", "email": one.person.email, "phone": None,
                "name": f"{one.person.first} {one.person.last}", "created_at": epoch(one.person.created),
            }  # fmt: skip
            conversations.append(conversation(one, contact, cut))
    return {"type": "conversation.list", "conversations": conversations}, {
        "type": "list",
        "data": list(contacts.values()),
    }


def conversation(one: Ticket, contact: str, cut: datetime) -> dict[str, Any]:
    replied, solved = known(one.replied, cut), known(one.solved, cut)
    in_time = one.is_in_time(cut)
    return {
        "type": "conversation", "id": str(215000000000 + one.key), "created_at": epoch(one.created),
        "updated_at": epoch(solved or replied or one.created),
        "source": {"type": "conversation", "author": {"type": "user", "id": contact, "email": one.person.email}},
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": contact}]},
        "state": "closed" if solved else "open", "priority": "priority" if one.priority in ("urgent", "high") else "not_priority",
        "sla_applied": {"sla_name": one.priority, "sla_status": "active" if in_time is None else "hit" if in_time else "missed"},
        "statistics": {"first_admin_reply_at": epoch(replied), "last_close_at": epoch(solved)},
        "conversation_rating": {"rating": RATINGS[one.csat]} if solved and one.csat else None,
    }  # fmt: skip


def epoch(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None
