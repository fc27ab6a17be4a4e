"""Normal forms of identifiers. Each is a plain function, called once per distinct value."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import phonenumbers
import tldextract

LISTS = Path(__file__).parent / "lists"
EMAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]{2,}$")
TITLES = {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "sir", "jr", "sr", "phd", "mba"}
GMAIL = {"gmail.com", "googlemail.com"}
# Letters that no decomposition turns into a plain one.
SPECIAL = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


@cache
def listed(name: str) -> frozenset[str]:
    """The entries of one of the lists kept beside this module."""
    lines = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def extractor() -> tldextract.TLDExtract:
    """The public suffix list that ships with the library; nothing is fetched."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def email(text: str) -> str | None:
    """Lower case, without plus tag, Gmail without dots, domain in its ASCII form; None when it is no address."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("<>").lower().removeprefix("mailto:")
    if not EMAIL.match(plain):
        return None
    local, _, host = plain.rpartition("@")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    local = local.split("+", 1)[0] or local
    if host in GMAIL:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}" if local else None


def domain(text: str) -> str | None:
    """The registrable domain of an address, host or web page; None where there is none."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", plain.rpartition("@")[2])
    found = extractor()(re.split(r"[/?#:\s]", host, maxsplit=1)[0])
    if not (found.domain and found.suffix):
        return None
    try:
        return f"{found.domain}.{found.suffix}".encode("idna").decode("ascii")
    except UnicodeError:
        return None


@cache
def countries() -> dict[str, str]:
    """Every name and code of a country, as plain words → its ISO 3166 code."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    known = {
        words: code
        for code, names in LOCALE_DATA.items()
        for name in [code, *names.values()]
        if not name.startswith("*") and (words := plain_words(name))
    }
    aliases = (line.partition(" ") for line in listed("country_aliases"))
    return known | {alias: code for code, _, written in aliases for alias in written.split("|")}


def country(text: str) -> str | None:
    """The ISO 3166 code of a country in any of its larger languages; what is unknown stays as plain words."""
    words = plain_words(text)
    return countries().get(words, words) if words else None


@cache
def calling_codes() -> frozenset[int]:
    return frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@cache
def numbering_plan(code: int) -> str:
    """A pattern of all national numbers behind a calling code that are in use, by phonenumbers' own tables."""
    plans = []
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        kinds = (known.fixed_line, known.mobile, known.toll_free, known.premium_rate, known.shared_cost, known.personal_number, known.voip, known.pager, known.uan, known.voicemail) if known else ()  # fmt: skip
        plans += [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
    return "|".join(f"(?:{plan})" for plan in dict.fromkeys(plans))


@cache
def trunk_prefix(code: int) -> str | None:
    """A pattern of what may stand between a calling code and the national number, by phonenumbers' own tables."""
    region = phonenumbers.region_code_for_country_code(code)
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    return known.national_prefix_for_parsing if known else None


def phone(text: str, region: str) -> str | None:
    """E.164; None where it is no possible number. `region` (ISO 3166) is for numbers without a country code."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def plain_words(text: str) -> str | None:
    """Lower-case words without accents, apostrophes and punctuation; letters of other scripts stay."""
    bare = unicodedata.normalize("NFKD", text.casefold().translate(SPECIAL))
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    # once more: what a decomposition sets free may have a plain form of its own
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’`.]", "", bare.casefold())).split()) or None


def alternatives(name: str) -> str:
    """The entries of a list as one pattern, the longest first."""
    return "|".join(sorted(listed(name), key=lambda form: (-len(form), form)))


@cache
def legal_endings() -> re.Pattern[str]:
    """Legal forms, and what joins them, at the end of a name of which something is left."""
    return re.compile(rf"(?: (?:{alternatives('legal_forms')}|and))+$")


@cache
def legal_beginnings() -> re.Pattern[str]:
    """The article, and legal forms that stand before the name."""
    return re.compile(rf"^(?:the |(?:{alternatives('leading_forms')}) )+")


SINGLE_LETTERS = re.compile(r"(?<![^ ])(\w) (?=\w(?: |$))")


def company_name(text: str) -> str | None:
    """Without accents, punctuation, a leading "The" and legal forms; letters written apart are one word, as in "B V"."""
    words = plain_words(re.sub(r"&amp;|[&+]", " and ", text))
    if words is None:
        return None
    words = SINGLE_LETTERS.sub(r"\1", words)
    return legal_beginnings().sub("", legal_endings().sub("", words))


@cache
def common_words() -> frozenset[str]:
    """Words of company names that tell none from another, with the legal forms of one word."""
    return frozenset(word for line in listed("common_words") for word in line.split()) | listed("legal_forms")


def name_core(name: str) -> str | None:
    """What is a company's own in the normal form of its name, in alphabetical order; None where all is common."""
    own = sorted({word for word in name.split() if len(word) > 1 and word not in common_words()})
    return " ".join(own) or None


@cache
def nicknames() -> dict[str, str]:
    """Short form → given name, from the list kept beside this module."""
    rows = (line.split() for line in listed("nicknames"))
    return {short: name for name, *shorts in rows for short in shorts}


def given_name(text: str) -> str | None:
    """The first given name, nicknames resolved; an initial stays an initial."""
    words = [word for word in (plain_words(text) or "").split() if word not in TITLES]
    return nicknames().get(words[0], words[0]) if words else None


def person_name(text: str) -> str | None:
    """Given and family name: "Doe, Bob J." and "Dr. Robert Doe" are both "robert doe"."""
    family, comma, given = text.partition(",")
    words = (plain_words(f"{given} {family}" if comma and given.strip() else text) or "").split()
    words = [word for word in words if word not in TITLES]
    if len(words) < 2:
        return words[0] if words else None
    inner = [word for word in words[1:-1] if len(word) > 1]
    return " ".join([nicknames().get(words[0], words[0]), *inner, words[-1]])


def salesforce_id(text: str) -> str:
    """The 18-character form of a 15-character id; anything else as it is."""
    if not re.fullmatch(r"[a-zA-Z0-9]{15}", text) or text.isdigit():
        return text
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    blocks = [text[start : start + 5] for start in (0, 5, 10)]
    return text + "".join(
        alphabet[sum(1 << place for place, char in enumerate(block) if char.isupper())] for block in blocks
    )
