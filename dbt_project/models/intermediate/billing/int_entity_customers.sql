-- What each legal entity is to an account: whether its CRM knows it, who owns it there, and what it earns from it a month.
with records as (
    select account_id, legal_entity, said_in, owner_id, most_believed
    from {{ ref('int_account_candidates') }}
    where legal_entity is not null and not is_deleted
),

known as (
    select
        account_id,
        legal_entity,
        bool_or(said_in = 'company') as is_in_crm,
        bool_or(said_in = 'billing customer') as is_in_billing,
        arg_min(owner_id, most_believed) filter (where said_in = 'company') as owner_id
    from records
    group by account_id, legal_entity
),

night as (
    select night, cast(date_trunc('month', night) as date) as running_month from {{ source('ops', 'night') }}
),

items as (
    select
        levels.account_id,
        {{ legal_entity('subscriptions.source', 'subscriptions.instance') }} as legal_entity,
        {{ convert_money('levels.mrr', 'rates.rate') }} as mrr
    from {{ ref('int_mrr_levels') }} as levels
    inner join night on night.running_month between levels.first_month and levels.last_month
    inner join {{ ref('fct_subscriptions') }} as subscriptions on levels.subscription_id = subscriptions.subscription_id
    left join {{ ref('int_exchange_rates') }} as rates on levels.currency = rates.currency and rates.rate_date = night.night
    inner join {{ ref('revenue_policies') }} as policies on levels.status = policies.status
    where policies.policy = 'onefunnel'
),

earned as (
    select account_id, legal_entity, cast(sum(mrr) as decimal(18, 6)) as mrr from items group by account_id, legal_entity
)

select
    known.account_id,
    known.legal_entity,
    known.is_in_crm,
    known.is_in_billing,
    known.owner_id,
    coalesce(earned.mrr, 0) as mrr
from known
left join earned using (account_id, legal_entity)
