"""The command line against the design: every command, its help, and the exit code of every kind of end."""

from pathlib import Path
from typing import Any

import click
import pytest

from orchestration import cli as program
from orchestration.errors import Blocked, DbtFailed, RunInProgress
from orchestration.settings import PROJECT, Settings

# The commands of the design that this version has, with their options.
COMMANDS = {
    "demo": {"--accounts", "--nights", "--seed", "--out"},
    "run": {"--as-of", "--source", "--full-refresh"},
    "status": set(),
    "check": {"--deep"},
    "issues": {"list", "show", "assign", "waive", "history", "fixes"},
    "rules": {"list", "test", "new"},
    "explain": set(),
    "forget": set(),
    "identity": {"review", "link", "unlink"},
    "sources": {"list", "add"},
    "exports": {"list", "show", "accept", "refuse"},
    "sql": set(),
    "report": {"--open"},
    "versions": {"list", "rollback"},
    "release": {"--why"},
    "ui": set(),
}


def exit_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        program.main(list(arguments))
    return int(ended.value.code or 0)


def test_the_program_has_the_commands_and_options_of_the_design() -> None:
    found: dict[str, set[str]] = {}
    for name, command in program.cli.commands.items():
        options = {
            option for parameter in command.params for option in parameter.opts if option.startswith("--")
        }
        found[name] = set(command.commands) if isinstance(command, click.Group) else options

    assert set(found) == set(COMMANDS)
    assert {name: wanted - found[name] for name, wanted in COMMANDS.items()} == {
        name: set() for name in COMMANDS
    }


@pytest.mark.parametrize(
    "command", [[], *[[name] for name in COMMANDS], ["issues", "show"], ["exports", "accept"]]
)
def test_help_needs_no_home_and_no_good_settings(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONEFUNNEL_ENGINE", "nonsense")
    monkeypatch.chdir(tmp_path)

    assert exit_of(*command, "--help") == 0

    assert "Usage:" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["run", "--as-of", "yesterday"],
        ["run", "--nonsense"],
        ["release"],
        ["issues", "show"],
        ["issues", "waive", "x", "--until", "2030-01-01"],
        ["issues", "waive", "x", "--until", "soon", "--why", "y"],
        ["issues", "assign", "x"],
        ["demo", "--accounts", "0"],
        ["run", "--as-of", "2026-01-01", "--full-refresh"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], settings: Settings) -> None:
    assert exit_of(*arguments) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], r"No export found in .*home/exports.*`onefunnel demo`"),
        (["run", "--source", "fax"], r"No source 'fax'. Known: .*hubspot"),
        (["run", "--as-of", "2026-01-01"], r"No night was delivered by 2026-01-01"),
        (["sql", "select 1"], r"Nothing is published .*onefunnel run"),
        (["issues", "list"], r"Nothing is published"),
        (["rules", "test", "crm/nonsense"], r"No rule crm/nonsense. `onefunnel rules list`"),
        (["rules", "new", "Nonsense"], r"'Nonsense' is not area/sentence in small letters"),
        (["exports", "show", "f00"], r"'f00' matches no delivery. `onefunnel exports list`"),
        (["release", "--why", "x"], r"No blocked candidate. Blocked: none"),
        (["versions", "rollback", "x"], r"No version 'x'. Known: none"),
        (["report"], r"no report yet"),
        (["check"], r"1 of \d+ checks failed|2 of \d+ checks failed"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_line_with_the_remedy(
    arguments: list[str], words: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_of(*arguments) == 2

    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert __import__("re").search(words, lines[0])


def test_an_empty_home_still_has_a_status(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_of("status") == 0

    assert "Nothing is published" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        (Blocked("Not published: x"), 1, "onefunnel: Not published: x"),
        (RunInProgress("another run"), 2, "onefunnel: another run"),
        (DbtFailed("model x\n  is wrong"), 3, "onefunnel: model x is wrong"),
        (ZeroDivisionError("division by zero"), 3, "onefunnel: ZeroDivisionError: division by zero"),
        (MemoryError(), 3, "onefunnel: MemoryError: no further message"),
    ],
)
def test_every_error_has_its_exit_code_and_one_line(
    problem: Exception,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
) -> None:
    def fail(*arguments: Any) -> None:
        raise problem

    monkeypatch.setattr("orchestration.runner.run_nights", fail)

    assert exit_of("run") == code

    assert capsys.readouterr().err.strip() == words


def test_a_bad_spec_breaks_neither_help_nor_check_and_is_named(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    [specs] = settings.specs
    specs.mkdir(parents=True)
    (specs / "fax.yaml").write_text("source: fax\nowner: sales\ntables: {pages: {files: []}}\n")

    assert exit_of("--help") == 0
    assert exit_of("check") == 2
    assert "WRONG specs: fax.yaml: tables.pages" in capsys.readouterr().out
    assert exit_of("run") == 2
    assert "fax.yaml" in capsys.readouterr().err


def test_the_readme_shows_the_exit_codes_of_the_program() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")

    for code in (program.OK, program.BLOCKED, program.USAGE, program.FAILED):
        assert f"| {code} |" in readme
