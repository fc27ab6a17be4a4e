"""Views `records` and `claims`: every claim with its record's number and its normal form.

Only records that say something else than last night are read again; the others' claims lie in the memory.
"""

from __future__ import annotations

import duckdb

from connectors.identity.forms import SPELLING, normal_form, sql_list, write_forms, write_hosts
from connectors.identity.normalise import country, listed
from connectors.identity.settings import IdentitySettings
from connectors.values import literal

NAME = "source, instance, table_name, record_key"
# A record's number follows from its name alone: it is the same every night, whatever else is delivered. In a million of
# records two share one once in ten million times.
NODE = f"(hash({NAME}) >> 1)::bigint"

HEARD = f"""
create or replace temp table heard as
select {NODE} as node, sum(hash(entity_kind, claim_kind, claim_value, target_source, target_table)) as digest
from raw_identity.claims group by node
"""
CHANGED = """
create or replace temp table changed_nodes as
select distinct node from heard full join identity_memory.records as known using (node) where heard.digest is distinct from known.digest
"""
FORGET = """
delete from identity_memory.claims where node in (from changed_nodes);
delete from identity_memory.records where node in (from changed_nodes)
"""
# A seat is one table of one tool: two live records there are two of whatever the tool keeps.
SEAT = "hash(source, instance, table_name)"
RECORDS = f"""
insert into identity_memory.seats
select {SEAT} as seat, any_value(source), any_value(instance), any_value(table_name) from raw_identity.claims
where claim_kind = 'self' and {SEAT} not in (select seat from identity_memory.seats) group by all;
insert into identity_memory.records
with found as (
    select {NODE} as node, {NAME}, bool_or(entity_kind = 'person') as is_person, bool_or(entity_kind = 'account') as is_account
    from raw_identity.claims where claim_kind = 'self' {{changed}} group by {NAME}
)
select node, heard.digest, {SEAT} as seat, record_key, is_person, is_account
from found inner join heard using (node)
"""
SAID = f"""
create or replace temp table said_claims as
with said as (
    select {NODE} as node, entity_kind, claim_kind, claim_value, target_source, target_table,
        case when entity_kind = 'account' and claim_kind = 'name' then 'company_name' when claim_kind = 'other_email' then 'email'
            else claim_kind end as kind, cast(null as varchar) as region,
        hash(entity_kind, claim_kind, target_source, target_table) as shape
    from raw_identity.claims where claim_kind <> 'self' and claim_value is not null {{changed}}
)
select said.*, records.is_account as on_account from said inner join records using (node)
"""
REGIONS = """
update said_claims set region = coalesce((select region from regions where regions.node = said_claims.node), {default})
where claim_kind = 'phone' and not starts_with(trim(claim_value), '+')
"""
# What was written is kept where it is not its normal form, and not of what is evidence only by that.
CLAIMS = """
insert into identity_memory.shapes
select shape, any_value(entity_kind), any_value(claim_kind), any_value(target_source), any_value(target_table) from said_claims
where shape not in (select shape from identity_memory.shapes) group by all;
insert into identity_memory.claims by name
with role_mailboxes as (select unnest({roles}) as mailbox)
select said.node, said.on_account, said.shape, case when said.kind = 'domain' then web_hosts.host else forms.normal end as form, web_hosts.host,
    said.kind = 'email' and split_part(forms.normal, '@', 1) in (from role_mailboxes) as is_role,
    coalesce(web_hosts.no_company or web_hosts.is_agency and said.kind = 'email', false) as is_open,
    case when said.claim_kind in ('same_as', 'member_of') then
        case when said.target_source = 'salesforce' then {target} else said.claim_value end end as target_key,
    case when said.claim_kind in ('email', 'other_email', 'phone', 'domain', 'same_as', 'member_of', 'merged_ids')
        then nullif(said.claim_value, coalesce(form, target_key)) end as written,
    false as is_shared, false as host_is_shared
from (select *, {spelling} as spelling from said_claims) as said
left join forms on forms.spelling = said.spelling
left join web_hosts on web_hosts.written = case when said.kind in ('email', 'domain') then split_part(forms.normal, '@', -1) end
"""


def gather(con: duckdb.DuckDBPyConnection, settings: IdentitySettings, is_first: bool) -> None:
    """Views `records` and `claims` over what raw_identity.claims says tonight, for which memory was recalled; temp table `changed_nodes`."""
    for statement in (HEARD, CHANGED, FORGET):
        con.execute(statement)
    changed = "" if is_first else f"and {NODE} in (from changed_nodes)"
    con.execute(RECORDS.format(changed=changed))
    con.execute(SAID.format(changed=changed))
    write_regions(con, settings)
    write_forms(con)
    write_hosts(con, settings)
    con.execute(
        CLAIMS.format(
            spelling=SPELLING,
            roles=sql_list(sorted(listed("role_mailboxes"))),
            target=long_id("said.claim_value"),
        )
    )
    for kind, cap in settings.claim_caps.items():
        mark_shared(con, kind, cap)


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


def mark_shared(con: duckdb.DuckDBPyConnection, kind: str, cap: int) -> None:
    """A claim that more records share than its cap is no evidence."""
    column, flag = ("host", "host_is_shared") if kind == "domain" else ("form", "is_shared")
    kinds = {"domain": "('domain', 'email')", "email": "('email', 'other_email')"}.get(
        kind, f"({literal(kind)})"
    )
    is_of_kind = f"shape in (select shape from identity_memory.shapes where claim_kind in {kinds})"
    con.execute(
        f"""create or replace temp table shared_values as
            with frequent as (
                select {column} from identity_memory.claims where {is_of_kind} and {column} is not null group by 1 having count(*) > {cap}
            )
            select {column} from identity_memory.claims inner join frequent using ({column}) where {is_of_kind}
            group by 1 having count(distinct node) > {cap}"""
    )
    is_other = f"{is_of_kind} and {column} is not null and {flag} <> ({column} in (from shared_values))"
    con.execute(
        f"""insert into changed_nodes
            select distinct node from identity_memory.claims where {is_other} and node not in (from changed_nodes);
            update identity_memory.claims set {flag} = not {flag} where {is_other}"""
    )


__all__ = ["gather", "normal_form"]
