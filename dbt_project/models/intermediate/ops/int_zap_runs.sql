{{ union_conformed('zap_runs') }}
