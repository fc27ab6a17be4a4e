-- Touches with their campaign marks as written (in columns, else in the address) and as the taxonomy says they are meant.
with touches as (
    select
        source, instance, table_name, record_key, person_table, person_key, touched_at, kind, url,
        {% for mark in ('source', 'medium', 'campaign') %}
        coalesce(nullif(utm_{{ mark }}, ''), nullif(url_decode(regexp_extract(url, '[?&]utm_{{ mark }}=([^&#]*)', 1)), '')) as written_{{ mark }},
        {% endfor %}
        case
            when regexp_matches(url, '[?&]gclid=.') then 'google'
            when regexp_matches(url, '[?&]fbclid=.') then 'facebook'
            when regexp_matches(url, '[?&]li_fat_id=.') then 'linkedin'
        end as clicked_source
    from {{ ref('int_touches') }}
),

-- a template that was never filled in says nothing
cleaned as (
    select
        *,
        {% for mark in ('source', 'medium', 'campaign') %}
        case when not regexp_matches(coalesce(written_{{ mark }}, ''), '\{\{|\}\}|\[\[|\$\{|^(undefined|null|nan|none)$', 'i')
            then {{ clean_mark('written_' ~ mark) }} end as clean_{{ mark }},
        {% endfor %}
    from touches
),

found as (
    select
        cleaned.* exclude (clean_source),
        coalesce(cleaned.clean_source, cleaned.clicked_source) as clean_source,
        coalesce(exact.utm_source, by_source.utm_source) as meant_source,
        coalesce(exact.utm_medium, by_source.utm_medium, by_medium.utm_medium) as meant_medium,
        coalesce(exact.channel, by_source.channel, by_medium.channel) as meant_channel
    from cleaned
    left join {{ ref('int_utm_taxonomy') }} as exact
        on coalesce(cleaned.clean_source, cleaned.clicked_source) = exact.written_source
        and cleaned.clean_medium = exact.written_medium
    left join {{ ref('int_utm_taxonomy') }} as by_source
        on coalesce(cleaned.clean_source, cleaned.clicked_source) = by_source.written_source and by_source.written_medium = '*'
    left join {{ ref('int_utm_taxonomy') }} as by_medium
        on cleaned.clean_medium = by_medium.written_medium and by_medium.written_source = '*'
),

resolved as (
    select
        found.*,
        coalesce(meant_source, clean_source) as utm_source,
        coalesce(meant_medium, clean_medium) as utm_medium,
        clean_campaign as utm_campaign,
        case
            when meant_channel is not null then meant_channel
            when coalesce(clean_source, clean_medium, clean_campaign) is not null then 'other'
            when kind in ('email_open', 'email_click') then 'email'
            when kind <> 'page_view' then 'direct'
        end as channel
    from found
)

select
    source, instance, table_name, record_key, person_table, person_key, touched_at, kind, url,
    written_source, written_medium, written_campaign, utm_source, utm_medium, utm_campaign, channel,
    case
        when written_source is null and written_medium is null and written_campaign is null then null
        when (written_source is not null and clean_source is null) or (written_medium is not null and clean_medium is null)
            or (written_campaign is not null and clean_campaign is null) then 'placeholder'
        when written_source is null then 'no_source'
        when channel = 'other' then 'unknown_source'
        when written_source <> utm_source then 'misspelt_source'
        when written_medium is null then 'no_medium'
        when written_medium <> utm_medium then 'misspelt_medium'
        when written_campaign is null then 'no_campaign'
        when written_campaign <> utm_campaign then 'misspelt_campaign'
    end as utm_problem
from resolved
