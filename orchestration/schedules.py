"""The nightly schedule: one run per night that is not worked off, oldest first."""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.plan import fingerprint, nights_to_run
from orchestration.settings import load_settings

AT_TWO_IN_THE_MORNING = "0 2 * * *"


def requests() -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A run request per night to work off; runs queue, so that one process writes the warehouse."""
    from connectors.spec import load_specs

    settings = load_settings()
    mark = fingerprint(settings)
    nights = nights_to_run(settings, load_specs(extra=settings.specs), mark)
    if not nights:
        yield dg.SkipReason("No undelivered night: the published file stands.")
    for night in nights:
        yield dg.RunRequest(run_config=night_config(str(night)), tags={"night": str(night)})


def night_config(night: str, as_of: bool = False, sources: list[str] | None = None) -> dict[str, object]:
    """Run config that names the night."""
    return {"resources": {"tonight": {"config": {"night": night, "as_of": as_of, "sources": sources or []}}}}


def nightly_schedule(job: UnresolvedAssetJobDefinition, time_zone: str) -> dg.ScheduleDefinition:
    """Two in the morning of the business's reporting time zone."""

    @dg.schedule(
        job=job, cron_schedule=AT_TWO_IN_THE_MORNING, execution_timezone=time_zone, name="every_night"
    )
    def every_night(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        yield from requests()

    return every_night
