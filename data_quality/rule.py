"""A quality rule: one YAML file, whose name is the sentence that should be true."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from data_quality.errors import RuleError

RULES = Path(__file__).parent / "rules"
EXPECTATIONS = "expectations"


Row = dict[str, Any]
Tables = dict[str, list[Row]]


class Examples(BaseModel):
    """Tiny tables on which the rule must find nothing (`clean`) and exactly the records `finds` (`violating`).

    `given` tables stand in both cases; see data_quality/examples.py for what a row may leave out.
    """

    model_config = ConfigDict(extra="forbid")

    given: Tables = {}
    violating: Tables
    clean: Tables
    finds: list[str]


class Rule(BaseModel):
    """See the design, section 7. `sql` returns the violating records; `left` and `right` totals by currency.

    `money` says how money at risk is counted, `fix` what to do when the SQL suggests nothing of its own. `fix_value` is
    the right value of `field`: a text, or the word `expected` when that column is the value; SQL that knows it of some
    records only returns it as `proposed_value`. `needs` names
    the other tables that the records are compared with: on a night on which one is late, the rule opens and resolves nothing. A `draft`
    is tested but not run at night.
    """

    model_config = ConfigDict(extra="forbid")

    rule_id: str = ""
    kind: Literal["records", "reconciliation"] = "records"
    severity: Literal["info", "warning", "error"]
    gate: Literal["block", "warn"] = "warn"
    owner: str
    entity: str = "record"
    why: str
    money: str = "none: the record carries no money"
    fix: str = ""
    fix_value: str | None = None
    needs: list[str] = []
    draft: bool = False
    examples: Examples | None = None
    sql: str | None = None
    left: str | None = None
    right: str | None = None
    tolerance: float = 0

    @model_validator(mode="after")
    def says_how(self) -> Rule:
        if self.kind == "records" and not self.sql:
            raise ValueError("a rule over records needs `sql`")
        if self.kind == "reconciliation" and not (self.left and self.right):
            raise ValueError("a reconciliation needs `left` and `right`")
        if self.draft and self.gate == "block":
            raise ValueError("a draft does not run, so it cannot block")
        return self

    @property
    def query(self) -> str:
        """What finds the violating records."""
        return str(self.sql) if self.kind == "records" else reconciliation_sql(self)

    @property
    def sentence(self) -> str:
        return self.rule_id.rpartition("/")[2].replace("_", " ").capitalize() + "."


def load_yaml(path: Path) -> Any:
    """What a YAML file holds, by the parser in C where it is there: ten times as fast, and there are many rules."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def load_rules(directory: Path = RULES) -> list[Rule]:
    """Every rule below a folder, by id (its path)."""
    rules = []
    for path in sorted(directory.rglob("*.yaml")):
        try:
            rule = Rule.model_validate(load_yaml(path))
        except (yaml.YAMLError, ValidationError) as error:
            raise RuleError(
                f"{path.relative_to(directory)}: {str(error).splitlines()[-1]} Correct the rule's file."
            ) from error
        rule.rule_id = path.relative_to(directory).with_suffix("").as_posix()
        rules.append(rule)
    return rules


def with_gates(rules: list[Rule], overrides: Mapping[str, str]) -> list[Rule]:
    """The rules with what the company decided about blocking: rule id → warn or block.

    The word `expectations` stands for all expectations, which are no rules; the gate reads it.

    Raises:
        RuleError: an override names no rule, says neither warn nor block, or lets a draft block.
    """
    known = {rule.rule_id: rule for rule in rules}
    for name, gate in overrides.items():
        if name != EXPECTATIONS and name not in known:
            raise RuleError(
                f"gate_overrides: no rule {name!r}. `onefunnel rules list` lists them; correct company/settings.yaml."
            )
        if gate not in ("warn", "block"):
            raise RuleError(
                f"gate_overrides: {name} is {gate!r}, expected warn or block. Correct company/settings.yaml."
            )
        if gate == "block" and name in known and known[name].draft:
            raise RuleError(f"gate_overrides: {name} is a draft, which does not run and cannot block.")
    return [
        rule.model_copy(update={"gate": overrides[rule.rule_id]}) if rule.rule_id in overrides else rule
        for rule in rules
    ]


def reconciliation_sql(rule: Rule) -> str:
    """Totals that differ by more than the tolerance, one row per currency."""
    return f"""
        select 'onefunnel' as source, 'total' as table_name, coalesce(left_side.currency, right_side.currency, '') as record_key,
            'total' as field, cast(coalesce(left_side.total, 0) as varchar) as observed,
            cast(coalesce(right_side.total, 0) as varchar) as expected,
            abs(coalesce(left_side.total, 0) - coalesce(right_side.total, 0)) as money_at_risk,
            coalesce(left_side.currency, right_side.currency) as currency
        from ({rule.left}) as left_side
        full join ({rule.right}) as right_side on left_side.currency is not distinct from right_side.currency
        where abs(coalesce(left_side.total, 0) - coalesce(right_side.total, 0)) > {rule.tolerance}"""
