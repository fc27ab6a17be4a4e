{{ union_conformed('deal_versions') }}
