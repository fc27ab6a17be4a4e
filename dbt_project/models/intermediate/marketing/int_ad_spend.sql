{{ union_conformed('ad_spend') }}
