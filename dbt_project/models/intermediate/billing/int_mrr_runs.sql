{{ mrr_runs(['account_id', 'currency']) }}
