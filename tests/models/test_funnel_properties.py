"""Whatever happened, the funnel adds up: the models' own SQL on made-up units and evidence."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RANKS = {"lead": 2, "mql": 3, "sal": 4, "sql": 5, "opportunity": 6, "won": 7, "billed": 8}
START = datetime(2026, 1, 1, tzinfo=UTC)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
DAYS = st.integers(min_value=0, max_value=170)
UNITS = st.lists(
    st.tuples(
        st.sampled_from(["small", "enterprise"]), st.sampled_from(["search", "event", "direct"]),
        st.sampled_from(["sales_led", "self_serve"]), st.dictionaries(st.sampled_from(sorted(RANKS)), DAYS, min_size=1),
    ),
    max_size=12,
)  # fmt: skip
EVIDENCE = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(sorted(RANKS)), DAYS, st.booleans()),
    min_size=1,
    max_size=14,
)
ENDS = st.lists(st.tuples(st.sampled_from(["a", "b"]), DAYS), max_size=3, unique=True)


class Models:
    """The night's compiled models over empty tables of the warehouse's columns, in memory."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute("attach ':memory:' as warehouse")
        self.con.execute(f"attach '{home / 'warehouse.duckdb'}' as built (read_only)")
        self.con.execute("use warehouse")

    def table(self, name: str, rows: list[dict[str, object]]) -> None:
        self.con.execute(f"create schema if not exists {name.partition('.')[0]}")
        self.con.execute(f"create or replace table {name} as select * from built.{name} where false")
        for row in rows:
            marks = ", ".join("?" * len(row))
            self.con.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))

    def model(self, name: str) -> str:
        return next(self.home.glob(f"dbt/**/compiled/**/{name}.sql")).read_text()

    def build(self, name: str) -> None:
        self.con.execute(f"create or replace table intermediate.{name} as {self.model(name)}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def models(finished: Path) -> Iterator[Models]:
    found = Models(finished)
    found.con.execute("create schema ops")
    found.con.execute("create schema seeds")
    found.con.execute("create table seeds.funnel_stages as select * from built.seeds.funnel_stages")
    found.con.execute(
        "create table ops.night as select * replace (date '2026-06-30' as night, timestamptz '2026-06-30 23:59:59' as built_as_of) from built.ops.night"
    )
    yield found
    found.con.close()


@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(UNITS)
def test_cuts_of_the_report_add_up_and_nothing_converts_twice(
    models: Models, units: list[tuple[str, str, str, dict[str, int]]]
) -> None:
    models.table(
        "intermediate.int_unit_stages",
        [
            {"unit": "account", "unit_id": f"u{number}", "account_id": f"u{number}", "segment": segment, "channel": channel,
             "owner_id": "ann", "legal_entity": "main", "path": path, "stage": stage, "stage_rank": RANKS[stage],
             "entered_at": START + timedelta(days=day), "is_inferred": False}
            for number, (segment, channel, path, stages) in enumerate(units)
            for stage, day in stages.items()
        ],
    )  # fmt: skip

    report = models.rows(
        "select stage, next_stage, basis, window_days, segment, channel, path, sum(entered)::int, sum(converted)::int "
        f"from ({models.model('rpt_funnel_monthly')}) group by all"
    )

    entered: Counter[tuple[object, ...]] = Counter()
    for segment, channel, path, stages in units:
        for stage in stages:
            entered[stage, segment, channel, path] += 1
    told: dict[tuple[object, ...], int] = {}
    for stage, next_stage, basis, window, segment, channel, path, count, converted in report:
        if basis == "cohort":
            assert converted <= count
            told[next_stage, window, stage, segment, channel, path] = converted
        if count:
            assert count == entered[stage, segment, channel, path]
    for (next_stage, window, *cut), converted in told.items():
        ever = told[next_stage, None, *cut]
        assert converted <= ever, (next_stage, window, cut)
    leads = sum(
        row[7] for row in report if (row[0], row[1], row[2], row[3]) == ("lead", "billed", "cohort", None)
    )
    assert leads == sum("lead" in stages for *_, stages in units)


@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(EVIDENCE, ENDS)
def test_every_pass_has_each_stage_once_in_order_and_no_evidence_is_lost(
    models: Models, evidence: list[tuple[str, str, int, bool]], ends: list[tuple[str, int]]
) -> None:
    for table in ("mart_core.fct_deals", "intermediate.int_account_periods"):
        models.table(table, [])
    models.table(
        "intermediate.int_pass_ends",
        [
            {"account_id": account, "ended_at": START + timedelta(days=day, hours=12), "ending": "lost",
             "end_number": 1 + sum(other == account and earlier < day for other, earlier in ends)}
            for account, day in ends
        ],
    )  # fmt: skip
    models.table(
        "intermediate.int_stage_evidence",
        [
            {"account_id": account, "pass_kind": "new_business", "stage": stage, "stage_rank": RANKS[stage],
             "entered_at": START + timedelta(days=day), "evidence": "observed", "is_mark": is_mark, "is_dated": True, "source": "crm",
             "instance": "", "table_name": "t", "record_key": "r", "field": "f"}
            for account, stage, day, is_mark in evidence
        ],
    )  # fmt: skip
    models.build("int_stage_passes")
    models.build("int_stage_entries")

    twice = models.rows(
        """
        select account_id, pass_number, stage from intermediate.int_stage_entries where stage_rank <= 8
        group by all
        having count(*) filter (where not is_regression) > 1
            and not exists (
                select 1 from intermediate.int_stage_entries as back where back.is_regression and back.account_id = any_value(int_stage_entries.account_id)
            )
        """
    )
    assert twice == []
    out_of_order = models.rows(
        """
        with firsts as (
            select account_id, pass_number, stage_rank, min(entered_at) as entered_at
            from intermediate.int_stage_entries where path = 'sales_led' and stage_rank between 2 and 7 and not is_after_end
            group by all
        )
        select * from firsts as lower inner join firsts as higher using (account_id, pass_number)
        where lower.stage_rank < higher.stage_rank and lower.entered_at > higher.entered_at and pass_number = 1
        """
    )
    assert out_of_order == []
    holes = models.rows(
        """
        select account_id, max(stage_rank) as highest, count(distinct stage_rank) as stages
        from intermediate.int_stage_entries where path = 'sales_led' and pass_number = 1 and stage_rank between 2 and 7
        group by account_id having count(distinct stage_rank) <> max(stage_rank) - 1
        """
    )
    assert holes == []
    lost = {(account, stage) for account, stage, *_ in evidence} - set(
        models.rows("select distinct account_id, stage from intermediate.int_stage_entries")
    )
    assert lost == set()
