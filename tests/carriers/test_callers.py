"""From which number a worker is called, and which she can call."""

from dataclasses import replace

import pytest

from app.carriers.callers import caller_for, reached_at
from app.carriers.shelf import on_shelf
from app.domain.directory import HotlineNumber

LINE = HotlineNumber("+15550100910", "IN", "twilio", ("ta",), True, "answer", None, ())
EXOTEL = replace(LINE, number="+914440000000", provider="exotel", voice="missed_call")
INDIAN = replace(LINE, number="+9118001234567", sms=False)
DHAKA = replace(LINE, number="+15550100880", country="BD")
OTHER = replace(LINE, number="+15550100911")
TEXTS = replace(LINE, number="+15550100912", voice="none")
STUDIO = replace(LINE, number="+15550100913", voice="studio")
SHORT = replace(LINE, number="56070")
OWN_FILE = replace(LINE, number="+914440000001", provider="ourgateway")
BLANK = replace(LINE, number="+15550100914", provider="")


@pytest.mark.parametrize(
    ("own", "others", "caller"),
    [
        pytest.param(LINE, (OTHER,), LINE, id="her-own-line"),
        pytest.param(BLANK, (OTHER,), BLANK, id="a-blank-carrier-is-twilio"),
        pytest.param(EXOTEL, (EXOTEL, LINE), LINE, id="exotel-places-none"),
        pytest.param(INDIAN, (INDIAN, LINE), LINE, id="twilio-not-from-india"),
        pytest.param(SHORT, (LINE,), LINE, id="nobody-is-called-from-a-short-code"),
        pytest.param(TEXTS, (LINE,), LINE, id="texts-alone"),
        pytest.param(EXOTEL, (TEXTS, STUDIO, OTHER), OTHER, id="the-first-that-can"),
        pytest.param(EXOTEL, (DHAKA,), None, id="another-countrys-law-and-help"),
        pytest.param(EXOTEL, (EXOTEL, INDIAN), None, id="nobody"),
        pytest.param(OWN_FILE, (OWN_FILE,), None, id="a-file-of-the-operators"),
        pytest.param(OWN_FILE, (OWN_FILE, LINE), LINE, id="beside-another"),
    ],
)
def test_who_calls(
    own: HotlineNumber,
    others: tuple[HotlineNumber, ...],
    caller: HotlineNumber | None,
) -> None:
    assert caller_for(on_shelf(), own, others, "IN") == caller


@pytest.mark.parametrize(
    ("own", "others", "reached"),
    [
        pytest.param(LINE, (OTHER,), LINE, id="her-own-line"),
        pytest.param(BLANK, (OTHER,), BLANK, id="a-blank-carrier-is-twilio"),
        pytest.param(TEXTS, (TEXTS, DHAKA, OTHER), OTHER, id="texts-alone"),
        pytest.param(STUDIO, (OTHER,), OTHER, id="a-studio-hears-no-worker"),
        pytest.param(TEXTS, (INDIAN,), INDIAN, id="free-of-charge"),
        pytest.param(
            *(replace(EXOTEL, voice="answer"), (OTHER,), OTHER),
            id="exotel-answers-none",
        ),
        pytest.param(EXOTEL, (EXOTEL, LINE), EXOTEL, id="a-missed-call-is-returned"),
        pytest.param(EXOTEL, (EXOTEL, TEXTS), None, id="or-by-nobody"),
        pytest.param(
            *(replace(OWN_FILE, voice="missed_call"), (LINE,)),
            replace(OWN_FILE, voice="missed_call"),
            id="a-file-of-the-operators",
        ),
        pytest.param(OWN_FILE, (), None, id="which-answers-none"),
        pytest.param(TEXTS, (DHAKA,), None, id="another-country"),
    ],
)
def test_where_she_can_call(
    own: HotlineNumber,
    others: tuple[HotlineNumber, ...],
    reached: HotlineNumber | None,
) -> None:
    assert reached_at(on_shelf(), own, others) == reached
