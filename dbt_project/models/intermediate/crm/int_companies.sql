{{ union_conformed('companies') }}
