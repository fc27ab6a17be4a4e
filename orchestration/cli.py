"""The command line. Each command checks, calls and prints; one handler maps every error to an exit code."""

import sys
from datetime import datetime
from pathlib import Path

import click

from orchestration.cli_explain import explain
from orchestration.cli_forget import forget
from orchestration.cli_identity import identity
from orchestration.cli_ledger import exports, issues
from orchestration.cli_read import check, report, sql, status, versions
from orchestration.cli_rules import rules
from orchestration.cli_sources import sources
from orchestration.errors import OnefunnelError, UnknownDelivery
from orchestration.settings import bin_folder, export_environment, load_settings

OK, BLOCKED, USAGE, FAILED = 0, 1, 2, 3
DATE = click.DateTime(formats=["%Y-%m-%d"])


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="onefunnel", prog_name="onefunnel")
def cli() -> None:
    """One revenue funnel from a company's scattered exports, every night.

    Exit codes: 0 good; 1 ran, but a blocking check stopped publishing; 2 wrong usage or configuration;
    3 a step failed.
    """


@cli.command()
@click.option(
    "--accounts", default=500, show_default=True, type=click.IntRange(1), help="Companies to simulate."
)
@click.option("--nights", default=3, show_default=True, type=click.IntRange(1, 60), help="Nights of exports.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same files.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for exports/ and truth/ instead of the home.",
)
@click.option("--clean", is_flag=True, help="Without defects.")
@click.option(
    "--defects",
    type=click.FloatRange(0, 1),
    help="Clean but for this share of the companies in the CRM, as 0.05: in place of five defects of each kind.",
)
@click.option("--if-empty", is_flag=True, help="Do nothing when the exports folder already holds files.")
def demo(
    accounts: int,
    nights: int,
    seed: int,
    out: Path | None,
    clean: bool,
    defects: float | None,
    if_empty: bool,
) -> None:
    """Write the simulated company's exports, with the truth beside them.

    Example: onefunnel demo --accounts 60 --nights 2
    """
    from orchestration.demo import exported_files, write_company

    settings = load_settings()
    target = out / "exports" if out else settings.exports
    if if_empty and exported_files(target):
        click.echo(f"{target} already holds {exported_files(target)} files: left as they are.")
        return
    truth = (out or settings.home) / ("truth" if out else "demo_truth")
    options = {"accounts": accounts, "nights": nights, "seed": seed, "clean": clean, "defect_rate": defects}
    written = write_company(target, truth, **options)
    click.echo(f"{written} files for {nights} nights in {target}; the truth in {truth}.\nNext: onefunnel run")


@cli.command()
@click.option("--as-of", type=DATE, help="Build as known at this night, under published/versions/ only.")
@click.option("--source", help="Load only this source's deliveries.")
@click.option(
    "--full-refresh",
    is_flag=True,
    help="Forget the warehouse and build it again from the lake and the state.",
)
def run(as_of: datetime | None, source: str | None, full_refresh: bool) -> None:
    """Work off every undelivered night, oldest first.

    Example: onefunnel run --as-of 2026-05-31
    """
    from orchestration.report.summary import print_summary, wide
    from orchestration.runner import run_as_of, run_nights

    if as_of and (source or full_refresh):
        raise click.UsageError(
            "--as-of builds from what is known; it takes neither --source nor --full-refresh."
        )
    settings = load_settings()
    console = wide()
    with console.status("Looking for new exports") as spinner:
        if as_of:
            built = run_as_of(settings, as_of.date(), spinner.update)
        else:
            runs = run_nights(settings, source, full_refresh, spinner.update)
    if as_of:
        console.print(
            f"Built: {settings.published / 'versions' / built.run_id / 'onefunnel.duckdb'}", soft_wrap=True
        )
    elif not runs:
        console.print(f"Nothing new: {settings.analyst_file} is current and whole.", soft_wrap=True)
    else:
        console.print(f"Nights worked off: {', '.join(one.night for one in runs)}")
        print_summary(console, settings)


@cli.command()
@click.option("--why", required=True, help="The reason, kept in company/decisions/releases.csv.")
@click.option("--run", "run_id", help="The blocked candidate's run; the newest when left out.")
def release(why: str, run_id: str | None) -> None:
    """Publish a blocked candidate by hand.

    Example: onefunnel release --why "known since Monday, finance agrees"
    """
    from orchestration.decisions import append_decision
    from orchestration.guards import check_home, run_lock
    from orchestration.publish.versions import blocked_candidates
    from orchestration.publish.versions import release as let_through
    from orchestration.runs import mark_released

    settings = load_settings()
    check_home(settings.home)
    with run_lock(settings.home):
        blocked = [str(one["run_id"]) for one in blocked_candidates(settings.published)]
        chosen = run_id or (blocked[-1] if blocked else None)
        if chosen not in blocked or chosen is None:
            known = ", ".join(blocked) or "none"
            raise UnknownDelivery(
                f"No blocked candidate{f' {run_id!r}' if run_id else ''}. Blocked: {known}."
            )
        append_decision(settings, "releases", why, run_id=chosen)
        let_through(settings.published, chosen)
        mark_released(settings.home, chosen, why)
    click.echo(f"Published {chosen} as {settings.analyst_file}.")


@cli.command()
@click.option(
    "--port", default=3000, show_default=True, type=click.IntRange(1, 65535), help="Port on 127.0.0.1."
)
def ui(port: int) -> None:
    """Start Dagster's web server and daemon on loopback: lineage, runs, reruns, schedule."""
    import os

    from orchestration.guards import check_home, check_port
    from orchestration.runner import write_dagster_settings

    settings = load_settings()
    check_home(settings.home)
    check_port(port)
    write_dagster_settings(settings)
    export_environment(settings, settings.warehouse)
    program = str(bin_folder() / "dagster")
    click.echo(f"http://127.0.0.1:{port} (stop with Ctrl-C)")
    # in place of this process, so that whoever stops it stops the server and the daemon
    os.execv(program, [program, "dev", "-h", "127.0.0.1", "-p", str(port), "-m", "orchestration.definitions"])  # noqa: S606


for command in (
    status,
    check,
    sql,
    issues,
    exports,
    versions,
    report,
    rules,
    identity,
    explain,
    sources,
    forget,
):
    cli.add_command(command)


# how the operating system, SQLite and DuckDB say that a write was refused
NO_ROOM = ("No space left on device", "File too large", "disk I/O error", "database or disk is full")


def exit_code(problem: BaseException) -> int:
    """What the shell is told about an error."""
    if isinstance(problem, OnefunnelError):
        return problem.exit_code
    if isinstance(problem, click.ClickException) or type(problem).__name__ in (
        "SpecError",
        "RuleError",
        "DecisionError",
    ):
        return USAGE
    return FAILED


def message(problem: BaseException) -> str:
    """One clear line for whoever reads the terminal; the name of the error where the message alone says too little."""
    text = " ".join(str(problem).split()) or "no further message"
    if any(sign in text for sign in NO_ROOM):
        text += " The disk took no more: free some space and run again; the published file is unchanged."
    is_ours = isinstance(problem, OnefunnelError) or type(problem).__module__.split(".")[0] in (
        "connectors",
        "data_quality",
    )
    return text if is_ours else f"{type(problem).__name__}: {text}"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends the process with the exit code of the design."""
    try:
        cli.main(args=arguments, standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; the published file is unchanged. Run again to go on.", err=True)
        sys.exit(FAILED)
    except BrokenPipeError:
        sys.exit(OK)
    except Exception as problem:  # the one handler: whatever it is, one line and its code
        click.echo(f"onefunnel: {message(problem)}", err=True)
        sys.exit(exit_code(problem))
    sys.exit(OK)


if __name__ == "__main__":
    main()
