"""The command line against the design: every command, its help, and the exit code of every kind of end."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from orchestration import cli as program
from orchestration.errors import Blocked, DbtFailed, RunInProgress
from orchestration.settings import PROJECT, Settings

# Every command of the design, section 3, with its options or subcommands.
COMMANDS = {
    "demo": {"--accounts", "--nights", "--seed", "--out"},
    "run": {"--as-of", "--source", "--full-refresh"},
    "status": set(),
    "check": {"--deep"},
    "issues": {"list", "show", "assign", "waive", "history", "fixes"},
    "rules": {"list", "test", "new"},
    "explain": {"--between"},
    "forget": {"--yes", "--why"},
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


def every_command(
    group: click.Group, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    """All commands with their paths, groups left out."""
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += every_command(command, (*path, name))
        else:
            found.append(((*path, name), command))
    return found


def line_problem(words: list[str]) -> str:
    """What is wrong with a command line as documents show it; empty when the program knows its command and options."""
    command: click.Command = program.cli
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        choices = name.split("|")  # `link|unlink` names two
        if missing := [one for one in choices if one not in command.commands]:
            return f"no command {' '.join(missing)}"
        command = command.commands[choices[0]]
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in known]
    return f"no option {', '.join(unknown)}" if unknown else ""


def test_every_example_in_the_help_is_a_line_that_the_program_knows() -> None:
    examples = {}
    for path, command in every_command(program.cli):
        for line in (command.help or "").splitlines():
            if line.strip().startswith("Example: onefunnel "):
                examples[path] = shlex.split(line.strip().removeprefix("Example: onefunnel "))

    assert {path: problem for path, words in examples.items() if (problem := line_problem(words))} == {}
    assert [path for path, words in examples.items() if tuple(words[: len(path)]) != path] == []
    without = [path for path, command in every_command(program.cli) if any(isinstance(one, click.Argument) and one.required for one in command.params) and path not in examples]  # fmt: skip
    assert without == [], "a command that needs an argument shows a line that can be pasted"


def test_every_command_that_the_readme_shows_is_one_of_the_program() -> None:
    shown = re.findall(
        r"(?:bin/|`)onefunnel ([a-z][^`\n#]*)", (PROJECT / "README.md").read_text(encoding="utf-8")
    )

    assert len(shown) >= 4
    assert {line: problem for line in shown if (problem := line_problem(shlex.split(line)))} == {}


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
