"""Works off nights through the Dagster job, in this process."""

import shutil
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from orchestration.errors import Blocked, OnefunnelError, SettingsError
from orchestration.guards import check_disk, check_home, run_lock
from orchestration.identity_settings import check_identity
from orchestration.plan import delivered_nights, fingerprint, nights_to_run
from orchestration.publish import versions
from orchestration.runs import Run, all_runs, end_run, finished_nights
from orchestration.schedules import night_config
from orchestration.settings import Settings, read_yaml
from orchestration.steps import check_gate

if TYPE_CHECKING:
    import dagster as dg

DAGSTER_SETTINGS = """telemetry: {enabled: false}
concurrency: {runs: {max_concurrent_runs: 1}}
event_log_storage:
  module: orchestration.event_log
  class: OpenEventLog
  config: {base_dir: {env: DAGSTER_HOME}}
"""
SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # the UI has the log
Progress = Callable[[str], None]


def run_nights(settings: Settings, source: str | None, full_refresh: bool, progress: Progress) -> list[Run]:
    """Work off every night that needs it, oldest first. Returns the finished runs; none when nothing is new.

    Raises:
        SettingsError: there is nothing to work on, or the source is not known.
        Blocked: a blocking check stopped the last night from being published.
        OnefunnelError: a step failed.
    """
    check_home(settings.home)
    with run_lock(settings.home):
        check_disk(settings)
        mark_interrupted(settings)
        versions.clean(settings.published, settings.home / "tmp")
        nights = planned(settings, source, full_refresh)
        if not nights:
            refuse_blocked(finished_nights(settings.home)[delivered_nights(settings.home)[-1]])
            return []
        return execute(settings, nights, False, [source] if source else [], progress)


def planned(settings: Settings, source: str | None, full_refresh: bool) -> list[date]:
    """The nights to work off, after all that could be wrong with the request has been said."""
    from connectors.spec import load_specs

    check_gate(settings)
    check_identity(settings)
    specs = load_specs(extra=settings.specs)
    if source and source not in specs:
        raise SettingsError(f"No source {source!r}. Known: {', '.join(specs)}.")
    if full_refresh:
        settings.warehouse.unlink(missing_ok=True)
    nights = nights_to_run(settings, specs, fingerprint(settings))
    if not nights and not delivered_nights(settings.home):
        raise SettingsError(
            f"No export found in {settings.exports}. Put each tool's files under <source>/ there (known: "
            f"{', '.join(specs)}), or write the demo company's with `onefunnel demo`."
        )
    return nights


def run_as_of(settings: Settings, as_of: date, progress: Progress) -> Run:
    """Build the company as it was known at a night, in a scratch warehouse, published under versions/ only."""
    check_home(settings.home)
    with run_lock(settings.home):
        check_disk(settings)
        known = [night for night in delivered_nights(settings.home) if night <= as_of]
        if not known:
            raise SettingsError(f"No night was delivered by {as_of}. Delivered: {spelled(settings)}.")
        return execute(settings, [as_of], True, [], progress)[-1]


def spelled(settings: Settings) -> str:
    """The delivered nights in words."""
    nights = delivered_nights(settings.home)
    return f"{nights[0]} to {nights[-1]}" if nights else "none yet"


def execute(
    settings: Settings, nights: list[date], as_of: bool, sources: list[str], progress: Progress
) -> list[Run]:
    """Run the job once per night; stop at the first that fails."""
    import dagster as dg

    from orchestration.assembly import NIGHTLY, build_definitions

    write_dagster_settings(settings)
    quiet()
    progress("Reading the project")
    job = build_definitions(settings).get_job_def(NIGHTLY)
    runs = []
    with dg.DagsterInstance.get() as instance:
        for night in nights:
            progress(f"Night of {night}")
            execute_night(settings, job, instance, night, as_of, sources)
            runs.append(all_runs(settings.home)[-1])
    shutil.rmtree(settings.home / "tmp", ignore_errors=True)
    refuse_blocked(runs[-1])
    return runs


def refuse_blocked(run: Run) -> None:
    """A blocked last night is not a good end, whether it was built now or before.

    Raises:
        Blocked: the run's candidate was not published.
    """
    if run.status == "blocked":
        raise Blocked(
            f"Not published: {run.error}. The published file is unchanged; the blocked candidate is kept. "
            "See `onefunnel status`; `onefunnel release --why ...` lets it through."
        )


def execute_night(
    settings: Settings,
    job: "dg.JobDefinition",
    instance: "dg.DagsterInstance",
    night: date,
    as_of: bool,
    sources: list[str],
) -> None:
    """One run of the job; a failure is recorded and raised again with the message of the step that failed."""
    config = {**night_config(str(night), as_of, sources), **SILENT}
    try:
        job.execute_in_process(
            run_config=config, instance=instance, tags={"night": str(night)}, raise_on_error=True
        )
    except Exception as problem:
        cause = root_cause(problem)
        for run in all_runs(settings.home):
            if run.status == "running":
                end_run(settings.home, run, "failed", str(cause))
        raise cause from problem


def root_cause(problem: BaseException) -> BaseException:
    """The error below Dagster's wrappers: the one that says what was wrong."""
    inner = problem.__cause__
    while inner is not None and type(problem).__module__.startswith("dagster"):
        problem, inner = inner, inner.__cause__
    return problem if isinstance(problem, Exception) else OnefunnelError(str(problem))


def mark_interrupted(settings: Settings) -> None:
    """Runs that still say `running` while the lock is free were killed."""
    for run in all_runs(settings.home):
        if run.status == "running":
            end_run(settings.home, run, "interrupted", "The process ended before the run did.")


def write_dagster_settings(settings: Settings) -> None:
    """Dagster's home: no telemetry, one run at a time."""
    path = settings.home / "dagster" / "dagster.yaml"
    if not path.exists() or read_yaml(path) is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DAGSTER_SETTINGS, encoding="utf-8")


def quiet() -> None:
    """Dagster's own log lines stay out of the terminal; its UI has them."""
    import logging
    import warnings

    warnings.filterwarnings("ignore", module="dagster")
    for name in ("dagster", "great_expectations", "dbt"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def summary_of(run: Run) -> dict[str, Any]:
    """A run as `status` shows it."""
    return {
        "run": run.run_id,
        "night": run.night,
        "status": run.status,
        "started": run.started_at[:19],
        "error": " ".join(run.error.split())[:120],
    }
