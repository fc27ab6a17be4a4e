"""What the company's settings tell identity, checked before a night starts."""

from collections.abc import Iterable
from typing import Any

from connectors.identity.settings import IdentitySettings
from orchestration.errors import SettingsError
from orchestration.settings import Settings


def check_identity(settings: Settings) -> None:
    """Say before a night starts what is wrong with identity's settings or with the stewards' decisions.

    Raises:
        SettingsError: a setting is no domain, country, source or size.
        DecisionError: a line of company/decisions/identity.csv cannot be read.
    """
    from connectors.identity.decisions import read_lines

    identity_settings(settings)
    check_entities(settings)
    read_lines(settings.decisions / "identity.csv")


def check_entities(settings: Settings) -> None:
    """What belongs to which legal entity is a source, or an instance of one.

    Raises:
        SettingsError: something else stands in `legal_entities`.
    """
    given = settings.business["legal_entities"]
    known_sources(settings, "legal_entities", {str(place).partition("@")[0] for place in given})
    if wrong := [
        place for place, entity in given.items() if not (isinstance(entity, str) and entity.strip())
    ]:
        raise SettingsError(f"legal_entities: {wrong[0]} has no name of an entity. Write it in quotes.")


def known_sources(settings: Settings, setting: str, named: Iterable[str]) -> None:
    """Every source that a setting names has a spec.

    Raises:
        SettingsError: one has none.
    """
    if not (named := set(named)):
        return
    from connectors.spec import load_specs

    known = load_specs(extra=settings.specs)
    if unknown := sorted(named - set(known)):
        raise SettingsError(f"{setting}: no source {', '.join(unknown)}. Known: {', '.join(known)}.")


def identity_settings(settings: Settings) -> IdentitySettings:
    """The business settings that identity knows, as it wants them.

    Raises:
        SettingsError: one of them is no domain, country, source or size.
    """
    given = settings.business
    standard = IdentitySettings()
    sources = frozenset(names(given, "holds_duplicates"))
    known_sources(settings, "holds_duplicates", sources)
    return IdentitySettings(
        own_domains=domains(given, "own_domains"),
        agency_domains=domains(given, "agency_domains"),
        phone_region=region(given["phone_region"]),
        holds_duplicates=sources,
        # what is not given keeps its default
        claim_caps=standard.claim_caps | sizes(given, "claim_caps", standard.claim_caps),
        cluster_limits=standard.cluster_limits | sizes(given, "cluster_limits", standard.cluster_limits),
    )


def names(given: Any, setting: str) -> list[str]:
    """A list of words.

    Raises:
        SettingsError: something else stands in it.
    """
    if wrong := [one for one in given[setting] if not isinstance(one, str)]:
        raise SettingsError(f"{setting}: {wrong[0]!r} is no text. Write it in quotes.")
    return list(given[setting])


def domains(given: Any, setting: str) -> frozenset[str]:
    """A list of registrable domains of one company each.

    Raises:
        SettingsError: one is no domain, is written otherwise than it is compared, or is open to anybody.
    """
    from connectors.identity.normalise import domain, listed

    written = names(given, setting)
    for one in written:
        plain = domain(one)
        if plain != one:
            remedy = f"Write {plain!r}." if plain else "Write it as in acme.com."
            raise SettingsError(f"{setting}: {one!r} is not how a domain is compared. {remedy}")
        if plain in listed("free_mail") | listed("disposable") | listed("relay"):
            raise SettingsError(f"{setting}: anybody can have an address at {one}. Leave it out.")
    return frozenset(written)


def region(written: str) -> str:
    """A country by its code.

    Raises:
        SettingsError: no country has it.
    """
    from phonenumbers import SUPPORTED_REGIONS

    from connectors.identity.normalise import country

    if written not in SUPPORTED_REGIONS:
        code = country(written)
        remedy = f"Write {code}." if code in SUPPORTED_REGIONS else "Write two letters, such as US."
        raise SettingsError(f"phone_region: {written!r} is no country's code by ISO 3166. {remedy}")
    return written


def sizes(given: Any, setting: str, known: dict[str, int]) -> dict[str, int]:
    """How many of each kind.

    Raises:
        SettingsError: a kind is unknown, or its size is no number from 1.
    """
    for kind, size in given[setting].items():
        if kind not in known:
            raise SettingsError(f"{setting}: no {kind!r}. Known: {', '.join(known)}.")
        if type(size) is not int or size < 1:
            raise SettingsError(f"{setting}: {kind} is {size!r}. Write a whole number from 1.")
    return dict(given[setting])
