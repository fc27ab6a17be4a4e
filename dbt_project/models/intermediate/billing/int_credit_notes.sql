{{ union_conformed('credit_notes') }}
