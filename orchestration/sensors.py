"""Starts a night when new exports have arrived and come to rest, and tells the log when a night failed."""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.schedules import requests
from orchestration.settings import load_settings

SECONDS_BETWEEN_LOOKS = 300


def exports_mark() -> str:
    """Changes whenever a file of the exports folder comes, goes or grows."""
    files = (path for path in sorted(load_settings().exports.rglob("*")) if path.is_file())
    newest, size, count = 0, 0, 0
    for path in files:
        state = path.stat()
        newest, size, count = max(newest, state.st_mtime_ns), size + state.st_size, count + 1
    return f"{count}-{size}-{newest}"


def exports_sensor(job: UnresolvedAssetJobDefinition) -> dg.SensorDefinition:
    """Looks at the exports folder; starts a night when it has stood still since the last look."""

    @dg.sensor(job=job, minimum_interval_seconds=SECONDS_BETWEEN_LOOKS, name="new_exports")
    def new_exports(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        seen, _, started = (context.cursor or "").partition("|")
        mark = exports_mark()
        context.update_cursor(f"{mark}|{mark if seen == mark else started}")
        if seen != mark:
            yield dg.SkipReason("Exports are still arriving.")
        elif started == mark:
            yield dg.SkipReason("Nothing new in the exports folder.")
        else:
            yield from requests()

    return new_exports


@dg.run_failure_sensor(name="failed_night")
def failed_night(context: dg.RunFailureSensorContext) -> None:
    """Record the failure, so that `status` shows it; hook a messenger of your own on here."""
    from orchestration.runs import all_runs, end_run

    home = load_settings().home
    night = context.dagster_run.tags.get("night", "")
    for run in all_runs(home):
        if run.status == "running" and run.night == night:
            end_run(home, run, "failed", context.failure_event.message or "failed")
    context.log.error(f"Night {night or 'of a run'} failed: {context.failure_event.message}")
