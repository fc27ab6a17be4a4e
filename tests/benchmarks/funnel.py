"""How right the funnel is, over what can be decided from the demo company's exports.

    python -m tests.benchmarks.funnel [--accounts 200] [--home DIR]

Writes a demo company into a temporary home and works off its night, or reads a home that is there. Prints precision and
recall of every stage's dates, of deals and so the win rate, activation, silent sign-ups, speed to lead and attribution, and the
conversion at every joint beside the true one. Ends with 1 if anything that can be decided is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.benchmarks.truth import ACCOUNT_OF_TRUTH, Score, score
from tests.homes import onefunnel

STAGES = (
    "subscriber", "lead", "mql", "sal", "sql", "opportunity", "won", "billed", "activated", "live", "renewed", "expanded",
    "churned", "reactivated",
)  # fmt: skip
# Joints of the sales-led path by rank; a later stage passes an earlier joint.
JOINTS = (("lead", 2, "mql", 3), ("mql", 3, "sal", 4), ("sal", 4, "sql", 5), ("sql", 5, "opportunity", 6),
          ("opportunity", 6, "won", 7), ("won", 7, "billed", 8), ("lead", 2, "won", 7))  # fmt: skip

# Accounts with a stage between lead and billed that no export tells are left out of conversion on both sides.
CONVERSION_ACCOUNTS = """
create temp table counted_accounts as
select distinct account_id from truth_stages inner join account_of using (true_id)
where account_id not in (
    select account_id from truth_stages inner join account_of using (true_id)
    where decidable = 'false' and stage in ('sql', 'billed')
)
"""
TRUE_UNITS = """
create temp table true_units as
select
    account_id, max(stage_rank) filter (where stage_rank <= 8) as highest,
    bool_or(stage in ('billed', 'activated')) as is_bought,
    coalesce(
        min(entered_at::timestamptz) filter (where stage_rank between 4 and 7)
        <= min(entered_at::timestamptz) filter (where stage = 'billed'),
        bool_or(stage_rank between 4 and 7)
    ) as is_sold
from truth_stages
inner join account_of using (true_id)
inner join (select distinct stage, stage_rank from mart_funnel.fct_stage_events) using (stage)
where pass_kind = 'new_business' and account_id in (select account_id from counted_accounts)
group by account_id
"""
SIGNED_UP = "select account_id from truth_activation inner join account_of using (true_id)"


def question(expected: str, found: str, undecidable: str = "select 0") -> tuple[str, str, str]:
    return expected, found, undecidable


def stage_question(stage: str) -> tuple[str, str, str]:
    """All entries into one stage; what was found of a stage that never happened is wrong."""
    return question(
        f"""
        select account_id, pass_kind, pass_number::int as pass_number, entered_at::date as entered_on
        from truth_stages inner join account_of using (true_id)
        where stage = '{stage}' and decidable = 'true' group by all
        """,
        f"""
        select account_id, pass_kind, pass_number, entered_at::date as entered_on
        from mart_funnel.fct_stage_events
        where stage = '{stage}' and evidence <> 'inferred' and not is_regression
        and account_id in (select account_id from truth_stages inner join account_of using (true_id))
        and account_id not in (
            select account_id from truth_stages inner join account_of using (true_id)
            where stage = '{stage}' and decidable = 'false'
        )
        group by all
        """,
        f"select count(*) from truth_stages where stage = '{stage}' and decidable = 'false'",
    )


DEALS = question(
    """
    select account_id, opened_on::date as opened_on, nullif(closed_on, '')::date as closed_on, is_won = 'true' as is_won
    from truth_deals inner join account_of using (true_id)
    """,
    """
    select account_id, created_at::date as opened_on, case when is_closed then closed_at::date end as closed_on, is_won
    from mart_core.fct_deals
    where deal_type = 'new' and account_id in (select account_id from truth_stages inner join account_of using (true_id))
    """,
)
ACTIVATION = question(
    f"""
    select account_id, activated_at::timestamptz::date as activated_on from truth_activation inner join account_of using (true_id)
    where activated_at <> '' and account_id in ({SIGNED_UP})
    """,
    "select account_id, entered_at::date from mart_funnel.fct_stage_events where stage = 'activated'",
)
SILENT = question(
    "select account_id, 'silent' as state from truth_silent_signups inner join account_of using (true_id)",
    "select distinct account_id, 'silent' from mart_funnel.fct_stage_events where problem_code = 'silent_signup'",
)
FIRST_SUCCESS_TOUCH = question(
    """
    select account_id, date_trunc('minute', touched_at::timestamptz) as touched_at
    from truth_customer_touches inner join account_of using (true_id)
    where account_id in (select account_id from truth_stages inner join account_of using (true_id))
    """,
    """
    select account_id, date_trunc('minute', taken_at) from mart_funnel.rpt_handoffs
    where handoff = 'sales_to_customer_success'
    and account_id in (select account_id from truth_customer_touches inner join account_of using (true_id))
    and account_id in (select account_id from truth_stages inner join account_of using (true_id))
    """,
)
# mart of another area → name, question
BY_MART: dict[str, tuple[str, tuple[str, str, str]]] = {
    "mart_sales.fct_lead_response": (
        "Speed to lead: routing and rep minutes",
        question(
            """
            select person_id, try_cast(routing_minutes as bigint) as routing_minutes, try_cast(rep_minutes as bigint) as rep_minutes
            from truth_speed_to_lead inner join mart_core.xref_people using (source, instance, table_name, record_key)
            """,
            """
            select person_id, routing_minutes, rep_minutes from mart_sales.fct_lead_response
            where person_id in (
                select person_id from truth_speed_to_lead inner join mart_core.xref_people using (source, instance, table_name, record_key)
            )
            """,
        ),
    ),
    "mart_marketing.fct_attribution": (
        "Attribution: credit by target, model and touch",
        question(
            """
            select account_id, target_type, model, nullif(touched_at, '')::timestamptz as touched_at, sum(credit::decimal(13, 12)) as credit
            from truth_attribution inner join account_of using (true_id) where decidable = 'true' group by all
            """,
            """
            select account_id, target_type, model, date_trunc('second', touched_at) as touched_at, sum(credit)::decimal(13, 12) as credit
            from mart_marketing.fct_attribution
            where target_type in (select target_type from truth_attribution) and account_id in (
                select account_id from truth_attribution inner join account_of using (true_id) where decidable = 'true'
            )
            group by all
            """,
            "select count(*) from truth_attribution where decidable = 'false'",
        ),
    ),
}  # fmt: skip


def attach(con: duckdb.DuckDBPyConnection, published: Path, truth: Path) -> None:
    con.execute("set TimeZone = 'UTC'")
    con.execute(f"attach '{published}' as published (read_only)")
    con.execute("use published")
    for file in sorted(truth.glob("*.csv")):
        con.execute(
            f"create temp table truth_{file.stem} as select * from read_csv('{file}', all_varchar = true, header = true, nullstr = '∅')"
        )
    for sql in (ACCOUNT_OF_TRUTH, CONVERSION_ACCOUNTS, TRUE_UNITS):
        con.execute(sql)


def scores(con: duckdb.DuckDBPyConnection) -> list[Score]:
    """One score for each stage, and for deals, activation and silence; of other areas where their marts are there."""
    tables = {
        row[0]
        for row in con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    }
    found = [score(con, f"Stage entries: {stage}", stage_question(stage)) for stage in STAGES]
    found += [
        score(con, "Deals, their days and outcome", DEALS),
        score(con, "Activation dates", ACTIVATION),
        score(con, "Silent sign-ups", SILENT),
        score(con, "First touch after the win", FIRST_SUCCESS_TOUCH),
    ]
    for table, (kind, asked) in BY_MART.items():
        if table in tables:
            found.append(score(con, kind, asked))
        else:
            print(f"{kind}: not measured, {table} is not published")
    return found


def conversions(con: duckdb.DuckDBPyConnection) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Each joint of the sales-led path: true and found numbers that entered and converted, of the accounts counted."""
    lines = []
    for stage, rank, next_stage, next_rank in JOINTS:
        true = con.execute(
            f"select count(*), count(*) filter (where highest >= {next_rank}) from true_units "
            f"where highest >= {rank} and (is_sold or not is_bought) and account_id not in ({SIGNED_UP} except select account_id from true_units where is_sold)"
        ).fetchall()[0]
        found = con.execute(
            f"""
            select count(*) filter (where reached), count(*) filter (where reached and passed) from (
                select bool_or(stage = '{stage}') as reached, bool_or(stage_rank between {next_rank} and 8) as passed
                from mart_funnel.fct_stage_events
                where pass_kind = 'new_business' and path = 'sales_led' and account_id in (select account_id from counted_accounts)
                group by account_id, pass_number
            )
            """
        ).fetchall()[0]
        lines.append((f"{stage} → {next_stage}", true, found))
    return lines


def reported_as_logged(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the report's totals are those of the stage log, joint by joint."""
    joints = ", ".join(
        f"('{stage}', '{next_stage}')"
        for stage, _, next_stage, _ in JOINTS
        if (stage, next_stage) != ("lead", "won")
    )
    differing = con.execute(
        f"""
        select stage, sum(entered)::bigint as entered from mart_funnel.rpt_funnel_monthly
        where unit = 'account' and basis = 'same_period' and path = 'sales_led' and (stage, next_stage) in ({joints})
        group by stage
        except
        select stage, count(distinct account_id || ':' || pass_number) from mart_funnel.fct_stage_events
        where pass_kind = 'new_business' and not is_regression and path = 'sales_led' group by stage
        """
    ).fetchall()
    return not differing


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--accounts", type=int, default=200, help="size of the demo company (default 200)")
    options.add_argument("--home", type=Path, help="a home that has published a demo night")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        if not given.home:
            onefunnel(home, "demo", "--accounts", str(given.accounts), "--nights", "1")
            onefunnel(home, "run")
        sys.exit(0 if report(home) else 1)


def report(home: Path) -> bool:
    """Print all; whether all that can be decided is right."""
    is_right = True
    with duckdb.connect() as con:
        attach(con, home / "published" / "steward" / "onefunnel.duckdb", home / "demo_truth")
        for one in scores(con):
            print(one.line())
            for example in one.examples:
                print("    ", *example)
            is_right &= one.right == one.expected == one.found
        print(f"\n{'Conversion, sales-led':<30} {'true':>22} {'found':>22}")
        for joint, true, found in conversions(con):
            print(f"{joint:<30} {rate(true):>22} {rate(found):>22}")
            is_right &= true == found
        won, lost = con.execute(
            "select count(*) filter (where is_won = 'true'), count(*) filter (where is_won = 'false' and closed_on <> '') from truth_deals"
        ).fetchall()[0]
        print(
            f"\nTrue win rate: {won} of {won + lost} ({100 * won / max(won + lost, 1):.1f} %); found: see deals"
        )
        is_tied = reported_as_logged(con)
        print(f"rpt_funnel_monthly adds up to the stage log: {'yes' if is_tied else 'NO'}")
    return is_right and is_tied


def rate(counts: tuple[int, int]) -> str:
    return f"{counts[1]} of {counts[0]} ({100 * counts[1] / max(counts[0], 1):.1f} %)"


if __name__ == "__main__":
    main()
