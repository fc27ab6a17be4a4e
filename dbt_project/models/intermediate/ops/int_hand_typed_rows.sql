{{ union_conformed('hand_typed_rows') }}
