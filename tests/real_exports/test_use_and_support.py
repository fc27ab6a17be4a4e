"""Real exports of support, product and activity tools load with every row accounted for; facts were read off the files by hand."""

import csv
import gzip
import shutil
import statistics
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.lake import TableLoad, load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views
from tests.models.rendering import rendered, run

SHARED = Path(__file__).parents[2].parent / "shared" / "exports"
pytestmark = pytest.mark.skipif(
    not SHARED.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)
NIGHT = date(2026, 6, 30)
FILES = {
    "zendesk": ["zendesk/api_recorded/list-tickets.json", "zendesk/api_recorded/list-users.json", "zendesk/api_recorded/list-organizations.json"],
    "zendesk@tables": ["zendesk/warehouse_tables/ticket_data.csv", "zendesk/warehouse_tables/user_data.csv", "zendesk/warehouse_tables/organization_data.csv"],
    "intercom": ["intercom/api_recorded/conversations.json", "intercom/api_recorded/list-contacts.json", "intercom/api_recorded/list-companies.json"],
    "intercom@tables": ["intercom/warehouse_tables/conversation_history_data.csv"],
    "posthog": ["product_usage/posthog/api_recorded/list-events.json", "product_usage/posthog/api_recorded/list-persons.json"],
    "mixpanel": ["product_usage/mixpanel/warehouse_tables/event.csv"],
    "segment": ["product_usage/segment/example_segment_pages.csv"],
    "hubspot@tables": ["hubspot/warehouse_tables/engagement_call_data.csv", "hubspot/warehouse_tables/engagement_email_data.csv"],
    "salesforce@tables": ["salesforce/warehouse_tables/sf_task_data.csv", "salesforce/warehouse_tables/sf_opportunity_line_item_data.csv", "salesforce/warehouse_tables/sf_product_2_data.csv"],
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[TableLoad]]:
    home = tmp_path_factory.mktemp("real_use")
    for folder, files in FILES.items():
        night = home / "exports" / folder / NIGHT.isoformat()
        night.mkdir(parents=True)
        for file in files:
            shutil.copy(SHARED / file, night / Path(file).name)
    return home, load_night(home, home / "exports", load_specs(), NIGHT, NIGHT)


def query(loaded: tuple[Path, list[TableLoad]], sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        create_raw_views(con, loaded[0], load_specs(), NIGHT)
        return con.execute(sql).fetchall()


def test_every_delivery_is_accepted_and_every_row_accounted_for(loaded: tuple[Path, list[TableLoad]]) -> None:
    assert len(loaded[1]) == 19
    for load in loaded[1]:
        assert load.why is None, f"{load.source}.{load.table_name}: {load.why}"
        for entry in load.entries:
            accounted = entry.rows_loaded + entry.rows_quarantined + entry.rows_skipped + entry.rows_collapsed
            assert accounted == entry.rows_physical
            assert entry.rows_quarantined == entry.conflicting_keys == 0


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select count(*), count(*) filter (where _instance = 'tables') from raw_zendesk.tickets", (14, 10)),
        ("select status, priority, csat, created_at, requester_id from raw_zendesk.tickets where ticket_id = '1' and _instance = ''", ("open", "normal", "unoffered", "2026-05-06T07:46:23Z", "46406156914577")),
        # nine versions of two conversations: the newest counts
        ("select count(*), count(*) filter (where state = 'closed') from raw_intercom.conversations where _instance = 'tables'", (2, 2)),
        ("select updated_at, created_at, contact_id from raw_intercom.conversations where conversation_id = '156643300001311'", ("2020-11-02T14:17:59Z", "2020-10-28T23:59:37Z", "5f7295ca37f0d717d37dfddb")),
        ("select contact_email, state, created_at from raw_intercom.conversations where conversation_id = '215474207312016'", ("phone@projectmap.com", "open", "2026-05-07T06:14:54Z")),
        ("select contacts.email, companies.name, companies.created_at from raw_intercom.contacts inner join raw_intercom.companies using (company_id) where company_id = '69fc21865a28f6d15c73b075'", ("phone@projectmap.com", "[Demo]", "2026-05-07T05:22:14Z")),
        # one insert id, one name and one user at two times are two events
        ("select count(*), count(distinct event_id), count(distinct (event_id, occurred_at)) from raw_mixpanel.events", (5, 3, 5)),
        ("select user_id, email, event, occurred_at from raw_posthog.events where event_id = '019e8cf9-1d8f-7d65-96ce-50c8c37a63da'", ("nango-poll-test-1780481596", "poll@nango.dev", "$identify", "2026-06-03T10:13:16.815000Z")),
        ("select person_id, created_at from raw_posthog.persons where user_id = 'nango-test-identify-001'", ("9d4f01dc-0c4c-557a-973d-abb4e84d77ef", "2026-06-03T10:09:59.651000Z")),
        ("select occurred_at from raw_hubspot.calls where call_id = '19732910159'", ("2014-08-27T20:50:44.778000Z",)),
        ("select title, occurred_at from raw_hubspot.emails where email_id = '19732367783'", ("This is the subject of the email", "2014-08-27T20:50:44.778000Z")),
        ("select count(*), count(*) filter (where who_id like '00Q%') from raw_salesforce.tasks", (10, 1)),
        ("select quantity, unit_price, amount from raw_salesforce.opportunity_lines where line_id = '00k1G000009ar5IQAQ'", ("6", "850", "5100")),
        ("select count(*) from raw_salesforce.products", (2,)),
    ],
)  # fmt: skip
def test_a_record_reads_as_it_does_in_the_file(
    loaded: tuple[Path, list[TableLoad]], sql: str, expected: tuple[object, ...]
) -> None:
    assert query(loaded, sql) == [expected]


def test_support_of_ravenstack_is_what_its_tickets_say() -> None:
    path = SHARED / "ravenstack" / "ravenstack_support_tickets.csv"
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(
            f"""create table fct_tickets as
                select ticket_id, 'ravenstack' as source, submitted_at::timestamptz as created_at, closed_at::timestamptz as solved_at,
                    submitted_at::timestamptz as first_reply_at, first_response_time_minutes::bigint as first_reply_minutes,
                    date_diff('minute', submitted_at::timestamp, closed_at::timestamp) as solve_minutes, cast(null as boolean) as is_in_time,
                    case when satisfaction_score >= 4 then 'good' when satisfaction_score <= 2 then 'bad' end as csat,
                    false as is_open, false as is_internal
                from read_csv('{path}')"""
        )
        con.execute(
            "create table night as select timestamptz '2024-12-31 23:59' as built_as_of, date '2024-12-31' as night"
        )
        con.execute("create table dim_dates as select unnest(generate_series(date '2023-01-01', date '2024-12-01', interval 1 month))::date as month")  # fmt: skip
        months = {
            str(row["month"])[:7]: row
            for row in run(con, rendered("rpt_support"))
            if row["source"] == "ravenstack"
        }

    with path.open(encoding="utf-8", newline="") as file:
        tickets = list(csv.DictReader(file))
    assert len(tickets) == sum(row["tickets"] for row in months.values()) == 2000
    assert sum(row["good"] for row in months.values()) == 405 + 374
    for month, asked in Counter(one["submitted_at"][:7] for one in tickets).items():
        of_month = [one for one in tickets if one["submitted_at"][:7] == month]
        assert months[month]["tickets"] == asked
        assert months[month]["first_reply_minutes_p50"] == statistics.median(
            int(one["first_response_time_minutes"]) for one in of_month
        )
        left = [one for one in tickets if one["submitted_at"][:7] <= month and one["closed_at"][:7] > month]
        assert months[month]["backlog"] == len(left)


def test_feature_use_of_ravenstack_is_counted_by_subscription() -> None:
    path = SHARED / "ravenstack" / "ravenstack_feature_usage.csv.gz"
    with duckdb.connect() as con:
        con.execute(
            f"""create table fct_usage_daily as
                select subscription_id as account_id, subscription_id as user_id, usage_date::date as usage_date, feature_name as event,
                    false as is_sign_up, false as is_passive, usage_count::bigint as events
                from read_csv('{path}')"""
        )
        found = {
            (str(row["month"])[:7], row["event"]): row for row in run(con, rendered("rpt_feature_adoption"))
        }

    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        uses = list(csv.DictReader(file))
    assert sum(row["events"] for row in found.values()) == sum(int(one["usage_count"]) for one in uses)
    march = [one for one in uses if one["usage_date"].startswith("2024-03")]
    feature = {one["subscription_id"] for one in march if one["feature_name"] == "feature_5"}
    active = {one["subscription_id"] for one in march}
    row = found["2024-03", "feature_5"]
    assert (row["accounts"], row["active_accounts"]) == (len(feature), len(active))
    assert len(feature) > 10
