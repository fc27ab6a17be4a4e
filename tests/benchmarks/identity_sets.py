"""The labelled sets that identity is measured on. Each fills raw_identity.claims and `truth` (kind, node key, true id)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from connectors.identity.settings import IdentitySettings
from connectors.identity.train import write_claims

NIGHT = date(2026, 6, 30)
LABELLED = Path(__file__).parents[3] / "shared" / "exports" / "entity_resolution"
TOOLS = IdentitySettings()
LIST = IdentitySettings(holds_duplicates=frozenset({"list"}))


@dataclass(frozen=True)
class Labelled:
    """A set, the kind of entity that it labels, and what identity may know of it. `where` leaves only some labels."""

    name: str
    kind: str
    settings: IdentitySettings = TOOLS
    folder: str = ""
    label: str = ""
    where: str = "true"

    def path(self) -> Path:
        return LABELLED / self.folder


# The models were trained on the entities with an even label.
TRAINED_ON, HELD_OUT = "true_id::bigint % 2 = 0", "true_id::bigint % 2 = 1"
FAKE = (
    "select unique_id as record_key, cluster as true_id from read_csv('{}/fake_1000.csv', all_varchar = true)"
)
PATENTS = "select person_id as record_key, leuven_id as true_id from read_csv('{}/patstat_reference.csv', all_varchar = true)"
SETS = [
    Labelled("demo company: people", "person"),
    Labelled("demo company: accounts", "account"),
    Labelled("fake_1000, whole", "person", LIST, "splink_fake_1000", FAKE),
    Labelled("fake_1000, held-out half", "person", LIST, "splink_fake_1000", FAKE, HELD_OUT),
    Labelled("patent applicants, whole", "account", LIST, "patent_applicant_companies", PATENTS),
    Labelled("patent applicants, held-out half", "account", LIST, "patent_applicant_companies", PATENTS, HELD_OUT),
]  # fmt: skip


@contextmanager
def demo_home(accounts: int) -> Iterator[Path]:
    """A folder with the demo company's exports of one night, loaded, and its truth."""
    from connectors.lake import load_night
    from connectors.simulator.demo import write_demo
    from connectors.spec import load_specs

    with TemporaryDirectory() as folder:
        home = Path(folder)
        write_demo(home, accounts=accounts, nights=1, last_night=NIGHT)
        load_night(home, home / "exports", load_specs(), NIGHT, NIGHT)
        yield home


def fill(con: duckdb.DuckDBPyConnection, one: Labelled, home: Path | None) -> None:
    """raw_identity.claims and the temp table `truth` of a set; of a half, the records of that half alone."""
    if home is not None:
        from connectors.spec import load_specs
        from connectors.views import create_raw_views

        con.execute("set TimeZone = 'UTC'")
        create_raw_views(con, home, load_specs(), NIGHT)
        table = "people" if one.kind == "person" else "accounts"
        con.execute(
            f"""create temp table truth as select true_id, concat_ws('|', source, coalesce(instance, ''), table_name, record_key) as record
                from read_csv('{home}/truth/{table}.csv', all_varchar = true)"""
        )
        return
    write_claims(con, one.kind, LABELLED)
    con.execute(
        f"create temp table labels as select * from ({one.label.format(one.path())}) where {one.where}"
    )
    con.execute("delete from raw_identity.claims where record_key not in (select record_key from labels)")
    con.execute(
        "create temp table truth as select true_id, concat_ws('|', 'list', '', 'rows', record_key) as record from labels"
    )


# One row per record, as somebody would hand it to a matcher: what the tools say, in lower case.
FLAT = """
create or replace temp table flat as
with said as (
    select concat_ws('|', source, instance, table_name, record_key) as record, claim_kind, min(lower(trim(claim_value))) as said
    from raw_identity.claims where entity_kind = '{kind}' or claim_kind = 'email' group by all
),
wide as (
    select record, {columns} from said group by record
)
select row_number() over (order by record) as unique_id, wide.* from wide
"""
# The host of the domain or else of the address; a free-mail host is none, or all its users would be one company.
HOST = """
alter table flat add column host varchar;
update flat set host = regexp_replace(regexp_replace(coalesce(domain, split_part(email, '@', 2)), '^[a-z]+://', ''), '^www[.]|/.*$', '', 'g');
update flat set host = null where host in ('', 'gmail.com', 'googlemail.com', 'yahoo.com', 'hotmail.com', 'outlook.com')
"""
KINDS = (
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "birth_date",
    "domain",
    "city",
    "country",
    "address",
)


def flatten(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Temp table `flat` for the two contenders that know nothing of claims."""
    columns = ", ".join(f"max(said) filter (where claim_kind = '{name}') as {name}" for name in KINDS)
    con.execute(FLAT.format(kind=kind, columns=columns))
    con.execute(HOST)
