"""Erases one person everywhere: decided by hash, taken out of what is kept, and the last night built again without her."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import idna

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
select source, instance, table_name, record_key, lower(trim(claim_value)) as email, {form} as form
from (
    select source, instance, table_name, record_key, claim_value from raw_identity.claims
    where entity_kind = 'person' and claim_kind in {kinds} and claim_value is not null
    union select source, instance, table_name, record_key, email from known where email is not null
)
"""
RECORDS = """
create temp view known as
select source, instance, table_name, record_key, person_id, full_name, email from published.identity.records where person_id is not null
"""
WANTED = "(select {form} from (select unnest($spellings) as spelling))"
PERSONS = "select distinct person_id from known where {form} in {wanted}"
# Whose additional address it is, where it is nobody's main one.
PERSONS_BESIDE = """
select distinct known.person_id from known inner join addresses using (source, instance, table_name, record_key) where addresses.form in {wanted}
"""
OF_PERSONS = """
select source, instance, table_name, record_key, full_name, email from known where person_id in (select unnest(?)) order by all
"""
# Her other addresses: no mailbox of a role, and none that somebody else writes from.
OTHERS = """
select distinct addresses.email from addresses inner join known using (source, instance, table_name, record_key)
where known.person_id in (select unnest(?1)) and split_part(addresses.form, '@', 1) not in (select unnest(?2))
    and addresses.form not in (select {form} from known where email is not null and person_id not in (select unnest(?1)))
order by all
"""
# The records of an account, and whether a tool's own id joins each to the one asked about, whatever the addresses say.
OF_ACCOUNT = """
with asked as (
    select golden_id from identity.record_ids
    where entity_kind = 'account' and (source, instance, table_name, record_key) = ($source, $instance, $table_name, $record_key)
),
by_id as (
    select right_source as source, right_instance as instance, right_table as table_name, right_key as record_key from identity.links
    where entity_kind = 'account' and rule in ('native_id', 'billing_id', 'must_link')
    and (left_source, left_instance, left_table, left_key) = ($source, $instance, $table_name, $record_key)
    union
    select left_source, left_instance, left_table, left_key from identity.links
    where entity_kind = 'account' and rule in ('native_id', 'billing_id', 'must_link')
    and (right_source, right_instance, right_table, right_key) = ($source, $instance, $table_name, $record_key)
)
select source, instance, table_name, record_key, (source, instance, table_name, record_key) in (from by_id) as by_id
from identity.record_ids semi join asked using (golden_id)
where entity_kind = 'account' and (source, instance, table_name, record_key) <> ($source, $instance, $table_name, $record_key)
order by all
"""


@dataclass
class Person:
    """Somebody to be forgotten: the records that are her, and every address that they name."""

    email: str
    records: list[dict[str, Any]] = field(default_factory=list)
    named: list[dict[str, Any]] = field(default_factory=list)  # records of companies that bear her name
    others: list[str] = field(default_factory=list)  # her addresses beside the one that she is named by

    @property
    def addresses(self) -> list[str]:
        return sorted({spelling for one in (self.email, *self.others) for spelling in spellings(one)})


def spellings(address: str) -> set[str]:
    """The ways in which an address may be written whose host is not all ASCII."""
    local, at, host = address.strip().lower().rpartition("@")
    known = {host}
    with suppress(UnicodeError):
        known |= {idna.encode(host, uts46=True).decode("ascii"), idna.decode(host, uts46=True)}
    return {local + at + one for one in known}


def find_person(settings: Settings, email: str) -> Person:
    """The records of the person behind an address, from the published file if there is one; her other addresses from the lake.

    Raises:
        SettingsError: it is no e-mail address.
    """
    from connectors.forget import ADDRESS, ADDRESS_CLAIMS, address_form
    from connectors.identity.normalise import listed
    from connectors.spec import load_specs
    from connectors.views import create_current_views

    specs = load_specs(extra=settings.specs)
    with duckdb.connect() as con:
        if not con.execute("select regexp_full_match(trim(?), ?)", [email, ADDRESS]).fetchall()[0][0]:
            raise SettingsError(
                f"{email!r} is no e-mail address. Name the person by one, such as ada@acme.example."
            )
        if not settings.steward_file.exists():
            return Person(email)
        con.execute(f"attach {literal(str(settings.steward_file))} as published (read_only)")
        con.execute(RECORDS)
        create_current_views(con, settings.home, specs, date.max)
        con.execute(ADDRESSES.format(form=address_form("claim_value"), kinds=ADDRESS_CLAIMS))
        wanted = WANTED.format(form=address_form("spelling"))
        for query in (PERSONS, PERSONS_BESIDE):
            asked = query.format(form=address_form("email"), wanted=wanted)
            found = con.execute(asked, {"spellings": sorted(spellings(email))}).fetchall()
            if ids := [row[0] for row in found]:
                break
        rows = con.execute(OF_PERSONS, [ids])
        names = [column[0] for column in rows.description or []]
        records = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
        roles = sorted(listed("role_mailboxes"))
        others = [
            row[0] for row in con.execute(OTHERS.format(form=address_form("email")), [ids, roles]).fetchall()
        ]
    own = {(one["full_name"] or "").lower() for one in records if not is_company_too(specs, one)} - {""}
    named = [one for one in records if is_company_too(specs, one) and (one["full_name"] or "").lower() in own]
    return Person(email, records, named, others)


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


def keep_together(settings: Settings, person: Person) -> None:
    """Link each record of a company that loses her address to another record of its account, so that it stays there.

    Nothing is written where a tool's own id joins the two, nor against a steward's word.
    """
    from connectors.spec import load_specs
    from orchestration.cli_ledger import rows
    from orchestration.stewards import Contradiction, Decision, Record, check, decided, fields

    if not settings.steward_file.exists():
        return
    specs = load_specs(extra=settings.specs)
    hers = {key_of(one) for one in person.records}
    for one in person.records:
        if not is_company_too(specs, one):
            continue
        source, instance, table, key = key_of(one)
        asked = {"source": source, "instance": instance, "table_name": table, "record_key": key}
        others = [
            other
            for other in rows(settings, OF_ACCOUNT, asked)
            if key_of(other) not in hers or is_company_too(specs, other)
        ]
        if not others or any(other["by_id"] for other in others):
            continue
        # a company's record of somebody else's stays longest
        nearest = min(
            others, key=lambda two: (not is_company_too(specs, two), key_of(two) in hers, key_of(two))
        )
        link = Decision("link", "account", Record(*key_of(nearest)), Record(*key_of(one)))
        with suppress(Contradiction):
            if not check(link, decided(settings), replaces=False):
                append_decision(
                    settings, "identity", "of one account before a person was forgotten", **fields(link)
                )


def named_by_hand(settings: Settings, person: Person) -> list[Path]:
    """Files of the company's own folder that name the person, such as a steward's reason: people edit these, not we."""
    names = {(one["full_name"] or "").lower() for one in person.records}
    words = {*person.addresses, *(name for name in names if " " in name)}
    files = [path for path in sorted((settings.home / "company").rglob("*")) if path.is_file()]
    texts = ((path, path.read_bytes().decode("utf-8", "replace").lower()) for path in files)
    return [path for path, text in texts if any(word in text for word in words)]


def key_of(record: dict[str, Any]) -> tuple[str, str, str, str]:
    return record["source"], record["instance"], record["table_name"], record["record_key"]


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
        keep_together(settings, person)
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
