"""Normal forms of identifiers. Each is a plain function, called once per distinct value."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import idna
import phonenumbers
import tldextract

LISTS = Path(__file__).parent / "lists"
EMAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]{2,}$")
# An address as mail programs write it: "Ada Byron <ada@acme.example>".
IN_BRACKETS = re.compile(r"<([^<>]*)>$")
# What is not seen: zero-width characters, soft hyphens and byte-order marks.
UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
TITLES = {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "sir", "jr", "sr", "sra", "srta", "mlle", "phd", "mba"}  # fmt: skip
# Those that may be a name as well are only taken from a name of more than two words.
LEADING = {"dipl", "hc", "ing", "mag", "m", "don", "dona", "dott", "sig", "rev", "capt"}
TRAILING = {"ii", "iii", "iv", "esq", "msc", "bsc", "llm", "cpa"}
GMAIL = {"gmail.com", "googlemail.com"}
# Letters that no decomposition turns into a plain one.
SPECIAL = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
    | dict.fromkeys("™℠®©", " ")
)
# The marks of Japanese voiced sounds are no accents: without them "bank" and "punk" are one word.
SOUNDS = {"\u3099", "\u309a"}
LANGUAGES = "en de fr es pt it nl sv da nb fi pl cs sk hu ro bg hr sr sl el tr ru uk lt lv et ja zh ko he ar hi th vi id"


@cache
def listed(name: str) -> frozenset[str]:
    """The entries of one of the lists kept beside this module."""
    lines = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def extractor() -> tldextract.TLDExtract:
    """The public suffix list that ships with the library; nothing is fetched.

    Its private half as well: below `uk.com` or `myshopify.com` every name is somebody else's.
    """
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def ascii_host(host: str) -> str | None:
    """A host as it is looked up, by IDNA 2008: `straße.de` and `strasse.de` have two owners."""
    if host.isascii():
        return host if all(0 < len(label) < 64 for label in host.split(".")) else None
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        return None


def email(text: str) -> str | None:
    """Lower case, without plus tag, Gmail without dots, domain in its ASCII form; None when it is no address."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", text)).strip()
    if written := IN_BRACKETS.search(plain):
        plain = written[1].strip()
    plain = plain.lower().removeprefix("mailto:")
    if not EMAIL.match(plain):
        return None
    local, _, given = plain.rpartition("@")
    host = ascii_host(given)
    if host is None:
        return None
    local = local.split("+", 1)[0] or local
    if host in GMAIL:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}" if local else None


# What stands before the host of a web page.
BEFORE_HOST = r"^(?:(?:[a-z][a-z0-9+.-]*:)?//+)?(?:www[.])?"


@cache
def hosted_page() -> str:
    """Of what BEFORE_HOST leaves: a page or a name of somebody's at a host in `page_hosts`, which says nothing of whose domain it is."""
    hosts = "|".join(re.escape(host) for host in sorted(listed("page_hosts")))
    return rf"^(?:(?:[a-z0-9-]+[.])+(?:{hosts})(?:[/?#:].*)?|(?:{hosts})/+[^/].*)$"


def domain(text: str) -> str | None:
    """The registrable domain of an address, host or web page; None where there is none."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", text)).strip().lower()
    if re.match(hosted_page(), re.sub(BEFORE_HOST, "", plain)):
        return None
    host = re.split(r"[/?#\s,;]", re.sub(r"^(?:[a-z][a-z0-9+.-]*:)?//+", "", plain), maxsplit=1)[0]
    found = extractor()(host.rpartition("@")[2].partition(":")[0])
    if not (found.domain and found.suffix):
        return None
    return ascii_host(f"{found.domain}.{found.suffix}")


@cache
def countries() -> dict[str, str]:
    """The codes of countries and their names by phonenumbers and the list of aliases, as plain words → ISO 3166 code."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    names = {
        words: code
        for code, written in LOCALE_DATA.items()
        for name in written.values()
        if not name.startswith("*") and (words := plain_words(name))
    }
    aliases = (line.partition(" ") for line in listed("country_aliases"))
    codes = {code.lower(): code for code in LOCALE_DATA}
    return names | codes | {alias: code for code, _, written in aliases for alias in written.split("|")}


@cache
def more_countries() -> dict[str, str]:
    """What Unicode's locale data call the countries in the languages of business; a name of two countries is left out."""
    from babel import Locale

    names: dict[str, set[str]] = {}
    for language in LANGUAGES.split():
        for code, name in Locale.parse(language).territories.items():
            if re.fullmatch("[A-Z]{2}", code) and (words := plain_words(name)):
                names.setdefault(words, set()).add(code)
    return {words: codes.pop() for words, codes in names.items() if len(codes) == 1}


def country(text: str) -> str | None:
    """The ISO 3166 code of a country in any of its larger languages; what is unknown stays as plain words.

    Lists also write "Korea, Republic of" and "Germany (DE)".
    """
    words = plain_words(text)
    if words is None:
        return None
    name, _, rest = text.partition(",")
    bare, _, _ = text.partition("(")
    for spelling in (words, plain_words(f"{rest} {name}"), plain_words(bare)):
        if spelling and (code := countries().get(spelling) or more_countries().get(spelling)):
            return code
    return words


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
    text = UNSEEN.sub("", text).strip()
    # 00 before the calling code is understood nearly everywhere, and written where it is not dialled
    spellings = [text, f"+{text[2:]}"] if text.startswith("00") else [text]
    for spelling in spellings:
        try:
            number = phonenumbers.parse(spelling, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def plain_words(text: str) -> str | None:
    """Lower-case words without accents, apostrophes and punctuation; letters of other scripts stay."""
    bare = unicodedata.normalize("NFKD", UNSEEN.sub("", text).casefold().translate(SPECIAL))
    bare = "".join(char for char in bare if char in SOUNDS or not unicodedata.combining(char))
    # once more: what a decomposition sets free may have a plain form of its own
    bare = unicodedata.normalize("NFC", bare.casefold())
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’`.]", "", bare)).split()) or None


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


@cache
def attached_forms() -> re.Pattern[str]:
    """Legal forms of languages that write no spaces, at either end of a name of which something is left."""
    forms = alternatives("attached_forms")
    return re.compile(rf"^(?:(?:{forms}) ?)+(?=.)|(?<=.)(?: ?(?:{forms}))+$")


SINGLE_LETTERS = re.compile(r"(?<![^ ])(\w) (?=\w(?: |$))")


def company_name(text: str) -> str | None:
    """Without accents, punctuation, a leading "The" and legal forms; letters written apart are one word, as in "B V"."""
    words = plain_words(re.sub(r"&amp;|[&+]", " and ", text))
    if words is None:
        return None
    words = attached_forms().sub("", words)
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
    """Given and family name: "Doe, Bob J." and "Dr. Robert Doe (he/him)" are both "robert doe"."""
    text = re.sub(r"\([^()]*\)", " ", text)
    family, comma, given = text.partition(",")
    words = (plain_words(f"{given} {family}" if comma and given.strip() else text) or "").split()
    words = [word for word in words if word not in TITLES]
    while len(words) > 2 and words[0] in LEADING:
        words = words[1:]
    while len(words) > 2 and words[-1] in TRAILING:
        words = words[:-1]
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
