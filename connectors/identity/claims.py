"""Temp tables `records` and `claims`: every claim with its record's number and its normal form."""

from __future__ import annotations

import duckdb
import pandas as pd

from connectors.identity import normalise
from connectors.identity.settings import IdentitySettings
from connectors.values import literal

RECORDS = """
create or replace temp table records as
select
    row_number() over (order by source, instance, table_name, record_key) - 1 as node,
    source, instance, table_name, record_key,
    bool_or(entity_kind = 'person') as is_person, bool_or(entity_kind = 'account') as is_account,
    min(first_seen) as first_seen
from raw_identity.claims where claim_kind = 'self'
group by source, instance, table_name, record_key
"""

# An address in plain ASCII has its normal form in SQL, a million of them in a second; anything else goes through Python.
PLAIN_EMAIL = r"[A-Za-z0-9._%-]+(\+[A-Za-z0-9._%+-]*)?@([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z]"
DISTINCT = f"""
create or replace temp table forms as
with distinct_values as (
    select distinct entity_kind, claim_kind, claim_value from raw_identity.claims
    where claim_kind not in ('self', 'same_as', 'member_of') and claim_value is not null
),
plain as (
    select *, claim_kind = 'email' and regexp_full_match(trim(claim_value), '{PLAIN_EMAIL}') as is_plain,
        lower(split_part(split_part(trim(claim_value), '@', 1), '+', 1)) as local_part, lower(split_part(trim(claim_value), '@', 2)) as host
    from distinct_values
)
select entity_kind, claim_kind, claim_value, is_plain,
    case when not is_plain then null
        when host in ('gmail.com', 'googlemail.com') then replace(local_part, '.', '') || '@gmail.com'
        else local_part || '@' || host end as normal
from plain
"""
CLAIMS = """
create or replace temp table claims as
select records.node, records.is_account as on_account, raw.entity_kind, raw.claim_kind, raw.claim_value, raw.source, raw.instance,
    raw.target_source, raw.target_table, forms.normal, hosts.host,
    coalesce(hosts.is_role, false) as is_role, coalesce(hosts.no_company, false) as no_company,
    case when raw.claim_kind in ('same_as', 'member_of') then
        case when raw.target_source = 'salesforce' then salesforce_id(raw.claim_value) else raw.claim_value end end as target_key
from raw_identity.claims as raw
inner join records using (source, instance, table_name, record_key)
left join forms using (entity_kind, claim_kind, claim_value)
left join web_hosts as hosts on hosts.claim_kind = raw.claim_kind and hosts.normal = forms.normal
where raw.claim_kind <> 'self'
"""


def gather(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> None:
    """Temp tables `records` and `claims` from raw_identity.claims."""
    con.execute(RECORDS)
    con.execute(DISTINCT)
    python_forms(con, settings)
    web_hosts(con, settings)
    con.create_function("salesforce_id", normalise.salesforce_id, ["VARCHAR"], "VARCHAR")
    con.execute(CLAIMS)
    con.remove_function("salesforce_id")
    for kind, cap in settings.caps.items():
        drop_shared(con, kind, cap)


def normal_form(entity: str, kind: str, value: str, region: str) -> str | None:
    """The form in which two spellings of one claim are equal."""
    match kind:
        case "email":
            return normalise.email(value)
        case "phone":
            return normalise.phone(value, region)
        case "domain":
            return normalise.domain(value)
        case "name":
            return normalise.company_name(value) if entity == "account" else normalise.person_name(value)
        case "first_name":
            return normalise.given_name(value)
        case "last_name":
            return normalise.plain_words(value)
        case "country":
            return normalise.country(value)
        case "birth_date":
            return value.strip()[:10] or None
        case _:
            return normalise.plain_words(value)


def python_forms(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> None:
    """Fill in `forms` what SQL left open, each distinct value once."""
    left = con.execute("select entity_kind, claim_kind, claim_value from forms where not is_plain").df()
    rows = zip(left["entity_kind"], left["claim_kind"], left["claim_value"], strict=True)
    left["normal"] = pd.Series([normal_form(*row, settings.phone_region) for row in rows], dtype="object")
    con.register("slow_forms", left)
    con.execute(
        """create or replace temp table forms as
            select entity_kind, claim_kind, claim_value, normal from forms where is_plain
            union all select entity_kind, claim_kind, claim_value, cast(normal as varchar) from slow_forms"""
    )
    con.unregister("slow_forms")


def web_hosts(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> None:
    """Temp table `web_hosts`: the registrable domain of each address or domain, and what it may not be used for."""
    hosts = con.execute(
        "select distinct split_part(normal, '@', -1) as written from forms where claim_kind in ('email', 'domain') and normal is not null"
    ).df()
    hosts["host"] = pd.Series([normalise.domain(one) for one in hosts["written"]], dtype="object")
    hosts["no_company"] = [
        isinstance(one, str) and (normalise.is_free(one) or one in settings.own_domains)
        for one in hosts["host"]
    ]
    roles = pd.DataFrame({"mailbox": sorted(normalise.listed("role_mailboxes"))})
    con.register("known_hosts", hosts)
    con.register("role_mailboxes", roles)
    con.execute(
        """create or replace temp table web_hosts as
            select distinct forms.claim_kind, forms.normal, cast(known_hosts.host as varchar) as host,
                cast(known_hosts.no_company as boolean) as no_company,
                forms.claim_kind = 'email' and split_part(forms.normal, '@', 1) in (select cast(mailbox as varchar) from role_mailboxes) as is_role
            from forms inner join known_hosts on cast(known_hosts.written as varchar) = split_part(forms.normal, '@', -1)
            where forms.claim_kind in ('email', 'domain') and forms.normal is not null"""
    )
    con.unregister("known_hosts")
    con.unregister("role_mailboxes")


def drop_shared(con: duckdb.DuckDBPyConnection, kind: str, cap: int) -> None:
    """A claim that more records share than its cap is no evidence."""
    column = "host" if kind == "domain" else "normal"
    kinds = "('domain', 'email')" if kind == "domain" else f"({literal(kind)})"
    target = "no_company = true" if kind == "domain" else "normal = null"
    con.execute(
        f"""update claims set {target} where claim_kind in {kinds} and {column} in (
            select {column} from claims where claim_kind in {kinds} group by 1 having count(distinct node) > {cap})"""
    )
