-- What contacts, companies and deals had in a property, and from when.
{% for kind, plural in [('contact', 'contacts'), ('company', 'companies'), ('deal', 'deals')] %}
{{ 'union all' if not loop.first }}
select
    'hubspot' as source,
    _instance as instance,
    '{{ plural }}' as table_name,
    {{ kind }}_id as record_key,
    lower(property) as property,
    value,
    try_cast(changed_at as timestamptz) as changed_at
from {{ source('raw_hubspot', kind ~ '_property_history') }}
{% endfor %}
