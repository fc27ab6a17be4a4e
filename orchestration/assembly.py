"""Puts assets, job, schedule and sensors together: the one definition behind the CLI, the schedule and the UI."""

import dagster as dg

from orchestration import assets
from orchestration.dbt_assets import dbt_definitions
from orchestration.publish_assets import publish_assets
from orchestration.resources import Tonight, dbt_of
from orchestration.schedules import nightly_schedule
from orchestration.sensors import exports_sensor, failed_night
from orchestration.settings import Settings, export_environment

NIGHTLY = "nightly"


def build_definitions(settings: Settings) -> dg.Definitions:
    """Everything Dagster knows of one home.

    Raises:
        SpecError: a connector spec is wrong.
        DbtFailed: the dbt project cannot be parsed.
    """
    from connectors.spec import load_specs

    export_environment(settings, settings.warehouse)
    specs = load_specs(extra=settings.specs)
    dbt = dbt_of(settings)
    models = dbt_definitions(dbt)
    marts = sorted(
        key for call in models for key in call.keys if key.path[0].startswith(("mart_", "intermediate"))
    )
    night = [
        *(assets.raw_source(source) for source in specs.values()),
        assets.views_asset(specs),
        *models,
        assets.identity_asset(),
        assets.rules_asset(marts),
        assets.ledger_asset(),
        assets.expectations_asset(specs),
        *publish_assets(dbt),
    ]
    job = dg.define_asset_job(NIGHTLY, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)
    return dg.Definitions(
        assets=night,
        jobs=[job],
        schedules=[nightly_schedule(job, str(settings.business["reporting_time_zone"]))],
        sensors=[exports_sensor(job), failed_night],
        resources={"tonight": Tonight()},
        executor=dg.in_process_executor,
    )
