{{ config(materialized='view') }}

{{ exact_movements(ref('int_mrr_subscription_months'), ['account_id', 'subscription_id', 'currency']) }}
