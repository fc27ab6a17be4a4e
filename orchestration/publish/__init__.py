"""The candidate file is built beside, validated, gated, then renamed over: there is never a moment without a good one."""
