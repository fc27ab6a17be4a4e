"""Erases one person everywhere: decided by hash, taken out of what is kept, and the last night built again without her."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from connectors.values import literal
from orchestration.decisions import append_decision, read_decisions
from orchestration.errors import Blocked, SettingsError
from orchestration.guards import check_home, run_lock
from orchestration.publish import versions
from orchestration.settings import Settings

if TYPE_CHECKING:
    from connectors.erase import Erased
    from connectors.forget import Forgotten
    from connectors.spec import Source

# What the records say of addresses, beside the main one those that a tool keeps as additional.
ADDRESSES = """
create temp table addresses as
select source, instance, table_name, record_key, lower(trim(email)) as email, {form} as form
from (select source, instance, table_name, record_key, claim_value as email from {claims})
"""
CLAIMS = "built.raw_identity.claims where entity_kind = 'person' and claim_kind in ('email', 'other_email') and claim_value is not null"
PERSONS = """
select distinct person_id from identity.records where person_id is not null and {form} = {wanted}
"""
# Whose additional address it is, where it is nobody's main one.
PERSONS_BESIDE = """
select distinct records.person_id
from identity.records as records inner join addresses using (source, instance, table_name, record_key)
where records.person_id is not null and addresses.form = {wanted}
"""
RECORDS = """
select source, instance, table_name, record_key, full_name, email from identity.records where person_id in (select unnest(?)) order by all
"""
# Her additional addresses: no mailbox of a role, and none that somebody else writes from.
OTHERS = """
select distinct addresses.email from addresses inner join identity.records as records using (source, instance, table_name, record_key)
where records.person_id in (select unnest(?1)) and split_part(addresses.form, '@', 1) not in (select unnest(?2))
    and addresses.form not in (
        select {form} from identity.records where email is not null and person_id is not null and person_id not in (select unnest(?1)))
order by all
"""


@dataclass
class Person:
    """Somebody to be forgotten: the records that are her, and every address that they name."""

    email: str
    records: list[dict[str, Any]] = field(default_factory=list)
    named: list[dict[str, Any]] = field(default_factory=list)  # records of companies that bear her name
    others: list[str] = field(default_factory=list)  # addresses that a tool keeps beside her main one

    @property
    def addresses(self) -> list[str]:
        return sorted(
            {self.email.strip().lower(), *self.others}
            | {one["email"].strip().lower() for one in self.records if one["email"]}
        )


def find_person(settings: Settings, email: str) -> Person:
    """The records of the person behind an address, from the published file if there is one; her other addresses from the warehouse.

    Raises:
        SettingsError: it is no e-mail address.
        Blocked: a night is writing the warehouse.
    """
    from connectors.forget import ADDRESS, address_form
    from connectors.identity.normalise import listed
    from connectors.spec import load_specs

    with duckdb.connect() as con:
        if not con.execute("select regexp_full_match(trim(?), ?)", [email, ADDRESS]).fetchall()[0][0]:
            raise SettingsError(
                f"{email!r} is no e-mail address. Name the person by one, such as ada@acme.example."
            )
    if not settings.steward_file.exists():
        return Person(email)
    with duckdb.connect(str(settings.steward_file), read_only=True) as con:
        claims = "(select '' as source, '' as instance, '' as table_name, '' as record_key, '' as claim_value) where false"
        if settings.warehouse.exists():
            attach_warehouse(con, settings)
            claims = CLAIMS
        con.execute(ADDRESSES.format(form=address_form("email"), claims=claims))
        for query in (PERSONS, PERSONS_BESIDE):
            asked = query.format(form=address_form("email"), wanted=address_form("?1"))
            if ids := [row[0] for row in con.execute(asked, [email]).fetchall()]:
                break
        found = con.execute(RECORDS, [ids])
        names = [column[0] for column in found.description or []]
        records = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        roles = sorted(listed("role_mailboxes"))
        others = [
            row[0] for row in con.execute(OTHERS.format(form=address_form("email")), [ids, roles]).fetchall()
        ]
    specs = load_specs(extra=settings.specs)
    own = {(one["full_name"] or "").lower() for one in records if not is_company_too(specs, one)} - {""}
    named = [one for one in records if is_company_too(specs, one) and (one["full_name"] or "").lower() in own]
    return Person(email, records, named, others)


def attach_warehouse(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """The warehouse as `built`, to be read.

    Raises:
        Blocked: a night is writing it.
    """
    try:
        con.execute(f"attach {literal(str(settings.warehouse))} as built (read_only)")
    except duckdb.IOException as problem:
        raise Blocked("A night is being built. Run `onefunnel forget` again when it is done.") from problem


def is_company_too(specs: "dict[str, Source]", record: dict[str, Any]) -> bool:
    """Whether a record's table describes companies as well, as a billing tool's customers do."""
    source = specs.get(record["source"])
    table = source.tables.get(record["table_name"]) if source else None
    return bool(table and table.identifies and table.identifies.account is not None)


def hashes(person: Person) -> "tuple[str, Forgotten]":
    """The hash that names the person, and all hashes that keep her out."""
    from connectors.forget import KEYS, Forgotten, address_hash, record_hash

    with duckdb.connect() as con:
        emails = {one: address_hash(con, one) for one in person.addresses}
        records, named = (
            frozenset(
                str(
                    con.execute(
                        f"select {record_hash('?4', '?1', '?2', '?3')}", [one[name] for name in KEYS]
                    ).fetchall()[0][0]
                )
                for one in listed
            )
            for listed in (person.records, person.named)
        )
    return emails[person.email.strip().lower()], Forgotten(frozenset(emails.values()), records, named)


def rehearse(settings: Settings, person: Person) -> "Erased":
    """What forgetting would erase from lake, archive and state; nothing is changed."""
    from connectors.erase import erase
    from connectors.spec import load_specs

    return erase(settings.home, load_specs(extra=settings.specs), hashes(person)[1], True, person.addresses)


def decide(settings: Settings, person: Person, why: str) -> None:
    """Append the hashes that are not there yet to company/decisions/forgotten.csv.

    Raises:
        SettingsError: the reason names the person.
    """
    words = {*person.addresses, *(one["full_name"] for one in person.records if one["full_name"])}
    if any(word.lower() in why.lower() for word in words):
        raise SettingsError(
            "The reason names the person, and would be kept. Say it without name and address."
        )
    name, forgotten = hashes(person)
    known = {(line["kind"], line["hash"]) for line in read_decisions(settings, "forgotten")}
    kinds = (("email", forgotten.emails), ("record", forgotten.records), ("record_name", forgotten.named))
    for kind, listed in kinds:
        for one in sorted(listed):
            if (kind, one) not in known:
                append_decision(settings, "forgotten", why, person=name, kind=kind, hash=one)


def forget(settings: Settings, person: Person, why: str, progress: Callable[[str], None]) -> "Erased":
    """Decide, erase, build the last night again without the person, and remove every file that was built with her.

    Each step can be cut off and done again. The published file is replaced, never absent.
    """
    from connectors.erase import erase
    from connectors.forget import read_forgotten
    from connectors.spec import load_specs
    from orchestration.plan import delivered_nights
    from orchestration.runner import run_nights

    check_home(settings.home)
    with run_lock(settings.home):
        decide(settings, person, why)
        progress("Erasing from lake, archive and state")
        done = erase(
            settings.home,
            load_specs(extra=settings.specs),
            read_forgotten(settings.home),
            False,
            person.addresses,
        )
        if delivered_nights(settings.home):
            try:
                run_nights(settings, None, True, progress)
            except Blocked as problem:
                raise Blocked(
                    f"{problem} It still holds the person: let one through, then run `forget` again."
                ) from problem
        remove_built(settings)
    return done


def remove_built(settings: Settings) -> None:
    """Remove versions, candidates, fix files and scratch folders that were built before; the published one stays."""
    published = settings.published
    for folder in (published / "versions").glob("*"):
        if folder.name != versions.current(published):
            shutil.rmtree(folder)
    shutil.rmtree(published / "candidates", ignore_errors=True)
    shutil.rmtree(published / "fixes", ignore_errors=True)
    shutil.rmtree(settings.home / "tmp", ignore_errors=True)
