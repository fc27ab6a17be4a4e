{#
  Every joint of the funnel as a relation: which unit passes it on which path, from which stage to which. Between 1 and 8
  a later stage passes the joint too; milestones are passed by themselves alone (`is_exact`).
#}
{% macro funnel_joints() %}
    select * from (
        values
            ('account', 'sales_led', 'subscriber', 1, 'lead', 2, false), ('account', 'self_serve', 'subscriber', 1, 'lead', 2, false),
            ('account', 'sales_led', 'lead', 2, 'mql', 3, false), ('account', 'sales_led', 'mql', 3, 'sal', 4, false),
            ('account', 'sales_led', 'sal', 4, 'sql', 5, false), ('account', 'sales_led', 'sql', 5, 'opportunity', 6, false),
            ('account', 'sales_led', 'opportunity', 6, 'won', 7, false), ('account', 'sales_led', 'won', 7, 'billed', 8, false),
            ('account', 'sales_led', 'lead', 2, 'won', 7, false),
            ('account', 'sales_led', 'lead', 2, 'billed', 8, false), ('account', 'self_serve', 'lead', 2, 'billed', 8, false),
            ('account', 'self_serve', 'lead', 2, 'activated', 9, true), ('account', 'self_serve', 'activated', 9, 'billed', 8, true),
            ('account', 'sales_led', 'billed', 8, 'activated', 9, true),
            ('account', 'sales_led', 'billed', 8, 'live', 10, true), ('account', 'self_serve', 'billed', 8, 'live', 10, true),
            ('account', 'sales_led', 'live', 10, 'renewed', 11, true), ('account', 'self_serve', 'live', 10, 'renewed', 11, true),
            ('account', 'sales_led', 'live', 10, 'expanded', 12, true), ('account', 'self_serve', 'live', 10, 'expanded', 12, true),
            ('account', 'sales_led', 'billed', 8, 'churned', 13, true), ('account', 'self_serve', 'billed', 8, 'churned', 13, true),
            ('account', 'sales_led', 'churned', 13, 'reactivated', 14, true),
            ('account', 'self_serve', 'churned', 13, 'reactivated', 14, true),
            ('person', 'sales_led', 'lead', 2, 'mql', 3, false), ('person', 'sales_led', 'mql', 3, 'sql', 5, false),
            ('lead', 'sales_led', 'lead', 2, 'won', 7, false)
    ) as joint (unit, path, stage, stage_rank, next_stage, next_rank, is_exact)
{% endmacro %}
