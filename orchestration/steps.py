"""The steps of a night as plain functions: each opens what it needs, calls, closes. Dagster knows nothing of it."""

import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.runs import all_runs
from orchestration.settings import PROJECT, Settings, today

if TYPE_CHECKING:
    from connectors.lake import TableLoad
    from connectors.spec import Source, Table

RULES = PROJECT / "data_quality" / "rules"
SUITES = PROJECT / "data_quality" / "suites"


@dataclass(frozen=True)
class Night:
    """One night being built. `home` is where state is read and written: a scratch copy for an as-of build."""

    settings: Settings
    home: Path
    night: date
    run_id: str
    is_as_of: bool = False
    sources: tuple[str, ...] = ()
    loads: list["TableLoad"] = field(default_factory=list, compare=False)

    @property
    def warehouse(self) -> Path:
        """The database that this night builds."""
        return self.home / "warehouse.duckdb"

    @property
    def decisions(self) -> Path:
        """What people decided: always the real home's."""
        return self.settings.decisions

    @property
    def work(self) -> Path:
        """Files that pass from one step of this run to the next."""
        return self.settings.home / "tmp" / self.run_id


@contextmanager
def warehouse(night: Night, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The night's database in UTC, closed again however the step ends."""
    with duckdb.connect(str(night.warehouse), read_only=read_only) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


def load_source(night: Night, source: "Source") -> list["TableLoad"]:
    """Load one source's new deliveries of the night into the lake; the warehouse stays closed.

    A night that is built again after its files have left the exports folder keeps what its manifest says.
    """
    from connectors.lake import deliveries, load_delivery

    if night.is_as_of or (night.sources and source.source not in night.sources):
        return []
    planned = deliveries(night.home, night.settings.exports, {source.source: source}, night.night, today())
    with ThreadPoolExecutor(max_workers=2) as pool:
        done = list(
            pool.map(
                lambda files: load_delivery(night.home, source.tables[files[0].table_name], files), planned
            )
        )
    night.loads.extend(done)
    return done


def write_views(night: Night, specs: Mapping[str, "Source"]) -> None:
    """Write the night's manifest, then replace the raw and reference views and the tables about the run."""
    from connectors.exchange_rates import create_reference_views, write_reference_rates
    from connectors.views import create_raw_views
    from orchestration.memory import create_state_views

    if night.loads:
        write_night_manifest(night)
    write_reference_rates(night.home)
    with warehouse(night) as con:
        create_raw_views(con, night.home, dict(specs), night.night)
        create_reference_views(con, night.home)
        create_state_views(con, night)
        write_ops(con, night)
        profile_arrived(con, night, specs)


def write_night_manifest(night: Night) -> None:
    """Record what was loaded; deliveries of this night that were not loaded again stay recorded."""
    from connectors.manifest import read_manifest, write_manifest

    new = [entry for load in night.loads for entry in load.entries]
    replaced = {(entry.source, entry.instance, entry.table_name) for entry in new}
    recorded = [entry for entry in read_manifest(night.home, night.night) if entry.night == night.night]
    kept = [entry for entry in recorded if (entry.source, entry.instance, entry.table_name) not in replaced]
    write_manifest(night.home, night.night, [*kept, *new])


def write_ops(con: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Write ops.night (one row that models read), ops.about and ops.runs."""
    con.execute("create schema if not exists ops")
    built_as_of = datetime.combine(night.night, time.max.replace(microsecond=0))
    con.execute(
        "create or replace table ops.night (night date, built_as_of timestamptz, run_id varchar, is_as_of boolean)"
    )
    con.execute(
        "insert into ops.night values (?, ?::timestamptz, ?, ?)",
        [night.night, f"{built_as_of}+00", night.run_id, night.is_as_of],
    )
    con.execute("create or replace table ops.about (name varchar, value varchar)")
    con.executemany("insert into ops.about values (?, ?)", list(about(night).items()))
    con.execute(
        "create or replace table ops.runs (run_id varchar, night date, is_as_of boolean, status varchar, "
        "started_at timestamptz, finished_at timestamptz, error varchar)"
    )
    for run in all_runs(night.settings.home):
        values = [
            run.run_id,
            run.night,
            run.is_as_of,
            run.status,
            run.started_at,
            run.finished_at or None,
            run.error or None,
        ]
        con.execute("insert into ops.runs values (?, ?, ?, ?, ?, ?, ?)", values)


def profile_arrived(con: duckdb.DuckDBPyConnection, night: Night, specs: Mapping[str, "Source"]) -> None:
    """Profile the columns of the tables that arrived tonight: ops.column_profile."""
    from data_quality.profile import profile_tables

    fresh = {(source, table) for source, _, table in arrived(con, night.night)}
    profile_tables(
        con,
        night.night,
        {
            (source, table): profile_kinds(specs[source].tables[table])
            for source, table in sorted(fresh)
            if source in specs and table in specs[source].tables
        },
    )


def profile_kinds(table: "Table") -> dict[str, Any]:
    """Which columns have a range that may be shown: numbers and times that say nothing about a person."""
    kinds = {"integer": "number", "number": "number", "money": "number", "date": "time", "timestamp": "time"}
    personal = set((table.identifies.person or {}).values()) if table.identifies else set()
    return {
        name: "other" if name in personal else kinds.get(column.type, "other")
        for name, column in table.columns.items()
    }


def about(night: Night) -> dict[str, str]:
    """What a reader of the file may want to know about how it was made."""
    business = {f"setting: {name}": str(value) for name, value in night.settings.business.items()}
    made_by = {"onefunnel": program_version(), "duckdb": duckdb.__version__, "python": sys.version.split()[0]}
    return {
        "run_id": night.run_id,
        "night": str(night.night),
        "is_as_of": str(night.is_as_of).lower(),
        **made_by,
        **business,
    }


def program_version() -> str:
    """The installed version of this program."""
    try:
        return version("onefunnel")
    except PackageNotFoundError:
        return "0.1.0"


def resolve_identity(night: Night) -> Any:
    """Give every record its person and account."""
    from connectors.identity.resolve import resolve
    from orchestration.identity_settings import identity_settings

    with warehouse(night) as con:
        return resolve(con, night.home, night.night, night.decisions, identity_settings(night.settings))


def run_rules(night: Night) -> list[Any]:
    """Run every quality rule; returns one result per rule."""
    from data_quality.runner import run_rules as run

    with warehouse(night) as con:
        return list(
            run(con, RULES, night.run_id, night.night, gate_overrides(night.settings), currency(night))
        )


def gate_overrides(settings: Settings) -> dict[str, str]:
    """What the company decided about blocking: rule id → warn or block."""
    return dict(settings.business["gate_overrides"])


def check_gate(settings: Settings) -> None:
    """Say before a night starts what is wrong with gate_overrides.

    Raises:
        RuleError: it names no rule, or says neither warn nor block.
    """
    from data_quality.rule import load_rules, with_gates

    with_gates(load_rules(RULES), gate_overrides(settings))


def currency(night: Night) -> str:
    """The reporting currency."""
    return str(night.settings.business["reporting_currency"])


def update_ledger(night: Night) -> Any:
    """Derive issues and incidents from tonight's violations and all earlier events, then the scores."""
    from data_quality.ledger import update_ledger as update
    from data_quality.scores import score_quality

    with warehouse(night) as con:
        counts = update(
            con,
            night.home / "state" / "issue_events",
            night.night,
            arrived(con, night.night) - collapsed(con),
            night.decisions,
            late_entities(con, night),
            currency(night),
        )
        score_quality(con, night.night, currency(night))
        return counts


def arrived(con: duckdb.DuckDBPyConnection, night: date) -> set[tuple[str, str, str]]:
    """Tables (source, instance, table) with a delivery accepted tonight: only they open or resolve issues."""
    rows = con.execute(
        "select distinct source, instance, table_name from ops.exports where night = ? and state = 'accepted'",
        [night],
    )
    return {(str(source), str(instance), str(table)) for source, instance, table in rows.fetchall()}


def collapsed(con: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str]]:
    """Tables (source, instance, table) with a column that was filled every night and is empty in tonight's export.

    What the column would have shown is not known: nothing is opened or resolved by such an export.
    """
    found = con.execute(
        "select distinct record_key from quality.violations where rule_id = 'integration/cells_are_filled_as_before'"
    ).fetchall()
    tables = (str(key).split("|") for (key,) in found)
    return {(source, instance, table) for source, instance, table, _ in tables}


def late_entities(con: duckdb.DuckDBPyConnection, night: Night) -> frozenset[str]:
    """Conformed tables, as rules name them in `needs`, that a table feeds which used to come and did not, or not whole.

    A table that has not come for 30 nights is no longer waited for.
    """
    from connectors.spec import load_specs

    missing = con.execute(
        """
        select distinct source, table_name from ops.exports
        where state = 'accepted' and night between ? - 30 and ?
        group by source, instance, table_name having max(night) < ?""",
        [night.night] * 3,
    ).fetchall()
    specs = load_specs(extra=night.settings.specs)
    incomplete = [*missing, *((source, table) for source, _, table in collapsed(con))]
    entities = {
        entity
        for source, table in incomplete
        if source in specs and table in specs[source].tables
        for entity in specs[source].tables[table].feeds
    }
    return frozenset(
        name for entity in entities for name in (f"intermediate.int_{entity}", f"mart_core.fct_{entity}")
    )


def run_expectations(night: Night) -> list[Any]:
    """Check the contracts of raw and published tables; the database must be closed."""
    from data_quality.contracts import raw_suites
    from data_quality.gx_adapter import published_suites
    from data_quality.gx_adapter import run_expectations as run

    with warehouse(night, read_only=True) as con:
        raw = raw_suites(con, raw_tables(night.settings), night.night)
    docs = night.settings.published / "data_docs"
    return list(run(night.warehouse, raw, published_suites(SUITES / "published.yaml"), docs))


def raw_tables(settings: Settings) -> list[Any]:
    """Every table of every spec, as its contract sees it."""
    from connectors.spec import load_specs
    from data_quality.contracts import RawTable

    return [
        RawTable(
            source.source,
            table.name,
            table.key,
            {name: column.type for name, column in table.columns.items()},
            [name for name, column in table.columns.items() if column.required],
            table.delivery == "snapshot",
        )
        for source in load_specs(extra=settings.specs).values()
        for table in source.tables.values()
    ]


def gate(night: Night, expectations: list[Any]) -> list[Any]:
    """What blocks publishing; nothing when the list is empty."""
    from data_quality.gate import gate as decide

    with warehouse(night) as con:
        return list(decide(con, expectations, gate_overrides(night.settings)))


def scratch_home(settings: Settings, run_id: str, as_of: date) -> Path:
    """A home for an as-of build: the real lake and archive, and a copy of the state as of that night."""
    scratch = settings.home / "tmp" / run_id / "home"
    scratch.mkdir(parents=True)
    for name in ("exports", "archive", "lake", "company"):
        real = settings.exports if name == "exports" else settings.home / name
        if real.exists():
            (scratch / name).symlink_to(real)
    for file in sorted((settings.home / "state").glob("*/[0-9]*.parquet")):
        if date.fromisoformat(file.stem) <= as_of:
            target = scratch / "state" / file.parent.name / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, target)
    return scratch
