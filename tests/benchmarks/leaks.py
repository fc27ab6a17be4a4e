"""How the reconciliation compares with the demo company's leaks: each with its gap, reason and amount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.benchmarks.truth import ACCOUNT_OF_TRUTH

# The rates that the warehouse divides have eight places: an amount in two currencies may be off by their rounding.
TOLERANCE = {"currency_mismatch": Decimal("0.05")}
# The rules that tell of each reason; `timing` is no loss and has none.
RULES = {
    "billed_twice": ["money/contract_is_billed_once"],
    "cancelled_in_crm_still_billed": ["money/contract_given_up_is_not_billed"],
    "churned_in_billing_still_customer": ["money/contract_runs_in_billing"],
    "billed_without_deal": ["money/subscription_has_a_deal", "billing/subscription_has_account"],
    "won_not_billed": ["billing/won_deal_is_billed"],
    "currency_mismatch": ["billing/deal_currency_matches_billing"],
    "fx_only": ["money/deal_is_billed_at_the_agreed_rate"],
    "term_mismatch": ["money/deal_amount_is_for_a_year"],
    "start_date_mismatch": ["money/billing_starts_with_the_contract"],
    "seat_mismatch": ["money/seats_billed_are_those_sold"],
    "discount_past_end": ["money/discount_ends_when_agreed"],
    "amount_mismatch": ["billing/deal_amount_matches_billing"],
    "renewal_slipped": ["money/renewal_is_entered"],
    "payment_failed": ["money/failed_payment_is_made_good"],
    "overdue": ["money/invoice_is_paid_in_time"],
    "use_above_plan": ["money/seats_used_are_paid"],
    "churned_still_using": ["money/churned_account_does_not_use"],
    "unexplained": ["money/contract_gap_is_explained"],
}
# what stands behind a pair of account and reason: the amount, its currency
Amounts = dict[tuple[str, str, str], tuple[Decimal, str]]


@dataclass(frozen=True)
class LeakScore:
    """One reason: how many leaks there are, were told, and were told with the right amount; money by currency."""

    gap_kind: str
    reason: str
    expected: int
    found: int
    right: int
    money: dict[str, Decimal]
    wrong: list[tuple[object, ...]]

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else float(self.expected == 0)

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else float(self.found == 0)

    def line(self) -> str:
        money = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(self.money.items()))
        return (
            f"{self.gap_kind:<10} {self.reason:<34} expected {self.expected:>3}  found {self.found:>3}"
            f"  precision {self.precision:.4f}  recall {self.recall:.4f}  {money}"
        )


def score_leaks(published: Path, truth: Path) -> list[LeakScore]:
    """One score for each reason that the truth or the published file names; undecidable leaks are left out of both."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{published}' as published (read_only)")
        connection.execute("use published")
        for name in ("accounts", "leaks"):
            connection.execute(
                f"create temp table truth_{name} as select * from read_csv('{truth / name}.csv', all_varchar = true, header = true, nullstr = '∅')"
            )
        connection.execute(ACCOUNT_OF_TRUTH)
        expected = amounts(
            connection,
            "select account_id, gap_kind, reason, amount::decimal(18, 4), currency from truth_leaks inner join account_of using (true_id) where decidable = 'true'",
        )
        found = amounts(
            connection,
            """
            select account_id, gap_kind, reason, gap, currency from mart_finance.fct_reconciliation
            where (account_id, gap_kind) not in (
                select (account_id, gap_kind) from truth_leaks inner join account_of using (true_id) where decidable = 'false'
            )
            """,
        )
    reasons = sorted({(kind, reason) for _, kind, reason in [*expected, *found]})
    return [score(kind, reason, expected, found) for kind, reason in reasons]


def amounts(connection: duckdb.DuckDBPyConnection, sql: str) -> Amounts:
    """Amounts by account, gap and reason; several subscriptions of one account are added up."""
    added: Amounts = {}
    for account, kind, reason, amount, currency in connection.execute(sql).fetchall():
        before, _ = added.get((account, kind, reason), (Decimal(0), currency))
        added[account, kind, reason] = (before + amount, currency)
    return added


def score(kind: str, reason: str, expected: Amounts, found: Amounts) -> LeakScore:
    def of(all_amounts: Amounts) -> Amounts:
        return {key: value for key, value in all_amounts.items() if key[1:] == (kind, reason)}

    there, told = of(expected), of(found)
    right = [key for key, value in told.items() if key in there and is_same(reason, there[key], value)]
    wrong = [
        (key[0], reason, "expected", *there.get(key, ("nothing",)), "found", *told.get(key, ("nothing",)))
        for key in sorted({*there, *told} - set(right))
    ]
    money: dict[str, Decimal] = {}
    for amount, currency in told.values():
        money[currency] = money.get(currency, Decimal(0)) + amount
    return LeakScore(kind, reason, len(there), len(told), len(right), money, wrong)


def is_same(reason: str, expected: tuple[Decimal, str], found: tuple[Decimal, str]) -> bool:
    return expected[1] == found[1] and abs(expected[0] - found[0]) <= TOLERANCE.get(reason, Decimal(0))


def untied(database: Path) -> list[tuple[object, ...]]:
    """Every gap whose reasons do not add up to it, to the last digit: there is none."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            """
            with gaps as (
                select 'contract' as gap_kind, account_id, currency, sum(gap) as gap from intermediate.int_contract_gaps group by all
                union all
                select 'collection', account_id, currency, sum(gap) from intermediate.int_collection_gaps group by all
                union all
                select 'use', account_id, currency, sum(gap) from intermediate.int_use_gaps group by all
            ),
            reasons as (
                select gap_kind, account_id, currency, sum(gap) as gap from mart_finance.fct_reconciliation group by all
            )
            select gap_kind, account_id, currency, coalesce(gaps.gap, 0), coalesce(reasons.gap, 0)
            from gaps full join reasons using (gap_kind, account_id, currency)
            where coalesce(gaps.gap, 0) <> coalesce(reasons.gap, 0)
            """
        ).fetchall()


def unflagged(published: Path) -> list[tuple[object, ...]]:
    """Gaps of which no open issue tells, and issues of a gap that is not there: (account, reason)."""
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute("create temp table rule_of (reason varchar, rule_id varchar)")
        connection.executemany(
            "insert into rule_of values (?, ?)",
            [(reason, rule) for reason, rules in RULES.items() for rule in rules],
        )
        return connection.execute(
            """
            with told as (
                select distinct entity_id as account_id, rule_of.reason
                from quality.issues inner join rule_of using (rule_id)
                where status in ('open', 'opened', 'reopened')
            ),
            gaps as (
                select distinct account_id, reason from mart_finance.fct_reconciliation where reason <> 'timing'
            )
            select account_id, reason, 'no issue' as what from gaps anti join told using (account_id, reason)
            union all
            -- two older rules look at the first deal too, whatever became of it since
            select account_id, reason, 'no gap' from told anti join gaps using (account_id, reason)
            where reason not in ('amount_mismatch', 'currency_mismatch')
            order by 2, 1
            """
        ).fetchall()
