"""What a number's carrier can do, and what is refused at once because it cannot."""

from datetime import date

import pytest

from app.carriers.abilities import (
    CELLS,
    Ability,
    Can,
    Cell,
    ability,
    home_of,
    must_be_registered,
    places_calls,
    why_unfit,
)
from app.carriers.shelf import BadCarrier, on_shelf, read_carrier
from tests.carriers.made_up import paper_plane

INDIAN, INDIAN_FREE = "+914440000000", "+9118001234567"
BENGALI, ABROAD = "+8809612345678", "+15550100910"


def refused(
    number: str, country: str, provider: str, *, sms: bool = False, voice: str = "none"
) -> list[tuple[str, str]]:
    found = why_unfit(
        on_shelf(),
        provider=provider,
        number=number,
        country=country,
        sms=sms,
        voice=voice,
    )
    return [(unfit.column, str(unfit)) for unfit in found]


@pytest.mark.parametrize(
    ("number", "country", "provider"),
    [
        pytest.param(INDIAN, "IN", "twilio", id="an-indian-number-of-twilio"),
        pytest.param(INDIAN, "IN", "Twilio", id="however-it-is-written"),
        pytest.param(INDIAN, "IN", "", id="a-blank-carrier-is-twilio"),
        pytest.param(INDIAN_FREE, "IN", "twilio", id="toll-free-takes-no-texts"),
        pytest.param("56070", "IN", "twilio", id="a-short-code-is-of-its-country"),
        pytest.param(INDIAN, "BD", "twilio", id="its-prefix-says-where-it-is"),
        pytest.param(BENGALI, "BD", "twilio", id="a-number-of-bangladesh"),
        pytest.param(INDIAN, "IN", "somleng", id="somleng-has-no-field-for-dlt"),
        pytest.param(BENGALI, "BD", "sslwireless", id="ssl-wireless-only-sends"),
        pytest.param(BENGALI, "BD", "exotel", id="exotel-is-not-in-bangladesh"),
    ],
)
def test_texts_are_refused(number: str, country: str, provider: str) -> None:
    ((column, said),) = refused(number, country, provider, sms=True)
    assert column == "sms"
    assert "https://" in said
    assert "2026-" in said
    assert "Write no, or take it from: whatsapp" in said


def test_a_refusal_says_why_since_when_and_what_instead() -> None:
    assert refused(INDIAN, "IN", "twilio", sms=True) == [
        (
            "sms",
            "Twilio takes no text messages at a number of IN: Twilio lists two-way"
            " SMS in India as not supported"
            " (https://www.twilio.com/en-us/guidelines/in/sms, 2026-12-01)."
            " Write no, or take it from: whatsapp, exotel (ask them first), infobip"
            " (ask them first), jasmin (ask them first), kannel (ask them first).",
        )
    ]


@pytest.mark.parametrize(
    ("number", "country", "provider", "voice"),
    [
        pytest.param(INDIAN, "IN", "twilio", "answer", id="only-toll-free-answers"),
        pytest.param(INDIAN, "IN", "twilio", "studio", id="nor-does-it-record"),
        pytest.param(INDIAN, "IN", "twilio", "missed_call", id="nor-does-it-ring"),
        pytest.param(INDIAN, "IN", "exotel", "answer", id="exotel-speaks-no-twiml"),
        pytest.param(INDIAN_FREE, "IN", "exotel", "answer", id="at-no-number"),
        pytest.param(INDIAN, "IN", "whatsapp", "answer", id="whatsapp-is-written"),
        pytest.param("2929", "BD", "kannel", "missed_call", id="kannel-hears-no-ring"),
        pytest.param(BENGALI, "BD", "sslwireless", "answer", id="ssl-carries-texts"),
    ],
)
def test_calls_are_refused(
    number: str, country: str, provider: str, voice: str
) -> None:
    ((column, said),) = refused(number, country, provider, voice=voice)
    assert column == "voice"
    assert "Write none" in said


def test_a_refused_call_says_who_else_takes_calls() -> None:
    ((_, said),) = refused(INDIAN, "IN", "kannel", voice="answer")
    assert said.endswith(
        "Write none, or take it from another: somleng (ask them first) answer calls;"
        " somleng (ask them first), twilio (ask them first) answer calls at a number"
        " that is free to call; exotel, somleng (ask them first) tell of missed calls."
    )


@pytest.mark.parametrize(
    ("number", "country", "provider", "sms", "voice"),
    [
        pytest.param(ABROAD, "IN", "twilio", True, "answer", id="abroad-for-india"),
        pytest.param(ABROAD, "BD", "", True, "missed_call", id="abroad-for-bangladesh"),
        pytest.param(ABROAD, "US", "twilio", True, "answer", id="where-it-is-at-home"),
        pytest.param(INDIAN_FREE, "IN", "twilio", False, "answer", id="toll-free"),
        pytest.param("18001234567", "IN", "twilio", False, "answer", id="as-dialled"),
        pytest.param("+910008001234567", "IN", "twilio", False, "answer", id="000800"),
        pytest.param(INDIAN_FREE, "IN", "twilio", False, "missed_call", id="it-rings"),
        pytest.param(INDIAN, "IN", "exotel", True, "missed_call", id="exotel"),
        pytest.param("56070", "IN", "exotel", True, "none", id="exotels-short-code"),
        pytest.param("2929", "BD", "kannel", True, "none", id="kannels-short-code"),
        pytest.param("2929", "BD", "jasmin", True, "none", id="jasmins-short-code"),
        pytest.param(BENGALI, "BD", "infobip", True, "none", id="infobip"),
        pytest.param(BENGALI, "BD", "somleng", True, "answer", id="somleng"),
        pytest.param(BENGALI, "BD", "whatsapp", True, "none", id="whatsapp"),
        pytest.param(BENGALI, "BD", "twilio", False, "answer", id="nothing-is-known"),
        pytest.param(BENGALI, "BD", "sslwireless", False, "none", id="to-send-from"),
    ],
)
def test_what_is_accepted(
    number: str, country: str, provider: str, sms: bool, voice: str
) -> None:
    assert refused(number, country, provider, sms=sms, voice=voice) == []


def test_a_carrier_must_be_known() -> None:
    ((column, said),) = refused(BENGALI, "BD", "grameen", sms=True)
    assert column == "provider"
    assert said.startswith("no carrier has this name. Write one of: exotel, infobip,")
    assert "SMS_FOLDER" in said


@pytest.mark.parametrize(
    ("number", "country", "home"),
    [
        pytest.param(INDIAN, "BD", "IN", id="the-prefix-decides"),
        pytest.param(ABROAD, "BD", "", id="not-of-the-country-that-it-serves"),
        pytest.param(ABROAD, "US", "US", id="a-country-without-rules-of-its-own"),
        pytest.param("2929", "BD", "BD", id="a-short-code"),
    ],
)
def test_where_a_number_is_at_home(number: str, country: str, home: str) -> None:
    assert home_of(number, country) == home


@pytest.mark.parametrize(
    ("provider", "number", "country", "to", "can"),
    [
        pytest.param("twilio", INDIAN, "IN", "IN", Can.NO, id="india-from-india"),
        pytest.param("twilio", ABROAD, "IN", "IN", Can.YES, id="india-from-abroad"),
        pytest.param("twilio", BENGALI, "BD", "IN", Can.YES, id="from-next-door"),
        pytest.param("twilio", BENGALI, "BD", "BD", Can.ASK, id="nobody-says"),
        pytest.param("somleng", INDIAN, "IN", "IN", Can.ASK, id="its-trunk-decides"),
        pytest.param("exotel", INDIAN, "IN", "IN", Can.NO, id="by-exotel-none"),
        pytest.param("kannel", BENGALI, "BD", "BD", Can.NO, id="kannel-texts"),
        pytest.param("whatsapp", ABROAD, "BD", "BD", Can.NO, id="whatsapp-texts"),
    ],
)
def test_who_places_calls(
    provider: str, number: str, country: str, to: str, can: Can
) -> None:
    assert places_calls(on_shelf()[provider], number, country, to).can is can


@pytest.mark.parametrize(
    ("name", "phone", "must"),
    [
        pytest.param("exotel", "+919000000001", True, id="india"),
        pytest.param("kannel", "+919000000001", True, id="whoever-carries-it"),
        pytest.param("infobip", "+919000000001", True, id="infobip-in-india"),
        pytest.param("kannel", "+8801700000001", False, id="bangladesh-has-no-ids"),
        pytest.param("sslwireless", "+8801700000001", False, id="nor-ssl-wireless"),
        pytest.param("kannel", "+15550100001", False, id="elsewhere"),
    ],
)
def test_where_only_registered_texts_may_go(name: str, phone: str, must: bool) -> None:
    assert must_be_registered(on_shelf()[name], phone) is must


def test_a_file_that_says_nothing_of_india_does_not_lift_its_law() -> None:
    own = paper_plane()
    assert own.abilities == ()
    assert must_be_registered(own, "+919876500001")
    assert not must_be_registered(own, "+8801712345678")
    assert not must_be_registered(own, "+31612345678")
    assert must_be_registered(on_shelf()["sslwireless"], "+919876500001")


@pytest.mark.parametrize("name", sorted(on_shelf()))
def test_every_shipped_carrier_says_what_it_can(name: str) -> None:
    carrier = on_shelf()[name]
    assert ability(carrier, "FR") is not None
    for country in ("IN", "BD"):
        known = ability(carrier, country)
        assert known is not None
        assert known.checked <= date(2026, 12, 31)
        for column in CELLS:
            cell: Cell = getattr(known, column)
            assert cell.can is Can.YES or cell.why, (country, column)


@pytest.mark.parametrize("name", sorted(on_shelf()))
def test_no_table_promises_what_its_file_cannot_keep(name: str) -> None:
    carrier = on_shelf()[name]
    for known in carrier.abilities:
        if carrier.dialect == "twilio":
            continue
        assert known.two_way.can is Can.NO or carrier.hears, known.country
        assert known.missed_call.can is Can.NO or carrier.rings, known.country
        assert known.answer.can is known.toll_free.can is Can.NO, known.country


@pytest.mark.parametrize(
    ("name", "country", "columns"),
    [
        pytest.param("twilio", "*", CELLS, id="nobody-looked-up-every-country"),
        pytest.param("twilio", "IN", ("toll_free",), id="where-it-has-one"),
        pytest.param("kannel", "*", ("two_way",), id="whoever-stands-behind-it"),
        pytest.param("jasmin", "*", ("two_way",), id="behind-jasmin-too"),
    ],
)
def test_what_depends_on_somebody_is_to_be_asked(
    name: str, country: str, columns: tuple[str, ...]
) -> None:
    known = ability(on_shelf()[name], country)
    assert known is not None
    assert known.country == country
    for column in columns:
        cell: Cell = getattr(known, column)
        assert (cell.can, bool(cell.why)) == (Can.ASK, True), column


LANKA = """
[[ability]]
country = "LK"
two_way = "ask: of whoever runs it"
answer = "no"
toll_free = "no"
missed_call = "no"
call_back = "no"
from_abroad = "no"
sender_id = "no"
templates = "yes: every text"
checked = 2026-11-03
sources = ["https://carrier.example/numbers"]
"""
HEAD = """
title = "Our own"
dialect = "twilio"
source = "https://carrier.example"
variables = []
[rules]
reply = "send"
sender_kind = "number"
may_send_free_text = true
repeat_seconds = 60
longest_text = 1600
most_parts = 10
"""


def test_a_table_is_read() -> None:
    (known,) = read_carrier("own", HEAD + LANKA).abilities
    assert known == Ability(
        country="LK",
        two_way=Cell(Can.ASK, "of whoever runs it"),
        answer=Cell(Can.NO),
        toll_free=Cell(Can.NO),
        missed_call=Cell(Can.NO),
        call_back=Cell(Can.NO),
        from_abroad=Cell(Can.NO),
        sender_id=Cell(Can.NO),
        templates=Cell(Can.YES, "every text"),
        language="",
        abroad="",
        checked=date(2026, 11, 3),
        sources=("https://carrier.example/numbers",),
        note="",
    )
    assert (str(known.two_way), str(known.answer)) == ("ask: of whoever runs it", "no")


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        pytest.param('"LK"', '"lanka"', "ability.0.country is no", id="a-country"),
        pytest.param(
            'answer = "no"', 'answer = "maybe"', "ability.0.answer", id="no-word"
        ),
        pytest.param('answer = "no"', "", "ability.0.answer", id="a-cell-left-out"),
        pytest.param("2026-11-03", '"lately"', "ability.0.checked", id="no-day"),
        pytest.param('["https:', '["http:', "ability.0.sources", id="no-https"),
        pytest.param("checked", "seen = 1\nchecked", "ability.0.seen", id="a-slip"),
    ],
)
def test_what_is_wrong_in_a_table(line: str, instead: str, said: str) -> None:
    assert line in LANKA
    with pytest.raises(BadCarrier) as bad:
        read_carrier("own", HEAD + LANKA.replace(line, instead))
    assert [said in problem for problem in bad.value.problems] == [True]


def test_a_country_stands_in_a_file_once() -> None:
    with pytest.raises(BadCarrier, match=r"own\.toml: ability has LK twice"):
        read_carrier("own", HEAD + LANKA + LANKA)
