{#
  The columns of every conformed entity, in order, with their types. One row per record of a tool.
  A staging model `stg_<source>__<entity>` gives columns of these names (it may leave some out: they are null);
  `union_conformed` casts and unions them into `int_<entity>`.
  Every entity starts with source, instance, table_name, record_key; `*_key` is a record key in the same source and
  instance, paired with `*_table` where the table may differ.
#}
{% macro conformed_columns(entity) %}
    {% set key = [('source', 'varchar'), ('instance', 'varchar'), ('table_name', 'varchar'), ('record_key', 'varchar')] %}
    {% set columns = {
        'companies': [
            ('name', 'varchar'), ('domain', 'varchar'), ('country', 'varchar'), ('city', 'varchar'),
            ('industry', 'varchar'), ('employee_count', 'bigint'), ('phone', 'varchar'), ('owner_key', 'varchar'),
            ('parent_key', 'varchar'), ('lifecycle_stage', 'varchar'), ('company_type', 'varchar'),
            ('created_at', 'timestamptz'), ('updated_at', 'timestamptz'), ('is_deleted', 'boolean'),
            ('record_url', 'varchar')
        ],
        'people': [
            ('company_table', 'varchar'), ('company_key', 'varchar'), ('other_company_keys', 'varchar'),
            ('company_name', 'varchar'), ('email', 'varchar'), ('full_name', 'varchar'), ('first_name', 'varchar'),
            ('last_name', 'varchar'), ('phone', 'varchar'), ('title', 'varchar'), ('country', 'varchar'),
            ('owner_key', 'varchar'), ('assigned_at', 'timestamptz'), ('lifecycle_stage', 'varchar'), ('lead_status', 'varchar'),
            ('lead_score', 'double'), ('source_channel', 'varchar'), ('consent_status', 'varchar'),
            ('created_at', 'timestamptz'), ('updated_at', 'timestamptz'), ('is_deleted', 'boolean'),
            ('record_url', 'varchar')
        ],
        'leads': [
            ('email', 'varchar'), ('full_name', 'varchar'), ('first_name', 'varchar'), ('last_name', 'varchar'),
            ('phone', 'varchar'), ('company_name', 'varchar'), ('domain', 'varchar'), ('country', 'varchar'),
            ('title', 'varchar'), ('owner_key', 'varchar'), ('assigned_at', 'timestamptz'), ('status', 'varchar'), ('lead_score', 'double'),
            ('source_channel', 'varchar'), ('first_contact_at', 'timestamptz'), ('is_converted', 'boolean'),
            ('converted_at', 'timestamptz'), ('converted_company_key', 'varchar'),
            ('converted_person_key', 'varchar'), ('converted_deal_key', 'varchar'), ('created_at', 'timestamptz'),
            ('is_deleted', 'boolean'), ('record_url', 'varchar')
        ],
        'owners': [
            ('email', 'varchar'), ('full_name', 'varchar'), ('team', 'varchar'), ('manager_key', 'varchar'),
            ('is_active', 'boolean')
        ],
        'deals': [
            ('name', 'varchar'), ('company_table', 'varchar'), ('company_key', 'varchar'),
            ('person_table', 'varchar'), ('person_key', 'varchar'), ('owner_key', 'varchar'),
            ('pipeline', 'varchar'), ('stage', 'varchar'), ('is_closed', 'boolean'), ('is_won', 'boolean'),
            ('amount', 'decimal(18, 4)'), ('currency', 'varchar'), ('probability', 'double'),
            ('forecast_category', 'varchar'), ('expected_close', 'date'), ('term_months', 'integer'),
            ('deal_type', 'varchar'), ('lost_reason', 'varchar'), ('competitor', 'varchar'),
            ('source_channel', 'varchar'), ('created_at', 'timestamptz'), ('closed_at', 'timestamptz'),
            ('updated_at', 'timestamptz'), ('is_deleted', 'boolean'), ('record_url', 'varchar')
        ],
        'deal_lines': [
            ('deal_table', 'varchar'), ('deal_key', 'varchar'), ('product_key', 'varchar'), ('product_name', 'varchar'),
            ('quantity', 'decimal(18, 4)'), ('unit_amount', 'decimal(18, 4)'), ('amount', 'decimal(18, 4)'),
            ('currency', 'varchar')
        ],
        'deal_stage_marks': [
            ('deal_table', 'varchar'), ('deal_key', 'varchar'), ('stage', 'varchar'),
            ('entered_at', 'timestamptz'), ('evidence', 'varchar'), ('field', 'varchar')
        ],
        'deal_versions': [
            ('deal_table', 'varchar'), ('deal_key', 'varchar'), ('amount', 'decimal(18, 4)'),
            ('expected_close', 'date'), ('seen_at', 'timestamptz'), ('evidence', 'varchar')
        ],
        'company_versions': [
            ('company_table', 'varchar'), ('company_key', 'varchar'), ('name', 'varchar'), ('domain', 'varchar'),
            ('seen_on', 'date'), ('is_gone', 'boolean')
        ],
        'lifecycle_marks': [
            ('entity_kind', 'varchar'), ('entity_table', 'varchar'), ('entity_key', 'varchar'),
            ('stage', 'varchar'), ('entered_at', 'timestamptz'), ('evidence', 'varchar'), ('field', 'varchar')
        ],
        'lead_scores': [
            ('person_table', 'varchar'), ('person_key', 'varchar'), ('email', 'varchar'), ('score', 'double'),
            ('scored_at', 'timestamptz'), ('evidence', 'varchar')
        ],
        'meetings': [
            ('person_table', 'varchar'), ('person_key', 'varchar'), ('invitee_email', 'varchar'),
            ('invitee_name', 'varchar'), ('host_email', 'varchar'), ('event_type', 'varchar'),
            ('starts_at', 'timestamptz'), ('ends_at', 'timestamptz'), ('booked_at', 'timestamptz'),
            ('is_cancelled', 'boolean'), ('is_rescheduled', 'boolean'), ('is_no_show', 'boolean'),
            ('source_channel', 'varchar'), ('record_url', 'varchar')
        ],
        'activities': [
            ('kind', 'varchar'), ('person_table', 'varchar'), ('person_key', 'varchar'),
            ('company_table', 'varchar'), ('company_key', 'varchar'), ('deal_key', 'varchar'),
            ('owner_key', 'varchar'), ('occurred_at', 'timestamptz'), ('direction', 'varchar'),
            ('outcome', 'varchar'), ('is_automatic', 'boolean'), ('is_done', 'boolean')
        ],
        'customers': [
            ('name', 'varchar'), ('company_name', 'varchar'), ('email', 'varchar'), ('first_name', 'varchar'),
            ('last_name', 'varchar'), ('phone', 'varchar'), ('country', 'varchar'), ('currency', 'varchar'),
            ('crm_reference', 'varchar'), ('created_at', 'timestamptz'), ('is_deleted', 'boolean'),
            ('record_url', 'varchar')
        ],
        'prices': [
            ('product_key', 'varchar'), ('product_name', 'varchar'), ('currency', 'varchar'),
            ('unit_amount', 'decimal(18, 4)'), ('interval_unit', 'varchar'), ('interval_count', 'integer'),
            ('is_recurring', 'boolean'), ('usage_type', 'varchar')
        ],
        'subscriptions': [
            ('customer_table', 'varchar'), ('customer_key', 'varchar'), ('status', 'varchar'),
            ('currency', 'varchar'), ('created_at', 'timestamptz'), ('started_at', 'timestamptz'),
            ('trial_start', 'timestamptz'), ('trial_end', 'timestamptz'),
            ('current_term_start', 'timestamptz'), ('current_term_end', 'timestamptz'),
            ('cancel_requested_at', 'timestamptz'), ('ended_at', 'timestamptz'), ('cancel_reason', 'varchar'),
            ('pause_from', 'timestamptz'), ('pause_to', 'timestamptz'), ('is_deleted', 'boolean'),
            ('record_url', 'varchar')
        ],
        'subscription_items': [
            ('subscription_key', 'varchar'), ('item_key', 'varchar'), ('price_key', 'varchar'), ('product_key', 'varchar'),
            ('currency', 'varchar'), ('quantity', 'decimal(18, 4)'), ('unit_amount', 'decimal(18, 4)'),
            ('amount', 'decimal(18, 4)'), ('interval_unit', 'varchar'), ('interval_count', 'integer'),
            ('is_recurring', 'boolean'), ('usage_type', 'varchar'), ('discount_percent', 'decimal(9, 4)'),
            ('discount_amount', 'decimal(18, 4)')
        ],
        'subscription_versions': [
            ('subscription_key', 'varchar'), ('status', 'varchar'), ('seen_on', 'date'), ('change', 'varchar')
        ],
        'subscription_item_versions': [
            ('subscription_key', 'varchar'), ('item_key', 'varchar'), ('price_key', 'varchar'),
            ('currency', 'varchar'), ('amount', 'decimal(18, 4)'), ('interval_unit', 'varchar'),
            ('interval_count', 'integer'), ('is_recurring', 'boolean'), ('usage_type', 'varchar'),
            ('seen_on', 'date'), ('change', 'varchar')
        ],
        'discounts': [
            ('subscription_key', 'varchar'), ('coupon_key', 'varchar'), ('percent_off', 'decimal(9, 4)'),
            ('amount_off', 'decimal(18, 4)'), ('currency', 'varchar'), ('duration', 'varchar'),
            ('starts_at', 'timestamptz'), ('ends_at', 'timestamptz')
        ],
        'coupons': [
            ('percent_off', 'decimal(9, 4)'), ('amount_off', 'decimal(18, 4)'), ('currency', 'varchar'),
            ('duration', 'varchar'), ('duration_months', 'integer')
        ],
        'invoices': [
            ('customer_table', 'varchar'), ('customer_key', 'varchar'), ('subscription_key', 'varchar'),
            ('number', 'varchar'), ('status', 'varchar'), ('currency', 'varchar'), ('issued_at', 'timestamptz'),
            ('due_at', 'timestamptz'), ('paid_at', 'timestamptz'), ('subtotal', 'decimal(18, 4)'),
            ('tax', 'decimal(18, 4)'), ('total', 'decimal(18, 4)'), ('amount_due', 'decimal(18, 4)'),
            ('amount_paid', 'decimal(18, 4)'), ('amount_credited', 'decimal(18, 4)'), ('is_deleted', 'boolean'),
            ('record_url', 'varchar')
        ],
        'invoice_lines': [
            ('invoice_key', 'varchar'), ('subscription_key', 'varchar'), ('item_key', 'varchar'),
            ('price_key', 'varchar'), ('description', 'varchar'), ('currency', 'varchar'),
            ('quantity', 'decimal(18, 4)'), ('unit_amount', 'decimal(18, 4)'), ('amount', 'decimal(18, 4)'),
            ('discount_amount', 'decimal(18, 4)'), ('tax_amount', 'decimal(18, 4)'),
            ('period_start', 'timestamptz'), ('period_end', 'timestamptz'), ('interval_unit', 'varchar'),
            ('interval_count', 'integer'), ('usage_type', 'varchar'), ('is_proration', 'boolean'),
            ('is_recurring', 'boolean')
        ],
        'credit_notes': [
            ('customer_table', 'varchar'), ('customer_key', 'varchar'), ('invoice_key', 'varchar'),
            ('number', 'varchar'), ('kind', 'varchar'), ('status', 'varchar'), ('reason', 'varchar'),
            ('currency', 'varchar'), ('issued_at', 'timestamptz'), ('subtotal', 'decimal(18, 4)'),
            ('tax', 'decimal(18, 4)'), ('total', 'decimal(18, 4)'), ('amount_refunded', 'decimal(18, 4)'),
            ('is_deleted', 'boolean')
        ],
        'refunds': [
            ('customer_table', 'varchar'), ('customer_key', 'varchar'), ('payment_key', 'varchar'),
            ('status', 'varchar'), ('reason', 'varchar'), ('currency', 'varchar'), ('amount', 'decimal(18, 4)'),
            ('refunded_at', 'timestamptz')
        ],
        'payments': [
            ('customer_table', 'varchar'), ('customer_key', 'varchar'), ('invoice_key', 'varchar'),
            ('customer_email', 'varchar'), ('status', 'varchar'), ('currency', 'varchar'),
            ('amount', 'decimal(18, 4)'), ('amount_refunded', 'decimal(18, 4)'), ('fee', 'decimal(18, 4)'),
            ('failure_reason', 'varchar'), ('paid_at', 'timestamptz')
        ],
        'zap_runs': [
            ('zap_key', 'varchar'), ('zap_title', 'varchar'), ('status', 'varchar'),
            ('started_at', 'timestamptz'), ('ended_at', 'timestamptz')
        ],
        'hand_typed_rows': [
            ('email', 'varchar'), ('company_name', 'varchar'), ('full_name', 'varchar'), ('note', 'varchar'),
            ('amount', 'decimal(18, 4)'), ('currency', 'varchar'), ('created_at', 'timestamptz')
        ],
        'ad_spend': [
            ('day', 'date'), ('campaign_key', 'varchar'), ('campaign_name', 'varchar'), ('channel', 'varchar'),
            ('currency', 'varchar'), ('cost', 'decimal(18, 4)'), ('impressions', 'bigint'), ('clicks', 'bigint'),
            ('conversions', 'decimal(18, 4)'), ('time_zone', 'varchar'), ('utm_source', 'varchar'), ('utm_medium', 'varchar'),
            ('utm_campaign', 'varchar')
        ],
        'touches': [
            ('person_table', 'varchar'), ('person_key', 'varchar'), ('email', 'varchar'),
            ('touched_at', 'timestamptz'), ('kind', 'varchar'), ('channel', 'varchar'), ('campaign_key', 'varchar'),
            ('utm_source', 'varchar'), ('utm_medium', 'varchar'), ('utm_campaign', 'varchar'), ('url', 'varchar')
        ],
        'tickets': [
            ('requester_table', 'varchar'), ('requester_key', 'varchar'), ('requester_email', 'varchar'),
            ('organisation_table', 'varchar'), ('organisation_key', 'varchar'), ('created_at', 'timestamptz'),
            ('first_reply_at', 'timestamptz'), ('solved_at', 'timestamptz'), ('status', 'varchar'),
            ('priority', 'varchar'), ('csat', 'varchar'), ('sla_breached', 'boolean')
        ],
        'product_events': [
            ('user_table', 'varchar'), ('user_key', 'varchar'), ('email', 'varchar'), ('account_table', 'varchar'),
            ('account_key', 'varchar'), ('event', 'varchar'), ('occurred_at', 'timestamptz')
        ],
    } %}
    {% if entity not in columns %}
        {{ exceptions.raise_compiler_error("conformed_columns: no entity '" ~ entity ~ "'; known: " ~ (columns.keys() | join(', '))) }}
    {% endif %}
    {{ return(key + columns[entity]) }}
{% endmacro %}
