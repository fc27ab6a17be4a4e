{{ union_conformed('company_versions') }}
