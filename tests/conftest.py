"""A small demo company, and one home in which its three nights were worked off."""

from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.homes import NIGHTS, deliver, onefunnel

ACCOUNTS = 12


def once(
    tmp_path_factory: pytest.TempPathFactory, worker: str, name: str, make: Callable[[Path], None]
) -> Path:
    """A folder that the first worker who wants it makes; the others wait for it and read the same one."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker == "master" else base.parent) / name
    with FileLock(f"{folder}.lock"):
        if not (folder / ".made").exists():
            folder.mkdir()
            make(folder)
            (folder / ".made").touch()
    return folder


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Exports of three nights of a small company, and the truth about it."""

    def write(folder: Path) -> None:
        onefunnel(folder, "demo", "--accounts", str(ACCOUNTS), "--out", str(folder))

    return once(tmp_path_factory, worker_id, "company", write)


@pytest.fixture(scope="session")
def finished(company: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home in which all three nights were worked off without disturbance. Tests read it, none writes to it."""

    def work_off(home: Path) -> None:
        deliver(company, home, *NIGHTS)
        onefunnel(home, "run")

    return once(tmp_path_factory, worker_id, "finished", work_off)
