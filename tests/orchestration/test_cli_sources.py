"""Sources on the command line: how fresh each is, and a new one drafted."""

from pathlib import Path

import duckdb
import pytest

from connectors.spec import load_specs
from orchestration import cli as program
from orchestration.settings import Settings


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        program.main(list(arguments))
    return int(ended.value.code or 0)


def test_sources_are_listed_with_their_freshness_and_rows(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONEFUNNEL_HOME", str(finished))
    monkeypatch.delenv("ONEFUNNEL_EXPORTS", raising=False)

    with duckdb.connect(str(finished / "published" / "onefunnel.duckdb"), read_only=True) as con:
        known = con.execute(
            "select source || case when instance <> '' then '@' || instance else '' end, sum(rows), max(last_night) from ops.sources "
            "where last_night is not null group by 1"
        ).fetchall()

    assert call("sources", "list") == 0

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert len(known) > 5
    for source, rows, night in known:
        assert f" {rows:,} " in lines[source] and str(night) in lines[source], source
    silent = set(load_specs()) - {source.partition("@")[0] for source, _, _ in known}
    assert all("never delivered" in lines[source] for source in silent)


def test_a_drafted_spec_is_one_that_the_next_run_loads(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = tmp_path / "contacts-2026-01-01.csv"
    sample.write_text("Id,Email\n1,a@x.example\n2,b@x.example\n", encoding="utf-8")

    assert call("sources", "add", "mytool", str(sample), "--owner", "sales") == 0

    said = capsys.readouterr().out
    assert "contacts: 2 rows, 2 columns, key id" in said
    spec = load_specs(extra=settings.specs)["mytool"]
    assert (spec.owner, list(spec.tables["contacts"].columns), spec.tables["contacts"].key) == (
        "sales",
        ["id", "email"],
        ["id"],
    )
    assert [path.name for path in settings.specs[0].iterdir()] == ["mytool.yaml"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("hubspot", "a,b\n1,2\n", "hubspot has a spec already"),
        ("My Tool", "a,b\n1,2\n", "a source is lower-case letters"),
        ("mytool", "", "holds no records"),
    ],
)
def test_what_cannot_be_drafted_leaves_nothing_behind(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, told: str
) -> None:
    sample = tmp_path / "rows.csv"
    sample.write_text(content, encoding="utf-8")

    assert call("sources", "add", name, str(sample)) == 2

    assert told in capsys.readouterr().err
    assert not settings.specs[0].exists() or list(settings.specs[0].iterdir()) == []
