"""The credits of any target, through the SQL that dbt compiled: they sum to exactly 1, the amounts to the cent and beyond."""

from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest
from dbt.cli.main import dbtRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.resources import dbt_of
from orchestration.settings import export_environment, load_settings

MODELS = {"first", "last", "linear", "position", "w_shaped", "time_decay"}
# one target: its amount, whether it is a self-serve account's first revenue, days before it of each touch, leads' touches
TARGET = st.tuples(
    st.decimals(min_value=Decimal("-1000"), max_value=10**9, places=6),
    st.booleans(),
    st.lists(st.floats(min_value=0.00002, max_value=4000), max_size=60),
    st.integers(min_value=0, max_value=60),
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What fct_attribution is on DuckDB, reading a table `paths`."""
    folder = tmp_path_factory.mktemp("attribution")
    chosen = load_settings()
    export_environment(chosen, folder / "warehouse.duckdb")
    dbt = replace(dbt_of(chosen), target=folder / "target")
    done = dbtRunner().invoke(["compile", "--select", "fct_attribution", *dbt._options()])
    assert done.success, done.exception
    (file,) = (folder / "target" / "compiled").rglob("fct_attribution.sql")
    return file.read_text().replace('"warehouse"."intermediate"."int_attribution_paths"', "paths")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TARGET, min_size=1, max_size=8))
def test_credits_and_amounts_of_every_target_add_up(
    compiled: str, targets: list[tuple[Decimal, bool, list[float], int]]
) -> None:
    with duckdb.connect() as con:
        con.execute(
            "create table paths (target_type varchar, target_id varchar, account_id varchar, month date, amount decimal(18, 6), "
            "touch_id varchar, touched_at timestamptz, channel varchar, campaign_id varchar, place bigint, touches bigint, "
            "touches_before_lead bigint, days_before double)"
        )
        for number, (amount, is_self_serve, days, before_lead) in enumerate(targets):
            kind = "first_mrr" if is_self_serve else "won_deal"
            path: list[float | None] = [*sorted(days, reverse=True)] or [None]
            con.executemany(
                "insert into paths values (?, ?, null, null, ?, ?, null, null, null, ?, ?, ?, ?)",
                [
                    (kind, str(number), amount, None if one is None else f"t{place}", place, len(days), min(before_lead, len(days)), one)
                    for place, one in enumerate(path, start=1)
                ],
            )  # fmt: skip

        found = con.execute(
            f"select target_id, model, sum(credit), sum(amount_credited), count(*), min(credit), max(credit) from ({compiled}) group by all"
        ).fetchall()

    assert {(row[0], row[1]) for row in found} == {
        (str(number), model) for number in range(len(targets)) for model in MODELS
    }
    for target_id, model, credit, amount, rows, least, most in found:
        days = targets[int(target_id)][2]
        assert credit == 1, (model, credit)
        assert amount == targets[int(target_id)][0], model
        assert 0 < least <= most <= 1
        assert rows <= max(len(days), 1)
        if model == "linear":
            assert rows == max(len(days), 1)
