"""The models that are kept are those that training gives."""

import json
from pathlib import Path

import pytest

from connectors.identity.compared import KINDS, MODELS
from connectors.identity.train import train

SETS = Path(__file__).parents[3] / "shared" / "exports" / "entity_resolution"


@pytest.mark.skipif(not SETS.is_dir(), reason="needs ../shared/exports/entity_resolution beside the repo")
@pytest.mark.parametrize("kind", KINDS)
def test_training_on_the_labelled_sets_gives_the_kept_model(kind: str) -> None:
    assert train(kind, SETS) == json.loads((MODELS / f"{kind}.json").read_text(encoding="utf-8"))
