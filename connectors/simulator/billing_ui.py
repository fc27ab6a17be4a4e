"""The part of the company that was bought last year: its billing tools are exported by hand, as the UIs write them.

Such a file tells what a subscription is today, not what it was: histories with changes cannot be decided from it.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.simulator import billing
from connectors.simulator.tools import csv_text
from connectors.simulator.world import Account, add_months

INSTANCE = "acme"
Rows = list[dict[str, Any]]


def is_acquired(account: Account, taken: set[int]) -> bool:
    """Whether an account is billed by the bought company; never one with a defect put in on purpose."""
    return account.number % 12 == 5 and bool(account.subscriptions) and account.number not in taken


def is_told_by_today(account: Account) -> bool:
    """Whether the subscriptions of an account as they are today tell all that they ever were."""
    return all(
        len(one.phases) == 1 and not (one.discount or one.pause or one.unpaid_from or one.late)
        for one in account.subscriptions
    )


def stamp(epoch: int | None, seconds: bool) -> str:
    """A time of day as the exports write it, in UTC."""
    if epoch is None:
        return ""
    return f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M{':%S' if seconds else ''}}"


def major(amount: int, currency: str) -> str:
    return str(Decimal(amount) / billing.minor(currency.upper()))


def acquired_files(accounts: list[Account], day: str, cut: datetime) -> dict[str, bytes]:
    """The night's UI exports of the bought company's Chargebee and Stripe, by path below exports/."""
    chargebee, stripe = billing.chargebee(accounts, cut, {}), billing.stripe(accounts, cut, {})
    tables = {
        f"chargebee@{INSTANCE}/{day}/Customers.csv": [chargebee_customer(one) for one in chargebee["customers"]],
        f"chargebee@{INSTANCE}/{day}/Subscriptions.csv": [
            chargebee_subscription(one["subscription"]) for one in chargebee["subscriptions"]
        ],
        f"stripe@{INSTANCE}/{day}/customers.csv": [stripe_customer(one) for one in stripe["customers"]],
        f"stripe@{INSTANCE}/{day}/subscriptions.csv": [stripe_subscription(one) for one in stripe["subscriptions"]],
    }  # fmt: skip
    return {path: csv_text(rows, quoting=csv.QUOTE_MINIMAL) for path, rows in tables.items() if rows}


def chargebee_customer(dumped: dict[str, Any]) -> dict[str, str]:
    one = dumped["customer"]
    return {
        "customer[id]": one["id"],
        "customer[first_name]": one["first_name"],
        "customer[last_name]": one["last_name"],
        "customer[email]": one["email"],
        "customer[company]": one["company"] or "",
        "billing_address[country]": one["billing_address"]["country"],
        "customer[preferred_currency_code]": one["preferred_currency_code"],
        "customer[created_at]": stamp(one["created_at"], seconds=True),
    }


def chargebee_subscription(one: dict[str, Any]) -> dict[str, str]:
    """Import-friendly headers. The period is told by the current term alone."""
    item = one["subscription_items"][0]
    months = 12 if one["billing_period_unit"] == "year" else 1
    start = one["started_at"] or one["start_date"]
    term_end = int(add_months(datetime.fromtimestamp(start, UTC), months).timestamp())
    times = {
        name: stamp(one[name], seconds=True)
        for name in ("start_date", "trial_start", "trial_end", "started_at", "cancelled_at", "pause_date", "resume_date")
    }  # fmt: skip
    return {
        "customer[id]": one["customer_id"],
        "subscription[id]": one["id"],
        "subscription[plan_id]": item["item_price_id"],
        "subscription[plan_quantity]": str(item["quantity"]),
        "subscription[plan_unit_price]": major(item["unit_price"], one["currency_code"]),
        "currency": one["currency_code"],
        "subscription[status]": one["status"],
        **{f"subscription[{name}]": text for name, text in times.items()},
        "subscription[current_term_start]": stamp(start, seconds=True),
        "subscription[current_term_end]": stamp(term_end, seconds=True),
        "subscription[auto_collection]": "on",
    }


def stripe_customer(one: dict[str, Any]) -> dict[str, str]:
    return {
        "id": one["id"],
        "Description": "",
        "Email": one["email"],
        "Name": one["name"],
        "Created (UTC)": stamp(one["created"], seconds=False),
        "Card Address Country": one["address"]["country"],
        "Currency": one["currency"],
    }


def stripe_subscription(one: dict[str, Any]) -> dict[str, str]:
    item = one["items"]["data"][0]
    price = item["price"]
    times = {
        "Created (UTC)": "created", "Start (UTC)": "start_date", "Trial Start (UTC)": "trial_start",
        "Trial End (UTC)": "trial_end", "Canceled At (UTC)": "canceled_at", "Ended At (UTC)": "ended_at",
    }  # fmt: skip
    return {
        "id": one["id"],
        "Customer ID": one["customer"],
        "Plan": price["id"],
        "Quantity": str(item["quantity"]),
        "Currency": one["currency"],
        "Interval": price["recurring"]["interval"],
        "Amount": major(price["unit_amount"] * item["quantity"], one["currency"]),
        "Status": one["status"],
        **{header: stamp(one[name], seconds=False) for header, name in times.items()},
    }
