{{ config(materialized='view') }}

{{ exact_movements(ref('int_mrr_months'), ['account_id', 'currency']) }}
