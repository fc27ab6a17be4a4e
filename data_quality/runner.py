"""Run every rule once, in the engine, and keep all violating keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from data_quality.rule import RULES, Rule, load_rules

COLUMNS = {
    "source": "varchar", "instance": "varchar", "table_name": "varchar", "record_key": "varchar", "field": "varchar",
    "entity_id": "varchar", "record_url": "varchar", "observed": "varchar", "expected": "varchar",
    "money_at_risk": "decimal(18, 4)", "currency": "varchar", "suggested_fix": "varchar",
}  # fmt: skip


@dataclass(frozen=True)
class RuleResult:
    """What one rule found. `status`: pass, fail or error (its SQL is broken); money in the reporting currency."""

    rule_id: str
    violations: int
    money_at_risk: Decimal
    status: str
    gate: str
    error: str | None = None


def run_rules(
    con: duckdb.DuckDBPyConnection, rules_dir: Path = RULES, run_id: str = "", night: date | None = None
) -> list[RuleResult]:
    """Fill quality.rules, quality.violations and quality.rule_runs; a broken rule fails its own check and no other."""
    rules = load_rules(rules_dir)
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    con.execute("create schema if not exists quality")
    con.execute(f"create or replace table quality.violations (rule_id varchar, {columns})")
    con.execute(
        """create or replace table quality.rules (rule_id varchar, sentence varchar, why varchar, owner_department varchar,
            severity varchar, entity varchar, gate varchar, kind varchar)"""
    )
    con.execute(
        """create or replace table quality.rule_runs (run_id varchar, rule_id varchar, violations bigint,
            money_at_risk decimal(18, 4), status varchar, error varchar, night date)"""
    )
    results = [run_rule(con, rule) for rule in rules]
    for rule, result in zip(rules, results, strict=True):
        con.execute(
            "insert into quality.rules values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                rule.rule_id,
                rule.sentence,
                rule.why,
                rule.owner,
                rule.severity,
                rule.entity,
                rule.gate,
                rule.kind,
            ],
        )
        con.execute(
            "insert into quality.rule_runs values (?, ?, ?, ?, ?, ?, ?)",
            [
                run_id,
                rule.rule_id,
                result.violations,
                result.money_at_risk,
                result.status,
                result.error,
                night,
            ],
        )
    return results


def run_rule(con: duckdb.DuckDBPyConnection, rule: Rule) -> RuleResult:
    sql = rule.sql if rule.kind == "records" else reconciliation_sql(rule)
    try:
        given = {row[0] for row in con.execute(f"describe ({sql})").fetchall()}
        chosen = ", ".join(
            f"cast({name} as {kind})"
            if name in given
            else f"cast({'null' if name != 'instance' else repr('')} as {kind})"
            for name, kind in COLUMNS.items()
        )
        con.execute(f"insert into quality.violations select '{rule.rule_id}', {chosen} from ({sql})")
    except duckdb.Error as error:
        return RuleResult(rule.rule_id, 0, Decimal(0), "error", rule.gate, str(error).splitlines()[0])
    count, money = con.execute(
        "select count(*), coalesce(sum(money_at_risk), 0) from quality.violations where rule_id = ?",
        [rule.rule_id],
    ).fetchall()[0]
    return RuleResult(rule.rule_id, count, money, "fail" if count else "pass", rule.gate)


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
