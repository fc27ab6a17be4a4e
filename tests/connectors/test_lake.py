"""Deliveries into the lake, through real files and real tables."""

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.errors import SpecError
from connectors.lake import TableLoad, load_night, plan_nights
from connectors.spec import Source, load_specs
from connectors.views import create_raw_views

SPEC = """
source: shop
owner: finance
tables:
  orders:
    files: ["orders*"]
    grain: one row per order
    key: [order_id]
    delivery: snapshot
    columns:
      order_id: {type: text, from: ["Order ID", id], required: true}
      amount: {type: money, from: ["Amount", {header: amount_cents, unit: minor}], currency: currency}
      currency: {type: currency, from: ["Currency", currency]}
      ordered_at: {type: timestamp, from: ["Ordered"]}
    identifies:
      person: {}
"""
NIGHT = date(2026, 6, 1)


class Shop:
    """A home with one source, `shop.orders`, whose exports a test writes."""

    def __init__(self, root: Path, spec: str = SPEC) -> None:
        self.home = root / "home"
        (root / "specs").mkdir()
        (root / "specs" / "shop.yaml").write_text(spec, encoding="utf-8")
        self.specs: dict[str, Source] = load_specs(root / "specs")

    def write(self, name: str, content: str | bytes, night: date = NIGHT, source: str = "shop") -> Path:
        path = self.home / "exports" / source / night.isoformat() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, night: date = NIGHT) -> TableLoad:
        return self.load_all(night)[0]

    def load_all(self, night: date = NIGHT) -> list[TableLoad]:
        return load_night(self.home, self.home / "exports", self.specs, night, NIGHT)

    def query(self, sql: str, as_of: date = date(2026, 12, 31)) -> list[tuple[object, ...]]:
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            create_raw_views(con, self.home, self.specs, as_of)
            return con.execute(sql).fetchall()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def counts(load: TableLoad) -> tuple[int, ...]:
    return tuple(
        load.total(f"rows_{kind}") for kind in ("physical", "loaded", "quarantined", "skipped", "collapsed")
    )


def test_every_record_of_a_dirty_csv_is_accounted_for(shop: Shop) -> None:
    shop.write(
        "orders.csv",
        'Order report\n"June 1, 2026"\nOrder ID,Amount,Currency,Colour\n1,"1,234.50",EUR,red\n2,5.00,EUR,\n2,5.00,EUR,\n'
        "3,7.00\nOrder ID,Amount,Currency,Colour\n,9.00,EUR,\nTotal,1246.50,EUR,\n",
    )

    load = shop.load()

    # 2 lines before the header; 8 after it: orders 1, 2, 2 again, a ragged one, the header again, one without key, a total
    assert counts(load) == (9, 2, 2, 4, 1)
    assert shop.query("select order_id, amount, currency from raw_shop.orders order by 1") == [
        ("1", "1234.5", "EUR"),
        ("2", "5", "EUR"),
    ]
    assert shop.query("select _extra['Colour'] from raw_shop.orders where order_id = '1'") == [("red",)]
    assert shop.query("select count(*) from ops.quarantine") == [(2,)]


def test_the_same_rows_come_from_csv_json_lines_gzip_and_zip(tmp_path: Path) -> None:
    csv = "Order ID,Amount,Currency\n1,19.00,USD\n"
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("orders.csv", csv)
    forms = {
        "orders.csv": csv.encode(),
        "orders.jsonl": json.dumps({"id": "1", "amount_cents": 1900, "currency": "usd"}).encode(),
        "orders.csv.gz": gzip.compress(csv.encode()),
        "export.zip": packed.read_bytes(),
        "orders_utf16.csv": csv.replace(",", "\t").encode("utf-16"),
    }
    for number, (name, content) in enumerate(forms.items()):
        (tmp_path / str(number)).mkdir()
        shop = Shop(tmp_path / str(number))
        shop.write(name, content)
        assert shop.load().why is None, name
        assert shop.query("select order_id, amount, currency from raw_shop.orders") == [("1", "19", "USD")], (
            name
        )


def test_an_export_without_a_required_column_is_held_and_the_last_good_table_stays(shop: Shop) -> None:
    shop.write("orders.csv", "Order ID,Amount\n1,5\n")
    shop.load()
    later = date(2026, 6, 2)
    shop.write("orders.csv", "Number,Amount\n1,5\n", later)

    load = shop.load(later)

    assert load.state == "held"
    assert "no column 'order_id', which is required" in (load.why or "")
    assert shop.query("select order_id from raw_shop.orders") == [("1",)]


def test_a_snapshot_that_shrinks_by_half_is_held_until_somebody_accepts_it(shop: Shop) -> None:
    shop.write("orders.csv", "Order ID,Amount\n" + "".join(f"{n},1\n" for n in range(100)))
    shop.load()
    later = date(2026, 6, 2)
    shop.write("orders.csv", "Order ID,Amount\n" + "".join(f"{n},1\n" for n in range(50)), later)

    load = shop.load(later)

    assert load.state == "held"
    assert "50 rows, 100 in the last accepted delivery" in (load.why or "")
    assert shop.query("select count(*) from raw_shop.orders") == [(100,)]
    decisions = shop.home / "company" / "decisions"
    decisions.mkdir(parents=True)
    line = f"me,2026-06-02T08:00:00Z,{load.entries[0].delivery_id},accept,we sold a unit\n"
    (decisions / "exports.csv").write_text("who,when,delivery_id,decision,why\n" + line, encoding="utf-8")
    assert shop.query("select count(*) from raw_shop.orders") == [(50,)]


def test_a_file_that_is_not_what_its_name_says_is_held_with_a_clear_reason(shop: Shop) -> None:
    shop.write("orders.zip", b"this is no zip")
    assert "is not the .zip file that its name says" in (shop.load().why or "")


def test_a_cell_that_cannot_be_read_is_null_and_its_text_is_kept(shop: Shop) -> None:
    shop.write("orders.csv", "Order ID,Amount,Ordered\n1,a lot,2026-01-02\n")

    shop.load()

    assert shop.query("select amount, ordered_at from raw_shop.orders") == [(None, "2026-01-02T00:00:00Z")]
    assert shop.query("select column_name, text from ops.cell_errors") == [("amount", "a lot")]


def test_an_empty_cell_of_a_key_may_have_a_meaning(tmp_path: Path) -> None:
    by_shelf = SPEC.replace("key: [order_id]", "key: [order_id, shelf]").replace(
        "    identifies:", "      shelf: {type: text, empty: any}\n    identifies:"
    )
    shop = Shop(tmp_path, by_shelf)
    shop.write("orders.csv", "Order ID,Shelf,Amount,Currency\n1,,5,EUR\n1,top,6,EUR\n1,,5,EUR\n")

    load = shop.load()

    assert (load.loaded, load.total("rows_quarantined"), load.total("rows_collapsed")) == (2, 0, 1)
    assert shop.query("select shelf, amount from raw_shop.orders order by all") == [
        ("any", "5"),
        ("top", "6"),
    ]


def test_a_second_instance_of_a_tool_keeps_its_rows_apart(shop: Shop) -> None:
    shop.write("orders.csv", "Order ID,Amount\n1,5\n")
    shop.write("orders.csv", "Order ID,Amount\n1,9\n", source="shop@acme")

    shop.load_all()

    assert shop.query("select _instance, amount from raw_shop.orders order by 1") == [
        ("", "5"),
        ("acme", "9"),
    ]


def test_changes_between_snapshots_are_remembered(shop: Shop) -> None:
    shop.write("orders.csv", "Order ID,Amount\n1,5\n2,5\n")
    shop.load()
    later = date(2026, 6, 2)
    shop.write("orders.csv", "Order ID,Amount\n1,6\n3,5\n", later)
    shop.load(later)

    history = shop.query(
        "select order_id, _change from history_shop.orders where _night = date '2026-06-02' order by 1"
    )

    assert history == [("1", "changed"), ("2", "gone"), ("3", "inserted")]
    assert shop.query("select order_id from raw_shop.orders order by 1", as_of=NIGHT) == [("1",), ("2",)]


def test_a_held_snapshot_that_is_let_in_later_is_compared_with_its_neighbours(shop: Shop) -> None:
    nights = [date(2026, 6, day) for day in (1, 2, 3)]
    thirty = "".join(f"{number},5\n" for number in range(30))
    shop.write("orders.csv", "Order ID,Amount\n" + thirty, nights[0])
    shop.write("orders.csv", "Order ID,Amount\n0,5\n1,6\n", nights[1])
    shop.write("orders.csv", "Order ID,Amount\n" + thirty, nights[2])
    loads = [shop.load(night) for night in nights]
    changes = "select _night, _change, count(*) from history_shop.orders group by all order by all"

    assert [load.state for load in loads] == ["accepted", "held", "accepted"]
    assert shop.query(changes) == [(nights[0], "inserted", 30)]

    decisions = shop.home / "company" / "decisions" / "exports.csv"
    decisions.parent.mkdir(parents=True)
    said = f"ann,2026-06-04T08:00:00Z,{loads[1].entries[0].delivery_id},accept,really fewer\n"
    decisions.write_text("who,when,delivery_id,decision,why\n" + said, encoding="utf-8")

    assert shop.query(changes) == [
        (nights[0], "inserted", 30),
        (nights[1], "changed", 1),
        (nights[1], "gone", 28),
        (nights[2], "changed", 1),
        (nights[2], "inserted", 28),
    ]


def test_a_night_done_again_gives_the_same_parts_and_the_same_manifest(shop: Shop) -> None:
    shop.write("orders.csv", "Order ID,Amount\n1,5\n2,6\n")
    shop.load()
    first = {path: path.read_bytes() for path in sorted(shop.home.rglob("*.parquet"))}

    shop.load()

    assert {path: path.read_bytes() for path in sorted(shop.home.rglob("*.parquet"))} == first
    assert plan_nights(shop.home, shop.home / "exports", shop.specs, NIGHT) == []


def test_a_missing_tool_gives_an_empty_typed_table(shop: Shop) -> None:
    assert shop.query("select count(*) from raw_shop.orders") == [(0,)]
    assert shop.query("select column_name from (describe raw_shop.orders) where column_name = 'amount'") == [
        ("amount",)
    ]


def test_a_bad_spec_names_its_file_and_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SPEC.replace("key: [order_id]", "key: [number]"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"shop\.yaml.*names columns that it does not have: number"):
        load_specs(tmp_path)
