{{ mrr_months(['account_id', 'subscription_id', 'currency']) }}
