{{ union_conformed('prices') }}
