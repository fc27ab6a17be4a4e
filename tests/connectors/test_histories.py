"""Histories that tools keep of their fields are tables of their own, and no part of the records' tables."""

from datetime import date
from pathlib import Path

import duckdb

from connectors.lake import load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views

NIGHT = date(2026, 6, 30)
FILES = {
    "hubspot/2026-06-30/contact_data.csv": "id,property_email\n1,a@one.example\n",
    "hubspot/2026-06-30/contact_property_history_data.csv": (
        "contact_id,timestamp,source,name,value\n"
        "1,2026-01-05 10:00:00,CONTACTS,lifecyclestage,lead\n"
        "1,2026-02-05 10:00:00,CONTACTS,lifecyclestage,marketingqualifiedlead\n"
    ),
    "hubspot/2026-06-30/deal_property_history_data.csv": (
        "deal_id,timestamp,source,name,value\n9,2026-03-05 10:00:00,CONTACTS,dealstage,closedwon\n"
    ),
    "salesforce/2026-06-30/OpportunityFieldHistory.csv": (
        "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate\n"
        "0171,0061,StageName,Prospecting,Closed Won,2026-03-05T10:00:00.000Z\n"
    ),
}


def test_a_property_history_is_not_read_as_contacts(tmp_path: Path) -> None:
    for path, text in FILES.items():
        target = tmp_path / "exports" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    specs = {name: spec for name, spec in load_specs().items() if name in ("hubspot", "salesforce")}

    load_night(tmp_path, tmp_path / "exports", specs, NIGHT, NIGHT)

    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        create_raw_views(con, tmp_path, specs, NIGHT)

        def rows(sql: str) -> list[tuple[object, ...]]:
            return con.execute(sql).fetchall()

        assert rows("select contact_id, email from raw_hubspot.contacts") == [("1", "a@one.example")]
        assert rows(
            "select property, value from raw_hubspot.contact_property_history order by changed_at"
        ) == [
            ("lifecyclestage", "lead"),
            ("lifecyclestage", "marketingqualifiedlead"),
        ]
        assert rows("select deal_id, value from raw_hubspot.deal_property_history") == [("9", "closedwon")]
        assert rows("select opportunity_id, new_value from raw_salesforce.opportunity_field_history") == [
            ("0061", "Closed Won")
        ]
