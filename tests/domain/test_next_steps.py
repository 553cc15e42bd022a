"""What somebody is offered: never what the rules refuse, and the clock's wish first."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from app.domain import commands as verbs
from app.domain.authority import Hat
from app.domain.case import CaseFile
from app.domain.commands import Actor, Command
from app.domain.decide import decide
from app.domain.next_steps import next_steps, primary_step, relations
from app.domain.taxonomy import Conflict, State
from tests.builders import (
    DAYS,
    HOURS,
    PEOPLE,
    PROGRAMME,
    TUESDAY,
    act,
    after,
    by,
    opened,
)

LATER = TUESDAY + 2 * HOURS
NOTE = "A reason."
WORKERS, MANAGERS = by("gaz-com-w1"), by("gaz-com-m1")
READ = after(opened(), (verbs.Acknowledge(), WORKERS))
BEGUN = after(READ, (verbs.Start(note=NOTE), WORKERS))
PROPOSED = after(BEGUN, (verbs.Propose(note=NOTE), WORKERS))
SIGNED = after(PROPOSED, (verbs.Resolve(note=NOTE), WORKERS))
SOLVED = after(SIGNED, (verbs.Resolve(note=NOTE), MANAGERS))
PARTNERS = opened(conflict=Conflict.YES)


def _person(name: str):  # type: ignore[no-untyped-def]
    return next(p for p in PEOPLE if p.name == name)


@pytest.mark.parametrize(
    ("case", "name", "first"),
    [
        pytest.param(opened(), "gaz-com-w1", "acknowledge", id="new"),
        pytest.param(READ, "gaz-com-w1", "start", id="read"),
        pytest.param(BEGUN, "gaz-com-w1", "propose", id="begun"),
        pytest.param(PROPOSED, "gaz-com-w1", "resolve", id="proposed"),
        pytest.param(SIGNED, "gaz-com-w1", None, id="she-has-signed"),
        pytest.param(SIGNED, "gaz-com-m1", "resolve", id="the-other-side-signs"),
        pytest.param(PROPOSED, "gaz-com-n1", None, id="a-neutral-one-never-signs"),
        pytest.param(SOLVED, "gaz-com-w1", None, id="the-worker-has-the-word"),
        pytest.param(opened(), "partner-bd", None, id="a-committee-holds-it"),
        pytest.param(PARTNERS, "partner-bd", "acknowledge", id="the-partner-holds-it"),
        pytest.param(opened(), "gaz-head", None, id="a-head-was-told-of-nothing"),
        pytest.param(opened(), "norda-buyer", None, id="nor-a-brand"),
        pytest.param(opened(), "tir-com-w1", None, id="of-another-site"),
    ],
)
def test_what_comes_first(case: CaseFile, name: str, first: str | None) -> None:
    assert primary_step(case, _person(name), PROGRAMME, LATER) == first


def test_the_partner_is_asked_to_read_what_waits() -> None:
    partner = _person("partner-bd")
    found = primary_step(opened(), partner, PROGRAMME, LATER, waits=True)
    assert found == "release-words"
    member = _person("gaz-com-w1")
    steps = next_steps(opened(), member, PROGRAMME, LATER, waits=True)
    assert "release-words" not in steps.all


def test_who_took_it_is_not_asked_to_take_it() -> None:
    taken = act(opened(), verbs.Take(), "gaz-com-w1").case
    mine = next_steps(taken, _person("gaz-com-w1"), PROGRAMME, LATER)
    others = next_steps(taken, _person("gaz-com-w2"), PROGRAMME, LATER)
    assert "take" not in mine.all
    assert "take" in others.all


def test_whoever_is_recused_is_offered_nothing() -> None:
    recused = act(opened(), verbs.Recuse(), "gaz-com-w1").case
    assert next_steps(recused, _person("gaz-com-w1"), PROGRAMME, LATER).all == ()
    assert relations(recused, _person("gaz-com-w1"), PROGRAMME, LATER) == frozenset()


def test_a_head_stands_to_a_case_as_somebody_who_was_told() -> None:
    assert relations(opened(), _person("gaz-head"), PROGRAMME, LATER) == {Hat.TOLD}


_WALKS = st.lists(
    st.tuples(
        st.sampled_from(["gaz-com-w1", "gaz-com-m1", "partner-bd", "admin"]),
        st.integers(0, 30),
    ),
    max_size=6,
)


@given(_WALKS)
@settings(deadline=None, max_examples=60)
def test_what_is_offered_is_never_refused(walk: list[tuple[str, int]]) -> None:
    """Follow the buttons at random: whatever one offers, the rules take."""
    case, at = opened(), TUESDAY
    for name, pick in walk:
        at += HOURS
        person = _person(name)
        steps = next_steps(case, person, PROGRAMME, at)
        plain = [verb for verb in steps.all if _is_plain(verb)]
        for verb in plain:
            tried = decide(case, _made(verb), Actor(person), PROGRAMME, at)
            assert tried.refusal is None, verb
        if plain:
            chosen = plain[pick % len(plain)]
            case = decide(case, _made(chosen), Actor(person), PROGRAMME, at).case


def _is_plain(verb: str) -> bool:
    return not {"site", "category", "severity", "exclude", "include", "pause"} & {
        verb
    } and verb not in (
        *("recalculate", "remediate", "review", "happened", "formal", "extend"),
        *("remedy", "release-told", "transcribe", "summarise", "translate"),
        *("join", "unjoin", "brand-word"),
    )


def _made(verb: str) -> Command:
    return verbs.VERBS[verb](note=NOTE)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_looked_at(state: State) -> None:
    case = replace(opened(), state=state)
    offered = {
        person.name: next_steps(case, person, PROGRAMME, TUESDAY + DAYS).all
        for person in PEOPLE
    }
    assert "note" in offered["partner-bd"]
    assert "take-over" in offered["partner-bd"] or state.is_closed
    assert not offered["tir-com-w1"]
