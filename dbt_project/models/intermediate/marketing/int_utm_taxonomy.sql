-- The taxonomy as it is looked up: each written source and medium once, in the spelling that clean_mark makes of it.
select
    {{ clean_mark('written_source') }} as written_source,
    {{ clean_mark('written_medium') }} as written_medium,
    arg_min({{ clean_mark('utm_source') }}, (utm_source, utm_medium, channel)) as utm_source,
    arg_min({{ clean_mark('utm_medium') }}, (utm_source, utm_medium, channel)) as utm_medium,
    arg_min({{ clean_mark('channel') }}, (utm_source, utm_medium, channel)) as channel
from {{ ref('int_company__utm_taxonomy') }}
group by all
