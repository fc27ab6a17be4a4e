import socket
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import guards
from orchestration.decisions import append_decision, read_decisions
from orchestration.errors import DiskFull, HomeNotWritable, RunInProgress, SettingsError
from orchestration.settings import Settings

HOLD = """
import sys, time
from pathlib import Path
from orchestration.guards import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_and_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline().strip() == "held"

        with pytest.raises(RunInProgress, match=f"process {holder.pid}.*Wait"), guards.run_lock(tmp_path):
            pass
        assert guards.is_running(tmp_path)
    finally:
        holder.kill()
        holder.wait()

    with guards.run_lock(tmp_path):
        assert (tmp_path / "run.lock").exists()
    assert not guards.is_running(tmp_path)


def test_a_home_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(HomeNotWritable, match=r"file/home cannot be written to .* ONEFUNNEL_HOME"):
        guards.check_home(tmp_path / "file" / "home")


def test_a_full_disk_is_refused_before_anything_is_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "free_bytes", lambda folder: 10 * 1024**2)

    with pytest.raises(DiskFull, match="10 MB free, 200 MB needed"):
        guards.check_disk(settings)


def test_a_taken_port_is_named_before_the_server_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SettingsError, match=f"Port {port} of 127.0.0.1 is taken .* --port"):
            guards.check_port(port)


def test_decisions_are_appended_with_who_when_and_why(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEFUNNEL_USER", "ada")

    append_decision(settings, "exports", "we deleted them, on purpose", delivery_id="d1", decision="accept")
    append_decision(settings, "exports", "wrong file", delivery_id="d2", decision="refuse")

    [first, second] = read_decisions(settings, "exports")
    assert (first["who"], first["delivery_id"], first["decision"], first["why"]) == (
        "ada", "d1", "accept", "we deleted them, on purpose",
    )  # fmt: skip
    assert second["decision"] == "refuse"
    assert first["when"].endswith("Z")


def test_a_decision_without_a_reason_is_refused(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="needs a reason"):
        append_decision(settings, "exports", "  ", delivery_id="d1", decision="accept")
