"""Whatever people do and however time passes: what must never happen."""

from hypothesis import given, strategies as st

from app.domain.case import CaseFile, Decision
from app.domain.clocks import AFTER
from app.domain.commands import Actor, Command, SaySolved, StaffVerb, name_of
from app.domain.decide import decide
from app.domain.strike import strike
from app.domain.taxonomy import REMEDIATED, Category, Clock, Conflict, Route, State
from tests.builders import HOURS, PROGRAMME, TUESDAY, WORKER, by, opened
from tests.domain.test_transitions import COMMANDS, reached

# People who mostly may; who may not is what test_transitions.py is about.
ACTORS = [
    WORKER,
    *map(by, ("gaz-com-w1", "gaz-com-m1", "gaz-safe-w1", "gaz-safe-m1")),
    *map(by, ("partner-bd", "partner-bd-2", "admin", "gaz-head", "norda-buyer")),
]
# One notice for any number of texts in an hour, or withdrawals in a day.
GATHERED = {"worker_wrote", "withdraw_check"}
# A child's case is never closed by time: it goes back to its reviews.
TIME_ALONE = {State.CLOSED_DECLARED, State.CLOSED_WITHDRAWN, State.IN_REMEDIATION}

acts = st.tuples(
    st.sampled_from(COMMANDS), st.sampled_from(ACTORS), st.integers(0, 24 * 9)
)


@given(
    st.sampled_from([Category.WAGE, Category.CHLD, Category.OSHS, Category.DISC]),
    st.sampled_from([None, Conflict.NO, Conflict.YES]),
    st.lists(acts, max_size=25),
)
def test_no_story_leaves_the_table_or_says_a_thing_twice(
    category: Category,
    conflict: Conflict | None,
    story: list[tuple[Command, Actor, int]],
) -> None:
    case = opened(category=category, conflict=conflict)
    at = TUESDAY
    owed: list[str] = []
    rungs: list[tuple[str, int, str, str, int]] = []
    for command, actor, hours in story:
        at += hours * HOURS
        passed = strike(case, PROGRAMME, False, at)
        check_time(case, passed)
        acted = decide(passed.case, command, actor, PROGRAMME, at)
        check_act(passed.case, acted, command, actor)
        for decision in (passed, acted):
            owed += [o.key for o in decision.owed if o.template not in GATHERED]
            rungs += [
                (e.clock, e.round, e.rung, e.reason, e.step)
                for e in decision.escalations
            ]
        case = acted.case
    assert len(owed) == len(set(owed))
    assert len(rungs) == len(set(rungs))


def check_time(before: CaseFile, decision: Decision) -> None:
    if decision.case.state != before.state:
        assert decision.case.state in TIME_ALONE
    if before.state.is_closed:
        assert decision.escalations == ()
        assert decision.owed == ()
    check_case(decision.case)


def check_act(
    before: CaseFile, decision: Decision, command: Command, actor: Actor
) -> None:
    case = decision.case
    if decision.refusal is not None:
        assert case == before
        assert [event.kind for event in decision.events] == ["act.refused"]
        assert not decision.owed
        return
    if case.state != before.state:
        assert case.state in reached(before.state, name_of(command))
    if case.state == State.CLOSED_CONFIRMED != before.state:
        assert isinstance(command, SaySolved)
    if isinstance(command, StaffVerb):
        assert actor.person is not None
        # These only answer what they were told of.
        if name_of(command) != "answer":
            assert actor.person.role not in ("brand", "auditor", "factory_head")
        assert actor.person.role != "auditor"
        assert actor.person.id not in before.excluded
    excluded = {str(person) for person in case.excluded}
    assert not excluded & {owed.recipient.key for owed in decision.owed}
    check_case(case)


def check_case(case: CaseFile) -> None:
    assert case.state.is_closed == (case.closed_at is not None)
    if case.state.is_closed:
        promised = (clock for clock in case.deadlines if clock.name not in AFTER)
        assert all(clock.next_at is None for clock in (*promised, *case.rungs))
    else:
        after = (clock for clock in case.deadlines if clock.name in AFTER)
        assert not any(clock.is_running for clock in after)
    if case.is_raised and case.category != Category.OSHS:
        assert case.route != Route.COMMITTEE
    if case.state == State.IN_REMEDIATION:
        assert case.deadline(Clock.REVIEW) is not None
        assert case.category in REMEDIATED
