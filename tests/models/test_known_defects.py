"""What models of recurring revenue are known to get wrong, one test each: what billing recorded, and what MRR it is."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data_quality.rule import RULES, load_rules
from tests.models.ledger import Ledger

Run = Callable[..., Ledger]
Row = dict[str, Any]


def subscription(key: str = "s", start: str = "2026-01-01", **more: Any) -> Row:
    return {"record_key": key, "customer_key": "c", "started_at": start, **more}


def billed(*lines: Row, subscription_key: str = "s", **invoice: Any) -> dict[str, list[Row]]:
    """One paid invoice for each line; a line says item, amount, from and to."""
    invoices, found = [], []
    for number, line in enumerate(lines):
        row = {
            "record_key": f"{subscription_key}-l{number}", "subscription_key": subscription_key, "item_key": "i",
            "invoice_key": f"{subscription_key}-i{number}", "interval_unit": "month", "interval_count": 1, **line,
        }  # fmt: skip
        row |= {"period_start": row.pop("start"), "period_end": row.pop("end")}
        found.append(row)
        invoices.append(
            {"record_key": row["invoice_key"], "subscription_key": subscription_key, "issued_at": row["period_start"],
             "due_at": row["period_start"], "paid_at": row["period_start"], "total": row["amount"], **invoice}
        )  # fmt: skip
    return {"invoices": invoices, "invoice_lines": found}


def months(first: str, count: int, **line: Any) -> Iterator[Row]:
    """Monthly lines from the first of a month on."""
    year, month = int(first[:4]), int(first[5:7])
    for number in range(count):
        index = year * 12 + month - 1 + number
        begins, ends = (f"{one // 12}-{one % 12 + 1:02d}-01" for one in (index, index + 1))
        yield {"start": begins, "end": ends, **line}


def test_reactivation_is_reachable(ledger: Run) -> None:
    rows = billed(*months("2026-01", 2, amount=10), *months("2026-05", 1, amount=12))

    run = ledger({"subscriptions": [subscription()], **rows}, "2026-05-31")

    assert run.movements() == {
        "2026-01": {"new": 10}, "2026-03": {"churn": 10}, "2026-05": {"reactivation": 12}
    }  # fmt: skip


def test_a_trial_is_not_mrr(ledger: Run) -> None:
    trial = {"start": "2026-01-01", "end": "2026-02-01", "amount": 0, "unit_amount": 30}
    rows = billed(trial, {"start": "2026-02-01", "end": "2026-03-01", "amount": 30, "unit_amount": 30})
    seen_only = {
        "subscriptions": [subscription("t", "2026-01-01", customer_key="c2", status="in_trial", trial_end="2026-04-01")],
        "subscription_items": [{"record_key": "ti", "subscription_key": "t", "item_key": "ti", "amount": 99}],
    }  # fmt: skip

    run = ledger(
        {**rows, **seen_only, "subscriptions": [subscription(), *seen_only["subscriptions"]]}, "2026-02-28"
    )

    assert run.mrr() == {"2026-02": 30}


def test_an_unpaid_subscription_is_not_mrr_after_its_days_of_grace(ledger: Run) -> None:
    rows = billed(*months("2026-01", 1, amount=10), *months("2026-02", 3, amount=10))
    for invoice in rows["invoices"][1:]:
        invoice |= {"status": "open", "paid_at": None}

    run = ledger({"subscriptions": [subscription(status="unpaid")], **rows}, "2026-04-30")

    # due on 1 February, thirty days later is 3 March
    assert run.movements() == {"2026-01": {"new": 10}, "2026-03": {"churn": 10}}
    assert run.mrr("stripe") == {"2026-01": 10, "2026-02": 10}


def test_a_late_subscription_that_the_tool_still_collects_stays_under_the_policy_that_keeps_it(
    ledger: Run,
) -> None:
    rows = billed(*months("2026-01", 4, amount=10))
    for invoice in rows["invoices"][1:]:
        invoice |= {"status": "open", "paid_at": None}

    run = ledger({"subscriptions": [subscription(status="past_due")], **rows}, "2026-04-30")

    assert run.mrr() == {"2026-01": 10, "2026-02": 10}
    assert run.mrr("stripe") == {"2026-01": 10, "2026-02": 10, "2026-03": 10, "2026-04": 10}
    assert run.rows("select distinct reason, sum(difference) from mart_finance.rpt_policy_bridge where policy_from = 'onefunnel' and policy_to = 'stripe' group by 1 having sum(difference) <> 0") == [("past_due", Decimal(20))]  # fmt: skip


@pytest.mark.parametrize("is_billed", [True, False])
def test_a_paused_subscription_is_not_mrr(ledger: Run, is_billed: bool) -> None:
    one = subscription(status="paused", pause_from="2026-03-10", pause_to="2026-05-10")
    items = [{"record_key": "i", "subscription_key": "s", "item_key": "i", "amount": 10}]
    rows: dict[str, list[Row]] = billed(*months("2026-01", 3, amount=10)) if is_billed else {}

    run = ledger({"subscriptions": [one], "subscription_items": items, **rows}, "2026-04-30")

    assert run.mrr() == {"2026-01": 10, "2026-02": 10}


def test_collection_on_hold_is_mrr_under_the_policy_stripe_alone(ledger: Run) -> None:
    rows = billed(*months("2026-01", 5, amount=10))
    # from the moment of the hold on, Stripe makes invoices and voids them
    for invoice in rows["invoices"][3:]:
        invoice["status"] = "void"
    versions = [
        {"record_key": "s", "subscription_key": "s", "status": "active", "seen_on": "2026-03-20", "change": "inserted"},
        {"record_key": "s", "subscription_key": "s", "status": "collection_paused", "seen_on": "2026-03-25"},
    ]  # fmt: skip

    run = ledger({"subscriptions": [subscription()], "subscription_versions": versions, **rows}, "2026-05-31")

    assert run.mrr() == {"2026-01": 10, "2026-02": 10}
    assert run.mrr("stripe") == {f"2026-0{month}": 10 for month in range(1, 6)}


def test_a_plan_swap_is_neither_churn_nor_new(ledger: Run) -> None:
    old = {"item_key": "old", "price_key": "old", "unit_amount": 30}
    new = {"item_key": "new", "price_key": "new", "unit_amount": 30}
    rows = billed(
        *months("2026-01", 2, amount=30, **old),
        {"start": "2026-02-15", "end": "2026-03-01", "amount": -15, "is_proration": True, **old},
        {"start": "2026-02-15", "end": "2026-03-01", "amount": 15, "is_proration": True, **new},
        *months("2026-03", 1, amount=30, **new),
    )

    run = ledger({"subscriptions": [subscription()], **rows}, "2026-03-31")

    assert run.movements() == {"2026-01": {"new": 30}}


def test_a_yearly_plan_switched_to_a_monthly_one_at_the_same_mrr_is_no_movement(ledger: Run) -> None:
    rows = billed(
        {"start": "2026-01-01", "end": "2027-01-01", "amount": 120, "price_key": "year", "interval_unit": "year"},
        {"start": "2026-03-01", "end": "2027-01-01", "amount": -100, "price_key": "year", "interval_unit": "year",
         "is_proration": True},
        *months("2026-03", 2, amount=10, price_key="month"),
    )  # fmt: skip

    run = ledger({"subscriptions": [subscription()], **rows}, "2026-04-30")

    assert run.movements() == {"2026-01": {"new": 10}}
    assert run.mrr() == {f"2026-0{month}": 10 for month in range(1, 5)}


def test_a_tiered_price_is_all_its_tiers(ledger: Run) -> None:
    tiers = billed(*months("2026-01", 2, amount=50), *months("2026-01", 2, amount=16))
    for line in tiers["invoice_lines"]:
        line["invoice_key"] = f"s-i{int(line['record_key'][3:]) % 2}"

    run = ledger({"subscriptions": [subscription()], **tiers}, "2026-02-28")

    assert run.mrr() == {"2026-01": 66, "2026-02": 66}


def test_a_part_of_a_period_of_a_tiered_price_counts_as_a_whole_one(ledger: Run) -> None:
    whole = {"start": "2026-03-01", "end": "2026-04-01"}
    rows = billed(
        {"amount": 62, **whole}, {"amount": -31, **whole, "start": "2026-03-16T12:00:00", "is_proration": True},
        {"amount": 46.50, **whole, "start": "2026-03-16T12:00:00", "is_proration": True},
    )  # fmt: skip

    run = ledger({"subscriptions": [subscription(start="2026-03-01")], **rows}, "2026-03-31")

    assert run.mrr() == {"2026-03": 93}


@pytest.mark.parametrize(
    ("unit", "count", "end", "annual"),
    [
        ("day", 1, "2026-03-02", 3650), ("day", 10, "2026-03-11", 365), ("week", 1, "2026-03-08", 520),
        ("week", 2, "2026-03-15", 260), ("month", 1, "2026-04-01", 120), ("month", 6, "2026-09-01", 20),
        ("quarter", 1, "2026-06-01", 40), ("year", 1, "2027-03-01", 10), ("year", 2, "2028-03-01", 5),
    ],
)  # fmt: skip
@pytest.mark.parametrize("says_so", [True, False])
def test_every_interval_counts(
    ledger: Run, unit: str, count: int, end: str, annual: int, says_so: bool
) -> None:
    line = {"start": "2026-03-01", "end": end, "amount": 10, "interval_unit": unit, "interval_count": count}
    if not says_so:
        line |= {"interval_unit": None, "interval_count": None}

    run = ledger({"subscriptions": [subscription(start="2026-03-01")], **billed(line)}, "2026-03-31")

    assert run.rows("select closing_arr from mart_finance.fct_mrr_movements_by_currency where policy = 'onefunnel'") == [(annual,)]  # fmt: skip


def test_several_percent_coupons_multiply(ledger: Run) -> None:
    rows = {
        "subscriptions": [subscription(start="2026-01-01")],
        "subscription_items": [{"record_key": "i", "subscription_key": "s", "item_key": "i", "amount": 100}],
        "coupons": [{"record_key": "half", "percent_off": 50, "duration": "forever"}],
        "discounts": [
            {"record_key": "d1", "subscription_key": "s", "coupon_key": "half"},
            {"record_key": "d2", "subscription_key": "s", "percent_off": 20, "duration": "repeating", "ends_at": "2026-03-01"},
            {"record_key": "d3", "subscription_key": "s", "percent_off": 10, "duration": "once", "starts_at": "2026-01-01"},
        ],
    }  # fmt: skip

    run = ledger(rows, "2026-03-31")

    # 100 × 0.5 × 0.8 × 0.9 for the first invoice, then without the third, then the first alone
    assert run.mrr() == {"2026-01": 36, "2026-02": 40, "2026-03": 50}
    events = run.rows("select effective_at::date, annual_amount - discount_annual_amount from mart_finance.fct_revenue_events order by 1")  # fmt: skip
    assert events == [(date(2026, 1, 1), 432), (date(2026, 2, 1), 480), (date(2026, 3, 1), 600)]


def test_an_amount_coupon_is_taken_off_each_period_and_shared_by_the_items(ledger: Run) -> None:
    items = [
        {"record_key": key, "subscription_key": "s", "item_key": key, "amount": amount}
        for key, amount in (("a", 75), ("b", 25))
    ]
    coupon = {
        "record_key": "d",
        "subscription_key": "s",
        "amount_off": 20,
        "currency": "EUR",
        "duration": "forever",
    }

    run = ledger(
        {"subscriptions": [subscription()], "subscription_items": items, "discounts": [coupon]}, "2026-01-31"
    )

    assert run.mrr() == {"2026-01": 80}
    assert run.rows("select sum(discount_annual_amount) from mart_finance.fct_revenue_events") == [(240,)]


def test_a_free_first_month_then_paid_is_new_not_expansion(ledger: Run) -> None:
    rows = billed(*months("2026-01", 1, amount=10, discount_amount=10), *months("2026-02", 2, amount=10))

    run = ledger({"subscriptions": [subscription()], **rows}, "2026-03-31")

    assert run.movements() == {"2026-02": {"new": 10}}


def test_a_discount_that_ends_is_expansion(ledger: Run) -> None:
    rows = billed(*months("2026-01", 2, amount=10, discount_amount=4), *months("2026-03", 1, amount=10))

    run = ledger({"subscriptions": [subscription()], **rows}, "2026-03-31")

    assert run.movements() == {"2026-01": {"new": 6}, "2026-03": {"expansion": 4}}


def test_an_annual_charge_is_spread_over_its_year(ledger: Run) -> None:
    year = {"start": "2025-03-15", "end": "2026-03-15", "amount": 1200, "interval_unit": "year"}

    run = ledger({"subscriptions": [subscription(start="2025-03-15", status="non_renewing")], **billed(year)}, "2026-05-31")  # fmt: skip

    assert list(run.mrr().values()) == [100] * 12
    assert run.movements() == {"2025-03": {"new": 100}, "2026-03": {"churn": 100}}


def test_a_customer_still_active_has_no_churn_row_next_month(ledger: Run) -> None:
    run = ledger(
        {"subscriptions": [subscription()], **billed(*months("2026-01", 3, amount=10))}, "2026-03-31"
    )

    assert run.rows("select max(month), sum(churn_mrr) from mart_finance.fct_mrr_movements") == [
        (date(2026, 3, 1), 0)
    ]


def test_a_month_still_running_shows_no_churn(ledger: Run) -> None:
    ended = subscription(status="cancelled", ended_at="2026-03-01")
    rows = {"subscriptions": [ended], **billed(*months("2026-01", 2, amount=10))}

    running, over = ledger(rows, "2026-03-30"), ledger(rows, "2026-03-31")

    assert running.movements() == {"2026-01": {"new": 10}}
    assert running.mrr()["2026-03"] == 10
    assert over.movements() == {"2026-01": {"new": 10}, "2026-03": {"churn": 10}}


def test_two_currencies_never_add_without_a_rate(ledger: Run) -> None:
    dollars = billed(*months("2026-01", 1, amount=11, currency="USD"), subscription_key="d", currency="USD")
    euros = billed(*months("2026-01", 1, amount=10))
    rows = {
        "subscriptions": [subscription(), subscription("d", currency="USD")],
        **{name: euros[name] + dollars[name] for name in euros},
    }
    fixings = [(date(2025, 12, 31), "USD", "1.25"), (date(2026, 1, 30), "USD", "1.1")]

    without, rated = ledger(rows, "2026-01-31"), ledger(rows, "2026-01-31", rates=fixings)

    assert without.rows("select * from mart_finance.fct_mrr_movements") == []
    # 11 dollars are 8.80 at the opening rate and 10 at the closing rate: 1.20 of it is the rate's doing
    columns = "opening_mrr, new_mrr, fx_mrr, rounding_mrr, closing_mrr"
    assert rated.rows(f"select {columns} from mart_finance.fct_mrr_movements where policy = 'onefunnel'") == [
        (0, Decimal("18.8"), Decimal("1.2"), 0, 20)
    ]


def test_a_yen_has_no_hundredth(ledger: Run) -> None:
    rows = billed(*months("2026-01", 1, amount=7500, currency="JPY"), currency="JPY")

    run = ledger({"subscriptions": [subscription(currency="JPY")], **rows}, "2026-01-31")

    assert run.mrr() == {"2026-01": 7500}


def test_a_hundred_a_year_is_a_hundred_of_arr(ledger: Run) -> None:
    year = {"start": "2026-01-01", "end": "2027-01-01", "amount": 100, "interval_unit": "year"}

    run = ledger({"subscriptions": [subscription()], **billed(year)}, "2026-01-31")

    found = run.rows("select closing_mrr, closing_arr from mart_finance.fct_mrr_movements_by_currency where policy = 'onefunnel'")  # fmt: skip
    assert found == [(Decimal("8.333333"), Decimal("100.0000"))]


def test_metered_use_is_mrr_under_the_policy_profitwell_alone(ledger: Run) -> None:
    seats, use = billed(*months("2026-01", 2, amount=10)), billed(
        *months("2026-01", 2, amount=7, item_key="use", usage_type="metered"), subscription_key="u"
    )  # fmt: skip
    rows = {name: seats[name] + use[name] for name in seats}

    run = ledger({"subscriptions": [subscription(), subscription("u")], **rows}, "2026-02-28")

    assert run.mrr() == {"2026-01": 10, "2026-02": 10}
    assert run.mrr("profitwell") == {"2026-01": 17, "2026-02": 17}


def test_a_transferred_subscription_is_no_churn(ledger: Run) -> None:
    left, joined = billed(*months("2026-01", 2, amount=10)), billed(
        {"start": "2026-02-10", "end": "2026-03-10", "amount": 10}, subscription_key="t"
    )  # fmt: skip
    subscriptions = [
        subscription(status="transferred", ended_at="2026-02-10"), subscription("t", "2026-02-10", customer_key="c2")
    ]  # fmt: skip
    rows = {"subscriptions": subscriptions, **{name: left[name] + joined[name] for name in left}}

    run = ledger(rows, "2026-02-28", accounts={"c2": "c"})

    assert run.movements() == {"2026-01": {"new": 10}}


def test_a_scheduled_cancellation_is_mrr_until_the_paid_period_ends(ledger: Run) -> None:
    one = subscription(status="non_renewing", cancel_requested_at="2026-02-05")

    run = ledger({"subscriptions": [one], **billed(*months("2026-01", 2, amount=10))}, "2026-03-31")

    assert run.movements() == {"2026-01": {"new": 10}, "2026-03": {"churn": 10}}


def test_what_only_exports_show_is_dated_by_the_night_that_showed_it(ledger: Run) -> None:
    one = {"record_key": "s", "subscription_key": "s"}
    rows = {
        "subscriptions": [subscription(status="unpaid")],
        "subscription_item_versions": [
            {**one, "amount": 10, "seen_on": "2026-02-20", "change": "inserted"},
            {**one, "amount": 10, "seen_on": "2026-02-22"},
            {**one, "amount": 25, "seen_on": "2026-03-05"},
        ],
        "subscription_versions": [
            {**one, "status": "active", "seen_on": "2026-02-20", "change": "inserted"},
            {**one, "status": "unpaid", "seen_on": "2026-04-07"},
        ],
    }  # fmt: skip

    run = ledger(rows, "2026-04-30")

    columns = "effective_at::date, annual_amount, status, basis"
    assert run.rows(f"select {columns} from mart_finance.fct_revenue_events order by effective_at") == [
        (date(2026, 1, 1), 120, "active", "inferred"),
        (date(2026, 3, 5), 300, "active", "snapshot"),
        (date(2026, 4, 7), 300, "unpaid", "snapshot"),
    ]
    assert run.movements() == {"2026-01": {"new": 10}, "2026-03": {"expansion": 15}, "2026-04": {"churn": 25}}


def test_every_event_names_the_record_that_it_comes_from(ledger: Run) -> None:
    ended = subscription(status="cancelled", ended_at="2026-02-10")

    run = ledger({"subscriptions": [ended], **billed(*months("2026-01", 2, amount=10))}, "2026-02-28")

    assert run.rows("select table_name, record_key from mart_finance.fct_revenue_events order by effective_at") == [
        ("invoice_lines", "s-l0"), ("subscriptions", "s")
    ]  # fmt: skip


def test_the_companys_rate_goes_before_the_central_banks(ledger: Run) -> None:
    rows = billed(*months("2026-01", 1, amount=12, currency="USD"), currency="USD")
    bank = [(date(2025, 12, 31), "USD", "1.1"), (date(2026, 1, 30), "USD", "1.1")]

    run = ledger(
        {"subscriptions": [subscription(currency="USD")], **rows},
        "2026-01-31",
        rates=bank,
        company_rates=[(date(2026, 1, 31), "USD", "1.2")],
    )

    assert run.rows("select closing_mrr from mart_finance.fct_mrr_movements where policy = 'onefunnel'") == [
        (10,)
    ]


def test_the_rule_names_currency_and_day_of_a_missing_rate(ledger: Run) -> None:
    rows = billed(*months("2026-01", 1, amount=12, currency="USD"), currency="USD")
    # the last fixing before the month is known; then the bank fell silent, and ten days later it is worth nothing
    run = ledger(
        {"subscriptions": [subscription(currency="USD")], **rows},
        "2026-01-31",
        rates=[(date(2025, 12, 31), "USD", "1.1")],
    )
    rule = next(one for one in load_rules(RULES) if one.rule_id == "finance/exchange_rate_is_known")

    assert rule.gate == "block"
    assert [row[4] for row in run.rows(rule.query)] == ["no rate for USD on 2026-01-31"]
