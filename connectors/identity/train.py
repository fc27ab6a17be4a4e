"""Trains the two Splink models that are kept in `models/`.

    python -m connectors.identity.train FOLDER

FOLDER holds `splink_fake_1000/` and `patent_applicant_companies/`, two labelled public sets. Only the entities with an
even label are learned from; the others are left to measure by. The same files give the same models. Fields that neither
set has are given by judgement, in GIVEN, and said so in the model.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from connectors.identity import claims, decisions, edges, features, memory, region
from connectors.identity.compared import MODELS
from connectors.identity.settings import IdentitySettings

Level = tuple[str, str]


def exact(column: str) -> Level:
    return (f"{column}_l = {column}_r", f"same {column}")


def near(column: str, least: float) -> Level:
    return (f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}", f"{column} alike, {least} or more")


WORDS_L, WORDS_R = "string_split(name_l, ' ')", "string_split(name_r, ' ')"
CORE_L, CORE_R = "string_split(core_l, ' ')", "string_split(core_r, ' ')"
SQUEEZED_L, SQUEEZED_R = "replace(core_l, ' ', '')", "replace(core_r, ' ', '')"
LOCAL = "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"
COMPARISONS: dict[str, dict[str, list[Level]]] = {
    "person": {
        "given": [exact("given"), ("given_l = family_r", "halves swapped"), ("(length(given_l) = 1 or length(given_r) = 1) and given_l[1] = given_r[1]", "same initial"), near("given", 0.88), near("given", 0.7)],
        "family": [exact("family"), ("family_l = given_r", "halves swapped"), near("family", 0.88), near("family", 0.7)],
        "email": [exact("email"), (LOCAL, "same mailbox"), near("email", 0.9), near("email", 0.75)],
        "phone": [exact("phone")],
        "birth_date": [exact("birth_date"), ("damerau_levenshtein(birth_date_l, birth_date_r) <= 1", "one figure off"), ("birth_date_l[:7] = birth_date_r[:7]", "same month"), ("birth_date_l[:4] = birth_date_r[:4]", "same year")],
        "city": [exact("city"), near("city", 0.75)],
        "host": [exact("host")],
    },
    "account": {
        "name": [
            ("name_l = name_r and length(replace(name_l, ' ', '')) >= 5", "same name, five letters or more"), exact("name"),
            ("core_l = core_r", "same core"),
            (f"{SQUEEZED_L} = {SQUEEZED_R} or jaro_winkler_similarity({SQUEEZED_L}, {SQUEEZED_R}) >= 0.93", "core alike, 0.93 or more"),
            (f"list_has_all({CORE_L}, {CORE_R}) or list_has_all({CORE_R}, {CORE_L})", "one core within the other"),
            (f"length(list_filter(list_intersect({CORE_L}, {CORE_R}), lambda word: length(word) >= 5)) > 0", "a word of their own in common"),
            (f"length(core_l) >= 5 and length(core_r) >= 5 and (contains({SQUEEZED_L}, {SQUEEZED_R}) or contains({SQUEEZED_R}, {SQUEEZED_L}))", "core written together"),
            ("jaro_winkler_similarity(name_l, name_r) >= 0.92", "name alike, 0.92 or more"),
            ("jaro_winkler_similarity(core_l, core_r) >= 0.85", "core alike, 0.85 or more"),
            (f"length(list_intersect({WORDS_L}, {WORDS_R})) * 2 >= greatest(len({WORDS_L}), len({WORDS_R}))", "half of the words"),
        ],
        "domain": [exact("domain"), ("split_part(domain_l, '.', 1) = split_part(domain_r, '.', 1)", "sister domains")],
        "phone": [exact("phone")],
        "city": [exact("city")],
        "country": [exact("country")],
        "address": [exact("address"), near("address", 0.9)],
    },
}  # fmt: skip
# m and u of the levels (best first, else last) of fields that the labelled sets lack. The last of a company's domains
# says that two different ones are rarely one company; colleagues share a host, so that weighs little for a person.
GIVEN: dict[str, dict[str, list[tuple[float, float]]]] = {
    "person": {"phone": [(0.7, 0.0002), (0.3, 0.9998)], "host": [(0.6, 0.02), (0.4, 0.98)]},
    "account": {
        "domain": [(0.6, 0.00001), (0.2, 0.0002), (0.2, 0.9998)],
        "phone": [(0.5, 0.0001), (0.5, 0.9999)],
        "address": [(0.5, 0.0005), (0.2, 0.002), (0.3, 0.9975)],
        "city": [(0.7, 0.03), (0.3, 0.97)],
        "country": [(0.9, 0.3), (0.1, 0.7)],
    },
}
FLOOR_M, FLOOR_U = 0.002, 0.00002


def comparison(column: str, levels: list[Level]) -> dict[str, Any]:
    """A Splink comparison: null, the levels, everything else."""
    null = {
        "sql_condition": f"{column}_l is null or {column}_r is null",
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    named = [{"sql_condition": sql, "label_for_charts": label} for sql, label in levels]
    return {
        "output_column_name": column,
        "comparison_levels": [null, *named, {"sql_condition": "ELSE", "label_for_charts": "different"}],
    }  # fmt: skip


def untrained(kind: str) -> dict[str, Any]:
    """The model's shape, without numbers."""
    return {
        "link_type": "dedupe_only",
        "comparisons": [comparison(column, levels) for column, levels in COMPARISONS[kind].items()],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "unique_id_column_name": "unique_id",
    }


PERSON_CLAIMS = """
select unique_id::varchar as record_key, unnest(['self', 'first_name', 'last_name', 'birth_date', 'city', 'email']) as claim_kind,
    unnest([unique_id::varchar, first_name, surname, dob, city, email]) as claim_value
from read_csv('{folder}/splink_fake_1000/fake_1000.csv', all_varchar = true)
"""
ACCOUNT_CLAIMS = """
select person_id as record_key, unnest(['self', 'name', 'city']) as claim_kind,
    unnest([person_id, Name, case when Lat::double <> 0 then Lat || ' ' || Lng end]) as claim_value
from read_csv('{folder}/patent_applicant_companies/patstat_input.csv.gz', all_varchar = true)
"""
LABELS = {
    "person": "select unique_id as record_key, cluster as label from read_csv('{folder}/splink_fake_1000/fake_1000.csv', all_varchar = true)",
    "account": "select person_id as record_key, leuven_id as label from read_csv('{folder}/patent_applicant_companies/patstat_reference.csv', all_varchar = true)",
}


def write_claims(con: duckdb.DuckDBPyConnection, kind: str, folder: Path) -> None:
    """raw_identity.claims of a labelled set, as a tool `list` whose keys do not tell duplicates apart."""
    select = (PERSON_CLAIMS if kind == "person" else ACCOUNT_CLAIMS).format(folder=folder)
    con.execute("create schema if not exists raw_identity")
    con.execute(
        f"""create or replace table raw_identity.claims as
            select 'list' as source, '' as instance, 'rows' as table_name, record_key, '{kind}' as entity_kind, claim_kind, claim_value,
                '' as target_source, '' as target_table, date '2026-01-01' as first_seen
            from ({select}) where claim_value is not null"""
    )


def train(kind: str, folder: Path) -> dict[str, Any]:
    """Learn m from the labelled pairs of even entities and u from random pairs; returns the model."""
    from splink import DuckDBAPI, Linker

    with duckdb.connect() as con, TemporaryDirectory() as nowhere:
        write_claims(con, kind, folder)
        memory.recall(con, Path(nowhere), date(2026, 1, 1), IdentitySettings())
        claims.gather(con, IdentitySettings(), is_first=True)
        decisions.read(con, Path(nowhere))
        edges.find_foreign(con, is_first=True)
        region.find(con, kind, is_first=True)
        features.describe(con, kind)
        con.execute(
            f"""create or replace temp table labelled_rows as
                select {kind}_described.* exclude (node, said), records.place as unique_id, label from {kind}_described
                inner join (select node, record_key, row_number() over (order by record_key) - 1 as place from records) as records using (node)
                inner join ({LABELS[kind].format(folder=folder)}) using (record_key) where label::bigint % 2 = 0 order by record_key"""
        )  # fmt: skip
        linker = Linker(
            DuckDBAPI(connection=con).register("labelled_rows"), untrained(kind), log_level="ERROR"
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=5_000_000, seed=1)
        linker.training.estimate_m_from_label_column("label")
        same = con.execute(
            """select sum(n * (n - 1)) / (sum(n) * (sum(n) - 1)) from (select count(*) as n from labelled_rows group by label)"""
        ).fetchall()[0][0]
        return finished(kind, linker.misc.save_model_to_json(), float(same))


def finished(kind: str, trained: dict[str, Any], same: float) -> dict[str, Any]:
    """The shape with its numbers: rounded, never nought, and those of GIVEN.

    `same` is the share of random pairs that are one entity. In a small set that is much, and Splink's u, which takes
    all random pairs for strangers, is freed from it.
    """
    whole = untrained(kind)
    for target, source in zip(whole["comparisons"], trained["comparisons"], strict=True):
        given = GIVEN[kind].get(target["output_column_name"])
        pairs = zip(target["comparison_levels"][1:], source["comparison_levels"][1:], strict=True)
        for number, (level, learned) in enumerate(pairs):
            m, u = given[number] if given else (learned.get("m_probability"), learned.get("u_probability"))
            if not given:
                u = ((u or 0) - same * (m or 0)) / (1 - same)
            level["m_probability"] = round(max(m or 0, FLOOR_M), 5)
            level["u_probability"] = round(max(u or 0, FLOOR_U), 6)
    return whole


def main() -> None:
    """Write both models."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        raise SystemExit(2)
    MODELS.mkdir(exist_ok=True)
    for kind in ("person", "account"):
        text = json.dumps(train(kind, Path(sys.argv[1])), indent=1, ensure_ascii=False)
        (MODELS / f"{kind}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
