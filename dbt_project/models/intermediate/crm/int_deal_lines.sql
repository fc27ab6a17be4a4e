{{ union_conformed('deal_lines') }}
