"""Normal forms: pairs worked out by hand, what must hold of every text, and SQL held to Python."""

import duckdb
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.identity import normalise
from connectors.identity.claims import long_id
from connectors.identity.forms import normal_form, write_forms, write_hosts
from connectors.identity.settings import IdentitySettings

LETTERS = st.text(alphabet="abcdeinorstACDGHKLMNSTV  ,.&-'+()0123@éßøŁ株", max_size=24)
WORD = st.sampled_from(["The", "Acme", "N", "V", "B.V.", "GmbH", "&", "Co.", "KG", "Inc", "and", "Müller", "S.A.", "PT", "Ltd,", "a", "Sp. z o.o.", "-", "Bob", "Dr.", "Jr", "O'Neil"])  # fmt: skip
NAMES = st.one_of(LETTERS, st.lists(WORD, max_size=6).map(" ".join))
HOSTS = st.builds(
    ".".join,
    st.lists(st.sampled_from(["www", "mail", "acme", "a-b", "co", "com", "uk", "city", "kawasaki", "jp", "de", "ck", "github", "io", "facebook"]), min_size=1, max_size=4),
)  # fmt: skip
ADDRESSES = st.builds(
    lambda local, host: f"{local}@{host}", st.text("aB.+-_%ü", min_size=1, max_size=6), HOSTS
)
PHONES = st.builds(
    lambda code, figures: f"+{code}{figures}",
    st.sampled_from(["1", "49", "44", "33", "39", "81", "7", "999"]),
    st.text("0123456789 -.()", min_size=5, max_size=13),
)
KINDS = {
    "email": ADDRESSES, "domain": st.one_of(HOSTS, HOSTS.map("https://www.{}/a?b=1".format), HOSTS.map("//{}/x/b@c".format), LETTERS), "phone": PHONES,
    "company_name": NAMES, "name": NAMES, "first_name": NAMES, "last_name": NAMES, "city": NAMES, "birth_date": st.dates().flatmap(lambda day: st.sampled_from([day.isoformat(), f"{day}T00:00:00Z", f"{day:%d.%m.%Y}"])),
}  # fmt: skip


def sql_forms(kind: str, values: list[str]) -> dict[str, str | None]:
    """The normal form of each value as a night makes it."""
    with duckdb.connect() as con:
        con.execute(
            "create temp table said_claims (kind varchar, claim_kind varchar, claim_value varchar, region varchar)"
        )
        con.executemany(
            "insert into said_claims values (?, ?, ?, 'US')", [(kind, kind, value) for value in values]
        )
        write_forms(con)
        write_hosts(con, IdentitySettings())
        found = con.execute(
            f"""select claim_value, {"host" if kind == "domain" else "normal"} from forms
                left join web_hosts on written = split_part(normal, '@', -1)"""
        ).fetchall()
    return {value: None for value in values} | dict(found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_spelling_has_the_same_form_in_sql_as_in_python(kind: str) -> None:
    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(KINDS[kind].filter(lambda text: text == text.strip()), min_size=30, max_size=60, unique=True)
    )
    def check(values: list[str]) -> None:
        assert sql_forms(kind, values) == {value: normal_form(kind, value, "US") for value in values}

    check()


def test_a_phone_of_which_no_record_tells_the_country_needs_its_calling_code() -> None:
    with duckdb.connect() as con:
        con.execute(
            "create temp table said_claims as select 'phone' as kind, 'phone' as claim_kind, "
            "unnest(['(030) 123456', '+49 30 123456']) as claim_value, cast(null as varchar) as region"
        )
        write_forms(con)
        forms = con.execute("select normal from forms").fetchall()

    assert forms == [("+4930123456",)]


def test_every_regions_example_number_has_the_same_form_in_sql_as_in_python() -> None:
    examples = [
        example
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        if (example := phonenumbers.example_number(region))
    ]
    numbers = [
        phonenumbers.format_number(example, style)
        for example in examples
        for style in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    ]
    # and what is near it: a trunk prefix before it, a figure less, a figure more, other first figures
    for example in examples:
        code, rest = f"+{example.country_code}", str(example.national_number)
        near = [f"{trunk}{rest}" for trunk in ("0", "1", "06", "8")]
        near += [rest[:-1], f"{rest}5", f"11{rest[2:]}", f"99{rest[2:]}"]
        numbers += [f"{code}{one}" for one in near]
    numbers = list(dict.fromkeys(numbers))
    assert sql_forms("phone", numbers) == {one: normal_form("phone", one, "US") for one in numbers}


@pytest.mark.parametrize("form", [normalise.company_name, normalise.person_name, normalise.plain_words, normalise.given_name, normalise.name_core, normalise.country])  # fmt: skip
def test_a_normal_form_is_its_own_normal_form(form) -> None:  # type: ignore[no-untyped-def]
    @settings(deadline=None)
    @given(st.one_of(NAMES, st.text(max_size=20)))
    def check(text: str) -> None:
        once = form(text)
        assert once is None or once == form(once)

    check()


@settings(deadline=None)
@given(st.one_of(ADDRESSES, st.text(max_size=20)))
def test_an_address_and_a_domain_are_their_own_normal_form(text: str) -> None:
    for form in (normalise.email, normalise.domain):
        once = form(text)
        assert once is None or form(once) == once


@pytest.mark.parametrize(
    ("one", "two", "region"),
    [
        ("+49 30 123456", "030 123456", "DE"),
        ("+1 (212) 555-2368", "212.555.2368", "US"),
        ("+44 (0)20 7946 0958", "020 7946 0958", "GB"),
        ("0033 1 42 68 53 00", "01 42 68 53 00", "FR"),
        ("0044 20 7946 0958", "+44 20 7946 0958", "US"),
    ],
)
def test_two_spellings_of_one_phone(one: str, two: str, region: str) -> None:
    assert normalise.phone(one, region) == normalise.phone(two, region) is not None


@pytest.mark.parametrize(
    "names",
    [
        ("The Müller & Söhne GmbH & Co. KG", "MULLER AND SOHNE"),
        ("Koninklijke Philips N.V.", "KONINKLIJKE PHILIPS N V"),
        ("Łódź Sp. z o.o.", "Lodz"),
        ("AT&T Inc.", "AT & T"),
        ("PT Astra Tbk", "Astra"),
        ("Société Générale S.A.", "Societe Generale"),
        ("Grupo Bimbo, S.A.B. de C.V.", "GRUPO BIMBO"),
        ("Nokia Oyj", "nokia"),
        ("Sony Group K.K.", "Sony Group"),
        ("J.P. Morgan", "J P Morgan LLC"),
        ("株式会社アクメ", "アクメ㈱"),
        ("(주)아크메", "아크메 주식회사"),
        ("北京网络科技有限公司", "北京网络科技"),
        ("ООО «Ромашка»", "Ромашка ЗАО"),
        ("Ελαία Α.Ε.", "ΕΛΑΙΑ"),
        ("Yıldız Ltd. Şti.", "YILDIZ LİMİTED ŞİRKETİ"),
        ("ArcelorMittal S.à r.l.", "arcelormittal"),
        ("Škoda spol. s r.o.", "Skoda a.s."),
        ("Pemex S. de R.L. de C.V.", "Pemex"),
        ("Padaria Sol Ltda - ME", "Padaria Sol"),
        ("OÜ Tark", "Tark AB (publ)"),
        ("Acme™", "Acme®, Inc."),
    ],
)  # fmt: skip
def test_two_spellings_of_one_company(names: tuple[str, str]) -> None:
    assert normalise.company_name(names[0]) == normalise.company_name(names[1])


def test_two_companies_names_stay_two() -> None:
    names = ["Acme Health", "Acme Wealth", "The Company", "Limited Brands", "東京電力", "大阪ガス", "AB"]
    assert len({normalise.company_name(name) for name in names}) == len(names)


def test_what_is_a_companys_own_in_its_name() -> None:
    assert (
        normalise.name_core("philips electronics nederland")
        == normalise.name_core("philips international")
        == "philips"
    )
    assert normalise.name_core("global services group") is None


@pytest.mark.parametrize(("written", "code"), [("Deutschland", "DE"), ("germany", "DE"), ("Almanya", "DE"), ("Tschechien", "CZ"), ("U.S.A.", "US"), ("EE. UU.", "US"), ("Côte d'Ivoire", "CI"), ("nl", "NL"), ("日本", "JP"), ("Korea, Republic of", "KR"), ("Deutschland (DE)", "DE"), ("Atlantis", "atlantis")])  # fmt: skip
def test_normal_form_of_a_country(written: str, code: str) -> None:
    assert normalise.country(written) == code


def test_a_short_salesforce_id_becomes_the_long_one_in_sql_too() -> None:
    keys = [
        "0015500000WO1ZiAAL",
        "0035g0000AbCdEf"[:15],
        "123456789012345",
        "cus_1",
        "00Qabcdefghijkl",
        "00QABCDEFGHIJKL",
    ]
    with duckdb.connect() as con:
        for key in keys:
            (found,) = con.execute(
                f"select {long_id('key')} from (select ?::varchar as key)", [key[:15]]
            ).fetchall()[0]
            assert found == normalise.salesforce_id(key[:15])
