"""What `dagster dev` and the daemon load."""

from orchestration.assembly import build_definitions
from orchestration.settings import load_settings

defs = build_definitions(load_settings())
