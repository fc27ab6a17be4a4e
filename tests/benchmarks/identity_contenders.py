"""Three ways to say who is who, each from the same claims: temp table `answer` (record, cluster)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from connectors.identity.clusters import components
from connectors.identity.resolve import resolve
from tests.benchmarks.identity_score import score
from tests.benchmarks.identity_sets import NIGHT, Labelled, flatten

EXACT = {
    "person": "select unique_id, 'e' || email as value from flat where email is not null",
    "account": """
        select unique_id, 'd' || host as value from flat where host is not null
        union all
        -- the patents have no domain at all: there the exact name
        select unique_id, 'n' || name from flat
        where name is not null and not exists (select 1 from flat where host is not null)
    """,
}

SPLINK_ROWS = {
    "person": """select unique_id, coalesce(first_name, split_part(name, ' ', 1)) as first_name,
        coalesce(last_name, case when name like '% %' then split_part(name, ' ', -1) end) as surname, birth_date as dob, city, email from flat""",
    "account": "select unique_id, name, host, city, country from flat",
}
FIELDS = {
    "person": ["first_name", "surname", "dob", "city", "email"],
    "account": ["name", "host", "city", "country"],
}
BLOCKS = {"person": ["first_name", "surname"], "account": ["name", "host", "city", "substr(name, 1, 4)"]}
# Pairs that it learns from, the first two of those whose fields the set has.
TAUGHT = {
    "person": [("first_name", "surname"), ("dob",), ("email",)],
    "account": [("name",), ("host",), ("city",)],
}


def exact(con: duckdb.DuckDBPyConnection, one: Labelled) -> None:
    """Records with the same e-mail address (people) or domain (accounts; the same name where no record has a domain)."""
    flatten(con, one.kind)
    edges = con.execute(
        f"select first(unique_id order by unique_id) over (partition by value) - 1 as left_node, unique_id - 1 as right_node from ({EXACT[one.kind]})"
    ).df()
    answer(con, edges)


def answer(con: duckdb.DuckDBPyConnection, edges: Any) -> None:
    import pandas as pd

    size = con.execute("select count(*) from flat").fetchall()[0][0]
    con.register(
        "clusters",
        pd.DataFrame(
            {
                "unique_id": range(1, size + 1),
                "cluster": components(edges["left_node"], edges["right_node"], size),
            }
        ),
    )
    con.execute(
        "create or replace temp table answer as select record, cluster from flat inner join clusters using (unique_id)"
    )


def splink(con: duckdb.DuckDBPyConnection, one: Labelled) -> None:
    """Splink as the quick start in its README has it, taught on the set itself.

    Names, date of birth, city and e-mail are compared; pairs share a first name or a surname. Companies have name (Jaro-
    Winkler), host, city and country; pairs share one of them or the first four letters. In its favour: of the quick
    start's threshold of 0.95 and two lower ones, the one that comes nearest to the truth.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink import comparison_library as cl

    flatten(con, one.kind)
    con.execute(f"create or replace temp table splink_rows as {SPLINK_ROWS[one.kind]}")
    kinds = {
        "first_name": cl.NameComparison("first_name"), "surname": cl.NameComparison("surname"),
        "dob": cl.DateOfBirthComparison("dob", input_is_string=True), "email": cl.EmailComparison("email"),
        "name": cl.JaroWinklerAtThresholds("name", [0.9, 0.7]), "host": cl.ExactMatch("host"), "country": cl.ExactMatch("country"),
        "city": cl.ExactMatch("city").configure(term_frequency_adjustments=True),
    }  # fmt: skip
    known = con.execute(
        "select columns(*)::varchar from (select count(columns(* exclude (unique_id))) from splink_rows)"
    )
    filled = [name for (name, *_), n in zip(known.description, known.fetchall()[0], strict=True) if n != "0"]
    taught = [rule for rule in TAUGHT[one.kind] if set(rule) <= set(filled)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[kinds[name] for name in FIELDS[one.kind] if name in filled],
        blocking_rules_to_generate_predictions=[
            block_on(name) for name in BLOCKS[one.kind] if name in (*filled, "substr(name, 1, 4)")
        ],
    )
    linker = Linker(DuckDBAPI(connection=con).register("splink_rows"), settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match([block_on(*taught[0])], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in taught[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    pairs = linker.inference.predict(threshold_match_weight=-10)
    best = 0.0
    for threshold in (0.95, 0.8, 0.5):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold)
        found = f"select record, cluster_id as cluster from flat inner join {clusters.physical_name} using (unique_id)"
        con.execute(f"create or replace temp table answer as {found}")
        if (got := score(con).f1) > best:
            best = got
            con.execute("create or replace temp table best_answer as select * from answer")
    con.execute("create or replace temp table answer as select * from best_answer")


def ours(con: duckdb.DuckDBPyConnection, one: Labelled) -> None:
    """The night's own step, from claims to stable ids."""
    with TemporaryDirectory() as home:
        resolve(con, Path(home), NIGHT, Path(home) / "decisions", one.settings)
    con.execute(
        f"""create or replace temp table answer as select concat_ws('|', source, instance, table_name, record_key) as record, golden_id as cluster
            from identity.record_ids where entity_kind = '{one.kind}'"""
    )


CONTENDERS = {"exact only": exact, "Splink, its example": splink, "ours": ours}
