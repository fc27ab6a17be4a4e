"""How the demo company's people handled leads and customers: assignments, calls, e-mails, and meetings that fell through."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.simulator.tools import (
    OWNERS,
    Rows,
    contact_id,
    deal_id,
    iso,
    known,
    minute,
    sf_id,
    twelve,
)
from connectors.simulator.world import Account, Person, net_annual

# After the six who own accounts: two managers, two of customer success, one who has left.
STAFF = (*OWNERS, "Gale Moor", "Harper Quist", "Indra Sol", "Jules Roy", "Morgan Hale")
GALE, HARPER, INDRA, JULES, MORGAN = range(6, 11)
SUCCESS = (INDRA, JULES)
TEAMS = dict.fromkeys(range(3), "Sales East") | dict.fromkeys(range(3, 6), "Sales West")
TEAMS |= {
    GALE: "Sales",
    HARPER: "Executive",
    INDRA: "Customer Success",
    JULES: "Customer Success",
    MORGAN: "Sales West",
}
MANAGERS = dict.fromkeys((*range(6), MORGAN), GALE) | dict.fromkeys((GALE, *SUCCESS), HARPER)
LEFT_BEFORE = timedelta(days=300)


@dataclass(frozen=True)
class Activity:
    """One call or e-mail; `is_automatic` was sent by no human, `is_inbound` came from the customer."""

    key: int
    person: Person
    at: datetime
    owner: int
    kind: str
    subject: str
    is_automatic: bool = False
    is_inbound: bool = False


@dataclass(frozen=True)
class Lead:
    """When a lead was given to somebody and first spoken to by a human."""

    person: Person
    assigned: datetime | None
    touched: datetime | None


@dataclass
class Handling:
    leads: list[Lead] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    kickoff: datetime | None = None


def staff_email(number: int) -> str:
    return f"{STAFF[number].split()[0].lower()}@onefunnel-demo.com"


def handle(account: Account, chance: random.Random, end: datetime) -> Handling:
    """What sales and customer success did for an account; self-serve customers come and go by themselves."""
    found = Handling()
    if account.is_self_serve or not account.is_in_crm:
        return found
    found.leads = take_leads(account, chance)
    place = account.number * 100
    for lead in found.leads:
        created = lead.person.created
        caller = MORGAN if account.owner == 5 and created < end - LEFT_BEFORE else account.owner
        if lead.person is account.people[0]:
            found.activities.append(
                Activity(
                    place,
                    lead.person,
                    created + timedelta(minutes=1),
                    account.owner,
                    "email",
                    "Automatic reply: we got your request",
                    is_automatic=True,
                )
            )
            if chance.random() < 0.3:
                found.activities.append(
                    Activity(
                        place + 1,
                        lead.person,
                        created + timedelta(minutes=2),
                        account.owner,
                        "email",
                        "Re: question about prices",
                        is_inbound=True,
                    )
                )
        if lead.touched:
            kind = chance.choice(["call", "email"])
            found.activities.append(
                Activity(place + 2, lead.person, lead.touched, caller, kind, "First contact")
            )
        place += 5
    look_after(account, found, chance, end)
    return found  # fmt: skip


def take_leads(account: Account, chance: random.Random) -> list[Lead]:
    """Each lead with both clocks, in whole minutes. Who met us was spoken to before; others are sometimes forgotten.

    Salesforce's contacts beyond the first never were leads there.
    """
    first = account.people[0]
    start = account.mql if account.mql and account.crm == "hubspot" else account.created
    routing = chance.choice([*range(5), *range(5), *range(5), 9, 14, 15, 40, 59, 60, 240])
    rep = chance.choice([*range(1, 6), *range(1, 6), 7, 12, 15, 16, 33, 59, 60, 61, 180, 500])
    fate = chance.random()
    assigned: datetime | None = start + timedelta(minutes=routing)
    touched: datetime | None = start + timedelta(minutes=routing + rep)
    if not account.meeting:
        assigned = None if fate < 0.04 else assigned
        touched = None if fate < 0.2 else touched
    leads = [Lead(first, assigned, touched)]
    for person in account.people[1:] if account.crm == "hubspot" else []:
        if touched is None:
            leads.append(Lead(person, None, None))
            continue
        given = max(person.created, touched) + timedelta(minutes=chance.randrange(1, 90))
        spoken = None if chance.random() < 0.2 else given + timedelta(minutes=chance.randrange(1, 300))
        leads.append(Lead(person, given, spoken))
    return leads


def look_after(account: Account, found: Handling, chance: random.Random, end: datetime) -> None:
    """A kick-off after the win and a call now and then, while the account pays."""
    if not (account.is_won and account.closed and account.subscriptions):
        return
    person, owner = account.people[0], SUCCESS[account.number % 2]
    place = account.number * 100 + 20
    if chance.random() < 0.88:
        found.kickoff = account.closed + timedelta(minutes=chance.randrange(240, 12 * 1440))
        found.activities.append(Activity(place, person, found.kickoff, owner, "call", "Kick-off"))
    if chance.random() < 0.2:
        return
    call = account.closed + timedelta(days=chance.randrange(45, 80))
    while call <= end and place < account.number * 100 + 90:
        place += 1
        if sum((net_annual(one, call) for one in account.subscriptions), Decimal(0)) > 0:
            kind = chance.choice(["call", "call", "email"])
            found.activities.append(Activity(place, person, call, owner, kind, "How are things"))
        call += timedelta(days=chance.randrange(45, 110), minutes=chance.randrange(60))


def add_assignments(contacts: Rows, handled: dict[int, Handling], cut: datetime) -> None:
    """HubSpot's "Owner Assigned Date" for each contact row; a double has that of its original."""
    dates = {
        contact_id(lead.person): known(lead.assigned, cut) for one in handled.values() for lead in one.leads
    }
    firsts = {
        str(8000000 + number): contact_id(one.leads[0].person) for number, one in handled.items() if one.leads
    }
    for row in contacts:
        key = row["Record ID"]
        row["Owner Assigned Date"] = minute(dates.get(firsts.get(key) or key))


def hubspot_activities(
    accounts: list[Account], handled: dict[int, Handling], cut: datetime
) -> dict[str, Rows]:
    """The exports of calls and e-mails, as the user interface writes them."""
    calls: Rows = []
    emails: Rows = []
    for account in accounts:
        for one in handled[account.number].activities if account.crm == "hubspot" else []:
            if one.at > cut:
                continue
            common = {
                "Activity assigned to": STAFF[one.owner],
                "Associated Contact IDs": contact_id(one.person),
                "Associated Deal IDs": deal_id(account) if known(account.deal, one.at) else "",
            }
            if one.kind == "call":
                calls.append({
                    "Record ID": str(30000000 + one.key), "Activity date": minute(one.at), "Call title": one.subject, "Call notes": "",
                    "Call outcome": "Connected", "Call status": "Completed", "Call direction": "Outbound", **common,
                })  # fmt: skip
            else:
                emails.append({
                    "Record ID": str(60000000 + one.key), "Activity date": minute(one.at), "Email subject": one.subject,
                    "Email direction": "Incoming email" if one.is_inbound else "Email", "Email send status": "Sent",
                    "Record source": "Automation platform" if one.is_automatic else "CRM UI", **common,
                })  # fmt: skip
    return {"calls": calls, "emails": emails}


def salesforce_activities(
    accounts: list[Account], handled: dict[int, Handling], cut: datetime
) -> dict[str, Rows]:
    """Task, LeadHistory and User of a Data Export."""
    tasks: Rows = []
    history: Rows = []
    for account in accounts:
        if account.crm != "salesforce":
            continue
        for one in handled[account.number].activities:
            if one.at <= cut:
                tasks.append({
                    "Id": sf_id("00T", one.key), "WhoId": sf_id("003", one.person.key), "WhatId": "", "Subject": one.subject,
                    "ActivityDate": f"{one.at:%Y-%m-%d}", "Status": "Completed", "OwnerId": sf_id("005", one.owner), "IsDeleted": "false",
                    "AccountId": sf_id("001", account.number), "CallType": ("" if one.kind == "email" and not one.is_inbound else "Inbound" if one.is_inbound else "Outbound"),
                    "TaskSubtype": "Call" if one.kind == "call" else "Email", "CreatedDate": iso(one.at), "CompletedDateTime": iso(one.at),
                })  # fmt: skip
        for lead in handled[account.number].leads:
            if lead.assigned and lead.assigned <= cut:
                history.append({
                    "Id": sf_id("017", account.number), "IsDeleted": "false", "LeadId": sf_id("00Q", account.number), "Field": "Owner",
                    "OldValue": "Inbound queue", "NewValue": sf_id("005", account.owner), "CreatedDate": iso(lead.assigned),
                })  # fmt: skip
    users = [
        {
            "Id": sf_id("005", number), "Name": name, "Email": staff_email(number), "Department": TEAMS[number],
            "ManagerId": sf_id("005", MANAGERS[number]) if number in MANAGERS else "", "IsActive": str(number != MORGAN).lower(),
        }
        for number, name in enumerate(STAFF)
    ]  # fmt: skip
    return {"Task": tasks, "LeadHistory": history, "User": users}


def hubspot_owners() -> dict[str, Any]:
    """The answer of HubSpot's owners API; it knows teams, but no manager."""
    return {
        "results": [
            {
                "id": str(number), "email": staff_email(number), "firstName": name.split()[0], "lastName": name.split()[1],
                "archived": number == MORGAN, "teams": [{"id": str(len(TEAMS[number])), "name": TEAMS[number], "primary": True}],
            }
            for number, name in enumerate(STAFF)
        ]
    }  # fmt: skip


def quotas(cut: datetime, accounts: int) -> Rows:
    """What each seller is to win in each month of the year; no tool of the demo company has it."""
    return [
        {"owner_email": staff_email(number), "period_start": f"{cut.year}-{month:02d}-01", "quota": accounts * (30 + 2 * number), "currency": "EUR", "territory": "Americas" if number < 3 else "Europe and Asia"}
        for number in range(6)
        for month in range(1, 13)
    ]  # fmt: skip


def missed_meetings(accounts: list[Account], cut: datetime) -> tuple[Rows, dict[str, Any]]:
    """Bookings before the meeting that was held: no-shows and cancellations as the export has them, moved ones as the API has them."""
    rows: Rows = []
    moved: Rows = []
    for account in accounts:
        if not account.meeting or not account.is_in_crm or account.number % 10 not in (3, 5, 7):
            continue
        booked, starts = account.meeting - timedelta(days=2), account.meeting - timedelta(days=1)
        if booked > cut:
            continue
        person, number = account.people[0], account.number
        if number % 10 == 7:
            moved.append({
                "uri": f"https://api.calendly.com/scheduled_events/ev-{number}a/invitees/inv-{number}a", "event": f"https://api.calendly.com/scheduled_events/ev-{number}a",
                "name": f"{person.first} {person.last}", "email": person.email, "status": "canceled", "rescheduled": True, "created_at": iso(booked),
                "scheduled_event": {"start_time": iso(starts)}, "no_show": None, "tracking": {"utm_source": "google", "salesforce_uuid": None},
            })  # fmt: skip
            continue
        rows.append({
            "User Name": OWNERS[account.owner], "Team": "", "Invitee Name": f"{person.first} {person.last}", "Invitee Email": person.email,
            "Event Type Name": "Discovery call", "Start Date & Time": twelve(starts), "End Date & Time": twelve(starts + timedelta(minutes=30)),
            "Event Created Date & Time": twelve(booked), "Canceled": "true" if number % 10 == 5 else "false", "Question 1": "What brings you?",
            "Response 1": "", "UTM Source": "google", "Marked as No-Show": "Yes" if number % 10 == 3 and starts <= cut else "",
            "User Email": staff_email(account.owner), "Event UUID": f"ev-{number}a", "Invitee UUID": f"inv-{number}a",
        })  # fmt: skip
    return rows, {"collection": moved}
