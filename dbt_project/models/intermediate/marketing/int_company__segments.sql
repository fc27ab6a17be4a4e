{{ company_table('segments', ['segment_id', 'fact', 'operator', 'value']) }}
