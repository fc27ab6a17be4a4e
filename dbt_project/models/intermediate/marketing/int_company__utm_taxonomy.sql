{{ company_table('utm_taxonomy', ['written_source', 'written_medium', 'utm_source', 'utm_medium', 'channel']) }}
