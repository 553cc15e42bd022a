"""The talk by telephone, at random: what holds at every step of every call."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from app.conversation.calls.machine import MOST_MISSES, advance, again
from app.conversation.calls.session import (
    At,
    AwaitKeys,
    CallFacts,
    CallSession,
    HangUp,
    Heard,
    Keys,
    Rang,
    Record,
    Spoke,
)
from app.conversation.session import Add, CaseView, Open
from app.domain.taxonomy import Category, State
from app.wording.prompt import Prompt, Tone

SITE = "482170"
LANGUAGES = ("bn", "hi", "ta", "en")
KEYS = st.one_of(
    st.just(""),
    st.sampled_from([*"0123456789", "*", "#", SITE, "123456", "12345678"]),
)
INPUTS: st.SearchStrategy[Heard] = st.one_of(
    KEYS.map(Keys),
    st.builds(Spoke, st.integers(0, 120), st.booleans(), st.booleans()),
)
CASES = st.builds(
    CaseView,
    number=st.just("12345670"),
    state=st.sampled_from(list(State)),
    has_site=st.booleans(),
    conflict=st.none(),
    category=st.sampled_from(list(Category)),
    may_text=st.none(),
    may_reopen=st.booleans(),
    language=st.sampled_from(LANGUAGES),
)


@st.composite
def facts(draw: st.DrawFn) -> CallFacts:
    languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True))
    return CallFacts(
        languages=tuple(languages),
        open_languages=frozenset(draw(st.sets(st.sampled_from(LANGUAGES)))),
        has_phone=draw(st.booleans()),
        known_sites=frozenset({SITE}),
        is_late=draw(st.booleans()),
        has_message=draw(st.booleans()),
        can_read_message=draw(st.booleans()),
        replay=draw(st.none() | st.just("/replay")),
    )


@given(facts(), st.lists(st.tuples(INPUTS, CASES, st.booleans()), max_size=25))
@settings(max_examples=400, deadline=None)
def test_no_step_fails_and_nothing_spoken_goes_without_an_act(
    known: CallFacts, steps: list[tuple[Heard, CaseView, bool]]
) -> None:
    turn = advance(CallSession(), Rang(), known)
    has_case = False
    for heard, case, flag in steps:
        session = turn.session
        here = replace(
            known,
            case=case if has_case else None,
            proved=case if flag and session.at is At.PIN else None,
            is_pin_right=flag,
        )
        if session.at is At.OVER:
            return
        if isinstance(heard, Spoke):
            session = replace(session, at=At.BEEP)
        turn = advance(session, heard, here)
        opened = [act for act in turn.acts if isinstance(act, Open)]
        told = [act for act in turn.acts if isinstance(act, Open | Add)]
        if isinstance(heard, Spoke) and heard.seconds:
            assert len(told) == 1, "what was spoken is kept at once, once"
        has_case = has_case or bool(opened) or turn.session.is_following
        assert CallSession.from_json(turn.session.to_json()) == replace(
            turn.session, is_dropped=False
        )
        assert turn.said or isinstance(turn.then, HangUp), "it is never silent"
        stays = {turn.session.at} | (
            {At.AFTER} if turn.session.at is At.REPLAY else set()
        )
        assert again(turn.session, here).session.at in stays


@given(facts(), st.lists(st.sampled_from(["", "7", "8"]), min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_silence_and_wrong_keys_lead_to_the_beep(
    known: CallFacts, keys: list[str]
) -> None:
    """From the opening, the third miss at the latest, and never to the end."""
    turn = advance(CallSession(), Rang(), known)
    for count, key in enumerate(keys, 1):
        if isinstance(turn.then, Record):
            return
        assert isinstance(turn.then, AwaitKeys)
        assert count <= MOST_MISSES
        turn = advance(turn.session, Keys(key), known)


@given(
    facts(), st.lists(KEYS, max_size=12), st.sampled_from([At.RING_BACK, At.OUR_CALL])
)
@settings(max_examples=200, deadline=None)
def test_whoever_picks_up_our_call_hears_nothing_of_it(
    known: CallFacts, keys: list[str], at: At
) -> None:
    """Until a key was right only neutral words, and no recording, ever."""
    neutral = {"ring_back", "our_call", "another_time", "ask_pin"}
    session = CallSession(at=at, is_ours=True, language="bn", asked_number="12345670")
    turn = advance(session, Rang(), known)
    for key in ["", *keys]:
        if not turn.session.is_ours:
            return  # A language was chosen: somebody wants this call.
        said = [
            getattr(each, "prompt", each)
            for each in turn.said
            if not isinstance(each, Tone)
        ]
        assert {p.id for p in said if isinstance(p, Prompt)} <= neutral
        assert not isinstance(turn.then, Record)
        if isinstance(turn.then, HangUp):
            return
        turn = advance(turn.session, Keys(key), known)


def test_a_ring_back_that_broke_off_too_keeps_the_place() -> None:
    """The call broke off after speech; its ring-back was not taken; it rings again."""
    known = CallFacts(("bn", "en"), frozenset({"bn", "en"}), case=None)
    broke_off = CallSession(at=At.AFTER, language="bn", pieces=1)
    ours = CallSession(at=At.RING_BACK, is_ours=True)
    rung = advance(ours, Rang(broke_off), known)
    assert rung.session.at is At.RING_BACK
    third = advance(CallSession(), Rang(rung.session), known)
    assert third.session.at is At.RESUME
    assert advance(third.session, Keys("1"), known).session.at is At.AFTER


def test_a_call_that_another_version_kept_is_still_read() -> None:
    kept = {**CallSession(at=At.MENU, language="ta").to_json(), "is_gone": True}
    assert CallSession.from_json(kept) == CallSession(at=At.MENU, language="ta")
