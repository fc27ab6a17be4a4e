"""A night that works out only what changed gives what a night worked out from nothing gives, whatever changed."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.identity import forms, memory
from connectors.identity.decisions import DecisionError
from connectors.identity.resolve import resolve
from connectors.identity.settings import IdentitySettings
from tests.benchmarks.identity_scale import simulate
from tests.identity.test_guards import firm, named
from tests.identity.test_resolve import NIGHT, Claim, Company, claims, person

RAW = """
create schema if not exists raw_identity;
create or replace table raw_identity.claims (source varchar, instance varchar, table_name varchar, record_key varchar,
    entity_kind varchar, claim_kind varchar, claim_value varchar, target_source varchar, target_table varchar, first_seen date)
"""
COLUMNS = ["source", "instance", "table_name", "record_key", "entity_kind", "claim_kind", "claim_value", "target_source", "target_table", "first_seen"]  # fmt: skip
TABLES = ("record_ids", "links", "review", "review_weights", "redirects", "changes", "model_weights")
# Caps, blocks and sizes so small that a few records cross them.
SMALL = IdentitySettings(
    claim_caps={"email": 4, "phone": 3, "domain": 5}, cluster_limits={"person": 5, "account": 12},
    large_cluster=3, block_cap=4, block_limit=12, phone_region="DE", agency_domains=frozenset({"agency.com"}),
)  # fmt: skip
LIST = IdentitySettings(holds_duplicates=frozenset({"list"}), block_cap=4)


class Warehouse:
    """One database over several nights, as the night's own is; `forgetful`: a new one each night."""

    def __init__(self, home: Path, forgetful: bool = False) -> None:
        home.mkdir(parents=True)
        self.company, self.forgetful = Company(home), forgetful
        self.con = duckdb.connect()

    def night(
        self, rows: list[Claim], night: date, settings: IdentitySettings
    ) -> dict[str, list[tuple[object, ...]]]:
        """What the tables say after a night that delivers some claims."""
        delivered = pd.DataFrame(
            [(source, "", table, key, *rest, night) for source, table, key, *rest in rows], columns=COLUMNS
        )
        return self.resolved(delivered, night, settings)

    def resolved(
        self, delivered: pd.DataFrame | pa.Table, night: date, settings: IdentitySettings
    ) -> dict[str, list[tuple[object, ...]]]:
        """What the tables say after a night that delivers such rows."""
        if self.forgetful:
            self.con.close()
            self.con = duckdb.connect()
        self.con.execute(RAW)
        self.con.execute("insert into raw_identity.claims from delivered")
        resolve(self.con, self.company.home, night, self.company.home / "decisions", settings)
        return {
            table: self.con.execute(f"select * from identity.{table} order by all").fetchall()
            for table in TABLES
        }


PEOPLE = ["hubspot.contacts", "stripe.customers", "zendesk.users", "list.rows"]
FIRMS = ["hubspot.companies", "salesforce.accounts", "list.firms"]
HOSTS = ["acme.com", "acme.de", "agency.com", "gmail.com", "quill.org"]


@st.composite
def somebody(draw: st.DrawFn) -> list[Claim]:
    record = f"{draw(st.sampled_from(PEOPLE))}:{draw(st.integers(1, 5))}"
    more = {}
    if draw(st.booleans()):
        more["email"] = (
            f"{draw(st.sampled_from(['ann', 'bob', 'info', 'a.n']))}@{draw(st.sampled_from(HOSTS))}"
        )
    if draw(st.booleans()):
        more["phone"] = draw(st.sampled_from(["+49 30 901820", "030 901820", "+49 30 901830"]))
    if draw(st.integers(0, 5)) == 0:
        more["other_email"] = f"ann@{draw(st.sampled_from(HOSTS))}"
    if draw(st.integers(0, 2)) == 0:
        more["member_of"] = f"hubspot.companies:{draw(st.integers(1, 4))}"
    if draw(st.integers(0, 5)) == 0:
        more["same_as"] = f"hubspot.contacts:{draw(st.integers(1, 5))}"
    if draw(st.integers(0, 5)) == 0:
        more["merged_ids"] = str(draw(st.integers(1, 9)))
    first = draw(st.sampled_from(["Ann", "Anne", "Zoë", "Bob", "Robert"]))
    rows = named(record, first, draw(st.sampled_from(["Archer", "Archerr", "Grün", "Doe"])), **more)
    if record.startswith("stripe") and draw(st.booleans()):  # a customer is a company too
        rows += [(*row[:3], "account", *row[4:]) for row in rows if row[4] in ("self", "email")]
    return rows


@st.composite
def some_firm(draw: st.DrawFn) -> list[Claim]:
    record = f"{draw(st.sampled_from(FIRMS))}:{draw(st.integers(1, 4))}"
    more = {}
    if draw(st.booleans()):
        more["domain"] = draw(st.sampled_from(HOSTS))
    if draw(st.booleans()):
        more["city"] = draw(st.sampled_from(["Delft", "Lyon"]))
    return firm(
        record, draw(st.sampled_from(["Quillworks", "Quillworks GmbH", "Quilworks", "Acme Foods"])), **more
    )


def once(records: list[list[Claim]]) -> dict[str, list[Claim]]:
    """Each record once: the last that is said of it."""
    return {":".join(rows[0][:3]): rows for rows in records}


LINES = st.tuples(
    st.sampled_from(["link", "unlink"]), st.integers(1, 3), st.sampled_from(["person", "account"])
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_night_from_what_is_remembered_is_one_from_nothing(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("nights")
    kept, forgetful = Warehouse(home / "kept"), Warehouse(home / "forgetful", forgetful=True)
    draw = data.draw
    delivered = once(draw(st.lists(st.one_of(somebody(), some_firm()), min_size=4, max_size=24)))
    told, night = SMALL, NIGHT
    for _ in range(4):
        if draw(st.integers(0, 4)) == 0:
            told = LIST if told is SMALL else SMALL
        if draw(st.integers(0, 2)) == 0:
            action, number, kind = draw(LINES)
            for company in (kept.company, forgetful.company):
                company.decide(action, f"hubspot.contacts:{number}", f"stripe.customers:{number}", kind)
        rows = [row for one in delivered.values() for row in one]
        mine = kept.night(rows, night, told)
        theirs = forgetful.night(rows[::-1], night, told)
        for table in TABLES:
            assert mine[table] == theirs[table], table
        for key in draw(st.lists(st.sampled_from(sorted(delivered)), max_size=4)) if delivered else []:
            delivered.pop(key, None)
        delivered |= once(draw(st.lists(st.one_of(somebody(), some_firm()), max_size=5)))
        night += timedelta(days=draw(st.sampled_from([1, 1, 1, 0])))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The spellings that Python was asked for."""
    known: list[str] = []
    real = forms.normal_form

    def listening(kind: str, value: str, region: str | None) -> str | None:
        known.append(value)
        return real(kind, value, region)

    monkeypatch.setattr(forms, "normal_form", listening)
    return known


HEADER = "who,when,why,action,entity_kind,left_source,left_instance,left_table,left_key,right_source,right_instance,right_table,right_key\n"
ZOE = claims("hubspot.contacts:1", "person", first_name="Zoë", last_name="Grün")
EVE = claims("stripe.customers:2", "person", first_name="Ève", last_name="Straße")


def test_only_records_that_say_something_new_are_read_again(tmp_path: Path, asked: list[str]) -> None:
    warehouse = Warehouse(tmp_path / "home")
    told = []
    for day, rows in enumerate((ZOE, ZOE + EVE, EVE, ZOE)):
        asked.clear()
        warehouse.night(rows, NIGHT + timedelta(days=day), SMALL)
        told.append(sorted(asked))
    assert told == [["Grün", "Zoë"], ["Straße", "Ève"], [], ["Grün", "Zoë"]]


@pytest.mark.parametrize("change", ["settings", "code", "a night that broke off"])
def test_a_memory_of_other_settings_code_or_half_a_night_is_not_believed(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    warehouse = Warehouse(tmp_path / "home")
    warehouse.night(ZOE, NIGHT, SMALL)
    asked.clear()
    if change == "code":
        monkeypatch.setattr(memory, "code", lambda: "another")
    if change == "a night that broke off":
        (tmp_path / "home" / "decisions").mkdir()
        (tmp_path / "home" / "decisions" / "identity.csv").write_text(
            HEADER + "me,,seen,maybe,person,hubspot,,contacts,1,stripe,,customers,2\n"
        )
        with pytest.raises(DecisionError, match="maybe"):
            warehouse.night(ZOE, NIGHT, SMALL)
        (tmp_path / "home" / "decisions" / "identity.csv").unlink()
        asked.clear()
    warehouse.night(ZOE, NIGHT, LIST if change == "settings" else SMALL)
    assert sorted(asked) == ["Grün", "Zoë"]


def test_a_record_that_comes_back_takes_its_older_id_from_a_cluster_that_did_not_change(
    tmp_path: Path,
) -> None:
    """The id goes with the record first seen, though all that is left of its cluster is as it was last night."""
    kept, forgetful = Warehouse(tmp_path / "kept"), Warehouse(tmp_path / "forgetful", forgetful=True)
    first, second = person("hubspot.contacts:1", "ann@acme.com"), person("stripe.customers:2", "ann@acme.com")
    moved = person("hubspot.contacts:1", "ann@quill.org")
    for day, rows in enumerate((first, first + second, second, second + moved)):
        night = NIGHT + timedelta(days=day)
        mine, theirs = kept.night(rows, night, SMALL), forgetful.night(rows, night, SMALL)
        assert mine == theirs
    ids = {(row[0], row[1]): row[5] for row in mine["record_ids"]}
    created = [row for row in mine["changes"] if row[0] == NIGHT and row[1] == "person"]
    assert ids["person", "hubspot"] == created[0][3] != ids["person", "stripe"]


def test_a_pair_is_judged_again_when_a_field_changes_under_which_nothing_is_looked_up(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "home")
    theirs = firm("salesforce.accounts:2", "Quillworks Inc", city="Delft")
    found = []
    for day, city in enumerate(("Lyon", "Delft", "Lyon")):
        ours = firm("hubspot.companies:1", "Quillworks", city=city)
        told = warehouse.night(ours + theirs, NIGHT + timedelta(days=day), IdentitySettings())
        found.append([row[-1] for row in told["links"]])
    assert found[0] == found[2] and found[0] < found[1]


# What happens to some records of a company of thousands: they go, come, and say something else.
HAPPENINGS = [
    "delete from raw_identity.claims where hash(record_key, {night}) % 200 = 0",
    "update raw_identity.claims set claim_value = replace(claim_value, '@', 'x@') where claim_kind = 'email' and hash(record_key, {night}) % 200 = 1",
    "update raw_identity.claims set claim_value = '+12015550199' where claim_kind = 'phone' and hash(record_key, {night}) % 300 = 2",
    "update raw_identity.claims set claim_value = 'Smith' where claim_kind = 'last_name' and hash(record_key, {night}) % 200 = 3",
    "update raw_identity.claims set claim_value = 'company7.com' where claim_kind = 'domain' and hash(record_key, {night}) % 100 = 4",
    "update raw_identity.claims set claim_value = 'company-9' where claim_kind = 'member_of' and hash(record_key, {night}) % 200 = 5",
    "update raw_identity.claims set claim_value = 'bean software 7' where claim_kind = 'name' and entity_kind = 'account' and hash(record_key, {night}) % 50 = 6",
    "delete from raw_identity.claims where claim_kind = 'phone' and hash(record_key, {night}) % 100 = 7",
    "insert into raw_identity.claims select 'intercom', instance, table_name, record_key, entity_kind, claim_kind, claim_value, target_source, target_table, first_seen "
    "from raw_identity.claims where source = 'encharge' and hash(record_key, {night}) % 100 = 8",
]


def test_nights_of_thousands_work_out_a_small_part_and_give_what_nights_from_nothing_give(
    tmp_path: Path,
) -> None:
    kept, forgetful = Warehouse(tmp_path / "kept"), Warehouse(tmp_path / "forgetful", forgetful=True)
    with duckdb.connect() as world:
        simulate(world, 3000)
        for day in range(3):
            night = NIGHT + timedelta(days=day)
            one, other = (
                world.execute(
                    f"from raw_identity.claims order by hash(record_key, claim_kind) {way}"
                ).to_arrow_table()
                for way in ("asc", "desc")
            )
            mine = kept.resolved(one, night, IdentitySettings())
            theirs = forgetful.resolved(other, night, IdentitySettings())
            for table in TABLES:
                assert mine[table] == theirs[table], (day, table)
            for happening in HAPPENINGS:
                world.execute(happening.format(night=day))
    people, looked_at = kept.con.execute(
        "select (select count(*) from identity_memory.person_told), (select count(*) from person_region)"
    ).fetchall()[0]
    assert 0 < looked_at < people / 4
