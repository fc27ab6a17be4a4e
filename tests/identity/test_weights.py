"""The weights of a pair in review explain its probability: they add up to the logarithm of its odds."""

import math
from pathlib import Path

import duckdb

from connectors.identity.resolve import resolve
from connectors.identity.weights import model_rows
from tests.identity.test_resolve import NIGHT, claims


def test_the_weights_of_a_pair_add_up_to_its_probability(tmp_path: Path) -> None:
    rows = [
        *claims("stripe.customers:1", "account", name="Vera Keller", email="vera.k@gmail.com", country="JP"),
        *claims("stripe.customers:2", "account", name="Vera Keller", email="keller@gmail.com", country="JP"),
        *claims("stripe.customers:3", "account", name="Quite Another", email="q@gmail.com", country="DE"),
    ]
    with duckdb.connect() as con:
        con.execute("create schema raw_identity")
        con.execute(
            """create table raw_identity.claims (source varchar, instance varchar, table_name varchar, record_key varchar,
                entity_kind varchar, claim_kind varchar, claim_value varchar, target_source varchar, target_table varchar, first_seen date)"""
        )
        con.executemany(
            "insert into raw_identity.claims values (?, '', ?, ?, ?, ?, ?, ?, ?, date '2026-06-01')", rows
        )
        resolve(con, tmp_path, NIGHT, tmp_path / "decisions")
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
