"""dbt's models and tests as Dagster assets and checks, built in two calls: staging, then everything behind identity."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration import steps
from orchestration.dbt import Dbt, NodeResult
from orchestration.errors import DbtFailed
from orchestration.resources import Tonight

STAGING = "fqn:onefunnel.staging"
VIEWS = dg.AssetKey(["ops", "night"])
# (schema, table) -> its numeric and time columns with their types
Measured = dict[tuple[str, str], list[tuple[str, str]]]


class TableKeys(DagsterDbtTranslator):  # type: ignore[misc]  # dagster-dbt has no types
    """Asset keys that equal table names, and staging that waits for the raw views."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """[schema, table], for models, seeds and sources alike."""
        name = (
            dbt_resource_props.get("identifier")
            or dbt_resource_props.get("alias")
            or dbt_resource_props["name"]
        )
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The folder below models/: a department, an area, or staging."""
        folders = [part for part in dbt_resource_props["fqn"][1:-1] if part not in ("marts", "intermediate")]
        return str(folders[0] if folders else dbt_resource_props["resource_type"])

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        """The model's spec; models that read raw tables also wait for the views over them."""
        spec: dg.AssetSpec = super().get_asset_spec(manifest, unique_id, project)
        upstream = {dep.asset_key for dep in spec.deps}
        if VIEWS not in upstream and any(key.path[0].startswith("raw_") for key in upstream):
            return spec.merge_attributes(deps=[VIEWS])
        return spec


def dbt_definitions(dbt: Dbt) -> list[dg.AssetsDefinition]:
    """The two dbt calls of a night. Staging is left out when the project has none."""
    manifest = dbt.manifest()
    staging = [node for node in manifest["nodes"].values() if node["fqn"][1:2] == ["staging"]]
    calls = [dbt_call(dbt, manifest, "dbt_models", select="fqn:*", exclude=STAGING)]
    if any(node["resource_type"] == "model" for node in staging):
        calls.insert(0, dbt_call(dbt, manifest, "dbt_staging", select=STAGING, exclude=""))
    return calls


def dbt_call(dbt: Dbt, manifest: dict[str, Any], name: str, select: str, exclude: str) -> dg.AssetsDefinition:
    """Build the assets of one dbt call."""
    translator = TableKeys()
    selection = ["--select", select, *(["--exclude", exclude] if exclude else [])]

    def build(context: dg.AssetExecutionContext, tonight: Tonight) -> Iterator[Any]:
        results = dbt.build(chosen(context, manifest, translator) or selection)
        failed = [one for one in results if one.status == "error" and not one.unique_id.startswith("test.")]
        with steps.warehouse(tonight.build, read_only=True) as con:
            yield from events(context, con, results, manifest, translator)
        if failed:
            raise DbtFailed("\n".join(f"{one.unique_id}: {one.message}" for one in failed))

    decorate = dbt_assets(
        manifest=manifest, select=select, exclude=exclude, name=name, dagster_dbt_translator=translator
    )
    assets: dg.AssetsDefinition = decorate(build)
    return assets


def chosen(
    context: dg.AssetExecutionContext, manifest: Mapping[str, Any], translator: TableKeys
) -> list[str]:
    """Arguments that select only the assets asked for; none when all are."""
    if not context.is_subset:
        return []
    keys = context.selected_asset_keys
    nodes = [
        node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed", "snapshot")
    ]
    return ["--select", *(".".join(node["fqn"]) for node in nodes if translator.get_asset_key(node) in keys)]


def events(
    context: dg.AssetExecutionContext,
    con: duckdb.DuckDBPyConnection,
    results: list[NodeResult],
    manifest: Mapping[str, Any],
    translator: TableKeys,
) -> Iterator[Any]:
    """What Dagster is told: a materialisation for every model that was built, a result for every test that ran."""
    measured = measured_columns(con)
    for one in results:
        node = manifest["nodes"].get(one.unique_id)
        if node is None or one.status in ("skipped", "error"):
            continue
        if node["resource_type"] in ("model", "seed"):
            key = translator.get_asset_key(node)
            if key in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=key, metadata=table_metadata(con, node, one, measured))
        elif node["resource_type"] == "test":
            yield from check_result(context, one, manifest, translator)


def check_result(
    context: dg.AssetExecutionContext, one: NodeResult, manifest: Mapping[str, Any], translator: TableKeys
) -> Iterator[dg.AssetCheckResult]:
    """The asset check of a dbt test; tests of several models have none."""
    key = get_asset_check_key_for_test(manifest, translator, one.unique_id, project=None)
    if key is None or key not in context.selected_asset_check_keys:
        return
    severity = dg.AssetCheckSeverity.ERROR if one.status == "fail" else dg.AssetCheckSeverity.WARN
    yield dg.AssetCheckResult(
        passed=one.status == "pass",
        asset_key=key.asset_key,
        check_name=key.name,
        severity=severity,
        metadata={"failing rows": one.failures},
    )


def table_metadata(
    con: duckdb.DuckDBPyConnection, node: Mapping[str, Any], one: NodeResult, measured: Measured
) -> dict[str, Any]:
    """Row count, seconds, and a preview made of aggregates only: no record of a person is shown."""
    metadata: dict[str, Any] = {"seconds": round(one.seconds, 3)}
    if node["config"].get("materialized") == "view":
        return metadata
    table = f'"{node["schema"]}"."{node["alias"]}"'
    metadata["dagster/row_count"] = count_rows(con, table)
    metadata["preview"] = dg.MetadataValue.md(
        preview(con, table, measured.get((node["schema"], node["alias"]), []))
    )
    return metadata


def count_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table."""
    found = con.execute(f"select count(*) from {table}").fetchone()
    return int(found[0]) if found else 0


def measured_columns(con: duckdb.DuckDBPyConnection) -> Measured:
    """The numeric and time columns of every table, read once: the catalogue is large."""
    found: Measured = {}
    for schema, table, column, kind in con.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where regexp_matches(data_type, '^(DECIMAL|DATE|TIMESTAMP|BIGINT|INTEGER|DOUBLE|HUGEINT)') "
        "order by schema_name, table_name, column_index"
    ).fetchall():
        found.setdefault((schema, table), []).append((column, kind))
    return found


def preview(con: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]) -> str:
    """One line per numeric or time column: filled cells, least, most, and the total of money."""
    if not columns:
        return "no numeric column"
    parts = []
    for column, kind in columns:
        total = f'sum("{column}")::varchar' if kind.startswith("DECIMAL") else "null"
        parts += [f'count("{column}")', f'min("{column}")::varchar', f'max("{column}")::varchar', total]
    values = con.execute(f"select {', '.join(parts)} from {table}").fetchone() or ()
    lines = ["| column | filled | least | most | total |", "|---|---|---|---|---|"]
    for number, (column, _) in enumerate(columns):
        cells = ["" if value is None else str(value) for value in values[number * 4 : number * 4 + 4]]
        lines.append(f"| {column} | {' | '.join(cells)} |")
    return "\n".join(lines)
