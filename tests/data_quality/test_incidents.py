"""Incidents: one cause is one line, whatever it touches, and keeps its id."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_quality.ledger import update_ledger
from data_quality.runner import run_rules

RULE = """
severity: {severity}
owner: {owner}
entity: person
why: Somebody has to know.
sql: >
  select 'crm' as source, '' as instance, 'contacts' as table_name, id as record_key, '{field}' as field, account as entity_id,
  amount as money_at_risk, currency from contacts where {field} is null
"""
Contact = tuple[str, str | None, str | None, str, str | None, str | None]


class Nights:
    """Two rules over a table of contacts: an owner and an e-mail address, and what each record is worth."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, field, severity, owner in (
            ("has_owner", "owner", "warning", "sales"),
            ("has_email", "email", "error", "marketing"),
        ):
            file = root / "rules" / "crm" / f"contact_{name}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(RULE.format(field=field, severity=severity, owner=owner), encoding="utf-8")
        (root / "decisions").mkdir()

    def run(self, day: int, contacts: list[Contact]) -> None:
        night = date(2026, 6, day)
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            con.execute(
                "create table contacts (id varchar, owner varchar, email varchar, account varchar, amount decimal(18, 4), currency varchar)"
            )
            if contacts:
                con.execute(f"insert into contacts values {', '.join(['(?, ?, ?, ?, ?, ?)'] * len(contacts))}", [
                    cell for contact in contacts for cell in contact
                ])  # fmt: skip
            con.execute("create schema intermediate")
            con.execute(
                "create table intermediate.int_exchange_rates (rate_date date, currency varchar, rate decimal(18, 8))"
            )
            con.execute(
                "insert into intermediate.int_exchange_rates values (?, 'USD', 0.5), (?, 'EUR', 1)",
                [night, night],
            )
            run_rules(con, self.root / "rules", f"run-{day}", night)
            self.counts = update_ledger(
                con, self.root / "events", night, {("crm", "", "contacts")}, self.root / "decisions"
            )
            self.incidents = con.execute(
                "select rule_ids, records, open_records, money_at_risk::varchar, status, sample_keys from quality.incidents order by first_seen_at, rule_id"
            ).fetchall()
            self.incident_ids = con.execute(
                "select incident_id from quality.incidents order by first_seen_at, rule_id"
            ).fetchall()
            self.issues = con.execute(
                "select record_key, field, entity_id, status, assignee from quality.issues order by 1, 2"
            ).fetchall()
            self.severities = con.execute("select severity from quality.incidents order by 1").fetchall()


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def bad(
    first: int, count: int, owner: str | None = None, email: str | None = "x@acme.example"
) -> list[Contact]:
    return [(f"c{number:05d}", owner, email, "a1", None, None) for number in range(first, first + count)]


def test_a_bad_import_is_one_incident_whatever_rules_it_breaks(nights: Nights) -> None:
    # 4,000 contacts without owner, all but 100 of them without address too: one cause
    nights.run(1, [*bad(0, 3900, email=None), *bad(3900, 100)])

    [incident] = nights.incidents
    assert incident[:3] == ("crm/contact_has_email, crm/contact_has_owner", 4000, 4000)
    assert incident[5] == "c00000, c00001, c00002, c00003, c00004"
    assert nights.severities == [("error",)]
    assert nights.counts.opened == 7900


def test_what_only_some_records_share_stays_apart(nights: Nights) -> None:
    # ten of a hundred without owner also lack an address
    nights.run(1, [*bad(0, 10, email=None), *bad(10, 90)])

    assert [one[:2] for one in nights.incidents] == [
        ("crm/contact_has_email", 10),
        ("crm/contact_has_owner", 100),
    ]


def test_another_night_is_another_incident_and_the_first_keeps_its_id_until_all_is_resolved(
    nights: Nights,
) -> None:
    nights.run(1, bad(0, 3))
    [first] = nights.incident_ids
    nights.run(2, bad(1, 4))
    assert [one[1:5] for one in nights.incidents] == [(3, 2, "0.00", "open"), (2, 2, "0.00", "open")]
    assert nights.incident_ids[0] == first

    nights.run(3, [])
    assert {one[4] for one in nights.incidents} == {"resolved"}
    assert nights.incident_ids[0] == first


def test_a_record_that_two_rules_name_is_at_risk_once_and_in_one_currency(nights: Nights) -> None:
    # 100 USD at 0.5 and 30 EUR: 80 EUR, though both rules name both records
    nights.run(1, [("c1", None, None, "a1", "100", "USD"), ("c2", None, None, "a1", "30", "EUR")])

    assert [one[3] for one in nights.incidents] == ["80.00"]


def test_a_merge_of_accounts_opens_and_resolves_nothing(nights: Nights) -> None:
    nights.run(
        1, [("c1", None, "x@a.example", "a1", None, None), ("c2", None, "x@b.example", "a2", None, None)]
    )
    before = nights.incident_ids
    nights.run(
        2, [("c1", None, "x@a.example", "a1", None, None), ("c2", None, "x@b.example", "a1", None, None)]
    )

    assert (nights.counts.opened, nights.counts.reopened, nights.counts.resolved, nights.counts.open) == (
        0,
        0,
        0,
        2,
    )
    assert nights.issues == [("c1", "owner", "a1", "open", None), ("c2", "owner", "a1", "open", None)]
    assert nights.incident_ids == before


def test_an_incident_is_assigned_and_waived_as_a_whole_and_one_issue_of_it_otherwise(nights: Nights) -> None:
    nights.run(1, bad(0, 3))
    [(incident,)] = nights.incident_ids
    decisions = nights.root / "decisions"
    decisions.joinpath("issue_assignments.csv").write_text(
        f"who,when,why,issue_id,assignee\nme,2026-06-01T10:00:00Z,x,{incident},ada\n", encoding="utf-8"
    )
    decisions.joinpath("issue_waivers.csv").write_text(
        f"who,when,why,issue_id,until\nme,2026-06-01T10:00:00Z,x,{incident},2026-06-02\n", encoding="utf-8"
    )

    nights.run(2, bad(0, 3))
    assert {(status, assignee) for *_, status, assignee in nights.issues} == {("waived", "ada")}
    nights.run(3, bad(0, 3))
    assert {(status, assignee) for *_, status, assignee in nights.issues} == {("open", "ada")}
