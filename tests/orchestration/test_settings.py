from pathlib import Path

import pytest

from orchestration.errors import SettingsError
from orchestration.identity_settings import check_identity, identity_settings
from orchestration.settings import PROJECT, business_settings, load_settings


def test_folders_follow_the_home(tmp_path: Path) -> None:
    settings = load_settings({"ONEFUNNEL_HOME": str(tmp_path)})

    assert settings.exports == tmp_path / "exports"
    assert settings.analyst_file == tmp_path / "published" / "onefunnel.duckdb"
    assert settings.steward_file == tmp_path / "published" / "steward" / "onefunnel.duckdb"


def test_exports_may_be_elsewhere(tmp_path: Path) -> None:
    settings = load_settings({"ONEFUNNEL_HOME": str(tmp_path), "ONEFUNNEL_EXPORTS": "/srv/exports"})

    assert settings.exports == Path("/srv/exports")


def test_without_a_home_it_is_data_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_settings({}).home == tmp_path / "data"


@pytest.mark.parametrize(
    ("engine", "words"), [("spark", "not available yet"), ("oracle", "known engines: duckdb, spark")]
)
def test_an_engine_that_cannot_be_used_is_refused(engine: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load_settings({"ONEFUNNEL_ENGINE": engine})


def test_the_company_overrides_a_default(tmp_path: Path) -> None:
    overrides = tmp_path / "settings.yaml"
    overrides.write_text("reporting_currency: USD\nmql_score: 70\n")

    business = business_settings(overrides)

    assert (business["reporting_currency"], business["mql_score"], business["month_close_day"]) == (
        "USD",
        70,
        5,
    )
    assert "conformed" not in business


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reporting_curency: USD", "unknown setting 'reporting_curency'. Known: .*reporting_currency"),
        ("mql_score: high", r"mql_score is 'high' \(str\), expected int such as 60"),
        ("phone_region: NO", "expected str such as 'US'. YAML reads a bare no.* put it in quotes"),
        ("- a\n- b", "found list, expected lines"),
        ("a: [", "not readable as YAML"),
    ],
)
def test_a_wrong_settings_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    overrides = tmp_path / "settings.yaml"
    overrides.write_text(text)

    with pytest.raises(SettingsError, match=words):
        business_settings(overrides)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("own_domains: ['https://Acme.com']", "own_domains: 'https://Acme.com' .* Write 'acme.com'"),
        ("agency_domains: [acme]", "agency_domains: 'acme' .* as in acme.com"),
        ("agency_domains: [1]", "agency_domains: 1 is no text"),
        ("own_domains: [gmx.at]", "anybody can have an address at gmx.at"),
        ("phone_region: UK", "'UK' is no country's code .* Write GB"),
        ("phone_region: nowhere", "Write two letters"),
        ("claim_caps: {emial: 3}", "claim_caps: no 'emial'. Known: email, phone, domain"),
        ("claim_caps: {email: true}", "email is True. Write a whole number"),
        ("cluster_limits: {person: 0}", "person is 0. Write a whole number"),
        ("holds_duplicates: [zapierr]", "no source zapierr. Known: .*zapier"),
        ("legal_entities: {'strpie@acme': Acme}", "legal_entities: no source strpie. Known: .*stripe"),
        ("legal_entities: {'stripe@acme': 1}", "stripe@acme has no name of an entity"),
    ],
)
def test_identity_refuses_a_setting_that_it_could_not_follow(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "company").mkdir()
    (tmp_path / "company" / "settings.yaml").write_text(text)

    with pytest.raises(SettingsError, match=words):
        check_identity(load_settings({"ONEFUNNEL_HOME": str(tmp_path)}))


def test_identity_is_told_what_the_company_gives_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "company").mkdir()
    (tmp_path / "company" / "settings.yaml").write_text(
        "own_domains: [acme.com]\nholds_duplicates: [zapier]\nclaim_caps: {phone: 7}\nphone_region: DE"
    )

    told = identity_settings(load_settings({"ONEFUNNEL_HOME": str(tmp_path)}))

    assert (told.own_domains, told.holds_duplicates, told.phone_region) == ({"acme.com"}, {"zapier"}, "DE")
    assert told.claim_caps == {"email": 200, "phone": 7, "domain": 5000}


def test_only_settings_reads_the_environment_and_the_clock() -> None:
    forbidden = ("os.environ", "os.getenv", "datetime.now", "date.today", "time.time(")
    files = [
        path
        for package in ("connectors", "data_quality", "orchestration")
        for path in (PROJECT / package).rglob("*.py")
    ]

    found = [
        f"{path.name}: {word}"
        for path in files
        if path != PROJECT / "orchestration" / "settings.py"
        for word in forbidden
        if word in path.read_text(encoding="utf-8")
    ]

    assert found == []


def test_connectors_and_quality_know_neither_dagster_nor_each_other() -> None:
    strangers = {
        "connectors": ("dagster", "data_quality", "orchestration"),
        "data_quality": ("dagster", "connectors", "orchestration"),
    }

    found = [
        f"{path.name} imports {stranger}"
        for package, names in strangers.items()
        for path in (PROJECT / package).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        for stranger in names
        if line.strip().startswith((f"import {stranger}", f"from {stranger}"))
    ]

    assert found == []
