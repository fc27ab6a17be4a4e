-- The companies that marketing wants, each once; the company gives them, there is no default.
select domain, arg_min(name, (tier, name)) as name, min(tier) as tier
from {{ ref('stg_company__target_accounts') }}
where domain <> ''
group by domain
