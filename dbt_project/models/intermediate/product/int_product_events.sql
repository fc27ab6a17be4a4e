{{ union_conformed('product_events') }}
