"""Commands about quality rules: which there are, whether one does what its file says, and a new one's file."""

import re
from typing import Any

import click

from orchestration.errors import SettingsError
from orchestration.report.summary import print_rows, wide
from orchestration.settings import PROJECT

RULES = PROJECT / "data_quality" / "rules"
DEPARTMENTS = ["marketing", "sales", "finance", "product", "customer_success", "revops"]
# Passes validation and finds what its examples say; a draft is not run at night.
TEMPLATE = """severity: warning
owner: {owner}
entity: deal
draft: true  # take this line out when the rule is right
why: Say here what goes wrong in the company when this is not true.
money: the deal's amount
fix: Say here what to change, and in which tool.
sql: |
  select deals.source, deals.instance, deals.table_name, deals.record_key, 'amount' as field,
      cast(deals.amount as varchar) as observed, 'an amount' as expected, deals.amount as money_at_risk, deals.currency
  from intermediate.int_deals as deals
  where deals.amount is null
examples:
  violating:
    intermediate.int_deals: [{{record_key: d1, amount: null}}]
  clean:
    intermediate.int_deals: [{{record_key: d1, amount: 100}}]
  finds: [d1]
"""


@click.group()
def rules() -> None:
    """Quality rules: sentences that should be true of every record."""


@rules.command("list")
@click.option("--department", type=click.Choice(DEPARTMENTS), help="Only rules that this department owns.")
@click.option("--area", help="Only rules of this folder, such as billing.")
def list_rules(department: str | None, area: str | None) -> None:
    """List rules with owner, severity, and whether they block publishing.

    Example: onefunnel rules list --area billing
    """
    found = [
        {
            "rule_id": one.rule_id, "owner": one.owner, "severity": one.severity,
            "gate": "draft" if one.draft else one.gate, "sentence": one.sentence,
        }
        for one in load().values()
        if department in (None, one.owner) and area in (None, one.rule_id.partition("/")[0])
    ]  # fmt: skip
    print_rows(wide(), "", found)
    click.echo(f"{len(found)} rules.")


@rules.command("test")
@click.argument("rule_ids", nargs=-1)
def test_rules(rule_ids: tuple[str, ...]) -> None:
    """Run rules on the violating and the clean case of their own files: all of them when none is named.

    Example: onefunnel rules test crm/email_is_valid
    """
    from data_quality.examples import run_examples

    every = load()
    if unknown := [rule_id for rule_id in rule_ids if rule_id not in every]:
        raise SettingsError(f"No rule {', '.join(unknown)}. `onefunnel rules list` lists them.")
    chosen = rule_ids or tuple(every)
    wrong = [case for rule_id in chosen for case in run_examples(every[rule_id]) if not case.is_good]
    for case in wrong:
        said = (
            case.error
            or f"found {', '.join(case.found) or 'nothing'}, expected {', '.join(case.expected) or 'nothing'}"
        )
        click.echo(f"WRONG {case.rule_id}, {case.case} case: {said}")
    click.echo(f"{len(chosen)} rules tested, {len({case.rule_id for case in wrong})} wrong.")
    if wrong:
        raise SettingsError("A rule does not find what its examples say. Correct its SQL or its examples.")


@rules.command("new")
@click.argument("rule_id")
@click.option(
    "--owner",
    type=click.Choice(DEPARTMENTS),
    default="revops",
    show_default=True,
    help="Department that owns it.",
)
def new_rule(rule_id: str, owner: str) -> None:
    """Write the file of a new rule, as a draft to be filled in. RULE_ID is area/sentence_that_should_be_true.

    Example: onefunnel rules new crm/deal_has_amount --owner sales
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", rule_id):
        raise SettingsError(
            f"{rule_id!r} is not area/sentence in small letters, such as crm/deal_has_amount."
        )
    path = RULES / f"{rule_id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(owner=owner))
    except FileExistsError as problem:
        raise SettingsError(f"{path} is there already. Edit it, or choose another name.") from problem
    click.echo(f"Written to {path}. Fill it in, then: onefunnel rules test {rule_id}")


def load() -> dict[str, Any]:
    """All rules by id; a bad file is named by a RuleError."""
    from data_quality.rule import load_rules

    return {one.rule_id: one for one in load_rules(RULES)}
