"""How near the published figures come to the demo company's truth.

    python tests/benchmarks/truth.py data/published/steward/onefunnel.duckdb data/demo_truth

Reads the published file and the truth that the simulator wrote beside the exports; nothing else may read that truth.
Prints, for each kind of fact, how many are decidable from the exports, how many are right, and what is wrong.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # run as a script
    sys.path.insert(0, str(ROOT))
from tests.benchmarks.departments import DEPARTMENTS  # noqa: E402


@dataclass(frozen=True)
class Score:
    """Precision and recall of one kind of fact, over what can be decided from the exports."""

    kind: str
    expected: int
    found: int
    right: int
    undecidable: int
    examples: list[tuple[object, ...]]

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else float(self.expected == 0)

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    def line(self) -> str:
        return (
            f"{self.kind:<44} expected {self.expected:>7}  found {self.found:>7}  precision {self.precision:.4f}"
            f"  recall {self.recall:.4f}  undecidable {self.undecidable}"
        )


def compare(published: Path, truth: Path) -> list[Score]:
    """Compare a published steward file with a truth folder; one score for each kind of fact."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{published}' as published (read_only)")
        connection.execute("use published")
        for file in sorted(truth.glob("*.csv")):
            connection.execute(
                f"create temp table truth_{file.stem} as select * from read_csv('{file}', all_varchar = true, header = true, nullstr = '∅')"
            )
        connection.execute(ACCOUNT_OF_TRUTH)
        scores = [score(connection, kind, sql) for kind, sql in (QUESTIONS | DEPARTMENTS).items()]
        return scores + defect_scores(connection)


# A true account is the golden account that most of its records went to.
ACCOUNT_OF_TRUTH = """
create temp table account_of as
select true_id, arg_max(account_id, records) as account_id
from (
    select truth_accounts.true_id, xref_accounts.account_id, count(*) as records
    from truth_accounts
    inner join mart_core.xref_accounts using (source, instance, table_name, record_key)
    group by all
)
group by true_id
"""

# Each question gives two relations of the same columns: what should be, what is; and how many cannot be decided.
QUESTIONS: dict[str, tuple[str, str, str]] = {
    "Parent accounts": (
        """
        select child.account_id, parent.account_id as parent_account_id
        from truth_parents
        inner join mart_core.xref_accounts as child
            on child.source = truth_parents.source and child.instance = truth_parents.instance
            and child.table_name = truth_parents.table_name and child.record_key = truth_parents.record_key
        inner join mart_core.xref_accounts as parent
            on parent.source = truth_parents.source and parent.instance = truth_parents.instance
            and parent.table_name = truth_parents.table_name and parent.record_key = truth_parents.parent_key
        """,
        "select account_id, parent_account_id from mart_core.dim_accounts where parent_account_id is not null",
        "select 0",
    ),
    "MRR by account, month and currency": (
        """
        select account_id, month::date as month, currency, sum(mrr::decimal(18, 6)) as mrr
        from truth_mrr inner join account_of using (true_id)
        where decidable = 'true' group by all having sum(mrr::decimal(18, 6)) > 0
        """,
        """
        select account_id, month::date as month, currency, sum(closing_mrr) as mrr
        from mart_finance.fct_mrr_movements_by_currency
        where policy = 'onefunnel' and account_id not in (
            select account_id from truth_mrr inner join account_of using (true_id) where decidable = 'false'
        )
        group by all having sum(closing_mrr) > 0
        """,
        "select count(*) from truth_mrr where decidable = 'false'",
    ),
    "Movements by account, month and currency": (
        """
        select account_id, month::date as month, currency, movement, sum(amount::decimal(18, 6)) as amount
        from truth_movements inner join account_of using (true_id)
        where decidable = 'true' group by all
        """,
        """
        select account_id, month::date as month, currency, movement, amount
        from (
            unpivot (
                select account_id, month, currency, new_mrr as "new", expansion_mrr as expansion,
                    reactivation_mrr as reactivation, contraction_mrr as contraction, churn_mrr as churn
                from mart_finance.fct_mrr_movements_by_currency where policy = 'onefunnel'
            )
            on "new", expansion, reactivation, contraction, churn into name movement value amount
        )
        where amount <> 0 and account_id not in (
            select account_id from truth_movements inner join account_of using (true_id) where decidable = 'false'
        )
        """,
        "select count(*) from truth_movements where decidable = 'false'",
    ),
    "MRR by account and month under the other policies": (
        """
        select policy, account_id, month::date as month, currency, sum(mrr::decimal(18, 6)) as mrr
        from truth_mrr_policies inner join account_of using (true_id)
        where decidable = 'true' group by all having sum(mrr::decimal(18, 6)) > 0
        """,
        """
        select policy, account_id, month::date as month, currency, sum(closing_mrr) as mrr
        from mart_finance.fct_mrr_movements_by_currency
        where policy <> 'onefunnel' and account_id not in (
            select account_id from truth_mrr_policies inner join account_of using (true_id) where decidable = 'false'
        )
        group by all having sum(closing_mrr) > 0
        """,
        "select count(*) from truth_mrr_policies where decidable = 'false'",
    ),
    "First date of each stage, by account": (
        """
        select account_id, stage, min(entered_at::timestamptz)::date as entered_on
        from truth_stages inner join account_of using (true_id)
        where decidable = 'true' and pass_kind = 'new_business' group by all
        """,
        """
        select account_id, stage, min(entered_at)::date as entered_on
        from mart_funnel.fct_stage_events
        where evidence <> 'inferred' and pass_kind = 'new_business'
        and (account_id, stage) in (
            select (account_id, stage) from truth_stages inner join account_of using (true_id)
            where decidable = 'true'
        )
        group by all
        """,
        "select count(*) from truth_stages where decidable = 'false'",
    ),
    # what was found of a stage that never happened counts as wrong here
    "Every entry into a stage, by account and pass": (
        """
        select account_id, pass_kind, pass_number::int as pass_number, stage, entered_at::date as entered_on
        from truth_stages inner join account_of using (true_id)
        where decidable = 'true' group by all
        """,
        """
        select account_id, pass_kind, pass_number, stage, entered_at::date as entered_on
        from mart_funnel.fct_stage_events
        where evidence <> 'inferred' and not is_regression
        and account_id in (select account_id from truth_stages inner join account_of using (true_id))
        and (account_id, stage) not in (
            select (account_id, stage) from truth_stages inner join account_of using (true_id)
            where decidable = 'false'
        )
        group by all
        """,
        "select count(*) from truth_stages where decidable = 'false'",
    ),
    "Credit of each touch under six models": (
        """
        select account_id, target_type, model, nullif(touched_at, '')::timestamptz as touched_at, channel, campaign,
            round(credit::double, 9) as credit
        from truth_attribution inner join account_of using (true_id)
        where decidable = 'true'
        """,
        """
        select account_id, target_type, model, touched_at, fct_attribution.channel, coalesce(utm_campaign, '') as campaign,
            round(credit::double, 9) as credit
        from mart_marketing.fct_attribution
        left join mart_core.dim_campaigns using (campaign_id)
        where (account_id, target_type) in (
            select (account_id, target_type) from truth_attribution inner join account_of using (true_id)
            where decidable = 'true'
        )
        """,
        "select count(*) from truth_attribution where decidable = 'false'",
    ),
    "What each touch was: when, channel and campaign": (
        "select record_key, touched_at::timestamptz as touched_at, channel, campaign from truth_touches",
        """
        select record_key, touched_at, channel, case when utm_campaign is not null then utm_campaign else '' end as campaign
        from mart_core.fct_touches where is_attributed
        """,
        "select 0",
    ),
    "Touches whose marks are misspelt": (
        "select record_key from truth_touches where is_misspelt = 'true'",
        "select record_key from mart_core.fct_touches where is_attributed and utm_problem is not null",
        "select 0",
    ),
    "Ad spend by campaign, month and currency": (
        "select source, channel, campaign, month::date as month, currency, cost::decimal(18, 2) as cost from truth_spend",
        """
        select spend.source, spend.channel, campaigns.utm_campaign, date_trunc('month', spend.day)::date as month,
            spend.currency, sum(spend.cost)::decimal(18, 2) as cost
        from mart_core.fct_ad_spend as spend left join mart_core.dim_campaigns as campaigns using (campaign_id) group by all
        """,
        "select 0",
    ),
}


def score(connection: duckdb.DuckDBPyConnection, kind: str, sql: tuple[str, str, str]) -> Score:
    expected, found, undecidable = sql

    def number(query: str) -> int:
        return int(connection.execute(query).fetchall()[0][0])

    wrong = f"(select 'missing' as what, * from (({expected}) except ({found}))) union all (select 'extra', * from (({found}) except ({expected})))"
    return Score(
        kind=kind,
        expected=number(f"select count(*) from ({expected})"),
        found=number(f"select count(*) from ({found})"),
        right=number(f"select count(*) from (({expected}) intersect ({found}))"),
        undecidable=number(undecidable),
        examples=connection.execute(f"select * from ({wrong}) order by all limit 5").fetchall(),
    )


def defect_scores(connection: duckdb.DuckDBPyConnection) -> list[Score]:
    """One score for each rule that a defect was put in for: the records that its open issues name."""
    rules = connection.execute("select distinct rule_id from truth_defects order by 1").fetchall()
    record = "source, instance, table_name, record_key"
    return [
        score(
            connection,
            f"Defects: {rule}",
            (
                f"select distinct {record} from truth_defects where rule_id = '{rule}' and decidable = 'true'",
                f"""
                select distinct {record} from quality.issues
                where rule_id = '{rule}' and status in ('open', 'opened', 'reopened')
                and ({record}) not in (
                    select ({record}) from truth_defects where rule_id = '{rule}' and decidable = 'false'
                )
                """,
                f"select count(*) from truth_defects where rule_id = '{rule}' and decidable = 'false'",
            ),
        )
        for (rule,) in rules
    ]


def main() -> None:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        raise SystemExit(2)
    for result in compare(Path(sys.argv[1]), Path(sys.argv[2])):
        print(result.line())
        for example in result.examples:
            print("    ", *example)


if __name__ == "__main__":
    main()
