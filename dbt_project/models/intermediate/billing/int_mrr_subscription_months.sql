{{ config(materialized='view') }}

{{ mrr_months(ref('int_mrr_subscription_runs'), ['account_id', 'subscription_id', 'currency']) }}
