"""The night as Dagster assets. Each opens, calls a step and reports; the work is in steps.py and publish/."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration import steps
from orchestration.resources import Tonight

if TYPE_CHECKING:
    from connectors.spec import Source

OPS = {
    "exports": "Every delivered file: hash, night, where each row went, whether it was accepted.",
    "quarantine": "Records that could not be loaded, with the reason.",
    "cell_errors": "Cells that could not be read as their column's type.",
    "sources": "Freshness and rows of every table of every source.",
    "column_profile": "What each column of a source table holds.",
    "night": "The night being built.",
    "about": "How this file was made.",
    "runs": "Every run and how it ended.",
}
IDENTITY = {
    "links": "Every pair of records held to be one, with its evidence.",
    "record_ids": "Every record's person and account.",
    "redirects": "Keys that are no record any more, with the id that answers to them now.",
    "changes": "Ids created, merged and split, by night.",
    "review": "Pairs that a steward should decide.",
    "review_weights": "What spoke for and against each pair in review.",
    "model_weights": "What the matching model holds to be evidence.",
    "guards": "Hosts and mailboxes that make no company or no person.",
}
ALL_HOLD = "contracts_hold"
RETRIES = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)


def raw_source(source: "Source") -> dg.AssetsDefinition:
    """Build the asset that loads all of the night's deliveries of one source."""
    asset_specs = [
        dg.AssetSpec(
            [source.schema_name, name], group_name=source.owner, description=table.grain, kinds={"parquet"}
        )
        for name, table in source.tables.items()
    ]

    @dg.multi_asset(specs=asset_specs, name=f"load_{source.source}", retry_policy=RETRIES)
    def load(tonight: Tonight) -> Iterator[dg.MaterializeResult[Any]]:
        loads = steps.load_source(tonight.build, source)
        for name in source.tables:
            mine = [one for one in loads if one.table_name == name]
            metadata: dict[str, Any] = {
                "dagster/row_count": sum(one.loaded for one in mine),
                "quarantined": sum(one.total("rows_quarantined") for one in mine),
                "held": "; ".join(one.why or "" for one in mine if one.state == "held") or "no",
            }
            yield dg.MaterializeResult(asset_key=[source.schema_name, name], metadata=metadata)

    return load


def views_asset(specs: dict[str, "Source"]) -> dg.AssetsDefinition:
    """Build the asset that opens the warehouse once, to replace the views over the lake."""
    raw = [dg.AssetKey([source.schema_name, name]) for source in specs.values() for name in source.tables]
    named = [(["ops", name], text) for name, text in OPS.items()]
    named += [(["raw_identity", "claims"], "What every record says about who it is.")]
    named += [(["raw_reference", "ecb_rates"], "Reference rates of the European Central Bank.")]
    asset_specs = [
        dg.AssetSpec(key, deps=raw, group_name="revops", description=text, kinds={"duckdb"})
        for key, text in named
    ]

    @dg.multi_asset(specs=asset_specs, name="raw_views")
    def views(tonight: Tonight) -> Iterator[dg.MaterializeResult[Any]]:
        steps.write_views(tonight.build, specs)
        with steps.warehouse(tonight.build, read_only=True) as con:
            for key, _ in named:
                yield dg.MaterializeResult(
                    asset_key=key, metadata={"dagster/row_count": count(con, ".".join(key))}
                )

    return views


def identity_asset() -> dg.AssetsDefinition:
    """Build the asset that gives every record its person and account."""
    deps = [dg.AssetKey(["raw_identity", "claims"])]
    asset_specs = [
        dg.AssetSpec(
            ["identity", name], deps=deps, group_name="identity", description=text, kinds={"python", "duckdb"}
        )
        for name, text in IDENTITY.items()
    ]

    @dg.multi_asset(specs=asset_specs, name="identity")
    def resolve(tonight: Tonight) -> Iterator[dg.MaterializeResult[Any]]:
        steps.resolve_identity(tonight.build)
        with steps.warehouse(tonight.build, read_only=True) as con:
            for name in IDENTITY:
                yield dg.MaterializeResult(
                    asset_key=["identity", name],
                    metadata={"dagster/row_count": count(con, f"identity.{name}")},
                )

    return resolve


def rule_areas(rules: Path = steps.RULES) -> list[str]:
    """Folders of rules."""
    return sorted(folder.name for folder in rules.iterdir() if folder.is_dir() and any(folder.glob("*.yaml")))


def rule_ids(rules: Path = steps.RULES) -> list[str]:
    """Every rule as <area>/<sentence>."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in rules.glob("*/*.yaml"))


def rules_asset(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """Build the asset that runs every quality rule, one asset per area, one check per rule."""
    tables = {
        "rules": "Every rule.",
        "rule_runs": "Every rule's violations, by run.",
        "violations": "Every violating record.",
    }
    asset_specs = [
        dg.AssetSpec(["quality", name], deps=marts, group_name="quality", description=text)
        for name, text in tables.items()
    ]
    asset_specs += [
        dg.AssetSpec(["rules", area], deps=marts, group_name="quality", description=f"Rules about {area}.")
        for area in rule_areas()
    ]
    checks = [
        dg.AssetCheckSpec(check_name(rule), asset=dg.AssetKey(["rules", rule.split("/")[0]]))
        for rule in rule_ids()
    ]

    @dg.multi_asset(specs=asset_specs, check_specs=checks, name="quality_rules")
    def rules(tonight: Tonight) -> Iterator[Any]:
        results = steps.run_rules(tonight.build)
        for spec in asset_specs:
            yield dg.MaterializeResult(asset_key=spec.key)
        for one in results:
            yield dg.AssetCheckResult(
                passed=one.violations == 0,
                asset_key=dg.AssetKey(["rules", one.rule_id.split("/")[0]]),
                check_name=check_name(one.rule_id),
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"violations": one.violations},
            )

    return rules


def check_name(identifier: str) -> str:
    """A check's name as Dagster allows it: letters, digits, underscores."""
    return "".join(letter if letter.isalnum() else "_" for letter in identifier)


def ledger_asset() -> dg.AssetsDefinition:
    """Build the asset that derives the issues from tonight's violations and all earlier nights."""
    deps = [dg.AssetKey(["quality", "violations"])]
    tables = {
        "issue_events": "What happened to every issue.",
        "issues": "Every issue as it stands.",
        "incidents": "The issues of one cause as one line.",
        "scores": "Data-quality score per account, source and department.",
        "silo_cost": "What disagreeing tools put at risk, one number a night.",
    }
    asset_specs = [
        dg.AssetSpec(["quality", name], deps=deps, group_name="quality", description=text)
        for name, text in tables.items()
    ]

    @dg.multi_asset(specs=asset_specs, name="quality_ledger")
    def ledger(tonight: Tonight) -> Iterator[dg.MaterializeResult[Any]]:
        steps.update_ledger(tonight.build)
        with steps.warehouse(tonight.build, read_only=True) as con:
            for spec in asset_specs:
                rows = count(con, ".".join(spec.key.path))
                yield dg.MaterializeResult(asset_key=spec.key, metadata={"dagster/row_count": rows})

    return ledger


def expectations_asset(specs: dict[str, "Source"]) -> dg.AssetsDefinition:
    """Build the asset that checks the contracts of raw and published tables: one check per table, and one for all."""
    from data_quality.gx_adapter import published_suites

    key = dg.AssetKey(["quality", "expectations"])
    tables = [f"{source.schema_name}.{name}" for source in specs.values() for name in source.tables]
    tables += ["ops.sources", *published_suites(steps.SUITES / "published.yaml")]

    @dg.asset(
        key=key,
        deps=[["quality", "issues"]],
        group_name="quality",
        kinds={"greatexpectations"},
        check_specs=[dg.AssetCheckSpec(name, asset=key) for name in [ALL_HOLD, *map(check_name, tables)]],
    )
    def expectations(tonight: Tonight) -> Iterator[dg.MaterializeResult[Any]]:
        """Results of the Great Expectations suites."""
        results = steps.run_expectations(tonight.build)
        checks = [contract_check(ALL_HOLD, results)]
        checks += [
            contract_check(check_name(table), [one for one in results if one.table == table])
            for table in tables
        ]
        yield dg.MaterializeResult(value=results, check_results=checks)

    return expectations


def contract_check(name: str, results: list[Any]) -> dg.AssetCheckResult:
    """The expectations of a table, or of all, as one check; a table that nothing fed holds."""
    failed = [one.sentence for one in results if not one.success]
    return dg.AssetCheckResult(
        passed=not failed,
        check_name=name,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"checked": len(results), "failed": failed},
    )


def count(con: Any, table: str) -> int:
    """Rows of a table."""
    return int(con.execute(f"select count(*) from {table}").fetchone()[0])


FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36))
