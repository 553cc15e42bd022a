"""The whole ladder in one table: which clock, on which route, tells whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.case import CaseFile, Decision
from app.domain.commands import Command, Note, Resolve, Start, Unfounded
from app.domain.directory import Directory
from app.domain.opening import open_case
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, Role, Route, State
from tests.builders import (
    BRANDS_TOLD,
    COMMITTEE,
    DINDIGUL,
    HEAD,
    INTERNAL,
    NORDA,
    PARTNERS,
    PEOPLE,
    PROGRAMME,
    SAFETY,
    SECRETARIAT,
    TIRUPPUR,
    TRUSTING_POLICY,
    TUESDAY,
    act,
    id_of,
    named,
    opened,
    person,
    programme,
    seed,
    told,
)

TRUSTING = programme(policy=TRUSTING_POLICY)
HEADLESS = programme(without=["gaz-head"])
ALONE = programme(without=[*PARTNERS])
NOBODY_BUYS = programme(sourcing=())

ACK, FIRST, RESOLVE, PLAN = (
    Clock.ACKNOWLEDGE,
    Clock.FIRST_ACTION,
    Clock.RESOLVE,
    Clock.PLAN,
)


def missing(case: CaseFile, name: Clock) -> CaseFile:
    """Return the case with all its other clocks met, so that one is missed.

    Nobody waits for an answer to what was told before.
    """
    return replace(
        case,
        rungs=(),
        deadlines=tuple(
            clock
            if clock.name == name
            else replace(clock, met_at=clock.opened_at, next_at=None)
            for clock in case.deadlines
        ),
    )


def miss(
    case: CaseFile,
    name: Clock,
    directory: Directory = PROGRAMME,
    *,
    again: bool = False,
) -> Decision:
    clock = case.deadline(name)
    assert clock is not None
    late = clock.due_at + timedelta(minutes=1)
    return strike(missing(case, name), directory, again, late)


CRIS = {"category": Category.CRIS}
FORC = {"category": Category.FORC}
GBVH = {"category": Category.GBVH}
NO_SITE = {"site": None, "category": Category.FORC}
OSHS = {"category": Category.OSHS}
MILL = {"site": DINDIGUL, "country": "IN"}
YES = {"conflict": Conflict.YES}

LADDER: list[Any] = [
    # Committee routes.
    ("committee, acknowledge", {}, PROGRAMME, ACK, COMMITTEE | PARTNERS),
    ("committee, first action", {}, PROGRAMME, FIRST, HEAD),
    ("committee, resolve", {}, PROGRAMME, RESOLVE, BRANDS_TOLD),
    ("safety committee, acknowledge", OSHS, PROGRAMME, ACK, SAFETY | PARTNERS),
    ("safety committee, first action", OSHS, PROGRAMME, FIRST, HEAD),
    ("safety committee, resolve", OSHS, PROGRAMME, RESOLVE, BRANDS_TOLD),
    ("internal committee, acknowledge", GBVH, TRUSTING, ACK, INTERNAL | PARTNERS),
    ("internal committee, first action", GBVH, TRUSTING, FIRST, HEAD),
    ("internal committee, resolve", GBVH, TRUSTING, RESOLVE, BRANDS_TOLD),
    # Every other route: nobody at the factory may learn of it.
    ("partner, acknowledge", FORC, PROGRAMME, ACK, PARTNERS | SECRETARIAT),
    ("partner, first action", FORC, PROGRAMME, FIRST, SECRETARIAT),
    ("partner, plan", FORC, PROGRAMME, PLAN, SECRETARIAT),
    ("partner, resolve", FORC, PROGRAMME, RESOLVE, BRANDS_TOLD | SECRETARIAT),
    ("kept from the committee, first action", YES, PROGRAMME, FIRST, SECRETARIAT),
    ("kept from the committee, ack", YES, PROGRAMME, ACK, PARTNERS | SECRETARIAT),
    ("secretariat, acknowledge", FORC, ALONE, ACK, SECRETARIAT),
    ("secretariat, first action", FORC, ALONE, FIRST, SECRETARIAT),
    ("secretariat, resolve", FORC, ALONE, RESOLVE, BRANDS_TOLD),
    # Where the brands would be told but must not or cannot be.
    ("a life in danger, ack", CRIS, PROGRAMME, ACK, PARTNERS | SECRETARIAT),
    ("a life in danger, first action", CRIS, PROGRAMME, FIRST, SECRETARIAT),
    ("a life in danger, resolve", CRIS, PROGRAMME, RESOLVE, SECRETARIAT),
    ("no site, first action", NO_SITE, PROGRAMME, FIRST, SECRETARIAT),
    ("no site, resolve", NO_SITE, PROGRAMME, RESOLVE, SECRETARIAT),
    ("nobody buys, resolve", {}, NOBODY_BUYS, RESOLVE, SECRETARIAT),
    # Where somebody is missing.
    ("no head, first action", {}, HEADLESS, FIRST, PARTNERS),
    (
        "no head and no partner, first action",
        {},
        programme(without=["gaz-head", *PARTNERS]),
        FIRST,
        SECRETARIAT,
    ),
    ("no partner, acknowledge", {}, ALONE, ACK, COMMITTEE | SECRETARIAT),
    ("a mill without committee, resolve", MILL, PROGRAMME, RESOLVE,
     NORDA | SECRETARIAT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "directory", "clock", "expected"),
    [pytest.param(*row[1:], id=row[0].replace(" ", "-")) for row in LADDER],
)
def test_who_hears_of_a_missed_clock(
    changes: dict[str, Any], directory: Directory, clock: Clock, expected: set[str]
) -> None:
    decision = miss(opened(directory=directory, **changes), clock, directory)
    assert told(decision) == expected
    climbed = set().union(*(named(e.recipients) for e in decision.escalations))
    assert climbed == told(decision)
    rungs = [(step.rung, step.reason) for step in decision.escalations]
    assert len(rungs) == len(set(rungs))
    kinds = [event.kind for event in decision.events]
    assert kinds == ["clock.missed", *["case.escalated"] * len(decision.escalations)]


@pytest.mark.parametrize(
    ("changes", "clock", "again", "expected"),
    [
        pytest.param({}, FIRST, False, HEAD, id="the-first-stays-at-the-factory"),
        pytest.param(
            {}, FIRST, True, HEAD | BRANDS_TOLD, id="the-second-goes-to-brands"
        ),
        pytest.param(OSHS, FIRST, True, HEAD | BRANDS_TOLD, id="any-committee-counts"),
        pytest.param(
            {}, ACK, True, COMMITTEE | PARTNERS, id="an-acknowledgement-does-not-count"
        ),
        pytest.param(FORC, FIRST, True, SECRETARIAT, id="a-partner-does-not-count"),
        pytest.param(YES, FIRST, True, SECRETARIAT, id="nor-what-a-partner-keeps"),
    ],
)
def test_a_second_first_action_missed_within_ninety_days(
    changes: dict[str, Any], clock: Clock, again: bool, expected: set[str]
) -> None:
    decision = miss(opened(**changes), clock, again=again)
    assert told(decision) == expected
    has_second = any(step.reason == "second_miss" for step in decision.escalations)
    assert has_second == bool(expected & BRANDS_TOLD)


@pytest.mark.parametrize(
    "category", [Category.GBVH, Category.CHLD, Category.RETA, Category.DISC]
)
def test_brands_hear_of_a_protected_case_only_that_there_is_one(
    category: Category,
) -> None:
    """No number either: an older message may have joined it to the site."""
    decision = miss(opened(category=category), RESOLVE)
    to_brands = [o for o in decision.owed if o.recipient.kind.startswith("brand")]
    assert {owed.template for owed in to_brands} == {"brand_missed_protected"}
    assert to_brands[0].params == {
        "country": "BD",
        "clock": "resolve",
        "partner": ["partner-bd@example.org", "partner-bd-2@example.org"],
    }


def test_a_protected_case_that_the_partner_released_is_named() -> None:
    case = replace(opened(category=Category.CHLD), is_released_to_brand=True)
    to_brands = [
        owed
        for owed in miss(case, RESOLVE).owed
        if owed.recipient.kind.startswith("brand")
    ]
    assert {owed.template for owed in to_brands} == {"brand_missed"}
    assert to_brands[0].params["site"] == case.site


def test_a_second_miss_on_a_protected_case_is_veiled_too() -> None:
    decision = miss(opened(category=Category.DISC), FIRST, again=True)
    assert told(decision, "second_miss") == set()
    assert told(decision, "brand_missed_protected") == BRANDS_TOLD


@pytest.mark.parametrize(
    ("opened_at", "is_told"),
    [
        # 23:30 on SILVA's last day in India, and half an hour after it.
        pytest.param(datetime(2026, 6, 30, 18, 0, tzinfo=UTC), True, id="last-day"),
        pytest.param(datetime(2026, 6, 30, 18, 45, tzinfo=UTC), False, id="after-it"),
    ],
)
def test_brands_are_those_of_the_local_day_of_the_complaint(
    opened_at: datetime, is_told: bool
) -> None:
    case = opened(site=TIRUPPUR, country="IN", at=opened_at)
    assert ("brand_webhook silva" in told(miss(case, RESOLVE))) is is_told


@pytest.mark.parametrize("name", sorted(COMMITTEE | PARTNERS | HEAD | SECRETARIAT))
@pytest.mark.parametrize("clock", [ACK, FIRST, RESOLVE])
def test_who_is_recused_hears_nothing(name: str, clock: Clock) -> None:
    case = replace(opened(), excluded=frozenset({id_of(name)}))
    assert name not in told(miss(case, clock))


def test_who_no_longer_serves_hears_nothing() -> None:
    left = [
        replace(p, until=date(2026, 9, 1)) for p in PEOPLE if p.name == "gaz-com-m1"
    ]
    assert left[0].role == Role.COMMITTEE
    directory = programme(without=["gaz-com-m1"], plus=left)
    case = opened(directory=directory)
    assert told(miss(case, ACK, directory)) == (COMMITTEE | PARTNERS) - {"gaz-com-m1"}


@pytest.mark.parametrize("state", [s for s in State if s.is_closed or s == "resolved"])
@pytest.mark.parametrize("clock", [ACK, FIRST, RESOLVE])
def test_what_is_over_climbs_no_more(state: State, clock: Clock) -> None:
    decision = miss(replace(opened(), state=state), clock)
    assert decision.escalations == ()
    assert decision.owed == ()


def test_every_step_is_one_message_a_recipient() -> None:
    decision = miss(opened(category=Category.FORC), RESOLVE)
    keys = [owed.key for owed in decision.owed]
    assert len(keys) == len(set(keys))
    rows = [(e.clock, e.round, e.rung, e.reason) for e in decision.escalations]
    assert len(rows) == len(set(rows))
    assert {row[2] for row in rows} == {"brand", "secretariat"}
    assert decision.case.route == Route.PARTNER


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        pytest.param(["partner-bd"], ["partner-bd-2@example.org"], id="the-partner"),
        pytest.param(
            [*PARTNERS],
            ["admin@example.org", "admin-2@example.org"],
            id="else-the-secretariat",
        ),
    ],
)
def test_a_brand_is_always_told_whom_to_ask(
    without: list[str], expected: list[str]
) -> None:
    directory = programme(without=without)
    case = opened(category=Category.CHLD, directory=directory)
    asked = [
        owed.params["partner"]
        for owed in miss(case, RESOLVE, directory).owed
        if owed.template == "brand_missed_protected"
    ]
    assert asked[0] == expected


def test_a_partner_with_a_phone_only_is_no_address() -> None:
    mute = person("partner-bd", Role.PARTNER, "BD", email="")
    directory = programme(without=[*PARTNERS], plus=[mute])
    case = opened(category=Category.CHLD, directory=directory)
    decision = open_case(seed(category=Category.CHLD), directory, case.opened_at)
    (params, *_) = [o.params for o in decision.owed if o.template == "brand_alert"]
    assert params["partner"] == ["admin@example.org", "admin-2@example.org"]


@pytest.mark.parametrize(
    ("directory", "why"),
    [
        pytest.param(NOBODY_BUYS, None, id="told-in-the-brands-stead"),
        pytest.param(PROGRAMME, "unrelated", id="not-where-the-brands-were"),
    ],
)
def test_the_secretariat_sees_a_committees_case_that_climbed_to_it(
    directory: Directory, why: str | None
) -> None:
    missed = miss(opened(directory=directory), RESOLVE, directory).case
    note = Note(note="Asked the partner.")
    at = TUESDAY + timedelta(days=20)
    decision = act(missed, note, "admin", at=at, directory=directory)
    assert (decision.refusal is None) == (why is None)
    if why is None:  # It looks on; the committee's work is not its own.
        worked = act(missed, Start(), "admin", at=at, directory=directory)
        assert worked.events[0].facts["why"] == "role"


# A first action that no sweep saw being missed.


@pytest.mark.parametrize(
    ("given", "commands", "rows", "heard"),
    [
        pytest.param(
            {},
            [(Start(), "gaz-com-w1")],
            [("factory_head", HEAD)],
            HEAD,
            id="met-late-while-open-the-head-hears",
        ),
        pytest.param(
            {},
            [(Resolve(), "gaz-com-w1"), (Resolve(), "gaz-com-m1")],
            [("factory_head", set())],
            set(),
            id="solved-meanwhile-it-only-counts",
        ),
        pytest.param(
            {},
            [(Unfounded(note="Nothing."), "partner-bd")],
            [("factory_head", set())],
            set(),
            id="closed-meanwhile-it-only-counts",
        ),
        pytest.param(
            FORC, [(Resolve(), "partner-bd")], [], set(), id="a-partners-never-counts"
        ),
    ],
)
def test_a_first_action_missed_before_any_sweep_leaves_its_row(
    given: dict[str, Any],
    commands: list[tuple[Command, str]],
    rows: list[tuple[str, set[str]]],
    heard: set[str],
) -> None:
    case = opened(**given)
    clock = case.deadline(FIRST)
    assert clock is not None
    at = clock.due_at + timedelta(minutes=5)
    decisions = []
    for command, name in commands:
        decisions.append(act(case, command, name, at=at))
        case = decisions[-1].case
    decisions.append(strike(case, PROGRAMME, False, at + timedelta(minutes=1)))
    found = [
        (step.rung, named(step.recipients))
        for decision in decisions
        for step in decision.escalations
        if step.clock == FIRST
    ]
    assert found == rows
    head = set().union(*(told(d, "missed") & HEAD for d in decisions))
    assert head == heard
    first = decisions[-1].case.deadline(FIRST)
    assert first is not None
    assert first.state == "missed"
