{{ mrr_months(['account_id', 'currency']) }}
