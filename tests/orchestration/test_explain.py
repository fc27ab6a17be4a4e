"""One customer told: found by whatever is known of it, with the evidence, and with its money as the truth has it."""

import csv
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration import cli as program
from orchestration.explain import month_told, shortest


@pytest.fixture
def home(finished: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The finished home itself: explaining reads only."""
    monkeypatch.setenv("ONEFUNNEL_HOME", str(finished))
    monkeypatch.delenv("ONEFUNNEL_EXPORTS", raising=False)
    monkeypatch.setenv("COLUMNS", "250")
    return finished


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        program.main(list(arguments))
    return int(ended.value.code or 0)


def truth(company: Path, table: str) -> list[dict[str, str]]:
    with (company / "truth" / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def a_customer(company: Path) -> tuple[dict[str, str], list[str]]:
    """A new customer in euros, as it really was, and the keys of its records in all tools."""
    for movement in truth(company, "movements"):
        records = [one for one in truth(company, "accounts") if one["true_id"] == movement["true_id"]]
        names = [
            f"{one['source']}{'@' + one['instance'] if one['instance'] else ''}.{one['table_name']}:{one['record_key']}"
            for one in records
        ]
        if (movement["movement"], movement["currency"], movement["decidable"]) == (
            "new",
            "EUR",
            "true",
        ) and len(names) > 3:
            return movement, names
    raise AssertionError("the demo company has no such customer")


def test_a_customer_is_told_with_all_its_records_and_its_money(
    company: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    movement, records = a_customer(company)

    assert call("explain", records[0]) == 0

    said = capsys.readouterr().out
    assert [name for name in records if name not in said] == []
    [line] = [one for one in said.splitlines() if one.startswith(movement["month"][:7]) and " new " in one]
    assert f"new {Decimal(movement['amount']):+,.2f}" in line
    assert " started: " in line and "EUR a year, active" in line


def test_a_customer_is_found_by_whatever_is_known_of_it(
    company: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, records = a_customer(company)
    contact = next(name for name in records if ".contacts:" in name)
    with duckdb.connect(str(home / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        known = con.execute(
            """select account_id, accounts.name, accounts.domain, records.email, records.person_id, records.record_key
                from identity.records inner join mart_core.dim_accounts as accounts using (account_id)
                where records.record_key = ? and records.table_name = 'contacts'""",
            [contact.partition(":")[2]],
        ).fetchall()
    account = known[0][0]

    for way in known[0]:
        assert way, known
        assert call("explain", str(way).upper() if "@" in str(way) else str(way)) == 0
        assert f"account id         {account}" in capsys.readouterr().out, way


def test_a_part_of_a_name_that_many_have_lists_them(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("explain", "a") == 0

    said = capsys.readouterr().out
    assert "customers are like 'a'" in said
    assert "onefunnel explain ACCOUNT_ID" in said


def test_nobody_is_told_with_the_remedy(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("explain", "nobody@nowhere.example") == 2
    assert "Nobody is 'nobody@nowhere.example' on the night of 2026-06-30" in capsys.readouterr().err


def test_the_chain_between_two_records_names_every_link(
    company: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, records = a_customer(company)

    assert call("explain", "--between", records[0], records[-1]) == 0
    said = capsys.readouterr().out
    assert f"{records[0]} and {records[-1]} are one" in said

    assert call("explain", "--between", records[0], records[0].partition(":")[2]) == 0
    assert f"{records[0]} is one record, of " in capsys.readouterr().out

    assert call("explain", "--between", records[0], "hubspot.contacts:none") == 2
    assert "'hubspot.contacts:none' is no record" in capsys.readouterr().err

    assert call("explain") == 2


def test_two_records_that_nothing_joins_are_told_as_two(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(home / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        [(one, its), (other, theirs)] = con.execute(
            """select 'hubspot.companies:' || record_key, account_id from mart_core.xref_accounts
                where source = 'hubspot' and table_name = 'companies' and rule not in ('merged_away', 'no_longer_delivered')
                qualify row_number() over (partition by account_id order by record_key) = 1 order by all limit 2"""
        ).fetchall()

    assert call("explain", "--between", one, other) == 0
    assert f"Nothing joins {one} ({its}) and {other} ({theirs}): they are two." in capsys.readouterr().out


def test_a_key_that_was_merged_away_is_told_as_its_survivor(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own_copy(home, tmp_path, monkeypatch)
    with duckdb.connect(str(tmp_path / "published" / "steward" / "onefunnel.duckdb")) as con:
        [(survivor, account)] = con.execute(
            "select record_key, golden_id from identity.record_ids where table_name = 'companies' and source = 'hubspot' order by all limit 1"
        ).fetchall()
        con.execute(
            "insert into identity.redirects by name select 'account' as entity_kind, 'hubspot' as source, '' as instance, "
            "'companies' as table_name, '1111' as record_key, ? as golden_id, ? as surviving_key, 'merged_away' as rule",
            [account, survivor],
        )

    assert call("explain", "--between", "hubspot.companies:1111", f"hubspot.companies:{survivor}") == 0
    said = capsys.readouterr().out
    assert f"hubspot.companies:1111 was merged into hubspot.companies:{survivor}" in said
    assert f"is one record, of {account}" in said

    assert call("identity", "link", "1111", f"hubspot.companies:{survivor}", "--why", "x") == 2
    assert f"merged into hubspot.companies:{survivor} by its tool. Name that one." in capsys.readouterr().err


def test_a_customer_is_found_by_a_name_that_it_had_before(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own_copy(home, tmp_path, monkeypatch)
    with duckdb.connect(str(tmp_path / "published" / "steward" / "onefunnel.duckdb")) as con:
        account = str(con.execute("select min(account_id) from mart_core.dim_accounts").fetchall()[0][0])
        con.executemany(
            "insert into identity.former_names by name select ? as account_id, ? as field, ? as value",
            [[account, "name", "Before Ltd"], [account, "domain", "before.example"]],
        )

    for way in ("before ltd", "Before.example"):
        assert call("explain", way) == 0
        assert f"account id         {account}" in capsys.readouterr().out


def own_copy(finished: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home with a copy of the published files that may be written to."""
    shutil.copytree(finished / "published", home / "published")
    monkeypatch.setenv("ONEFUNNEL_HOME", str(home))
    (home / "published" / "steward" / "onefunnel.duckdb").chmod(0o644)


def test_an_id_that_was_merged_away_leads_to_the_one_that_stayed(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own_copy(finished, tmp_path, monkeypatch)
    with duckdb.connect(str(tmp_path / "published" / "steward" / "onefunnel.duckdb")) as con:
        account = str(con.execute("select min(account_id) from mart_core.dim_accounts").fetchall()[0][0])
        con.executemany(
            "insert into identity.changes values (date '2026-06-29', 'account', 'merged', ?, ?, 'their records are now linked')",
            [["acc_second", "acc_first"], [account, "acc_second"]],
        )

    assert call("explain", "acc_first") == 0

    said = capsys.readouterr().out
    assert f"account id         {account}" in said
    assert "acc_second" in said


def test_the_chain_is_the_shortest_one() -> None:
    links = [
        {"as": "account", "record": left, "other": right, "rule": rule}
        for left, right, rule in [
            ("a", "b", "1"),
            ("b", "c", "2"),
            ("c", "d", "3"),
            ("e", "a", "4"),
            ("d", "e", "5"),
        ]
    ]

    assert [(one["record"], one["other"], one["rule"]) for one in shortest(links, "a", "d")] == [
        ("a", "e", "4"), ("e", "d", "5")
    ]  # fmt: skip
    assert shortest(links, "a", "z") == []


def test_a_month_names_the_event_behind_its_change_and_a_loss_is_negative() -> None:
    movement = {
        "month": date(2026, 3, 1), "opening": Decimal(100), "new": Decimal(0), "expansion": Decimal(0), "reactivation": Decimal(0),
        "contraction": Decimal(0), "churn": Decimal(100), "fx": Decimal(0), "closing": Decimal(0), "is_late_renewal": False,
    }  # fmt: skip
    ended = {
        "month": date(2026, 3, 1), "day": date(2026, 3, 14), "reason": "not_paid", "status": "ended", "annual": Decimal("0.00"),
        "currency": "EUR", "basis": "observed", "record": "stripe.subscriptions:sub_1",
    }  # fmt: skip
    other = {
        **ended,
        "month": date(2026, 2, 1),
        "day": date(2026, 2, 1),
        "record": "stripe.invoice_lines:il_1",
    }

    told = month_told(movement, [other, ended])

    assert told["change"] == "churn -100.00"
    assert told["because"] == "2026-03-14 not_paid: 0.00 EUR a year, ended (stripe.subscriptions:sub_1)"
