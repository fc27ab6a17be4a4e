"""The command explain: one customer, and why it is one."""

import click

from orchestration.cli_read import published_file
from orchestration.explain import LISTED, Explainer, Rows
from orchestration.report.summary import print_rows, wide
from orchestration.settings import Settings, load_settings
from orchestration.stewards import MergedAway, Record, find_record

SHOWN = 100  # lines of one section
TITLES = {
    "people": "People",
    "records": "Records",
    "fields": "Which record each field is taken from",
    "former": "Other and earlier names and domains",
    "edges": "Why they are one: each link between two of its records",
    "ids": "Ids: when they came, and what was merged or split",
    "path": "Path through the funnel",
    "mrr": "MRR by month, reporting currency",
    "overlap": "Where two legal entities have it as a customer",
    "gaps": "Gaps between booked, billed and collected",
    "issues": "Open issues",
}


@click.command()
@click.argument("who", required=False)
@click.option(
    "--between", nargs=2, metavar="A B",
    help="Show the chain of evidence between two records, each source[@instance].table:key, or a key that only one record has.",
)  # fmt: skip
def explain(who: str | None, between: tuple[str, str] | None) -> None:
    """Show one customer: records in every tool, why they match, path, MRR by month with causes, open issues.

    WHO is an e-mail, a domain, a part of a name (an earlier one too), any tool's record id, or an account's or
    person's id. It may be left out with --between.

    Example: onefunnel explain jane@acme.example
    """
    settings, console = load_settings(), wide()
    if between:
        left, right = (str(followed(settings, one)) for one in between)
        with Explainer(published_file(settings, steward=True)) as file:
            show_chain(file, left, right)
        return
    if who is None:
        raise click.UsageError("Say whom to explain, or two records with --between A B.")
    with Explainer(published_file(settings, steward=True)) as file:
        found = file.find(who)
        if len(found) > 1:
            print_rows(console, f"{len(found)} customers are like {who!r}", found[:LISTED])
            click.echo("Ask for one by its id: onefunnel explain ACCOUNT_ID")
            return
        told = file.everything(str(found[0]["account_id"]))
    for name, value in told["header"][0].items():
        if value is not None:
            click.echo(f"{name.replace('_', ' '):<18} {value}")
    for section, title in TITLES.items():
        console.print("")
        print_rows(console, title, filled(told[section][:SHOWN]))
        if len(told[section]) > SHOWN:
            console.print(f"… and {len(told[section]) - SHOWN} more")
        if not told[section]:
            console.print(f"{title}: none")


def followed(settings: Settings, written: str) -> Record:
    """The record that somebody means; of one that its tool has merged away, the survivor."""
    try:
        return find_record(settings, written)
    except MergedAway as gone:
        click.echo(f"{written} was merged into {gone.survivor} by its tool.")
        return gone.survivor


def show_chain(file: Explainer, left: str, right: str) -> None:
    """The evidence between two records, or how they stand when there is none."""
    if left == right:
        click.echo(f"{left} is one record, of {file.stands(left)}.")
        return
    chain = file.chain(left, right)
    if not chain:
        click.echo(
            f"Nothing joins {left} ({file.stands(left)}) and {right} ({file.stands(right)}): they are two."
        )
        for one in file.asked(left, right):
            sure = "" if one["probability"] is None else f", probability {one['probability']}"
            click.echo(f"In review as one {one['as']}: {one['why']} ({one['rule']}{sure}).")
        click.echo("`onefunnel identity link` makes them one.")
        return
    count = f"{len(chain)} link{'s' if len(chain) > 1 else ''}"
    shown = [{name: value for name, value in one.items() if name not in ("exact", "levels")} for one in chain]
    print_rows(wide(), f"{left} and {right} are one {chain[0]['as']} by {count}", shown)
    for one in chain:
        if weights := file.weights(one):
            print_rows(wide(), f"What the model weighed of {one['record']} and {one['other']}", weights)


def filled(rows: Rows) -> Rows:
    """Rows without the columns that are empty in all of them."""
    kept = [name for name in rows[0] if any(one[name] not in (None, "") for one in rows)] if rows else []
    return [{name: one[name] for name in kept} for one in rows]
