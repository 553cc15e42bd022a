"""Recusals, and the alternates who sit in; taking a case, and giving it away."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.domain import commands as verbs
from app.domain.authority import Hat, hats
from app.domain.bodies import body
from app.domain.case import CaseFile, Decision
from app.domain.commands import Actor, Command, StaffVerb
from app.domain.decide import decide
from app.domain.directory import Person
from app.domain.taxonomy import Category, Role, Route, Side, State
from tests.builders import (
    GAZIPUR,
    HOURS,
    PROGRAMME,
    TUESDAY,
    by,
    id_of,
    kinds,
    opened,
    person,
    programme,
)

SIDES = {"w": Side.WORKER, "m": Side.MANAGEMENT}


def alternate(name: str, *, role: Role = Role.COMMITTEE) -> Person:
    side = SIDES[name.split("-")[2][0]]
    return replace(person(name, role, GAZIPUR, side=side), is_alternate=True)


ALTERNATES = tuple(map(alternate, ("gaz-alt-w1", "gaz-alt-w2", "gaz-alt-m1")))
SEATED = programme(plus=ALTERNATES)
BY_ID = sorted(ALTERNATES[:2], key=lambda p: str(p.id))
FIRST, SECOND = BY_ID[0].name, BY_ID[1].name
AT = TUESDAY + HOURS


def who(name: str) -> Actor:
    found = {p.name: p for p in (*PROGRAMME.people, *ALTERNATES)}
    return Actor(found[name])


def act(case: CaseFile, command: Command, name: str, **more: Any) -> Decision:
    directory = more.get("directory", SEATED)
    return decide(case, command, who(name), directory, AT)


def done(case: CaseFile, command: Command, name: str, **more: Any) -> CaseFile:
    decision = act(case, command, name, **more)
    assert decision.refusal is None, decision.refusal
    return decision.case


def drawn(case: CaseFile) -> set[str]:
    return {p.name for p in ALTERNATES if p.id in case.drawn}


def names_told(decision: Decision, template: str) -> set[str]:
    names = {str(p.id): p.name for p in SEATED.people}
    return {names[o.recipient.key] for o in decision.owed if o.template == template}


def test_an_alternate_is_no_member_until_she_is_drawn() -> None:
    case = opened(directory=SEATED)
    assert "gaz-alt-w1" not in {p.name for p in body(case, SEATED, AT.date())}
    refused = act(case, verbs.Acknowledge(), FIRST)
    assert refused.refusal == "There is no case 10000007."


@pytest.mark.parametrize(
    ("command", "name", "came"),
    [
        pytest.param(verbs.Recuse(), "gaz-com-w1", {FIRST}, id="she-steps-away"),
        pytest.param(
            verbs.Exclude(id_of("gaz-com-w1")), "gaz-com-w1", {FIRST}, id="by-herself"
        ),
        pytest.param(
            verbs.Exclude(id_of("gaz-com-w1")),
            "partner-bd",
            {FIRST},
            id="by-the-partner",
        ),
        pytest.param(
            verbs.Recuse(), "gaz-com-m1", {"gaz-alt-m1"}, id="of-the-other-side"
        ),
        pytest.param(verbs.Recuse(), "gaz-com-n1", set(), id="a-neutral-has-none"),
        pytest.param(
            verbs.Exclude(id_of("gaz-head")),
            "partner-bd",
            set(),
            id="no-member-no-draw",
        ),
    ],
)
def test_one_of_the_same_side_sits_in(
    command: StaffVerb, name: str, came: set[str]
) -> None:
    decision = act(opened(directory=SEATED), command, name)
    assert drawn(decision.case) == came
    assert names_told(decision, "case_new") == came
    assert kinds(decision).count("alternate.drawn") == len(came)
    assert decision.case.route is Route.COMMITTEE


def test_who_sits_in_may_act_and_sign_and_is_told_no_second_time() -> None:
    case = done(opened(directory=SEATED), verbs.Recuse(), "gaz-com-w1")
    assert act(case, verbs.Acknowledge(), SECOND).refusal is not None
    case = done(case, verbs.Resolve(), FIRST)
    decision = act(case, verbs.Resolve(), "gaz-com-m1")
    assert decision.case.state is State.RESOLVED
    assert names_told(decision, "case_new") == set()


def test_an_alternate_who_steps_away_is_followed_by_the_next_one() -> None:
    case = done(opened(directory=SEATED), verbs.Recuse(), "gaz-com-w1")
    case = done(case, verbs.Recuse(), FIRST)
    assert drawn(case) == {SECOND}
    assert case.route is Route.COMMITTEE


def test_alternates_keep_a_committee_standing_until_none_are_left() -> None:
    case = done(opened(directory=SEATED), verbs.Recuse(), "gaz-com-w1")
    case = done(case, verbs.Recuse(), "gaz-com-w2")
    assert drawn(case) == {FIRST, SECOND}
    assert case.route is Route.COMMITTEE
    case = done(case, verbs.Recuse(), FIRST)
    assert case.route is Route.PARTNER
    assert case.drawn == frozenset()


def test_she_stands_down_when_the_member_comes_back_and_her_signature_with_her() -> (
    None
):
    case = done(opened(directory=SEATED), verbs.Recuse(), "gaz-com-w1")
    case = done(case, verbs.Take(), FIRST)
    case = done(case, verbs.Resolve(), FIRST)
    decision = act(case, verbs.Include(id_of("gaz-com-w1")), "partner-bd")
    assert decision.case.drawn == frozenset()
    assert decision.case.signatures == ()
    assert decision.case.taken_by is None
    assert "alternate.stood_down" in kinds(decision)
    assert act(decision.case, verbs.Acknowledge(), FIRST).refusal is not None


def test_a_closed_case_draws_nobody() -> None:
    case = done(opened(directory=SEATED), verbs.TakeOver(), "partner-bd")
    case = done(case, verbs.Unfounded(note="Nothing."), "partner-bd")
    case = replace(case, route=Route.COMMITTEE)
    decision = act(case, verbs.Exclude(id_of("gaz-com-w1")), "partner-bd")
    assert decision.case.drawn == frozenset()
    assert names_told(decision, "case_new") == set()


def test_who_steps_away_has_nothing_more_to_do_with_it() -> None:
    case = done(opened(directory=SEATED), verbs.Take(), "gaz-com-w1")
    case = done(case, verbs.Recuse(), "gaz-com-w1")
    assert case.taken_by is None
    assert act(case, verbs.Note(note="x"), "gaz-com-w1").refusal == (
        "There is no case 10000007."
    )


names = st.sampled_from(
    [
        "gaz-com-w1",
        "gaz-com-w2",
        "gaz-com-m1",
        "gaz-com-m2",
        *(p.name for p in ALTERNATES),
    ]
)


@given(st.lists(st.tuples(names, st.booleans()), max_size=10))
def test_whoever_is_left_out_or_back_the_sides_stay_as_they_were(
    acts: list[tuple[str, bool]],
) -> None:
    """Each side has as many as it has members, or as many as there are left."""
    case = opened(directory=SEATED)
    for name, is_out in acts:
        verb = verbs.Exclude if is_out else verbs.Include
        made = act(case, verb(id_of(name)), "partner-bd")
        case = made.case
        sitting = body(case, SEATED, AT.date())
        assert not {p.id for p in sitting} & case.excluded
        assert case.drawn == {p.id for p in sitting if p.is_alternate}
        if case.route is not Route.COMMITTEE:
            continue
        for side, members in ((Side.WORKER, 2), (Side.MANAGEMENT, 2)):
            there = [p for p in sitting if p.side is side]
            able = [
                p
                for p in SEATED.seated(Role.COMMITTEE, GAZIPUR, AT.date())
                if p.side is side and p.id not in case.excluded
            ]
            assert len(there) == min(members, len(able))
        for one in sitting:
            assert Hat.HOLDER in hats(one, case, SEATED, AT.date())


# ------------------------------------------------------------ one works for all


def test_one_takes_it_and_another_takes_it_over() -> None:
    case = done(opened(), verbs.Take(), "gaz-com-w1")
    assert case.taken_by == id_of("gaz-com-w1")
    again = act(case, verbs.Take(), "gaz-com-w1")
    assert again.refusal is not None
    decision = act(case, verbs.Take(), "gaz-com-m1")
    assert decision.case.taken_by == id_of("gaz-com-m1")
    assert decision.events[0].facts["was"] == str(id_of("gaz-com-w1"))
    assert decision.owed == ()


def test_who_takes_it_decides_no_more_than_before() -> None:
    case = done(opened(), verbs.Take(), "gaz-com-w1")
    assert act(case, verbs.Acknowledge(), "gaz-com-m1").refusal is None


def test_another_body_begins_without_anybody() -> None:
    case = done(opened(), verbs.Take(), "gaz-com-w1")
    assert done(case, verbs.TakeOver(), "partner-bd").taken_by is None


def test_a_committee_hands_a_case_to_the_partner_and_says_why() -> None:
    bare = act(opened(), verbs.HandToPartner(), "gaz-com-w1")
    assert bare.refusal == "Give the reason: --note TEXT."
    decision = act(opened(), verbs.HandToPartner(note="Two of us."), "gaz-com-w1")
    assert decision.case.route is Route.PARTNER
    assert decision.case.is_withheld
    assert names_told(decision, "case_handed") == {"partner-bd", "partner-bd-2"}
    (handed,) = {o.params["reason"] for o in decision.owed if "reason" in o.params}
    assert handed == "committee"


@pytest.mark.parametrize("name", ["gaz-head", "auditor", "norda-buyer", "tir-com-w1"])
def test_who_does_not_hold_it_neither_takes_nor_gives_it(name: str) -> None:
    for command in (verbs.Take(), verbs.Recuse(), verbs.HandToPartner(note="x")):
        decision = decide(opened(), command, by(name), PROGRAMME, AT)
        assert decision.refusal == "There is no case 10000007."


def test_a_partner_has_nobody_to_hand_it_to() -> None:
    case = opened(category=Category.OTHR)
    assert act(case, verbs.HandToPartner(note="x"), "partner-bd").refusal is not None


def test_a_question_stops_no_clock_and_tells_her_that_there_is_news() -> None:
    case = replace(opened(channel="web"), may_text=True)
    assert act(case, verbs.Ask(), "gaz-com-w1").refusal is not None
    decision = act(case, verbs.Ask(note="Which month?"), "gaz-com-w1")
    assert kinds(decision) == ["worker.asked"]
    assert [o.template for o in decision.owed] == ["worker_news"]
    assert decision.case.deadlines == case.deadlines
    assert decision.case.pauses == ()
