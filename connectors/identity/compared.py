"""What Splink compares of people and of companies: the columns of a row, and the comparisons of the kept models."""

from __future__ import annotations

import json
from pathlib import Path

KINDS = ("person", "account")
MODELS = Path(__file__).parent / "models"
COLUMNS = {
    "person": ["given", "family", "email", "phone", "birth_date", "city", "country", "host"],
    "account": ["name", "core", "domain", "phone", "city", "country", "address"],
}


def comparisons(kind: str) -> list[str]:
    """The names of what a kept model compares."""
    settings = json.loads((MODELS / f"{kind}.json").read_text(encoding="utf-8"))
    return [str(one["output_column_name"]) for one in settings["comparisons"]]
