{{ winning_fields(ref('int_account_candidates'), 'account_id', [
    ('name', 'most_believed'), ('domain', 'most_believed'), ('country', 'most_believed'), ('city', 'most_believed'),
    ('industry', 'most_believed'), ('employee_count', 'most_believed'), ('owner_id', 'most_believed'),
    ('parent_account_id', 'most_believed'), ('legal_entity', 'most_believed'), ('first_source', 'earliest')
]) }}
