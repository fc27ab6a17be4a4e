"""What sales, support and product saw of the demo company: observed once, exported night by night, told in the truth."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.simulator import activities, deal_lines, groups, product, support
from connectors.simulator.activities import Handling
from connectors.simulator.product import Use
from connectors.simulator.support import Ticket
from connectors.simulator.tools import contact_id, csv_text, sf_id
from connectors.simulator.world import Account

OPENS, CLOSES = 9, 17


@dataclass(frozen=True)
class Observed:
    """By account number."""

    handled: dict[int, Handling]
    tickets: dict[int, list[Ticket]]
    uses: dict[int, Use]
    parents: dict[int, int]


def observe(world: list[Account], seed: int, end: datetime, clean: bool) -> Observed:
    """All that happened, each part from a chance of its own, so that none moves another."""

    def chance(account: Account, topic: str) -> random.Random:
        return random.Random(f"{seed}-{account.number}-{topic}")

    return Observed(
        {one.number: activities.handle(one, chance(one, "activities"), end) for one in world},
        {one.number: support.tickets_of(one, chance(one, "support"), end) for one in world},
        {one.number: product.use_of(one, chance(one, "product"), end, clean) for one in world},
        groups.parents(world, chance),
    )


def night_files(
    world: list[Account], seen: Observed, day: str, after: datetime | None, cut: datetime
) -> dict[str, bytes]:
    """The night's files by path below exports/."""
    hubspot = activities.hubspot_activities(world, seen.handled, cut)
    hubspot["line-items"] = deal_lines.hubspot_lines(world, cut)
    conversations, contacts = support.intercom(world, seen.tickets, cut)
    _, moved = activities.missed_meetings(world, cut)
    files = {
        f"hubspot/{day}/hubspot-crm-exports-all-{name}-{day}.csv": csv_text(rows)
        for name, rows in hubspot.items()
        if rows
    }
    files[f"hubspot/{day}/owners.json"] = json.dumps(activities.hubspot_owners()).encode()
    files[f"calendly/{day}/invitees.json"] = json.dumps(moved).encode()
    files[f"company/{day}/quotas.csv"] = csv_text(
        activities.quotas(cut, len(world)), quoting=csv.QUOTE_MINIMAL
    )
    if tickets := support.zendesk(world, seen.tickets, cut):
        files[f"zendesk/{day}/tickets.csv"] = csv_text(tickets, quoting=csv.QUOTE_MINIMAL)
    files[f"intercom/{day}/conversations.json"] = json.dumps(conversations).encode()
    files[f"intercom/{day}/contacts.json"] = json.dumps(contacts).encode()
    for path, content in product.exports(world, seen.uses, after, cut).items():
        tool, name = path.split("/")
        files[f"{tool}/{day}/{name}"] = content
    return files


def write_truth(folder: Path, world: list[Account], seen: Observed, end: datetime) -> None:
    """speed_to_lead.csv, activation.csv, silent_signups.csv, seats.csv, customer_touches.csv and tickets.csv."""
    tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {
        "speed_to_lead": (
            [*RECORD, "created_at", "assigned_at", "touched_at", "routing_minutes", "rep_minutes", "rep_business_minutes"],
            [row for one in world for row in lead_rows(one, seen.handled[one.number], end)],
        ),
        "activation": (
            ["true_id", "signed_up_at", "activated_at"],
            [(one.true_id, stamp(use.signed_up), stamp(use.activated(end))) for one in world if (use := seen.uses[one.number]).signed_up],
        ),
        "silent_signups": (
            ["true_id", "signed_up_at"],
            [(one.true_id, stamp(use.signed_up)) for one in world if (use := seen.uses[one.number]).is_silent(end)],
        ),
        "seats": (
            ["true_id", "seats_used"],
            [(one.true_id, seats) for one in world if (seats := seen.uses[one.number].seats_used(end))],
        ),
        "customer_touches": (
            ["true_id", "won_at", "touched_at"],
            [(one.true_id, stamp(one.closed), stamp(at)) for one in world if (at := seen.handled[one.number].kickoff) and at <= end],
        ),
        "tickets": (
            ["true_id", "source", "record_key", "created_at", "replied_at", "solved_at", "is_in_time", "csat"],
            [ticket_row(one, ticket, end) for one in world for ticket in seen.tickets[one.number] if ticket.created <= end],
        ),
    }  # fmt: skip
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)


RECORD = ["source", "instance", "table_name", "record_key"]


def stamp(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def lead_rows(account: Account, handling: Handling, end: datetime) -> list[tuple[Any, ...]]:
    """Each lead with its two clocks, in minutes; a clock that nobody stopped is empty."""
    rows = []
    for lead in handling.leads:
        created = lead.person.created
        if created > end:
            continue
        record = (
            ("hubspot", "", "contacts", contact_id(lead.person))
            if account.crm == "hubspot"
            else ("salesforce", "", "leads", sf_id("00Q", account.number))
        )
        assigned = lead.assigned if lead.assigned and lead.assigned <= end else None
        touched = lead.touched if lead.touched and lead.touched <= end else None
        rows.append(
            (
                *record,
                stamp(created),
                stamp(assigned),
                stamp(touched),
                "" if assigned is None else minutes(created, assigned),
                "" if assigned is None or touched is None else minutes(assigned, touched),
                "" if assigned is None or touched is None else business_minutes(assigned, touched),
            )
        )
    return rows


def minutes(start: datetime, stop: datetime) -> int:
    return int((stop - start).total_seconds() // 60)


def business_minutes(start: datetime, stop: datetime) -> int:
    """Minutes from Monday to Friday, nine to five, day by day."""
    total, day = 0, start.replace(hour=0, minute=0, second=0)
    while day <= stop:
        if day.weekday() < 5:
            opened, closed = max(start, day.replace(hour=OPENS)), min(stop, day.replace(hour=CLOSES))
            total += max(minutes(opened, closed), 0) if closed > opened else 0
        day += timedelta(days=1)
    return total


def ticket_row(account: Account, ticket: Ticket, end: datetime) -> tuple[Any, ...]:
    zendesk = support.is_zendesk(account)
    replied = ticket.replied if ticket.replied and ticket.replied <= end else None
    solved = ticket.solved if ticket.solved and ticket.solved <= end else None
    in_time = ticket.is_in_time(end)
    return (
        account.true_id, "zendesk" if zendesk else "intercom", 5000000 + ticket.key if zendesk else 215000000000 + ticket.key,
        stamp(ticket.created), stamp(replied), stamp(solved), "" if in_time is None else str(in_time).lower(),
        ticket.csat if solved and ticket.csat else "",
    )  # fmt: skip
