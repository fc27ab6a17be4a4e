"""A small demo company, and one home in which its three nights were worked off."""

from pathlib import Path

import pytest

from tests.homes import NIGHTS, deliver, onefunnel

ACCOUNTS = 12


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports of three nights of a small company, and the truth about it."""
    folder = tmp_path_factory.mktemp("company")
    onefunnel(folder, "demo", "--accounts", str(ACCOUNTS), "--out", str(folder))
    return folder


@pytest.fixture(scope="session")
def finished(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which all three nights were worked off without disturbance. Tests read it, none writes to it."""
    home = tmp_path_factory.mktemp("finished")
    deliver(company, home, *NIGHTS)
    onefunnel(home, "run")
    return home
