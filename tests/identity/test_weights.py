"""The weights of a pair in review explain its probability: they add up to the logarithm of its odds."""

import math
from pathlib import Path

import duckdb

from connectors.identity.resolve import resolve
from connectors.identity.weights import model_rows
from orchestration.report.matching import weighed
from tests.identity.test_resolve import NIGHT, Claim, claims


def resolved(rows: list[Claim], home: Path) -> duckdb.DuckDBPyConnection:
    """A warehouse in which some claims were resolved."""
    con = duckdb.connect()
    con.execute("create schema raw_identity")
    con.execute(
        """create table raw_identity.claims (source varchar, instance varchar, table_name varchar, record_key varchar,
            entity_kind varchar, claim_kind varchar, claim_value varchar, target_source varchar, target_table varchar, first_seen date)"""
    )
    con.executemany(
        "insert into raw_identity.claims values (?, '', ?, ?, ?, ?, ?, ?, ?, date '2026-06-01')", rows
    )
    resolve(con, home, NIGHT, home / "decisions")
    return con


def test_a_pair_that_the_model_joined_tells_what_it_saw(tmp_path: Path) -> None:
    rows = [
        *claims("hubspot.companies:1", "account", name="Kestrelworks GmbH", domain="kestrelworks.de"),
        *claims("chargebee.customers:2", "account", name="Kestrelworks Ltd", domain="kestrelworks.co.uk"),
        *claims("stripe.customers:3", "account", name="Quite Another", domain="kestrelworks.de"),
    ]
    with resolved(rows, tmp_path) as con:
        links = con.execute(
            "select rule, probability, levels from identity.links where entity_kind = 'account' order by all"
        ).fetchall()

    [(_, _, of_a_rule), (rule, probability, levels)] = links
    assert (of_a_rule, rule) == (None, "splink")
    model = [{**row, "entity_kind": "account"} for row in model_rows("account")]
    told = {one["comparison"]: one for one in weighed(model, "account", levels, probability)}
    assert told["name"]["label"] == "same name, five letters or more"
    assert told["domain"]["label"] == "sister domains"
    assert told["city"]["label"] == "missing"
    assert math.isclose(
        sum(one["match_weight"] for one in told.values()), math.log2(probability / (1 - probability))
    )
    # of two companies taken at random few are one
    assert told["prior"]["match_weight"] < -5


def test_the_weights_of_a_pair_add_up_to_its_probability(tmp_path: Path) -> None:
    rows = [
        *claims("stripe.customers:1", "account", name="Vera Keller", email="vera.k@gmail.com", country="JP"),
        *claims("stripe.customers:2", "account", name="Vera Keller", email="keller@gmail.com", country="JP"),
        *claims("stripe.customers:3", "account", name="Quite Another", email="q@gmail.com", country="DE"),
    ]
    with resolved(rows, tmp_path) as con:
        asked = con.execute("select left_key, right_key, probability from identity.review").fetchall()
        weights = con.execute(
            "select comparison, label, match_weight from identity.review_weights where least(left_key, right_key) = '1' and greatest(left_key, right_key) = '2'"
        ).fetchall()

    [(left, right, probability)] = asked
    assert {left, right} == {"1", "2"}
    assert math.isclose(
        sum(one[2] for one in weights), math.log2(probability / (1 - probability)), abs_tol=1e-6
    )
    told = {comparison: label for comparison, label, _ in weights}
    assert told["name"] == "same name, five letters or more"
    assert told["domain"] == "missing"
    assert "prior" in told


def test_the_models_levels_are_numbered_as_splink_numbers_them() -> None:
    for kind in ("person", "account"):
        rows = model_rows(kind)
        for comparison in {row["comparison"] for row in rows}:
            levels = [int(str(row["level"])) for row in rows if row["comparison"] == comparison]
            assert levels == sorted(levels, reverse=True) or levels[0] == -1
            assert min(level for level in levels if level >= 0) == 0
        assert all(row["match_weight"] == 0 for row in rows if row["level"] == -1)
