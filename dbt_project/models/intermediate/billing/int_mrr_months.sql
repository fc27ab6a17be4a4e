{{ config(materialized='view') }}

{{ mrr_months(ref('int_mrr_runs'), ['account_id', 'currency']) }}
