"""A forgotten person: out of the lake, the archive and the state, kept out of later deliveries, and still counted."""

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.erase import Erased, erase
from connectors.forget import Forgotten, address_hash, mentions, read_forgotten
from connectors.lake import TableLoad, load_night
from connectors.manifest import read_manifest
from connectors.spec import Source, load_specs
from connectors.state import write_state
from connectors.views import create_raw_views

SPEC = """
source: shop
owner: finance
tables:
  contacts:
    files: ["contacts*"]
    grain: one row per contact
    key: [contact_id]
    delivery: snapshot
    columns:
      contact_id: {type: text, from: ["Id"], required: true}
      email: {type: email, from: ["Email"]}
      first_name: {type: text, from: ["First"]}
      others: {type: text, from: ["Others"]}
    identifies:
      person: {email: email, other_email: others}
  customers:
    files: ["customers*"]
    grain: one row per customer
    key: [customer_id]
    delivery: snapshot
    columns:
      customer_id: {type: text, from: ["Id"], required: true}
      company: {type: text, from: ["Company"]}
      email: {type: email, from: ["Email"]}
      phone: {type: phone, from: ["Phone"]}
    identifies:
      person: {email: email}
      account: {name: company, email: email}
  invoices:
    files: ["invoices*"]
    grain: one row per invoice
    key: [invoice_id]
    delivery: snapshot
    columns:
      invoice_id: {type: text, from: ["Id"], required: true}
      note: {type: text, from: ["Note"]}
      amount: {type: money, from: ["Amount"]}
"""
FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)
CONTACTS = "Id,Email,First,Shoe\n1,Ada+news@Acme.example,Ada,38\n2,ben@acme.example,Ben,44\n3,ada@acme.example,Augusta,\n,x,ada@acme.example,y\n"
CUSTOMERS = (
    "Id,Company,Email,Phone\nc1,Acme,ada@acme.example,+49 30 1\nc2,Other,cleo@other.example,+49 30 2\n"
)
INVOICES = "Id,Note,Amount\ni1,sent to <ada@acme.example> by post,10\ni2,sent to ada@acme.example.org,20\n"


class Shop:
    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        (root / "specs").mkdir()
        (root / "specs" / "shop.yaml").write_text(SPEC, encoding="utf-8")
        self.specs: dict[str, Source] = load_specs(root / "specs")

    def deliver(self, night: date, contacts: str = CONTACTS, customers: str = CUSTOMERS) -> list[TableLoad]:
        folder = self.home / "exports" / "shop" / night.isoformat()
        folder.mkdir(parents=True)
        for name, text in (("contacts", contacts), ("customers", customers), ("invoices", INVOICES)):
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        loads = load_night(self.home, self.home / "exports", self.specs, night, night)
        self.query("select 1")  # writes the change parts
        return loads

    def decide(self, *emails: str, records: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> None:
        file = self.home / "company" / "decisions" / "forgotten.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as con:
            hashes = [("email", address_hash(con, one)) for one in emails]
            hashes += [("record", con.execute("select sha256(?)", [one]).fetchall()[0][0]) for one in records]
            hashes += [
                ("record_name", con.execute("select sha256(?)", [one]).fetchall()[0][0]) for one in named
            ]
        with file.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.writer(opened)
            writer.writerow(["who", "when", "person", "kind", "hash", "why"])
            writer.writerows(["me", "2026-06-03T00:00:00Z", "p", kind, one, "asked"] for kind, one in hashes)

    def erase(self, dry_run: bool = False) -> Erased:
        return erase(self.home, self.specs, read_forgotten(self.home), dry_run)

    def query(self, sql: str, as_of: date = date(2026, 12, 31)) -> list[tuple[object, ...]]:
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            create_raw_views(con, self.home, self.specs, as_of)
            return con.execute(sql).fetchall()

    def whole(self) -> str:
        """Everything that is kept, exports left out, as one text: Parquet by its values, all else by its bytes."""
        texts = []
        for path in sorted(self.home.rglob("*")):
            if path.suffix == ".parquet":
                with duckdb.connect() as con:
                    texts += [
                        str(row) for row in con.execute(f"select * from read_parquet('{path}')").fetchall()
                    ]
            elif path.is_file() and not path.is_relative_to(self.home / "exports"):
                texts.append(path.read_bytes().decode("utf-8", "replace"))
        return "\n".join(texts).lower()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def accounted(shop: Shop) -> list[tuple[str, int, int, int, int]]:
    entries = read_manifest(shop.home, date.max)
    assert [one.file for one in entries if one.accounted != one.rows_physical] == []
    return [
        (one.table_name, one.rows_physical, one.rows_loaded, one.rows_quarantined, one.rows_forgotten)
        for one in entries
    ]


def test_what_is_kept_holds_nothing_of_the_person_after_erasing(shop: Shop) -> None:
    shop.deliver(FIRST)
    with duckdb.connect() as con:
        write_state(
            shop.home, "issue_events", FIRST, con,
            "select 'shop' as source, '' as instance, 'contacts' as table_name, '1' as record_key, 'email' as field, 'Ada Byron' as observed",
        )  # fmt: skip
        write_state(
            shop.home, "identity_ids", FIRST, con,
            "select * from (values ('person', 'shop', '', 'contacts', '1', 'per_1'), ('person', 'shop', '', 'contacts', '2', 'per_2'), "
            "('account', 'shop', '', 'contacts', '1', 'acc_1'), ('person', 'shop', '', 'customers', 'c1', 'per_1'), "
            "('account', 'shop', '', 'customers', 'c1', 'acc_1')) as ids (entity_kind, source, instance, table_name, record_key, golden_id)",
        )  # fmt: skip
    assert "ada@acme.example" in shop.whole()
    shop.decide("ADA@acme.example", records=("shop||contacts|1", "shop||customers|c1"))

    shop.erase()

    left = shop.whole().replace("ada@acme.example.org", "")
    assert "ada" not in left.replace("sha256", "") and "augusta" not in left
    assert shop.query("select contact_id, first_name from raw_shop.contacts") == [("2", "Ben")]
    assert shop.query("select customer_id, company, email, phone from raw_shop.customers order by 1") == [
        ("c1", "Acme", None, None), ("c2", "Other", "cleo@other.example", "+49 30 2"),
    ]  # fmt: skip
    assert shop.query("select invoice_id, note, amount from raw_shop.invoices order by 1") == [
        ("i1", None, "10"), ("i2", "sent to ada@acme.example.org", "20"),
    ]  # fmt: skip
    assert shop.query("select raw from ops.quarantine") == [("[forgotten]",)]
    assert shop.query("select contact_id from history_shop.contacts") == [("2",)]
    with duckdb.connect() as con:
        ids = con.execute(
            f"select record_key, golden_id from read_parquet('{shop.home}/state/identity_ids/*.parquet') order by all"
        ).fetchall()
    # the customer stays, as a company, and so does its account's id
    assert ids == [("2", "per_2"), ("c1", "acc_1")]


def test_forgotten_rows_are_counted_and_every_record_stays_accounted_for(shop: Shop) -> None:
    shop.deliver(FIRST)
    assert accounted(shop)[0] == ("contacts", 4, 3, 1, 0)
    shop.decide("ada@acme.example")

    shop.erase()

    assert accounted(shop) == [("contacts", 4, 1, 1, 2), ("customers", 2, 2, 0, 0), ("invoices", 2, 2, 0, 0)]
    assert shop.query("select table_name, rows_forgotten from ops.exports where rows_forgotten > 0") == [
        ("contacts", 2)
    ]


def test_a_person_who_is_delivered_again_is_dropped_again_and_her_file_not_archived(shop: Shop) -> None:
    shop.deliver(FIRST)
    shop.decide("ada@acme.example", records=("shop||contacts|3",))
    shop.erase()

    # contact 3 comes back under an address that nobody knew
    again = CONTACTS.replace("3,ada@acme.example", "3,countess@home.example")
    loads = shop.deliver(SECOND, again)

    assert [load.state for load in loads] == ["accepted"] * 3
    assert accounted(shop)[3] == ("contacts", 4, 1, 1, 2)
    assert shop.query("select contact_id from raw_shop.contacts") == [("2",)]
    assert shop.query("select _change from history_shop.contacts") == [("inserted",)]
    left = shop.whole().replace("ada@acme.example.org", "")
    assert "ada@acme" not in left and "countess" not in left
    assert sorted(path.suffix for path in (shop.home / "archive").glob("*/*")) == [".forgotten"] * 4


def test_a_company_keeps_its_name_but_a_sole_traders_is_hers(shop: Shop) -> None:
    listed = "Id,Company,Email,Phone\nc1,Acme,ada@acme.example,1\nc2,Ada Byron,ada@gmail.com,2\nc3,Byron Works,books@byron.example,3\n"
    shop.deliver(FIRST, customers=listed)
    shop.decide(
        "ada@acme.example", "ada@gmail.com", records=("shop||customers|c3",), named=("shop||customers|c3",)
    )

    shop.erase()

    assert shop.query("select customer_id, company, email, phone from raw_shop.customers order by 1") == [
        ("c1", "Acme", None, None), ("c2", None, None, None), ("c3", None, None, None),
    ]  # fmt: skip
    assert not shop.erase()


def test_erasing_again_changes_nothing_and_a_cut_between_part_and_manifest_is_mended(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.deliver(FIRST)
    shop.decide("ada@acme.example")
    with monkeypatch.context() as cut:
        cut.setattr("connectors.erase.recount", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            shop.erase()

    assert not shop.erase()
    assert accounted(shop)[0] == ("contacts", 4, 1, 1, 2)
    before = shop.whole()
    assert not shop.erase()
    assert shop.whole() == before


def test_a_dry_run_counts_and_changes_nothing(shop: Shop) -> None:
    shop.deliver(FIRST)
    shop.decide("ada@acme.example")
    before = shop.whole()

    told = shop.erase(dry_run=True)

    assert shop.whole() == before
    assert (told.rows["shop.contacts"], told.rows["shop.contacts (history)"]) == (2, 2)
    assert (
        told.cells["shop.customers"],
        told.cells["shop.invoices"],
        told.cells["shop.contacts (quarantine)"],
    ) == (1, 1, 1)
    assert len(told.files) == 3
    assert len(told.exports) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada+x@ACME.example", True),
        ("to: <ada@acme.example>, urgent", True),
        ("xada@acme.example", False),
        ("ada@acme.example.org", False),
        ("a.d.a@gmail.com and others", True),
        ("ada@googlemail.com", True),
        ("ada at acme.example", False),
        ("write to ada@почта.рф, please", True),
        ("ada@xn--80a1acny.xn--p1ai", True),
    ],
)
def test_which_texts_name_a_person(text: str, found: bool) -> None:
    with duckdb.connect() as con:
        hashes = frozenset(
            address_hash(con, one)
            for one in ("ada@acme.example", "Ada@gmail.com", "ada@почта.рф", "ada@xn--80a1acny.xn--p1ai")
        )
        assert con.execute(f"select {mentions('$text', Forgotten(hashes))}", {"text": text}).fetchall() == [
            (found,)
        ]


def test_a_person_is_known_by_any_of_her_addresses(shop: Shop) -> None:
    shop.deliver(
        FIRST,
        "Id,Email,First,Others\n1,count@home.example,Ada,a@x.example;ada@acme.example\n2,b@x.example,Ben,\n",
    )
    shop.decide("ada@acme.example")

    shop.erase()

    assert shop.query("select contact_id, first_name from raw_shop.contacts") == [("2", "Ben")]


def test_forms_that_an_earlier_version_remembered_go_and_stay_in_a_dry_run(shop: Shop) -> None:
    shop.decide("ada@acme.example")
    remembered = shop.home / "identity_memory" / "forms-of-a-version.parquet"
    remembered.parent.mkdir()
    remembered.write_bytes(b"+49301")

    shop.erase(dry_run=True)
    assert remembered.exists()
    shop.erase()
    assert not remembered.parent.exists()
