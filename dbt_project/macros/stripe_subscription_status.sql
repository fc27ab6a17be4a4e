{# Stripe's states of a subscription in the words that all billing tools are brought to. #}
{% macro stripe_subscription_status() %}
case
    when status = 'trialing' then 'in_trial'
    when status = 'canceled' then 'cancelled'
    when status = 'incomplete_expired' then 'incomplete'
    when status = 'active' and (cancel_at_period_end or cancel_at is not null) then 'non_renewing'
    else status
end
{%- endmacro %}
