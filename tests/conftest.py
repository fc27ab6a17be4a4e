"""A small demo company, and two homes: one that has worked off its first night, one that has worked off all three."""

import shutil
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
def begun(company: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home in which the first night was worked off. Tests read it or work on a copy, none writes to it."""

    def work_off(home: Path) -> None:
        deliver(company, home, NIGHTS[0])
        onefunnel(home, "run")

    return once(tmp_path_factory, worker_id, "begun", work_off)


@pytest.fixture(scope="session")
def finished(begun: Path, company: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home in which all three nights were worked off without disturbance. Tests read it, none writes to it."""

    def work_off(home: Path) -> None:
        shutil.copytree(begun, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".made"))
        deliver(company, home, *NIGHTS[1:])
        onefunnel(home, "run")

    return once(tmp_path_factory, worker_id, "finished", work_off)
