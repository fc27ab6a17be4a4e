{% set people %}(select * from {{ ref('int_person_candidates') }} where is_person) as people{% endset %}
{{ winning_fields(people, 'person_id', [
    ('account_id', 'most_believed'), ('full_name', 'most_believed'), ('email', 'most_believed'), ('phone', 'most_believed'),
    ('title', 'most_believed'), ('consent_status', 'most_believed'), ('lead_score', 'highest'), ('first_source', 'earliest'),
    ('channel', 'marketing_first')
]) }}
