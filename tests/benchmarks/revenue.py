"""How near recurring revenue and the reconciliation come to the demo company's truth.

    python -m tests.benchmarks.revenue [--accounts 500] [--seed 7] [--home DIR]

Builds a demo company in a temporary home, or reads the home given, whose nights were run. Prints MRR cells and movements under
each policy, leaks per reason with precision, recall and money, whether the reasons of every gap add up to it and an issue tells
of each, and, where the speed benchmark is there, its figures. Exits 1 if anything that can be decided is not exact.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.leaks import score_leaks, unflagged, untied
from tests.benchmarks.truth import compare
from tests.homes import REPOSITORY, onefunnel


def built(home: Path, accounts: int, seed: int) -> Path:
    """A home in which one night of a demo company was run."""
    onefunnel(home, "demo", "--accounts", str(accounts), "--nights", "1", "--seed", str(seed))
    onefunnel(home, "run")
    return home


def report(home: Path) -> bool:
    """Print every score of a home; whether all are exact."""
    published, truth = home / "published" / "steward" / "onefunnel.duckdb", home / "demo_truth"
    revenue = [
        score
        for score in compare(published, truth)
        if score.kind.startswith(("MRR", "Movements", "Defects: billing"))
    ]
    print("Recurring revenue against the truth")
    for score in revenue:
        print("  " + score.line())
        for example in score.examples:
            print("     ", *example)
    leaks = score_leaks(published, truth)
    print("Leaks against the truth, money as published")
    for leak in leaks:
        print("  " + leak.line())
        for wrong in leak.wrong:
            print("     ", *wrong)
    loose = untied(home / "warehouse.duckdb")
    print(f"Gaps whose reasons do not add up to them: {len(loose)}")
    for row in loose:
        print("     ", *row)
    silent = unflagged(published)
    print(f"Gaps without an issue, or issues without a gap: {len(silent)}")
    for row in silent:
        print("     ", *row)
    exact = all(score.right == score.expected == score.found for score in revenue)
    return exact and not loose and not silent and not any(leak.wrong for leak in leaks)


def speed() -> None:
    """The figures of the speed benchmark, in a process of its own, if this checkout has one."""
    if importlib.util.find_spec("tests.benchmarks.revenue_speed"):
        subprocess.run([sys.executable, "-m", "tests.benchmarks.revenue_speed"], cwd=REPOSITORY, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--home", type=Path, help="a home that a demo company was run in")
    parser.add_argument("--no-speed", action="store_true", help="leave the speed figures out")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or built(Path(folder), chosen.accounts, chosen.seed)
        exact = report(home)
    if not chosen.no_speed:
        speed()
    raise SystemExit(0 if exact else 1)


if __name__ == "__main__":
    main()
