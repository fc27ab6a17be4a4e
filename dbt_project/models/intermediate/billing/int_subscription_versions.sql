{{ union_conformed('subscription_versions') }}
