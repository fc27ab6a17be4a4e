"""dbt, called in this process: a killed run takes dbt with it, and the second call finds the libraries loaded."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import DbtFailed
from orchestration.settings import DBT_PROJECT

QUIET = ("--log-level", "none", "--log-level-file", "none", "--no-send-anonymous-usage-stats", "--no-print")

# What dbt parsed in this process, by fingerprint: handed to the builds that follow, it spares them their own parse.
_PARSED: dict[str, Any] = {}


@dataclass(frozen=True)
class NodeResult:
    """How one model, seed or test went. `failures` counts failing rows of a test."""

    unique_id: str
    status: str
    failures: int
    seconds: float
    message: str


@dataclass(frozen=True)
class Dbt:
    """The dbt project with the variables of one home. Parsed files are kept in the home, not in the project."""

    target: Path
    variables: Mapping[str, Any]
    project: Path = DBT_PROJECT

    @property
    def manifest_path(self) -> Path:
        """Where dbt writes what it parsed."""
        return self.target / "manifest.json"

    def manifest(self) -> dict[str, Any]:
        """The parsed project; parsed anew only when a file or a variable changed."""
        stamp = self.target / "parsed.txt"
        fingerprint = self._fingerprint()
        is_fresh = self.manifest_path.exists() and stamp.exists() and stamp.read_text() == fingerprint
        if not is_fresh:
            _PARSED[fingerprint] = self._invoke(["parse"])
            stamp.write_text(fingerprint)
        document: dict[str, Any] = json.loads(self.manifest_path.read_text(encoding="utf-8"))
        return document

    def build(self, selection: Sequence[str]) -> list[NodeResult]:
        """Build what is selected with its data tests; unit tests belong to the test suite, not to the night."""
        parsed = _PARSED.get(self._fingerprint())
        # what went wrong is in the result; writing it as files too costs a second of every build
        line = ["build", *selection, "--exclude-resource-type", "unit_test", "--no-write-json"]
        result = self._invoke(line, parsed)
        return [_node_result(one) for one in result.results]

    def _invoke(self, arguments: list[str], parsed: Any = None) -> Any:
        from dbt.cli.main import dbtRunner

        self.target.mkdir(parents=True, exist_ok=True)
        done = dbtRunner(manifest=parsed).invoke([*arguments, *self._options()])
        _close_connections()
        if done.exception is not None:
            raise DbtFailed(f"dbt {arguments[0]}: {plain(str(done.exception))}") from done.exception
        return done.result

    def _options(self) -> list[str]:
        folders = ["--project-dir", str(self.project), "--profiles-dir", str(self.project)]
        output = ["--target-path", str(self.target), "--log-path", str(self.target)]
        return [*folders, *output, "--vars", json.dumps(self.variables, sort_keys=True), *QUIET]

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(json.dumps(self.variables, sort_keys=True).encode())
        for path in project_files(self.project):
            digest.update(str(path.relative_to(self.project)).encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()


def project_files(project: Path) -> list[Path]:
    """The files that dbt parses."""
    kinds = {".sql", ".yml", ".yaml", ".csv"}
    built = {"target", "logs"}
    files = (path for path in project.rglob("*") if path.suffix in kinds)
    return sorted(path for path in files if not built & set(path.relative_to(project).parts))


def metrics_of(project: Path) -> dict[str, str]:
    """Metric -> department, from the folders of models/metrics."""
    return {path.stem: path.parent.name for path in sorted((project / "models" / "metrics").glob("*/*.sql"))}


def plain(message: str) -> str:
    """A dbt message without colours and blank lines."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", message).splitlines()
    return "\n".join(line for line in lines if line.strip())


def _node_result(one: Any) -> NodeResult:
    return NodeResult(
        one.node.unique_id,
        str(one.status),
        int(one.failures or 0),
        float(one.execution_time),
        plain(one.message or ""),
    )


def _close_connections() -> None:
    """dbt-duckdb keeps its file open for the next call; the next step of the night needs it closed."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
