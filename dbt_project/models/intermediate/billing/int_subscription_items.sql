{{ union_conformed('subscription_items') }}
