"""The marketing tools' part of the demo company: ad platforms, touches, the companies it wants, and the truth of them."""

from __future__ import annotations

from datetime import datetime

from connectors.simulator import ads, attribution, touches
from connectors.simulator.world import Account


class Marketing:
    """Campaigns and touches of one world; each night but the first tells what is new since the one before."""

    def __init__(self, world: list[Account], seed: int, end: datetime, clean: bool) -> None:
        self.world = world
        self.days = ads.ad_days(len(world), seed, end, clean)
        self.touches = touches.paths(world, seed, end, clean)
        self.strangers = touches.strangers(seed, end)
        self.since: datetime | None = None

    def files(self, night: str, cut: datetime) -> dict[str, bytes]:
        """The exports of one night, by path below exports/; to be asked night by night."""
        found = ads.ad_files(self.days, night, cut, self.since)
        found |= touches.touch_files(self.touches, self.strangers, self.world, night, cut, self.since)
        found |= touches.target_file(self.world, night)
        self.since = cut
        return found

    def truth(self, end: datetime, untold: set[str]) -> dict[str, tuple[list[str], list[tuple[str, ...]]]]:
        """spend.csv, touches.csv and attribution.csv: file name to header and rows."""
        return {
            "spend.csv": (
                ["source", "channel", "campaign", "month", "currency", "cost"],
                ads.spend_rows(self.days),
            ),
            "touches.csv": (
                ["true_id", "record_key", "touched_at", "kind", "channel", "campaign", "is_misspelt"],
                attribution.touch_rows(self.touches, self.strangers),
            ),
            "attribution.csv": (
                [
                    "true_id",
                    "target_type",
                    "model",
                    "touched_at",
                    "channel",
                    "campaign",
                    "credit",
                    "decidable",
                ],
                attribution.attribution_rows(self.world, self.touches, end, untold),
            ),
        }
