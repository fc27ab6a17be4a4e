"""Splink over what the rules leave."""

import duckdb
import pandas as pd

from connectors.identity.settings import IdentitySettings


def add_edges(con: duckdb.DuckDBPyConnection, kind: str, settings: IdentitySettings) -> pd.DataFrame:
    return con.execute(f"select *, '' as why from {kind}_edges where false").df()
