"""Great Expectations, pushed down into DuckDB. The only module that imports it.

The library has no DuckDB data source. Over SQLAlchemy it reads each result after closing its connection, and a DuckDB
result dies with its connection; so the execution engine here keeps one connection open until it is disposed of.
Results hold counts only: no value of any record gets into the documents or the logs.
"""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from data_quality.contracts import Suite
from data_quality.errors import QualityError
from data_quality.rule import load_yaml


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation about one table. `observed` is a count or a number, never a record's value."""

    suite: str
    table: str
    expectation: str
    success: bool
    observed: str
    blocking: bool

    @property
    def sentence(self) -> str:
        return f"{self.table}: {self.expectation} does not hold (observed {self.observed})."


def published_suites(file: Path) -> dict[str, Suite]:
    """table → its suite, from a YAML file."""
    suites: dict[str, Suite] = load_yaml(file) or {}
    return suites


def run_expectations(
    database: Path, raw: Mapping[str, Suite], published: Mapping[str, Suite], docs_dir: Path
) -> list[ExpectationResult]:
    """Check the tables of both kinds of suite in one go, and write static Data Docs.

    A raw table that is absent is not checked; an absent published one is an error of the candidate.
    """
    with duckdb.connect(str(database), read_only=True) as con:
        known = {
            f"{schema}.{table}"
            for schema, table in con.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        }
    if absent := sorted(set(published) - known):
        raise QualityError(
            f"{database.name} has no table {', '.join(absent)}, which the published suites name. Correct the suite or the model."
        )
    with expectations_context(database, docs_dir) as (context, source):
        results = [
            result
            for stage, suites in (("raw", raw), ("published", published))
            for table, listed in suites.items()
            if table in known
            for result in check_table(context, source, stage, table, listed)
        ]
        context.build_data_docs()
    return results


@contextmanager
def expectations_context(database: Path, docs: Path) -> Iterator[tuple[Any, Any]]:
    """An ephemeral context with a DuckDB data source; the connection is closed however the block ends."""
    warnings.filterwarnings("ignore", module="(great_expectations|duckdb_engine|sqlalchemy).*")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    duckdb_datasource()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    docs.mkdir(parents=True, exist_ok=True)
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(name)
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)}
    site = {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": store,
    }
    context.add_data_docs_site("local", site)
    source = context.data_sources.add_duckdb("onefunnel", connection_string=f"duckdb:///{database}")
    kept_to_schema(source)
    try:
        yield context, source
    finally:
        engine = source.get_execution_engine()
        if engine._kept is not None:
            engine._kept.close()
        engine.engine.dispose()
        source.get_engine().dispose()


def kept_to_schema(source: Any) -> None:
    """Point every connection that the pool gives out at the schema being checked."""
    import sqlalchemy

    engines = {id(engine): engine for engine in (source.get_engine(), source.get_execution_engine().engine)}
    for engine in engines.values():

        def point(connection: Any, record: Any, proxy: Any) -> None:
            connection.execute(f"set search_path = '{source.execution_engine_type.schema}'")

        sqlalchemy.event.listen(engine, "checkout", point)


def duckdb_datasource() -> type[Any]:
    """Register the data source type `duckdb` once."""
    from great_expectations.datasource.fluent import SQLDatasource
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine

    registered = globals().get("_registered")
    if registered is not None:
        return registered  # type: ignore[no-any-return]

    class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
        """Keeps one connection open, so that results outlive the call that made them."""

        schema = "main"
        _kept: Any = None
        _in_schema: str = ""

        @contextmanager
        def get_connection(self) -> Iterator[Any]:
            if self._kept is None:
                self._kept = self.engine.connect()
            if self._in_schema != type(self).schema:
                # the library reads column types from the bare table name
                self._in_schema = type(self).schema
                self._kept.exec_driver_sql(f"set search_path = '{self._in_schema}'")
            yield self._kept

    class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
        type: Literal["duckdb"] = "duckdb"

        @property
        def execution_engine_type(self) -> builtins.type[DuckDBExecutionEngine]:
            return DuckDBExecutionEngine

    globals()["_registered"] = DuckDBDatasource
    return DuckDBDatasource


def check_table(
    context: Any, source: Any, stage: str, table: str, listed: list[dict[str, Any]]
) -> list[ExpectationResult]:
    """Validate one table; a listed expectation is {type, columns…, blocking}."""
    import great_expectations as gx

    schema, _, name = table.partition(".")
    asset = source.add_table_asset(name=f"{stage} {table}", table_name=name, schema_name=schema)
    batch = asset.add_batch_definition_whole_table("all rows")
    suite = context.suites.add(gx.ExpectationSuite(name=f"{stage} {table}"))
    blocking = []
    for item in listed:
        given = dict(item)
        blocking.append(bool(given.pop("blocking", False)))
        kind = getattr(gx.expectations, given.pop("type"))
        suite.add_expectation(kind(**given))
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=f"{stage} {table}", data=batch, suite=suite)
    )
    source.execution_engine_type.schema = schema
    validated = definition.run(result_format={"result_format": "BOOLEAN_ONLY"})
    results = []
    for one, blocks in zip(validated.results, blocking, strict=True):
        if broken := [info for info in (one.exception_info or {}).values() if isinstance(info, dict)]:
            reason = str(broken[0]["exception_message"]).splitlines()[0]
            raise QualityError(f"{table}: {one.expectation_config.type} cannot be checked: {reason}")
        arguments = {
            key: value
            for key, value in one.expectation_config.kwargs.items()
            if key not in ("batch_id", "unexpected_rows_query")
        }
        sentence = one.expectation_config.description
        text = sentence or f"{one.expectation_config.type} {arguments}"
        observed = str(one.result.get("observed_value", "violations")) if one.result else "violations"
        results.append(ExpectationResult(stage, table, text, bool(one.success), observed, blocks))
    return results
