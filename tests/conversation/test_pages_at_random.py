"""Whatever is sent, in whatever order: no page raises, and none gives way early."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from app.conversation.pages.late import late_acts
from app.conversation.pages.machine import advance
from app.conversation.pages.session import (
    At,
    FileFor,
    PageFacts,
    PageSession,
    Sent,
    SetPhone,
)
from app.conversation.reading import read
from app.conversation.session import (
    CaseView,
    Open,
    Raise,
    RenewPin,
    SetConflict,
    SetMayCall,
    SetMayText,
    SetSite,
)
from app.domain.taxonomy import Category, Conflict, State

_WORDS = st.sampled_from(
    [
        "",
        "hello",
        "no overtime pay",
        "482170",
        "someone beats us",
        "I want to die",
        "১২",
    ]
)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "words": _WORDS,
        "topic": st.sampled_from([*Category, "", "xx"]),
        "by": st.sampled_from(["", "union", "partner", "x"]),
        "for": st.sampled_from(["", "other"]),
        "site": st.sampled_from(["", "482170", "none", "999999"]),
        "answer": st.sampled_from(["", "yes", "no", "unknown", "x"]),
        "how": st.sampled_from(["", "none", "text", "call", "x"]),
        "phone": st.sampled_from(["", "01712345678"]),
        "part": st.sampled_from(["", "any", "x"]),
        "stars": st.sampled_from(["", "0", "3", "9"]),
        "do": st.sampled_from(
            "next skip check decline mine filed add solved not-solved rate withdraw"
            " withdraw-yes undo reach proof back end x".split()
        ),
    },
)
_CASES = st.builds(
    CaseView,
    number=st.just("10000007"),
    state=st.sampled_from(State),
    has_site=st.booleans(),
    conflict=st.sampled_from([None, *Conflict]),
    category=st.sampled_from(Category),
    may_text=st.sampled_from([None, True, False]),
    may_reopen=st.booleans(),
)
_FACTS = st.builds(
    PageFacts,
    known_sites=st.sampled_from([frozenset(), frozenset({"482170"})]),
    case=_CASES,
    matches=st.sampled_from([(), ("482170",)]),
    phone=st.sampled_from([None, "+8801712345678"]),
    is_pin_right=st.booleans(),
    is_for_another=st.booleans(),
    has_phone=st.booleans(),
)
_STEP = st.tuples(_FIELDS, _FACTS, st.booleans())


def sent(fields: dict[str, str], *, has_files: bool) -> Sent:
    return Sent(fields, read(fields.get("words", ""), has_media=has_files), has_files)


@settings(max_examples=300)
@given(st.lists(_STEP, max_size=25))
def test_a_complaint_ends_behind_its_pin_and_shows_no_other_case(steps) -> None:
    session, opened, declined = PageSession(), 0, 0
    for fields, facts, has_files in steps:
        if session.at is At.OVER:
            break
        turn = advance(session, sent(fields, has_files=has_files), facts)
        assert turn.session.turn == session.turn + 1
        assert not turn.session.is_following  # only number and PIN open a case
        assert turn.session.at not in (At.FOLLOW, At.WHO, At.WITHDRAW)
        opened += sum(isinstance(act, Open) for act in turn.acts)
        assert (turn.session.at is At.WHAT) == (opened == 0)
        if session.at is At.RECEIPT and turn.session.at is not At.RECEIPT:
            declined = turn.session.declined
            assert facts.is_pin_right or declined == 2
        session = turn.session
    assert opened <= 1
    assert PageSession.from_json(session.to_json()) == session


@settings(max_examples=300)
@given(st.lists(_STEP, max_size=25))
def test_a_phone_is_reached_only_after_a_yes_and_with_a_number(steps) -> None:
    session = PageSession()
    for fields, facts, has_files in steps:
        turn = advance(session, sent(fields, has_files=has_files), facts)
        says_yes = [
            act
            for act in turn.acts
            if (isinstance(act, SetMayText) and act.yes)
            or (isinstance(act, SetMayCall) and act.yes)
        ]
        if says_yes:
            assert fields.get("how") in ("text", "call")
            assert facts.phone is not None or facts.has_phone
        for act in turn.acts:
            if isinstance(act, SetPhone):
                assert says_yes
            if isinstance(act, SetSite):
                assert act.code in facts.known_sites
            if isinstance(act, FileFor):
                assert act.by != "partner"  # that is the command line's to say
        session = turn.session


@settings(max_examples=200)
@given(st.lists(_STEP, max_size=15), st.sampled_from([At.FOLLOW, At.WHO]))
def test_a_new_pin_is_only_for_who_takes_over_what_was_filed_for_her(
    steps, begins
) -> None:
    session = PageSession(at=begins, turn=1, is_following=True)
    for fields, facts, has_files in steps:
        if session.at is At.OVER:
            break
        turn = advance(session, sent(fields, has_files=has_files), facts)
        if any(isinstance(act, RenewPin) for act in turn.acts):
            assert session.at is At.RECEIPT  # where she has typed it back
            assert session.is_renewing
            assert facts.is_pin_right
        if turn.session.is_renewing and not session.is_renewing:
            assert facts.is_for_another
            assert turn.session.at is At.RECEIPT  # the new PIN is shown at once
        assert not any(isinstance(act, Open) for act in turn.acts)
        session = turn.session


@given(st.sampled_from(At), _FIELDS, _CASES, st.booleans())
def test_late_answers_only_guard_her(at, fields, case, is_following) -> None:
    session = replace(PageSession(at=at), is_following=is_following)
    for act in late_acts(session, sent(fields, has_files=False), case):
        assert not isinstance(act, SetMayText | SetMayCall | SetPhone | Open)
        if isinstance(act, SetConflict):
            assert act.answer is not Conflict.NO
        if isinstance(act, Raise):
            assert at in (At.DANGER, At.FOLLOW)
