{{ union_conformed('deals') }}
