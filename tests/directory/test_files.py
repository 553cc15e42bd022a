"""What may stand in the programme's files, and how each refusal is worded."""

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.carriers.shelf import on_shelf
from app.directory_files.kinds import Kind, read_file
from app.directory_files.problems import ImportRefused
from app.directory_files.record import Known, Record
from app.domain.calendar import build_calendar
from app.domain.directory import Brand, Directory, Site
from app.domain.hours import parse_hours, parse_weekdays
from app.domain.reference import is_issuable_code
from app.domain.taxonomy import SiteKind
from tests.directory.files import (
    BRANDS,
    FACTORY,
    HEADERS,
    MILL,
    PEOPLE,
    SITES,
    as_file,
)


def _site(code: str, country: str, region: str, zone: str) -> Site:
    return Site(
        code=code,
        name=f"Site {code}",
        local_name="",
        country=country,
        region=region,
        kind=SiteKind.GARMENT,
        tier=1,
        os_id="",
        timezone=zone,
        languages=("en",),
        workers=None,
        weekly_rest=parse_weekdays("fri"),
        hours=parse_hours("09:00-17:00"),
        hotline="",
    )


def _known() -> Known:
    sites = {
        MILL: _site(MILL, "IN", "Dindigul", "Asia/Kolkata"),
        FACTORY: _site(FACTORY, "BD", "Gazipur", "Asia/Dhaka"),
    }
    directory = Directory(
        version=1,
        sites=sites,
        brands={
            "norrland": Brand("norrland", "Norrland", "a@b.example", "", None, "en")
        },
        sourcing=(),
        people=(),
        numbers={},
        helplines=(),
        policies=(),
        calendars={
            code: build_calendar(
                ZoneInfo(site.timezone), site.hours, site.weekly_rest, (), (code,)
            )
            for code, site in sites.items()
        },
    )
    return Known(directory, (), date(2026, 12, 1), Random(5))


def _read(kind: Kind, content: bytes) -> list[Record]:
    return read_file(kind, content, _known())


def _refusal(kind: Kind, *rows: str) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        _read(kind, as_file(kind, *rows))
    return [str(problem) for problem in refused.value.problems]


GOOD = {
    Kind.SITES: SITES,
    Kind.BRANDS: BRANDS,
    Kind.SOURCING: (f"norrland,{MILL},{FACTORY},2026-01-01,,35",),
    Kind.PEOPLE: PEOPLE,
    Kind.HOLIDAYS: ("BD,2026-12-16,,Victory Day,",),
    Kind.NUMBERS: (f"+91 44 4000 0000,IN,exotel,ta;en,yes,missed_call,,{MILL}",),
    Kind.HELPLINES: ("IN,emergency,112,Emergency,en,112.gov.in",),
    Kind.COMMITTEES: ("BD,committee,6,3,30,4,workers_not_fewer,the programme",),
}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_good_file_of_each_kind_is_read(kind: Kind) -> None:
    assert len(_read(kind, as_file(kind, *GOOD[kind]))) == len(GOOD[kind])


@pytest.mark.parametrize("kind", list(Kind))
def test_the_order_of_columns_is_free(kind: Kind) -> None:
    header = HEADERS[kind].split(",")
    rows = [dict(zip(header, row.split(","), strict=True)) for row in _unquoted(kind)]
    turned = [header[::-1], *([row[name] for name in header[::-1]] for row in rows)]
    content = "\n".join(",".join(cells) for cells in turned).encode()
    straight = as_file(kind, *_unquoted(kind))
    assert [r.values for r in _read(kind, content)] == [
        r.values for r in _read(kind, straight)
    ]


def _unquoted(kind: Kind) -> list[str]:
    return [row for row in GOOD[kind] if '"' not in row]


def test_a_byte_order_mark_and_blank_rows_are_passed_over() -> None:
    content = b"\xef\xbb\xbf" + as_file(
        Kind.PEOPLE, "", PEOPLE[0], ",,,,,,,,", PEOPLE[1]
    )
    assert [record.row for record in _read(Kind.PEOPLE, content)] == [3, 5]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "row 1: the header is missing", id="an-empty-file"),
        pytest.param(
            b"slug;name;email\n", "row 1: put commas, not semicolons", id="semicolons"
        ),
        pytest.param(
            b"slug,name,email,webhook_url,webhook_secret,language,colour\n",
            "row 1: unknown column 'colour'",
            id="an-unknown-column-by-its-name",
        ),
        pytest.param(
            b"slug,name,webhook_url,webhook_secret,language\n",
            "row 1, email: this column is missing",
            id="a-missing-column-by-its-name",
        ),
        pytest.param(
            b"slug,slug,name,email,webhook_url,webhook_secret,language\n",
            "row 1, slug: this column stands twice",
            id="a-column-twice",
        ),
        pytest.param(
            as_file(Kind.BRANDS, "norrland,Norrland,a@b.example,,"),
            "row 2: has 5 cells where the header has 6",
            id="a-row-that-was-cut-off",
        ),
        pytest.param(
            as_file(Kind.BRANDS, BRANDS[0]) + b"pelle,P\xe9lle,,,,\n",
            "row 3: this is not UTF-8",
            id="another-encoding-names-its-row",
        ),
        pytest.param(
            as_file(Kind.BRANDS, BRANDS[0], 'pelle,"Pelle,,,,'),
            "row 3: this is not CSV",
            id="a-quotation-mark-left-open",
        ),
        pytest.param(
            as_file(Kind.BRANDS, 'pelle,"Pel\nle",a@b.example,,,'),
            "row 2, name: take out the line break",
            id="a-line-break-in-a-name",
        ),
    ],
)
def test_files_that_are_no_such_table(content: bytes, said: str) -> None:
    with pytest.raises(ImportRefused, match="nothing was imported") as refused:
        _read(Kind.BRANDS, content)
    assert said in str(refused.value)


def _with(kind: Kind, /, **cells: str) -> str:
    """Return the kind's first good row with some cells put otherwise."""
    row = dict(
        zip(HEADERS[kind].split(","), GOOD[kind][0].split(","), strict=True), **cells
    )
    return ",".join(f'"{cell}"' for cell in row.values())


@pytest.mark.parametrize(
    ("kind", "cells", "said"),
    [
        pytest.param(
            Kind.SITES,
            {"code": "482177"},
            "row 2, code: the last digit should be 0",
            id="a-mistyped-site-code",
        ),
        pytest.param(
            Kind.SITES,
            {"code": "045000"},
            "row 2, code: codes that look like a round amount are never issued",
            id="a-site-code-like-an-amount",
        ),
        pytest.param(
            Kind.SITES, {"name": ""}, "row 2, name: this cell must", id="a-blank-name"
        ),
        pytest.param(
            Kind.SITES, {"country": "XX"}, "row 2, country: write", id="no-such-country"
        ),
        pytest.param(
            Kind.SITES, {"kind": "farm"}, "row 2, kind: write one of", id="no-such-kind"
        ),
        pytest.param(Kind.SITES, {"tier": "0"}, "row 2, tier: write", id="tier-zero"),
        pytest.param(Kind.SITES, {"tier": ""}, "row 2, tier: write 1", id="no-tier"),
        pytest.param(
            Kind.SITES,
            {"timezone": "Asia/Dindigul"},
            "row 2, timezone: write",
            id="no-such-time-zone",
        ),
        pytest.param(
            Kind.SITES,
            {"languages": "ta;te"},
            "row 2, languages: write any of bn;hi;ta;en",
            id="a-language-that-is-not-served",
        ),
        pytest.param(
            Kind.SITES,
            {"workers": "many"},
            "row 2, workers: write",
            id="workers-in-words",
        ),
        pytest.param(
            Kind.SITES,
            {"weekly_rest": "sonntag"},
            "row 2, weekly_rest: 'sonntag'",
            id="no-such-weekday",
        ),
        pytest.param(
            Kind.SITES, {"hours": "9 to 5"}, "row 2, hours: ", id="hours-in-words"
        ),
        pytest.param(
            Kind.SITES,
            {"weekly_rest": "mon;tue;wed;thu;fri;sat;sun"},
            "row 2, hours: no working time in the year from 2026-12-01",
            id="a-site-that-always-rests",
        ),
        pytest.param(
            Kind.SITES,
            {"hours": ""},
            "row 2, hours: no window",
            id="a-site-without-hours",
        ),
        pytest.param(
            Kind.BRANDS,
            {"slug": "Nörrland"},
            "row 2, slug: write",
            id="a-slug-of-other-letters",
        ),
        pytest.param(
            Kind.BRANDS, {"email": ""}, "row 2, email: this cell", id="no-mail-address"
        ),
        pytest.param(
            Kind.BRANDS,
            {"webhook_url": "http://pelle.example/hook"},
            "row 2, webhook_url: write an https",
            id="a-webhook-in-the-clear",
        ),
        pytest.param(
            Kind.BRANDS,
            {"webhook_url": "https://me:pw@pelle.example/hook"},
            "row 2, webhook_url: write an https",
            id="a-webhook-with-a-password-in-it",
        ),
        pytest.param(
            Kind.BRANDS,
            {"webhook_secret": "whsec_c2hvcnQ="},
            "row 2, webhook_secret: write whsec_",
            id="a-webhook-secret-too-short",
        ),
        pytest.param(
            Kind.SOURCING,
            {"brand": "nobody"},
            "row 2, brand: 'nobody' is no brand's slug",
            id="an-unknown-brand",
        ),
        pytest.param(
            Kind.SOURCING,
            {"through": "000000"},
            "row 2, through: '000000' is no site's code",
            id="an-unknown-first-tier-site",
        ),
        pytest.param(
            Kind.SOURCING,
            {"through": MILL},
            "row 2, through: this is the site itself",
            id="through-itself",
        ),
        pytest.param(
            Kind.SOURCING,
            {"to": "2025-12-31"},
            "row 2, to: this date is before from",
            id="an-end-before-the-start",
        ),
        pytest.param(
            Kind.SOURCING,
            {"from": "01/02/2026"},
            "row 2, from: '01/02/2026' is not a date",
            id="a-date-of-another-form",
        ),
        pytest.param(
            Kind.SOURCING,
            {"to": "9999-12-31"},
            "row 2, to: this value is not a date",
            id="a-date-beyond-all-reckoning",
        ),
        pytest.param(
            Kind.SOURCING, {"share": "120"}, "row 2, share: write", id="more-than-all"
        ),
        pytest.param(
            Kind.PEOPLE,
            {"role": "committee"},
            "row 2, org: write the codes of imported sites",
            id="a-committee-member-without-a-site",
        ),
        pytest.param(
            Kind.PEOPLE,
            {"role": "committee", "org": MILL},
            "row 2, side: write one of: worker, management, neutral",
            id="a-committee-member-without-a-side",
        ),
        pytest.param(
            Kind.PEOPLE,
            {"role": "brand"},
            "row 2, org: write the slug of an imported brand",
            id="a-brands-person-without-a-brand",
        ),
        pytest.param(
            Kind.PEOPLE,
            {"org": "Atlantis"},
            "row 2, org: 'Atlantis' is not known",
            id="a-partner-in-a-region-without-sites",
        ),
        pytest.param(
            Kind.PEOPLE,
            {"role": "admin", "org": MILL},
            "row 2, org: leave it blank",
            id="an-admin-of-one-site",
        ),
        pytest.param(
            Kind.PEOPLE,
            {"email": ""},
            "row 2, email: give",
            id="neither-mail-nor-phone",
        ),
        pytest.param(
            Kind.PEOPLE,
            {"email": "", "phone": "01712345678"},
            "row 2, phone: write + and the country's code",
            id="a-phone-without-its-country",
        ),
        pytest.param(
            Kind.HOLIDAYS,
            {"date": ""},
            "row 2, date: this cell",
            id="a-holiday-of-no-day",
        ),
        pytest.param(
            Kind.HOLIDAYS,
            {"until": "2026-12-15"},
            "row 2, until: this date is before",
            id="a-range-that-ends-before-it-starts",
        ),
        pytest.param(
            Kind.HOLIDAYS,
            {"scope": "Atlantis"},
            "row 2, scope: 'Atlantis' is not known",
            id="a-holiday-nowhere",
        ),
        pytest.param(
            Kind.HOLIDAYS,
            {"until": "2028-01-01"},
            f"row 2, date: site {FACTORY} would have no working time in the year from"
            " 2026-12-16",
            id="a-holiday-of-a-year",
        ),
        pytest.param(
            Kind.NUMBERS,
            {"languages": ""},
            "row 2, languages: name at least one",
            id="a-number-without-a-language",
        ),
        pytest.param(
            Kind.NUMBERS,
            {"sms": "maybe"},
            "row 2, sms: write yes or no",
            id="maybe-texts",
        ),
        pytest.param(
            Kind.NUMBERS,
            {"voice": "sing"},
            "row 2, voice: write one",
            id="a-voice-unknown",
        ),
        pytest.param(
            Kind.NUMBERS,
            {"provider": "grameen"},
            "row 2, provider: no carrier has this name. Write one of: exotel,",
            id="a-carrier-without-a-file",
        ),
        pytest.param(
            Kind.NUMBERS,
            {"provider": "twilio", "voice": "none"},
            "row 2, sms: Twilio takes no text messages at a number of IN: Twilio",
            id="twilio-hears-no-texts-in-india",
        ),
        pytest.param(
            Kind.NUMBERS,
            {"voice": "answer"},
            "row 2, voice: Exotel cannot answer calls at a number of IN: its calls",
            id="exotel-does-not-answer",
        ),
        pytest.param(
            Kind.NUMBERS,
            {"sites": "123456"},
            "row 2, sites: '123456' is no site's code",
            id="a-number-for-an-unknown-site",
        ),
        pytest.param(
            Kind.HELPLINES, {"kind": "taxi"}, "row 2, kind: write one", id="no-helpline"
        ),
        pytest.param(
            Kind.HELPLINES,
            {"number": "call us"},
            "row 2, number: write",
            id="no-digits",
        ),
        pytest.param(
            Kind.COMMITTEES,
            {"scope": "Atlantis"},
            "row 2, scope: 'Atlantis' is not known",
            id="a-rule-for-nowhere",
        ),
        pytest.param(
            Kind.COMMITTEES,
            {"body": "partner"},
            "row 2, body: write one",
            id="a-rule-for-no-committee",
        ),
        pytest.param(
            Kind.COMMITTEES,
            {"fewest_workers": "1"},
            "row 2, fewest_workers: write a whole number from 2 up",
            id="fewer-workers-than-ever",
        ),
        pytest.param(
            Kind.COMMITTEES,
            {"women_percent": "120"},
            "row 2, women_percent: write a whole number from 1 to 100",
            id="more-women-than-members",
        ),
        pytest.param(
            Kind.COMMITTEES,
            {"parity": "fair"},
            "row 2, parity: write equal or",
            id="no-parity",
        ),
    ],
)
def test_what_is_refused_names_row_column_and_cure(
    kind: Kind, cells: dict[str, str], said: str
) -> None:
    assert any(line.startswith(said) for line in _refusal(kind, _with(kind, **cells)))


def test_every_problem_of_a_file_is_listed_at_once() -> None:
    lines = _refusal(
        Kind.BRANDS, "a,,a@b.example,,,", BRANDS[0], "b,B,b@b.example,,,fr"
    )
    assert [line.split(":")[0] for line in lines] == ["row 2, name", "row 4, language"]


def test_no_refusal_repeats_a_phone_a_mail_address_or_a_secret() -> None:
    phone, mail = "+8801712345678", "somebody@mill.example"
    rows = [
        f"{mail},{phone},{phone},{phone},{phone},0{phone},{phone},{phone},{phone}",
        f"{phone},,committee,{mail},,{mail},{mail},{mail},{mail}",
    ]
    said = "\n".join(_refusal(Kind.PEOPLE, *rows))
    assert "1712345678" not in said
    assert mail not in said
    with pytest.raises(ImportRefused) as refused:  # The header is missing.
        _read(Kind.PEOPLE, f"{mail},{phone},whsec_c2VjcmV0".encode())
    assert not {"1712345678", mail, "whsec_"} & set(str(refused.value).split("'"))


@pytest.mark.parametrize(
    ("kind", "rows", "said"),
    [
        pytest.param(
            Kind.SITES,
            (SITES[0], SITES[0]),
            "row 3, code: row 2 is about the same",
            id="a-code-twice",
        ),
        pytest.param(
            Kind.SITES,
            (SITES[0].removeprefix(MILL), SITES[0].removeprefix(MILL)),
            "row 3, name: row 2 is about the same",
            id="two-new-sites-that-nothing-tells-apart",
        ),
        pytest.param(
            Kind.PEOPLE,
            (PEOPLE[0], PEOPLE[1].replace("admin@programme", "PARTNER@labour")),
            "row 3, email: row 2 is about the same",
            id="one-person-with-two-roles",
        ),
        pytest.param(
            Kind.PEOPLE,
            (
                f",A,committee,{MILL},worker,+91 98400 00001,ta,,",
                f",B,committee,{MILL},worker,+919840000001,ta,,",
            ),
            "row 3, phone: row 2 is about the same",
            id="two-people-with-one-phone-and-no-mail",
        ),
        pytest.param(
            Kind.HELPLINES,
            ("IN,emergency,112,Emergency,en,", "IN,emergency,100,Police,en,"),
            "row 3, number: one emergency number a country",
            id="two-emergency-numbers-of-one-country",
        ),
    ],
)
def test_what_may_not_stand_twice(kind: Kind, rows: tuple[str, ...], said: str) -> None:
    assert any(line.startswith(said) for line in _refusal(kind, *rows))


@pytest.mark.parametrize("voice", ["answer", "missed_call", "studio", "none"])
def test_what_a_number_does_with_a_call(voice: str) -> None:
    row = f"+1 555 010 0910,IN,twilio,ta;en,yes,{voice},,"
    (record,) = _read(Kind.NUMBERS, as_file(Kind.NUMBERS, row))
    assert record.values["voice"] == voice


def test_a_number_may_have_a_carrier_of_the_operators(tmp_path: Path) -> None:
    own = (files("app.carriers") / "files" / "kannel.toml").read_text("utf-8")
    (tmp_path / "ourgateway.toml").write_text(own, "utf-8")
    content = as_file(Kind.NUMBERS, "2929,BD,OurGateway,bn,yes,none,,")
    known = replace(_known(), carriers=on_shelf(tmp_path))
    (record,) = read_file(Kind.NUMBERS, content, known)
    assert record.values["provider"] == "ourgateway"


def test_a_blank_code_is_assigned_and_the_code_may_be_issued() -> None:
    rows = (SITES[0].removeprefix(MILL), SITES[1].removeprefix(FACTORY))
    records = _read(Kind.SITES, as_file(Kind.SITES, *rows))
    codes = {record.key for record in records}
    assert len(codes) == 2
    assert all(is_issuable_code(code) for code in codes)
    assert not codes & {MILL, FACTORY}


def test_a_site_that_has_its_code_already_keeps_it() -> None:
    row = f",site {MILL},,IN,DINDIGUL,garment,1,,Asia/Kolkata,ta,,sun,09:00-17:00,"
    assert _read(Kind.SITES, as_file(Kind.SITES, row))[0].key == MILL


@pytest.mark.parametrize(
    ("shares", "kept"),
    [
        pytest.param(
            ("35", "0.5"), [0.35, 0.005], id="one-above-one-makes-percentages"
        ),
        pytest.param(("0.35", "1"), [0.35, 1.0], id="else-they-are-parts-of-one"),
        pytest.param(("1%", ""), [0.01, None], id="a-percent-sign-says-so"),
    ],
)
def test_shares(shares: tuple[str, str], kept: list[float | None]) -> None:
    rows = [
        f"norrland,{site},,2026-01-01,,{share}"
        for site, share in zip((MILL, FACTORY), shares, strict=True)
    ]
    records = _read(Kind.SOURCING, as_file(Kind.SOURCING, *rows))
    found = [record.values["share"] for record in records]
    assert [None if s is None else float(s) for s in found] == kept


@pytest.mark.parametrize(
    ("org", "kept"),
    [
        pytest.param("", [], id="anywhere"),
        pytest.param(f"{MILL};{FACTORY}", [MILL, FACTORY], id="sites"),
        pytest.param("dindigul", ["Dindigul"], id="a-region-as-the-sites-spell-it"),
        pytest.param("bd", ["BD"], id="a-country-by-its-code"),
        pytest.param("Bangladesh", ["BD"], id="a-country-by-its-name"),
    ],
)
def test_where_a_partner_works(org: str, kept: list[str]) -> None:
    records = _read(Kind.PEOPLE, as_file(Kind.PEOPLE, _with(Kind.PEOPLE, org=org)))
    assert records[0].values["org"] == kept


def test_webhooks_may_be_in_the_clear_only_to_this_machine() -> None:
    for host in ("localhost:9000", "127.0.0.1", "[::1]:80"):
        row = _with(Kind.BRANDS, webhook_url=f"http://{host}/hook")
        assert _read(Kind.BRANDS, as_file(Kind.BRANDS, row))


def test_a_long_closure_with_hours_is_allowed() -> None:
    row = _with(Kind.HOLIDAYS, until="2028-01-01", hours="09:00-12:00")
    assert _read(Kind.HOLIDAYS, as_file(Kind.HOLIDAYS, row))


def test_holidays_may_do_without_the_column_until() -> None:
    content = b"scope,date,name,hours\n*,2027-01-01,New Year,\n"
    assert _read(Kind.HOLIDAYS, content)[0].values["until"] is None


def test_two_closures_that_together_make_a_year_are_refused() -> None:
    lines = _refusal(
        Kind.HOLIDAYS,
        "BD,2026-12-16,2027-06-30,Flood,",
        "Gazipur,2027-07-01,2028-02-01,Flood,",
    )
    assert "no working time in the year from 2026-12-16" in lines[0]


def test_the_day_is_the_programmes() -> None:
    assert _known().directory.local_day(
        datetime(2026, 12, 1, 20, tzinfo=UTC), None, "IN"
    ) == date(2026, 12, 2)
