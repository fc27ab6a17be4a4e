"""What stewards see and decide on the command line, and that their word holds every night after."""

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.identity.resolve import resolve
from orchestration import cli as program

LAST_NIGHT = date(2026, 6, 30)
Key = tuple[Any, ...]


@pytest.fixture
def home(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own with a published file and the state behind it."""
    for name in ("published", "state"):
        shutil.copytree(finished / name, tmp_path / name)
    monkeypatch.setenv("ONEFUNNEL_HOME", str(tmp_path))
    monkeypatch.delenv("ONEFUNNEL_EXPORTS", raising=False)
    monkeypatch.setenv("ONEFUNNEL_USER", "ada")
    return tmp_path


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        program.main(list(arguments))
    return int(ended.value.code or 0)


def query(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def written(key: Key) -> str:
    source, instance, table, record = key
    return f"{source}{'@' + instance if instance else ''}.{table}:{record}"


def companies(home: Path, count: int) -> list[Key]:
    """Some CRM companies, each of an account of its own."""
    sql = f"""select source, instance, table_name, record_key from identity.records
        where table_name in ('companies', 'accounts') qualify row_number() over (partition by account_id order by record_key) = 1
        order by account_id limit {count}"""
    return query(home, sql)


def decisions(home: Path) -> list[dict[str, str]]:
    file = home / "company" / "decisions" / "identity.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def accounts_after(finished: Path, home: Path, nights_later: int, *keys: Key) -> list[str]:
    """The accounts of some records when a later night is resolved from the same exports."""
    night = LAST_NIGHT + timedelta(days=nights_later)
    warehouse = home / f"warehouse_{nights_later}.duckdb"
    shutil.copyfile(finished / "warehouse.duckdb", warehouse)
    with duckdb.connect(str(warehouse)) as con:
        resolve(con, home, night, home / "company" / "decisions")
        found = con.execute(
            "select source, instance, table_name, record_key, golden_id from identity.record_ids where entity_kind = 'account'"
        ).fetchall()
    ids = {tuple(row[:4]): row[4] for row in found}
    return [ids[key] for key in keys]


def test_a_link_and_an_unlink_hold_on_every_later_night(finished: Path, home: Path) -> None:
    left, right = companies(home, 2)
    billed = query(
        home,
        "select left_source, left_instance, left_table, left_key, right_source, right_instance, right_table, right_key "
        "from identity.links where entity_kind = 'account' and rule in ('billing_id', 'domain') and right_table = 'customers' "
        "or entity_kind = 'account' and left_table = 'customers' order by all limit 1",
    )[0]
    one, other = billed[:4], billed[4:]

    assert call("identity", "link", written(left), written(right), "--why", "bought each other") == 0
    assert (
        call("identity", "unlink", written(one), written(other), "--kind", "account", "--why", "a reseller")
        == 0
    )

    for night in (1, 2):
        linked_left, linked_right, parted_one, parted_other = accounts_after(
            finished, home, night, left, right, one, other
        )
        assert linked_left == linked_right
        assert parted_one != parted_other
    assert [(line["who"], line["action"], line["entity_kind"], line["why"]) for line in decisions(home)] == [
        ("ada", "link", "account", "bought each other"),
        ("ada", "unlink", "account", "a reseller"),
    ]


def test_a_decision_about_an_unknown_record_names_those_that_are_like_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [known] = companies(home, 1)
    misspelt = written(known).replace(known[2], "nonsense")

    assert call("identity", "link", misspelt, written(known), "--why", "x") == 2

    told = capsys.readouterr().err
    assert f"'{misspelt}' is no record of the last published night" in told
    assert f"Did you mean {written(known)}?" in told
    assert decisions(home) == []


def test_the_opposite_of_an_earlier_decision_names_both_and_needs_replace(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left, right = map(written, companies(home, 2))
    assert call("identity", "link", left, right, "--why", "one group") == 0

    assert call("identity", "unlink", right, left, "--why", "two groups") == 2
    told = capsys.readouterr().err
    assert f"unlink {right} {left} contradicts an earlier decision: link {left} {right} (ada, " in told
    assert [line["action"] for line in decisions(home)] == ["link"]

    assert call("identity", "unlink", right, left, "--why", "two groups", "--replace") == 0
    assert [line["action"] for line in decisions(home)] == ["link", "unlink"]


def test_a_contradiction_through_a_third_record_is_told_before_it_is_written(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = map(written, companies(home, 3))
    assert call("identity", "link", first, second, "--why", "a") == 0
    assert call("identity", "unlink", first, third, "--why", "b") == 0

    assert call("identity", "link", second, third, "--why", "c") == 2

    told = capsys.readouterr().err
    assert f"link {second} {third} contradicts unlink {first} {third} (ada, " in told
    assert f"through link {first} {second}" in told
    assert len(decisions(home)) == 2


def test_a_decision_taken_twice_is_written_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left, right = map(written, companies(home, 2))
    assert call("identity", "link", left, right, "--why", "a") == 0
    assert call("identity", "link", right, left, "--why", "b") == 0

    assert "Decided already" in capsys.readouterr().out
    assert len(decisions(home)) == 1


def test_two_people_need_to_be_said_to_be_one_person_or_of_one_company(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sql = "select source, instance, table_name, record_key from identity.records where table_name = 'contacts' order by all limit 2"
    left, right = (written(row) for row in query(home, sql))

    assert call("identity", "link", left, right, "--why", "x") == 2
    assert "Say --kind person" in capsys.readouterr().err
    assert call("identity", "link", left, right, "--kind", "person", "--why", "x") == 0
    assert [line["entity_kind"] for line in decisions(home)] == ["person"]


def test_review_shows_what_both_records_say_and_leaves_out_what_was_decided(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left, right = companies(home, 2)
    names: dict[str, str] = dict(
        query(
            home,
            "select record_key, company_name from identity.records where table_name in ('companies', 'accounts')",
        )
    )
    file = home / "published" / "steward" / "onefunnel.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        con.execute("delete from identity.review")
        con.execute(
            "insert into identity.review by name select 'account' as entity_kind, ? as left_source, ? as left_instance, ? as left_table, "
            "? as left_key, ? as right_source, ? as right_instance, ? as right_table, ? as right_key, 'splink' as rule, "
            "'profile' as claim_kind, 0.91 as probability, 'alike' as why",
            [*left, *right],
        )

    assert call("identity", "review", "--kind", "account", "--min-probability", "0.9") == 0
    shown = capsys.readouterr().out
    assert names[left[3]] in shown and names[right[3]] in shown
    assert "1 of 1 pairs" in shown
    assert call("identity", "review", "--min-probability", "0.92") == 0
    assert "0 of 0 pairs" in capsys.readouterr().out

    assert call("identity", "unlink", written(right), written(left), "--why", "two") == 0
    assert call("identity", "review") == 0
    assert "0 of 0 pairs" in capsys.readouterr().out


def test_a_decision_that_cannot_be_followed_stays_on_the_list(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [known] = companies(home, 1)
    gone = (*known[:3], "gone")
    (home / "company" / "decisions").mkdir(parents=True)
    (home / "company" / "decisions" / "identity.csv").write_text(
        "who,when,action,entity_kind,left_source,left_instance,left_table,left_key,right_source,right_instance,right_table,right_key,why\n"
        f"ada,2026-06-01,link,account,{','.join(known)},{','.join(gone)},renamed\n"
    )
    file = home / "published" / "steward" / "onefunnel.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        con.execute("delete from identity.review")
        con.execute(
            "insert into identity.review by name select 'account' as entity_kind, ? as left_source, ? as left_instance, ? as left_table, "
            "? as left_key, ? as right_source, ? as right_instance, ? as right_table, ? as right_key, 'decision' as rule, "
            "'link' as claim_kind, 'a decision names a record that no export holds' as why",
            [*known, *gone],
        )

    assert call("identity", "review") == 0
    assert "a decision names a record that no export holds" in capsys.readouterr().out
