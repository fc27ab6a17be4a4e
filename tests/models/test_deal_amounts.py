"""What a deal's amount is worth a year, by its pipeline."""

from decimal import Decimal
from pathlib import Path

import duckdb
import jinja2

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"
MEANINGS = {"default": "acv", "Enterprise": "tcv", "Partner's": "mrr", "Projects": "one_off"}


def annual(setting: object, amount: int, pipeline: str, months: int | None) -> Decimal:
    text = (MACROS / "divide_money.sql").read_text() + (MACROS / "annual_value.sql").read_text()
    environment = jinja2.Environment()
    environment.globals["var"] = lambda name: setting
    sql = str(environment.from_string(text).module.annual_value("amount", "pipeline", "months"))  # type: ignore[attr-defined]
    with duckdb.connect() as con:
        found = con.execute(
            f"select {sql} from (select cast(? as decimal(18, 4)) as amount, ? as pipeline, ?::integer as months)",
            [amount, pipeline, months],
        ).fetchall()
    return Decimal(found[0][0])


def test_each_pipeline_states_its_amounts_in_its_own_way() -> None:
    assert annual(MEANINGS, 3600, "Enterprise", 36) == 1200
    assert annual(MEANINGS, 3600, "Enterprise", None) == 3600
    assert annual(MEANINGS, 100, "Partner's", 12) == 1200
    assert annual(MEANINGS, 5000, "Projects", None) == 0
    assert annual(MEANINGS, 1200, "Sales Pipeline", 36) == 1200


def test_a_term_that_does_not_divide_is_rounded_to_four_places() -> None:
    # 1000 over 7 months is 1714.285714… a year
    assert annual({"default": "tcv"}, 1000, "any", 7) == Decimal("1714.2857")
