"""Temp tables `records` and `claims`: every claim with its record's number and its normal form."""

from __future__ import annotations

from pathlib import Path

import duckdb

from connectors.identity.forms import normal_form, sql_list, write_forms, write_hosts
from connectors.identity.normalise import country, listed
from connectors.identity.settings import IdentitySettings
from connectors.values import literal

# A seat is one table of one tool: two live records there are two of whatever the tool keeps.
RECORDS = """
create or replace temp table records as
with found as (
    select source, instance, table_name, record_key, bool_or(entity_kind = 'person') as is_person,
        bool_or(entity_kind = 'account') as is_account, min(first_seen) as first_seen
    from raw_identity.claims where claim_kind = 'self' group by source, instance, table_name, record_key
),
seats as (
    select source, instance, table_name, row_number() over (order by source, instance, table_name) as seat
    from (select distinct source, instance, table_name from found)
),
numbered as (
    select row_number() over (order by seat, record_key) - 1 as node, found.*, seat from found inner join seats using (source, instance, table_name)
)
select * exclude (seat), case when source in (select unnest({lists})) then -1 - node else seat end as seat from numbered
"""
SAID = """
create or replace temp table said_claims as
select records.node, records.is_account as on_account, said.entity_kind, said.claim_kind, said.claim_value, said.target_source, said.target_table,
    case when said.entity_kind = 'account' and said.claim_kind = 'name' then 'company_name' else said.claim_kind end as kind, cast(null as varchar) as region
from raw_identity.claims as said
inner join records using (source, instance, table_name, record_key)
where said.claim_kind <> 'self' and said.claim_value is not null
"""
REGIONS = """
update said_claims set region = coalesce((select region from regions where regions.node = said_claims.node), {default})
where claim_kind = 'phone' and not starts_with(trim(claim_value), '+')
"""
CLAIMS = """
create or replace temp table claims as
with role_mailboxes as (select unnest({roles}) as mailbox)
select said.node, said.on_account, said.entity_kind, said.claim_kind, said.claim_value, said.target_source, said.target_table,
    case when said.kind = 'domain' then web_hosts.host else forms.normal end as normal, web_hosts.host,
    said.kind = 'email' and split_part(forms.normal, '@', 1) in (from role_mailboxes) as is_role,
    coalesce(web_hosts.no_company or web_hosts.is_agency and said.kind = 'email', false) as no_company,
    case when said.claim_kind in ('same_as', 'member_of') then
        case when said.target_source = 'salesforce' then {target} else said.claim_value end end as target_key
from said_claims as said
left join forms on forms.kind = said.kind and forms.claim_value = said.claim_value and coalesce(forms.region, '') = coalesce(said.region, '')
left join web_hosts on web_hosts.written = case when said.kind in ('email', 'domain') then split_part(forms.normal, '@', -1) end
"""


def gather(con: duckdb.DuckDBPyConnection, settings: IdentitySettings, home: Path | None = None) -> None:
    """Temp tables `records` and `claims` from raw_identity.claims; `home` may remember normal forms."""
    con.execute(RECORDS.format(lists=sql_list(sorted(settings.holds_duplicates))))
    con.execute(SAID)
    write_regions(con, settings)
    write_forms(con, home)
    write_hosts(con, settings)
    con.execute(
        CLAIMS.format(roles=sql_list(sorted(listed("role_mailboxes"))), target=long_id("said.claim_value"))
    )
    for kind, cap in settings.claim_caps.items():
        drop_shared(con, kind, cap)


def write_regions(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> None:
    """Give each phone without calling code the country of its record."""
    written = con.execute(
        "select distinct claim_value from said_claims where claim_kind = 'country'"
    ).fetchall()
    codes = [
        (value, code)
        for (value,) in written
        if (code := country(value)) and len(code) == 2 and code.isupper()
    ]
    con.execute(
        f"""create or replace temp table regions as
            with countries as (select unnest({sql_list(value for value, _ in codes)}) as claim_value, unnest({sql_list(code for _, code in codes)}) as region)
            select node, min(countries.region) as region from said_claims inner join countries using (claim_value) where claim_kind = 'country' group by node"""
    )
    con.execute(REGIONS.format(default=literal(settings.phone_region)))


def long_id(text: str) -> str:
    """SQL: a Salesforce id of 15 characters as its 18, anything else as it is."""
    block = "list_sum([(regexp_matches({text}[{start} + place], '[A-Z]')::integer << place) for place in range(5)])"
    check = " || ".join(
        f"'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[1 + {block.format(text=text, start=start)}::integer]"
        for start in (1, 6, 11)
    )
    return f"case when regexp_full_match({text}, '[a-zA-Z0-9]{{15}}') and not regexp_full_match({text}, '[0-9]*') then {text} || {check} else {text} end"


def drop_shared(con: duckdb.DuckDBPyConnection, kind: str, cap: int) -> None:
    """A claim that more records share than its cap is no evidence."""
    column = "host" if kind == "domain" else "normal"
    kinds = "('domain', 'email')" if kind == "domain" else f"({literal(kind)})"
    target = "no_company = true" if kind == "domain" else "normal = null"
    con.execute(
        f"""update claims set {target} where claim_kind in {kinds} and {column} in (
            select {column} from claims where claim_kind in {kinds} and {column} is not null group by 1 having count(distinct node) > {cap})"""
    )


__all__ = ["gather", "normal_form"]
