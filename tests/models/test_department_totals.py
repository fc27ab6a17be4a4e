"""Totals of the departments' reports against their parts, and business time against a count of minutes, on random data."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.models.rendering import render, rendered, run, table

START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 90 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def is_business(minute: datetime) -> bool:
    return minute.weekday() < 5 and 9 <= minute.hour < 17


@FEW
@given(MOMENTS, st.integers(0, 6 * 24 * 60))
def test_business_time_is_the_count_of_its_minutes(
    con: duckdb.DuckDBPyConnection, start: datetime, length: int
) -> None:
    stop = start + timedelta(minutes=length)
    counted = sum(is_business(start + timedelta(minutes=one)) for one in range(length))

    found = run(
        con,
        render(
            f"select {{{{ business_minutes(\"timestamptz '{stop}'\") }}}} - {{{{ business_minutes(\"timestamptz '{start}'\") }}}} as minutes"
        ),
    )

    assert found == [{"minutes": counted}]


@st.composite
def leads(draw: st.DrawFn) -> tuple[Any, ...]:
    created = draw(MOMENTS)
    routing, rep = draw(st.integers(0, 200)), draw(st.integers(0, 200))
    is_assigned, is_touched = draw(st.booleans()), draw(st.booleans())
    assigned = created + timedelta(minutes=routing) if is_assigned else None
    touched = created + timedelta(minutes=routing + rep) if is_touched else None
    return ("", draw(st.sampled_from(["ann", "bob", None])), created, assigned, touched)


@FEW
@given(st.lists(leads(), max_size=25))
def test_every_lead_is_in_one_band_of_one_owner_and_of_the_month(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    everyone = [
        (str(place), who, created, assigned, touched)
        for place, (_, who, created, assigned, touched) in enumerate(rows)
    ]
    table(
        con,
        "int_lead_clocks",
        "person_id varchar, worked_by varchar, created_at timestamptz, assigned_at timestamptz, touched_at timestamptz, account_id varchar, "
        "owner_id varchar, source varchar, instance varchar, table_name varchar, record_key varchar, source_channel varchar",
        [(*one, *[None] * 7) for one in everyone],
    )
    con.execute(f"create or replace table fct_lead_response as {rendered('fct_lead_response')}")

    months = run(con, rendered("rpt_speed_to_lead"))

    whole = {row["month"]: row for row in months if row["is_all_owners"]}
    counted = Counter(one[2].date().replace(day=1) for one in everyone)
    assert {month: row["leads"] for month, row in whole.items()} == counted
    for month, row in whole.items():
        parts = [one for one in months if one["month"] == month and not one["is_all_owners"]]
        for name in (
            "leads",
            "assigned",
            "touched",
            "open",
            "within_5",
            "within_15",
            "within_60",
            "over_60",
        ):
            assert sum(one[name] for one in parts) == row[name], name
        assert (
            row["open"] + row["within_5"] + row["within_15"] + row["within_60"] + row["over_60"]
            == row["leads"]
        )
        assert row["touched"] + row["open"] == row["leads"]


@FEW
@given(st.lists(st.tuples(MOMENTS, st.booleans(), st.booleans(), st.booleans()), max_size=25))
def test_every_booking_has_one_outcome(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[datetime, bool, bool, bool]]
) -> None:
    night = START + timedelta(days=45)
    table(
        con, "fct_meetings",
        "starts_at timestamptz, is_cancelled boolean, is_rescheduled boolean, is_no_show boolean, is_held boolean, host_email varchar, "
        "event_type varchar, account_id varchar",
        [(at, off, moved, missed, at < night and not off and not missed, "a@us.example", "demo", None) for at, off, moved, missed in rows],
    )  # fmt: skip
    table(con, "dim_owners", "owner_id varchar, email varchar", [("o1", "a@us.example")])
    table(con, "int_internal_accounts", "account_id varchar", [])

    found = run(con, rendered("rpt_meetings"))

    assert sum(row["booked"] for row in found) == len(rows)
    for row in found:
        assert (
            row["held"] + row["no_shows"] + row["cancelled"] + row["rescheduled"] + row["upcoming"]
            == row["booked"]
        )


TICKETS = st.tuples(
    st.sampled_from(["zendesk", "intercom"]),
    MOMENTS,
    st.one_of(st.none(), st.integers(1, 60 * 24 * 60)),
    st.sampled_from([True, False, None]),
    st.sampled_from(["good", "bad", None]),
)


@FEW
@given(st.lists(TICKETS, max_size=25))
def test_support_of_all_tools_is_the_sum_of_each_and_the_backlog_is_what_is_left(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    night = date(2026, 6, 30)
    table(
        con, "fct_tickets",
        "ticket_id varchar, source varchar, created_at timestamptz, first_reply_at timestamptz, solved_at timestamptz, first_reply_minutes bigint, "
        "solve_minutes bigint, is_in_time boolean, csat varchar, is_open boolean, is_internal boolean",
        [
            (str(place), source, at, None, at + timedelta(minutes=solve) if solve else None, None, solve, in_time, csat, solve is None, False)
            for place, (source, at, solve, in_time, csat) in enumerate(rows)
        ],
    )  # fmt: skip
    table(con, "night", "night date, built_as_of timestamptz", [(night, datetime(2026, 6, 30, 23, 59, tzinfo=UTC))])  # fmt: skip
    table(con, "dim_dates", "month date", [(date(2026, month, 1),) for month in range(1, 8)])

    months = run(con, rendered("rpt_support"))

    for row in months:
        if row["source"] != "all":
            continue
        parts = [one for one in months if one["month"] == row["month"] and one["source"] != "all"]
        for name in ("tickets", "solved", "backlog", "judged", "in_time", "good", "bad"):
            assert sum(one[name] for one in parts) == row[name], name
        ends = (row["month"].replace(day=28) + timedelta(days=4)).replace(day=1)
        left = sum(
            at.date() < ends and (solve is None or (at + timedelta(minutes=solve)).date() >= ends)
            for _, at, solve, _, _ in rows
        )
        assert row["backlog"] == left
    assert sum(row["tickets"] for row in months if row["source"] == "all") == len(rows)


@FEW
@given(
    st.lists(st.tuples(st.sampled_from(["small", "enterprise"]), MOMENTS, st.booleans(), st.booleans()), max_size=25)
)  # fmt: skip
def test_sign_ups_of_all_segments_are_the_sum_of_each(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    table(
        con, "int_sign_ups",
        "account_id varchar, segment varchar, month date, signed_up_on date, is_activated boolean, activated_at timestamptz, is_silent boolean, "
        "is_window_closed boolean",
        [
            (str(place), segment, at.date().replace(day=1), at.date(), active, at if active else None, silent, True)
            for place, (segment, at, active, silent) in enumerate(rows)
        ],
    )  # fmt: skip

    found = run(con, rendered("rpt_activation"))

    for row in [one for one in found if one["segment"] == "all"]:
        parts = [one for one in found if one["month"] == row["month"] and one["segment"] != "all"]
        for name in ("sign_ups", "activated", "silent"):
            assert sum(one[name] for one in parts) == row[name], name
    assert sum(row["sign_ups"] for row in found if row["segment"] == "all") == len(rows)


@FEW
@given(st.lists(st.integers(-1, 8), min_size=1, max_size=9), st.data())
def test_a_manager_at_the_top_has_all_that_is_below(
    con: duckdb.DuckDBPyConnection, wanted: list[int], data: st.DataObject
) -> None:
    # who has a manager has one with a smaller number, so the tree has no circle
    managers = [
        manager if 0 <= manager < owner else (0 if owner else None) for owner, manager in enumerate(wanted)
    ]
    won = [data.draw(st.integers(0, 9)) for _ in managers]
    table(con, "dim_owners", "owner_id varchar, manager_id varchar, full_name varchar", [(str(one), None if boss is None else str(boss), "") for one, boss in enumerate(managers)])  # fmt: skip
    con.execute(f"create or replace table int_owner_tree as {rendered('int_owner_tree')}")
    table(
        con, "rpt_rep_performance",
        "month date, owner_id varchar, won bigint, lost bigint, won_amount decimal(18, 6), quota decimal(18, 6), created_deals bigint, "
        "created_amount decimal(18, 6), touches bigint, meetings_held bigint, leads bigint, leads_touched bigint",
        [(date(2026, 1, 1), str(one), deals, 0, deals * 10, None, 0, 0, 0, 0, 0, 0) for one, deals in enumerate(won)],
    )  # fmt: skip

    found = {
        row["manager_id"]: (row["won"], row["owners"])
        for row in run(con, rendered("rpt_manager_performance"))
    }

    assert found.get("0", (won[0], 1)) == (sum(won), len(won))
    for manager, (deals, owners) in found.items():
        below = {int(manager)}
        for owner, boss in enumerate(managers):
            if boss in below:
                below.add(owner)
        assert (deals, owners) == (sum(won[one] for one in below), len(below))


MONTHS = [date(2026, month, 1) for month in range(1, 7)]
FIGURES = st.dictionaries(
    st.tuples(
        st.sampled_from(["mrr", "win_rate", "tickets"]),
        st.sampled_from(MONTHS),
        st.sampled_from(["all", "smb"]),
    ),
    st.one_of(st.none(), st.integers(-1000, 1000).map(float)),
    max_size=20,
)


@FEW
@given(
    FIGURES,
    st.dictionaries(
        st.tuples(st.sampled_from(["mrr", "tickets"]), st.sampled_from(MONTHS)), st.integers(0, 900)
    ),
)
def test_the_scoreboard_and_what_is_told_upwards_are_the_departments_own_figures(
    con: duckdb.DuckDBPyConnection,
    figures: dict[tuple[str, date, str], float | None],
    targets: dict[tuple[str, date], int],
) -> None:
    departments = {"mrr": "finance", "win_rate": "sales", "tickets": "customer_success"}
    told = {"mrr": "cro", "win_rate": "revops"}
    table(
        con, "metric_values", "department varchar, metric varchar, period_start date, segment varchar, metric_value double",
        [(departments[metric], metric, month, segment, value) for (metric, month, segment), value in figures.items()],
    )  # fmt: skip
    table(
        con,
        "catalogue",
        "metric varchar, unit varchar, better varchar",
        [(one, "x", "up") for one in departments],
    )
    table(
        con, "int_company__targets", "metric varchar, period_start date, segment varchar, target decimal(18, 6)",
        [(metric, month, segment, value) for (metric, month), value in targets.items() for segment in ("all", "smb")],
    )  # fmt: skip
    table(con, "executive_metrics", "metric varchar, reported_to varchar", list(told.items()))
    table(con, "night", "night date", [(date(2026, 5, 31),)])
    con.execute(f"create or replace table rpt_scoreboard as {rendered('rpt_scoreboard')}")

    board = {(row["metric"], row["period"]): row for row in run(con, "from rpt_scoreboard")}
    rolled = {(row["level"], row["metric"]): row for row in run(con, rendered("rpt_rollup"))}

    own = {(metric, month): value for (metric, month, segment), value in figures.items() if segment == "all"}
    assert con.execute("select count(*) from rpt_scoreboard").fetchall() == [(len(own),)]
    assert {key: row["value"] for key, row in board.items()} == own
    for (metric, month), row in board.items():
        place = MONTHS.index(month)
        before = own.get((metric, MONTHS[place - 1])) if place else None
        assert (row["previous"], row["target"]) == (before, targets.get((metric, month)))
    # May is running: the last month before it that has a figure is told, May itself only where there is no other
    latest = {}
    for (metric, month), value in sorted(
        own.items(), key=lambda one: (one[0][1] < date(2026, 5, 1), one[0][1])
    ):
        if value is not None and month <= date(2026, 5, 1):
            latest[metric] = (month, value)
    seen_by = {"head": set(departments), "revops": {"mrr", "win_rate"}, "cro": {"mrr"}}
    expected = {
        (level, metric): latest[metric] for level, seen in seen_by.items() for metric in seen & set(latest)
    }
    assert {key: (row["period"], row["value"]) for key, row in rolled.items()} == expected
