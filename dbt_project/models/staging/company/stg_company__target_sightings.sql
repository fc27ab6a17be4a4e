-- The night on which each company was first on the list of target accounts.
with history as (
    select
        lower(regexp_extract(domain, '^(?:[a-z]+://)?(?:www\.)?([^/:?#]+)', 1, 'i')) as domain,
        _instance as instance,
        domain as record_key,
        _night
    from {{ source('history_company', 'target_accounts') }}
    where _change <> 'gone'
)

select domain, min(_night) as first_night, arg_min(instance, _night) as instance, arg_min(record_key, _night) as record_key
from history
where domain <> ''
group by domain
