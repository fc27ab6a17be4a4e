{{ union_conformed('meetings') }}
