"""Polluted files of a public benchmark: whatever is in them, every record is accounted for or the file is refused clearly."""

from pathlib import Path

import duckdb
import pytest

from connectors.errors import FileError
from connectors.readers import members, read
from connectors.spec import Table

POLLOCK = Path(__file__).parents[2].parent / "shared" / "exports" / "messy_csv" / "pollock" / "csv"
pytestmark = pytest.mark.skipif(
    not POLLOCK.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)
TABLE = Table.model_validate(
    {
        "files": ["*.csv"], "grain": "one row", "key": ["date"], "delivery": "snapshot",
        "columns": {name: {"type": "text", "from": [name]} for name in ("DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "ProductDescription", "URL", "Comments")} | {"date": {"type": "text", "from": ["DATE"]}},
    }
)  # fmt: skip


def test_every_record_of_every_polluted_file_is_accounted_for(tmp_path: Path) -> None:
    refused = []
    read_files = 0
    for file in sorted(POLLOCK.glob("*.csv")):
        with duckdb.connect() as con:
            try:
                for name, path in members(file, tmp_path):
                    records = read(con, name, path, TABLE, "records", tmp_path)
                    kept = con.execute("select count(*) from records").fetchall()[0][0]
                    total = kept + len(records.rejected) + sum(records.skipped.values())
                    assert total == records.physical, file.name
                    read_files += 1
            except FileError as error:
                assert file.name in str(error)
                refused.append(file.name)
    # its cells and its words are both parted by blanks
    assert refused == ["row_field_delimiter_0_0x20.csv"]
    assert read_files == len(list(POLLOCK.glob("*.csv"))) - 1
