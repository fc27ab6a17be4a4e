{{ union_conformed('lead_scores') }}
