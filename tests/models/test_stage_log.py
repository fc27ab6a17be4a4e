"""Ten accounts, each a story told by its evidence, and what the stage log, the funnel, hand-offs and lists of accounts make of it."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.resources import dbt_of
from orchestration.settings import export_environment, load_settings

NIGHT = "2026-06-30"
CHAIN = (
    "int_pass_ends", "int_known_people", "int_stage_evidence", "int_stage_passes", "int_stage_entries", "int_stage_problems",
    "fct_stage_events", "int_unit_stages", "rpt_funnel_monthly", "rpt_handoffs", "rpt_stuck_accounts", "dim_accounts",
)  # fmt: skip
Row = dict[str, object]


def person(account: str, day: str) -> Row:
    return {"account_id": account, "person_id": f"p-{account}", "source": "hubspot", "instance": "", "table_name": "contacts",
            "record_key": f"c-{account}", "email": f"x@{account}.example", "owner_key": "o", "created_at": day, "trust": 1}  # fmt: skip


def mark(account: str, stage: str, day: str, *, evidence: str = "observed", is_dated: bool = True) -> Row:
    return {"account_id": account, "pass_kind": "new_business", "stage": stage, "tool_stage": stage, "entered_at": day,
            "evidence": evidence, "is_dated": is_dated, "source": "hubspot", "instance": "", "table_name": "contacts",
            "record_key": f"c-{account}", "field": "Lead Status"}  # fmt: skip


def deal(
    account: str, key: str, created: str, closed: str | None = None, won: bool = False, kind: str = "new"
) -> Row:
    return {"account_id": account, "deal_id": key, "source": "hubspot", "instance": "", "table_name": "deals", "record_key": key,
            "deal_type": kind, "created_at": created, "closed_at": closed, "is_closed": closed is not None, "is_won": won,
            "lost_reason": None if won else "price"}  # fmt: skip


def meeting(account: str, day: str, held: bool = True) -> Row:
    return {"account_id": account, "source": "calendly", "instance": "", "table_name": "invitees", "record_key": f"m-{day}",
            "starts_at": day, "is_held": held, "is_no_show": not held}  # fmt: skip


def period(account: str, place: int, start: str, until: str | None, paying: bool = True) -> Row:
    return {"account_id": account, "is_paying": paying, "place": place, "entered_at": start, "until_at": until,
            "source": "stripe", "instance": "", "table_name": "subscriptions", "record_key": f"s-{account}", "reason": "started"}  # fmt: skip


def billing(account: str, stage: str, day: str) -> Row:
    return {"account_id": account, "stage": stage, "entered_at": day, "source": "stripe", "instance": "",
            "table_name": "subscriptions", "record_key": f"s-{account}", "reason": stage}  # fmt: skip


def activation(account: str, signed_up: str, activated: str | None) -> Row:
    return {"account_id": account, "signed_up_at": signed_up, "activated_at": activated, "is_activated": activated is not None,
            "is_silent": False, "last_event_at": f"{NIGHT} 12:00", "sign_up_source": "segment", "sign_up_instance": "",
            "sign_up_table": "tracks", "sign_up_key": f"e-{account}", "source": "segment", "instance": "",
            "table_name": "tracks", "record_key": f"e-{account}"}  # fmt: skip


# fmt: off
STORIES: dict[str, list[Row]] = {
    "intermediate.int_person_records": [
        person(account, "2026-01-01")
        for account in ("skips", "back", "twice", "returns", "two-deals", "first-sight", "no-show", "upsold")
    ],
    "intermediate.int_stage_marks": [
        # goes back: qualified, opportunity, set back to qualified, qualified for sales
        mark("back", "mql", "2026-01-05"), mark("back", "opportunity", "2026-01-20"), mark("back", "mql", "2026-02-01"),
        mark("back", "sql", "2026-02-10"),
        # recycled twice, and won in the third pass
        mark("twice", "mql", "2026-01-05"), mark("twice", "recycled", "2026-01-10"),
        mark("twice", "mql", "2026-02-05"), mark("twice", "recycled", "2026-02-10"), mark("twice", "mql", "2026-03-05"),
        # the first export called it an opportunity; since when, nobody knows
        mark("first-sight", "opportunity", "2026-06-01", evidence="snapshot", is_dated=False),
        mark("first-sight", "mql", "2026-06-10"),
    ],
    "mart_core.fct_deals": [
        deal("skips", "d1", "2026-01-11", "2026-02-11", won=True),
        deal("twice", "d2", "2026-03-20", "2026-04-20", won=True),
        deal("returns", "d3", "2026-01-10", "2026-01-20", won=True), deal("returns", "d4", "2026-05-10", "2026-05-20", won=True),
        # one of two deals is lost while the other is open: the pass goes on
        deal("two-deals", "d5", "2026-01-10", "2026-02-01"), deal("two-deals", "d6", "2026-01-15", "2026-03-01", won=True),
        deal("upsold", "d7", "2026-01-10", "2026-01-20", won=True), deal("upsold", "d8", "2026-05-15", kind="upsell"),
        deal("upsold", "d9", "2026-05-02", "2026-05-12", kind="upsell"),
    ],
    "mart_core.fct_meetings": [
        meeting("no-show", "2026-01-08", held=False),
        # a call with a paying customer is no sales meeting
        meeting("returns", "2026-02-15"), meeting("by-itself", "2026-04-15"),
    ],
    "intermediate.int_account_periods": [
        period("skips", 1, "2026-02-15", None),
        period("returns", 1, "2026-01-25", "2026-03-25"), period("returns", 1, "2026-03-25", "2026-05-25", paying=False),
        period("returns", 2, "2026-05-25", None),
        period("by-itself", 1, "2026-02-20", None), period("upsold", 1, "2026-01-22", None),
    ],
    "intermediate.int_account_billing_stages": [
        billing("skips", "billed", "2026-02-15"), billing("returns", "billed", "2026-01-25"),
        billing("returns", "churned", "2026-03-25"), billing("returns", "reactivated", "2026-05-25"),
        billing("by-itself", "billed", "2026-02-20"), billing("upsold", "billed", "2026-01-22"),
    ],
    "intermediate.int_account_activation": [activation("by-itself", "2026-02-01", "2026-02-04")],
    "mart_core.fct_activities": [], "intermediate.int_lead_scores": [], "intermediate.int_account_live": [],
    "intermediate.int_account_renewals": [], "intermediate.int_people": [], "mart_core.fct_deal_stages": [],
    "intermediate.int_subscriptions": [], "intermediate.int_leads": [],
    "intermediate.int_accounts": [
        {"account_id": name, "segment": "small", "legal_entity": "main", "owner_id": "ann"}
        for name in ("skips", "back", "twice", "returns", "two-deals", "first-sight", "no-show", "upsold", "by-itself")
    ],
}
# fmt: on


@pytest.fixture(scope="module")
def told(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterable[duckdb.DuckDBPyConnection]:
    """A warehouse whose evidence is the stories alone, with the stage log built from it."""
    folder = tmp_path_factory.mktemp("stories")
    warehouse = folder / "warehouse.duckdb"
    shutil.copy(finished / "warehouse.duckdb", warehouse)
    with duckdb.connect(str(warehouse)) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"create or replace table ops.night as select * replace (date '{NIGHT}' as night, timestamptz '{NIGHT} 23:59:59' as built_as_of) from ops.night")  # fmt: skip
        for table, rows in STORIES.items():
            con.execute(f"create or replace table {table} as select * from {table} where false")
            for row in rows:
                columns = ", ".join(row)
                con.execute(
                    f"insert into {table} ({columns}) values ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
    settings = load_settings()
    export_environment(settings, warehouse)
    dbt = replace(dbt_of(settings), target=folder / "target")
    wrong = [one for one in dbt.build(["--select", *CHAIN]) if one.status not in ("success", "pass")]
    assert wrong == []
    with duckdb.connect(str(warehouse), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


def log(
    told: duckdb.DuckDBPyConnection,
    account: str,
    columns: str = "pass_number, stage, strftime(entered_at, '%m-%d')",
    where: str = "true",
) -> list[tuple[object, ...]]:
    return told.execute(
        f"select {columns} from mart_funnel.fct_stage_events where account_id = '{account}' and {where} "
        "order by pass_kind desc, pass_number, entered_at, stage_rank"
    ).fetchall()


def joint(told: duckdb.DuckDBPyConnection, stage: str, next_stage: str, path: str, month: str) -> object:
    """Entered and converted, of those who entered in a month, within whatever time."""
    return told.execute(
        "select sum(entered)::int, sum(converted)::int from mart_funnel.rpt_funnel_monthly where unit = 'account' "
        f"and stage = '{stage}' and next_stage = '{next_stage}' and path = '{path}' and month = '{month}-01' "
        "and basis = 'cohort' and window_days is null"
    ).fetchone()


def test_who_skips_stages_has_passed_them_on_the_day_that_proves_it(told: duckdb.DuckDBPyConnection) -> None:
    seen = log(told, "skips", "stage, strftime(entered_at, '%m-%d'), evidence, is_skipped, path")

    assert seen == [
        ("lead", "01-01", "observed", False, "sales_led"),
        ("mql", "01-11", "inferred", True, "sales_led"),
        ("sal", "01-11", "inferred", True, "sales_led"),
        ("sql", "01-11", "inferred", True, "sales_led"),
        ("opportunity", "01-11", "observed", False, "sales_led"),
        ("won", "02-11", "observed", False, "sales_led"),
        ("billed", "02-15", "observed", False, "sales_led"),
    ]


def test_who_goes_back_has_a_step_back_and_the_way_up_again(told: duckdb.DuckDBPyConnection) -> None:
    seen = log(
        told, "back", "stage, strftime(entered_at, '%m-%d'), evidence, is_regression", "stage_rank >= 3"
    )

    assert seen == [
        ("mql", "01-05", "observed", False),
        ("sal", "01-20", "inferred", False),
        ("sql", "01-20", "inferred", False),
        ("opportunity", "01-20", "observed", False),
        ("mql", "02-01", "observed", True),
        ("sql", "02-10", "observed", False),
    ]


def test_who_is_recycled_twice_is_in_the_third_pass(told: duckdb.DuckDBPyConnection) -> None:
    seen = log(told, "twice", "pass_number, stage, strftime(entered_at, '%m-%d'), problem_code")

    assert seen == [
        (1, "lead", "01-01", None), (1, "mql", "01-05", "recycled"),
        (2, "mql", "02-05", "recycled"),
        (3, "mql", "03-05", None), (3, "sal", "03-20", None), (3, "sql", "03-20", None), (3, "opportunity", "03-20", None),
        (3, "won", "04-20", "won_not_billed"),
    ]  # fmt: skip


def test_a_recycled_pass_counts_as_not_converted_and_the_next_as_converted(
    told: duckdb.DuckDBPyConnection,
) -> None:
    assert joint(told, "mql", "sal", "sales_led", "2026-02") == (1, 0)
    assert joint(told, "mql", "sal", "sales_led", "2026-03") == (1, 1)


def test_who_buys_alone_goes_from_lead_to_activated_to_billed(told: duckdb.DuckDBPyConnection) -> None:
    seen = log(told, "by-itself", "stage, strftime(entered_at, '%m-%d'), path, evidence")

    assert seen == [
        ("lead", "02-01", "self_serve", "observed"),
        ("activated", "02-04", "self_serve", "observed"),
        ("billed", "02-20", "self_serve", "observed"),
    ]
    assert joint(told, "lead", "activated", "self_serve", "2026-02") == (1, 1)
    assert joint(told, "activated", "billed", "self_serve", "2026-02") == (1, 1)
    assert joint(told, "lead", "mql", "self_serve", "2026-02") == (None, None)


def test_who_churns_and_returns_starts_a_second_pass_with_the_second_deal(
    told: duckdb.DuckDBPyConnection,
) -> None:
    seen = log(told, "returns", "pass_number, stage, strftime(entered_at, '%m-%d'), problem_code")

    assert seen == [
        (1, "lead", "01-01", None), (1, "mql", "01-10", None), (1, "sal", "01-10", None), (1, "sql", "01-10", None),
        (1, "opportunity", "01-10", None), (1, "won", "01-20", None), (1, "billed", "01-25", None), (1, "churned", "03-25", None),
        # 61 days later, within the 90 of a late renewal; a returning customer is no lead again
        (2, "opportunity", "05-10", None), (2, "won", "05-20", None), (2, "reactivated", "05-25", "late_renewal"),
    ]  # fmt: skip


def test_a_deal_lost_beside_an_open_one_ends_nothing(told: duckdb.DuckDBPyConnection) -> None:
    assert log(told, "two-deals", "pass_number, stage, strftime(entered_at, '%m-%d')", "stage_rank >= 6") == [
        (1, "opportunity", "01-10"),
        (1, "won", "03-01"),
    ]


def test_what_the_first_export_showed_is_no_step_back(told: duckdb.DuckDBPyConnection) -> None:
    seen = log(told, "first-sight", "stage, strftime(entered_at, '%m-%d'), evidence, is_regression")

    assert seen == [
        ("lead", "01-01", "observed", False),
        ("mql", "06-01", "inferred", False),
        ("sal", "06-01", "inferred", False),
        ("sql", "06-01", "inferred", False),
        ("opportunity", "06-01", "snapshot", False),
    ]


def test_who_did_not_come_to_the_meeting_is_stuck_before_it(told: duckdb.DuckDBPyConnection) -> None:
    assert log(told, "no-show", "stage, problem_code, reason") == [
        ("lead", "no_show", "meeting of 2026-01-08")
    ]


def test_upsells_are_passes_of_their_own(told: duckdb.DuckDBPyConnection) -> None:
    seen = log(
        told,
        "upsold",
        "pass_number, stage, strftime(entered_at, '%m-%d'), problem_code",
        "pass_kind = 'customer'",
    )

    assert seen == [(1, "opportunity", "05-02", "lost"), (2, "opportunity", "05-15", None)]
    # in May only the returning customer opened new business
    assert joint(told, "opportunity", "won", "sales_led", "2026-05") == (1, 1)


def test_totals_are_those_of_the_log(told: duckdb.DuckDBPyConnection) -> None:
    counted = told.execute(
        "select stage, count(distinct account_id || ':' || pass_number) from mart_funnel.fct_stage_events "
        "where pass_kind = 'new_business' and not is_regression and path = 'sales_led' and stage in ('lead', 'mql', 'sal') group by all"
    ).fetchall()
    reported = told.execute(
        "select stage, sum(entered)::bigint from mart_funnel.rpt_funnel_monthly where unit = 'account' and basis = 'cohort' "
        "and window_days is null and (stage, next_stage) in (('lead', 'mql'), ('mql', 'sal'), ('sal', 'sql')) group by all"
    ).fetchall()

    assert sorted(counted) == sorted(reported)
    assert json.dumps(sorted(counted)) == json.dumps([["lead", 8], ["mql", 9], ["sal", 7]])


def test_each_story_ends_in_the_stage_that_the_account_stands_in(told: duckdb.DuckDBPyConnection) -> None:
    stages = dict(told.execute("select account_id, stage from mart_core.dim_accounts").fetchall())

    assert stages == {
        "skips": "billed", "back": "sql", "twice": "won", "returns": "reactivated", "two-deals": "won",
        "first-sight": "opportunity", "no-show": "lead", "upsold": "billed", "by-itself": "billed",
    }  # fmt: skip


def test_who_waits_too_long_is_listed_with_the_day_since_when(told: duckdb.DuckDBPyConnection) -> None:
    stuck = told.execute(
        "select account_id, pass_kind, pass_number, stage, strftime(since, '%m-%d') from mart_funnel.rpt_stuck_accounts order by 1"
    ).fetchall()

    # billed and never seen live is 30 days at most; the returned customer waits for nothing, nor does an open upsell of May
    assert stuck == [
        ("back", "new_business", 1, "sql", "02-10"),
        ("by-itself", "new_business", 1, "billed", "02-20"),
        ("no-show", "new_business", 1, "lead", "01-01"),
        ("skips", "new_business", 1, "billed", "02-15"),
        ("twice", "new_business", 3, "won", "04-20"),
        ("two-deals", "new_business", 1, "won", "03-01"),
        ("upsold", "new_business", 1, "billed", "01-22"),
    ]


def test_every_pass_is_handed_over_by_itself(told: duckdb.DuckDBPyConnection) -> None:
    def handed(handoff: str) -> list[tuple[object, ...]]:
        return told.execute(
            "select account_id, pass_number, strftime(handed_at, '%m-%d'), strftime(taken_at, '%m-%d') from mart_funnel.rpt_handoffs "
            f"where handoff = '{handoff}' and account_id in ('back', 'twice', 'returns', 'by-itself') order by 1, 2"
        ).fetchall()

    # the customer who returns is no lead again; who buys alone is handed to nobody
    assert handed("marketing_to_sales") == [
        ("back", 1, "01-05", "01-20"), ("returns", 1, "01-10", "01-10"),
        ("twice", 1, "01-05", None), ("twice", 2, "02-05", None), ("twice", 3, "03-05", "03-20"),
    ]  # fmt: skip
    assert handed("sales_to_finance") == [
        ("returns", 1, "01-20", "01-25"), ("returns", 2, "05-20", "05-25"), ("twice", 3, "04-20", None),
    ]  # fmt: skip
