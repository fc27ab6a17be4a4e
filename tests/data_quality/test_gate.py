"""What blocks publishing, and what the company may change about it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_quality.errors import RuleError
from data_quality.gate import gate
from data_quality.rule import load_rules, with_gates
from data_quality.runner import run_rules

RULE = """
severity: error
gate: {gate}
owner: finance
entity: invoice
why: A total that does not add up is wrong somewhere.
{draft}
sql: select 'billing' as source, 'invoices' as table_name, '1' as record_key
"""


@dataclass(frozen=True)
class Failed:
    blocking: bool
    success: bool = False
    sentence: str = "mart_core.fct_deals: the key is unique does not hold."


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    for name, kind, draft in (
        ("adds_up", "block", ""),
        ("is_told", "warn", ""),
        ("is_new", "warn", "draft: true"),
    ):
        file = tmp_path / "money" / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(RULE.format(gate=kind, draft=draft), encoding="utf-8")
    return tmp_path


def blocked_by(rules: Path, overrides: dict[str, str], *expectations: Failed) -> list[str]:
    with duckdb.connect() as con:
        run_rules(con, rules, "run", date(2026, 6, 30), overrides)
        return [failure.check for failure in gate(con, expectations, overrides)]


def test_a_rule_blocks_as_its_file_says_or_as_the_company_decided(rules: Path) -> None:
    assert blocked_by(rules, {}) == ["money/adds_up"]
    assert blocked_by(rules, {"money/adds_up": "warn"}) == []
    assert blocked_by(rules, {"money/is_told": "block"}) == ["money/adds_up", "money/is_told"]


def test_expectations_block_one_by_one_all_or_none(rules: Path) -> None:
    quiet = {"money/adds_up": "warn"}
    assert blocked_by(rules, quiet, Failed(True), Failed(False)) == ["expectations"]
    assert blocked_by(rules, quiet | {"expectations": "warn"}, Failed(True)) == []
    assert blocked_by(rules, quiet | {"expectations": "block"}, Failed(False)) == ["expectations"]


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"money/nonsense": "warn"}, "no rule 'money/nonsense'. `onefunnel rules list`"),
        ({"money/adds_up": "never"}, "money/adds_up is 'never', expected warn or block"),
        ({"money/is_new": "block"}, "money/is_new is a draft"),
    ],
)
def test_an_override_that_says_nothing_useful_is_refused(
    rules: Path, overrides: dict[str, str], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        with_gates(load_rules(rules), overrides)
