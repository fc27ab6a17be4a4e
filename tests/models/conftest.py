"""The revenue models, compiled once for all tests that run them in memory."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import once
from tests.models.ledger import Compiled, Ledger, Rows, compile_models, run_models


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Compiled:
    """The SQL of the revenue models, as dbt compiles it."""

    def make(folder: Path) -> None:
        found = compile_models(folder)
        (folder / "compiled.json").write_text(
            json.dumps([found.relations, found.sql, found.kinds, found.contracts])
        )

    folder = once(tmp_path_factory, worker_id, "compiled_revenue_models", make)
    return Compiled(*json.loads((folder / "compiled.json").read_text()))


@pytest.fixture
def ledger(compiled: Compiled) -> Callable[..., Ledger]:
    """Run the models on conformed rows, as of a night."""

    def run(rows: Rows, night: str, **more: Any) -> Ledger:
        return run_models(compiled, rows, date.fromisoformat(night), **more)

    return run
