"""The ledger across nights: a rule, a table it reads, and what is opened, resolved, reopened and waived."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_quality.errors import RuleError
from data_quality.gate import gate
from data_quality.ledger import LedgerCounts, update_ledger
from data_quality.rule import load_rules
from data_quality.runner import run_rules

RULE = """
severity: warning
owner: sales
entity: deal
why: A deal without an owner is nobody's to close.
sql: select 'crm' as source, '' as instance, 'deals' as table_name, id as record_key, 'owner' as field, amount as money_at_risk from deals where owner is null
"""
CRM = {("crm", "", "deals")}


class Nights:
    """One rule over a table of deals, and a ledger that goes on from night to night."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "rules" / "crm").mkdir(parents=True)
        (root / "decisions").mkdir()
        (root / "rules" / "crm" / "deal_has_owner.yaml").write_text(RULE, encoding="utf-8")

    def run(
        self,
        day: int,
        without_owner: list[str],
        arrived: set[tuple[str, str, str]] = CRM,
        late: frozenset[str] = frozenset(),
    ) -> tuple[LedgerCounts, list[tuple[str, str]]]:
        night = date(2026, 6, day)
        with duckdb.connect() as con:
            con.execute("create table deals (id varchar, owner varchar, amount decimal(18, 4))")
            for deal in without_owner:
                con.execute("insert into deals values (?, null, 100)", [deal])
            run_rules(con, self.root / "rules", f"run-{day}", night)
            counts = update_ledger(con, self.root / "events", night, arrived, self.root / "decisions", late)
            self.ids = dict(con.execute("select record_key, issue_id from quality.issues").fetchall())
            self.assignees = dict(con.execute("select record_key, assignee from quality.issues").fetchall())
            return counts, con.execute("select record_key, status from quality.issues order by 1").fetchall()


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def test_an_issue_is_opened_stays_open_is_resolved_and_reopened(nights: Nights) -> None:
    assert nights.run(1, ["d1", "d2"]) == (LedgerCounts(2, 0, 0, 2), [("d1", "open"), ("d2", "open")])
    assert nights.run(2, ["d1", "d2"]) == (LedgerCounts(0, 0, 0, 2), [("d1", "open"), ("d2", "open")])
    assert nights.run(3, ["d2"]) == (LedgerCounts(0, 0, 1, 1), [("d1", "resolved"), ("d2", "open")])
    assert nights.run(4, ["d1", "d2"]) == (LedgerCounts(0, 1, 0, 2), [("d1", "reopened"), ("d2", "open")])


def test_a_source_that_did_not_arrive_neither_opens_nor_resolves(nights: Nights) -> None:
    nights.run(1, ["d1"])
    assert nights.run(2, ["d2"], arrived=set()) == (LedgerCounts(0, 0, 0, 1), [("d1", "open")])


def test_a_rule_neither_opens_nor_resolves_while_what_it_compares_with_is_late(nights: Nights) -> None:
    file = nights.root / "rules" / "crm" / "deal_has_owner.yaml"
    file.write_text(RULE + "needs: [mart_core.fct_payments, intermediate.int_owners]\n", encoding="utf-8")
    late = frozenset({"intermediate.int_owners"})

    nights.run(1, ["d1"])
    assert nights.run(2, ["d2"], late=late) == (LedgerCounts(0, 0, 0, 1), [("d1", "open")])
    assert nights.run(3, ["d2"], late=frozenset({"intermediate.int_deals"})) == (
        LedgerCounts(1, 0, 1, 1), [("d1", "resolved"), ("d2", "open")]
    )  # fmt: skip


def test_a_night_done_again_gives_the_same_ledger(nights: Nights) -> None:
    nights.run(1, ["d1"])
    once = nights.run(2, ["d2"])
    assert nights.run(2, ["d2"]) == once


def test_a_waived_issue_comes_back_when_the_waiver_ends(nights: Nights) -> None:
    nights.run(1, ["d1"])
    line = f"me,2026-06-01T10:00:00Z,agreed,{nights.ids['d1']},2026-06-02\n"
    (nights.root / "decisions" / "issue_waivers.csv").write_text(
        "who,when,why,issue_id,until\n" + line, encoding="utf-8"
    )
    assert nights.run(2, ["d1"])[1] == [("d1", "waived")]
    assert nights.run(3, ["d1"])[1] == [("d1", "open")]


def test_the_last_assignment_and_the_last_waiver_count(nights: Nights) -> None:
    nights.run(1, ["d1"])
    issue = nights.ids["d1"]
    decisions = nights.root / "decisions"
    decisions.joinpath("issue_assignments.csv").write_text(
        "who,when,why,issue_id,assignee\n"
        f"me,2026-06-02T10:00:00Z,x,{issue},ben\nme,2026-06-01T10:00:00Z,x,{issue},ada\nme,2026-06-02T10:00:00Z,x,{issue},cleo\n",
        encoding="utf-8",
    )
    decisions.joinpath("issue_waivers.csv").write_text(
        "who,when,why,issue_id,until\n"
        f"me,2026-06-01T10:00:00Z,x,{issue},2026-12-31\nme,2026-06-02T10:00:00Z,x,{issue},2026-06-01\n",
        encoding="utf-8",
    )
    assert nights.run(3, ["d1"])[1] == [("d1", "open")]
    assert nights.assignees == {"d1": "cleo"}


def test_a_broken_rule_fails_its_own_check_blocks_if_it_says_so_and_resolves_nothing(nights: Nights) -> None:
    nights.run(1, ["d1"])
    file = nights.root / "rules" / "crm" / "deal_has_owner.yaml"
    file.write_text(
        RULE.replace("from deals", "from no_such_table").replace(
            "severity: warning", "severity: warning\ngate: block"
        ),
        encoding="utf-8",
    )
    (nights.root / "rules" / "crm" / "other.yaml").write_text(RULE, encoding="utf-8")
    with duckdb.connect() as con:
        con.execute("create table deals (id varchar, owner varchar, amount decimal(18, 4))")
        results = {
            result.rule_id: result.status
            for result in run_rules(con, nights.root / "rules", "r", date(2026, 6, 2))
        }
        counts = update_ledger(con, nights.root / "events", date(2026, 6, 2), CRM, nights.root / "decisions")
        failures = gate(con)
    assert results == {"crm/deal_has_owner": "error", "crm/other": "pass"}
    assert counts.resolved == 0
    assert [failure.check for failure in failures] == ["crm/deal_has_owner"]


def test_a_rule_that_says_too_little_is_named(tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "x.yaml").write_text(
        "severity: error\nowner: sales\nwhy: because\n", encoding="utf-8"
    )
    with pytest.raises(RuleError, match=r"crm/x\.yaml"):
        load_rules(tmp_path)
