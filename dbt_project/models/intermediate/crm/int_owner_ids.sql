-- Every key by which a tool's records name an owner (id, name or e-mail), with the human behind it.
with owners as (
    select *, coalesce(lower(email), source || ':' || instance || ':' || record_key) as human from {{ ref('int_owners') }}
),

named as (
    select source, instance, record_key as owner_key, human from owners
    union
    select source, instance, full_name, human from owners where full_name is not null
    union
    select source, instance, email, human from owners where email is not null
),

used as (
    select source, instance, owner_key from {{ ref('int_deals') }}
    union
    select source, instance, owner_key from {{ ref('int_activities') }}
    union
    select source, instance, owner_key from {{ ref('int_companies') }}
    union
    select source, instance, owner_key from {{ ref('int_people') }}
),

-- a key that no list of owners explains is a human of its own
keys as (
    select source, instance, owner_key, min(human) as human from named group by all
    union all
    select used.source, used.instance, used.owner_key, used.source || ':' || used.instance || ':' || used.owner_key
    from used
    anti join named on used.source = named.source and used.instance = named.instance and used.owner_key = named.owner_key
    where nullif(trim(used.owner_key), '') is not null
)

select source, instance, owner_key, human, 'own_' || left(md5(human), 16) as owner_id from keys
