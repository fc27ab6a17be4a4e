"""What identity may be told, and what it tells back."""

from __future__ import annotations

from dataclasses import dataclass, field

Record = tuple[str, str, str]


def default_caps() -> dict[str, int]:
    """How many records may share a claim before it says nothing about any of them."""
    return {"email": 200, "phone": 20, "domain": 5000}


def default_sizes() -> dict[str, int]:
    """How many records one person or one company may have before a steward should look."""
    return {"person": 500, "account": 20_000}


@dataclass(frozen=True)
class IdentitySettings:
    """`own_domains` make no company, and neither do addresses at `agency_domains`, whose people work for many customers.

    A claim shared by more records than its cap is no evidence. A phone without calling code is of the record's country,
    else of `phone_region`.

    Weak evidence never joins two records of one table of one tool, unless the tool `holds_duplicates`: there two
    keys do not mean two people, as in hand-typed lists.
    """

    own_domains: frozenset[str] = frozenset()
    agency_domains: frozenset[str] = frozenset()
    phone_region: str = "US"
    claim_caps: dict[str, int] = field(default_factory=default_caps)
    cluster_limits: dict[str, int] = field(default_factory=default_sizes)
    large_cluster: int = 25
    block_cap: int = 100
    block_limit: int = 5000
    holds_duplicates: frozenset[str] = frozenset()
    same: dict[str, float] = field(default_factory=lambda: {"person": 0.97, "account": 0.97})
    review: dict[str, float] = field(default_factory=lambda: {"person": 0.6, "account": 0.6})


@dataclass(frozen=True)
class IdentityCounts:
    """How many records, golden ids and edges a night has, and what moved."""

    records: int
    people: int
    accounts: int
    links: int
    merged: int
    split: int
    review: int = 0
