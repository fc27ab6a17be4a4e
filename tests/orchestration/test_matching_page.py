"""The page about matching: bars that can be checked by hand, names for stewards only."""

from pathlib import Path

import duckdb
import pytest

from orchestration.report.matching import waterfall, write_matching_page

PAIR = "'stripe' as left_source, '' as left_instance, 'customers' as left_table, 'c1' as left_key, 'hubspot' as right_source, 'eu' as right_instance, 'companies' as right_table, '500' as right_key"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "file.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema identity; create schema ops")
        con.execute("create table ops.night as select date '2026-06-30' as night")
        con.execute(
            f"create table identity.review as select 'account' as entity_kind, {PAIR}, 'splink' as rule, 0.8 as probability, 'alike' as why"
        )
        con.execute(
            f"""create table identity.review_weights as select 'account' as entity_kind, {PAIR}, comparison, label, match_weight
                from (values ('prior', 'at random', -6.0::double), ('name', 'same <name>', 8.0::double)) as weights (comparison, label, match_weight)"""
        )
        con.execute(
            "create table identity.model_weights as select 'account' as entity_kind, 'name' as comparison, 1 as level, 'same' as label, "
            "0.5 as m_probability, 0.125 as u_probability, 2.0 as match_weight"
        )
        con.execute(
            f"create table identity.links as select 'account' as entity_kind, {PAIR.replace('c1', 'c2')}, 'splink' as rule, 0.99 as probability, 'name:1' as levels"
        )
        con.execute(
            "create table identity.records as select 'stripe' as source, '' as instance, 'customers' as table_name, 'c1' as record_key, "
            "'Acme' as company_name, 'Ada Byron' as full_name, 'ada@acme.example' as email, null as domain, null as phone, null as country"
        )
    return path


def test_the_analysts_page_has_keys_and_no_names_and_the_stewards_has_both(
    database: Path, tmp_path: Path
) -> None:
    analyst = write_matching_page(database, tmp_path / "report" / "matching.html").read_text(encoding="utf-8")
    steward = write_matching_page(database, tmp_path / "steward" / "matching.html", names=True).read_text(
        encoding="utf-8"
    )

    for page in (analyst, steward):
        assert "stripe.customers:c1 and hubspot@eu.companies:500: 0.8000" in page
        assert "same &lt;name&gt;" in page and "+8.00" in page and "0.12500" in page
        assert "http" not in page.replace("http-equiv", "")
    assert "Ada" not in analyst and "@acme" not in analyst
    assert "Acme, Ada Byron, ada@acme.example" in steward


def test_a_pair_that_the_model_joined_is_shown_with_what_it_saw(database: Path, tmp_path: Path) -> None:
    page = write_matching_page(database, tmp_path / "matching.html").read_text(encoding="utf-8")

    joined = page[page.index("Pairs that the model joined") : page.index("The model</h2>")]
    assert "stripe.customers:c2 and hubspot@eu.companies:500: 0.9900" in joined
    # log2(0.99 / 0.01) is 6.63: 2 for the name, the rest for the prior
    assert "+2.00" in joined and "+4.63" in joined and "+6.63" in joined


def test_bars_run_from_the_odds_at_random_to_those_of_the_pair() -> None:
    bars = waterfall(
        [
            {"comparison": "name", "label": "same", "match_weight": 8.0},
            {"comparison": "prior", "label": "at random", "match_weight": -6.0},
        ]
    )

    # from -6 to 2 are 8 units, 12.5 percent each; 0 lies at 75
    assert [(one["comparison"], one["left"], one["width"], one["zero"]) for one in bars] == [
        ("prior", 0.0, 75.0, 75.0), ("name", 0.0, 100.0, 75.0), ("together", 75.0, 25.0, 75.0),
    ]  # fmt: skip


def test_a_file_without_review_gives_a_page(tmp_path: Path) -> None:
    path = tmp_path / "file.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema ops; create table ops.night as select date '2026-06-30' as night")

    assert "None." in write_matching_page(path, tmp_path / "matching.html").read_text(encoding="utf-8")
