"""Connector specs: what an export holds, as data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from connectors.errors import SpecError
from connectors.yaml_files import load_yaml

SPECS = Path(__file__).parent / "specs"

Kind = Literal[
    "text",
    "email",
    "phone",
    "url",
    "integer",
    "number",
    "money",
    "currency",
    "boolean",
    "date",
    "timestamp",
    "json",
]
Unit = Literal["major", "minor", "micros", "epoch_s", "epoch_ms"]
PersonClaim = Literal[
    "email", "other_email", "phone", "name", "first_name", "last_name", "birth_date", "city", "country", "merged_ids"
]  # fmt: skip
AccountClaim = Literal[
    "name", "domain", "other_domain", "email", "phone", "city", "country", "address", "merged_ids"
]


def normal_header(header: str) -> str:
    """A header as it is compared: NFC, typographic quotes made plain, trimmed, lower case."""
    plain = unicodedata.normalize("NFC", header).replace("“", '"').replace("”", '"').replace("’", "'")
    return plain.strip().strip("\ufeff").lower()


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Form(Strict):
    """One header that a column is known by, with the unit or zone of that form."""

    header: str
    unit: Unit | None = None
    zone: str | None = None


class Column(Strict):
    """One column: its type, the headers it is known by, whether a file without it is held, what an empty cell of it means."""

    type: Kind
    forms: list[Form] = Field(alias="from", default_factory=list)
    required: bool = False
    currency: str | None = None
    empty: str | None = None

    @field_validator("forms", mode="before")
    @classmethod
    def plain_headers(cls, value: object) -> object:
        forms = value if isinstance(value, list) else [value]
        return [{"header": form} if isinstance(form, str) else form for form in forms]


class Pattern(Strict):
    """A family of headers kept as one JSON map: what `(?P<key>…)` matched → value."""

    match: str
    type: Kind = "text"

    @field_validator("match")
    @classmethod
    def has_key(cls, value: str) -> str:
        if "key" not in re.compile(value).groupindex:
            raise ValueError("needs a group (?P<key>…)")
        return value


class MaxDrop(Strict):
    """How far a snapshot may shrink before it is held: both must be passed."""

    share: float = 0.15
    rows: int = 20


class Identifies(Strict):
    """What a record says about who it is; claim kind → column. An empty `person` is a person without claims.

    The column of `other_email` holds any number of addresses, between `;` or `,`, that the person has beside `email`; that of
    `other_domain` domains that the company has beside `domain`, also as a JSON list.
    """

    person: dict[PersonClaim, str] | None = None
    account: dict[AccountClaim, str] | None = None
    same_as: dict[Literal["person", "account"], dict[str, str]] = Field(default_factory=dict)
    member_of: dict[str, str] = Field(default_factory=dict)


class Table(Strict):
    """One table of a source; see the design, section 4, for each field."""

    name: str = ""
    files: list[str]
    night: str | None = None
    json_path: list[str] = Field(default_factory=list)
    grain: str
    key: list[str]
    delivery: Literal["snapshot", "append", "upsert", "window"]
    cursor: str | None = None
    max_age_hours: int = 48
    max_drop: MaxDrop = Field(default_factory=MaxDrop)
    feeds: list[str] = Field(default_factory=list)
    columns: dict[str, Column]
    patterns: dict[str, Pattern] = Field(default_factory=dict)
    identifies: Identifies | None = None

    @model_validator(mode="after")
    def names_known_columns(self) -> Table:
        known = set(self.columns)
        named = {*self.key, *([self.cursor] if self.cursor else [])}
        named |= {column.currency for column in self.columns.values() if column.currency}
        if who := self.identifies:
            named |= {*(who.person or {}).values(), *(who.account or {}).values(), *who.member_of.values()}
            named |= {column for targets in who.same_as.values() for column in targets.values()}
        if unknown := sorted(named - known):
            raise ValueError(f"names columns that it does not have: {', '.join(unknown)}")
        if self.delivery in ("upsert", "window") and not self.cursor:
            raise ValueError(f"delivery '{self.delivery}' needs a cursor")
        return self

    @property
    def raw_columns(self) -> list[str]:
        return [*self.columns, *self.patterns]


class Source(Strict):
    """One tool: its tables and the department that owns it."""

    source: str
    owner: str
    tables: dict[str, Table]

    @field_validator("source")
    @classmethod
    def is_a_name(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
            raise ValueError("a source is lower-case letters, digits and underscores")
        return value

    @model_validator(mode="after")
    def name_tables(self) -> Source:
        for name, table in self.tables.items():
            table.name = name
        return self

    @property
    def schema_name(self) -> str:
        return f"raw_{self.source}"


def load_spec(path: Path) -> Source:
    """Read one spec; SpecError says which field of which file is wrong."""
    try:
        content: Any = load_yaml(path)
        source = Source.model_validate(content)
    except yaml.YAMLError as error:
        raise SpecError(f"{path.name}: not valid YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SpecError(
            f"{path.name}: {where}: {first['msg']} (found {first['input']!r:.80}). Correct the spec."
        ) from error
    if source.source != path.stem:
        raise SpecError(
            f"{path.name}: source is '{source.source}'; rename the file or the source so that both agree."
        )
    return source


def load_specs(directory: Path = SPECS, extra: Sequence[Path] = ()) -> dict[str, Source]:
    """Every spec of the directories, by source name, in alphabetical order."""
    paths = sorted(directory.glob("*.yaml")) + [
        path for folder in extra for path in sorted(folder.glob("*.yaml"))
    ]
    sources = [load_spec(path) for path in paths]
    return {source.source: source for source in sorted(sources, key=lambda source: source.source)}


def conformed(specs: dict[str, Source]) -> dict[str, list[str]]:
    """Which sources feed each conformed entity: what dbt needs to union their staging models."""
    entities: dict[str, set[str]] = {}
    for source in specs.values():
        for table in source.tables.values():
            for entity in table.feeds:
                entities.setdefault(entity, set()).add(source.source)
    return {entity: sorted(names) for entity, names in sorted(entities.items())}
