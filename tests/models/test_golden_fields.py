"""What dim_accounts and dim_people say agrees, field by field, with the record that golden_fields names."""

from pathlib import Path

import duckdb
import pytest

DIMENSIONS = {
    "account": ("mart_core.dim_accounts", "account_id"),
    "person": ("mart_core.dim_people", "person_id"),
}
# a golden field that is in no dimension
WITHOUT_COLUMN = {("account", "city")}
# fields of dimensions that come from records one by one; all others are computed from facts
FROM_RECORDS = {
    "account": {"name", "domain", "country", "industry", "employee_count", "owner_id", "legal_entity", "parent_account_id", "first_source"},
    "person": {"account_id", "full_name", "email", "phone", "title", "consent_status", "lead_score", "first_source", "channel"},
}  # fmt: skip


@pytest.mark.parametrize("kind", ["account", "person"])
def test_every_value_of_a_dimension_is_the_golden_fields(finished: Path, kind: str) -> None:
    table, key = DIMENSIONS[kind]
    with duckdb.connect(str(finished / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        fields = {
            row[0]
            for row in con.execute(
                "select distinct field from identity.golden_fields where entity_kind = ?", [kind]
            ).fetchall()
        }
        for field in FROM_RECORDS[kind]:
            differing = con.execute(
                f"""select count(*) from {table} as dimension left join identity.golden_fields as golden
                    on golden.entity_kind = ? and golden.entity_id = dimension.{key} and golden.field = ?
                    where cast(dimension.{field} as varchar) is distinct from golden.value
                    and not (golden.value is null and '{field}' = 'legal_entity' and dimension.{field} = 'main')""",
                [kind, field],
            ).fetchall()
            assert differing == [(0,)], field

    assert {(kind, field) for field in fields - FROM_RECORDS[kind]} <= WITHOUT_COLUMN
    assert len(fields) >= 6


def test_the_winning_record_says_what_is_golden(finished: Path) -> None:
    said = {"name": "company_name", "country": "country", "full_name": "full_name", "email": "email"}
    with duckdb.connect(str(finished / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        for field, column in said.items():
            rows, equal = con.execute(
                f"""select count(*), count(*) filter (where golden.value = records.{column})
                    from identity.golden_fields as golden
                    inner join identity.records as records using (source, instance, table_name, record_key)
                    where golden.field = ?""",
                [field],
            ).fetchall()[0]
            assert rows > 0 and rows == equal, field


def test_golden_values_are_hashed_for_analysts(finished: Path) -> None:
    with duckdb.connect(str(finished / "published" / "onefunnel.duckdb"), read_only=True) as con:
        unhashed = con.execute(
            "select count(*) from identity.golden_fields where not starts_with(value, 'h_')"
        ).fetchall()
        shown = con.execute(
            "select count(*) from identity.records where not starts_with(coalesce(email, 'h_'), 'h_') "
            "or not starts_with(coalesce(full_name, 'h_'), 'h_') or not starts_with(coalesce(phone, 'h_'), 'h_')"
        ).fetchall()
    assert (unhashed, shown) == ([(0,)], [(0,)])
