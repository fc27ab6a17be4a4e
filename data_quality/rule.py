"""A quality rule: one YAML file, whose name is the sentence that should be true."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from data_quality.errors import RuleError

RULES = Path(__file__).parent / "rules"


class Rule(BaseModel):
    """See the design, section 7. `sql` returns the violating records; `left` and `right` totals by currency."""

    model_config = ConfigDict(extra="forbid")

    rule_id: str = ""
    kind: Literal["records", "reconciliation"] = "records"
    severity: Literal["info", "warning", "error"]
    gate: Literal["block", "warn"] = "warn"
    owner: str
    entity: str = "record"
    why: str
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
        return self

    @property
    def sentence(self) -> str:
        return self.rule_id.rpartition("/")[2].replace("_", " ").capitalize() + "."


def load_rules(directory: Path = RULES) -> list[Rule]:
    """Every rule below a folder, by id (its path)."""
    rules = []
    for path in sorted(directory.rglob("*.yaml")):
        try:
            rule = Rule.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError) as error:
            raise RuleError(
                f"{path.relative_to(directory)}: {str(error).splitlines()[-1]} Correct the rule's file."
            ) from error
        rule.rule_id = path.relative_to(directory).with_suffix("").as_posix()
        rules.append(rule)
    return rules
