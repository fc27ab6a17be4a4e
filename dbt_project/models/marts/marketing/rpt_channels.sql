-- By channel and month of each fact: a deal won in June counts in June, whatever was spent for it in May.
{{ campaign_figures(['month', 'channel']) }}
