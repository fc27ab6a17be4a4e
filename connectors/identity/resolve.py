"""Every record → one person, one account, with the evidence. Deterministic rules over the claims that specs declare."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from connectors.identity import normalise
from connectors.state import state_sql, write_state
from connectors.values import literal

IDS = {
    "entity_kind": "varchar", "source": "varchar", "instance": "varchar", "table_name": "varchar",
    "record_key": "varchar", "golden_id": "varchar", "night": "date",
}  # fmt: skip
CHANGES = {
    "night": "date", "entity_kind": "varchar", "change": "varchar", "golden_id": "varchar", "other_id": "varchar",
    "why": "varchar",
}  # fmt: skip
PREFIX = {"person": "per_", "account": "acc_"}


@dataclass(frozen=True)
class IdentitySettings:
    """`own_domains` make no company; a claim shared by more records than its cap is no evidence."""

    own_domains: frozenset[str] = frozenset()
    phone_region: str = "US"
    caps: dict[str, int] = field(default_factory=lambda: {"email": 200, "phone": 20, "domain": 5000})


@dataclass(frozen=True)
class IdentityCounts:
    records: int
    people: int
    accounts: int
    links: int
    merged: int
    split: int


def resolve(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    night: date,
    decisions: Path,
    settings: IdentitySettings | None = None,
    write: bool = True,
) -> IdentityCounts:
    """Read raw_identity.claims; write identity.links, record_ids, changes and review, and the night's ids to state."""
    settings = settings or IdentitySettings()
    normal_claims(con, settings)
    con.execute(RECORDS)
    decided(con, decisions)
    con.execute(PERSON_EDGES)
    people = clusters(con, "person")
    con.register("person_clusters", people)
    con.execute("create or replace temp table person_cluster as select * from person_clusters")
    con.execute(ACCOUNT_EDGES)
    accounts = clusters(con, "account")
    known = con.execute(f"select * from ({state_sql(home, 'identity_ids', before(night), IDS)})").df()
    named, changes = name_clusters(pd.concat([people, accounts]), known, night)
    store(con, home, night, named, changes, write)
    numbers = con.execute(
        """select (select count(*) from identity.record_ids),
            (select count(distinct golden_id) from identity.record_ids where entity_kind = 'person'),
            (select count(distinct golden_id) from identity.record_ids where entity_kind = 'account'),
            (select count(*) from identity.links)"""
    ).fetchall()[0]
    merged, split = ((changes["change"] == kind).sum() for kind in ("merged", "split"))
    return IdentityCounts(numbers[0], numbers[1], numbers[2], numbers[3], int(merged), int(split))


def before(night: date) -> date:
    return date.fromordinal(night.toordinal() - 1)


def normal_claims(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> None:
    """Temp table `claims`: each claim with its normal form, worked out once per distinct value."""
    distinct = con.execute(
        "select distinct claim_kind, claim_value from raw_identity.claims where claim_kind in ('email', 'phone', 'domain', 'name')"
    ).df()

    def normal(kind: str, value: str) -> str | None:
        match kind:
            case "email":
                return normalise.email(value)
            case "phone":
                return normalise.phone(value, settings.phone_region)
            case "domain":
                return normalise.domain(value)
            case _:
                return normalise.company_name(value)

    pairs = zip(distinct["claim_kind"], distinct["claim_value"], strict=True)
    distinct["normal"] = pd.Series([normal(kind, value) for kind, value in pairs], dtype="object")
    hosts = distinct["normal"].where(distinct["claim_kind"] == "email")
    distinct["host"] = pd.Series(
        [normalise.domain(one) if isinstance(one, str) else None for one in hosts], dtype="object"
    )
    distinct["is_role"] = [isinstance(one, str) and normalise.is_role(one) for one in hosts]
    stop = {"free": normalise.is_free, "own": lambda host: host in settings.own_domains}
    web = distinct["host"].where(distinct["claim_kind"] == "email", distinct["normal"])
    distinct["no_company"] = [
        isinstance(one, str) and any(test(one) for test in stop.values()) for one in web
    ]
    con.register("normal_forms", distinct)
    con.create_function("salesforce_id", normalise.salesforce_id, ["VARCHAR"], "VARCHAR")
    con.execute(
        """create or replace temp table claims as
            select claims.*, cast(forms.normal as varchar) as normal, cast(forms.host as varchar) as host,
                coalesce(cast(forms.is_role as boolean), false) as is_role,
                coalesce(cast(forms.no_company as boolean), false) as no_company,
                case when claims.claim_kind in ('same_as', 'member_of') then
                    case when target_source = 'salesforce' then salesforce_id(claims.claim_value) else claims.claim_value end end as target_key
            from raw_identity.claims as claims
            left join normal_forms as forms
                on claims.claim_kind = cast(forms.claim_kind as varchar) and claims.claim_value = cast(forms.claim_value as varchar)"""
    )
    con.remove_function("salesforce_id")
    con.unregister("normal_forms")
    for kind, cap in settings.caps.items():
        column = "normal" if kind != "domain" else "coalesce(host, normal)"
        kinds = "('domain', 'email')" if kind == "domain" else f"({literal(kind)})"
        target = "no_company = true" if kind == "domain" else "normal = null"
        con.execute(
            f"""update claims set {target} where claim_kind in {kinds} and {column} in (
                select {column} from claims where claim_kind in {kinds} group by 1
                having count(distinct source || '|' || instance || '|' || table_name || '|' || record_key) > {cap})"""
        )


RECORDS = """
create or replace temp table records as
select
    row_number() over (order by source, instance, table_name, record_key) - 1 as node,
    source, instance, table_name, record_key,
    bool_or(entity_kind = 'person') as is_person, bool_or(entity_kind = 'account') as is_account,
    min(first_seen) as first_seen
from claims where claim_kind = 'self'
group by source, instance, table_name, record_key
"""

WITH_NODES = """
    claimed as (
        select records.node, records.is_account as on_account, claims.*
        from claims inner join records using (source, instance, table_name, record_key)
    ),
    foreign_records as (
        select claimed.node as left_node, records.node as right_node, claimed.entity_kind, claimed.claim_kind, claimed.claim_value
        from claimed inner join records
            on records.source = claimed.target_source and records.table_name = claimed.target_table
            and records.record_key = claimed.target_key
            and (records.instance = claimed.instance or claimed.source <> claimed.target_source)
        where claimed.claim_kind in ('same_as', 'member_of')
    )
"""

# An edge joins each record of a shared value to the first one: as many edges as records, not pairs.
PERSON_EDGES = f"""
create or replace temp table person_edges as
with {WITH_NODES},
by_email as (
    select first(node order by node) over (partition by normal) as left_node, node as right_node, claim_value
    from claimed where entity_kind = 'person' and claim_kind = 'email' and normal is not null and not is_role
    qualify first(node order by node) over (partition by normal) <> node
)
select left_node, right_node, 'native_id' as rule, claim_kind, claim_value from foreign_records
where entity_kind = 'person' and claim_kind = 'same_as'
union all
select left_node, right_node, 'email', 'email', claim_value from by_email
union all
select left_node, right_node, 'must_link', 'decision', '' from decisions where entity_kind = 'person' and action = 'link'
"""

ACCOUNT_EDGES = f"""
create or replace temp table account_edges as
with {WITH_NODES},
native as (
    select left_node, right_node, 'native_id' as rule, claim_kind, claim_value from foreign_records
    where entity_kind = 'account' and claim_kind = 'same_as'
),
member as (
    select left_node, right_node, 'member_of' as rule, claim_kind, claim_value from foreign_records where claim_kind = 'member_of'
),
linked_people as (
    -- a person's other records that are the same one by native id follow the account of that one
    select left_node, right_node, 'native_id' as rule, claim_kind, claim_value from foreign_records
    where entity_kind = 'person' and claim_kind = 'same_as' and left_node not in (select left_node from member)
),
placed as (
    select left_node as node from member union select left_node from linked_people
    union select left_node from native where left_node not in (select node from records where is_account and not is_person)
),
company_domains as (
    select claimed.node, normal as host, claim_kind, claim_value from claimed
    where entity_kind = 'account' and claim_kind = 'domain' and normal is not null and not no_company
),
placed_people as (
    select distinct cluster from person_cluster where node in (select node from placed)
),
-- an address's domain counts if a company claims it, or if nothing better places the person
address_domains as (
    select claimed.node, host, claim_kind, claim_value
    from claimed left join person_cluster on claimed.node = person_cluster.node
    where claim_kind = 'email' and host is not null and not no_company
    and (claimed.entity_kind = 'account' or not on_account) and claimed.node not in (select node from placed)
    and (
        host in (select host from company_domains)
        or coalesce(person_cluster.cluster, -1) not in (select cluster from placed_people)
    )
),
domains as (
    select * from company_domains union all select * from address_domains
),
by_domain as (
    select first(node order by node) over (partition by host) as left_node, node as right_node, 'domain' as rule, claim_kind, claim_value
    from domains qualify first(node order by node) over (partition by host) <> node
),
with_evidence as (
    select node from placed union select node from domains
    union select node from records where is_account and not is_person
),
member_by_person as (
    select cluster, min(node) filter (where node in (select node from with_evidence)) as anchor, min(node) as smallest
    from person_cluster group by cluster
),
by_person as (
    select coalesce(anchor, smallest) as left_node, person_cluster.node as right_node, 'same_person' as rule, 'email' as claim_kind, '' as claim_value
    from person_cluster inner join member_by_person using (cluster)
    where person_cluster.node not in (select node from with_evidence) and person_cluster.node <> coalesce(anchor, smallest)
)
select * from native union all select * from member union all select * from linked_people
union all select * from by_domain union all select * from by_person
union all
select left_node, right_node, 'must_link', 'decision', '' from decisions where entity_kind = 'account' and action = 'link'
"""


def decided(con: duckdb.DuckDBPyConnection, decisions: Path) -> None:
    """Temp table `decisions`: the stewards' links and unlinks, the last word on a pair winning."""
    file = decisions / "identity.csv"
    columns = [
        f"{side}_{name}" for side in ("left", "right") for name in ("source", "instance", "table", "key")
    ]
    if file.exists():
        source = f"read_csv({literal(str(file))}, header = true, all_varchar = true)"
    else:
        names = ["when", "action", "entity_kind", *columns]
        source = (
            "(select " + ", ".join(f'cast(null as varchar) as "{name}"' for name in names) + " where false)"
        )
    pair = ", ".join(columns)
    on = " and ".join(
        f"{side}_record.{name} = coalesce(said.{side}_{short}, '')"
        for side in ("left", "right")
        for name, short in (
            ("source", "source"),
            ("instance", "instance"),
            ("table_name", "table"),
            ("record_key", "key"),
        )
    )
    con.execute(
        f"""create or replace temp table decisions as
            select said.entity_kind, said.action, left_record.node as left_node, right_record.node as right_node
            from (select entity_kind, {pair}, arg_max(action, "when") as action from {source} group by all) as said
            inner join records as left_record on {on.split(" and right")[0]}
            inner join records as right_record on right{on.split(" and right", 1)[1]}"""
    )


def clusters(con: duckdb.DuckDBPyConnection, kind: str) -> pd.DataFrame:
    """Connected components of a kind's edges, stewards' unlinks kept apart; one row per record of the kind."""
    edges = con.execute(f"select left_node, right_node from {kind}_edges").df()
    apart = con.execute(
        f"select left_node, right_node from decisions where entity_kind = {literal(kind)} and action = 'unlink'"
    ).df()
    size = con.execute("select count(*) from records").fetchall()[0][0]
    labels = components(edges, size)
    for left, right in apart.itertuples(index=False):
        edges = cut(edges, labels, int(left), int(right))
        labels = components(edges, size)
    where = "is_person" if kind == "person" else "true"
    nodes = con.execute(f"select * from records where {where} order by node").df()
    nodes["cluster"] = labels[nodes["node"].to_numpy()]
    nodes["entity_kind"] = kind
    return nodes


def components(edges: pd.DataFrame, size: int) -> np.ndarray:
    left, right = edges["left_node"].to_numpy(dtype=int), edges["right_node"].to_numpy(dtype=int)
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1]  # type: ignore[no-any-return]


def cut(edges: pd.DataFrame, labels: np.ndarray, left: int, right: int) -> pd.DataFrame:
    """Drop the right-hand record's edges until the pair is apart: the steward named it as the stranger."""
    if labels[left] != labels[right]:
        return edges
    return edges[(edges["left_node"] != right) & (edges["right_node"] != right)]


def name_clusters(nodes: pd.DataFrame, known: pd.DataFrame, night: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give each cluster an id that lasts: the one first seen among its records, else a hash of its smallest record.

    A merge keeps the id first seen; after a split it stays with the part that holds the older (then smaller) record.
    """
    record = ["entity_kind", "source", "instance", "table_name", "record_key"]
    nodes = nodes.sort_values([*record]).reset_index(drop=True)
    history = known.sort_values("night").drop_duplicates(record, keep="last")
    age = (
        known.groupby("golden_id")["night"].min().rename("id_since")
        if len(known)
        else pd.Series(dtype=object, name="id_since")
    )
    first = known.groupby(record)["night"].min().rename("record_since") if len(known) else None
    nodes = nodes.merge(
        history[[*record, "golden_id"]].rename(columns={"golden_id": "old_id"}), on=record, how="left"
    )
    nodes = nodes.merge(age, left_on="old_id", right_index=True, how="left")
    nodes = (
        nodes.merge(first, on=record, how="left") if first is not None else nodes.assign(record_since=None)
    )
    nodes["name"] = (
        nodes["source"] + "|" + nodes["instance"] + "|" + nodes["table_name"] + "|" + nodes["record_key"]
    )
    ids: dict[tuple[str, int], str] = {}
    taken: dict[str, tuple[str, int]] = {}
    changes: list[dict[str, object]] = []

    def note(kind: str, change: str, golden: str, other: str | None, why: str) -> None:
        changes.append(
            {
                "night": night,
                "entity_kind": kind,
                "change": change,
                "golden_id": golden,
                "other_id": other,
                "why": why,
            }
        )

    old = nodes.dropna(subset=["old_id"]).sort_values(["record_since", "name"])
    # the part of a split that holds an id's oldest record keeps the id
    keeper = {one.old_id: (one.entity_kind, one.cluster) for one in reversed(list(old.itertuples()))}
    claims: dict[tuple[str, int], list[tuple[object, str]]] = {}
    for one in old.drop_duplicates(["entity_kind", "cluster", "old_id"]).itertuples():
        claims.setdefault((one.entity_kind, one.cluster), []).append((one.id_since, one.old_id))
    for cluster, candidates in claims.items():
        kept = sorted(identity for identity in candidates if keeper[identity[1]] == cluster)
        if kept:
            ids[cluster] = kept[0][1]
            taken[kept[0][1]] = cluster
            for _, gone in kept[1:]:
                note(cluster[0], "merged", kept[0][1], gone, "their records are now linked")
    smallest = nodes.groupby(["entity_kind", "cluster"])["name"].min()
    for cluster, name in smallest.items():
        if cluster in ids:
            continue
        salt = ""
        while True:
            golden = PREFIX[cluster[0]] + hashlib.sha256((name + salt).encode()).hexdigest()[:16]
            if golden not in taken:
                break
            salt += "|split"
        ids[cluster], taken[golden] = golden, cluster
        parent = next((identity for _, identity in claims.get(cluster, [])), None)
        note(
            cluster[0],
            "split" if parent else "created",
            golden,
            parent,
            "evidence fell away" if parent else "first seen",
        )
    nodes["golden_id"] = [ids[key] for key in zip(nodes["entity_kind"], nodes["cluster"], strict=True)]
    nodes["night"] = night
    return nodes, pd.DataFrame(changes, columns=list(CHANGES))


def store(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    night: date,
    named: pd.DataFrame,
    changes: pd.DataFrame,
    write: bool,
) -> None:
    con.execute("create schema if not exists identity")
    con.register("named", named)
    con.register("changed", changes)
    con.execute(
        """create or replace table identity.record_ids as
            with rules as (
                select 'person' as entity_kind, right_node as node, min(rule) as rule from person_edges group by all
                union all select 'account', right_node, min(rule) from account_edges group by all
            )
            select named.entity_kind, source, instance, table_name, record_key, golden_id,
                coalesce(rules.rule, 'own_record') as rule, cast(1 as double) as probability
            from named left join rules on rules.entity_kind = named.entity_kind and rules.node = named.node
            order by named.entity_kind, source, instance, table_name, record_key"""
    )
    con.execute(
        """create or replace table identity.links as
            select kind as entity_kind, left_record.source as left_source, left_record.instance as left_instance,
                left_record.table_name as left_table, left_record.record_key as left_key, right_record.source as right_source,
                right_record.instance as right_instance, right_record.table_name as right_table, right_record.record_key as right_key,
                rule, claim_kind, sha256(claim_value) as claim_value_hash, cast(1 as double) as probability
            from (select 'person' as kind, * from person_edges union all select 'account', * from account_edges) as edges
            inner join records as left_record on left_record.node = edges.left_node
            inner join records as right_record on right_record.node = edges.right_node
            order by all"""
    )
    con.execute("create or replace table identity.review as select * from identity.links where false")
    ids = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in IDS.items())
    cast = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in CHANGES.items())
    known = state_sql(home, "identity_changes", before(night), CHANGES)
    con.execute(f"create or replace table identity.changes as {known} union all select {cast} from changed")
    if write:
        # only what is new is written: an id stands until a later night says otherwise
        news = f"select {ids} from named where old_id is null or old_id <> golden_id order by all"
        write_state(home, "identity_ids", night, con, news)
        write_state(home, "identity_changes", night, con, f"select {cast} from changed order by all")
