"""Normal forms that took Python, kept between nights: nearly every spelling of tonight was there last night.

One file, `identity_memory/forms-<fingerprint>.parquet`: a hash of each spelling, and its form. The fingerprint is of all
that a form depends on, so another version of code, lists or libraries starts anew. The folder can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from connectors.identity.normalise import LISTS
from connectors.state import write_parquet
from connectors.values import literal

# The unit separator stands in no kind and no region, so that two spellings never read the same.
KEY = "md5(concat(kind, chr(31), region, chr(31), claim_value))"
EMPTY = "create or replace temp table known_forms (spelling varchar, normal varchar)"


@cache
def fingerprint() -> str:
    """A hash of the code and the lists that make a form, and of the libraries that they ask."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), *sorted(LISTS.glob("*.txt"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    libraries = [f"{name} {version(name)}" for name in ("duckdb", "phonenumbers", "tldextract")]
    digest.update("\n".join([platform.python_version(), *libraries]).encode())
    return digest.hexdigest()[:16]


def memory_file(home: Path) -> Path:
    return home / "identity_memory" / f"forms-{fingerprint()}.parquet"


def recall(con: duckdb.DuckDBPyConnection, home: Path | None) -> None:
    """Temp table `known_forms`: what earlier nights worked out; empty where there is no memory, or one that cannot be read."""
    con.execute(EMPTY)
    if home is None or not memory_file(home).exists():
        return
    try:
        con.execute(
            f"insert into known_forms select spelling, any_value(normal) from read_parquet({literal(str(memory_file(home)))}) group by spelling"
        )
    except duckdb.Error:  # worked out again below, and written anew
        con.execute(EMPTY)


def keep(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Write tonight's forms that took Python, and no other, unless they are what was recalled."""
    changed = con.execute(
        """select count(*) from slow_forms full join known_forms on known_forms.spelling = slow_forms.spelling
            where slow_forms.spelling is null or known_forms.spelling is null"""
    ).fetchall()[0][0]
    if changed:
        forget(home)
        write_parquet(con, "select spelling, normal from slow_forms", memory_file(home))


def forget(home: Path) -> None:
    """Remove every memory: forms are people's values."""
    shutil.rmtree(home / "identity_memory", ignore_errors=True)
