{{ union_conformed('customers') }}
