"""Dagster's event log with its files kept open.

Dagster opens and closes a SQLite file several times for each event that it stores, and prepares every statement anew: with
some three thousand events a night that was two fifths of a small night. Format and place of the files stay Dagster's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event

WAIT_SECONDS = 10.0  # for the lock of another process, such as the web server's


def without_waiting(connection: Any, _record: Any) -> None:
    """Do not wait for the disk at every event: in SQLite's log mode a crash can lose the last ones, never the file."""
    connection.execute("pragma synchronous = normal")


class OpenEventLog(SqliteEventLogStorage):
    """One engine, so one open connection, for each file. The base class lets one thread in at a time."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "OpenEventLog":
        """Built by Dagster from dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._initialized_dbs:  # also after the files were wiped
                engine = create_engine(
                    self.conn_string_for_shard(shard), connect_args={"timeout": WAIT_SECONDS}
                )
                event.listen(engine, "connect", without_waiting)
                self._initdb(engine)
                self._engines[shard] = engine
                self._initialized_dbs.add(shard)
            with self._engines[shard].begin() as connection:
                yield connection
