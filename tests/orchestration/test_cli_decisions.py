"""What people decide about issues and rules on the command line."""

import csv
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration import cli as program
from orchestration import cli_rules


@pytest.fixture
def home(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own with a published file that has open issues."""
    shutil.copytree(finished / "published", tmp_path / "published")
    monkeypatch.setenv("ONEFUNNEL_HOME", str(tmp_path))
    monkeypatch.delenv("ONEFUNNEL_EXPORTS", raising=False)
    monkeypatch.setenv("ONEFUNNEL_USER", "ada")
    return tmp_path


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        program.main(list(arguments))
    return int(ended.value.code or 0)


def query(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def lines(home: Path, kind: str) -> list[dict[str, str]]:
    with (home / "company" / "decisions" / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def an_issue(home: Path) -> str:
    found = query(home, "select issue_id from quality.issues where status = 'open' order by issue_id limit 1")
    return str(found[0][0])


def test_an_assignment_is_written_with_who_and_why_and_shown_in_the_history(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    issue = an_issue(home)

    assert call("issues", "assign", issue[:12], "ben@example.com", "--why", "his account") == 0
    assert call("issues", "history", issue) == 0

    [line] = lines(home, "issue_assignments")
    assert (line["who"], line["issue_id"], line["assignee"], line["why"]) == (
        "ada", issue, "ben@example.com", "his account"
    )  # fmt: skip
    said = capsys.readouterr().out
    assert "assigned to ben@example.com" in said
    assert "opened" in said


def test_a_waiver_is_written_with_its_last_day(home: Path) -> None:
    issue = an_issue(home)

    assert call("issues", "waive", issue, "--until", "2999-12-31", "--why", "agreed") == 0

    [line] = lines(home, "issue_waivers")
    assert (line["issue_id"], line["until"], line["why"]) == (issue, "2999-12-31", "agreed")


def test_a_waiver_that_is_past_or_of_no_issue_writes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("issues", "waive", an_issue(home), "--until", "2020-01-01", "--why", "x") == 2
    assert "2020-01-01 is past" in capsys.readouterr().err
    assert call("issues", "waive", "iss_nonsense", "--until", "2999-01-01", "--why", "x") == 2
    assert "matches no issue" in capsys.readouterr().err
    assert not (home / "company").exists()


def test_the_list_is_filtered_as_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = "status not in ('resolved', 'waived') and severity = 'error' and source = 'hubspot'"
    expected = [str(row[0]) for row in query(home, f"select issue_id from quality.issues where {wanted}")]
    others = [str(row[0]) for row in query(home, f"select issue_id from quality.issues where not ({wanted})")]
    assert expected and others

    filters = ["--severity", "error", "--source", "hubspot", "--limit", "1000"]
    assert call("issues", "list", "--records", *filters) == 0

    said = capsys.readouterr().out
    assert all(issue in said for issue in expected)
    assert not any(issue in said for issue in others)

    # without --records one line per cause, with as many records as it has
    causes = query(home, "select incident_id, open_records from quality.incidents where severity = 'error' and source = 'hubspot' and status = 'open'")  # fmt: skip
    assert call("issues", "list", *filters) == 0
    said = capsys.readouterr().out
    assert f"{len(causes)} incidents." in said
    assert all(str(incident) in said for incident, _ in causes)


def test_an_incident_is_shown_its_records_listed_and_the_whole_of_it_waived(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [(incident, records)] = query(home, "select incident_id, open_records from quality.incidents where status = 'open' order by open_records desc, 1 limit 1")  # fmt: skip

    assert call("issues", "show", str(incident)) == 0
    assert "sample keys" in capsys.readouterr().out
    assert call("issues", "list", "--incident", str(incident), "--limit", "1000") == 0
    assert f"{records} issues." in capsys.readouterr().out
    assert call("issues", "waive", str(incident), "--until", "2999-01-01", "--why", "known") == 0
    assert lines(home, "issue_waivers")[0]["issue_id"] == incident
    assert call("issues", "list", "--changed", "--all") == 2


def test_a_dry_run_of_fixes_writes_nothing_and_counts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [(issues,)] = query(home, "select count(*) from quality.issues where status in ('open', 'reopened')")

    assert call("issues", "fixes", "--dry-run") == 0

    assert f"of {issues} open issues have a fix file" in capsys.readouterr().out
    assert not (home / "published" / "fixes").exists()


def test_fixes_of_a_lifecycle_are_written_in_the_tools_own_words(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "published" / "steward" / "onefunnel.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        con.execute(
            "update quality.issues set rule_id = 'crm/lifecycle_agrees_with_billing', source = 'hubspot', instance = '', "
            "table_name = 'companies', record_key = '500001', field = 'lifecycle_stage', observed = 'Lead', status = 'open', "
            "proposed_value = 'customer' "
            "where issue_id = (select min(issue_id) from quality.issues)"
        )

    assert call("issues", "fixes", "--rule", "crm/lifecycle_agrees_with_billing", "--source", "hubspot") == 0

    written = home / "published" / "fixes" / "hubspot" / "companies_lifecycle_stage_1.csv"
    text = written.read_text(encoding="utf-8").splitlines()
    assert text[0] == "Record ID,Lifecycle Stage"
    assert "500001,customer" in text
    assert "wrote" in capsys.readouterr().out


def test_a_new_rule_is_a_draft_whose_own_examples_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_rules, "RULES", tmp_path)

    assert call("rules", "new", "crm/deal_has_amount", "--owner", "sales") == 0
    assert call("rules", "test", "crm/deal_has_amount") == 0
    assert "1 rules tested, 0 wrong." in capsys.readouterr().out
    assert call("rules", "list") == 0
    assert "crm/deal_has_amount" in capsys.readouterr().out

    assert call("rules", "new", "crm/deal_has_amount") == 2
    assert "is there already" in capsys.readouterr().err


def test_a_rule_that_misses_its_violating_case_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_rules, "RULES", tmp_path)
    call("rules", "new", "crm/deal_has_amount")
    file = tmp_path / "crm" / "deal_has_amount.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("deals.amount is null", "deals.amount < 0"), encoding="utf-8"
    )

    assert call("rules", "test", "crm/deal_has_amount") == 2

    told = capsys.readouterr()
    assert "WRONG crm/deal_has_amount, violating case: found nothing, expected d1" in told.out
    assert "Correct its SQL or its examples" in told.err
