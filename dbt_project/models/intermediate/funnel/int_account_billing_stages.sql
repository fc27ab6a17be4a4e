-- Stages that billing proves: billed, churned, reactivated, expanded. What billing says of money and customer status stands.
with periods as (
    select *, case when not is_paying then 'churned' when place = 1 then 'billed' else 'reactivated' end as stage
    from {{ ref('int_account_periods') }}
),

-- a one-off sale makes no recurring revenue, and its first paid invoice is the proof
paid_invoices as (
    select
        accounts.account_id,
        invoices.source,
        invoices.instance,
        invoices.table_name,
        invoices.record_key,
        coalesce(invoices.paid_at, invoices.issued_at) as entered_at
    from {{ ref('int_invoices') }} as invoices
    inner join {{ ref('xref_accounts') }} as accounts
        on invoices.source = accounts.source and invoices.instance = accounts.instance
        and invoices.customer_table = accounts.table_name and invoices.customer_key = accounts.record_key
    where invoices.status = 'paid' and invoices.amount_paid > 0 and not coalesce(invoices.is_deleted, false)
        and coalesce(invoices.paid_at, invoices.issued_at) is not null
),

first_paid as (
    select * from paid_invoices
    anti join periods on paid_invoices.account_id = periods.account_id
    qualify row_number() over (partition by account_id order by entered_at, source, instance, record_key) = 1
),

expanded_months as (
    select account_id, month from {{ ref('fct_mrr_movements') }} where policy = 'onefunnel' and expansion_mrr > 0
),

rises as (
    select
        account_id, subscription_id, item_id, effective_at, source, instance, table_name, record_key, reason, status,
        annual_amount - discount_annual_amount - coalesce(lag(annual_amount - discount_annual_amount) over (
            partition by item_id, currency order by effective_at
        ), 0) as rise
    from {{ ref('fct_revenue_events') }}
),

expanded as (
    select rises.account_id, rises.effective_at as entered_at, rises.source, rises.instance, rises.table_name, rises.record_key,
        rises.reason
    from rises
    inner join expanded_months
        on rises.account_id = expanded_months.account_id
        and date_trunc('month', {{ reporting_date('rises.effective_at') }}) = expanded_months.month
    where rises.rise > 0 and rises.status = 'active'
    qualify row_number() over (partition by rises.account_id, expanded_months.month order by rises.effective_at, rises.item_id) = 1
)

select account_id, stage, entered_at, source, instance, table_name, record_key, reason from periods
union all
select account_id, 'billed', entered_at, source, instance, table_name, record_key, 'first invoice paid' from first_paid
union all
select account_id, 'expanded', entered_at, source, instance, table_name, record_key, reason from expanded
