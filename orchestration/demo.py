"""Puts the simulated company's exports where the night looks for them."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from orchestration.errors import SettingsError
from orchestration.guards import check_home


def exported_files(folder: Path) -> int:
    """How many files an exports folder holds."""
    return sum(1 for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


def write_company(exports: Path, truth: Path, **options: Any) -> int:
    """Write exports and truth; returns how many export files there are.

    Raises:
        SettingsError: the folder already holds exports that are not the demo's.
    """
    from connectors.simulator import write_demo

    if exported_files(exports) and not (truth / "accounts.csv").exists():
        raise SettingsError(
            f"{exports} already holds exports. Choose another folder with --out, or set ONEFUNNEL_EXPORTS."
        )
    check_home(truth.parent)
    check_home(exports)
    with tempfile.TemporaryDirectory(dir=truth.parent, prefix=".demo-") as scratch:
        write_demo(Path(scratch), **options)
        replace_folder(Path(scratch) / "truth", truth)
        for folder in sorted((Path(scratch) / "exports").iterdir()):
            shutil.copytree(folder, exports / folder.name, dirs_exist_ok=True)
    return exported_files(exports)


def replace_folder(source: Path, target: Path) -> None:
    """Move a folder to where another may be."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.move(str(source), str(target))
