{{ company_table('lead_score_rules', ['fact', 'value', 'points', 'decays']) }}
