"""Whatever ladders, people and chains there are: it ends, and nobody hears it twice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings, strategies as st

from app.domain import commands as verbs
from app.domain.case import CaseFile, Decision
from app.domain.directory import Directory, Person, Sourcing
from app.domain.durations import Duration, Unit
from app.domain.ladder import (
    COMMITTEE,
    KEYS,
    MOST_RUNGS,
    Ladder,
    Rung,
    Step,
    Trigger,
    Wording,
)
from app.domain.policy import Policy, parse_policy
from app.domain.quiet import parse_quiet
from app.domain.rungs import address_of
from app.domain.strike import strike
from app.domain.taxonomy import PROTECTED, Category, Conflict, Role, State
from tests.builders import (
    BRANDS,
    DINDIGUL,
    GAZIPUR,
    HOURS,
    PEOPLE,
    POLICY,
    SINCE,
    TIRUPPUR,
    TUESDAY,
    act,
    by,
    opened,
    programme,
)

OUTSIDE = tuple(rung for rung in Rung if not rung.is_factory_side)
TO_NO_FACTORY = {
    Trigger.CONTESTED,
    Trigger.CONTESTED_ABOVE,
    Trigger.S1,
    Trigger.CLUSTER,
}
UNITS: tuple[tuple[Unit, int], ...] = (("h", 90), ("m", 90), ("d", 6), ("wd", 6))
CATEGORIES = [Category.WAGE, Category.FORC, Category.DISC, Category.OSHS, Category.CRIS]
MAILBOXES = ["a@example.org", "b@example.org", "c@example.org", ""]


def duration(chance: Random) -> Duration:
    unit, most = chance.choice(UNITS)
    return Duration(chance.randint(1, most), unit)


def steps(chance: Random, rungs: tuple[Rung, ...]) -> tuple[Step, ...]:
    return tuple(
        Step(
            tell=tuple(sorted(told, key=list(Rung).index)),
            answer=duration(chance),
            delay=chance.choice([None, duration(chance)]),
            wording=chance.choice([Wording.NAMED, Wording.GENERAL]),
            is_quiet=chance.random() < 0.8,
        )
        for _ in range(chance.randint(1, 4))
        if (told := chance.sample(rungs, chance.randint(1, len(rungs))))
    )


def any_policy(chance: Random) -> Policy:
    ladders = []
    for key in KEYS:
        inside = key[0] == COMMITTEE and key[1] not in TO_NO_FACTORY
        ladders.append(Ladder(*key, steps(chance, tuple(Rung) if inside else OUTSIDE)))
    quiet = parse_quiet(chance.choice(["", "21:00-07:00", "13:00-14:00"]))
    return replace(POLICY, ladders=tuple(ladders), quiet=quiet)


def any_directory(chance: Random) -> Directory:
    """Return a programme where mailboxes are shared and chains are tangled."""
    people: list[Person] = []
    for person in PEOPLE:
        box = chance.choice([person.email, person.email, *MAILBOXES])
        tag = person.name.encode() if box == "" else None
        people.append(replace(person, email=box, phone_tag=tag))
    chance.shuffle(people)
    sourcing = tuple(
        Sourcing(
            chance.choice(BRANDS).slug,
            chance.choice([GAZIPUR, DINDIGUL]),
            chance.choice(["", TIRUPPUR, GAZIPUR]),
            SINCE,
            None,
            chance.choice([None, chance.random()]),
        )
        for _ in range(chance.randint(0, 6))
    )
    brands = {
        b.slug: replace(b, email=chance.choice([b.email, *MAILBOXES])) for b in BRANDS
    }
    whole = programme(policy=any_policy(chance), sourcing=sourcing)
    return replace(
        whole,
        people=tuple(people[chance.randint(0, 6) :]),
        brands=brands,
    )


def any_climb(number: int) -> tuple[CaseFile, Directory]:
    """Return a case just opened in a programme with ladders of its own."""
    chance = Random(number)
    directory = any_directory(chance)
    case = opened(
        directory=directory,
        site=chance.choice([GAZIPUR, GAZIPUR, DINDIGUL, None]),
        category=chance.choice(CATEGORIES),
        conflict=chance.choice([Conflict.NO, Conflict.NO, Conflict.YES, None]),
    )
    return case, directory


climbs = st.integers(0, 2**32)


def sweep_to_the_end(case: CaseFile, directory: Directory) -> list[Decision]:
    """Strike whenever something is due, until nothing is any more."""
    decisions = []
    while looks := [c.next_at for c in case.clocks if c.next_at is not None]:
        decisions.append(strike(case, directory, True, min(looks), clustered=0))
        case = decisions[-1].case
        # Four promises, an alert and a second miss, each up its whole ladder.
        assert len(decisions) < 6 * MOST_RUNGS + 30
    return decisions


@settings(deadline=None)
@given(climbs)
def test_every_climb_ends_and_nobody_is_told_twice(
    number: int,
) -> None:
    case, directory = any_climb(number)
    decisions = sweep_to_the_end(case, directory)
    owed = [o for decision in decisions for o in decision.owed]
    assert len({o.key for o in owed}) == len(owed)
    rows = [
        (e.clock, e.round, e.rung, e.reason, e.step)
        for decision in decisions
        for e in decision.escalations
    ]
    assert len(set(rows)) == len(rows)
    for decision in decisions:
        # Of one thing at one time, each address hears once.
        heard = Counter(
            (o.key.split(f":{o.recipient.kind}:")[0].split(":", 1)[1], address)
            for o in decision.owed
            if o.template != "reminder"
            and (address := address_of(o.recipient, directory))
        )
        assert not [each for each, times in heard.items() if times > 1]


@settings(deadline=None)
@given(climbs)
def test_nothing_that_is_kept_from_a_factory_climbs_to_one(
    number: int,
) -> None:
    case, directory = any_climb(number)
    inside = {str(p.id) for p in directory.people if p.role.is_factory_side}
    heads = {str(p.id) for p in directory.people if p.role is Role.FACTORY_HEAD}
    for decision in sweep_to_the_end(case, directory):
        told = {o.recipient.key for o in decision.owed}
        if not decision.case.route.is_factory_side:
            assert not told & inside
        if decision.case.conflict is not Conflict.NO:
            assert not told & heads
        for owed in decision.owed:
            if owed.recipient.key in heads and decision.case.category in PROTECTED:
                assert "number" not in owed.params


@settings(deadline=None)
@given(climbs, st.integers(1, 24 * 90))
def test_striking_twice_is_striking_once(number: int, hours: int) -> None:
    case, directory = any_climb(number)
    once = strike(case, directory, True, TUESDAY + hours * HOURS)
    again = strike(once.case, directory, True, TUESDAY + hours * HOURS)
    assert again.case == once.case
    assert (again.owed, again.escalations) == ((), ())


@settings(deadline=None)
@given(climbs, st.sampled_from([s for s in State if s.is_closed]))
def test_a_closed_case_climbs_nothing_whatever_waited(
    number: int, state: State
) -> None:
    case, directory = any_climb(number)
    for decision in sweep_to_the_end(case, directory)[:6]:
        case = decision.case
    closed = replace(case, state=state, closed_at=TUESDAY)
    for decision in sweep_to_the_end(closed, directory):
        assert decision.escalations == ()


@settings(deadline=None)
@given(climbs)
def test_a_policy_of_any_ladders_is_read_as_it_is_written(number: int) -> None:
    policy = any_policy(Random(number))
    assert parse_policy(policy.toml) == policy
    assert parse_policy(policy.toml, base=POLICY) == policy


@settings(deadline=None)
@given(climbs)
def test_a_rung_starts_when_the_last_of_its_people_is_told(
    number: int,
) -> None:
    case, directory = any_climb(number)
    known = {(t.name, t.round) for t in case.rungs}
    for decision in sweep_to_the_end(case, directory):
        new = [t for t in decision.case.rungs if (t.name, t.round) not in known]
        known |= {(t.name, t.round) for t in new}
        for timer in new:
            assert timer.due_at > timer.opened_at
            assert timer.next_at == timer.due_at
            assert timer.promise


@settings(deadline=None)
@given(climbs, st.sampled_from(["gaz-head", "norda-buyer", "kesto-desk", "auditor"]))
def test_an_answer_changes_one_rung_or_nothing(number: int, name: str) -> None:
    case, directory = any_climb(number)
    at = TUESDAY + timedelta(days=15)
    case = strike(case, directory, True, at).case
    decision = act(case, verbs.Answer(), name, at=at + HOURS, directory=directory)
    if decision.refusal is not None:
        assert decision.case == case
        assert decision.refusal == "There is no case 10000007."
        return
    before = {(t.name, t.round): t for t in case.rungs}
    changed = [t for t in decision.case.rungs if before[t.name, t.round] != t]
    assert len(changed) == 1
    assert replace(decision.case, rungs=()) == replace(case, rungs=())
    assert by(name).person is not None
