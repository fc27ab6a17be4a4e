{{ mrr_runs(['account_id', 'subscription_id', 'currency']) }}
