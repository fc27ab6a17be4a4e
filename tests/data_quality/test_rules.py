"""Every rule on the violating and the clean case that its own file gives."""

from pathlib import Path

import pytest

from data_quality.errors import RuleError
from data_quality.examples import run_examples
from data_quality.rule import Rule, load_rules

RULES = load_rules()
DEPARTMENTS = {"marketing", "sales", "finance", "product", "customer_success", "revops"}


@pytest.mark.parametrize("rule", RULES, ids=[rule.rule_id for rule in RULES])
def test_a_rule_finds_what_its_examples_say(rule: Rule) -> None:
    violating, clean = run_examples(rule)

    assert violating.expected, "the violating case must name what it finds"
    assert (violating.error, violating.found) == (None, violating.expected)
    assert (clean.error, clean.found) == (None, [])


@pytest.mark.parametrize("rule", RULES, ids=[rule.rule_id for rule in RULES])
def test_a_rule_names_its_owner_its_money_and_its_fix(rule: Rule) -> None:
    assert rule.owner in DEPARTMENTS
    assert rule.why.endswith(".")
    assert rule.fix
    assert ("money_at_risk" in rule.query) != rule.money.startswith("none")


def test_examples_that_name_an_unknown_column_are_told(tmp_path: Path) -> None:
    rule = RULES[0].model_copy(deep=True)
    assert rule.examples is not None
    rule.examples.clean = {"intermediate.int_deals": [{"nonsense": 1}]}

    with pytest.raises(RuleError, match="no column nonsense"):
        run_examples(rule)
