"""Run every rule once, in the engine, and keep all violating keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from data_quality.rule import RULES, Rule, load_rules, with_gates

COLUMNS = {
    "source": "varchar", "instance": "varchar", "table_name": "varchar", "record_key": "varchar", "field": "varchar",
    "entity_id": "varchar", "record_url": "varchar", "observed": "varchar", "expected": "varchar",
    "money_at_risk": "decimal(18, 4)", "currency": "varchar", "suggested_fix": "varchar", "proposed_value": "varchar",
}  # fmt: skip


DESCRIBED = [
    "rule_id", "sentence", "why", "owner_department", "severity", "entity", "gate", "kind", "money_rule", "fix",
    "fix_value", "needs", "state",
]  # fmt: skip


@dataclass(frozen=True)
class RuleResult:
    """What one rule found. `status`: pass, fail, error (its SQL is broken) or draft (not run); money as it stands."""

    rule_id: str
    violations: int
    money_at_risk: Decimal
    status: str
    gate: str
    error: str | None = None


def run_rules(
    con: duckdb.DuckDBPyConnection,
    rules_dir: Path = RULES,
    run_id: str = "",
    night: date | None = None,
    gate_overrides: Mapping[str, str] | None = None,
    reporting_currency: str = "EUR",
) -> list[RuleResult]:
    """Fill quality.rules, quality.violations and quality.rule_runs; a broken rule fails its own check and no other.

    A rule whose money is in the reporting currency says `getvariable('reporting_currency') as currency`.
    """
    rules = with_gates(load_rules(rules_dir), gate_overrides or {})
    con.execute(f"set variable reporting_currency = '{reporting_currency}'")
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    con.execute("create schema if not exists quality")
    con.execute(f"create or replace table quality.violations (rule_id varchar, {columns})")
    con.execute(
        f"create or replace table quality.rules ({', '.join(f'{name} varchar' for name in DESCRIBED)})"
    )
    con.execute(
        """create or replace table quality.rule_runs (run_id varchar, rule_id varchar, violations bigint,
            money_at_risk decimal(18, 4), status varchar, error varchar, night date)"""
    )
    if not rules:
        return []
    results = [run_rule(con, rule) for rule in rules]
    marks = ", ".join("?" for _ in DESCRIBED)
    con.executemany(f"insert into quality.rules values ({marks})", [described(rule) for rule in rules])
    con.executemany(
        "insert into quality.rule_runs values (?, ?, ?, ?, ?, ?, ?)",
        [
            [run_id, one.rule_id, one.violations, one.money_at_risk, one.status, one.error, night]
            for one in results
        ],
    )
    return results


def described(rule: Rule) -> list[str | None]:
    """The rule as a row of quality.rules."""
    return [
        rule.rule_id, rule.sentence, rule.why, rule.owner, rule.severity, rule.entity, rule.gate, rule.kind,
        rule.money, rule.fix, rule.fix_value, ", ".join(rule.needs), "draft" if rule.draft else "active",
    ]  # fmt: skip


def run_rule(con: duckdb.DuckDBPyConnection, rule: Rule) -> RuleResult:
    """Put one rule's violations into quality.violations; a rule whose SQL is broken puts nothing there."""
    if rule.draft:
        return RuleResult(rule.rule_id, 0, Decimal(0), "draft", rule.gate)
    sql = rule.query
    try:
        given = {row[0] for row in con.execute(f"describe ({sql})").fetchall()}
        chosen = ", ".join(
            f"cast({name if name in given else 'null'} as {kind})" for name, kind in COLUMNS.items()
        )
        con.execute(f"insert into quality.violations select '{rule.rule_id}', {chosen} from ({sql})")
        fill_gaps(con, rule)
    except duckdb.Error as error:
        return RuleResult(rule.rule_id, 0, Decimal(0), "error", rule.gate, str(error).splitlines()[0])
    count, money = con.execute(
        "select count(*), coalesce(sum(money_at_risk), 0) from quality.violations where rule_id = ?",
        [rule.rule_id],
    ).fetchall()[0]
    return RuleResult(rule.rule_id, count, money, "fail" if count else "pass", rule.gate)


def fill_gaps(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """What a rule's SQL leaves open: the only instance is '', and the rule's own fix and right value are proposed."""
    con.execute(
        """update quality.violations
        set instance = coalesce(instance, ''), suggested_fix = coalesce(suggested_fix, nullif($fix, '')),
            proposed_value = coalesce(proposed_value, case when $value = 'expected' then expected else $value end)
        where rule_id = $rule""",
        {"fix": rule.fix, "value": rule.fix_value, "rule": rule.rule_id},
    )
