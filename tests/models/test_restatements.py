"""Closed months keep what was published; what changes later is told with its cause and its source rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest

from orchestration import publish_assets
from tests.models.ledger import Compiled, Ledger, run_models

Run = Callable[..., Ledger]
CLOSE = "2026-02-05"
LATER = "2026-02-20"


def january(amount: int) -> dict[str, list[dict[str, Any]]]:
    """One customer with a line for January and one for February."""
    months = [("l1", "2026-01-01", "2026-02-01", amount), ("l2", "2026-02-01", "2026-03-01", 10)]
    return {
        "subscriptions": [{"record_key": "s", "customer_key": "c", "started_at": "2026-01-01"}],
        "invoices": [{"record_key": f"i-{key}", "subscription_key": "s", "issued_at": start} for key, start, _, _ in months],
        "invoice_lines": [
            {"record_key": key, "invoice_key": f"i-{key}", "subscription_key": "s", "item_key": "i", "amount": cost,
             "interval_unit": "month", "interval_count": 1, "period_start": start, "period_end": end}
            for key, start, end, cost in months
        ],
    }  # fmt: skip


def restated(run: Ledger) -> list[tuple[Any, ...]]:
    columns = "night, month, account_id, old_value, new_value, cause, evidence"
    return run.rows(
        f"select {columns} from mart_finance.rpt_restatements where policy = 'onefunnel' order by night, account_id"
    )


def frozen(run: Ledger, table: str = "rpt_mrr_frozen") -> list[tuple[Any, ...]]:
    return run.rows(
        f"select month, frozen_on, closing_mrr from mart_finance.{table} where policy = 'onefunnel' order by month"
    )


def test_a_month_freezes_on_its_close_day_and_not_before(ledger: Run) -> None:
    assert frozen(ledger(january(10), "2026-02-04")) == []
    assert frozen(ledger(january(10), CLOSE)) == [(date(2026, 1, 1), date(2026, 2, 5), 10)]


def test_a_late_correction_leaves_the_frozen_value_and_is_told_once(ledger: Run) -> None:
    published = ledger(january(10), CLOSE)

    corrected = ledger(january(7), LATER, after=published)
    again = ledger(january(7), "2026-02-21", after=corrected)

    told = (
        date(2026, 2, 20),
        date(2026, 1, 1),
        "c",
        10,
        7,
        "source records changed",
        "tool::invoice_lines:l1",
    )
    assert restated(corrected) == [told]
    assert restated(again) == [told]
    assert frozen(again) == frozen(published)
    # what was told stays on the scoreboard, what is live is beside it
    assert frozen(again, "rpt_mrr_published")[0] == (date(2026, 1, 1), date(2026, 2, 5), 10)
    assert again.mrr()["2026-01"] == 7


def test_accounts_that_become_one_are_told_as_merged(ledger: Run) -> None:
    two = {name: [*rows, *renamed(rows)] for name, rows in january(10).items()}
    published = ledger(two, CLOSE)

    merged = ledger(two, LATER, after=published, accounts={"d": "c"}, merged=[("c", "d")])

    causes = {row[2]: (row[3], row[4], row[5]) for row in restated(merged)}
    assert causes == {"c": (10, 20, "accounts merged or split"), "d": (10, 0, "accounts merged or split")}
    evidence = {row[2]: row[6] for row in restated(merged)}
    assert evidence["c"] == "tool::invoice_lines:l1, tool::invoice_lines:l1-d"
    assert frozen(merged) == frozen(published)


def renamed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same records of a second customer."""
    keys = ("record_key", "subscription_key", "invoice_key")
    copies = [{name: f"{value}-d" if name in keys else value for name, value in row.items()} for row in rows]
    return [{**one, "customer_key": "d"} if "customer_key" in one else one for one in copies]


def test_a_changed_definition_is_told_as_such(ledger: Run, compiled: Compiled) -> None:
    late = {name: [*rows, *renamed(rows)] for name, rows in january(10).items()}
    # due on 1 January, paid on 10 February: thirty days of grace end on the 31st, sixty do not
    late["invoices"][0] |= {"status": "paid", "due_at": "2026-01-01", "paid_at": "2026-02-10", "total": 10}
    published = ledger(late, CLOSE)
    patient = replace(
        compiled,
        sql={
            **compiled.sql,
            "int_lapse_reasons": compiled.sql["int_lapse_reasons"].replace(
                "interval (30) day", "interval (60) day"
            ),
            "int_revenue_definitions": compiled.sql["int_revenue_definitions"].replace("30 days", "60 days"),
        },
    )

    redefined = run_models(patient, late, date.fromisoformat(LATER), after=published)

    assert published.mrr()["2026-01"] == 10
    assert redefined.mrr()["2026-01"] == 20
    (row,) = restated(redefined)
    assert row[:5] == (date(2026, 2, 20), date(2026, 1, 1), "c", 0, Decimal(10))
    assert row[5].startswith("definition changed: was counts active; 30 days of grace")
    assert "is counts active; 60 days of grace" in row[5]


@pytest.mark.parametrize(
    ("is_as_of", "failures", "remembers"),
    [
        (False, [], True),
        (False, ["finance/mrr_adds_up_by_currency"], False),
        (True, [], False),
        (True, ["x"], False),
    ],
)
def test_only_a_published_night_freezes(
    monkeypatch: pytest.MonkeyPatch, is_as_of: bool, failures: list[str], remembers: bool
) -> None:
    night = Mock(run_id="r", is_as_of=is_as_of)
    remembered: list[object] = []
    monkeypatch.setattr(publish_assets, "remember", remembered.append)
    monkeypatch.setattr(publish_assets, "all_runs", lambda home: [Mock(run_id="r")])
    monkeypatch.setattr(publish_assets, "end_run", Mock())
    monkeypatch.setattr(publish_assets, "versions", Mock(blocked_candidates=Mock(return_value=[])))

    publish_assets.finish(night, Mock(), failures)

    assert remembered == ([night] if remembers else [])
