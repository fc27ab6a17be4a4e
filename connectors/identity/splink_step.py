"""Splink over what the rules leave: sure pairs become weak edges, unsure ones go to a steward."""

from __future__ import annotations

import json
import logging
import math
from typing import Any

import duckdb

from connectors.identity import edges, features, memory, region
from connectors.identity.clusters import EDGE, join
from connectors.identity.compared import MODELS, comparisons
from connectors.identity.settings import IdentitySettings
from connectors.values import literal

BLOCKING = {
    "blocking_rule": "l.block_keys = r.block_keys and l.cluster <> r.cluster and (l.is_changed or r.is_changed)",
    "arrays_to_explode": ["block_keys"],
    "sql_dialect": "duckdb",
}
UNSURE = "alike, but not enough to be sure"
# Between tools a name is not enough: a phone, a birth date or a company has to agree as well (an address that is only
# alike follows from the name). Where what is their own in two companies' names is only alike, one city is not enough either:
# "Acme Health" and "Acme Wealth" may be neighbours. Companies with two different domains are never joined unasked.
SAME_NAME = 9  # the level from which two companies' names are the same
SAME_CORE = 8  # at which what is their own in two names is the same
ALONE = {
    "person": "greatest(phone_level, birth_date_level - 2, host_level) <= 0",
    "account": f"""(domain_level = 0 or (name_level < {SAME_NAME} or is_vague) and greatest(domain_level - 1, phone_level, address_level,
        case when name_level >= {SAME_CORE} then city_level else 0 end) <= 0)""",
}
# A company's name of common words, or one that two records of one tool have, tells little.
VAGUE = {
    "person": "false",
    "account": """{side}.core is null or {side}.name in (
        select name from account_profiles inner join records using (node)
        group by source, instance, table_name, name having min(cluster) <> max(cluster))""",
}
# What a steward need not see: a name in common, and something that speaks against it.
HOPELESS = {
    "person": f"{ALONE['person']} and (email_level = 0 or host_level = 0 or email_level in (1, 2))",
    "account": f"""{ALONE["account"]} and (country_level = 0 or name_level <= {SAME_CORE} and domain_level = 0
        or name_level < {SAME_CORE} and city_level <= 0)""",
}
# What two rows of one list agree on when they are surely one; how many do tells how many duplicates such a list holds.
ALIKE = {"person": "given, family, birth_date", "account": "name"}
JUDGED = """
create or replace temp table {kind}_judged as
with levels as (
    select unique_id_l, unique_id_r, match_probability as probability, {levels} from identity_memory.{kind}_pairs
),
-- records that say the same follow the verdict on the first two of them
twins as (
    select first.node as left_node, other.node as right_node, levels.* exclude (unique_id_l, unique_id_r), {first_is_vague} as is_vague
    from {kind}_profiles as first
    inner join {kind}_profiles as second on second.said = first.said and second.place = 2
    inner join levels on least(unique_id_l, unique_id_r) = least(first.node, second.node) and greatest(unique_id_l, unique_id_r) = greatest(first.node, second.node)
    inner join {kind}_profiles as other on other.said = first.said and other.place > 1
    where first.place = 1
),
others as (
    select unique_id_l, unique_id_r, levels.* exclude (unique_id_l, unique_id_r), {one_is_vague} as is_vague
    from levels inner join {kind}_profiles as one on one.node = unique_id_l inner join {kind}_profiles as two on two.node = unique_id_r
    where one.said <> two.said
),
pairs as (select * from twins union all select * from others)
select least(left_node, right_node) as left_node, greatest(left_node, right_node) as right_node, 'splink' as rule,
    'profile' as claim_kind, '' as claim_value, probability, 0.95 * probability as strength,
    probability >= {same} and not ({alone} and not (one.source in ({lists}) and two.source in ({lists}))) as is_same,
    {hopeless} and not (one.source in ({lists}) and two.source in ({lists})) as is_hopeless,
    pairs.* exclude (left_node, right_node, probability, is_vague)
from pairs inner join records as one on one.node = left_node inner join records as two on two.node = right_node
"""


def add_edges(con: duckdb.DuckDBPyConnection, kind: str, settings: IdentitySettings, is_first: bool) -> None:
    """Add Splink's sure pairs to <kind>_edges, and to the region what they join; the unsure ones stay in <kind>_unsure."""
    join(con, kind)
    features.prepare(con, kind, settings, is_first)
    lists = ", ".join(literal(one) for one in sorted(settings.holds_duplicates)) or "''"
    score(con, kind, prior(con, kind, lists), settings.review[kind])
    con.execute(
        JUDGED.format(
            kind=kind, same=settings.same[kind], alone=ALONE[kind], hopeless=HOPELESS[kind], lists=lists,
            first_is_vague=VAGUE[kind].format(side="first"), one_is_vague=VAGUE[kind].format(side="one"),
            levels=", ".join(f"gamma_{name} as {name}_level" for name in comparisons(kind)),
        )
    )  # fmt: skip
    columns = ", ".join(EDGE)
    con.execute(
        f"""create or replace temp table {kind}_unsure as
            select {columns}, {literal(UNSURE)} as why from {kind}_judged where not is_same and not is_hopeless
            qualify row_number() over (partition by left_node order by probability desc, right_node) <= 3"""
    )
    con.execute(
        f"create or replace temp table {kind}_sure as select left_node, right_node, probability from {kind}_judged where is_same"
    )
    if region.extend(con, kind):
        features.describe(con, kind)
        edges.find_edges(con, kind, is_first=False)
    con.execute(
        f"""insert into {kind}_edges by name select {columns} from {kind}_judged semi join {kind}_region on left_node = node where is_same;
            delete from identity_memory.{kind}_sure; insert into identity_memory.{kind}_sure from {kind}_sure"""
    )


def prior(con: duckdb.DuckDBPyConnection, kind: str, lists: str) -> float:
    """The chance that two random profiles are one: a few per profile, or what the duplicates within lists show.

    It moves in steps of four, so that a few new records a night do not flip edges.
    """
    profiles = int(con.execute(f"select count(*) from {kind}_profiles").fetchall()[0][0])
    few = min(0.01, 2 / 4.0 ** max(4, (max(profiles, 2) - 1).bit_length() / 2 // 1))
    pairs = con.execute(
        f"""select coalesce(sum(n * (n - 1)), 0) from (
                select count(*) as n from {kind}_profiles inner join records using (node) where source in ({lists}) group by {ALIKE[kind]}
                having {" and ".join(f"{name} is not null" for name in ALIKE[kind].split(", "))})"""
    ).fetchall()[0][0]
    shown = float(pairs) / max(profiles * (profiles - 1), 1)
    return float(max(few, min(0.05, 4.0 ** math.floor(math.log(shown, 4))))) if shown else few


def model(kind: str, chance: float) -> dict[str, Any]:
    """The kept model of a kind, with the chance that two random records are one."""
    settings: dict[str, Any] = json.loads((MODELS / f"{kind}.json").read_text(encoding="utf-8"))
    settings["probability_two_random_records_match"] = chance
    settings["blocking_rules_to_generate_predictions"] = [BLOCKING]
    settings["additional_columns_to_retain"] = []
    return settings


# A pair's probability follows from its two rows and the prior: what was found of two rows that are as they were still holds.
# `content` is a hash of all that decides with whom a row is compared, and what Splink sees of it.
CHANGED_ROWS = """
create or replace temp table {kind}_content as
with by_node as (
    select node, sum(hash(window_key)) as windows from identity_memory.{kind}_windows{of_those} group by node
)
select node, hash(said, cluster, windows) as content from identity_memory.{kind}_facts inner join by_node using (node);
create or replace temp table {kind}_changed as
with known as (
    from identity_memory.{kind}_rows{of_those}
)
select node, {kind}_content.content is not null as is_here
from {kind}_content full join known using (node) where {kind}_content.content is distinct from known.content;
delete from identity_memory.{kind}_rows where node in (select node from {kind}_changed);
delete from identity_memory.{kind}_pairs where unique_id_l in (select node from {kind}_changed) or unique_id_r in (select node from {kind}_changed);
insert into identity_memory.{kind}_rows
select node, content from {kind}_content where node in (select node from {kind}_changed where is_here)
"""
INPUT = """
create or replace temp table {kind}_splink_input as
with keys as (
    select distinct window_key from identity_memory.{kind}_windows semi join {kind}_changed using (node)
),
met as (
    select node, list(window_key) as block_keys from identity_memory.{kind}_windows semi join keys using (window_key) group by node
)
select node as unique_id, facts.* exclude (node, said, place), met.block_keys, node in (select node from {kind}_changed) as is_changed
from identity_memory.{kind}_facts as facts inner join met using (node)
"""


def score(con: duckdb.DuckDBPyConnection, kind: str, chance: float, threshold: float) -> None:
    """Bring identity_memory.<kind>_pairs, the pairs at or above the threshold, up to tonight's rows."""
    con.execute(f"create or replace temp table {kind}_prior as select {chance}::double as chance")
    of_those = f" semi join {kind}_concerned using (node)"
    if memory.told(con, f"{kind}_chance") != repr(chance):
        con.execute(f"delete from identity_memory.{kind}_rows; delete from identity_memory.{kind}_pairs")
        memory.tell(con, f"{kind}_chance", repr(chance))
        of_those = ""
    con.execute(CHANGED_ROWS.format(kind=kind, of_those=of_those))
    con.execute(INPUT.format(kind=kind))
    if con.execute(f"select 1 from {kind}_splink_input where is_changed limit 1").fetchall():
        found = predict(con, kind, chance, threshold)
        con.execute(
            f"insert into identity_memory.{kind}_pairs by name select columns('^(unique_id_.|match_probability|gamma_.*)$') from {found}"
        )


def predict(con: duckdb.DuckDBPyConnection, kind: str, chance: float, threshold: float) -> str:
    """Name of the table of pairs with a changed row at or above the threshold. Splink is only imported when there is work for it."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)  # its messages may show values
    api = DuckDBAPI(connection=con)
    frame = api.register(f"{kind}_splink_input")
    linker = Linker(frame, model(kind, chance), log_level="ERROR")
    return str(linker.inference.predict(threshold_match_probability=threshold).physical_name)
