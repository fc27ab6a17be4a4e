"""Exports of advertising and support tools in their own formats, written by hand, into the lake."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.lake import load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views

NIGHT = date(2026, 9, 3)
GOOGLE = (
    'Campaign report\n"September 1, 2026 - September 2, 2026"\nDay,Campaign,Campaign status,Currency code,Cost,Impr.,Clicks,Conversions\n'
    '2026-09-01,Brand,Enabled,EUR,"2,520.00",7500,300,12\n2026-09-02,Brand,Enabled,EUR,1.50,10, --,0\n'
    'Total: Account,,,,"5,800.00",12750,510,14\n'
)
LINKEDIN = (
    'Campaign Performance Report (in UTC)\n"Report Start: 09/01/2026, Report End: 09/02/2026"\n\n'
    "Start Date (in UTC),Account Name,Campaign Group Name,Campaign Name,Campaign ID,Currency,Total Spent,Impressions,Clicks\n"
    "9/1/2026,Demo,Group,Leaders,77,USD,12.34,100,3\nTotal,,,,,,12.34,100,3\n"
)
META = (
    "Day;Campaign name;Amount spent (EUR);Impressions;Link clicks\n"
    "2026-08-31;Warm;1234,56;6600;93\n2026-09-01;Warm;10,00;50;2\n"
)
ZENDESK = (
    "Summation column,Id,Requester id,Requester email,Status,Priority,Created at,Updated at,Solved at,Satisfaction Score,First reply time in minutes\n"
    "1,5,9,ada@alder.example,Solved,High,2026-09-01 10:00,2026-09-01 12:00,2026-09-01 12:00,Good,30\n"
)
TRACKS = (
    '{"messageId":"m1","type":"track","event":"Signed Up","userId":"u1","context":{"groupId":"g1"},"timestamp":"2026-09-01T10:00:00.000Z"}\n'
    '{"messageId":"m1","type":"track","event":"Signed Up","userId":"u1","context":{"groupId":"g1"},"timestamp":"2026-09-01T10:00:00.000Z"}\n'
)
MIXPANEL = '{"event":"Opened","properties":{"time":1788256800,"distinct_id":"u1","$insert_id":"i1"}}\n'


def loaded(home: Path, path: str, content: bytes, sql: str) -> list[tuple[object, ...]]:
    """Load one file, which must be accepted, and ask the raw views."""
    folder, name = path.split("/")
    target = home / "exports" / folder / NIGHT.isoformat() / name
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    specs = load_specs()
    for load in load_night(home, home / "exports", specs, NIGHT, NIGHT):
        assert load.why is None, load.why
        assert load.total("rows_quarantined") == 0
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        create_raw_views(con, home, specs, NIGHT)
        return con.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("path", "content", "sql", "expected"),
    [
        ("google_ads/campaign_report.csv", GOOGLE.encode(), "select day, cost, clicks from raw_google_ads.campaign_report order by day", [("2026-09-01", "2520", "300"), ("2026-09-02", "1.5", None)]),
        ("google_ads/campaign_metrics.json", b'[{"results":[{"campaign":{"id":"1","name":"Brand"},"customer":{"currencyCode":"EUR"},"segments":{"date":"2026-09-01"},"metrics":{"costMicros":"2500000"}}]}]', "select day, cost from raw_google_ads.campaign_metrics", [("2026-09-01", "2.5")]),
        ("linkedin_ads/campaign_performance.csv", LINKEDIN.encode(), "select day, campaign_id, cost, currency from raw_linkedin_ads.campaign_report", [("2026-09-01", "77", "12.34", "USD")]),
        ("meta_ads/campaigns.csv", META.encode(), "select day, spend ->> '$[0].key', spend ->> '$[0].value' from raw_meta_ads.campaign_report order by day", [("2026-08-31", "EUR", "1234.56"), ("2026-09-01", "EUR", "10")]),
        ("zendesk/tickets.csv", ZENDESK.encode(), "select ticket_id, status, created_at, solved_at, first_reply_minutes from raw_zendesk.tickets", [("5", "Solved", "2026-09-01T10:00:00Z", "2026-09-01T12:00:00Z", "30")]),
        ("segment/tracks.jsonl", TRACKS.encode(), "select user_id, account_id, event from raw_segment.tracks", [("u1", "g1", "Signed Up")]),
        ("mixpanel/events.jsonl", MIXPANEL.encode(), "select event_id, occurred_at from raw_mixpanel.events", [("i1", "2026-09-01T10:00:00Z")]),
    ],
)  # fmt: skip
def test_an_export_reads_as_its_tool_means_it(
    tmp_path: Path, path: str, content: bytes, sql: str, expected: list[tuple[object, ...]]
) -> None:
    assert loaded(tmp_path, path, content, sql) == expected


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "sub_1", "discount": {"id": "di_1", "coupon": {"id": "off", "percent_off": 20}, "end": 1740736800}}\n'
        '{"id": "sub_2", "discount": null}\n',
        '{"data": [{"id": "sub_1", "discount": {"id": "di_1", "coupon": {"id": "off", "percent_off": 20}, "end": 1740736800}}]}',
        '{"data": [{"id": "sub_1", "discounts": [{"id": "di_1", "coupon": {"id": "off", "percent_off": 20}, "end": 1740736800}]}]}',
    ],
    ids=["a line each", "the older form", "the newer form"],
)
def test_a_stripe_discount_belongs_to_the_subscription_around_it(tmp_path: Path, content: str) -> None:
    found = loaded(
        tmp_path,
        "stripe/subscriptions.jsonl",
        content.encode(),
        "select discount_id, subscription_id, percent_off from raw_stripe.subscription_discounts",
    )

    assert found == [("di_1", "sub_1", "20")]
