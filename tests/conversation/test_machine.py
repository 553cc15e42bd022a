"""What holds of the machine for any text, any session and any facts."""

import json
import os
from dataclasses import replace

from hypothesis import given, settings, strategies as st

from app.conversation import lines, vocabulary
from app.conversation.asking import QUESTIONS
from app.conversation.machine import advance
from app.conversation.reading import read
from app.conversation.session import (
    Add,
    CaseView,
    Facts,
    Open,
    Session,
    SetConflict,
    SetMayText,
    SetSite,
    SetTopic,
    Step,
    Turn,
)
from app.domain.taxonomy import LANGUAGES, Category, Conflict, State

# `make test-all` tries every size; `make test` a printed part of it.
EXAMPLES = 4000 if os.environ.get("THREADLINE_TEST_TIER") == "all" else 300
KNOWN = "482170"
WORDS = sorted(
    {
        *vocabulary.GREETINGS,
        *vocabulary.TESTS,
        *vocabulary.YES,
        *vocabulary.NO,
        *vocabulary.DONT_KNOW,
        *vocabulary.NOT_SOLVED,
        *(word for listed in vocabulary.KEYWORDS.values() for word in listed),
        *vocabulary.LANGUAGE_NAMES,
        *("1", "2", "3", "7", "৪৮২১৭০", KNOWN, "482171", "615236", "12345678"),
        *("NEW", "my pin is", "supervisor beats us", "টাকা দেয় না", "आग लगी", "சாகணும்"),
        *("malik", "owner", "কমিটি", "no one listens to us", "HR", "three months"),
    }
)
odd = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(
    [
        "\ud800",
        "\x00\x07",
        "\u202e482170\u202c",
        "\u0661\u0662",
        "😭" * 9,
        "\u200d",
        "①²",
    ]
)
spoken = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
texts = st.one_of(odd, spoken, st.tuples(spoken, odd).map(" ".join))
steps = st.none() | st.sampled_from(Step)
sessions = st.builds(
    Session,
    language=st.none() | st.sampled_from(LANGUAGES),
    step=steps,
    put=st.lists(st.sampled_from(Step), max_size=4).map(tuple),
    done=st.lists(st.sampled_from(Step), max_size=4).map(tuple),
    kept=steps,
    site=st.none() | st.just(KNOWN),
    fresh=st.booleans(),
    passed_on=st.booleans(),
    is_locked=st.booleans(),
)
cases = st.builds(
    CaseView,
    number=st.just("12823590"),
    state=st.sampled_from(State),
    has_site=st.booleans(),
    conflict=st.none() | st.sampled_from(Conflict),
    category=st.sampled_from(Category),
    may_text=st.none() | st.booleans(),
    may_reopen=st.booleans(),
    language=st.none() | st.sampled_from(LANGUAGES),
)
open_cases = cases.filter(lambda case: not case.state.is_closed)
numbers = st.sampled_from([("en",), ("bn", "en"), ("ta", "hi", "bn", "en")])


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    proved = draw(st.none() | cases)
    case = draw(st.none() | open_cases)
    if proved is not None:
        case = None if proved.state.is_closed else proved
    return Facts(
        languages=draw(numbers),
        known_sites=draw(st.sampled_from([frozenset(), frozenset({KNOWN})])),
        is_rested=draw(st.booleans()),
        case=case,
        proved=proved,
    )


def acts_of(turn: Turn, kind: type) -> list:
    return [act for act in turn.acts if isinstance(act, kind)]


@given(session=sessions, text=texts, facts=all_facts(), media=st.booleans())
@settings(max_examples=EXAMPLES * 3, deadline=None)
def test_no_text_is_too_odd(session, text, facts, media):
    """Nothing raises; at most three lines and always one; JSON there and back."""
    turn = advance(session, read(text, has_media=media), facts)
    assert 1 <= len(turn.said) <= 3
    saved = json.loads(json.dumps(turn.session.to_json()))
    assert Session.from_json(saved) == turn.session
    assert turn.session.language in (None, *LANGUAGES)


@given(session=sessions, text=texts, facts=all_facts())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_code_is_taken_only_where_it_is_known_and_the_only_one(session, text, facts):
    heard = read(text)
    turn = advance(replace(session, site=None), heard, facts)
    taken = {act.code for act in acts_of(turn, SetSite)}
    taken |= {act.site for act in acts_of(turn, Open) if act.site}
    known = set(heard.codes) & facts.known_sites
    assert taken <= (known if len(known) == 1 else set())


@given(session=sessions, text=texts, facts=all_facts())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_no_on_the_conflict_is_short_and_the_workers(session, text, facts):
    heard = read(text)
    turn = advance(session, heard, facts)
    if SetConflict(Conflict.NO) in turn.acts:
        assert len(heard.tokens) <= 4
        is_awake = not (facts.is_rested or session.is_locked)
        assert is_awake or facts.proved is not None


@given(session=sessions, text=texts, facts=all_facts())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_phone_that_rested_never_brings_a_case_nearer_to_the_factory(
    session, text, facts
):
    facts = replace(facts, proved=None, is_rested=True)
    turn = advance(session, read(text), facts)
    assert SetMayText(True) not in turn.acts
    if facts.case is not None and facts.case.conflict is Conflict.NO:
        assert not acts_of(turn, SetSite)
        assert not [a for a in acts_of(turn, SetTopic) if a.category is Category.WAGE]


# ------------------------------------------------- whoever holds the phone


@given(session=sessions, text=texts, case=open_cases, languages=numbers)
@settings(max_examples=EXAMPLES * 3, deadline=None)
def test_a_rested_phone_with_a_case_answers_like_one_without(
    session, text, case, languages
):
    """The same lines in the same language, or, to substance, exactly NOTED."""
    heard = read(text)
    facts = Facts(languages=languages, known_sites=frozenset({KNOWN}), case=case)
    mine = advance(session, heard, facts)
    theirs = advance(session, heard, replace(facts, case=None))
    if acts_of(theirs, Open) and not acts_of(mine, Open):
        assert (mine.said, Add() in mine.acts) == ((lines.NOTED,), True)
        return
    assert (mine.said, mine.session.language) == (theirs.said, theirs.session.language)


@given(
    session=sessions,
    said=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    case=open_cases,
    languages=numbers,
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_it_stays_so_for_the_rest_of_the_sitting(session, said, case, languages):
    """Against a phone that was never heard, whatever the talk had come to."""
    mine, theirs = replace(session, fresh=False, site=None), Session()
    facts = Facts(languages=languages, known_sites=frozenset({KNOWN}), case=case)
    for n, text in enumerate(said):
        heard, now = read(text), replace(facts, is_rested=n == 0)
        ours = advance(mine, heard, now)
        strangers = advance(theirs, heard, replace(now, case=None))
        if acts_of(strangers, Open):
            return
        assert ours.said == strangers.said
        assert ours.session.language == strangers.session.language
        mine, theirs = ours.session, strangers.session


# ---------------------------------------------------------------- the questions


@given(
    texts=st.lists(texts, min_size=1, max_size=14),
    languages=numbers,
    seed=st.integers(0, 9),
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_case_is_asked_little(texts, languages, seed):
    """Three questions and the permission, each put at most twice, for one case
    in one sitting, whatever is written."""
    questions = {
        step: {first.message, again.message}
        for step, (first, again) in {
            Step.SITE: (lines.ASK_SITE, lines.ASK_SITE_AGAIN),
            Step.CONFLICT: (lines.ASK_CONFLICT, lines.ASK_CONFLICT_AGAIN),
            Step.TOPIC: (lines.ASK_TOPIC, lines.ASK_TOPIC_AGAIN),
            Step.MAY_TEXT: (lines.ASK_MAY_TEXT, lines.ASK_MAY_TEXT_AGAIN),
        }.items()
    }
    session, case, put = Session(), None, dict.fromkeys(QUESTIONS, 0)
    for n, text in enumerate(texts):
        facts = Facts(languages, frozenset({KNOWN}), is_rested=n == 0, case=case)
        turn = advance(session, read(text), facts)
        session = turn.session
        for act in turn.acts:
            if isinstance(act, Open):
                put = dict.fromkeys(QUESTIONS, 0)
                case = CaseView(
                    number="12823590",
                    state=State.RECEIVED,
                    has_site=act.site is not None,
                    conflict=None,
                    category=act.category or Category.OTHR,
                    may_text=None,
                )
            elif case is not None:
                case = _after(case, act)
        asked = [
            step
            for step, worded in questions.items()
            if any(line.message in worded for line in turn.said)
        ]
        assert len(asked) <= 1
        for step in asked:
            put[step] += 1
        assert max(put.values()) <= 2


def _after(case: CaseView, act: object) -> CaseView:
    match act:
        case SetSite():
            return replace(case, has_site=True)
        case SetConflict(answer):
            return replace(case, conflict=answer)
        case SetTopic(category):
            return replace(case, category=category)
    return case
