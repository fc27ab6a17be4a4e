{{ union_conformed('tickets') }}
