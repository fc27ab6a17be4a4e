"""What earlier nights remember of normal forms makes a night quicker, and never another."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.identity import form_memory, forms, normalise
from connectors.identity.settings import IdentitySettings
from tests.identity.test_resolve import Claim, Company, claims

GERMAN = IdentitySettings(phone_region="DE")
NIGHTS = [date(2026, 6, day) for day in (1, 2, 3)]
BERLIN, ABROAD, OTHER = "030 901820", "+49 30 901820", "030 901830"


def zoe(record: str, phone: str) -> list[Claim]:
    """A record of Zoë Grün, whose name and phone no pattern of plain spellings admits."""
    return claims(record, "person", first_name="Zoë", last_name="Grün", phone=phone)


# A record comes on the second night; on the third a phone changes, and another record is gone.
DELIVERED = [
    [*zoe("hubspot.contacts:1", BERLIN), *zoe("stripe.customers:2", ABROAD)],
    [*zoe("hubspot.contacts:1", BERLIN), *zoe("stripe.customers:2", ABROAD), *zoe("zendesk.users:3", BERLIN)],
    [*zoe("hubspot.contacts:1", OTHER), *zoe("zendesk.users:3", BERLIN)],
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The spellings that Python was asked for."""
    known: list[str] = []
    real = forms.normal_form

    def listening(kind: str, value: str, region: str | None) -> str | None:
        known.append(value)
        return real(kind, value, region)

    monkeypatch.setattr(forms, "normal_form", listening)
    yield known


def remembered(home: Path) -> list[Path]:
    return sorted((home / "identity_memory").iterdir())


def test_nights_are_the_same_with_a_memory_and_without(tmp_path: Path) -> None:
    with_memory, without = Company(tmp_path / "with"), Company(tmp_path / "without")
    for night, rows in zip(NIGHTS, DELIVERED, strict=True):
        mine = with_memory.resolve(rows, night, GERMAN)
        for file in (without.home / "identity_memory").glob("*"):
            file.unlink()
        theirs = without.resolve(list(reversed(rows)), night, GERMAN)
        assert mine == theirs
        assert (with_memory.reasons, with_memory.review) == (without.reasons, without.review)
        people = [golden for (kind, _), golden in mine.items() if kind == "person"]
        assert len(set(people)) == (2 if night == NIGHTS[2] else 1)


def test_a_night_asks_python_only_for_spellings_that_are_new(tmp_path: Path, asked: list[str]) -> None:
    company = Company(tmp_path)
    company.resolve(DELIVERED[0], NIGHTS[0], GERMAN)
    assert sorted(asked) == [BERLIN, "Grün", "Zoë"]
    asked.clear()
    company.resolve(DELIVERED[1], NIGHTS[1], GERMAN)
    assert asked == []
    company.resolve(DELIVERED[2], NIGHTS[2], GERMAN)
    assert asked == [OTHER]


def test_what_is_no_longer_delivered_is_no_longer_remembered(tmp_path: Path, asked: list[str]) -> None:
    company = Company(tmp_path)
    for night, rows in zip(NIGHTS[:2], ([*zoe("hubspot.contacts:1", OTHER)], DELIVERED[0]), strict=True):
        company.resolve(rows, night, GERMAN)
    (file,) = remembered(tmp_path)
    with duckdb.connect() as con:
        kept = con.execute(f"select spelling, normal from read_parquet('{file}')").fetchall()
    assert sorted(normal for _, normal in kept) == ["+4930901820", "grun", "zoe"]
    assert not any(value in spelling for spelling, _ in kept for value in (BERLIN, "Grün", "Zoë"))


@pytest.mark.parametrize("query", ["", "select 1 as something_else", "select ['a'] as spelling"])
def test_a_memory_that_cannot_be_read_is_made_anew(tmp_path: Path, query: str, asked: list[str]) -> None:
    company = Company(tmp_path)
    first = company.resolve(DELIVERED[0], NIGHTS[0], GERMAN)
    (file,) = remembered(tmp_path)
    if query:
        with duckdb.connect() as con:
            con.execute(f"copy ({query}) to '{file}' (format parquet)")
    else:
        file.write_bytes(file.read_bytes()[:100])
    asked.clear()
    assert company.resolve(DELIVERED[0], NIGHTS[1], GERMAN) == first
    assert sorted(asked) == [BERLIN, "Grün", "Zoë"]
    asked.clear()
    company.resolve(DELIVERED[0], NIGHTS[2], GERMAN)
    assert asked == []


def test_other_code_or_lists_start_a_new_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    company = Company(tmp_path)
    company.resolve(DELIVERED[0], NIGHTS[0], GERMAN)
    (old,) = remembered(tmp_path)
    with duckdb.connect() as con:  # forms of the old version that are no longer right
        con.execute(f"create table said as select spelling, 'x' as normal from read_parquet('{old}')")
        con.execute(f"copy said to '{old}' (format parquet)")
    monkeypatch.setattr(form_memory, "fingerprint", lambda: "another")
    asked.clear()
    ids = company.resolve(DELIVERED[0], NIGHTS[1], GERMAN)
    assert sorted(asked) == [BERLIN, "Grün", "Zoë"]
    assert [file.name for file in remembered(tmp_path)] == ["forms-another.parquet"]
    assert ids == Company(tmp_path / "fresh").resolve(DELIVERED[0], NIGHTS[1], GERMAN)


def test_the_fingerprint_is_of_lists_and_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for list_file in normalise.LISTS.glob("*.txt"):
        (tmp_path / list_file.name).write_bytes(list_file.read_bytes())
    form_memory.fingerprint.cache_clear()
    before = form_memory.fingerprint()
    monkeypatch.setattr(form_memory, "LISTS", tmp_path)
    form_memory.fingerprint.cache_clear()
    assert form_memory.fingerprint() == before
    with (tmp_path / "nicknames.txt").open("a", encoding="utf-8") as file:
        file.write("zacharias zaz\n")
    form_memory.fingerprint.cache_clear()
    assert form_memory.fingerprint() != before
    form_memory.fingerprint.cache_clear()


def test_another_region_of_phones_is_another_spelling(tmp_path: Path) -> None:
    """The Berlin number without calling code is one of Berlin only where Germany is meant."""
    company = Company(tmp_path)
    american = company.resolve(DELIVERED[0], NIGHTS[0])
    german = company.resolve(DELIVERED[0], NIGHTS[1], GERMAN)
    people = [{golden for (kind, _), golden in ids.items() if kind == "person"} for ids in (american, german)]
    assert [len(one) for one in people] == [2, 1]
