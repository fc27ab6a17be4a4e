"""Delivered files in the archive."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from connectors.archive import keep


def test_one_file_archived_by_many_threads_at_once_is_kept_whole(tmp_path: Path) -> None:
    for attempt in range(30):
        file = tmp_path / f"{attempt}.jsonl"
        file.write_text(f"{attempt}\n" * 20_000, encoding="utf-8")

        with ThreadPoolExecutor(max_workers=8) as pool:
            kept = list(pool.map(lambda _, file=file: keep(tmp_path, file), range(8)))

        assert len(set(kept)) == 1
        assert kept[0][1].read_bytes() == file.read_bytes()
    assert list(tmp_path.rglob("*.tmp")) == []
