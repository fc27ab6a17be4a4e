"""Normal forms of all claims: each distinct value once, plain spellings in SQL (a million a second), the rest in Python.

Each SQL form gives what its twin in `normalise` gives, for the spellings that its pattern admits; a test holds them together.
"""

from __future__ import annotations

from functools import cache

import duckdb
import pandas as pd

from connectors.identity import normalise
from connectors.identity.settings import IdentitySettings
from connectors.values import literal

EMAIL = r"[A-Za-z0-9._%-]+(\+[A-Za-z0-9._%+-]*)?@([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z]"
HOST = r"^(?:[a-z][a-z0-9+.-]*://)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]+)(?:/.*)?$"
# A plus, then figures with the usual signs between; a trunk nought in brackets is left to Python.
PHONE = r"\+[1-9][0-9 .-]{6,20}"
WORDS = "[A-Za-z0-9]+( [A-Za-z0-9]+)*"
COMPANY = "[A-Za-z0-9 ,.-]*[A-Za-z0-9][A-Za-z0-9 ,.-]*"
APART = "(^| )[a-z0-9] [a-z0-9]( |$)"  # letters written apart are joined in Python
BARE = "trim(regexp_replace(replace(lower(said), '.', ''), '[^a-z0-9]+', ' ', 'g'))"

# A spelling is known by its hash. `kind` is the claim kind, but for a company's name. A plain spelling's form may need the given name's list of short forms.
SPELLING = "hash(kind, claim_value, region)"
DISTINCT = f"""
create or replace temp table spellings as
with distinct_values as (
    select {SPELLING} as spelling, any_value(kind) as kind, any_value(claim_value) as claim_value, any_value(region) as region
    from said_claims where claim_kind not in ('same_as', 'member_of') group by all
)
select spelling, kind, claim_value, region, trim(claim_value) as said, lower(split_part(said, ' ', 1)) as first_word from distinct_values
"""
FORMS = """
create or replace temp table forms as
with short_forms as (
    select unnest({shorts}) as short, unnest({longs}) as long
),
formed as (
    select spelling, spellings.kind, claim_value, case kind
        when 'email' then case when regexp_full_match(said, '{email}') then
            case when lower(split_part(said, '@', 2)) in ('gmail.com', 'googlemail.com') then replace(lower(split_part(split_part(said, '@', 1), '+', 1)), '.', '') || '@gmail.com'
                else lower(split_part(split_part(said, '@', 1), '+', 1)) || '@' || lower(split_part(said, '@', 2)) end end
        when 'domain' then case when regexp_matches(regexp_replace(lower(said), '{before_host}', ''), '{hosted_page}') then '{no_form}'
            else nullif(regexp_extract(lower(said), '{host}', 1), '') end
        when 'phone' then {phone}
        when 'first_name' then case when regexp_full_match(said, '[A-Za-z]+') and first_word not in {titles} then coalesce(long, first_word) end
        when 'name' then case when regexp_full_match(said, '[A-Za-z]+ [A-Za-z]+') and first_word not in {titles} and lower(split_part(said, ' ', 2)) not in {titles}
            then coalesce(long, first_word) || ' ' || lower(split_part(said, ' ', 2)) end
        when 'company_name' then case when regexp_full_match(said, '{company}') and not regexp_matches({bare}, '{apart}')
            then regexp_replace(regexp_replace({bare}, '{endings}', ''), '{beginnings}', '') end
        when 'merged_ids' then ''
        when 'birth_date' then case when regexp_full_match(said, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') then said end
        when 'country' then null
        else case when regexp_full_match(said, '{words}') then lower(said) end end as normal
    from spellings left join short_forms on short = first_word and kind in ('first_name', 'name')
)
select spelling, kind, claim_value, nullif(normal, '{no_form}') as normal from formed where normal is not null
"""
# Said of a spelling by SQL: there is no form, and Python need not be asked.
NO_FORM = "∅"
# What SQL leaves: Python gives it a form, or says that it has none.
LEFT = "select spelling, kind, claim_value, region from spellings anti join forms using (spelling)"


def write_forms(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table `forms` (spelling, kind, claim_value, normal) of everything in `said_claims`."""
    con.execute(DISTINCT)
    codes = [
        code
        for (code,) in con.execute(
            "select distinct unnest([said[2:2], said[2:3], said[2:4]]) from spellings where kind = 'phone' and said[1] = '+'"
        ).fetchall()
    ]
    names = normalise.nicknames()
    statement = FORMS.format(
        shorts=sql_list(names), longs=sql_list(names.values()), titles=sql_tuple(normalise.TITLES),
        email=EMAIL, no_form=NO_FORM, host=HOST, before_host=normalise.BEFORE_HOST, hosted_page=normalise.hosted_page(), company=COMPANY, apart=APART, words=WORDS, bare=BARE, phone=phone_sql(codes),
        endings=normalise.legal_endings().pattern, beginnings=normalise.legal_beginnings().pattern,
    )  # fmt: skip
    con.execute(statement)
    write_slow_forms(con)


def write_slow_forms(con: duckdb.DuckDBPyConnection) -> None:
    """Add to `forms` what only Python can tell."""
    left = con.execute(LEFT).df()
    left = left.astype(object).where(left.notna(), None)  # a region that is nowhere told comes as NaN
    left["normal"] = pd.Series(
        [normal_form(kind, value, region) for _, kind, value, region in left.itertuples(index=False)],
        dtype="object",
    )
    con.register("in_python", left)
    con.execute(
        """insert into forms select cast(spelling as ubigint), cast(kind as varchar), cast(claim_value as varchar), cast(normal as varchar)
            from in_python where normal is not null"""
    )
    con.unregister("in_python")


def normal_form(kind: str, value: str, region: str | None) -> str | None:
    """The form in which two spellings of one claim are equal."""
    match kind:
        case "email":
            return normalise.email(value)
        case "phone":
            return normalise.phone(value, region or "ZZ")
        case "domain":
            return normalise.domain(value)
        case "company_name":
            return normalise.company_name(value)
        case "name":
            return normalise.person_name(value)
        case "first_name":
            return normalise.given_name(value)
        case "country":
            return normalise.country(value)
        case "birth_date":
            return value.strip()[:10] or None
        case _:
            return normalise.plain_words(value)


def phone_sql(starts: list[str]) -> str:
    """E.164 of a number with its calling code where the plan of that code knows it; NO_FORM where it cannot; null leaves it to Python.

    Behind a figure that may be a trunk prefix stands another number, which Python finds.
    """
    codes = sorted({int(start) for start in starts if start.isdigit()} & set(normalise.calling_codes()))
    if not codes:
        return "null"
    figures = "regexp_replace(said, '[^0-9]', '', 'g')"
    cases = []
    for code in codes:
        national = f"{figures}[{len(str(code)) + 1}:]"
        known = f"regexp_full_match({national}, {literal(normalise.numbering_plan(code))})"
        prefix = normalise.trunk_prefix(code)
        other = f"regexp_matches({national}, {literal(f'^(?:{prefix})')})" if prefix else "false"
        cases.append(
            f"when starts_with({figures}, '{code}') then case when {known} then '+' || {figures} when not {other} then '{NO_FORM}' end"
        )
    return f"case when regexp_full_match(said, '{PHONE}') then case {' '.join(cases)} end end"


@cache
def suffixes() -> tuple[frozenset[str], frozenset[str]]:
    """Top-level domains, and the ends of two labels below which no name is registered or only by special rules."""
    known = [suffix.lstrip("*.!") for suffix in normalise.extractor().tlds]
    wild = {suffix[2:] for suffix in normalise.extractor().tlds if suffix.startswith("*.")}
    tops = frozenset(one for one in known if "." not in one and one.isascii() and one not in wild)
    return tops, frozenset(".".join(one.split(".")[-2:]) for one in known if "." in one)


def write_hosts(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> None:
    """Temp table `web_hosts`: the registrable domain of each host written, and what it may not be used for."""
    tops, special = suffixes()
    con.execute(
        f"""create or replace temp table web_hosts as
            with written as (
                select distinct split_part(normal, '@', -1) as written from forms where kind in ('email', 'domain') and normal is not null
            ),
            ends as (select written, regexp_extract(written, '([^.]+[.][^.]+)$', 1) as pair from written),
            top as (select unnest({sql_list(tops)}) as top),
            special as (select unnest({sql_list(special)}) as special)
            select written, case when top.top is not null and special.special is null and regexp_full_match(pair, '[a-z0-9.-]+') then pair end as host
            from ends left join top on top.top = split_part(pair, '.', 2) left join special on special.special = pair"""
    )
    left = con.execute("select written from web_hosts where host is null").df()
    left["host"] = pd.Series([normalise.domain(one) for one in left["written"]], dtype="object")
    con.register("in_python", left)
    con.execute(
        "update web_hosts set host = cast(in_python.host as varchar) from in_python where cast(in_python.written as varchar) = web_hosts.written"
    )
    con.unregister("in_python")
    own, agencies = sql_list(settings.own_domains), sql_list(settings.agency_domains)
    open_to_all = sql_list(
        normalise.listed("free_mail") | normalise.listed("disposable") | normalise.listed("relay")
    )
    con.execute(
        f"""create or replace temp table web_hosts as
            with open_to_all as (select unnest({open_to_all}) as name)
            select written, host,
                host in (from open_to_all) or written in (from open_to_all) or host in (select unnest({own})) as no_company,
                host in (select unnest({agencies})) as is_agency
            from web_hosts"""
    )


def sql_list(values: object) -> str:
    """Some strings as a list in SQL."""
    return "[" + ", ".join(literal(str(one)) for one in values) + "]::varchar[]"  # type: ignore[attr-defined]


def sql_tuple(values: object) -> str:
    return "(" + ", ".join(literal(str(one)) for one in sorted(values)) + ")"  # type: ignore[call-overload]
