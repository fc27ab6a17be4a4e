"""HubSpot, Salesforce, Calendly, Encharge and Zapier as their own exports show the demo company."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any, Literal

from connectors.simulator.world import COUNTRIES, Account, Person, net_annual

OWNERS = ("Alex Stone", "Billie Marsh", "Chris Vale", "Dana Wolfe", "Erin Pike", "Frankie Lowe")
TITLES = (
    "VP Revenue",
    "Head of RevOps",
    "Marketing Manager",
    "Sales Operations Analyst",
    "Chief Financial Officer",
)
Rows = list[dict[str, Any]]
Defects = dict[str, set[int]]


def csv_text(rows: Rows, quoting: Literal[0, 1, 2, 3] = csv.QUOTE_ALL, bom: bool = False) -> bytes:
    """CSV bytes as a tool writes them; header from the first row."""
    out = io.StringIO()
    writer = csv.DictWriter(
        out, fieldnames=list(rows[0]) if rows else ["Record ID"], quoting=quoting, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode()


def minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def iso(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.000Z}" if moment else ""


def twelve(moment: datetime) -> str:
    """Calendly's clock: twelve hours, lower case."""
    return f"{moment:%Y-%m-%d %I:%M} {'am' if moment.hour < 12 else 'pm'}"


def title(person: Person) -> str:
    """What a person does, as both CRMs say it."""
    return TITLES[person.key * 7 % 11 % len(TITLES)]


def known(moment: datetime | None, cut: datetime) -> datetime | None:
    return moment if moment and moment <= cut else None


def company_id(account: Account) -> str:
    return str(500000 + account.number)


def contact_id(person: Person) -> str:
    return str(7000000 + person.key)


def deal_id(account: Account) -> str:
    return str(900000 + account.number)


def sf_id(prefix: str, number: int) -> str:
    """An 18-character Salesforce id; all lower case and digits in the first 15, so the check letters are AAA."""
    return f"{prefix}5g{number:010d}AAA"


def is_customer(account: Account, cut: datetime) -> bool:
    return any(one.start <= cut for one in account.subscriptions)


def has_left(account: Account, cut: datetime) -> bool:
    """Whether an account that paid once pays nothing any more."""
    started = [one for one in account.subscriptions if one.start + timedelta(days=31) <= cut]
    return bool(started) and not any(net_annual(one, cut) for one in account.subscriptions)


def expected_close(created: datetime, cut: datetime) -> datetime:
    """When an open deal is to close: 45 days after it began, then pushed by a quarter as often as it slips."""
    late = max((cut - created - timedelta(days=45)).days, -1)
    return created + timedelta(days=45 + 90 * ((late + 90) // 90))


def lifecycle(account: Account, cut: datetime) -> str:
    if is_customer(account, cut):
        return "Other" if has_left(account, cut) else "Customer"
    if known(account.deal, cut):
        return "Opportunity"
    return "Marketing Qualified Lead" if known(account.mql, cut) else "Lead"


def hubspot(accounts: list[Account], cut: datetime, defects: Defects) -> dict[str, Rows]:
    """contacts, companies and deals as the user interface exports them."""
    contacts: Rows = []
    companies: Rows = []
    deals: Rows = []
    for account in accounts:
        if account.crm != "hubspot" or not account.is_in_crm or account.created > cut:
            continue
        if not account.is_self_serve:
            companies.append(hubspot_company(account, cut, defects))
        for place, person in enumerate(account.people):
            if person.created <= cut:
                contacts.append(hubspot_contact(account, person, place, cut, defects))
        if account.number in defects["crm/contact_is_unique"]:
            double = dict(hubspot_contact(account, account.people[0], 0, cut, defects))
            double["Record ID"] = str(8000000 + account.number)
            double["Email"] = double["Email"].upper()
            double["Create Date"] = minute(account.created + timedelta(days=5))
            contacts.append(double)
        if known(account.deal, cut) or account.number in defects["billing/won_deal_is_billed"]:
            deals.append(hubspot_deal(account, cut, defects))
    return {"contacts": contacts, "companies": companies, "deals": deals}


def hubspot_contact(
    account: Account, person: Person, place: int, cut: datetime, defects: Defects
) -> dict[str, Any]:
    email = person.email
    if place == 0 and account.number in defects["crm/email_is_valid"]:
        email = email.replace("@", " at ")
    company = "" if account.is_self_serve else company_id(account)
    both = (
        f"{company};{int(company) + 1}"
        if place == 0 and account.number in defects["crm/contact_has_one_company"]
        else company
    )
    return {
        "Record ID": contact_id(person), "First Name": person.first, "Last Name": person.last, "Email": email,
        "Job Title": title(person), "Phone Number": "", "Company Name": "" if account.is_self_serve else account.name, "Contact owner": OWNERS[account.owner],
        "Lifecycle Stage": lifecycle(account, cut), "Lead Status": "", "Create Date": minute(person.created),
        "Original Traffic Source": ("Organic Search", "Paid Search", "Referrals", "Direct Traffic")[account.number % 4],
        "Country/Region": COUNTRIES[account.country][0], "Associated Company IDs (Primary)": company, "Associated Company IDs": both,
        'Date entered "Lead (Lifecycle Stage Pipeline)"': minute(person.created),
        'Date entered "Marketing Qualified Lead (Lifecycle Stage Pipeline)"': minute(known(account.mql, cut)) if place == 0 else "",
        "Favourite colour": "blue" if person.key % 3 else "",
    }  # fmt: skip


def hubspot_company(account: Account, cut: datetime, defects: Defects) -> dict[str, Any]:
    stage = lifecycle(account, cut)
    if account.number in defects["crm/customer_has_subscription"]:
        stage = "Customer"
    if account.number in defects["crm/lifecycle_agrees_with_billing"]:
        stage = "Lead"
    # every ninth company has no domain here: only the billing id says whose it is
    billed = account.customer_key if is_customer(account, cut) and account.number % 9 == 0 else ""
    return {
        "Record ID": company_id(account), "Company name": account.name,
        "Company Domain Name": "" if account.number % 9 == 0 else ("https://www." if account.number % 2 else "") + str(account.domain),
        "Company owner": OWNERS[account.owner], "Industry": "SOFTWARE", "City": "", "Country/Region": COUNTRIES[account.country][0],
        "Number of Employees": account.employees, "Lifecycle Stage": stage, "Create Date": minute(account.created),
        "Chargebee Customer Id": billed if account.billing == "chargebee" else "",
        "Stripe Customer Id": billed if account.billing == "stripe" else "",
    }  # fmt: skip


def deal_facts(account: Account, cut: datetime, defects: Defects) -> dict[str, Any]:
    """What both CRMs say of a deal, with the defects put in."""
    created, closed, won = account.deal, known(account.closed, cut), account.is_won
    if account.number in defects["billing/won_deal_is_billed"]:
        created, closed, won = account.created + timedelta(days=5), account.created + timedelta(days=20), True
    if closed and account.number in defects["crm/deal_dates_in_order"] and created:
        closed = created - timedelta(days=30)
    amount, currency = account.deal_amount, account.currency
    if account.number in defects["billing/deal_amount_matches_billing"]:
        amount = amount + 600
    if account.number in defects["billing/deal_currency_matches_billing"]:
        currency = "CHF"
    owner = "" if account.number in defects["crm/record_has_owner"] else str(account.owner)
    return {
        "created": created,
        "closed": closed,
        "won": bool(closed and won),
        "amount": amount,
        "currency": currency,
        "owner": owner,
    }


def hubspot_deal(account: Account, cut: datetime, defects: Defects) -> dict[str, Any]:
    facts = deal_facts(account, cut, defects)
    stage = (
        "Appointment Scheduled" if not facts["closed"] else "Closed Won" if facts["won"] else "Closed Lost"
    )
    return {
        "Record ID": deal_id(account), "Deal Name": f"{account.name} - New Business", "Pipeline": "Sales Pipeline", "Deal Stage": stage,
        "Amount": f"{facts['amount']:.1f}", "Currency": facts["currency"],
        "Close Date": minute(facts["closed"] or expected_close(facts["created"], cut)), "Create Date": minute(facts["created"]),
        "Deal owner": OWNERS[int(facts["owner"])] if facts["owner"] else "", "Deal Type": "New Business", "Term (months)": 12 * account.deal_years,
        "Closed Lost Reason": "Price" if stage == "Closed Lost" else "", "Associated Company IDs (Primary)": company_id(account),
        "Associated Contact IDs": contact_id(account.people[0]),
        'Date entered "Appointment Scheduled (Sales Pipeline)"': minute(facts["created"]),
        'Date entered "Closed Won (Sales Pipeline)"': minute(facts["closed"]) if facts["won"] else "",
    }  # fmt: skip


def salesforce(accounts: list[Account], cut: datetime, defects: Defects) -> dict[str, Rows]:
    """Account, Contact, Lead, Opportunity, OpportunityHistory, User and Task of a Data Export."""
    found: dict[str, Rows] = {
        name: [] for name in ("Account", "Contact", "Lead", "Opportunity", "OpportunityHistory", "Task")
    }
    found["User"] = [
        {
            "Id": sf_id("005", number),
            "Name": name,
            "Email": f"{name.split()[0].lower()}@onefunnel-demo.com",
            "IsActive": "true",
        }
        for number, name in enumerate(OWNERS)
    ]
    for account in accounts:
        if account.crm != "salesforce" or not account.is_in_crm or account.created > cut:
            continue
        number, owner = account.number, sf_id("005", account.owner)
        found["Account"].append(
            {
                "Id": sf_id("001", number),
                "IsDeleted": "false",
                "Name": account.name,
                "Type": ("Former Customer" if has_left(account, cut) else "Customer")
                if is_customer(account, cut)
                else "Prospect",
                "BillingCountry": account.country,
                "Website": f"www.{account.domain}",
                "NumberOfEmployees": account.employees,
                "OwnerId": owner,
                "CreatedDate": iso(account.created),
            }
        )
        for person in account.people:
            if person.created <= cut:
                key = sf_id("003", person.key)
                found["Contact"].append(
                    {
                        "Id": key,
                        "IsDeleted": "false",
                        "AccountId": sf_id("001", number),
                        "FirstName": person.first,
                        "LastName": person.last,
                        "Email": person.email,
                        "Title": title(person),
                        "OwnerId": owner,
                        "CreatedDate": iso(person.created),
                    }
                )
        first = account.people[0]
        found["Lead"].append(
            {
                "Id": sf_id("00Q", number),
                "IsDeleted": "false",
                "FirstName": first.first,
                "LastName": first.last,
                "Company": account.name,
                "Email": first.email.title(),
                "LeadSource": "Web",
                "Status": "Closed - Converted",
                "OwnerId": owner,
                "IsConverted": "true",
                "ConvertedDate": iso(account.created + timedelta(days=1)),
                "ConvertedAccountId": sf_id("001", number),
                "ConvertedContactId": sf_id("003", first.key),
                "CreatedDate": iso(account.created),
            }
        )
        if known(account.deal, cut):
            facts = deal_facts(account, cut, defects)
            stage = "Prospecting" if not facts["closed"] else "Closed Won" if facts["won"] else "Closed Lost"
            deal = sf_id("006", number)
            close = facts["closed"] or expected_close(facts["created"], cut)
            found["Opportunity"].append(
                {
                    "Id": deal,
                    "IsDeleted": "false",
                    "AccountId": sf_id("001", number),
                    "Name": account.name,
                    "StageName": stage,
                    "Amount": f"{facts['amount']:.2f}",
                    "CurrencyIsoCode": facts["currency"],
                    "CloseDate": f"{close:%Y-%m-%d}",
                    "Type": "New Business",
                    "IsClosed": str(bool(facts["closed"])).lower(),
                    "IsWon": str(facts["won"]).lower(),
                    "OwnerId": sf_id("005", int(facts["owner"])) if facts["owner"] else "",
                    "CreatedDate": iso(facts["created"]),
                }
            )
            found["OpportunityHistory"].append(
                {
                    "Id": sf_id("008", number),
                    "OpportunityId": deal,
                    "StageName": "Prospecting",
                    "CreatedDate": iso(facts["created"]),
                }
            )
    return found


def calendly(accounts: list[Account], cut: datetime) -> Rows:
    """The scheduled-events export: 12-hour times without zone."""
    rows: Rows = []
    for account in accounts:
        if not account.meeting or account.meeting > cut or not account.is_in_crm:
            continue
        person = account.people[0]
        rows.append({
            "User Name": OWNERS[account.owner], "Team": "", "Invitee Name": f"{person.first} {person.last}", "Invitee Email": person.email,
            "Event Type Name": "Discovery call", "Start Date & Time": twelve(account.meeting), "End Date & Time": twelve(account.meeting + timedelta(minutes=30)),
            "Event Created Date & Time": twelve(account.meeting - timedelta(days=1)), "Canceled": "false", "Question 1": "What brings you?",
            "Response 1": "Too many spreadsheets,\nand none agrees", "UTM Source": "google", "Marked as No-Show": "",
            "User Email": f"{OWNERS[account.owner].split()[0].lower()}@onefunnel-demo.com", "Event UUID": f"ev-{account.number}", "Invitee UUID": f"inv-{account.number}",
        })  # fmt: skip
    return rows


def encharge(accounts: list[Account], cut: datetime) -> Rows:
    people = []
    for account in accounts:
        for person in account.people[:1]:
            if person.created > cut or not account.is_in_crm:
                continue
            local, _, host = person.email.partition("@")
            email = f"{local}+news@{host}" if account.number % 4 == 0 else person.email
            people.append(
                {
                    "id": f"enc-{person.key:08d}",
                    "email": email,
                    "firstName": person.first,
                    "lastName": person.last,
                    "leadScore": 80 if known(account.mql, cut) else 20,
                    "createdAt": f"{person.created:%Y-%m-%dT%H:%M:%S.000Z}",
                    "updatedAt": f"{person.created:%Y-%m-%dT%H:%M:%S.000Z}",
                }
            )
    return people


def zapier(accounts: list[Account], cut: datetime) -> tuple[Rows, Rows]:
    """Run history, and a table that somebody types into."""
    runs = [
        {"id": f"run-{account.number:06d}", "zap_id": 4711, "zap_title": "New lead to sheet", "status": "success" if account.number % 11 else "stopped", "start_time": f"{account.created:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{account.created:%Y-%m-%dT%H:%M:%SZ}"}
        for account in accounts
        if account.created <= cut
    ]  # fmt: skip
    runs += heartbeats(accounts, cut)
    typed = [
        {"Row ID": account.number, "Email": account.people[0].email, "Name": account.people[0].first, "Company": account.name, "Note": "met at fair", "Amount": "1,250.00", "Currency": account.currency, "Created": f"{account.created:%m/%d/%Y}"}
        for account in accounts[::25]
        if account.created <= cut and account.is_in_crm
    ]  # fmt: skip
    return runs, typed


def heartbeats(accounts: list[Account], cut: datetime) -> Rows:
    """The same Zap's runs after the last account came: it looks every third day and finds nothing new."""
    last = max((account.created for account in accounts if account.created <= cut), default=cut)
    moments = [last + timedelta(days=3 * count) for count in range(1, 1 + (cut - last).days // 3)]
    return [
        {"id": f"run-beat-{moment:%Y%m%d}", "zap_id": 4711, "zap_title": "New lead to sheet", "status": "success", "start_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
        for moment in moments
    ]  # fmt: skip
