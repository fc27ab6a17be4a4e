"""The models' own unit tests, run by dbt on a warehouse that a night has built."""

import shutil
from dataclasses import replace
from pathlib import Path

from dbt.cli.main import dbtRunner

from orchestration.resources import dbt_of
from orchestration.settings import export_environment, load_settings


def test_every_unit_test_of_the_models_passes(finished: Path, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(finished / "warehouse.duckdb", warehouse)
    settings = load_settings()
    export_environment(settings, warehouse)
    dbt = replace(dbt_of(settings), target=tmp_path / "target")

    done = dbtRunner().invoke(["test", "--select", "test_type:unit", *dbt._options()])

    assert done.exception is None, done.exception
    results = {result.node.name: str(result.status) for result in done.result}
    assert set(results.values()) == {"pass"}, results
    assert len(results) >= 3
