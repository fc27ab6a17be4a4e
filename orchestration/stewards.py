"""Stewards' links and unlinks: records as people write them, and what an earlier decision says against a new one."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.errors import SettingsError
from orchestration.settings import Settings

KEY = ("source", "instance", "table", "key")
SUGGESTED = 5
ALIKE = """
select distinct source, instance, table_name as "table", record_key as key
from identity.record_ids where list_contains(?, record_key) order by all"""
GONE = """
select distinct source, instance, table_name as "table", record_key as key, surviving_key as survivor, golden_id as id
from identity.redirects where list_contains(?, record_key) order by all"""


@dataclass(frozen=True, order=True)
class Record:
    """A record of a tool, written source[@instance].table:key."""

    source: str
    instance: str
    table: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}{'@' + self.instance if self.instance else ''}.{self.table}:{self.key}"


class UnknownRecord(SettingsError):
    """A record named by the user is in no export."""


class MergedAway(UnknownRecord):
    """A record that its tool has merged into another, the survivor."""

    def __init__(self, former: Record, survivor: Record) -> None:
        super().__init__(f"{former} was merged into {survivor} by its tool. Name that one.")
        self.survivor = survivor


class Contradiction(SettingsError):
    """A decision that an earlier one rules out."""


@dataclass(frozen=True)
class Decision:
    """One line of company/decisions/identity.csv."""

    action: str
    kind: str
    left: Record
    right: Record
    who: str = ""
    when: str = ""
    why: str = ""

    @property
    def pair(self) -> frozenset[Record]:
        return frozenset((self.left, self.right))

    def __str__(self) -> str:
        return f"{self.action} {self.left} {self.right} ({self.who}, {self.when}: {self.why})"


def find_record(settings: Settings, written: str) -> Record:
    """The delivered record that somebody means: source[@instance].table:key, or a key that only one record has.

    Raises:
        MergedAway: its tool has merged it into another since.
        UnknownRecord: none, or several; those that are like it are named.
    """
    from connectors.identity.normalise import salesforce_id
    from orchestration.cli_ledger import rows

    place, colon, key = written.strip().partition(":")
    key = key if colon else place
    keys = sorted({key, salesforce_id(key)})
    alike = [Record(**one) for one in rows(settings, ALIKE, [keys])]
    meant = [one for one in alike if not colon or str(one).removesuffix(f":{one.key}") == place]
    if len(meant) == 1:
        return meant[0]
    for one in rows(settings, GONE, [keys]) if not meant else []:
        former = Record(one["source"], one["instance"], one["table"], one["key"])
        if colon and str(former).removesuffix(f":{former.key}") != place:
            continue
        if one["survivor"]:
            raise MergedAway(former, Record(former.source, former.instance, former.table, one["survivor"]))
        raise UnknownRecord(f"{former} is in no export any more; it was a record of {one['id']}.")
    problem = "stands for several records" if meant else "is no record of the last published night"
    others = [str(one) for one in alike[:SUGGESTED]]
    hint = f" Did you mean {' or '.join(others)}?" if others else ""
    raise UnknownRecord(
        f"{written!r} {problem}.{hint} Write source[@instance].table:key, such as hubspot.companies:500001; "
        "`onefunnel explain` and `onefunnel identity review` show them."
    )


def decided(settings: Settings) -> list[Decision]:
    """Every line of company/decisions/identity.csv, oldest first.

    Raises:
        DecisionError: a line was edited so that it cannot be read.
    """
    from connectors.identity.decisions import read_lines

    return [
        Decision(
            str(line["action"]), str(line["entity_kind"]), side(line, "left"), side(line, "right"),
            str(line.get("who", "")), str(line.get("when", "")), str(line.get("why", "")),
        )
        for line in read_lines(settings.decisions / "identity.csv")
    ]  # fmt: skip


def side(line: Mapping[str, object], name: str) -> Record:
    """The left or right record of a line of the decisions file."""
    return Record(*(str(line[f"{name}_{part}"]) for part in KEY))


def last_words(decisions: list[Decision], kind: str) -> list[Decision]:
    """The last decision about each pair of one kind."""
    last = {one.pair: one for one in decisions if one.kind == kind}
    return list(last.values())


def check(new: Decision, earlier: list[Decision], replaces: bool) -> Decision | None:
    """The same decision if it was taken already.

    Raises:
        Contradiction: an earlier decision says otherwise of this pair, or of records that links join with it.
    """
    standing = last_words(earlier, new.kind)
    same_pair = next((one for one in standing if one.pair == new.pair), None)
    if same_pair and same_pair.action == new.action:
        return same_pair
    if same_pair and not replaces:
        raise Contradiction(
            f"{new.action} {new.left} {new.right} contradicts an earlier decision: {same_pair}. "
            "Nothing was written; --replace lets the new one stand instead."
        )
    standing = [one for one in standing if one.pair != new.pair] + [new]
    links = [one for one in standing if one.action == "link"]
    for apart in (one for one in standing if one.action == "unlink"):
        if chain := path(links, apart.left, apart.right):
            against = [one for one in chain if one is not new] if apart is new else [apart]
            through = (
                "" if apart is new else f" (through {', '.join(str(one) for one in chain if one is not new)})"
            )
            raise Contradiction(
                f"{new.action} {new.left} {new.right} contradicts {', '.join(str(one) for one in against)}"
                f"{through if len(chain) > 1 else ''}. Nothing was written; change the earlier decision first, with --replace."
            )
    return None


def path(links: list[Decision], left: Record, right: Record) -> list[Decision]:
    """The shortest chain of links between two records; empty when nothing joins them."""
    came: dict[Record, Decision | None] = {left: None}
    waiting = deque([left])
    while waiting:
        here = waiting.popleft()
        for one in links:
            if here not in one.pair:
                continue
            there = one.right if here == one.left else one.left
            if there not in came:
                came[there] = one
                waiting.append(there)
    chain: list[Decision] = []
    at = right
    while (link := came.get(at)) is not None:
        chain.insert(0, link)
        at = link.right if at == link.left else link.left
    return chain


def fields(one: Decision) -> dict[str, str]:
    """A decision as the columns of its file, without who, when and why."""
    sides: dict[str, Any] = {
        f"{side}_{name}": getattr(record, name)
        for side, record in (("left", one.left), ("right", one.right))
        for name in KEY
    }
    return {"action": one.action, "entity_kind": one.kind, **sides}
