"""What must hold before a night starts: a writable home, free disk, one run at a time."""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import DiskFull, HomeNotWritable, RunInProgress, SettingsError
from orchestration.settings import Settings

MINIMUM_FREE_BYTES = 200 * 1024**2
FREE_PER_EXPORTED_BYTE = 4

_held: set[Path] = set()  # homes that this process holds: a run's steps may ask again


def check_home(home: Path) -> None:
    """Create the home if need be and prove that it can be written to.

    Raises:
        HomeNotWritable: it cannot.
    """
    probe = home / f".write-probe-{os.getpid()}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        raise HomeNotWritable(
            f"ONEFUNNEL_HOME {home} cannot be written to ({problem.strerror}). "
            "Correct its owner or mode, or set ONEFUNNEL_HOME to another folder."
        ) from problem


def check_disk(settings: Settings) -> None:
    """Refuse to start a night that could fill the disk.

    Raises:
        DiskFull: less is free than 200 MB or four times what the exports folder holds.
    """
    free = free_bytes(settings.home)
    needed = max(MINIMUM_FREE_BYTES, FREE_PER_EXPORTED_BYTE * folder_bytes(settings.exports))
    if free < needed:
        raise DiskFull(
            f"{settings.home}: {free / 1024**2:,.0f} MB free, {needed / 1024**2:,.0f} MB needed for a night. "
            "Free some disk or set ONEFUNNEL_HOME to a larger one; nothing was changed."
        )


def check_port(port: int) -> None:
    """Prove that a loopback port is free.

    Raises:
        SettingsError: another program listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            raise SettingsError(
                f"Port {port} of 127.0.0.1 is taken ({problem.strerror}). Choose another with --port."
            ) from problem


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below `folder`; 0 when it is missing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


@contextmanager
def run_lock(home: Path) -> Iterator[None]:
    """Hold this home for one run; the system frees it when the process ends, however it ends.

    Raises:
        RunInProgress: another process holds it.
    """
    if home in _held:
        yield
        return
    path = home / "run.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise RunInProgress(
                f"{home}: another run is under way (process {holder}). Wait for it to end, then run again."
            ) from problem
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        _held.add(home)
        try:
            yield
        finally:
            _held.discard(home)


def is_running(home: Path) -> bool:
    """Whether a run holds this home now."""
    path = home / "run.lock"
    if not path.exists():
        return False
    with path.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
