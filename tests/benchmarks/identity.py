"""How right and how quick identity is.

    python -m tests.benchmarks.identity [--accounts 500] [--only NAME] [--sizes 100000,1000000]

For the demo company (truth from the simulator) and the labelled sets in ../shared: pairwise precision, recall and F1,
B-cubed F1 and seconds, of three contenders in the same run. `--sizes` measures simulated records in those numbers
against plain Splink instead.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import duckdb

from tests.benchmarks.identity_contenders import CONTENDERS, ours
from tests.benchmarks.identity_score import score
from tests.benchmarks.identity_sets import HELD_OUT, LABELLED, SETS, TRAINED_ON, Labelled, demo_home, fill


def measure(one: Labelled, home: Path | None) -> None:
    """One line per contender."""
    print(f"\n{one.name}")
    for name, contender in CONTENDERS.items():
        with duckdb.connect() as con:
            fill(con, one, home)
            started = time.perf_counter()
            contender(con, one)
            seconds = time.perf_counter() - started
            got = score(con)
        print(
            f"  {name:<22} precision {got.precision:.4f}  recall {got.recall:.4f}  F1 {got.f1:.4f}  B-cubed {got.b_cubed:.4f}  {seconds:6.1f} s",
            flush=True,
        )


def choose() -> None:
    """F1 on the training halves for some thresholds: what the settings' defaults were chosen from."""
    for one in SETS:
        if one.where != HELD_OUT or not one.path().is_dir():
            continue
        half = replace(one, where=TRAINED_ON)
        for threshold in (0.5, 0.8, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999):
            same = {**one.settings.same, one.kind: threshold}
            with duckdb.connect() as con:
                fill(con, half, None)
                ours(con, replace(half, settings=replace(one.settings, same=same)))
                got = score(con)
            print(
                f"{one.folder:<28} {threshold:<6} precision {got.precision:.4f}  recall {got.recall:.4f}  F1 {got.f1:.4f}"
            )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--accounts", type=int, default=500, help="size of the demo company")
    options.add_argument("--only", default="", help="only the sets whose name contains this")
    options.add_argument("--sizes", default="", help="numbers of simulated records, with commas between")
    options.add_argument(
        "--thresholds",
        action="store_true",
        help="ours on the halves that the models were trained on, by threshold",
    )
    given = options.parse_args()
    if given.thresholds:
        choose()
        return
    if given.sizes:
        from tests.benchmarks.identity_scale import measure_sizes

        measure_sizes([int(size) for size in given.sizes.split(",")])
        return
    wanted = [one for one in SETS if given.only in one.name]
    if any(not one.folder for one in wanted):
        with demo_home(given.accounts) as home:
            for one in wanted:
                if not one.folder:
                    measure(one, home)
    for one in wanted:
        if one.folder and one.path().is_dir():
            measure(one, None)
        elif one.folder:
            print(f"\n{one.name}: skipped, {LABELLED} is not here")


if __name__ == "__main__":
    main()
