-- From when an account both pays and uses the product. Where no product tool tells of use, paying alone must do.
with paying as (
    select * from {{ ref('int_account_periods') }} where is_paying
),

uses as (
    select account_id, occurred_at, source, instance, table_name, record_key
    from {{ ref('int_account_events') }}
    where account_id is not null
),

tracked as (
    select count(*) > 0 as is_tracked from uses
),

used_before as (
    select paying.account_id, paying.place
    from paying
    inner join uses
        on paying.account_id = uses.account_id
        and uses.occurred_at between paying.entered_at - to_days({{ var('live_use_days') }}) and paying.entered_at
    group by paying.account_id, paying.place
),

first_use as (
    select paying.account_id, paying.place, uses.occurred_at, uses.source, uses.instance, uses.table_name, uses.record_key
    from paying
    inner join uses
        on paying.account_id = uses.account_id
        and uses.occurred_at > paying.entered_at and uses.occurred_at < coalesce(paying.until_at, timestamptz '9999-12-31')
    qualify row_number() over (partition by paying.account_id, paying.place order by uses.occurred_at, uses.source, uses.instance, uses.table_name, uses.record_key) = 1
)

select
    paying.account_id,
    case when used_before.place is not null or not tracked.is_tracked then paying.entered_at else first_use.occurred_at end as entered_at,
    case when tracked.is_tracked then 'observed' else 'inferred' end as evidence,
    case when used_before.place is not null or not tracked.is_tracked then paying.source else first_use.source end as source,
    case when used_before.place is not null or not tracked.is_tracked then paying.instance else first_use.instance end as instance,
    case when used_before.place is not null or not tracked.is_tracked then paying.table_name else first_use.table_name end as table_name,
    case when used_before.place is not null or not tracked.is_tracked then paying.record_key else first_use.record_key end as record_key,
    case when tracked.is_tracked then 'paying and using' else 'paying; no product tool' end as field
from paying
cross join tracked
left join used_before on paying.account_id = used_before.account_id and paying.place = used_before.place
left join first_use on paying.account_id = first_use.account_id and paying.place = first_use.place
where used_before.place is not null or not tracked.is_tracked or first_use.occurred_at is not null
