with accounts as (
    select
        'account' as entity_kind, account_id as entity_id, field, value, source, instance, table_name, record_key, rule, said_in,
        records, other_values
    from {{ ref('int_account_fields') }}
),

people as (
    select
        'person' as entity_kind, person_id as entity_id, field, value, source, instance, table_name, record_key, rule, said_in,
        records, other_values
    from {{ ref('int_person_fields') }}
)

select * from accounts
union all
select * from people
