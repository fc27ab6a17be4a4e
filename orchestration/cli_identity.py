"""Commands of stewards: pairs to be looked at, and decisions about them that always win."""

from typing import Any

import click

from orchestration.cli_ledger import print_fields, rows
from orchestration.decisions import append_decision
from orchestration.errors import SettingsError
from orchestration.settings import Settings, load_settings
from orchestration.stewards import Decision, Record, check, decided, fields, find_record, last_words

SHOWN = 20
KINDS = click.Choice(["person", "account"])
# What is shown of a record: what it calls itself, without digging into its tool.
SAYS = """concat_ws(', ', {side}.company_name, {side}.full_name, {side}.email, {side}.domain, {side}.phone, {side}.country)"""
REVIEW = f"""
with pairs as (
    select *, concat(left_source, case when left_instance <> '' then '@' || left_instance else '' end, '.', left_table, ':', left_key) as "left",
        concat(right_source, case when right_instance <> '' then '@' || right_instance else '' end, '.', right_table, ':', right_key) as "right"
    from identity.review
)
select entity_kind as kind, round(probability, 4) as probability, pairs."left", {SAYS.format(side="left_record")} as left_says,
    pairs."right", {SAYS.format(side="right_record")} as right_says,
    (coalesce(left_account.mrr, 0) + coalesce(right_account.mrr, 0))::decimal(18, 2) as mrr, rule, claim_kind as evidence, why
from pairs
left join identity.records as left_record on left_record.source = left_source and left_record.instance = left_instance
    and left_record.table_name = left_table and left_record.record_key = left_key
left join identity.records as right_record on right_record.source = right_source and right_record.instance = right_instance
    and right_record.table_name = right_table and right_record.record_key = right_key
left join mart_core.dim_accounts as left_account on left_account.account_id = left_record.account_id
left join mart_core.dim_accounts as right_account on right_account.account_id = right_record.account_id
where (? is null or entity_kind = ?) and (? is null or left_source = ? or right_source = ?)
    and (probability is null or probability >= ?) and (? is null or contains(lower(left_says || ' ' || right_says), lower(?)))
order by probability desc nulls last, pairs."left", pairs."right"
"""


@click.group()
def identity() -> None:
    """Who is who: pairs for stewards, and decisions that always win."""


@identity.command()
@click.option("--kind", type=KINDS, help="Only pairs of people, or of companies.")
@click.option("--source", help="Only pairs with a record of this tool.")
@click.option(
    "--min-probability", default=0.0, type=click.FloatRange(0, 1), help="Only pairs at least so sure."
)
@click.option("--name", help="Only pairs in which one of the records says this.")
@click.option("--limit", default=SHOWN, show_default=True, type=click.IntRange(1))
def review(
    kind: str | None, source: str | None, min_probability: float, name: str | None, limit: int
) -> None:
    """List pairs that are alike but not surely one, the surest first, with what both records say.

    Pairs that were decided since the last run are left out.

    Example: onefunnel identity review --kind account --source hubspot --min-probability 0.9
    """
    settings = load_settings()
    values = [kind, kind, source, source, source, min_probability, name, name]
    found = rows(settings, REVIEW, values)
    known = {
        frozenset(map(str, one.pair)) for word in ("person", "account") for one in last_words(decided(settings), word)
    }  # fmt: skip
    # a decision that cannot be followed stays on the list
    left = [
        one
        for one in found
        if one["rule"] == "decision" or frozenset((one["left"], one["right"])) not in known
    ]
    for one in left[:limit]:
        print_fields(pair_shown(one))
        click.echo("")
    click.echo(
        f"{min(limit, len(left))} of {len(left)} pairs. Decide one: onefunnel identity link|unlink LEFT RIGHT --why …"
    )


def pair_shown(one: dict[str, Any]) -> dict[str, Any]:
    """One pair, a line each for both records."""
    sure = "" if one["probability"] is None else f", probability {one['probability']}"
    return {
        one["kind"]: f"{one['why']} ({one['rule']}, by {one['evidence']}{sure})",
        "left": f"{one['left']}  {one['left_says']}",
        "right": f"{one['right']}  {one['right_says']}",
        "MRR of both": one["mrr"] or None,
    }


def decision_options(command: Any) -> Any:
    """The arguments that link and unlink share."""
    for decorate in (
        click.option(
            "--replace", is_flag=True, help="Let it stand instead of the earlier decision about this pair."
        ),
        click.option("--why", required=True, help="The reason, kept in company/decisions/identity.csv."),
        click.option(
            "--kind", type=KINDS, help="Needed when both records are of people: one person, or one company?"
        ),
        click.argument("right"),
        click.argument("left"),
    ):
        command = decorate(command)
    return command


@identity.command()
@decision_options
def link(left: str, right: str, kind: str | None, why: str, replace: bool) -> None:
    """Say that two records are one person or one company, whatever the evidence.

    LEFT and RIGHT are source[@instance].table:key, or a key that only one record has.

    Example: onefunnel identity link hubspot.companies:500001 chargebee.customers:cb_00001 --why "renamed in May"
    """
    decide("link", left, right, kind, why, replace)


@identity.command()
@decision_options
def unlink(left: str, right: str, kind: str | None, why: str, replace: bool) -> None:
    """Say that two records are not one, whatever the evidence: RIGHT leaves, with what hangs on it alone.

    LEFT and RIGHT are source[@instance].table:key, or a key that only one record has.

    Example: onefunnel identity unlink hubspot.contacts:300010 stripe.customers:cus_00000001 --why "father and son"
    """
    decide("unlink", left, right, kind, why, replace)


def decide(action: str, left: str, right: str, kind: str | None, why: str, replace: bool) -> None:
    """Check a decision against the published night and the earlier ones, and append it."""
    settings = load_settings()
    sides = [find_record(settings, left), find_record(settings, right)]
    if sides[0] == sides[1]:
        raise SettingsError(f"{sides[0]} is one record; a decision names two.")
    chosen = kind_of(settings, sides, kind)
    new = Decision(action, chosen, sides[0], sides[1])
    if same := check(new, decided(settings), replace):
        click.echo(f"Decided already: {same}. Nothing was written.")
        return
    written = append_decision(settings, "identity", why, **fields(new))
    said = (
        f"one {chosen}" if action == "link" else {"person": "two people", "account": "two accounts"}[chosen]
    )
    click.echo(f"{action} {sides[0]} {sides[1]} as {said}, written to {written}.")
    click.echo(f"They are {standing(settings, chosen, sides)} now; the next `onefunnel run` applies it.")


def kind_of(settings: Settings, sides: list[Record], given: str | None) -> str:
    """Whether a pair is of people or of companies: as given, else what both records can be."""
    known = [golden(settings, "person", one) for one in sides]
    if given == "person" and None in known:
        stranger = sides[known.index(None)]
        raise SettingsError(f"{stranger} is a company's record, not a person's. Use --kind account.")
    if given is None and None not in known:
        raise SettingsError(
            f"{sides[0]} and {sides[1]} are records of people. Say --kind person (they are one human) "
            "or --kind account (they are of one company)."
        )
    return given or "account"


def golden(settings: Settings, kind: str, one: Record) -> str | None:
    """The person or account of a record on the published night."""
    sql = """select golden_id from identity.record_ids
        where entity_kind = ? and source = ? and instance = ? and table_name = ? and record_key = ?"""
    found = rows(settings, sql, [kind, one.source, one.instance, one.table, one.key])
    return str(found[0]["golden_id"]) if found else None


def standing(settings: Settings, kind: str, sides: list[Record]) -> str:
    """How two records stand on the published night, in words."""
    left, right = (golden(settings, kind, one) for one in sides)
    return f"one {kind} ({left})" if left == right else f"two ({left}, {right})"
