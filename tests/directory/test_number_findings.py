"""What the doctor says of numbers that promise more than can be kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from app.actions.finding import Finding
from app.actions.number_findings import number_findings, unreturned
from app.carriers.shelf import on_shelf
from app.domain.directory import HotlineNumber
from app.runtime.settings import Settings, read_settings
from tests.builders import PROGRAMME

AT = datetime(2026, 12, 3, 6, 0, tzinfo=UTC)
KEYS = {"THREADLINE_KEYS": "A" * 43 + "=", "TWILIO_AUTH_TOKEN": "token"}
SECRETS = {
    **{f"SMS_KANNEL_{name}": "kannel-secret-16" for name in ("USER", "PASSWORD")},
    "SMS_KANNEL_SECRET": "kannel-secret-16",
}

ABROAD = HotlineNumber(
    "+15550100910", "IN", "twilio", ("ta",), True, "answer", None, ()
)
DHAKA = replace(ABROAD, number="+15550100880", country="BD")
EXOTEL = replace(
    ABROAD, number="+914440000000", provider="exotel", sms=False, voice="missed_call"
)
KANNEL = replace(DHAKA, number="2929", provider="kannel", voice="none")
SOMLENG = replace(DHAKA, number="+8809612345678", provider="somleng", sms=False)
WHATSAPP = replace(DHAKA, provider="whatsapp", voice="none")
TEXTED = replace(EXOTEL, sms=True, voice="none", provider="twilio")


Environ = Mapping[str, str]


def settings(environ: Environ) -> Settings:
    account = {"TWILIO_ACCOUNT_SID": "AC1"}
    return read_settings({**KEYS, **account, **environ}, generated=True)


def found(
    *numbers: HotlineNumber,
    environ: Environ = MappingProxyType({}),
    at: datetime = AT,
    is_demo: bool = False,
) -> list[Finding]:
    directory = replace(PROGRAMME, numbers={n.number: n for n in numbers})
    return list(
        number_findings(directory, settings(environ), on_shelf(), at, is_demo=is_demo)
    )


def grave(
    *numbers: HotlineNumber, environ: Environ = MappingProxyType({})
) -> list[str]:
    return [f.what for f in found(*numbers, environ=environ) if f.is_grave]


def mild(
    *numbers: HotlineNumber,
    environ: Environ = MappingProxyType({}),
    at: datetime = AT,
) -> list[str]:
    return [f.what for f in found(*numbers, environ=environ, at=at) if not f.is_grave]


def test_a_number_that_twilio_cannot_text_from_is_grave() -> None:
    (said,) = [finding for finding in found(TEXTED) if finding.is_grave]
    assert said.what.startswith(
        "+914440000000, sms: Twilio takes no text messages at a number of IN: Twilio"
        " lists two-way SMS in India as not supported ("
    )
    assert said.mend.startswith("Write no, or take it from: whatsapp,")
    assert said.mend.endswith("Then `threadline import numbers`.")


def test_an_unknown_carrier_is_grave() -> None:
    assert grave(replace(ABROAD, provider="grameen")) == [
        "+15550100910, provider: no carrier has this name."
    ]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param(
            ABROAD,
            "+15550100910 is no number of IN: Workers there pay an international text"
            " to it; what Twilio sends them comes from a random number of five to nine"
            " digits, which they cannot answer.",
            id="india",
        ),
        pytest.param(
            DHAKA,
            "+15550100880 is no number of BD: Workers there pay an international text"
            " to it; what Twilio sends them may come from another sender, which they"
            " cannot answer.",
            id="bangladesh",
        ),
    ],
)
def test_a_number_abroad_is_accepted_and_said_to_cost(
    number: HotlineNumber, said: str
) -> None:
    assert (grave(number), mild(number)) == ([], [said])


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(replace(ABROAD, sms=False), id="no-texts-no-cost"),
        pytest.param(
            replace(ABROAD, sms=False, voice="missed_call"), id="it-calls-by-itself"
        ),
    ],
)
def test_of_which_numbers_nothing_is_said(number: HotlineNumber) -> None:
    assert found(number) == []


def test_a_demo_is_not_warned_of_what_its_numbers_would_cost() -> None:
    assert found(ABROAD, DHAKA, is_demo=True) == []


def test_a_missed_call_that_nobody_can_return_is_grave() -> None:
    exotel = {"SMS_PROVIDERS": "exotel", **exotels()}
    (said,) = grave(EXOTEL, DHAKA, environ=exotel)
    assert said == (
        "+914440000000 is to return missed calls, and no number of ours can call"
        " phones in IN: Exotel places no calls for Threadline."
    )
    assert grave(EXOTEL, ABROAD, environ=exotel) == []
    assert (
        "Missed calls to +914440000000 are returned from +15550100910: Exotel places"
        " no calls for Threadline."
    ) in mild(EXOTEL, ABROAD, environ=exotel)


def exotels() -> dict[str, str]:
    names = on_shelf()["exotel"].variables
    return {f"SMS_EXOTEL_{name}": "exotels-secret-16" for name in names}


def test_missed_calls_need_an_account() -> None:
    line = replace(ABROAD, sms=False, voice="missed_call")
    without = replace(settings({}), twilio_account_sid="")
    directory = replace(PROGRAMME, numbers={line.number: line})
    assert [f.what for f in number_findings(directory, without, on_shelf(), AT)] == [
        "Missed calls are to be returned, and no Twilio account is set."
    ]


@pytest.mark.parametrize(
    ("number", "environ", "said"),
    [
        pytest.param(
            KANNEL, {}, "SMS_PROVIDERS does not name kannel", id="its-door-is-shut"
        ),
        pytest.param(
            KANNEL, {"SMS_PROVIDERS": "kannel", **SECRETS}, "", id="its-door-is-open"
        ),
        pytest.param(replace(KANNEL, sms=False), {}, "", id="nothing-comes-in-by-it"),
        pytest.param(
            SOMLENG, {}, "TWILIO_API_BASE is Twilio's", id="calls-by-one-account"
        ),
        pytest.param(
            SOMLENG,
            {"TWILIO_API_BASE": "https://somleng.example"},
            "",
            id="somleng-in-twilios-place",
        ),
        pytest.param(
            replace(SOMLENG, sms=True, voice="none"),
            {},
            "SMS_PROVIDERS does not name somleng",
            id="somleng-beside-twilio",
        ),
        pytest.param(
            WHATSAPP, {}, "TWILIO_WHATSAPP_FROM is blank", id="whatsapp-has-no-sender"
        ),
        pytest.param(
            WHATSAPP,
            {"TWILIO_WHATSAPP_FROM": "+15550100880"},
            "",
            id="whatsapp-has-a-sender",
        ),
    ],
)
def test_what_the_settings_must_have(
    number: HotlineNumber, environ: dict[str, str], said: str
) -> None:
    assert [said in what for what in grave(number, environ=environ)] == (
        [True] if said else []
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param(
            replace(ABROAD, country="US"),
            [
                "Whether +15550100910 takes and answers texts is not certain: where"
                " Twilio's guideline of that country says so.",
                "Whether +15550100910 answers calls is not certain: where Twilio has"
                " numbers of that country that take calls.",
            ],
            id="nobody-looked-up-every-country",
        ),
        pytest.param(
            replace(ABROAD, number="+9118001234567", sms=False),
            [
                "Whether +9118001234567 answers calls is not certain: where Twilio has"
                " one for you; ask for it before anything is printed.",
            ],
            id="toll-free-in-india",
        ),
    ],
)
def test_what_twilio_has_is_to_be_asked(number: HotlineNumber, said: list[str]) -> None:
    assert (grave(number), mild(number)) == ([], said)


def test_what_no_source_says_is_to_be_asked() -> None:
    assert mild(KANNEL, environ={"SMS_PROVIDERS": "kannel", **SECRETS})[0] == (
        "Whether 2929 takes and answers texts is not certain: with a short code of"
        " BTRC's whose texts an operator routes to your SMPP bind or modem."
    )


def test_what_was_looked_up_long_ago_is_to_be_looked_up_again() -> None:
    later = AT.replace(year=2028, month=2)
    assert mild(replace(ABROAD, sms=False), at=later) == [
        "What Twilio can do in IN was looked up on 2026-12-01."
    ]


def test_who_cannot_read_must_be_heard() -> None:
    assert "who cannot read is not heard" in mild(WHATSAPP)[-1]


def test_missed_calls_that_are_not_returned_are_said() -> None:
    known = settings({"CALL_BACKS_PER_HOUR": "40"})
    assert list(unreturned({}, known)) == []
    too_many, elsewhere = unreturned({"too_many": 7, "country": 3}, known)
    assert too_many.what == (
        "7 missed calls since yesterday are not returned: more than 40 phones rang in"
        " an hour."
    )
    assert too_many.is_grave
    assert elsewhere.what == (
        "3 missed calls since yesterday are not returned: they showed numbers of other"
        " countries than their line's."
    )
    assert elsewhere.mend.endswith("into CALL_BACK_TO.")
    assert not elsewhere.is_grave


def test_calls_are_placed_by_the_shipped_files_alone() -> None:
    """Calls that are owed never leave through a carrier of the operator's own."""
    own = replace(on_shelf()["somleng"], name="own", title="Own")
    shelf = {**on_shelf(), "own": own}
    number = replace(SOMLENG, provider="own", voice="missed_call")
    directory = replace(PROGRAMME, numbers={number.number: number})
    said = [
        finding.what
        for finding in number_findings(directory, settings({}), shelf, AT)
        if "return" in finding.what
    ]
    assert said == [
        "+8809612345678 is to return missed calls, and no number of ours can call"
        " phones in BD: a carrier of SMS_FOLDER, own, places no calls."
    ]
