{{ union_conformed('refunds') }}
