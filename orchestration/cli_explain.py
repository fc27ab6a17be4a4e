"""The command explain: one customer, and why it is one."""

import click

from orchestration.cli_read import published_file
from orchestration.explain import LISTED, Explainer, NoCustomer, Rows
from orchestration.report.summary import print_rows, wide
from orchestration.settings import load_settings

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
    "gaps": "Gaps between booked, billed and collected",
    "issues": "Open issues",
}


@click.command()
@click.argument("who")
@click.option(
    "--between", nargs=2, metavar="A B",
    help="Show the chain of evidence between two of its records, each source[@instance].table:key.",
)  # fmt: skip
def explain(who: str, between: tuple[str, str] | None) -> None:
    """Show one customer: records in every tool, why they match, path, MRR by month with causes, open issues.

    WHO is an e-mail, a domain, a part of a name, any tool's record id, or an account's or person's id.

    Example: onefunnel explain jane@acme.example
    """
    settings, console = load_settings(), wide()
    with Explainer(published_file(settings, steward=True)) as file:
        found = file.find(who)
        if len(found) > 1:
            print_rows(console, f"{len(found)} customers are like {who!r}", found[:LISTED])
            click.echo("Ask for one by its id: onefunnel explain ACCOUNT_ID")
            return
        account = str(found[0]["account_id"])
        if between:
            show_chain(file.chain(*between), *between)
            return
        told = file.everything(account)
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


def show_chain(chain: Rows, left: str, right: str) -> None:
    """The evidence between two records."""
    if not chain:
        raise NoCustomer(
            f"Nothing joins {left} and {right}: they are two. `onefunnel identity link` makes them one."
        )
    print_rows(wide(), f"{left} and {right} are one {chain[0]['as']} by {len(chain)} links", chain)


def filled(rows: Rows) -> Rows:
    """Rows without the columns that are empty in all of them."""
    kept = [name for name in rows[0] if any(one[name] not in (None, "") for one in rows)] if rows else []
    return [{name: one[name] for name in kept} for one in rows]
