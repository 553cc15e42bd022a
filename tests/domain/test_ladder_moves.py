"""Ladders whose case moves while somebody is waited for, or ends and opens again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.actions.sweep_deadlines import _misses_in
from app.data import load_default
from app.domain import commands as verbs
from app.domain.case import RUNG, CaseFile, Deadline
from app.domain.directory import Directory
from app.domain.ladder import GROUPS, Trigger
from app.domain.occasions import Occasion
from app.domain.opening import open_case
from app.domain.policy import Policy, parse_policy
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, Route, State
from tests.builders import (
    BRANDS_TOLD,
    COMMITTEE,
    DAYS,
    GAZIPUR,
    HEAD,
    HOURS,
    PARTNERS,
    PROGRAMME,
    SECRETARIAT,
    TUESDAY,
    WORKER,
    act,
    after,
    by,
    kinds,
    named,
    opened,
    programme,
    seed,
    told,
)
from tests.domain.climbing import ALONE, heard, miss, silence, timers

NOTHING = "There is no case 10000007."
NO = verbs.SaySolved(False)


def ladder(
    rungs: str,
    *,
    route: str = "committee",
    trigger: str = "missed",
    clock: str = "resolve",
) -> Policy:
    text = f'version = "2026-01-01"\n[[ladder]]\nroute = "{route}"\n'
    text += f'trigger = "{trigger}"\nrungs = [{rungs}]\n'
    text += f'clock = "{clock}"\n' if trigger == "missed" else ""
    return parse_policy(text, base=load_default())


def running(case: CaseFile) -> Deadline:
    (timer,) = [t for t in case.rungs if t.is_running]
    return timer


def taken_over(case: CaseFile, directory: Directory) -> CaseFile:
    at = running(case).opened_at + HOURS
    verb = verbs.TakeOver()
    taken = after(case, (verb, by("partner-bd")), directory=directory, at=at)
    assert taken.route == Route.PARTNER
    return taken


# Names of timers.


@pytest.mark.parametrize("group", ["", *GROUPS])
@pytest.mark.parametrize("clock", ["resolve", "alert", "law:in-gbvh"])
def test_a_timer_is_read_as_it_is_named(group: str, clock: str) -> None:
    occasion = Occasion(Trigger.MISSED, clock, 3, group)
    timer = replace(running(miss(opened(), Clock.RESOLVE).case), name=occasion.timer)
    assert Occasion.of(timer) == occasion
    assert timer.name == f"rung:missed:{clock}:3" + f":{group}" * bool(group)


def test_a_timer_from_before_groups_climbs_todays_ladder() -> None:
    case = miss(opened(), Clock.RESOLVE).case
    timer = running(case)
    old = replace(timer, name=f"{RUNG}missed:resolve:0")
    case = replace(case, rungs=(old,))
    answered = act(case, verbs.Answer(), "norda-buyer", at=timer.opened_at + HOURS)
    assert kinds(answered) == ["rung.answered"]
    again, last = silence(case)
    assert heard(again) == {"brand_reminder": BRANDS_TOLD}
    assert heard(last) == {"silent": SECRETARIAT}


# A ladder is climbed to its end.


def test_a_ladder_goes_on_after_a_take_over() -> None:
    """The partner's has no such rung: the brands must not be forgotten for that."""
    case = miss(opened(), Clock.FIRST_ACTION, again=True).case
    taken = taken_over(case, PROGRAMME)
    at = running(taken).opened_at + 2 * HOURS
    answered = act(taken, verbs.Answer(), "norda-buyer", at=at)
    assert kinds(answered) == ["rung.answered"]
    again, last = silence(taken)
    assert heard(again) == {"brand_reminder": BRANDS_TOLD}
    assert heard(last) == {"silent": SECRETARIAT}


def test_a_factorys_rungs_are_left_out_after_a_take_over() -> None:
    rungs = '{ tell = ["factory_head"], answer = "48h" },'
    rungs += '{ tell = ["committee", "factory_head"], answer = "48h" },'
    rungs += '{ tell = ["brand"], answer = "48h" }, { tell = ["secretariat"] }'
    directory = programme(policy=ladder(rungs))
    case = miss(opened(directory=directory), Clock.RESOLVE, directory).case
    assert heard(silence(case, directory)[0]) == {"missed": COMMITTEE | HEAD}
    taken = taken_over(case, directory)
    first, last = silence(taken, directory)
    assert heard(first) == {"brand_missed": BRANDS_TOLD}
    assert heard(last) == {"silent": SECRETARIAT}


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        pytest.param(
            '{ tell = ["brand"], answer = "48h" }, { tell = ["factory_head"] }',
            {"silent": SECRETARIAT},
            id="nobody-is-left-above",
        ),
        pytest.param(
            '{ tell = ["brand"], answer = "48h" }', {}, id="it-was-the-last-rung"
        ),
    ],
)
def test_above_a_silent_rung_somebody_is_told(
    rungs: str, expected: dict[str, set[str]]
) -> None:
    directory = programme(policy=ladder(rungs))
    case = miss(opened(directory=directory), Clock.RESOLVE, directory).case
    (missed,) = silence(taken_over(case, directory), directory)
    assert kinds(missed) == ["rung.missed"] + ["case.escalated"] * bool(expected)
    assert heard(missed) == expected
    assert timers(missed.case) == []


def test_a_rung_beyond_the_end_of_a_shorter_ladder_tells_the_secretariat() -> None:
    case = silence(miss(opened(), Clock.RESOLVE).case)[0].case
    assert running(case).round == 1
    short = programme(policy=ladder('{ tell = ["brand"], answer = "48h" }'))
    at = running(case).opened_at + HOURS
    late = act(case, verbs.Answer(), "norda-buyer", directory=short, at=at)
    assert [answered.step for answered in late.answered] == [0]
    assert running(late.case) == running(case)  # that one nobody can answer
    (missed,) = silence(case, short)
    assert told(missed) == SECRETARIAT
    (row,) = missed.escalations
    assert (row.rung, row.step) == ("secretariat", 2)


# Whoever has heard of it is waited for all the same.


def test_a_rung_that_knows_already_is_waited_for() -> None:
    rungs = '{ tell = ["partner"], answer = "48h" }, { tell = ["secretariat"] }'
    policy = ladder(rungs, route="partner", trigger="contested")
    directory = programme(policy=policy)
    case = opened(directory=directory, conflict=Conflict.YES)
    case = replace(case, state=State.CLOSED_WITHDRAWN, closed_at=TUESDAY)
    decision = act(case, NO, None, directory=directory, at=TUESDAY + DAYS)
    assert heard(decision) == {}  # it has the case back, and is told so
    assert told(decision, "case_handed") == PARTNERS
    assert [named(e.recipients) for e in decision.escalations] == [PARTNERS]
    (silent,) = silence(decision.case, directory)
    assert heard(silent) == {"silent": SECRETARIAT}


def test_a_second_miss_is_waited_for_where_the_first_told_the_brands() -> None:
    rungs = '{ tell = ["brand"] }'
    directory = programme(policy=ladder(rungs, clock="first_action"))
    case = opened(directory=directory)
    decision = miss(case, Clock.FIRST_ACTION, directory, again=True)
    assert heard(decision) == {"brand_missed": BRANDS_TOLD}
    assert [e.reason for e in decision.escalations] == ["missed", "second_miss"]
    again, last = silence(decision.case, directory)
    assert heard(again) == {"brand_reminder": BRANDS_TOLD}
    assert heard(last) == {"silent": SECRETARIAT}


# What counts as a missed first action.

HEAD_THEN_PARTNER = ladder(
    '{ tell = ["factory_head"], answer = "2wd" },'
    '{ tell = ["partner"], answer = "2wd" }, { tell = ["secretariat"] }',
    clock="first_action",
)


@pytest.mark.parametrize("without", [[], ["gaz-head"]])
def test_a_miss_counts_once_whoever_stands_in(without: list[str]) -> None:
    directory = programme(policy=HEAD_THEN_PARTNER, without=without)
    decision = miss(opened(directory=directory), Clock.FIRST_ACTION, directory)
    assert [e.step for e in decision.escalations] == [len(without)]
    assert len(_misses_in(decision)) == 1
    assert len(decision.escalations) == 1
    for later in silence(decision.case, directory):
        assert later.escalations
        assert _misses_in(later) == []


# Answers.


def test_a_brand_answers_nothing_that_was_veiled_meanwhile() -> None:
    """It knows the number; what became of the case is not its to find out."""
    case = miss(opened(), Clock.RESOLVE).case
    at = running(case).opened_at + HOURS
    command = verbs.SetCategory(Category.GBVH, note="It is about that.")
    case = act(case, command, "partner-bd", at=at).case
    assert case.route == Route.PARTNER
    waits = timers(case)
    assert [name for name, *_ in waits] == [
        "missed:resolve:0:committee",
        "s1:alert:0:partner",
    ]
    refused = act(case, verbs.Answer(), "norda-buyer", at=at + HOURS)
    assert refused.refusal == NOTHING
    for number in (1, 0):
        relayed = verbs.Answer(note="They wrote that they act.")
        case = act(case, relayed, "partner-bd", at=at + HOURS).case
        assert len(timers(case)) == number


def test_what_is_worded_as_veiled_is_answered_through_the_partner() -> None:
    rungs = '{ tell = ["brand"], answer = "48h", wording = "veiled" }'
    directory = programme(policy=ladder(rungs))
    case = miss(opened(directory=directory), Clock.RESOLVE, directory).case
    at = running(case).opened_at + HOURS
    refused = act(case, verbs.Answer(), "norda-buyer", directory=directory, at=at)
    assert refused.refusal == NOTHING
    relayed = verbs.Answer(note="They wrote that they act.")
    assert act(case, relayed, "partner-bd", directory=directory, at=at).answered


def test_a_rung_is_answered_as_soon_as_one_of_its_people_is_told() -> None:
    """A webhook is told at night; the clock of the others opens at seven."""
    (clock,) = [c for c in opened().deadlines if c.name == Clock.RESOLVE]
    night = clock.due_at.replace(hour=16)  # 22:00 in Dhaka
    case = replace(opened(), deadlines=(clock,))
    decision = strike(case, PROGRAMME, False, night)
    at = night + HOURS
    assert running(decision.case).opened_at > at
    answered = act(decision.case, verbs.Answer(), "norda-buyer", at=at)
    assert kinds(answered) == ["rung.answered"]
    deaf = {slug: replace(b, webhook_url="") for slug, b in PROGRAMME.brands.items()}
    directory = replace(PROGRAMME, brands=deaf)
    case = strike(case, directory, False, night).case
    early = act(case, verbs.Answer(), "norda-buyer", directory=directory, at=at)
    assert early.refusal == NOTHING


def test_a_brand_answers_late_and_nothing_climbs_back() -> None:
    case = miss(opened(), Clock.RESOLVE).case
    for decision in silence(case):
        case = decision.case
    assert timers(case) == []
    at = TUESDAY + 60 * DAYS
    late = act(case, verbs.Answer(note="We go there."), "norda-buyer", at=at)
    assert kinds(late) == ["rung.answered"]
    assert late.events[0].facts["late"] is True
    assert [answered.step for answered in late.answered] == [0, 1]
    assert not late.owed
    assert not late.escalations
    assert timers(late.case) == []
    assert all(timer.state == "missed" for timer in late.case.rungs)
    again = act(late.case, verbs.Answer(), "norda-buyer", at=at + HOURS)
    assert again.refusal == NOTHING
    for who in ("gaz-head", "partner-bd"):
        assert act(case, verbs.Answer(note="Late."), who, at=at).refusal
    solved = replace(case, state=State.RESOLVED)
    assert act(solved, verbs.Answer(), "norda-buyer", at=at).refusal == NOTHING


# Danger, and what was over.

REOPENED = [
    pytest.param(NO, None, id="by-the-worker"),
    pytest.param(verbs.Reopen(note="There is danger."), "partner-bd", id="by-partner"),
]


@pytest.mark.parametrize(("command", "name"), REOPENED)
def test_danger_on_a_closed_case_alerts_once_it_is_opened_again(
    command: verbs.Command, name: str | None
) -> None:
    case = replace(opened(), state=State.CLOSED_WITHDRAWN, closed_at=TUESDAY)
    case = replace(case, deadlines=tuple(replace(c, next_at=None) for c in case.clocks))
    danger = act(case, verbs.RaiseDanger(), None, at=TUESDAY + DAYS)
    assert told(danger, "brand_alert") == set()
    decision = act(danger.case, command, name, at=TUESDAY + 2 * DAYS)
    assert told(decision, "brand_alert") == BRANDS_TOLD
    assert len(timers(decision.case)) == 1
    closed = replace(
        decision.case, state=State.CLOSED_WITHDRAWN, closed_at=TUESDAY + 3 * DAYS
    )
    once_more = act(closed, command, name, at=TUESDAY + 4 * DAYS)
    assert told(once_more, "brand_alert") == set()


def ended(how: str, case: CaseFile) -> CaseFile:
    """Return the case as it ends within an hour, or three days later: see `how`."""
    at = TUESDAY + HOURS
    solved, unfounded = verbs.Resolve(note="Done."), verbs.Unfounded(note="Nothing.")
    if how == "solved":
        return after(case, (solved, by("partner-bd")), at=at)
    if how == "closed":
        return after(case, (unfounded, by("partner-bd")), at=at)
    # Grave again only once it has been withdrawn; a sweep finds that late.
    lower = verbs.SetCategory(Category.WAGE, note="Only that.")
    case = after(case, (lower, by("partner-bd")), at=at)
    case = after(case, (verbs.AllowTexts(True), WORKER), at=at)
    case = after(case, (verbs.AskWithdraw(), WORKER), at=at)
    case = strike(case, PROGRAMME, False, at + 77 * HOURS).case
    assert case.state == State.CLOSED_WITHDRAWN
    return after(case, (verbs.RaiseDanger(), WORKER), at=at + 78 * HOURS)


@pytest.mark.parametrize("how", ["solved", "closed", "withdrawn"])
@pytest.mark.parametrize(("command", "name"), REOPENED)
def test_brands_that_had_not_answered_are_waited_for_again(
    how: str, command: verbs.Command, name: str | None
) -> None:
    case = opened(category=Category.FORC)
    assert [t[0] for t in timers(case)] == ["s1:alert:0:partner"]
    over = ended(how, case)
    assert timers(over) == []
    if how == "solved" and name is not None:
        over = strike(over, PROGRAMME, False, TUESDAY + 30 * DAYS).case
    at = max(c.met_at for c in over.clocks if c.met_at) + 6 * HOURS
    decision = act(over, command, name, at=at)
    assert decision.refusal is None
    timer = running(decision.case)
    assert (timer.opened_at, timer.next_at) == (at, timer.due_at)
    assert timer.due_at > at
    assert told(decision, "brand_alert") == set()
    *_, last = silence(decision.case)
    assert heard(last) == {"silent": SECRETARIAT}


def test_a_brand_that_had_answered_is_not_waited_for_again() -> None:
    case = opened(category=Category.FORC)
    answer = (verbs.Answer(), by("norda-buyer"))
    case = after(case, answer, at=TUESDAY + timedelta(minutes=5))
    over = ended("solved", case)
    decision = act(over, NO, None, at=TUESDAY + DAYS)
    assert [t for t in decision.case.rungs if t.is_running] == []


# Told once.

NOBODY_ELSE = programme(without=[*PARTNERS], sourcing=())


@pytest.mark.parametrize("site", [GAZIPUR, None])
def test_the_secretariat_that_has_the_case_is_not_told_of_it_as_well(
    site: str | None,
) -> None:
    given = seed(category=Category.FORC, site=site)
    decision = open_case(given, NOBODY_ELSE, TUESDAY)
    assert decision.case.route == Route.SECRETARIAT
    assert sorted(named([o.recipient]).pop() for o in decision.owed) == sorted(
        SECRETARIAT
    )
    assert [e.rung for e in decision.escalations] == ["secretariat"]
    with_brands = open_case(seed(category=Category.FORC), ALONE, TUESDAY)
    assert told(with_brands, "brand_alert") == BRANDS_TOLD


def test_a_no_to_the_secretariat_comes_back_as_one_message() -> None:
    case = opened(directory=NOBODY_ELSE, conflict=Conflict.YES)
    solved = (verbs.Resolve(note="Paid."), by("admin"))
    case = after(case, solved, directory=NOBODY_ELSE)
    decision = act(case, NO, None, directory=NOBODY_ELSE, at=TUESDAY + DAYS)
    owed = [named([o.recipient]).pop() for o in decision.owed]
    assert sorted(owed) == sorted(SECRETARIAT)
    assert told(decision, "case_handed") == SECRETARIAT
    assert [e.reason for e in decision.escalations] == ["not_solved"]


def test_a_webhook_that_is_told_later_answers_nothing_before() -> None:
    rungs = '{ tell = ["brand"], delay = "5h", answer = "48h" }'
    directory = programme(policy=ladder(rungs))
    case = miss(opened(directory=directory), Clock.RESOLVE, directory).case
    for hours, is_told in ((-1, False), (1, True)):
        at = running(case).opened_at + hours * HOURS
        decision = act(case, verbs.Answer(), "norda-buyer", directory=directory, at=at)
        assert bool(decision.answered) is is_told
