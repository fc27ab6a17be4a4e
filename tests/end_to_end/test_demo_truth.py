"""The published figures of the demo company against the truth written beside its exports."""

from pathlib import Path

import pytest

from tests.benchmarks.leaks import score_leaks, unflagged, untied
from tests.benchmarks.truth import compare
from tests.homes import onefunnel


@pytest.mark.parametrize("seed", ["7"])
def test_every_decidable_figure_is_as_it_happened(tmp_path: Path, seed: str) -> None:
    onefunnel(tmp_path, "demo", "--accounts", "200", "--nights", "1", "--seed", seed)
    onefunnel(tmp_path, "run")

    scores = compare(tmp_path / "published" / "steward" / "onefunnel.duckdb", tmp_path / "demo_truth")

    print("\n".join(score.line() for score in scores))
    wrong = [
        (score.line(), *score.examples)
        for score in scores
        if not score.right == score.expected == score.found
    ]
    assert wrong == []
    assert sum(score.expected for score in scores) > 1000

    leaks = score_leaks(tmp_path / "published" / "steward" / "onefunnel.duckdb", tmp_path / "demo_truth")

    print("\n".join(score.line() for score in leaks))
    assert [score.wrong for score in leaks if score.wrong] == []
    assert len(leaks) == 17
    assert all(score.expected for score in leaks)
    assert untied(tmp_path / "warehouse.duckdb") == []
    assert unflagged(tmp_path / "published" / "steward" / "onefunnel.duckdb") == []


def test_a_clean_company_has_no_issue(tmp_path: Path) -> None:
    onefunnel(tmp_path, "demo", "--accounts", "80", "--nights", "1", "--clean")
    onefunnel(tmp_path, "run")

    assert "0" in onefunnel(tmp_path, "sql", "select count(*) as open_issues from quality.issues")
    listed = onefunnel(tmp_path, "sql", "select rule_id, record_key from quality.issues")
    assert "/" not in listed.replace(str(tmp_path), "")
