"""Which number stands on a site's poster, and how it is written."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from app.domain.directory import Directory, Helpline, HotlineNumber
from app.domain.errors import NotFound, Refused
from app.domain.phones import shown_number
from app.posters.of_site import sheet_of
from app.posters.sheet import Sheet
from tests.builders import GAZIPUR, PROGRAMME, TIRUPPUR

BASE = "https://line.example/"


def number(dialled: str, voice: str = "answer", **changes: object) -> HotlineNumber:
    usual = HotlineNumber(dialled, "BD", "x", ("bn", "en"), True, voice, None, ())
    return replace(usual, **changes)  # type: ignore[arg-type]


def with_numbers(*numbers: HotlineNumber, **site: object) -> Directory:
    changed = replace(PROGRAMME.sites[GAZIPUR], **site)  # type: ignore[arg-type]
    return replace(
        PROGRAMME,
        numbers={n.number: n for n in numbers},
        sites={**PROGRAMME.sites, GAZIPUR: changed},
    )


def made(directory: Directory, code: str = GAZIPUR, *languages: str) -> Sheet:
    return sheet_of(directory, code, languages, BASE)


def test_a_sheet_says_what_is_known_of_the_site() -> None:
    directory = replace(
        with_numbers(number("+8809612345678"), name="Meghna\n  Ltd", local_name="মেঘনা"),
        helplines=(Helpline("BD", "emergency", "16263", "x", "bn", "x"),),
    )
    assert made(directory, GAZIPUR, "en", "bn") == Sheet(
        site_code=GAZIPUR,
        site_name="Meghna Ltd",
        local_name="মেঘনা",
        hotline="09612 345 678",
        url=f"https://line.example/s/{GAZIPUR}",
        languages=("en", "bn"),
        emergency="16263",
        calls="answer",
        takes_texts=True,
        spoken=("bn", "en"),
    )


def test_without_languages_those_of_the_site_are_taken() -> None:
    line = number("+914412345678", country="IN")
    assert made(with_numbers(line), TIRUPPUR).languages == ("ta", "hi")
    assert made(with_numbers(number("16000"), languages=())).languages == ("bn", "en")


@pytest.mark.parametrize(
    ("numbers", "hotline", "shown"),
    [
        pytest.param(
            [number("11111"), number("22222")], "22222", "22222", id="the-site-s-own"
        ),
        pytest.param(
            [number("11111"), number("22222", sites=(GAZIPUR,))],
            "",
            "22222",
            id="one-for-this-site-before-one-for-all",
        ),
        pytest.param(
            [number("11111", "missed_call"), number("22222")],
            "",
            "22222",
            id="one-that-is-answered-before-a-missed-call",
        ),
        pytest.param(
            [number("11111", country="IN"), number("22222", "missed_call")],
            "",
            "22222",
            id="never-another-country-s",
        ),
        pytest.param(
            [number("11111", sites=(TIRUPPUR,)), number("22222")],
            "",
            "22222",
            id="never-one-for-other-sites",
        ),
        pytest.param(
            [number("11111", "none", sms=False), number("22222", "none")],
            "",
            "22222",
            id="never-one-that-does-nothing",
        ),
    ],
)
def test_which_number(numbers: list[HotlineNumber], hotline: str, shown: str) -> None:
    assert made(with_numbers(*numbers, hotline=hotline)).hotline == shown


@pytest.mark.parametrize(
    ("numbers", "hotline", "advice"),
    [
        pytest.param([], "", "add one for BD to numbers.csv", id="no-number"),
        pytest.param([number("1111", country="IN")], "", "BD", id="another-country"),
        pytest.param(
            [number("1111", "studio", sms=False)], "", "numbers.csv", id="a-studio"
        ),
        pytest.param(
            [number("11111")], "22222", "import it there first", id="own-not-imported"
        ),
        pytest.param(
            [number("11111", "none", sms=False), number("22222")],
            "11111",
            "call or text",
            id="own-does-nothing",
        ),
    ],
)
def test_a_poster_with_no_way_in_is_refused(
    numbers: list[HotlineNumber], hotline: str, advice: str
) -> None:
    with pytest.raises(Refused, match=advice):
        made(with_numbers(*numbers, hotline=hotline))


def test_an_unknown_site_is_not_found() -> None:
    with pytest.raises(NotFound, match="123456"):
        made(with_numbers(number("11111")), "123456")


def test_a_studio_s_number_that_takes_texts_is_for_texts_only() -> None:
    sheet = made(with_numbers(number("11111", "studio")))
    assert (sheet.calls, sheet.takes_texts) == ("none", True)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Arrow Knit - Unit (3)", "Arrow Knit - Unit (3)"),
        ("ஸ்ரீ பாலாஜி", "ஸ்ரீ பாலாஜி"),
        ("Confecções São João", "Confecções São João"),
        ("ಕನ್ನಡ ಹೆಸರು", ""),
        ("衣服厂", ""),
        ("x" * 100, "x" * 89 + "…"),
    ],
)
def test_a_name_is_printed_where_the_fonts_can_write_it(
    name: str, printed: str
) -> None:
    sheet = made(with_numbers(number("11111"), local_name=name))
    assert sheet.local_name == printed


@pytest.mark.parametrize(
    ("dialled", "shown"),
    [
        ("+8809612345678", "09612 345 678"),
        ("+8801712345678", "01712 345 678"),
        ("+919876543210", "98765 43210"),
        ("+914423456789", "04423 456 789"),
        ("+9118001234567", "1800 123 4567"),
        ("+911800123456", "1800 123 456"),
        ("+15550100100", "+1 555 010 0100"),
        ("16263", "16263"),
        ("999", "999"),
    ],
)
def test_numbers_as_they_are_dialled_at_home(dialled: str, shown: str) -> None:
    assert shown_number(dialled) == shown


@given(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z") | st.from_regex(r"\A[0-9]{3,8}\Z"))
def test_no_digit_of_the_subscriber_is_lost(dialled: str) -> None:
    shown = shown_number(dialled)
    home = shown.replace(" ", "")
    assert home == dialled or dialled.endswith(home.lstrip("0").lstrip("+"))
    assert all(0 < len(part.lstrip("+")) <= 9 for part in shown.split(" "))
