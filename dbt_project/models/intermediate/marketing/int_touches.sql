{{ union_conformed('touches') }}
