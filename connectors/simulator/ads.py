"""The demo company's campaigns, and what Google Ads, Meta Ads and LinkedIn Ads export of them: one row per campaign and day.

Each platform bills in a currency of its own and writes the file in its own way.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from connectors.simulator.world import MONTHS, add_months

RESTATED_DAYS = 7


@dataclass(frozen=True)
class Campaign:
    """A campaign with its right marks. `platform` names who sells it, None what costs nothing; `daily` is in cents."""

    name: str
    channel: str
    source: str
    medium: str
    platform: str | None = None
    daily: int = 0
    click_cents: int = 100

    @property
    def mark(self) -> str:
        """What `utm_campaign` says when it is spelt right."""
        return self.name.lower().replace(" ", "_")


CAMPAIGNS = (
    Campaign("Brand Search", "paid_search", "google", "cpc", "google_ads", 2500, 90),
    Campaign("Generic Search", "paid_search", "google", "cpc", "google_ads", 9000, 310),
    Campaign("Retargeting Warm", "paid_social", "facebook", "paid_social", "meta_ads", 4200, 120),
    Campaign("RevOps Leaders", "paid_social", "linkedin", "paid_social", "linkedin_ads", 7600, 780),
    Campaign("Monthly Newsletter", "email", "newsletter", "email"),
    Campaign("Product Webinar", "email", "encharge", "email"),
    Campaign("Founder Posts", "organic_social", "linkedin", "social"),
    Campaign("Partner Directory", "referral", "partner", "referral"),
)
# Nobody ever came from it: only a company that is not clean keeps paying for such a thing.
WASTED = Campaign("Lookalike Cold", "paid_social", "facebook", "paid_social", "meta_ads", 3100, 140)
CURRENCY = {"google_ads": "EUR", "meta_ads": "USD", "linkedin_ads": "GBP"}


@dataclass(frozen=True)
class AdDay:
    """One campaign's day, in the platform's own time zone; `cost` in the account's currency."""

    campaign: Campaign
    day: date
    cost: Decimal
    impressions: int
    clicks: int
    conversions: int


def ad_days(accounts: int, seed: int, end: datetime, clean: bool) -> list[AdDay]:
    """Every campaign's days up to the last night; what is spent grows with the company."""
    first = add_months(end.replace(day=1), 1 - MONTHS).date()
    bought = [one for one in (*CAMPAIGNS, *(() if clean else (WASTED,))) if one.platform]
    return [
        ad_day(campaign, first + timedelta(days=count), accounts, seed)
        for campaign in bought
        for count in range((end.date() - first).days + 1)
    ]


def ad_day(campaign: Campaign, day: date, accounts: int, seed: int) -> AdDay:
    """A day's spend: less on a weekend, much more on the first Monday of a month."""
    chance = random.Random(f"{seed}-{campaign.name}-{day}-ads")
    usual = campaign.daily * accounts // 500 + 100
    busy = 20 if day.weekday() == 0 and day.day <= 7 else 1
    cents = usual * busy * chance.randrange(70, 131) // (200 if day.weekday() >= 5 else 100)
    clicks = cents // campaign.click_cents
    return AdDay(campaign, day, Decimal(cents) / 100, clicks * chance.randrange(20, 40), clicks, clicks // 25)


def ad_files(days: list[AdDay], night: str, cut: datetime, since: datetime | None) -> dict[str, bytes]:
    """The reports of one night by path below exports/: everything on the first, else the last days again."""
    start = date.min if since is None else cut.date() - timedelta(days=RESTATED_DAYS - 1)
    told = [one for one in days if start <= one.day <= cut.date()]
    write = {"google_ads": google, "meta_ads": meta, "linkedin_ads": linkedin}
    names = {
        "google_ads": "campaign_report.csv",
        "meta_ads": "campaigns.csv",
        "linkedin_ads": "campaign_performance_report.csv",
    }
    return {
        f"{platform}/{night}/{names[platform]}": write[platform](rows).encode()
        for platform in write
        if (
            rows := sorted(
                (one for one in told if one.campaign.platform == platform), key=lambda one: one.day
            )
        )
    }


def quoted(amount: Decimal) -> str:
    """Two places with thousands separators, in quotes where they put a comma into the cell."""
    text = f"{amount:,.2f}"
    return f'"{text}"' if "," in text else text


def google(rows: list[AdDay]) -> str:
    """Title, range, one total row for the campaigns and one for the account; an empty cell is ` --`."""
    spent = quoted(sum((one.cost for one in rows), Decimal(0)))
    lines = ["Campaign report", f'"{rows[0].day:%B} {rows[0].day.day}, {rows[0].day.year} - {rows[-1].day:%B} {rows[-1].day.day}, {rows[-1].day.year}"',
             "Day,Campaign,Campaign status,Currency code,Cost,Impr.,Clicks,Conversions"]  # fmt: skip
    lines += [
        f"{one.day},{one.campaign.name},Enabled,EUR,{quoted(one.cost)},{one.impressions},{one.clicks},{one.conversions or ' --'}"
        for one in rows
    ]
    lines += [f"Total: {what},,,,{spent},,," for what in ("Campaigns", "Account")]
    return "\n".join(lines) + "\n"


def meta(rows: list[AdDay]) -> str:
    """The account's currency stands in the header only."""
    lines = ["Day,Campaign name,Campaign delivery,Amount spent (USD),Impressions,Link clicks,Results"]
    lines += [
        f"{one.day},{one.campaign.name},active,{one.cost},{one.impressions},{one.clicks},{one.conversions or ''}"
        for one in rows
    ]
    return "\n".join(lines) + "\n"


def linkedin(rows: list[AdDay]) -> str:
    """Two lines before the header, dates with the month first, a total at the end."""
    first, last = rows[0].day, rows[-1].day
    spent = sum((one.cost for one in rows), Decimal(0))
    lines = ["Campaign Performance Report (in UTC)", f'"Report Start: {first:%m/%d/%Y}, Report End: {last:%m/%d/%Y}"', "",
             "Start Date (in UTC),Account Name,Campaign Group Name,Campaign Name,Campaign ID,Currency,Total Spent,Impressions,Clicks,Conversions"]  # fmt: skip
    lines += [
        f"{one.day.month}/{one.day.day}/{one.day.year},Onefunnel Demo,Default,{one.campaign.name},{campaign_id(one.campaign)},GBP,{one.cost},{one.impressions},{one.clicks},{one.conversions}"
        for one in rows
    ]
    lines.append(f"Total,,,,,,{spent},,,")
    return "\n".join(lines) + "\n"


def campaign_id(campaign: Campaign) -> str:
    """LinkedIn's number of a campaign."""
    return str(190000000 + [one.name for one in CAMPAIGNS].index(campaign.name))


def spend_rows(days: list[AdDay]) -> list[tuple[str, ...]]:
    """Truth: what each campaign cost in each month, in the currency it was billed in."""
    totals: dict[tuple[str, ...], Decimal] = {}
    for one in days:
        platform = str(one.campaign.platform)
        key = (platform, one.campaign.channel, one.campaign.mark, f"{one.day:%Y-%m-01}", CURRENCY[platform])
        totals[key] = totals.get(key, Decimal(0)) + one.cost
    return [(*key, str(cost)) for key, cost in sorted(totals.items())]
