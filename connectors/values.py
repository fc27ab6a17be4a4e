"""Canonical text: what every cell becomes, decided per file and column and computed in the engine.

ISO 8601 UTC, plain decimals in major units, true/false, trimmed Unicode NFC. A cell that cannot be read is null.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from connectors.spec import Form, Kind

# ISO 4217 minor units where they are not two.
EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
NOTHING = ("#n/a", "null", "none", "nan", "--", "-", "(not set)", "n/a")
ZONES = {
    "PDT": "-07:00",
    "PST": "-08:00",
    "EDT": "-04:00",
    "EST": "-05:00",
    "CDT": "-05:00",
    "CST": "-06:00",
    "GMT": "Z",
}
CLOCKS = [
    "",
    " %H:%M:%S.%f",
    " %H:%M:%S",
    " %H:%M",
    " %I:%M:%S %p",
    " %I:%M %p",
    ", %I:%M %p",
    ", %I:%M:%S %p",
]
WORDED = ["%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y"]


@dataclass(frozen=True)
class Habits:
    """How one column of one file writes what a single value leaves open."""

    day_first: bool = False
    decimal_comma: bool = False


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def cleaned(text: str, kind: Kind) -> str:
    """SQL: trimmed NFC text, null where a cell says nothing."""
    trimmed = f"nullif(trim(nfc_normalize({text}), ' \t\r\n\u00a0\ufeff'), '')"
    nothing = ("#n/a", "null") if kind in ("text", "json") else NOTHING
    listed = ", ".join(literal(word) for word in nothing)
    return f"(case when lower({trimmed}) in ({listed}) then null else {trimmed} end)"


def habits(con: duckdb.DuckDBPyConnection, relation: str, text: str, kind: Kind) -> Habits:
    """Look at all values of a column: month-first or day-first, decimal point or comma.

    A date column is day-first when some value can only be that, or when it is written with dots.
    """
    if kind in ("date", "timestamp"):
        first, second = (
            rf"regexp_extract({text}, '^(\d{{1,2}})[/.-](\d{{1,2}})[/.-]\d{{4}}', 1)",
            (rf"regexp_extract({text}, '^(\d{{1,2}})[/.-](\d{{1,2}})[/.-]\d{{4}}', 2)"),
        )
        sql = f"""
            select coalesce(bool_or(try_cast({first} as int) > 12), false),
                coalesce(bool_or(try_cast({second} as int) > 12), false),
                coalesce(bool_or(regexp_matches({text}, '^\\d{{1,2}}\\.\\d{{1,2}}\\.\\d{{4}}')), false)
            from {relation}"""
        day_first, month_first, dotted = con.execute(sql).fetchall()[0]
        return Habits(day_first=(day_first or dotted) and not month_first)
    if kind in ("number", "money"):
        sql = rf"""
            select coalesce(bool_or(regexp_matches({text}, ',\d{{1,2}}\D*$') or regexp_matches({text}, '\.\d{{3}},')), false),
                coalesce(bool_or(regexp_matches({text}, '\.\d{{1,2}}\D*$') or regexp_matches({text}, ',\d{{3}}\.')), false)
            from {relation}"""
        comma, point = con.execute(sql).fetchall()[0]
        return Habits(decimal_comma=comma and not point)
    return Habits()


def canonical(text: str, kind: Kind, form: Form, habit: Habits, currency: str | None = None) -> str:
    """SQL expression of the canonical text of a cleaned cell; null where it cannot be read."""
    match kind:
        case "timestamp":
            return iso_timestamp(moment(text, form, habit))
        case "date":
            return f"strftime({moment(text, form, habit)}, '%Y-%m-%d')"
        case "number":
            return plain(decimal(text, habit))
        case "integer":
            number = decimal(text, habit)
            return f"(case when {number} = trunc({number}) then {plain(f'trunc({number})')} end)"
        case "money":
            return plain(money(decimal(text, habit), form, currency))
        case "boolean":
            yes, no = "'true','yes','1','t','y'", "'false','no','0','f','n'"
            return f"(case when lower({text}) in ({yes}) then 'true' when lower({text}) in ({no}) then 'false' end)"
        case "currency":
            return f"(case when regexp_matches({text}, '^[A-Za-z]{{3}}$') then upper({text}) end)"
        case _:
            return text


def moment(text: str, form: Form, habit: Habits) -> str:
    """SQL: a timestamp in UTC without zone."""
    day, month = "%d", "%m"
    order = [day, month] if habit.day_first else [month, day]
    dates = [sep.join([*order, "%Y"]) for sep in "/.-"] + WORDED + ["%Y/%m/%d"]
    formats = [date + clock for date in dates for clock in CLOCKS] + ["%Y%m%d"]
    formats += ["%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p"]
    listed = ", ".join(literal(one) for one in formats)
    worded = f"upper({text})"
    for name, offset in ZONES.items():
        worded = f"regexp_replace({worded}, ' {name}$', '{offset}')"
    worded = f"regexp_replace(regexp_replace({worded}, ' UTC$', 'Z'), 'Z([+-]\\d{{4}})$', '\\1')"
    worded = f"regexp_replace({worded}, '([ T]\\d{{1,2}}:\\d{{2}})(Z|[+-]\\d{{2}}:?\\d{{2}})$', '\\1:00\\2')"
    offset = (
        f"regexp_matches({text}, '(Z|[+-]\\d{{2}}:?\\d{{2}}| [A-Z]{{3}})$') and regexp_matches({text}, ':')"
    )
    zoned = f"timezone('UTC', try_cast(regexp_replace({worded}, ' ?([+-]\\d{{2}}):?(\\d{{2}})$', '\\1:\\2') as timestamptz))"
    naive = f"coalesce(try_cast({text} as timestamp), try_strptime({worded}, [{listed}]))"
    if form.zone:
        naive = f"timezone('UTC', timezone({literal(form.zone)}, {naive}))"
    calendar = f"(case when {offset} then {zoned} when regexp_matches({text}, '\\D') or length({text}) = 8 then {naive} end)"
    if form.unit in ("epoch_s", "epoch_ms"):
        factor = 1_000_000 if form.unit == "epoch_s" else 1_000
        epoch = f"make_timestamp(cast(try_cast({text} as decimal(26, 6)) * {factor} as bigint))"
        return f"(case when regexp_matches({text}, '^-?\\d+(\\.\\d+)?$') then {epoch} else {calendar} end)"
    return calendar


def iso_timestamp(value: str) -> str:
    return f"replace(strftime({value}, '%Y-%m-%dT%H:%M:%S.%fZ'), '.000000Z', 'Z')"


def decimal(text: str, habit: Habits) -> str:
    """SQL: decimal(38, 10); thousands separators, currency signs, brackets, percent signs and k/M are understood."""
    digits = f"regexp_replace({text}, '[\\s\\x{{00a0}}\\x{{202f}}'']', '', 'g')"
    digits = f"regexp_replace({digits}, '^\\((.*)\\)$', '-\\1')"
    digits = (
        f"regexp_replace({digits}, '^(-?)[A-Za-z]{{0,3}}[$€£¥]|[$€£¥%]|^[A-Z]{{3}}|[A-Z]{{3}}$', '\\1', 'g')"
    )
    if habit.decimal_comma:
        digits = f"replace(replace({digits}, '.', ''), ',', '.')"
    else:
        digits = f"replace({digits}, ',', '')"
    suffix = f"case lower(right({digits}, 1)) when 'k' then 1000 when 'm' then 1000000 else 1 end"
    number = f"try_cast(regexp_replace({digits}, '[kKmM]$', '') as decimal(38, 10))"
    return f"cast({number} * ({suffix}) as decimal(38, 10))"


def money(value: str, form: Form, currency: str | None) -> str:
    """SQL: major units by the currency's exponent; exact, as 10^-n is a decimal."""
    if form.unit == "micros":
        return f"cast(cast({value} as decimal(30, 4)) * 0.000001 as decimal(38, 10))"
    if form.unit == "minor":
        code = f"upper({currency})" if currency else "''"
        cases = " ".join(
            f"when {code} = '{name}' then {'1.000' if exponent == 0 else '0.001'}"
            for name, exponent in EXPONENTS.items()
        )
        return f"cast(cast({value} as decimal(30, 4)) * (case {cases} else 0.010 end) as decimal(38, 10))"
    return value


def plain(value: str) -> str:
    """SQL: a decimal as text without trailing zeros."""
    return f"regexp_replace(regexp_replace(cast({value} as varchar), '(\\.\\d*?)0+$', '\\1'), '\\.$', '')"
