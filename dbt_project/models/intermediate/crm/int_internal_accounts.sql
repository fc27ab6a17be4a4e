-- Accounts that are ourselves or a test: our own hosts are those of the staff's addresses, free mail left out.
with addresses as (
    select account_id, email, full_name from {{ ref('int_person_records') }} where email is not null
    union all
    select accounts.account_id, tickets.requester_email, cast(null as varchar)
    from {{ ref('int_tickets') }} as tickets
    inner join {{ ref('xref_accounts') }} as accounts using (source, instance, table_name, record_key)
    where tickets.requester_email is not null
),

hosts as (
    select {{ email_host('email') }} as host from {{ ref('int_owners') }} where email is not null
    {% for host in var('own_domains') %}
    union select '{{ host }}'
    {% endfor %}
),

own_hosts as (
    select distinct hosts.host
    from hosts
    left join {{ source('identity', 'guards') }} as guards
        on hosts.host = guards.value and guards.kind in ('free_mail', 'disposable', 'relay')
    where guards.value is null
),

judged as (
    select
        addresses.account_id,
        bool_or(own_hosts.host is not null) as is_own,
        bool_and(
            regexp_matches(lower(trim(addresses.email)), '{{ var("test_addresses") }}')
            or regexp_matches(lower(trim(coalesce(addresses.full_name, ''))), '{{ var("test_names") }}')
        ) as is_test
    from addresses
    left join own_hosts on {{ email_host('addresses.email') }} = own_hosts.host
    group by addresses.account_id
)

select account_id, is_own, is_test from judged where is_own or is_test
