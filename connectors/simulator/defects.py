"""Defects put into a clean company's exports at a rate, and the truth about each.

A HubSpot company, with its contacts and deals, carries at most one defect, so that each finding has one cause. Which one
depends on the seed and the company alone; the record is as wrong in every night.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from connectors.simulator.world import Account

Row = dict[str, str]
Truth = list[tuple[str, str, str, str, str, str]]
OLDEST_OPEN_DEAL = timedelta(days=300)
NOBODY, NOWHERE = "Robin Absent", "99999999"


def settle_deals(world: list[Account], end: datetime) -> None:
    """In a company without defects no deal stays open for ever: what is older than 300 days was lost."""
    for one in world:
        if one.deal and not one.closed and one.deal < end - OLDEST_OPEN_DEAL:
            one.closed, one.is_won = one.deal + timedelta(days=200), False


@dataclass
class Company:
    """A HubSpot company as one night's files show it, and what else is known of it."""

    row: Row
    contacts: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)
    is_paying: bool = False
    is_known_to_billing: bool = False

    @property
    def contact(self) -> Row:
        return self.contacts[0]

    def deals_in(self, stage: str) -> list[Row]:
        """Its first deals (no renewals) in one stage."""
        return [
            deal for deal in self.deals if deal["Deal Stage"] == stage and deal["Deal Type"] == "New Business"
        ]

    @property
    def is_lost(self) -> bool:
        """Whether all that there is of it is one lost deal."""
        return len(self.deals) == 1 == len(self.deals_in("Closed Lost"))

    @property
    def is_open(self) -> bool:
        return len(self.deals) == 1 == len(self.deals_in("Appointment Scheduled"))

    @property
    def is_prospect(self) -> bool:
        return not self.deals and not self.is_known_to_billing


@dataclass(frozen=True)
class Kind:
    """One kind of defect: whom it can befall, what it does, and the table and row that a rule must name.

    `implies` names rules that the company itself then violates too.
    """

    rule: str
    table: str
    fits: Callable[[Company], bool]
    spoil: Callable[[Company], Row]
    implies: tuple[tuple[str, str], ...] = ()


def contact_with(**changes: str) -> Callable[[Company], Row]:
    return lambda company: changed(company.contact, changes)


def company_with(**changes: str) -> Callable[[Company], Row]:
    return lambda company: changed(company.row, changes)


def deal_with(**changes: str) -> Callable[[Company], Row]:
    return lambda company: changed(company.deals[0], changes)


def changed(row: Row, changes: dict[str, str]) -> Row:
    """The row with other cells; a header's spaces are underscores here, and {X} is what the cell said."""
    for name, value in changes.items():
        header = HEADERS.get(name, name.replace("_", " "))
        row[header] = value.replace("{X}", row[header])
    return row


HEADERS = {
    "Country": "Country/Region", "Company": "Associated Company IDs (Primary)", "Companies": "Associated Company IDs",
    "Contacts": "Associated Contact IDs", "Domain": "Company Domain Name", "Term": "Term (months)",
}  # fmt: skip


def doubled(company: Company) -> Row:
    """A second record of the first contact, younger and in capitals."""
    first = company.contact
    later = datetime.fromisoformat(first["Create Date"]) + timedelta(days=5)
    double = first | {"Record ID": f"8{first['Record ID'][1:]}", "Email": first["Email"].upper(), "Create Date": f"{later:%Y-%m-%d %H:%M}"}  # fmt: skip
    company.contacts.append(double)
    return double


def misaddressed(company: Company) -> Row:
    return changed(company.contact, {"Email": company.contact["Email"].replace("@", " at ")})


def in_two_companies(company: Company) -> Row:
    return changed(company.contact, {"Companies": "{X};" + str(int(company.row["Record ID"]) + 1)})


def closed_before_begun(company: Company) -> Row:
    begun = datetime.fromisoformat(company.deals[0]["Create Date"])
    return changed(company.deals[0], {"Close_Date": f"{begun - timedelta(days=30):%Y-%m-%d %H:%M}"})


def anybody(company: Company) -> bool:
    return bool(company.contacts)


def has_domain(company: Company) -> bool:
    return bool(company.contacts) and bool(company.row["Company Domain Name"])


def lost(company: Company) -> bool:
    return company.is_lost and not company.is_known_to_billing


def still_open(company: Company) -> bool:
    return company.is_open and not company.is_known_to_billing


def prospect(company: Company) -> bool:
    return company.is_prospect and company.row["Lifecycle Stage"] in ("Lead", "Marketing Qualified Lead")


KINDS = (
    Kind("crm/email_is_valid", "contacts", has_domain, misaddressed),
    Kind("crm/contact_is_unique", "contacts", anybody, doubled),
    Kind("crm/contact_has_one_company", "contacts", anybody, in_two_companies),
    Kind("identity/phone_is_valid", "contacts", anybody, contact_with(Phone_Number="12")),
    Kind("identity/company_of_contact_exists", "contacts", prospect, contact_with(Company=NOWHERE, Companies=NOWHERE)),
    Kind("identity/person_name_is_a_name", "contacts", anybody, contact_with(First_Name="n/a", Last_Name="")),
    Kind("identity/contact_belongs_to_a_company", "contacts", has_domain, contact_with(Company="", Companies="")),
    Kind("identity/company_has_a_name", "companies", prospect, company_with(Company_name="-")),
    Kind("identity/company_domain_is_its_own", "companies", prospect, company_with(Domain="gmail.com")),
    Kind("identity/country_can_be_read", "companies", prospect, company_with(Country="n/a")),
    Kind("privacy/email_is_not_in_a_name", "companies", prospect, company_with(Company_name="{X} (ann@acme.example)")),
    Kind("crm/customer_has_subscription", "companies", prospect, company_with(Lifecycle_Stage="Customer")),
    Kind(
        "crm/lifecycle_agrees_with_billing", "companies", lambda one: one.is_paying and bool(one.deals_in("Closed Won")),
        company_with(Lifecycle_Stage="Lead"), implies=(("funnel/lifecycle_agrees_with_deals", "companies"),),
    ),
    Kind("crm/country_agrees_between_tools", "companies", lambda one: one.is_known_to_billing, company_with(Country="Switzerland")),
    Kind("funnel/lifecycle_agrees_with_deals", "companies", still_open, company_with(Lifecycle_Stage="Lead")),
    Kind("crm/record_has_owner", "deals", lost, deal_with(Deal_owner="")),
    Kind("handoff/owner_exists", "deals", lost, deal_with(Deal_owner=NOBODY)),
    Kind("crm/deal_dates_in_order", "deals", lost, closed_before_begun),
    Kind("money/deal_amount_is_not_negative", "deals", lost, deal_with(Amount="-{X}")),
    Kind("money/deal_has_a_currency", "deals", lost, deal_with(Currency="")),
    Kind("money/deal_term_is_plausible", "deals", lost, deal_with(Term="999")),
    Kind("funnel/lost_deal_has_a_reason", "deals", lost, deal_with(Closed_Lost_Reason="")),
    Kind(
        "handoff/deal_has_a_company", "deals", lost, deal_with(Company="", Contacts=""),
        implies=(("funnel/opportunity_has_a_deal", "companies"),),
    ),
    Kind("handoff/company_of_deal_exists", "deals", lost, deal_with(Company=NOWHERE)),
    Kind("funnel/deal_stage_is_mapped", "deals", still_open, deal_with(Deal_Stage="Wobbling")),
    Kind("funnel/open_deal_has_an_expected_close", "deals", still_open, deal_with(Close_Date="")),
    Kind("funnel/open_deal_closes_in_the_future", "deals", still_open, deal_with(Close_Date="2024-03-01 09:00")),
    Kind("privacy/email_is_not_in_a_name", "deals", lost, deal_with(Deal_Name="{X} for ann@acme.example")),
)  # fmt: skip


def put_in(exports: Path, truth: Path, rate: float, seed: int) -> int:
    """Spoil `rate` of the companies in every night's HubSpot files; truth/defects.csv names the records."""
    nights = sorted(folder for folder in (exports / "hubspot").iterdir() if folder.is_dir())
    chosen = choose(companies_of(nights[-1], truth), rate, seed)
    found: Truth = []
    for night in nights:
        tables, companies = read_night(night), companies_of(night, truth)
        names: Truth = []
        for key, kind in sorted(chosen.items()):
            company = companies.get(key)
            if company is None or not kind.fits(company):
                continue
            names.append((kind.rule, "hubspot", "", kind.table, kind.spoil(company)["Record ID"], "true"))
            names += [
                (rule, "hubspot", "", table, company.row["Record ID"], "true") for rule, table in kind.implies
            ]
        write_night(night, tables, companies)
        found = names
    with (truth / "defects.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["rule_id", "source", "instance", "table_name", "record_key", "decidable"])
        writer.writerows(sorted(found))
    return len(found)


def choose(companies: dict[str, Company], rate: float, seed: int) -> dict[str, Kind]:
    """Company → its defect. The kinds take turns, those first that fit the fewest companies."""
    keys = sorted(companies)
    random.Random(f"{seed}-defects").shuffle(keys)
    fitting = {kind: [key for key in keys if kind.fits(companies[key])] for kind in KINDS}
    turns = sorted((kind for kind in KINDS if fitting[kind]), key=lambda kind: len(fitting[kind]))
    wanted = round(rate * len(keys))
    chosen: dict[str, Kind] = {}
    while turns and len(chosen) < wanted:
        kind = turns.pop(0)
        free = [key for key in fitting[kind] if key not in chosen]
        if free:
            chosen[free[0]] = kind
            turns.append(kind)
    return chosen


def companies_of(night: Path, truth: Path) -> dict[str, Company]:
    """Companies by id with their contacts and deals, from the files of a night."""
    tables = read_night(night)
    paying, billed = billed_companies(truth)
    companies = {
        row["Record ID"]: Company(
            row, is_paying=row["Record ID"] in paying, is_known_to_billing=row["Record ID"] in billed
        )
        for row in tables["companies"]
    }
    for name in ("contacts", "deals"):
        for row in tables[name]:
            if company := companies.get(row["Associated Company IDs (Primary)"]):
                getattr(company, name).append(row)
    return companies


def billed_companies(truth: Path) -> tuple[set[str], set[str]]:
    """HubSpot ids of companies that pay at the end, and of those that billing knows at all."""
    records = list(read_csv(truth / "accounts.csv"))
    company_of = {one["true_id"]: one["record_key"] for one in records if one["table_name"] == "companies"}
    billed = {
        company_of[one["true_id"]]
        for one in records
        if one["table_name"] == "customers" and one["true_id"] in company_of
    }
    levels = list(read_csv(truth / "mrr.csv"))
    last = max((one["month"] for one in levels), default="")
    paying = {
        company_of[one["true_id"]] for one in levels if one["month"] == last and one["true_id"] in company_of
    }
    return paying, billed


def read_csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def file_of(night: Path, table: str) -> Path:
    return night / f"hubspot-crm-exports-all-{table}-{night.name}.csv"


def read_night(night: Path) -> dict[str, list[Row]]:
    tables = {table: list(read_csv(file_of(night, table))) for table in ("contacts", "companies", "deals")}
    renewals = night / f"hubspot-crm-exports-renewal-deals-{night.name}.csv"
    if renewals.exists():
        # they are part of what a company is, and stay in their own file
        tables["deals"] += [{"of": "renewals", **row} for row in read_csv(renewals)]
    return tables


def write_night(night: Path, tables: dict[str, list[Row]], companies: dict[str, Company]) -> None:
    """Write the three files again, spoiled rows in the place of the good ones and doubles at the end."""
    spoiled = {("companies", one.row["Record ID"]): one.row for one in companies.values()}
    for one in companies.values():
        spoiled |= {("contacts", row["Record ID"]): row for row in one.contacts}
        spoiled |= {("deals", row["Record ID"]): row for row in one.deals}
    for table, rows in tables.items():
        known = {row["Record ID"] for row in rows}
        extra = [row for (name, key), row in spoiled.items() if name == table and key not in known]
        written = [spoiled.get((table, row["Record ID"]), row) for row in rows if "of" not in row] + extra
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(written[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)
        mark = b"\xef\xbb\xbf" if table == "contacts" else b""
        file_of(night, table).write_bytes(mark + out.getvalue().encode())
