"""What keeps a candidate from being published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import duckdb

from data_quality.rule import EXPECTATIONS


class Expectation(Protocol):
    """What the gate wants to know of an expectation's result."""

    @property
    def success(self) -> bool: ...
    @property
    def blocking(self) -> bool: ...
    @property
    def sentence(self) -> str: ...


@dataclass(frozen=True)
class GateFailure:
    """One blocking check that failed, and how."""

    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.message}"


def gate(
    con: duckdb.DuckDBPyConnection,
    expectations: Sequence[Expectation] = (),
    gate_overrides: Mapping[str, str] | None = None,
) -> list[GateFailure]:
    """The blocking rules that failed or are broken (quality.rules, quality.rule_runs), and blocking expectations that failed.

    quality.rules knows the company's overrides; that of `expectations` makes all of them block, or none.
    """
    override = (gate_overrides or {}).get(EXPECTATIONS)
    rows = con.execute(
        """select rule_id, sentence, violations, status, error from quality.rule_runs inner join quality.rules using (rule_id)
        where gate = 'block' and status not in ('pass', 'draft') order by rule_id"""
    ).fetchall()
    failed = [
        one
        for one in expectations
        if not one.success and (override == "block" or (one.blocking and override is None))
    ]
    return [
        *(GateFailure("expectations", one.sentence) for one in failed),
        *(
            GateFailure(
                rule,
                f"{sentence} {'Its SQL is broken: ' + error if status == 'error' else f'{count} do not hold.'}",
            )
            for rule, sentence, count, status, error in rows
        ),
    ]
