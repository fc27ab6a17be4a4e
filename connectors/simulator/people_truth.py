"""Which records of the tools are which human being's: people.csv of the truth."""

from __future__ import annotations

from datetime import datetime

from connectors.simulator import billing_ui, tools
from connectors.simulator.world import Account, Person

Row = tuple[str, str, str, str, str]


def people_records(
    world: list[Account], end: datetime, acquired: set[int], doubled: set[int], hand_typed: set[int]
) -> list[Row]:
    """(true person, source, instance, table, key) of every record that is somebody's.

    A billing customer is the person it names, whatever mailbox its bills go to. `doubled` accounts have their first
    contact twice in HubSpot; `hand_typed` are those whose first person somebody typed into the table of leads.
    """
    found: list[Row] = []
    for account in world:
        first = account.people[0]
        if any((one.trial_start or one.start) <= end for one in account.subscriptions):
            instance = billing_ui.INSTANCE if account.number in acquired else ""
            found.append((true_person(first), account.billing, instance, "customers", account.customer_key))
        if account.is_in_crm and account.created <= end:
            found += [
                (true_person(person), source, "", table, key)
                for person, source, table, key in in_tools(account, end, doubled, hand_typed)
            ]
    return found


def true_person(person: Person) -> str:
    return f"P{person.key:06d}"


def in_tools(
    account: Account, end: datetime, doubled: set[int], hand_typed: set[int]
) -> list[tuple[Person, str, str, str]]:
    """Where the people of an account that sales knows have records."""
    first = account.people[0]
    if account.crm == "hubspot":
        found = [
            (person, "hubspot", "contacts", tools.contact_id(person))
            for person in account.people
            if person.created <= end
        ]
        if account.number in doubled:
            found.append((first, "hubspot", "contacts", str(8000000 + account.number)))
    else:
        found = [
            (person, "salesforce", "contacts", tools.sf_id("003", person.key))
            for person in account.people
            if person.created <= end
        ]
        found.append((first, "salesforce", "leads", tools.sf_id("00Q", account.number)))
    found.append((first, "encharge", "people", f"enc-{first.key:08d}"))
    if account.meeting and account.meeting <= end:
        found.append((first, "calendly", "invitees", f"inv-{account.number}"))
    if account.number in hand_typed:
        found.append((first, "zapier", "rows", str(account.number)))
    return found
