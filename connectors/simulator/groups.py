"""Companies that belong to another: a Salesforce account names the account of its parent, as its admins keep it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from connectors.simulator.tools import sf_id
from connectors.simulator.world import Account

HEADER = ["true_id", "source", "instance", "table_name", "record_key", "parent_true_id", "parent_key"]
SHARE = 0.15
NEAREST = 4  # parents are among the few accounts before


def parents(world: list[Account], chance: Callable[[Account, str], random.Random]) -> dict[int, int]:
    """Number of an account → number of its parent, an older account of the same CRM."""
    found: dict[int, int] = {}
    before: list[Account] = []
    for one in world:
        if one.crm != "salesforce" or not one.is_in_crm:
            continue
        lot = chance(one, "group")
        older = [other for other in before[-NEAREST:] if other.created <= one.created]
        if older and lot.random() < SHARE:
            found[one.number] = lot.choice(older).number
        before.append(one)
    return found


def add_parents(rows: list[dict[str, Any]], of: dict[int, int]) -> None:
    """Fill in the column ParentId of the night's accounts."""
    keys = {sf_id("001", number): sf_id("001", parent) for number, parent in of.items()}
    for row in rows:
        row["ParentId"] = keys.get(row["Id"], "")


def parent_rows(world: list[Account], of: dict[int, int], end: datetime) -> list[tuple[str, ...]]:
    """The truth: every account that has a parent, by its record and the parent's."""
    by_number = {one.number: one for one in world}
    return [
        (
            by_number[number].true_id, "salesforce", "", "accounts", sf_id("001", number),
            by_number[parent].true_id, sf_id("001", parent),
        )
        for number, parent in sorted(of.items())
        if by_number[number].created <= end
    ]  # fmt: skip
