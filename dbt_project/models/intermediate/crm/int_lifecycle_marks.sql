{{ union_conformed('lifecycle_marks') }}
