{{ union_conformed('coupons') }}
