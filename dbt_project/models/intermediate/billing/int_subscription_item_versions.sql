{{ union_conformed('subscription_item_versions') }}
