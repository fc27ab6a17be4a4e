"""The only reader of the environment and of the clock."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from connectors.yaml_files import load_yaml
from orchestration.errors import SettingsError

PROJECT = Path(__file__).resolve().parents[1]
DBT_PROJECT = PROJECT / "dbt_project"
ENGINES = ("duckdb", "spark")
COMPUTED_VARS = {"conformed", "metrics"}


@dataclass(frozen=True)
class Settings:
    """Where things are and how the business wants them counted."""

    home: Path
    exports: Path
    engine: str
    business: Mapping[str, Any]

    @property
    def warehouse(self) -> Path:
        """The nightly database, private to `run`."""
        return self.home / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The folder that analysts and stewards read."""
        return self.home / "published"

    @property
    def analyst_file(self) -> Path:
        """The newest published file, personal columns hashed."""
        return self.published / "onefunnel.duckdb"

    @property
    def steward_file(self) -> Path:
        """The newest published file with personal columns in the clear."""
        return self.published / "steward" / "onefunnel.duckdb"

    @property
    def decisions(self) -> Path:
        """Append-only CSV files of what people decided."""
        return self.home / "company" / "decisions"

    @property
    def specs(self) -> list[Path]:
        """Folders of a company's own connector specs."""
        return [self.home / "company" / "specs"]


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment and the company's settings file.

    Raises:
        SettingsError: an unknown engine, an unknown business setting, or one of the wrong type.
    """
    read = os.environ if environment is None else environment
    home = Path(read.get("ONEFUNNEL_HOME") or "data").expanduser().absolute()
    exports = Path(read.get("ONEFUNNEL_EXPORTS") or home / "exports").expanduser().absolute()
    engine = read.get("ONEFUNNEL_ENGINE") or "duckdb"
    _check_engine(engine)
    return Settings(home, exports, engine, business_settings(home / "company" / "settings.yaml"))


def _check_engine(engine: str) -> None:
    if engine not in ENGINES:
        raise SettingsError(
            f"ONEFUNNEL_ENGINE is {engine!r}; known engines: {', '.join(ENGINES)}. Correct the variable."
        )
    if engine == "spark":
        raise SettingsError(
            "ONEFUNNEL_ENGINE is 'spark', which is not available yet. Set it to 'duckdb' or unset it."
        )


def business_settings(overrides: Path, project: Path = DBT_PROJECT / "dbt_project.yml") -> dict[str, Any]:
    """Defaults of dbt_project.yml `vars`, overridden by the company's settings file if there is one."""
    defaults = {k: v for k, v in read_yaml(project)["vars"].items() if k not in COMPUTED_VARS}
    if not overrides.exists():
        return defaults
    given = read_yaml(overrides) or {}
    if not isinstance(given, dict):
        raise SettingsError(f"{overrides}: found {type(given).__name__}, expected lines of `setting: value`.")
    for name, value in given.items():
        _check_setting(overrides, name, value, defaults)
    return {**defaults, **given}


def _check_setting(file: Path, name: str, value: Any, defaults: Mapping[str, Any]) -> None:
    if name not in defaults:
        raise SettingsError(f"{file}: unknown setting {name!r}. Known: {', '.join(sorted(defaults))}.")
    expected = type(defaults[name])
    good = type(value) is expected or (expected is float and type(value) is int)
    if not good:
        hint = (
            " YAML reads a bare no, off, yes or on as a truth value: put it in quotes."
            if expected is str and isinstance(value, bool)
            else ""
        )
        raise SettingsError(
            f"{file}: {name} is {value!r} ({type(value).__name__}), expected {expected.__name__} "
            f"such as {defaults[name]!r}.{hint}"
        )


def read_yaml(path: Path) -> Any:
    """The document of a YAML file; SettingsError names the file and line if it is not YAML."""
    try:
        return load_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path}: not readable as YAML: {problem}. Correct the file.") from problem


def export_environment(settings: Settings, warehouse: Path) -> None:
    """Tell dbt, Dagster and their child processes where this home is; no telemetry leaves the machine."""
    os.environ["ONEFUNNEL_HOME"] = str(settings.home)
    os.environ["ONEFUNNEL_EXPORTS"] = str(settings.exports)
    os.environ["ONEFUNNEL_WAREHOUSE"] = str(warehouse)
    os.environ["DAGSTER_HOME"] = str(settings.home / "dagster")
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.environ["GX_ANALYTICS_ENABLED"] = "false"


def bin_folder() -> Path:
    """Where this environment's console scripts are."""
    return Path(sys.executable).parent


def user_name() -> str:
    """Who is deciding: the login name, for decision files."""
    return (
        os.environ.get("ONEFUNNEL_USER") or os.environ.get("USER") or os.environ.get("LOGNAME") or "unknown"
    )


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day, UTC."""
    return now().date()
