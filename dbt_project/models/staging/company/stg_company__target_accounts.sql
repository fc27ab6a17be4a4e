with source as (
    select * from {{ source('raw_company', 'target_accounts') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'target_accounts' as table_name,
        domain as record_key,
        lower(regexp_extract(domain, '^(?:[a-z]+://)?(?:www\.)?([^/:?#]+)', 1, 'i')) as domain,
        name,
        try_cast(tier as integer) as tier
    from source
)

select * from typed
