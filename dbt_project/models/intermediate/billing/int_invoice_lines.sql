{{ union_conformed('invoice_lines') }}
