"""Subscriptions and invoices as Chargebee and Stripe dump them through their APIs: epoch seconds, minor units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.simulator.world import COUNTRIES, PLANS, Account, Phase, Subscription, add_months, unit_price


@dataclass(frozen=True)
class Line:
    """One invoice line, money in minor units; `full` is the whole period's unit price."""

    plan: str
    quantity: int
    full: int
    amount: int
    discount: int
    start: datetime
    end: datetime
    is_proration: bool


@dataclass(frozen=True)
class Invoice:
    key: str
    issued: datetime
    is_paid: bool
    paid: datetime
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return sum(line.amount - line.discount for line in self.lines)


def epoch(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def minor(currency: str) -> int:
    return 1 if currency == "JPY" else 100


def invoices_of(subscription: Subscription, cut: datetime) -> Iterator[Invoice]:
    """Every invoice up to a night: one a period, and one for each change inside a period."""
    months = 12 if subscription.interval == "year" else 1
    stop = min(one for one in (cut, subscription.end, lapse(subscription)) if one)
    start, number = subscription.start, 0
    while start < stop:
        end = add_months(subscription.start, months * (number + 1))
        number += 1
        paused = subscription.pause and subscription.pause[0] <= start < subscription.pause[1]
        if not paused:
            is_paid = not (subscription.unpaid_from and start >= subscription.unpaid_from)
            paid = start
            if subscription.late and subscription.late[0] == start:
                paid = subscription.late[1]
                is_paid = paid <= cut
            phase = phase_at(subscription, start)
            yield Invoice(
                f"{subscription.key}-{number}",
                start,
                is_paid,
                paid,
                (line_of(subscription, phase, start, end),),
            )
            for earlier, later in zip(subscription.phases, subscription.phases[1:], strict=False):
                if start < later.start < min(end, stop):
                    lines = tuple(prorated(subscription, earlier, later, start, end))
                    yield Invoice(f"{subscription.key}-{number}c", later.start, True, later.start, lines)
        start = end


def discount_end(subscription: Subscription) -> datetime | None:
    """Until when the discount was agreed, as the tool states it."""
    return subscription.discount_agreed_to or subscription.discount_to


def failed_tries(subscription: Subscription, invoice: Invoice, cut: datetime) -> list[datetime]:
    """When the collection of an open invoice was refused."""
    if invoice.is_paid or not subscription.payment_fails:
        return []
    return [at for days in (0, 3) if (at := invoice.issued + timedelta(days=days)) <= cut]


def lapse(subscription: Subscription) -> datetime | None:
    return subscription.unpaid_from + timedelta(days=30) if subscription.unpaid_from else None


def phase_at(subscription: Subscription, moment: datetime) -> Phase:
    return next(
        one for one in subscription.phases if one.start <= moment and (one.end is None or moment < one.end)
    )


def line_of(subscription: Subscription, phase: Phase, start: datetime, end: datetime) -> Line:
    full = unit_price(phase.plan, subscription.currency, subscription.interval) * minor(subscription.currency)
    amount = full * phase.quantity
    running = subscription.discount_to and start < subscription.discount_to
    return Line(
        phase.plan,
        phase.quantity,
        full,
        amount,
        amount * subscription.discount // 100 if running else 0,
        start,
        end,
        False,
    )


def prorated(
    subscription: Subscription, earlier: Phase, later: Phase, start: datetime, end: datetime
) -> Iterator[Line]:
    share = (end - later.start) / (end - start)
    for phase, sign in ((earlier, -1), (later, 1)):
        full = unit_price(phase.plan, subscription.currency, subscription.interval) * minor(
            subscription.currency
        )
        yield Line(
            phase.plan,
            phase.quantity,
            full,
            sign * round(full * phase.quantity * share),
            0,
            later.start,
            end,
            True,
        )


def price_id(plan: str, currency: str, interval: str) -> str:
    return f"{plan}-{currency}-{interval}"


def chargebee(
    accounts: list[Account], cut: datetime, country_of: dict[int, str]
) -> dict[str, list[dict[str, Any]]]:
    """customers, subscriptions, item_prices, invoices, transactions as lines of `{"object": {...}}`."""
    found: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("customers", "subscriptions", "item_prices", "invoices", "transactions")
    }
    for currency in ("EUR", "GBP"):
        for plan in PLANS:
            for interval in ("month", "year"):
                price = unit_price(plan, currency, interval) * 100
                found["item_prices"].append(
                    {
                        "item_price": {
                            "id": price_id(plan, currency, interval),
                            "item_id": plan,
                            "item_type": "plan",
                            "name": plan.title(),
                            "currency_code": currency,
                            "price": price,
                            "period": 1,
                            "period_unit": interval,
                            "pricing_model": "per_unit",
                            "object": "item_price",
                        }
                    }
                )
    for account in accounts:
        if account.billing != "chargebee" or not any(
            (one.trial_start or one.start) <= cut for one in account.subscriptions
        ):
            continue
        person = account.people[0]
        created = min(one.trial_start or one.start for one in account.subscriptions)
        # every seventh is billed at a role mailbox: the company's, nobody's own
        email = f"billing@{account.domain}" if account.domain and account.number % 7 == 0 else person.email
        customer = {
            "id": account.customer_key,
            "first_name": person.first,
            "last_name": person.last,
            "email": email,
            "company": None if account.is_self_serve else account.name,
            "billing_address": {
                "country": country_of.get(account.number, account.country),
                "object": "billing_address",
            },
            "preferred_currency_code": account.currency,
            "created_at": epoch(created),
            "updated_at": epoch(created),
            "deleted": False,
            "object": "customer",
        }
        found["customers"].append({"customer": customer})
        for subscription in account.subscriptions:
            if (subscription.trial_start or subscription.start) <= cut:
                found["subscriptions"].append(
                    {"subscription": chargebee_subscription(account, subscription, cut)}
                )
                for invoice in invoices_of(subscription, cut):
                    found["invoices"].append({"invoice": chargebee_invoice(account, subscription, invoice)})
                    found["transactions"] += [
                        {"transaction": chargebee_refusal(account, invoice, number, at)}
                        for number, at in enumerate(failed_tries(subscription, invoice, cut))
                    ]
                    if invoice.is_paid and invoice.total > 0:
                        found["transactions"].append(
                            {
                                "transaction": {
                                    "id": f"txn_{invoice.key}",
                                    "customer_id": account.customer_key,
                                    "type": "payment",
                                    "status": "success",
                                    "currency_code": account.currency,
                                    "amount": invoice.total,
                                    "date": epoch(invoice.paid),
                                    "updated_at": epoch(invoice.paid),
                                    "linked_invoices": [
                                        {"invoice_id": invoice.key, "applied_amount": invoice.total}
                                    ],
                                    "object": "transaction",
                                }
                            }
                        )
    return found


def chargebee_refusal(account: Account, invoice: Invoice, number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": f"txn_{invoice.key}_f{number}",
        "customer_id": account.customer_key,
        "type": "payment",
        "status": "failure",
        "error_text": "Insufficient funds",
        "currency_code": account.currency,
        "amount": invoice.total,
        "date": epoch(at),
        "updated_at": epoch(at),
        "linked_invoices": [{"invoice_id": invoice.key, "applied_amount": 0}],
        "object": "transaction",
    }


def chargebee_subscription(account: Account, one: Subscription, cut: datetime) -> dict[str, Any]:
    ended = next((end for end in (one.end, lapse(one)) if end and end <= cut), None)
    status = "active"
    if ended:
        status = "cancelled"
    elif one.trial_start and cut < one.start:
        status = "in_trial"
    elif one.pause and one.pause[0] <= cut < one.pause[1]:
        status = "paused"
    elif one.cancel_requested and one.cancel_requested <= cut:
        status = "non_renewing"
    phase = phase_at(one, max(min(cut, ended or cut), one.start))
    price = unit_price(phase.plan, one.currency, one.interval) * 100
    item = {
        "item_price_id": price_id(phase.plan, one.currency, one.interval),
        "item_type": "plan",
        "quantity": phase.quantity,
        "unit_price": price,
        "amount": price * phase.quantity,
        "object": "subscription_item",
    }
    paused = status == "paused" and one.pause
    started = None if status == "in_trial" else epoch(one.start)
    return {
        "id": one.key,
        "customer_id": account.customer_key,
        "status": status,
        "currency_code": one.currency,
        "billing_period": 1,
        "billing_period_unit": one.interval,
        "start_date": epoch(one.trial_start or one.start),
        "started_at": started,
        "trial_start": epoch(one.trial_start),
        "trial_end": epoch(one.start) if one.trial_start else None,
        "cancelled_at": epoch(ended),
        "cancel_reason": "not_paid" if ended and ended == lapse(one) else None,
        "pause_date": epoch(one.pause[0]) if paused and one.pause else None,
        "resume_date": epoch(one.pause[1]) if paused and one.pause else None,
        "created_at": epoch(one.trial_start or one.start),
        "updated_at": epoch(one.start),
        "subscription_items": [item],
        "coupons": [
            {
                "coupon_id": f"off-{one.discount}",
                "apply_till": epoch(discount_end(one)),
                "object": "coupon",
            }
        ]
        if one.discount
        else [],
        "deleted": False,
        "object": "subscription",
    }  # fmt: skip


def chargebee_invoice(account: Account, one: Subscription, invoice: Invoice) -> dict[str, Any]:
    lines = []
    for number, line in enumerate(invoice.lines):
        unit = round(abs(line.amount) / line.quantity)
        lines.append(
            {
                "id": f"li_{invoice.key}_{number}",
                "date_from": epoch(line.start),
                "date_to": epoch(line.end),
                "unit_amount": unit,
                "quantity": line.quantity,
                "amount": line.amount,
                "discount_amount": line.discount,
                "tax_amount": 0,
                "description": f"{line.plan.title()}{' - Prorated Charges' if line.is_proration else ''}",
                "entity_type": "plan_item_price",
                "entity_id": price_id(line.plan, one.currency, one.interval),
                "subscription_id": one.key,
                "object": "line_item",
            }
        )
    paid = invoice.total if invoice.is_paid else 0
    return {
        "id": invoice.key,
        "customer_id": account.customer_key,
        "subscription_id": one.key,
        "status": "paid" if invoice.is_paid else "payment_due",
        "date": epoch(invoice.issued),
        "due_date": epoch(invoice.issued),
        "paid_at": epoch(invoice.paid) if invoice.is_paid else None,
        "currency_code": one.currency,
        "sub_total": invoice.total,
        "tax": 0,
        "total": invoice.total,
        "amount_due": invoice.total - paid,
        "amount_paid": paid,
        "credits_applied": 0,
        "updated_at": epoch(invoice.paid if invoice.is_paid else invoice.issued),
        "line_items": lines,
        "deleted": False,
        "object": "invoice",
    }


def stripe(
    accounts: list[Account], cut: datetime, country_of: dict[int, str]
) -> dict[str, list[dict[str, Any]]]:
    """customers, subscriptions, prices and invoices as Stripe's objects; charges for the payments export."""
    found: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("customers", "subscriptions", "prices", "invoices", "charges")
    }
    for currency in ("USD", "JPY"):
        for plan in PLANS:
            found["prices"] += [stripe_price(plan, currency, interval) for interval in ("month", "year")]
    for account in accounts:
        if account.billing != "stripe" or not any(
            (one.trial_start or one.start) <= cut for one in account.subscriptions
        ):
            continue
        person = account.people[0]
        created = min(one.trial_start or one.start for one in account.subscriptions)
        address = person.email.replace("@", "+billing@").upper() if account.number % 5 == 0 else person.email
        found["customers"].append(
            {
                "id": account.customer_key,
                "object": "customer",
                "name": f"{person.first} {person.last}" if account.is_self_serve else account.name,
                "email": address,
                "address": {"country": country_of.get(account.number, account.country)},
                "currency": account.currency.lower(),
                "created": epoch(created),
                "metadata": {},
            }
        )
        for subscription in account.subscriptions:
            if (subscription.trial_start or subscription.start) > cut:
                continue
            found["subscriptions"].append(stripe_subscription(account, subscription, cut))
            for invoice in invoices_of(subscription, cut):
                found["invoices"].append(stripe_invoice(account, subscription, invoice))
                found["charges"] += [
                    {
                        "id": f"ch_{invoice.key}_f{number}",
                        "customer": account.customer_key,
                        "email": address,
                        "invoice": f"in_{invoice.key}",
                        "created": at,
                        "amount": invoice.total,
                        "currency": one_currency(subscription),
                        "declined": "insufficient_funds",
                    }
                    for number, at in enumerate(failed_tries(subscription, invoice, cut))
                ]
                if invoice.is_paid and invoice.total > 0:
                    found["charges"].append(
                        {
                            "id": f"ch_{invoice.key}",
                            "customer": account.customer_key,
                            "email": address,
                            "invoice": f"in_{invoice.key}",
                            "created": invoice.paid,
                            "amount": invoice.total,
                            "currency": one_currency(subscription),
                        }
                    )
    return found


def one_currency(subscription: Subscription) -> str:
    return subscription.currency.lower()


def stripe_price(plan: str, currency: str, interval: str) -> dict[str, Any]:
    amount = unit_price(plan, currency, interval) * minor(currency)
    return {
        "id": f"price_{price_id(plan, currency, interval)}",
        "object": "price",
        "product": f"prod_{plan}",
        "nickname": plan.title(),
        "currency": currency.lower(),
        "unit_amount": amount,
        "type": "recurring",
        "recurring": {"interval": interval, "interval_count": 1, "usage_type": "licensed"},
    }


def stripe_subscription(account: Account, one: Subscription, cut: datetime) -> dict[str, Any]:
    ended = one.end if one.end and one.end <= cut else None
    lapsed = lapse(one)
    status = "active"
    if ended:
        status = "canceled"
    elif one.trial_start and cut < one.start:
        status = "trialing"
    elif lapsed and lapsed <= cut:
        status = "unpaid"
    elif (one.unpaid_from and one.unpaid_from <= cut) or (one.late and one.late[0] <= cut < one.late[1]):
        status = "past_due"
    requested = one.cancel_requested if one.cancel_requested and one.cancel_requested <= cut else None
    phase = phase_at(one, max(min(cut, ended or cut), one.start))
    item = {
        "id": f"si_{one.key}",
        "object": "subscription_item",
        "quantity": phase.quantity,
        "price": stripe_price(phase.plan, one.currency, one.interval),
    }
    return {
        "id": one.key,
        "object": "subscription",
        "customer": account.customer_key,
        "status": status,
        "currency": one.currency.lower(),
        "created": epoch(one.trial_start or one.start),
        "start_date": epoch(one.trial_start or one.start),
        "trial_start": epoch(one.trial_start),
        "trial_end": epoch(one.start) if one.trial_start else None,
        "cancel_at_period_end": bool(requested and not ended),
        "canceled_at": epoch(requested),
        "ended_at": epoch(ended),
        "cancellation_details": {"reason": "cancellation_requested" if requested else None},
        "items": {"object": "list", "data": [item]},
        "discount": {
            "id": f"di_{one.key}", "object": "discount", "coupon": {"id": f"off-{one.discount}", "percent_off": one.discount, "duration": "repeating"},
            "start": epoch(one.start), "end": epoch(discount_end(one)),
        } if one.discount else None,
        "metadata": {},
    }  # fmt: skip


def stripe_invoice(account: Account, one: Subscription, invoice: Invoice) -> dict[str, Any]:
    lines = [
        {"id": f"il_{invoice.key}_{number}", "object": "line_item", "subscription": one.key, "subscription_item": f"si_{one.key}", "type": "subscription", "description": f"{line.quantity} × {line.plan.title()}", "currency": one.currency.lower(), "quantity": line.quantity, "amount": line.amount, "discount_amounts": [{"amount": line.discount, "discount": "di_1"}] if line.discount else [], "price": stripe_price(line.plan, one.currency, one.interval), "period": {"start": epoch(line.start), "end": epoch(line.end)}, "proration": line.is_proration}
        for number, line in enumerate(invoice.lines)
    ]  # fmt: skip
    paid = invoice.total if invoice.is_paid else 0
    return {
        "id": f"in_{invoice.key}",
        "object": "invoice",
        "customer": account.customer_key,
        "subscription": one.key,
        "number": invoice.key.upper(),
        "status": "paid" if invoice.is_paid else "open",
        "currency": one.currency.lower(),
        "created": epoch(invoice.issued),
        "due_date": None,
        "status_transitions": {"paid_at": epoch(invoice.paid) if invoice.is_paid else None},
        "subtotal": invoice.total,
        "tax": None,
        "total": invoice.total,
        "amount_due": invoice.total,
        "amount_paid": paid,
        "lines": {"object": "list", "data": lines},
    }


def country_name(account: Account) -> str:
    return COUNTRIES[account.country][0]
