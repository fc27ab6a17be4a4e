"""Simulated records in large numbers: what identity costs beside plain Splink, and what a night with 1 % new ones costs.

The records are skewed as in life: one free-mail domain holds a tenth of the people, one name is shared by four in a
thousand, some companies have very many people. Every run is a process of its own, so that memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tests.benchmarks.identity_score import score

# Names of two or three syllables, the frequent ones far more often than the rare ones.
SYLLABLES = "['an','be','cor','da','el','fi','gar','ho','in','jo','ka','lo','mar','ni','or','pe','ri','sa','to','ul','ve','wi','ya','zo','mi','ra','len','dor','tes','bru']"
PEOPLE = """
create temp table people as
with drawn as (
    select p, hash(p * 7 + 1) / 18446744073709551615.0 as u, hash(p * 7 + 2) / 18446744073709551615.0 as v, hash(p * 7 + 3) / 18446744073709551615.0 as w, hash(p * 7 + 4) as h
    from range({people}) as numbers (p)
),
indexed as (
    select *, cast(floor(900 * u * u * u) as integer) as given_index, cast(floor(27000 * v * v) as integer) as family_index,
        cast(floor({companies} * w * w) as integer) as company, h % 250 = 0 as is_smith, h // 250 % 10 = 0 as is_free from drawn
),
named as (
    select *, case when is_smith then 'john' else {syllables}[given_index % 30 + 1] || {syllables}[given_index // 30 + 1] end as given,
        case when is_smith then 'smith' else {syllables}[family_index % 30 + 1] || {syllables}[family_index // 30 % 30 + 1] || {syllables}[family_index // 900 + 1] end as family
    from indexed
)
select p, given, family, company, h, is_free, given || '.' || family || case when is_free then '.' || p else cast(p % 13 as varchar) end || '@' || case when is_free then 'gmail.com' else 'company' || company || '.com' end as email,
    '+1' || (201 + h % 700) || (200 + p % 800) || lpad(cast(h // 1000 % 10000 as varchar), 4, '0') as phone
from named
"""
# The tools, the share of people that each knows, and what it exports.
TOOLS = [("hubspot", "contacts", 70), ("encharge", "people", 50), ("calendly", "invitees", 30), ("stripe", "customers", 22), ("zendesk", "users", 20)]  # fmt: skip
PEOPLE_RECORDS = """
create temp table people_records as
select '{source}' as source, '' as instance, '{table}' as table_name, '{source}-' || p as record_key, p, company, is_free,
    case when d % 12 = 0 then null when d % 10 = 1 then upper(email) when d % 20 = 2 then replace(email, '@', '+news@') else email end as email,
    case when d // 16 % 3 = 0 then phone end as phone,
    -- one in thirty names is mistyped
    case when d // 64 % 30 = 0 then given[1] || given[3:] else given end as first_name, family as last_name, d
from (select *, hash(p * 31 + {number}) as d from people) where d // 4096 % 100 < {share}
"""
CLAIMS = """
insert into raw_identity.claims
select source, instance, table_name, record_key, 'person', 'self', record_key, '', '', date '2026-06-01' from people_records
union all select source, instance, table_name, record_key, 'person', 'email', email, '', '', date '2026-06-01' from people_records where email is not null
union all select source, instance, table_name, record_key, 'person', 'phone', phone, '', '', date '2026-06-01' from people_records where phone is not null
union all select source, instance, table_name, record_key, 'person', 'first_name', first_name, '', '', date '2026-06-01' from people_records where source not in ('calendly', 'zendesk')
union all select source, instance, table_name, record_key, 'person', 'last_name', last_name, '', '', date '2026-06-01' from people_records where source not in ('calendly', 'zendesk')
union all select source, instance, table_name, record_key, 'person', 'name', first_name || ' ' || last_name, '', '', date '2026-06-01' from people_records where source in ('calendly', 'zendesk')
union all select source, instance, table_name, record_key, 'person', 'member_of', 'company-' || company, 'hubspot', 'companies', date '2026-06-01' from people_records where source = 'hubspot' and not is_free
"""
COMPANY_CLAIMS = """
insert into raw_identity.claims
with companies as (select c, {syllables}[c % 30 + 1] || {syllables}[c // 30 % 30 + 1] || {syllables}[c // 900 % 30 + 1] || ' ' || ['software', 'foods', 'labs', 'media'][c % 4 + 1] || ' ' || c % 77 as name from range({companies}) as numbers (c)),
billed as (select * from companies where c % 3 = 0)
select 'hubspot', '', 'companies', 'company-' || c, 'account', 'self', 'company-' || c, '', '', date '2026-06-01' from companies
union all select 'hubspot', '', 'companies', 'company-' || c, 'account', 'name', name, '', '', date '2026-06-01' from companies
union all select 'hubspot', '', 'companies', 'company-' || c, 'account', 'domain', 'https://www.company' || c || '.com', '', '', date '2026-06-01' from companies where c % 9 > 0
union all select 'chargebee', '', 'customers', 'cb-' || c, 'account', 'self', 'cb-' || c, '', '', date '2026-06-01' from billed
union all select 'chargebee', '', 'customers', 'cb-' || c, 'account', 'name', upper(name) || ' GmbH', '', '', date '2026-06-01' from billed
union all select 'chargebee', '', 'customers', 'cb-' || c, 'account', 'email', 'billing@company' || c || '.com', '', '', date '2026-06-01' from billed where c % 5 > 0
"""
EMPTY = """
create table raw_identity.claims (source varchar, instance varchar, table_name varchar, record_key varchar, entity_kind varchar,
    claim_kind varchar, claim_value varchar, target_source varchar, target_table varchar, first_seen date)
"""


def simulate(con: duckdb.DuckDBPyConnection, records: int) -> None:
    """About so many records as raw_identity.claims; `truth` says whose the people's records are."""
    companies = records // 10
    con.execute("create schema if not exists raw_identity")
    con.execute(EMPTY)
    con.execute(PEOPLE.format(people=int(records * 0.87 / 1.92), companies=companies, syllables=SYLLABLES))
    con.execute("create temp table truth (true_id bigint, record varchar)")
    for number, (source, table, share) in enumerate(TOOLS):
        con.execute(PEOPLE_RECORDS.format(source=source, table=table, share=share, number=number))
        con.execute(CLAIMS)
        con.execute(
            "insert into truth select p, concat_ws('|', source, instance, table_name, record_key) from people_records"
        )
        con.execute("drop table people_records")
    con.execute(COMPANY_CLAIMS.format(companies=companies, syllables=SYLLABLES))


def ours(path: Path, home: Path, night: date) -> dict[str, float]:
    """Seconds and memory of the night's own step."""
    from connectors.identity.resolve import resolve

    with duckdb.connect(str(path)) as con:
        started, busy = time.perf_counter(), time.process_time()
        resolve(con, home, night, home / "decisions")
        return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy}


def plain(path: Path) -> dict[str, float]:
    """Seconds and memory of Splink's own predict and cluster on the same people and companies, as they are delivered."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink import comparison_library as cl

    from tests.benchmarks.identity_sets import flatten

    with duckdb.connect(str(path)) as con:
        seconds = cpu = 0.0
        for kind in ("person", "account"):
            flatten(con, kind)
            rows = (
                "select unique_id, coalesce(first_name, split_part(name, ' ', 1)) as first_name, coalesce(last_name, split_part(name, ' ', -1)) as surname, email, phone from flat"
                if kind == "person"
                else "select unique_id, name, host from flat where name is not null or host is not null"
            )
            con.execute(f"create or replace temp table splink_rows as {rows}")
            comparisons: list[Any] = (
                [
                    cl.NameComparison("first_name"),
                    cl.NameComparison("surname"),
                    cl.EmailComparison("email"),
                    cl.ExactMatch("phone"),
                ]
                if kind == "person"
                else [cl.NameComparison("name"), cl.ExactMatch("host")]
            )
            blocks = [("email",), ("phone",), ("first_name", "surname")] if kind == "person" else [("name",)]
            settings = SettingsCreator(
                link_type="dedupe_only",
                comparisons=comparisons,
                blocking_rules_to_generate_predictions=[block_on(*rule) for rule in blocks],
                probability_two_random_records_match=1e-6,
            )
            linker = Linker(DuckDBAPI(connection=con).register("splink_rows"), settings, log_level="ERROR")
            linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
            started, busy = time.perf_counter(), time.process_time()
            pairs = linker.inference.predict(threshold_match_probability=0.95)
            linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95)
            seconds, cpu = seconds + time.perf_counter() - started, cpu + time.process_time() - busy
        return {"seconds": seconds, "cpu": cpu}


def alone(what: str, *arguments: str) -> dict[str, float]:
    """One measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.identity_scale", what, *arguments],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_sizes(sizes: list[int]) -> None:
    """One line for each size."""
    for size in sizes:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "records.duckdb"
            with duckdb.connect(str(path)) as con:
                simulate(con, size)
                con.execute("create table labels as select * from truth")
                count = con.execute(
                    "select count(*) from raw_identity.claims where claim_kind = 'self'"
                ).fetchall()[0][0]
            splink = alone("plain", str(path))
            full = alone("ours", str(path), folder, "2026-06-01")
            with duckdb.connect(str(path)) as con:
                con.execute("create temp table truth as select * from labels")
                con.execute(
                    "create temp table answer as select concat_ws('|', source, instance, table_name, record_key) as record, golden_id as cluster from identity.record_ids where entity_kind = 'person'"
                )
                got = score(con)
                grow(con, size)
            more = alone("ours", str(path), folder, "2026-06-02")
            print(
                f"{count:>9} records: plain Splink {splink['seconds']:.1f} s ({splink['gib']:.1f} GiB); ours, everything {full['seconds']:.1f} s"
                f" = {full['seconds'] / splink['seconds']:.1f} times, of the processors' time {full['cpu'] / splink['cpu']:.1f} times ({full['gib']:.1f} GiB); 1 % new {more['seconds']:.1f} s = {more['seconds'] / full['seconds']:.2f}, of the processors' time {more['cpu'] / full['cpu']:.2f} ({more['cpu']:.1f} of {full['cpu']:.1f} s);"
                f" people: precision {got.precision:.4f} recall {got.recall:.4f}",
                flush=True,
            )


def grow(con: duckdb.DuckDBPyConnection, size: int) -> None:
    """One record in a hundred more: people of a tool that was not there before."""
    con.execute(PEOPLE.format(people=int(size * 0.87 / 1.92), companies=size // 10, syllables=SYLLABLES))
    con.execute(PEOPLE_RECORDS.format(source="intercom", table="contacts", share=2, number=99))
    con.execute(CLAIMS)


def main() -> None:
    what, path, *rest = sys.argv[1:]
    found = (
        plain(Path(path)) if what == "plain" else ours(Path(path), Path(rest[0]), date.fromisoformat(rest[1]))
    )
    found["gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps(found))


if __name__ == "__main__":
    main()
