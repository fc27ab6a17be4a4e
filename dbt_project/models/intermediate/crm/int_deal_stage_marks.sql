{{ union_conformed('deal_stage_marks') }}
