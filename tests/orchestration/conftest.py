"""A home of its own for every test, and a warehouse small enough to be read by eye."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ONEFUNNEL_HOME", str(tmp_path / "home"))
    for name in ("ONEFUNNEL_EXPORTS", "ONEFUNNEL_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()
    return load_settings()


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "create schema mart_core; create schema ops; create schema quality; create schema staging"
        )
        con.execute(
            "create table mart_core.dim_people (person_id varchar, email varchar, country varchar, born date)"
        )
        con.execute(
            "insert into mart_core.dim_people values ('per_1', 'Jane@Acme.example', 'DE', '1990-01-01')"
        )
        con.execute("insert into mart_core.dim_people values ('per_2', null, 'FR', null)")
        con.execute("create table quality.issues (issue_id varchar, record_key varchar, observed varchar)")
        con.execute("insert into quality.issues values ('iss_1', 'jane@acme.example', 'jane@acme')")
        con.execute("create table quality.violations (rule_id varchar)")
        con.execute("create table ops.night (night date, run_id varchar)")
        con.execute("insert into ops.night values ('2026-06-30', 'first')")
        con.execute("create table staging.secret (email varchar)")
    return path


@pytest.fixture
def manifest() -> dict[str, Any]:
    def column(text: str, personal: bool = False) -> dict[str, Any]:
        return {"description": text, "config": {"meta": {"personal": True} if personal else {}}}

    people = {
        "resource_type": "model",
        "schema": "mart_core",
        "alias": "dim_people",
        "description": "People. It's one row per person.",
        "columns": {
            "person_id": column("The person."),
            "email": column("Main address.", personal=True),
            "born": column("Birthday.", personal=True),
        },
    }
    return {"nodes": {"model.onefunnel.dim_people": people}, "sources": {}}
