{{ union_conformed('activities') }}
