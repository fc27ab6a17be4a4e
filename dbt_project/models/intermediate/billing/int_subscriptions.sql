{{ union_conformed('subscriptions') }}
