"""Several complaints of one matter: what goes together, and what stays her own."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from app.domain import commands as verbs
from app.domain.case import CaseFile, Decision
from app.domain.commands import Command
from app.domain.decide import decide
from app.domain.joining import follow
from app.domain.replay import Happened, replay
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, Severity, State
from tests.builders import (
    DAYS,
    HOURS,
    PROGRAMME,
    TIRUPPUR,
    TUESDAY,
    WORKER,
    act,
    after,
    by,
    id_of,
    kinds,
    opened,
    programme,
    templates,
    told,
)

LATER = TUESDAY + 2 * HOURS


def main_case(**changes: Any) -> CaseFile:
    return opened(**{"id": id_of("main"), "number": "20000004", **changes})


def joining(
    part: CaseFile, main: CaseFile | None, name: str = "partner-bd", *, parts: int = 0
) -> Decision:
    into = main.number if main else "99999999"
    return decide(
        part, verbs.Join(into), by(name), PROGRAMME, LATER, beside=main, parts=parts
    )


def joined(**changes: Any) -> CaseFile:
    part = opened(**changes)
    decision = joining(part, main_case(**changes))
    assert decision.refusal is None, decision.refusal
    return decision.case


def why(decision: Decision) -> str:
    assert decision.refusal is not None
    why: str = decision.events[0].facts["why"]
    return why


def test_a_part_stays_as_it_is_and_its_promises_are_the_main_cases() -> None:
    part = opened()
    decision = joining(part, main_case())
    after = decision.case
    assert (after.joined_to, after.state) == (id_of("main"), State.RECEIVED)
    assert not any(clock.is_running for clock in after.deadlines)
    assert after.promise_due_at is None
    fact = next(e for e in decision.events if e.kind == "case.joined").facts
    assert fact["main"] == "20000004"
    assert set(fact["stopped"]) == {"acknowledge", "first_action", "resolve"}
    assert after.statutory == part.statutory
    assert decision.owed == ()


def test_what_was_missed_before_keeps_its_mark() -> None:
    part = opened()
    late = TUESDAY + 30 * DAYS
    decision = decide(
        part, verbs.Join("20000004"), by("partner-bd"), PROGRAMME, late,
        beside=main_case(),
    )  # fmt: skip
    assert decision.events[-1].facts["stopped"] == {}
    again = strike(decision.case, PROGRAMME, False, late)
    assert kinds(again).count("clock.missed") == 3
    assert {e.reason for e in again.escalations} == {"missed"}


def swept(
    case: CaseFile, since: datetime, until: datetime, every: int
) -> tuple[CaseFile, list[tuple[str, int, str, int]]]:
    """Sweep every so many hours; return what was climbed, and the case at the end."""
    climbed: list[tuple[str, int, str, int]] = []
    at = since
    while at <= until:
        decision = strike(case, PROGRAMME, False, at)
        case = decision.case
        climbed += [(e.clock, e.round, e.rung, e.step) for e in decision.escalations]
        at += every * HOURS
    return case, climbed


@settings(deadline=None, max_examples=40)
@given(
    joined_after=st.integers(2, 30 * 24),
    for_hours=st.integers(0, 20 * 24),
    every=st.sampled_from([1, 6, 31]),
    conflict=st.sampled_from([Conflict.NO, Conflict.UNKNOWN]),
)
def test_a_ladder_that_began_is_neither_lost_nor_doubled_by_joining(
    joined_after: int, for_hours: int, every: int, conflict: Conflict
) -> None:
    """Whenever it is joined, for however long, however seldom the sweep comes."""
    end = TUESDAY + 90 * DAYS
    at = TUESDAY + joined_after * HOURS
    out = at + for_hours * HOURS
    alone = opened(conflict=conflict)
    fallen = {(c.name, c.round) for c in alone.deadlines if c.due_at <= at}
    _, wanted = swept(alone, TUESDAY, end, every)
    part, climbed = swept(alone, TUESDAY, at, every)
    main = replace(main_case(conflict=conflict), opened_at=at)
    made = decide(
        part, verbs.Join("20000004"), by("partner-bd"), PROGRAMME, at, beside=main
    )
    assert made.refusal is None, made.refusal
    part, while_joined = swept(made.case, at, out, every)
    made = decide(part, verbs.Unjoin(), by("partner-bd"), PROGRAMME, out)
    assert made.refusal is None, made.refusal
    _, later = swept(made.case, out, end, every)
    got = [*climbed, *while_joined, *later]
    assert len(got) == len(set(got))
    begun = [each for each in wanted if each[:2] in fallen]
    assert sorted(e for e in got if e[1] == 0) == sorted(begun)


def test_a_case_whose_alert_waits_for_an_answer_is_no_part() -> None:
    grave = replace(opened(), severity=Severity.S1)
    assert why(joining(grave, replace(main_case(), severity=Severity.S1))) == "alerted"
    assert joining(opened(), replace(main_case(), severity=Severity.S1)).refusal is None


LESS_GUARDED = [
    pytest.param({"severity": Severity.S4}, id="less-grave"),
    pytest.param({"site": TIRUPPUR, "country": "IN"}, id="another-place"),
    pytest.param({"category": Category.CRIS}, id="a-life-in-danger"),
    pytest.param({"joined_to": id_of("third")}, id="itself-a-part"),
]


@pytest.mark.parametrize("changes", LESS_GUARDED)
def test_a_part_leaves_a_main_case_that_it_could_not_be_joined_to_now(
    changes: dict[str, Any],
) -> None:
    main = replace(main_case(), **changes)
    decision = follow(joined(), main_case(), main, PROGRAMME, LATER)
    assert decision is not None
    assert decision.case.joined_to is None
    assert decision.case.promise_due_at is not None
    facts = next(e for e in decision.events if e.kind == "case.unjoined").facts
    assert facts["why"] == "changed"


def test_a_part_kept_from_the_committee_does_not_follow_its_main_case_there() -> None:
    main = main_case(conflict=Conflict.UNKNOWN)
    part = joining(opened(conflict=Conflict.YES), main).case
    assert part.joined_to == main.id
    given_on = act(main, verbs.Release(), "partner-bd", at=LATER).case
    assert given_on.route.is_factory_side
    decision = follow(part, main, given_on, PROGRAMME, LATER)
    assert decision is not None
    assert decision.case.joined_to is None
    assert not decision.case.route.is_factory_side
    assert not {name for name in told(decision) if name.startswith("gaz-")}


REFUSED = [
    pytest.param({}, {"site": None}, "site", id="a-place-into-none"),
    pytest.param({}, {"state": State.RESOLVED}, "over", id="into-one-declared-solved"),
    pytest.param({}, {"state": State.CLOSED_UNFOUNDED}, "over", id="into-a-closed-one"),
    pytest.param({}, {"joined_to": id_of("x")}, "chain", id="into-a-part"),
    pytest.param({"joined_to": id_of("x")}, {}, "joined", id="twice"),
    pytest.param({"category": Category.GBVH}, {}, "guard", id="protected-into-open"),
    pytest.param(
        {"severity": Severity.S1}, {}, "severity", id="grave-into-less-grave"
    ),
    pytest.param({"category": Category.CRIS}, {}, "crisis", id="a-life-in-danger"),
    pytest.param({"excluded": frozenset({id_of("gaz-com-m1")})}, {}, "excluded",
                 id="one-recused-here-works-there"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "main", "reason"), REFUSED)
def test_what_would_open_chain_or_mix_is_refused(
    part: dict[str, Any], main: dict[str, Any], reason: str
) -> None:
    before = replace(opened(), **part)
    decision = joining(before, replace(main_case(), **main))
    assert why(decision) == reason
    assert decision.case == before


def test_a_case_that_others_are_joined_to_is_no_part() -> None:
    assert why(joining(opened(), main_case(), parts=2)) == "chain"


def test_a_case_of_another_partner_reads_as_none() -> None:
    theirs = main_case(site=TIRUPPUR, country="IN")
    decision = joining(opened(), theirs)
    assert decision.refusal == "There is no case 20000004."
    assert joining(opened(), None).refusal == "There is no case 99999999."


def test_a_case_kept_from_the_committee_goes_into_none_of_the_committees() -> None:
    kept = opened(conflict=Conflict.YES)
    assert not kept.route.is_factory_side
    assert why(joining(kept, main_case())) == "guard"
    assert joining(kept, main_case(conflict=Conflict.YES)).refusal is None


@pytest.mark.parametrize(
    "command",
    [
        verbs.Acknowledge(),
        verbs.Resolve(),
        verbs.Unfounded(note="No."),
        verbs.Pause(id_of("admin"), note="Waiting."),
    ],
    ids=["acknowledge", "resolve", "unfounded", "pause"],
)
def test_what_a_part_comes_to_is_decided_on_the_main_case(command: Command) -> None:
    name = "gaz-com-m1" if isinstance(command, verbs.Acknowledge | verbs.Resolve) \
        else "partner-bd"  # fmt: skip
    decision = act(joined(), command, name)
    assert why(decision) == "joined"


def test_taken_out_again_it_is_promised_anew_and_its_body_told() -> None:
    decision = act(joined(), verbs.Unjoin(note="Another line."), "partner-bd", at=LATER)
    case = decision.case
    assert case.joined_to is None
    running = {clock.name for clock in case.deadlines if clock.is_running}
    assert running == {Clock.FIRST_ACTION, Clock.RESOLVE}
    assert case.promise_due_at is not None
    assert "gaz-com-w1" in told(decision, "case_new")


def test_words_of_danger_take_a_part_out_at_once() -> None:
    case = act(joined(), verbs.RaiseDanger(), None, at=LATER).case
    assert case.joined_to is None
    assert case.severity is Severity.S1
    assert any(clock.is_running for clock in case.deadlines)


def test_a_part_of_another_kind_goes_its_own_way() -> None:
    command = verbs.SetCategory(Category.GBVH, note="He touched her.")
    case = act(joined(), command, "partner-bd", at=LATER).case
    assert case.joined_to is None
    assert case.promise_due_at is not None


def test_a_message_a_note_and_an_attempt_leave_it_where_it_is() -> None:
    case = after(
        joined(),
        (verbs.Tell(note="It is being looked into."), by("gaz-com-w1")),
        (verbs.Note(note="The same."), by("gaz-com-w1")),
        (verbs.Attempt(), by("partner-bd")),
        (verbs.Say(), WORKER),
    )
    assert case.joined_to == id_of("main")


def following(part: CaseFile, was: State, now: State, **changes: Any) -> Decision:
    main = replace(main_case(), state=now, **changes)
    decision = follow(part, replace(main, state=was), main, PROGRAMME, LATER)
    assert decision is not None
    return decision


def test_declared_solved_with_the_main_case_each_is_asked_for_herself() -> None:
    part = replace(joined(), may_text=True)
    decision = following(part, State.IN_REVIEW, State.RESOLVED)
    case = decision.case
    assert case.state is State.RESOLVED
    asked = case.deadline(Clock.CONFIRMATION)
    assert asked is not None
    assert asked.is_running
    assert templates(decision) == {"worker_news"}
    assert case.joined_to == id_of("main")


def test_a_worker_who_says_no_has_her_case_run_by_itself() -> None:
    part = following(joined(), State.IN_REVIEW, State.RESOLVED).case
    decision = act(part, verbs.SaySolved(False), None, at=LATER + DAYS)
    assert decision.case.state is State.REOPENED
    assert decision.case.joined_to is None
    assert decision.case.promise_due_at is not None
    assert "gaz-com-w1" in told(decision, "case_handed")


@pytest.mark.parametrize("end", [State.CLOSED_UNFOUNDED, State.CLOSED_REFERRED])
def test_an_end_that_concerns_the_matter_is_every_parts(end: State) -> None:
    case = following(joined(), State.IN_REVIEW, end).case
    assert case.state is end
    assert case.closed_at == LATER


@pytest.mark.parametrize("end", [State.CLOSED_WITHDRAWN, State.CLOSED_NO_CONTACT])
def test_an_end_of_one_worker_is_nobody_elses(end: State) -> None:
    case = following(joined(), State.IN_REVIEW, end).case
    assert case.joined_to is None
    assert case.state is State.RECEIVED
    assert case.promise_due_at is not None


def test_a_main_case_that_runs_again_takes_its_parts_along() -> None:
    part = following(joined(), State.IN_REVIEW, State.RESOLVED).case
    case = following(part, State.RESOLVED, State.REOPENED).case
    assert (case.state, case.joined_to) == (State.REOPENED, id_of("main"))
    assert not any(clock.is_running for clock in case.deadlines)


def test_a_part_whose_worker_said_yes_stays_closed() -> None:
    part = following(joined(), State.IN_REVIEW, State.RESOLVED).case
    part = act(part, verbs.SaySolved(True), None, at=LATER + HOURS).case
    assert part.state is State.CLOSED_CONFIRMED
    main = replace(main_case(), state=State.REOPENED)
    before = replace(main, state=State.RESOLVED)
    assert follow(part, before, main, PROGRAMME, LATER + DAYS) is None


@pytest.mark.parametrize("now", [State.ACKNOWLEDGED, State.IN_REVIEW])
def test_steps_on_the_way_move_no_part(now: State) -> None:
    main = replace(main_case(), state=now)
    assert follow(joined(), main_case(), main, PROGRAMME, LATER) is None


def test_time_does_nothing_to_a_part() -> None:
    decision = strike(joined(), PROGRAMME, False, LATER + timedelta(days=60))
    assert decision.escalations == ()
    assert decision.owed == ()


def test_the_ledgers_clocks_agree_after_joining_and_leaving() -> None:
    """A replay of what was set finds nothing to differ."""
    part = act(joined(), verbs.Unjoin(), "partner-bd", at=LATER).case
    facts = [
        {
            "clock": c.name, "round": c.round, "opened_at": c.opened_at.isoformat(),
            "promise": c.promise, "calendar": c.calendar, "paused": c.paused,
            "due_at": c.due_at.isoformat(),
        }
        for c in part.deadlines
    ]  # fmt: skip
    told = replay(
        [Happened(LATER, "case.unjoined", {"set": facts})], PROGRAMME.calendar_named
    )
    assert told.differences == ()


def test_a_part_whose_committee_falls_apart_goes_where_its_main_case_goes() -> None:
    gone = programme(without=["gaz-com-w1", "gaz-com-w2"])
    decision = act(joined(), verbs.Attempt(), "partner-bd", directory=gone)
    assert decision.refusal is None
    assert not decision.case.route.is_factory_side
    assert decision.case.joined_to == id_of("main")


MEMBER = id_of("gaz-com-m1")


def test_whoever_is_recused_from_the_main_case_is_recused_from_its_part() -> None:
    signed = joining(opened(), replace(main_case(), excluded=frozenset({MEMBER})))
    assert MEMBER in signed.case.excluded
    main = replace(main_case(), excluded=frozenset({MEMBER}))
    decision = follow(joined(), main_case(), main, PROGRAMME, LATER)
    assert decision is not None
    assert (decision.case.excluded, decision.case.joined_to) == (
        frozenset({MEMBER}),
        main.id,
    )
    assert kinds(decision) == ["member.excluded"]


def test_whoever_is_let_in_again_there_stays_out_of_a_part_that_leaves() -> None:
    before = replace(main_case(), excluded=frozenset({MEMBER}))
    part = joining(opened(), before).case
    decision = follow(part, before, main_case(), PROGRAMME, LATER)
    assert decision is not None
    assert MEMBER in decision.case.excluded
    assert decision.case.joined_to is None


@pytest.mark.parametrize(
    "main",
    [
        replace(main_case(), excluded=frozenset({MEMBER})),
        main_case(conflict=Conflict.YES),
    ],
    ids=["recused", "taken-from-the-committee"],
)
def test_a_part_of_what_a_member_may_not_see_reads_as_none(main: CaseFile) -> None:
    part = joined()
    decision = decide(
        part, verbs.Acknowledge(), by("gaz-com-m1"), PROGRAMME, LATER, beside=main
    )
    assert decision.refusal == f"There is no case {part.number}."
