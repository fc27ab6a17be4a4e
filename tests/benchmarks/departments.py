"""What sales, product and support published beside what happened at the demo company: questions for `truth.py`.

Each gives two relations of the same columns (what should be, what is), and how many cannot be decided.
"""

NONE = "select 0"
DEPARTMENTS: dict[str, tuple[str, str, str]] = {
    "Speed to lead: both clocks of every lead": (
        """
        select xref_people.person_id, created_at::timestamptz as created_at, nullif(routing_minutes, '')::bigint as routing_minutes,
            nullif(rep_minutes, '')::bigint as rep_minutes, nullif(rep_business_minutes, '')::bigint as rep_business_minutes
        from truth_speed_to_lead inner join mart_core.xref_people using (source, instance, table_name, record_key)
        """,
        """
        select person_id, created_at, routing_minutes, rep_minutes, rep_business_minutes
        from mart_sales.fct_lead_response
        """,
        NONE,
    ),
    "Speed to lead: median and open leads by month": (
        """
        select date_trunc('month', created_at::timestamptz)::date as month, count(*) as leads,
            count(*) filter (where touched_at = '') as open,
            round(quantile_cont(nullif(rep_minutes, '')::bigint, 0.5), 6) as rep_minutes_p50
        from truth_speed_to_lead group by 1
        """,
        """
        select month, leads, open, round(rep_minutes_p50, 6) as rep_minutes_p50
        from mart_sales.rpt_speed_to_lead where is_all_owners
        """,
        NONE,
    ),
    "Activation and silent sign-ups, by account": (
        """
        select account_id, signed_up_at::timestamptz as signed_up_at, nullif(activated_at, '')::timestamptz as activated_at,
            true_id in (select true_id from truth_silent_signups) as is_silent
        from truth_activation inner join account_of using (true_id)
        """,
        """
        select sign_ups.account_id, sign_ups.signed_up_at, sign_ups.activated_at, silent.account_id is not null as is_silent
        from mart_product.fct_sign_ups as sign_ups
        left join mart_product.rpt_silent_signups as silent on sign_ups.account_id = silent.account_id
        """,
        NONE,
    ),
    "Activation rate by month": (
        """
        select date_trunc('month', signed_up_at::timestamptz)::date as month, count(*) as sign_ups,
            count(*) filter (where activated_at <> '') as activated
        from truth_activation group by 1
        """,
        "select month, sign_ups, activated from mart_product.rpt_activation where segment = 'all'",
        NONE,
    ),
    "Seats used, by account": (
        "select account_id, seats_used::bigint as seats_used from truth_seats inner join account_of using (true_id)",
        "select account_id, seats_used from mart_product.rpt_seat_use where seats_used > 0",
        NONE,
    ),
    "Tickets: clocks, service level, rating": (
        """
        select account_id, source, record_key, created_at::timestamptz as created_at, nullif(replied_at, '')::timestamptz as replied_at,
            nullif(solved_at, '')::timestamptz as solved_at, nullif(is_in_time, '')::boolean as is_in_time, nullif(csat, '') as csat
        from truth_tickets inner join account_of using (true_id)
        """,
        """
        select account_id, source, record_key, created_at, first_reply_at, solved_at, is_in_time, csat
        from mart_core.fct_tickets where not is_internal
        """,
        NONE,
    ),
    "First word of customer success after the win": (
        "select account_id, touched_at::timestamptz as touched_at from truth_customer_touches inner join account_of using (true_id)",
        """
        select account_id, taken_at from mart_funnel.rpt_handoffs
        where handoff = 'sales_to_customer_success' and account_id in (
            select account_id from truth_customer_touches inner join account_of using (true_id)
        )
        qualify row_number() over (partition by account_id order by handed_at) = 1
        """,
        NONE,
    ),
}
