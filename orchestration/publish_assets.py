"""The last steps of the night as assets: candidate, gate, published files, report."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration import steps
from orchestration.dbt import Dbt
from orchestration.memory import remember
from orchestration.publish import versions
from orchestration.publish.candidate import Candidate, build_candidate
from orchestration.report.matching import write_matching_page
from orchestration.report.page import write_report
from orchestration.resources import Tonight
from orchestration.runs import all_runs, end_run

CANDIDATE = dg.AssetKey(["published", "candidate"])
GATE = dg.AssetKey(["published", "gate"])
PUBLISHED = dg.AssetKey(["published", "onefunnel"])
REPORT = dg.AssetKey(["published", "report"])


def publish_assets(dbt: Dbt) -> list[dg.AssetsDefinition]:
    """Build the assets behind the ledger and the expectations."""

    @dg.asset(key=CANDIDATE, deps=[["quality", "expectations"]], group_name="published", kinds={"duckdb"})
    def candidate(tonight: Tonight) -> dg.MaterializeResult[Candidate]:
        """The analyst and steward files of this night, built beside and checked."""
        night = tonight.build
        built = build_candidate(
            night.warehouse, night.settings.published, night.run_id, dbt.manifest(), night.settings.home
        )
        return dg.MaterializeResult(
            value=built, metadata={"tables": len(built.rows), "rows": sum(built.rows.values())}
        )

    @dg.asset(
        key=GATE,
        deps=[CANDIDATE],
        ins={"expectations": dg.AssetIn(key=["quality", "expectations"])},
        group_name="published",
        check_specs=[dg.AssetCheckSpec("nothing_blocks", asset=GATE)],
    )
    def gate(tonight: Tonight, expectations: list[Any]) -> Iterator[dg.MaterializeResult[list[Any]]]:
        """What blocks publishing: empty on a good night."""
        failures = steps.gate(tonight.build, expectations)
        check = dg.AssetCheckResult(
            passed=not failures, metadata={"failures": [str(one) for one in failures]}
        )
        yield dg.MaterializeResult(value=failures, check_results=[check])

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                PUBLISHED,
                deps=[CANDIDATE, GATE],
                group_name="published",
                skippable=True,
                kinds={"duckdb"},
                description="The published files.",
            )
        ],
        ins={"candidate": dg.AssetIn(key=CANDIDATE), "gate": dg.AssetIn(key=GATE)},
        name="publish",
    )
    def publish(
        tonight: Tonight, candidate: Candidate, gate: list[Any]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        if finish(tonight.build, candidate, gate):
            yield dg.MaterializeResult(
                asset_key=PUBLISHED, metadata={"dagster/row_count": sum(candidate.rows.values())}
            )

    @dg.asset(key=REPORT, deps=[PUBLISHED], group_name="published", kinds={"html"})
    def report(tonight: Tonight) -> dg.MaterializeResult[Any]:
        """A page for those who do not write SQL."""
        night = tonight.build
        base = night.settings.published / ("versions/" + night.run_id if night.is_as_of else "")
        version = night.settings.published / "versions" / night.run_id
        source, folder = version / versions.AUDIENCES["analyst"], base / "report"
        write_matching_page(
            version / versions.AUDIENCES["steward"], base / "steward" / "matching.html", names=True
        )
        return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(write_report(source, folder))})

    return [candidate, gate, publish, report]


def finish(night: steps.Night, candidate: Candidate, failures: list[Any]) -> bool:
    """Publish or block, and record which. Returns whether the files were published."""
    published, settings = night.settings.published, night.settings
    [run] = [one for one in all_runs(settings.home) if one.run_id == night.run_id]
    if failures and not night.is_as_of:
        versions.block(published, night.run_id, str(night.night), failures)
        end_run(settings.home, run, "blocked", "; ".join(str(one) for one in failures))
        return False
    if night.is_as_of:
        versions.keep_version(published, night.run_id, str(night.night), candidate)
        versions.discard_candidate(published, night.run_id)
    else:
        remember(night)
        versions.publish(published, night.run_id, str(night.night), candidate)
        for older in versions.blocked_candidates(published):
            versions.discard_candidate(published, str(older["run_id"]))
    end_run(settings.home, run, "built" if night.is_as_of else "published")
    return True
