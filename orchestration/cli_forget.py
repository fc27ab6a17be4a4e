"""The command forget: erasure of one person everywhere."""

import click

from orchestration.forgetting import find_person, named_by_hand, rehearse
from orchestration.forgetting import forget as erase_person
from orchestration.report.summary import print_rows, wide
from orchestration.settings import load_settings


@click.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do it; without, only say what would be erased.")
@click.option(
    "--why",
    default="erasure asked for",
    show_default=True,
    help="The reason, kept; it must not name the person.",
)
def forget(email: str, yes: bool, why: str) -> None:
    """Erase a person everywhere, and keep her out when a tool delivers her again.

    All records that identity holds to be this person go, from lake, history, archive and state; where a company's or
    money's record only names her, the cells go. Kept are hashes (company/decisions/forgotten.csv) and counts. Files in the
    exports folder are the tools': they are named, not touched.

    Example: onefunnel forget jane@acme.example
    """
    settings, console = load_settings(), wide()
    person = find_person(settings, email)
    shown = [
        {
            "record": f"{one['source']}{'@' + one['instance'] if one['instance'] else ''}.{one['table_name']}:{one['record_key']}",
            "name": one["full_name"],
            "email": one["email"],
        }
        for one in person.records
    ]
    print_rows(console, "Records that are this person", shown)
    if yes:
        with console.status("Erasing") as spinner:
            done = erase_person(settings, person, why, spinner.update)
    else:
        done = rehearse(settings, person)
    counted = [
        {"place": place, "rows": done.rows[place], "rows with cells": done.cells[place]}
        for place in sorted({*done.rows, *done.cells})
        if done.rows[place] or done.cells[place]
    ]
    print_rows(console, "Erased" if yes else "Would be erased", counted)
    click.echo(f"{len(done.files)} archived originals {'removed' if yes else 'would be removed'}.")
    for file in sorted(done.exports):
        if (settings.exports / file).exists():
            click.echo(
                f"Delete by hand, or export again after erasing in the tool: {settings.exports / file}"
            )
    for path in named_by_hand(settings, person):
        click.echo(f"Edit by hand, it names the person: {path}")
    if not yes:
        if not (done or person.records):
            click.echo("Nothing is kept of this address. With --yes it is kept out from now on.")
        click.echo("Nothing was changed. Do it with --yes; it cannot be undone.")
    else:
        click.echo(
            "Forgotten: the published file was built again without this person; earlier versions are gone."
        )
