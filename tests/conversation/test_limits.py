"""A right that soon passes: heard after the PIN, by text and by telephone."""

from dataclasses import replace
from datetime import date

import pytest

from app.conversation import lines
from app.conversation.calls import machine as calls, spoken
from app.conversation.calls.session import At, CallFacts, CallSession, Keys
from app.conversation.machine import advance
from app.conversation.reading import read
from app.conversation.session import CaseView, Facts, Session
from app.domain.laws import ROUTES, Limit
from app.domain.taxonomy import Category, Conflict, State
from app.wording.prompt import Day, Digits, Prompt

UNTIL = date(2026, 12, 17)
LABOUR = Limit("labour", "16357", UNTIL)
CASE = CaseView(
    number="12345670",
    state=State.IN_REVIEW,
    has_site=True,
    conflict=Conflict.NO,
    category=Category.TERM,
    may_text=True,
    language="en",
    limits=(LABOUR,),
)


def asked(case: CaseView, *, is_proved: bool = True) -> list[str]:
    """Ask for STATUS, with the right PIN or without any."""
    facts = Facts(
        languages=("en",),
        is_rested=False,
        case=None if case.state.is_closed else case,
        proved=case if is_proved else None,
    )
    text = "STATUS 123456" if is_proved else "STATUS"
    return [line.message for line in advance(Session("en"), read(text), facts).said]


LIMITS = {line.message for name, line in vars(lines).items() if name[:6] == "LIMIT_"}


@pytest.mark.parametrize("state", State)
def test_the_status_says_it_in_every_state(state: State) -> None:
    said = asked(replace(CASE, state=state))
    assert said.count(lines.LIMIT_LABOUR.message) == 1
    if state is State.RESOLVED:  # the question still comes last
        assert said[-1] == lines.ASK_SOLVED.message


def test_without_the_pin_nobody_hears_of_it() -> None:
    assert not LIMITS & {*asked(CASE, is_proved=False)}


def test_where_no_right_passes_nothing_is_added() -> None:
    assert not LIMITS & {*asked(replace(CASE, limits=()))}


@pytest.mark.parametrize("kind", ROUTES)
def test_of_every_kind_of_help_it_is_said_that_a_right_can_end(kind: str) -> None:
    said = asked(replace(CASE, limits=(Limit(kind, "181", UNTIL),)))
    (found,) = LIMITS & {*said}
    assert ("{helpline}" in found) == (kind in ("labour", "legal_aid"))


@pytest.mark.parametrize("kind", ["women", "child", ""])
def test_what_would_tell_her_subject_is_in_no_inbox(kind: str) -> None:
    """Neither the helpline's name nor its number, which can be looked up."""
    limit = Limit(kind, "10921" if kind else "", UNTIL)
    facts = Facts(
        languages=("en",),
        is_rested=False,
        case=None,
        proved=replace(CASE, limits=(limit,)),
    )
    turn = advance(Session("en"), read("STATUS 123456"), facts)
    found = [line for line in turn.said if line.message in LIMITS]
    assert found == [lines.LIMIT_OUTSIDE.using(date=UNTIL)]


@pytest.mark.parametrize(
    ("kind", "prompt"),
    [
        pytest.param("women", spoken.LIMIT_WOMEN, id="women"),
        pytest.param("child", spoken.HELP_CHILD, id="child"),
    ],
)
def test_the_voice_names_them_and_the_number(kind: str, prompt: Prompt) -> None:
    said = proved_by_phone(replace(CASE, limits=(Limit(kind, "10921", UNTIL),)))
    start = said.index(prompt)
    assert said[start + 1] == Digits("10921")


def proved_by_phone(case: CaseView) -> list[object]:
    """Key the right number and PIN; return what is said then."""
    session = CallSession(at=At.PIN, language="en", asked_number=case.number)
    facts = CallFacts(("en",), frozenset({"en"}), proved=case)
    return list(calls.advance(session, Keys("123456"), facts).said)


def test_on_the_telephone_the_number_is_said_twice_after_the_day() -> None:
    said = proved_by_phone(CASE)
    start = said.index(spoken.LIMIT_UNTIL)
    assert said[start : start + 8] == [
        spoken.LIMIT_UNTIL,
        Day(UNTIL),
        spoken.LIMIT_BEFORE,
        spoken.LIMIT_LABOUR,
        Digits("16357"),
        spoken.ONCE_MORE,
        Digits("16357"),
        spoken.LIMIT_CHOICE,
    ]


def test_a_number_written_in_groups_is_spoken_in_groups() -> None:
    grouped = Limit("labour", "1800 4252-650", UNTIL)
    said = proved_by_phone(replace(CASE, limits=(grouped,)))
    assert Digits("1800 4252 650") in said


def test_of_two_rights_the_choice_is_said_once() -> None:
    two = (LABOUR, Limit("child", "1098", UNTIL), Limit("", "", UNTIL))
    said = proved_by_phone(replace(CASE, limits=two))
    assert said.count(spoken.LIMIT_UNTIL) == 3
    assert said.count(spoken.LIMIT_CHOICE) == 1
    assert spoken.HELP_CHILD in said
    assert spoken.LIMIT_OUTSIDE in said


def test_where_no_right_passes_the_telephone_adds_nothing() -> None:
    said = proved_by_phone(replace(CASE, limits=()))
    ids = {each.id for each in said if isinstance(each, Prompt)}
    assert not {each for each in ids if each.startswith("limit_")}
