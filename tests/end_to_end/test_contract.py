"""Tables and columns that others' queries rely on: renaming or dropping one is a break, and shows here first."""

from pathlib import Path

import duckdb
import pytest

# Table → columns that must be there; more may be. Tables without columns must be there, whatever they hold.
CONTRACT = {
    "mart_core.dim_accounts": "account_id name domain country industry employee_count segment owner_id legal_entity parent_account_id stage status customer_since churned_on mrr arr health_score is_target is_internal source_count first_source channel",
    "mart_core.dim_people": "person_id account_id full_name email phone title role_in_buying lead_score stage first_source channel consent_status",
    "mart_core.dim_owners": "owner_id manager team territory quota is_active",
    "mart_core.dim_campaigns": "",
    "mart_core.dim_products": "",
    "mart_core.dim_dates": "",
    "mart_core.xref_accounts": "source instance table_name record_key account_id rule probability record_url",
    "mart_core.xref_people": "source instance table_name record_key person_id rule probability record_url",
    "mart_core.fct_deals": "deal_id account_id owner_id source instance record_key pipeline stage is_closed is_won amount currency amount_reporting annual_value probability forecast_category expected_close term_months deal_type lost_reason competitor source_channel created_at closed_at",
    "mart_core.fct_deal_lines": "",
    "mart_core.fct_deal_stages": "",
    "mart_core.fct_subscriptions": "",
    "mart_core.fct_invoices": "",
    "mart_core.fct_invoice_lines": "",
    "mart_core.fct_payments": "",
    "mart_core.fct_refunds": "",
    "mart_core.fct_meetings": "",
    "mart_core.fct_activities": "",
    "mart_core.fct_touches": "",
    "mart_core.fct_tickets": "",
    "mart_core.fct_usage_daily": "",
    "mart_core.fct_ad_spend": "",
    "mart_funnel.fct_stage_events": "account_id person_id pass_number pass_kind path stage stage_rank entered_at left_at evidence source instance table_name record_key is_skipped is_regression problem_code reason days_in_stage",
    "mart_funnel.rpt_funnel_monthly": "month segment channel legal_entity path unit stage next_stage basis window_days is_mature entered converted conversion_rate median_days",
    "mart_funnel.rpt_funnel_as_known": "night month stage entered",
    "mart_funnel.rpt_handoffs": "",
    "mart_funnel.rpt_targets": "",
    "mart_finance.fct_revenue_events": "account_id subscription_id item_id effective_at currency annual_amount discount_annual_amount status reason basis source instance table_name record_key",
    "mart_finance.fct_mrr_movements": "policy month account_id opening_mrr new_mrr expansion_mrr reactivation_mrr contraction_mrr churn_mrr fx_mrr rounding_mrr closing_mrr closing_arr is_late_renewal",
    "mart_finance.fct_mrr_movements_by_currency": "",
    "mart_finance.fct_mrr_movements_by_subscription": "",
    "mart_finance.rpt_mrr_monthly": "",
    "mart_finance.rpt_mrr_frozen": "",
    "mart_finance.rpt_restatements": "",
    "mart_finance.rpt_policy_bridge": "",
    "mart_finance.rpt_retention": "",
    "mart_finance.rpt_cohorts": "",
    "mart_finance.rpt_unit_economics": "",
    "mart_finance.rpt_receivables": "",
    "mart_finance.rpt_revenue_recognised": "",
    "mart_finance.fct_reconciliation": "as_of gap_kind reason account_id subscription_id deal_id booked billed collected gap currency gap_reporting first_seen evidence",
    "mart_marketing.rpt_campaigns": "",
    "mart_marketing.rpt_channels": "",
    "mart_marketing.fct_attribution": "model target_type target_id touch_id credit amount_credited",
    "mart_marketing.fct_lead_scores": "",
    "mart_marketing.rpt_lead_score_lift": "",
    "mart_marketing.rpt_segments": "",
    "mart_marketing.rpt_target_accounts": "",
    "mart_sales.rpt_pipeline": "",
    "mart_sales.rpt_pipeline_movements": "",
    "mart_sales.rpt_pipeline_created": "",
    "mart_sales.rpt_win_rates": "",
    "mart_sales.rpt_sales_cycle": "",
    "mart_sales.rpt_velocity": "",
    "mart_sales.rpt_coverage": "",
    "mart_sales.rpt_speed_to_lead": "",
    "mart_sales.rpt_rep_performance": "",
    "mart_sales.rpt_meetings": "",
    "mart_sales.rpt_forecast": "",
    "mart_product.rpt_activation": "",
    "mart_product.rpt_onboarding": "",
    "mart_product.rpt_silent_signups": "",
    "mart_product.rpt_feature_adoption": "",
    "mart_product.rpt_seat_use": "",
    "mart_customer_success.rpt_health": "",
    "mart_customer_success.rpt_renewals": "",
    "mart_customer_success.rpt_churn": "",
    "mart_customer_success.rpt_support": "",
    "mart_customer_success.rpt_cross_sell": "",
    "metrics.metric_values": "",
    "metrics.catalogue": "",
    "mart_executive.rpt_scoreboard": "department metric period value previous target unit better",
    "quality.rules": "",
    "quality.rule_runs": "run_id rule_id violations money_at_risk status",
    "quality.issues": "issue_id rule_id severity owner_department assignee entity_type entity_id source instance table_name record_key record_url field observed expected money_at_risk currency suggested_fix status first_seen_at last_seen_at nights_open resolved_at reopened_count waived_until incident_id",
    "quality.issue_events": "",
    "identity.links": "",
    "identity.changes": "",
    "identity.review": "",
    "ops.about": "",
    "ops.night": "",
    "ops.exports": "source instance table_name night state why",
    "ops.quarantine": "",
    "ops.cell_errors": "",
    "ops.sources": "",
    "ops.runs": "",
}


@pytest.mark.parametrize("file", ["onefunnel.duckdb", "steward/onefunnel.duckdb"])
def test_the_published_file_has_the_tables_and_columns_that_others_rely_on(finished: Path, file: str) -> None:
    with duckdb.connect(str(finished / "published" / file), read_only=True) as con:
        found = con.execute(
            "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() group by 1"
        ).fetchall()
    published = {table: set(columns) for table, columns in found}

    missing = {
        table: sorted(set(columns.split()) - published.get(table, set()))
        for table, columns in CONTRACT.items()
        if table not in published or not set(columns.split()) <= published[table]
    }

    assert missing == {}


def test_every_published_table_and_column_says_what_it_is(finished: Path) -> None:
    with duckdb.connect(str(finished / "published" / "onefunnel.duckdb"), read_only=True) as con:
        silent = con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal "
            "and comment is null union all select schema_name, table_name, null from duckdb_tables() "
            "where not internal and comment is null"
        ).fetchall()

    assert silent == []
