"""A person is forgotten in a whole home: nothing that is kept names her any more, and all else is as it was."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.homes import onefunnel

PERSON = """
select records.email, records.full_name, records.person_id from identity.records as records
inner join mart_core.dim_accounts as accounts using (account_id)
where records.table_name = 'contacts' and records.email like '%@%' and accounts.mrr > 0
and records.full_name not in (select full_name from identity.records where full_name is not null group by person_id, full_name having count(distinct person_id) > 1)
order by (select count(*) from mart_core.xref_people where xref_people.person_id = records.person_id) desc, records.email limit 1
"""
IDS = "select source, instance, table_name, record_key, account_id, person_id from identity.records"
MRR = "select month, sum(closing_mrr) from mart_finance.fct_mrr_movements where policy = 'onefunnel' group by month order by month"


def texts(home: Path) -> dict[str, str]:
    """Everything that a home keeps, by file: databases and Parquet by their values, all else by its bytes."""
    found: dict[str, str] = {}
    for path in sorted(home.rglob("*")):
        if not path.is_file() or path.is_relative_to(home / "exports") or path.is_relative_to(home / "dbt"):
            continue
        with duckdb.connect() as con:
            if path.suffix == ".parquet":
                rows = con.execute(f"select * from read_parquet('{path}')").fetchall()
                found[str(path.relative_to(home))] = str(rows).lower()
            elif path.suffix == ".duckdb":
                con.execute(f"attach '{path}' as read_only_file (read_only)")
                tables = con.execute(
                    "select schema_name, table_name from duckdb_tables() where database_name = 'read_only_file'"
                ).fetchall()
                for schema, table in tables:
                    rows = con.execute(f'select * from read_only_file."{schema}"."{table}"').fetchall()
                    found[f"{path.relative_to(home)}/{schema}.{table}"] = str(rows).lower()
            else:
                found[str(path.relative_to(home))] = path.read_bytes().decode("utf-8", "replace").lower()
    return found


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def query(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_forgotten_person_is_nowhere_and_the_money_is_unchanged(home: Path) -> None:
    [(email, name, person)] = query(home, PERSON)
    money, records = query(home, MRR), query(home, "select count(*) from identity.records")
    ids = {row[:4]: row[4:] for row in query(home, IDS)}
    own = query(home, f"select count(*) from identity.records where person_id = '{person}'")
    before = texts(home)
    address = re.compile(rf"(?<![a-z0-9._%-]){re.escape(str(email).lower())}(?![a-z0-9-]|\.[a-z0-9])")
    assert [place for place, text in before.items() if address.search(text)]

    told = onefunnel(home, "forget", str(email))
    assert "Nothing was changed" in told
    assert texts(home) == before
    assert onefunnel(home, "forget", str(email), "--yes", "--why", f"letter of {name}", code=2)
    onefunnel(home, "forget", str(email), "--yes", "--why", "her letter of May")

    after = texts(home)
    assert [place for place, text in after.items() if address.search(text)] == []
    tables = {place: text for place, text in after.items() if "onefunnel.duckdb/" in place}
    assert [place for place, text in tables.items() if str(name).lower() in text] == []
    assert query(home, f"select count(*) from mart_core.dim_people where person_id = '{person}'") == [(0,)]
    assert query(home, MRR) == money
    renamed = [(row, ids[row[:4]]) for row in query(home, IDS) if row[4:] != ids[row[:4]]]
    assert [was for _, was in renamed if was[1] != person] == []
    assert [row for row, was in renamed if row[4] != was[0]] == []
    left = query(home, "select count(*) from identity.records where person_id is not null or true")
    assert 0 < int(str(records[0][0])) - int(str(left[0][0])) <= int(str(own[0][0]))
    assert query(home, "select count(*) from ops.exports where rows_forgotten > 0")[0][0]
    assert "WRONG" not in onefunnel(home, "check", "--deep")
    assert len(list((home / "published" / "versions").iterdir())) == 1
