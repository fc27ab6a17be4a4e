{{ union_conformed('discounts') }}
