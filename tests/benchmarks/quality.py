"""How right the quality rules are, and how quick the ledger is.

    python -m tests.benchmarks.quality [rates | nights | ledger]

rates: the demo company with defects at several rates, precision and recall per rule, and none on a clean company.
nights: five nights with dirt (a truncated export, a missing source, a second delivery of the same bytes, a renamed
column): no issue may be opened or resolved that the company itself did not open or resolve.
ledger: a million violations compared with a million open issues.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from data_quality.ledger import update_ledger
from data_quality.runner import run_rules
from tests.homes import deliver, onefunnel

ACCOUNTS, RATES = 300, (0.0, 0.01, 0.05, 0.2)
STEWARD = Path("published") / "steward" / "onefunnel.duckdb"
Record = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class RuleScore:
    """One rule over a company: records with its defect, those found, those found elsewhere.

    `others` were found in accounts that carry a defect of another kind, which may well cause both: they are no proof for or
    against the rule.
    """

    rule: str
    put_in: int
    found: int
    right: int
    others: int

    @property
    def precision(self) -> float:
        return (
            self.right / (self.found - self.others) if self.found > self.others else float(self.put_in == 0)
        )

    @property
    def recall(self) -> float:
        return self.right / self.put_in if self.put_in else 1.0


def score(home: Path) -> list[RuleScore]:
    """Compare the open issues of a published file with the truth about the defects."""
    with (home / "demo_truth" / "defects.csv").open(encoding="utf-8", newline="") as file:
        put_in: set[Record] = {
            (one["rule_id"], one["source"], one["instance"], one["table_name"], one["record_key"])
            for one in csv.DictReader(file)
        }
    with duckdb.connect(str(home / STEWARD), read_only=True) as con:
        found: set[Record] = set(
            con.execute(
                "select distinct rule_id, source, instance, table_name, record_key from quality.issues where status in ('open', 'reopened')"
            ).fetchall()
        )
        accounts = {row[:4]: row[4] for row in con.execute(ACCOUNTS_OF).fetchall()}
    touched = {accounts.get(record[1:]) for record in put_in} - {None}
    scores = []
    for rule in sorted({record[0] for record in put_in | found}):
        mine = {record for record in found if record[0] == rule}
        truly = {record for record in put_in if record[0] == rule}
        others = {record for record in mine - truly if accounts.get(record[1:]) in touched}
        scores.append(RuleScore(rule, len(truly), len(mine), len(mine & truly), len(others)))
    return scores


ACCOUNTS_OF = """
    select source, instance, table_name, record_key, account_id from mart_core.xref_accounts
    union select xref.source, xref.instance, xref.table_name, xref.record_key, people.account_id
    from mart_core.xref_people as xref inner join mart_core.dim_people as people using (person_id)
    union select source, instance, table_name, record_key, account_id from mart_core.fct_deals
    union select source, instance, table_name, record_key, account_id from mart_core.fct_subscriptions
    union select source, instance, table_name, record_key, account_id from mart_core.fct_invoices"""


def rates(folder: Path) -> bool:
    """Print precision and recall per rule at every rate; true when all are 1."""
    good = True
    for rate in RATES:
        home = folder / f"rate-{rate}"
        onefunnel(home, "demo", "--accounts", str(ACCOUNTS), "--nights", "1", "--defects", str(rate))
        onefunnel(home, "run")
        scores = score(home)
        print(
            f"\n{rate:.0%} of the companies with a defect: {sum(one.put_in for one in scores)} records put in"
        )
        print(f"{'rule':<44} {'put in':>6} {'found':>6} {'precision':>9} {'recall':>6} {'with others':>11}")
        for one in scores:
            print(
                f"{one.rule:<44} {one.put_in:>6} {one.found:>6} {one.precision:>9.3f} {one.recall:>6.3f} {one.others:>11}"
            )
            good &= one.precision == one.recall == 1
        if not scores:
            print("no issue")
    return good


def nights(folder: Path, accounts: int = 40) -> bool:
    """Run five nights with dirt; true when nothing was opened or resolved by it."""
    clean, home = folder / "company", folder / "dirty"
    onefunnel(clean, "demo", "--accounts", str(accounts), "--nights", "5", "--out", str(clean))
    days = sorted(path.name for path in (clean / "exports" / "hubspot").iterdir())
    good = True
    for day, dirt in zip(days, (None, truncate, lose_billing, deliver_again, rename_column), strict=True):
        deliver(clean, home, day)
        if dirt:
            dirt(home / "exports", day)
        onefunnel(home, "run")
        with duckdb.connect(str(home / STEWARD), read_only=True) as con:
            events = Counter(
                con.execute(
                    # that an export was held or a column is empty is told, as it should be
                    "select event from quality.issue_events where night = ? and not starts_with(rule_id, 'ops/') and not starts_with(rule_id, 'integration/')",
                    [day],
                ).fetchall()
            )
        told = {event: count for (event,), count in sorted(events.items())}
        print(
            f"{day}  {(dirt.__doc__ if dirt else 'All exports as they should be.'):<64} {told or 'nothing opened or resolved'}"
        )
        good &= not dirt or not told
    return good


def truncate(exports: Path, day: str) -> None:
    """The contacts' export breaks off half-way."""
    [file] = (exports / "hubspot" / day).glob("*contacts*.csv")
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: len(lines) // 2]))


def lose_billing(exports: Path, day: str) -> None:
    """Neither billing tool's export comes."""
    for source in ("chargebee", "stripe"):
        shutil.rmtree(exports / source / day)


def deliver_again(exports: Path, day: str) -> None:
    """HubSpot's export of the night before comes once more."""
    before = max(path.name for path in (exports / "hubspot").iterdir() if path.name < day)
    for file in (exports / "hubspot" / day).iterdir():
        shutil.copy(exports / "hubspot" / before / file.name.replace(day, before), file)


def rename_column(exports: Path, day: str) -> None:
    """The companies' country and lifecycle columns have other names."""
    [file] = (exports / "hubspot" / day).glob("*companies*.csv")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("Country/Region", "Land", 1).replace("Lifecycle Stage", "Phase", 1), encoding="utf-8"
    )


RULE = """
severity: warning
owner: sales
entity: deal
why: A million of them must not take the night.
sql: >
  select 'crm' as source, '' as instance, 'deals' as table_name, id as record_key, 'owner' as field,
  amount as money_at_risk, 'EUR' as currency from deals
"""


def ledger(folder: Path, records: int = 1_000_000, limit: float = 60) -> bool:
    """Time three nights of a ledger: all opened, all still open, a tenth resolved and as many new."""
    (folder / "rules" / "crm").mkdir(parents=True)
    (folder / "rules" / "crm" / "deal_has_owner.yaml").write_text(RULE, encoding="utf-8")
    slowest = 0.0
    for day, first in ((1, 0), (2, 0), (3, records // 10)):
        night = date(2026, 6, day)
        with duckdb.connect(str(folder / f"ledger-{day}.duckdb")) as con:
            con.execute(
                f"create table deals as select 'd' || range as id, 100::decimal(18, 4) as amount from range({first}, {first + records})"
            )
            start = time.perf_counter()
            run_rules(con, folder / "rules", f"run-{day}", night)
            ruled = time.perf_counter()
            counts = update_ledger(
                con, folder / "events", night, {("crm", "", "deals")}, folder / "decisions"
            )
            took = time.perf_counter() - ruled
        slowest = max(slowest, took)
        print(f"night {day}: rule {ruled - start:.1f} s, ledger {took:.1f} s: {counts}")
    return slowest < limit


PARTS = {"rates": rates, "nights": nights, "ledger": ledger}


def main() -> None:
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        print(f"{__doc__}\nNo part {', '.join(sorted(unknown))}.", file=sys.stderr)
        raise SystemExit(2)
    failed = []
    for part in wanted:
        print(f"\n== {part}: {(PARTS[part].__doc__ or '').splitlines()[0]}")
        with tempfile.TemporaryDirectory(prefix="bench-quality-") as folder:
            if not PARTS[part](Path(folder)):
                failed.append(part)
    print(f"\n{'not as it should be: ' + ', '.join(failed) if failed else 'all as it should be'}")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
