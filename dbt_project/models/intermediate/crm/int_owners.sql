{{ union_conformed('owners') }}
