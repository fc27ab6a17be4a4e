"""What keeps a candidate from being published."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class GateFailure:
    """One blocking check that failed, and how."""

    check: str
    message: str


def gate(con: duckdb.DuckDBPyConnection) -> list[GateFailure]:
    """The blocking rules that failed or are broken, from quality.rules and quality.rule_runs."""
    rows = con.execute(
        """select rule_id, sentence, violations, status, error from quality.rule_runs inner join quality.rules using (rule_id)
        where gate = 'block' and status <> 'pass' order by rule_id"""
    ).fetchall()
    return [
        GateFailure(rule, f"{sentence} {'Its SQL is broken: ' + error if status == 'error' else f'{count} do not hold.'}")
        for rule, sentence, count, status, error in rows
    ]
