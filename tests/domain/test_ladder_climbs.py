"""Every trigger on every route: who is told, with which words, when, and who waits."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.data import load_default
from app.domain import commands as verbs
from app.domain.case import CaseFile
from app.domain.directory import Directory, Sourcing
from app.domain.policy import Policy, parse_policy
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, Role, Route, Severity, State
from tests.builders import (
    BRANDS_TOLD,
    COMMITTEE,
    DAYS,
    DINDIGUL,
    GAZIPUR,
    HEAD,
    HOURS,
    NORDA,
    PARTNERS,
    PROGRAMME,
    SECRETARIAT,
    SINCE,
    TIRUPPUR,
    TUESDAY,
    act,
    after,
    by,
    id_of,
    kinds,
    opened,
    person,
    programme,
    seats,
    told,
)
from tests.domain.climbing import (
    DHAKA,
    ROUTES,
    TRIGGERS,
    heard,
    miss,
    missed,
    only,
    silence,
    timers,
)

B, S = BRANDS_TOLD, SECRETARIAT
NOBODY_BUYS = programme(sourcing=())

# Nobody is waited for where the ladder ends; brands are, for 48 hours.
TABLE: list[Any] = [
    ("acknowledge", "committee", {"missed": COMMITTEE | PARTNERS}, None),
    ("acknowledge", "partner", {"missed": PARTNERS | S}, None),
    ("acknowledge", "secretariat", {"missed": S}, None),
    ("first_action", "committee", {"missed": HEAD}, None),
    ("first_action", "partner", {"missed": S}, None),
    ("first_action", "secretariat", {"missed": S}, None),
    ("again", "committee", {"missed": HEAD, "second_miss": B},
     ("missed_twice:first_action:0", 0, "Mon 07 18:00", "Wed 09 18:00")),
    ("again", "partner", {"missed": S}, None),
    ("again", "secretariat", {"missed": S}, None),
    ("resolve", "committee", {"brand_missed": B},
     ("missed:resolve:0", 0, "Tue 15 10:00", "Thu 17 10:00")),
    ("resolve", "partner", {"brand_missed": B, "missed": S},
     ("missed:resolve:0", 0, "Tue 15 10:00", "Thu 17 10:00")),
    ("resolve", "secretariat", {"brand_missed": B},
     ("missed:resolve:0", 0, "Tue 15 10:00", "Thu 17 10:00")),
    ("not_solved", "committee", {"not_solved": HEAD}, None),
    ("not_solved", "partner", {"not_solved": S}, None),
    ("not_solved", "secretariat", {"not_solved": B},
     ("not_solved:confirmation:1", 0, "Wed 02 10:00", "Fri 04 10:00")),
    ("reopened_twice", "committee", {"not_solved": B},
     ("reopened_twice:confirmation:2", 0, "Thu 03 10:00", "Sat 05 10:00")),
    ("reopened_twice", "partner", {"not_solved": B},
     ("reopened_twice:confirmation:2", 0, "Thu 03 10:00", "Sat 05 10:00")),
    ("reopened_twice", "secretariat", {"not_solved": B},
     ("reopened_twice:confirmation:2", 0, "Thu 03 10:00", "Sat 05 10:00")),
    ("contested", "committee", {"not_solved": PARTNERS}, None),
    ("contested", "partner", {}, None),  # it has the case back anyway
    ("contested", "secretariat", {}, None),
    ("cluster", "committee", {"cluster": B}, None),
    ("cluster", "partner", {"cluster": B}, None),
    ("cluster", "secretariat", {"cluster": B}, None),
    ("s1", "committee", {"brand_alert": B},
     ("s1:alert:0", 0, "Tue 01 11:00", "Thu 03 11:00")),
    ("s1", "partner", {"brand_alert": B},
     ("s1:alert:0", 0, "Tue 01 11:00", "Thu 03 11:00")),
    ("s1", "secretariat", {"brand_alert": B},
     ("s1:alert:0", 0, "Tue 01 11:00", "Thu 03 11:00")),
    ("review", "committee", {"review_missed": PARTNERS | S}, None),
    ("review", "partner", {"review_missed": PARTNERS | S}, None),
    ("review", "secretariat", {"review_missed": S}, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("trigger", "route", "expected", "timer"),
    [pytest.param(*row, id=f"{row[0]}-on-{row[1]}") for row in TABLE],
)
def test_who_is_told_of_each_trigger_on_each_route(
    trigger: str, route: str, expected: dict[str, set[str]], timer: Any
) -> None:
    decision = TRIGGERS[trigger](route)
    assert heard(decision) == expected
    # Danger takes a case from the committee, so it climbs the partner's ladder.
    group = "partner" if (trigger, route) == ("s1", "committee") else route
    waits = [(f"{timer[0]}:{group}", *timer[1:])] if timer else []
    assert timers(decision.case) == waits


def test_the_table_leaves_nothing_out() -> None:
    assert {row[:2] for row in TABLE} == {(t, r) for t in TRIGGERS for r in ROUTES}


# Silence.


@pytest.mark.parametrize(
    ("trigger", "route", "reminder"),
    [
        ("resolve", "committee", "brand_reminder"),
        ("resolve", "partner", "brand_reminder"),
        ("resolve", "secretariat", "brand_reminder"),
        ("again", "committee", "brand_reminder"),
        ("reopened_twice", "committee", "brand_reminder"),
        ("not_solved", "secretariat", "brand_reminder"),
        ("s1", "partner", "brand_alert"),
    ],
)
def test_a_silent_brand_is_told_again_and_then_the_secretariat_is(
    trigger: str, route: str, reminder: str
) -> None:
    decision = TRIGGERS[trigger](route)
    _, directory = ROUTES[route]
    (first,) = timers(decision.case)
    again, last = silence(decision.case, directory)
    assert heard(again) == {reminder: BRANDS_TOLD}
    (second,) = timers(again.case)
    assert second[1:3] == (1, first[3])  # it starts when they are told again
    assert heard(last) == {"silent": SECRETARIAT}
    assert timers(last.case) == []
    assert kinds(again)[0] == kinds(last)[0] == "rung.missed"
    steps = [step.step for d in (again, last) for step in d.escalations]
    assert steps == [1, 2]


def test_silence_gives_the_secretariat_a_look_and_not_the_case() -> None:
    """The partner did nothing wrong: its case stays its own."""
    case = opened(category=Category.FORC)
    case = silence(case)[-1].case
    at = TUESDAY + 12 * DAYS
    assert act(case, verbs.Note(note="Wrote to them."), "admin", at=at).refusal is None
    started = act(case, verbs.Start(), "admin", at=at)
    assert started.events[0].facts["why"] == "role"


def test_where_nobody_buys_the_secretariat_is_told_once() -> None:
    decision = miss(opened(directory=NOBODY_BUYS), Clock.RESOLVE, NOBODY_BUYS)
    assert heard(decision) == {"missed": SECRETARIAT}
    assert timers(decision.case) == []


def test_a_promise_that_is_kept_late_climbs_no_further() -> None:
    policy = with_ladder(
        '{ tell = ["factory_head"], answer = "48h" }, { tell = ["brand"] }',
        clock="first_action",
    )
    directory = programme(policy=policy)
    case = miss(opened(directory=directory), Clock.FIRST_ACTION, directory).case
    first = case.deadline(Clock.FIRST_ACTION)
    assert first is not None
    kept = replace(first, met_at=first.due_at + HOURS)
    (late,) = silence(case.with_deadline(kept), directory)
    assert kinds(late) == ["rung.ended"]
    assert (late.owed, late.escalations) == ((), ())
    (silent,) = silence(case, directory)
    assert heard(silent) == {"brand_missed": BRANDS_TOLD}


@pytest.mark.parametrize("state", [s for s in State if s.is_closed or s == "resolved"])
def test_what_is_over_waits_for_nobodys_answer(state: State) -> None:
    case = replace(miss(opened(), Clock.RESOLVE).case, state=state)
    for decision in silence(case):
        assert (decision.owed, decision.escalations) == ((), ())


@pytest.mark.parametrize(
    ("command", "names"),
    [
        pytest.param(verbs.Resolve(), ("gaz-com-w1", "gaz-com-m1"), id="solved"),
        pytest.param(verbs.Unfounded(note="Nothing."), ("partner-bd",), id="closed"),
    ],
)
def test_a_case_that_ends_leaves_no_rung_running(
    command: verbs.StaffVerb, names: tuple[str, ...]
) -> None:
    case = missed("committee", Clock.RESOLVE).case
    at = TUESDAY + 14 * DAYS + HOURS
    case = after(case, *((command, by(name)) for name in names), at=at)
    assert timers(case) == []
    assert all(timer.next_at is None for timer in case.rungs)
    assert strike(case, PROGRAMME, False, at + 20 * DAYS).escalations == ()


# Ladders of a programme's own.


def with_ladder(
    rungs: str, *, route: str = "committee", clock: str = "resolve", more: str = ""
) -> Policy:
    text = f'version = "2026-01-01"\n{more}\n[[ladder]]\nroute = "{route}"\n'
    text += f'trigger = "missed"\nclock = "{clock}"\nrungs = [{rungs}]\n'
    return parse_policy(text, base=load_default())


def test_a_delayed_notice_hides_from_the_factory_when_it_was_missed() -> None:
    rungs = '{ tell = ["factory_head"], delay = "26h", answer = "24h" }'
    directory = programme(policy=with_ladder(rungs))
    decision = miss(opened(directory=directory), Clock.RESOLVE, directory)
    # Due on Tuesday the 15th at 10:00.
    assert heard(decision) == {"missed from Wed 12:00": HEAD}
    assert timers(decision.case) == [
        ("missed:resolve:0:committee", 0, "Wed 16 12:00", "Thu 17 12:00")
    ]


@pytest.mark.parametrize(
    ("given", "wording", "template", "params"),
    [
        pytest.param(
            {},
            "named",
            "missed",
            {"number", "site", "clock", "due_at", "rung", "answer_by"},
            id="named",
        ),
        pytest.param(
            {}, "general", "missed_general", {"site", "country", "rung"}, id="general"
        ),
        pytest.param(
            {"category": Category.DISC},
            "named",
            "missed_general",
            {"site", "country", "rung"},
            id="of-a-protected-case-never-more",
        ),
    ],
)
def test_how_much_a_factorys_head_reads(
    given: dict[str, Any], wording: str, template: str, params: set[str]
) -> None:
    rung = f'{{ tell = ["factory_head"], wording = "{wording}", answer = "24h" }}'
    directory = programme(policy=with_ladder(rung))
    (owed,) = miss(opened(directory=directory, **given), Clock.RESOLVE, directory).owed
    assert (owed.template, set(owed.params)) == (template, params)


@pytest.mark.parametrize(
    ("wording", "template"),
    [
        ("named", "brand_missed"),
        ("general", "missed_general"),
        ("veiled", "brand_missed_protected"),
    ],
)
def test_how_much_a_brand_reads(wording: str, template: str) -> None:
    rung = f'{{ tell = ["brand"], wording = "{wording}" }}'
    directory = programme(policy=with_ladder(rung))
    decision = miss(opened(directory=directory), Clock.RESOLVE, directory)
    assert heard(decision) == {template: BRANDS_TOLD}
    veiled = opened(directory=directory, category=Category.GBVH, conflict=Conflict.NO)
    assert veiled.route == Route.PARTNER  # on whose ladder it is veiled anyway


@pytest.mark.parametrize("conflict", [None, Conflict.UNKNOWN, Conflict.YES])
def test_no_head_hears_of_what_a_partner_released_without_a_no(
    conflict: Conflict | None,
) -> None:
    case = replace(opened(conflict=conflict), route=Route.COMMITTEE, is_released=True)
    assert told(miss(case, Clock.FIRST_ACTION)) == PARTNERS


# The night.

NIGHT = datetime(2026, 9, 1, 23, 40, tzinfo=DHAKA)


@pytest.mark.parametrize(
    ("given", "rung", "expected"),
    [
        pytest.param(
            {},
            '{ tell = ["brand"], answer = "48h" }',
            {
                "brand_missed from Wed 07:00": BRANDS_TOLD - {"brand_webhook norda"},
                "brand_missed": {"brand_webhook norda"},
            },
            id="people-sleep-and-machines-do-not",
        ),
        pytest.param(
            {"severity_raised": True, "category": Category.OSHS},
            '{ tell = ["brand"], answer = "48h" }',
            {"brand_missed": BRANDS_TOLD},
            id="an-s1-case-waits-for-no-morning",
        ),
        pytest.param(
            {},
            '{ tell = ["brand"], answer = "48h", quiet = false }',
            {"brand_missed": BRANDS_TOLD},
            id="nor-a-rung-that-may-wake",
        ),
        pytest.param(
            {},
            '{ tell = ["factory_head"], delay = "6h" }',
            {"missed from Wed 07:00": HEAD},
            id="a-delay-that-ends-at-night-is-longer",
        ),
    ],
)
def test_notices_wait_for_the_morning(
    given: dict[str, Any], rung: str, expected: dict[str, set[str]]
) -> None:
    directory = programme(policy=with_ladder(rung))
    case = opened(directory=directory, at=NIGHT, **given)
    case = replace(case, conflict=Conflict.NO)
    decision = strike(
        only(case, Clock.RESOLVE), directory, False, _due(case, Clock.RESOLVE)
    )
    assert heard(decision) == expected
    for timer in (t for t in decision.case.rungs if t.is_running):
        last = max((o.not_before or decision_at(decision)) for o in decision.owed)
        assert timer.opened_at == last


def _due(case: CaseFile, name: Clock) -> datetime:
    clock = case.deadline(name)
    assert clock is not None
    return clock.due_at


def decision_at(decision: Any) -> datetime:
    (missed_at,) = [c.missed_at for c in decision.case.deadlines if c.missed_at]
    return missed_at  # type: ignore[no-any-return]


def test_a_reminder_waits_too_unless_it_would_come_too_late() -> None:
    case = only(opened(at=NIGHT), Clock.RESOLVE)
    clock = case.deadline(Clock.RESOLVE)
    assert clock is not None
    assert clock.remind_50_at is not None
    half = strike(case, PROGRAMME, False, clock.remind_50_at)
    waking = (NIGHT + 8 * DAYS).replace(hour=7, minute=0)
    assert {owed.not_before for owed in half.owed} == {waking}
    assert told(half) == COMMITTEE
    late = replace(clock, due_at=waking, remind_80_at=waking - 2 * HOURS)
    case = replace(half.case, deadlines=(replace(late, next_at=late.remind_80_at),))
    assert late.remind_80_at is not None
    decision = strike(case, PROGRAMME, False, late.remind_80_at)
    assert kinds(decision) == ["clock.reminded"]
    assert decision.owed == ()


# Along the supply chain.

MILL_PEOPLE = [
    *seats(Role.COMMITTEE, DINDIGUL, "din-com-w2"),
    person("din-head", Role.FACTORY_HEAD, DINDIGUL),
    person("tir-head", Role.FACTORY_HEAD, TIRUPPUR),
]
MILL: dict[str, Any] = {"site": DINDIGUL, "country": "IN"}
MILLS = programme(plus=MILL_PEOPLE)


def names(decision: Any, template: str) -> set[str]:
    ids = {str(p.id): p.name for p in MILLS.people}
    return {
        ids.get(o.recipient.key, o.recipient.key)
        for o in decision.owed
        if o.template == template
    }


def test_the_factory_that_a_mill_sells_to_hears_that_and_no_more() -> None:
    decision = miss(opened(directory=MILLS, **MILL), Clock.RESOLVE, MILLS)
    assert names(decision, "first_tier_missed") == {"tir-head"}
    (owed,) = [o for o in decision.owed if o.template == "first_tier_missed"]
    assert owed.params == {"site": DINDIGUL}
    assert told(decision, "brand_missed") == NORDA


@pytest.mark.parametrize(
    ("given", "directory"),
    [
        pytest.param({"category": Category.DISC}, MILLS, id="not-of-a-protected-case"),
        pytest.param({"conflict": Conflict.YES}, MILLS, id="not-of-a-bypassed-one"),
        pytest.param(
            {},
            programme(
                plus=MILL_PEOPLE,
                sourcing=(Sourcing("norda", DINDIGUL, "", SINCE, None, None),),
            ),
            id="not-where-nobody-buys-through-it",
        ),
        pytest.param(
            {},
            programme(
                plus=MILL_PEOPLE,
                sourcing=(
                    Sourcing(
                        "norda", DINDIGUL, TIRUPPUR, SINCE, date(2026, 8, 31), None
                    ),
                ),
            ),
            id="not-once-it-had-ended",
        ),
    ],
)
def test_where_the_first_tier_hears_nothing(
    given: dict[str, Any], directory: Directory
) -> None:
    case = opened(directory=directory, **MILL | given)
    decision = miss(case, Clock.RESOLVE, directory)
    assert names(decision, "first_tier_missed") == set()


def test_the_chain_is_that_of_the_complaint_on_every_rung() -> None:
    """SILVA left, and KESTO came, before anybody was told."""
    sourcing = (
        Sourcing("silva", GAZIPUR, "", SINCE, TUESDAY.date(), None),
        Sourcing("kesto", GAZIPUR, "", TUESDAY.date() + DAYS, None, None),
    )
    directory = programme(sourcing=sourcing)
    missed_ = miss(opened(directory=directory), Clock.RESOLVE, directory)
    silva = {"brand_webhook silva"}
    assert told(missed_) == silva
    assert told(silence(missed_.case, directory)[0]) == silva


def test_every_brand_reads_which_of_them_leads() -> None:
    sourcing = (
        Sourcing("kesto", GAZIPUR, "", SINCE, None, 0.2),
        Sourcing("norda", GAZIPUR, "", SINCE, None, 0.5),
    )
    directory = programme(sourcing=sourcing)
    decision = miss(opened(directory=directory), Clock.RESOLVE, directory)
    for each in (decision, silence(decision.case, directory)[0]):
        parts = {o.recipient.key: o.params["part"] for o in each.owed}
        assert parts.pop("kesto") == "copy"
        assert set(parts.values()) == {"lead"}
        assert {o.params["lead"] for o in each.owed} == {"Norda"}


def test_what_is_veiled_names_no_lead() -> None:
    """Whoever leads would give away where it is."""
    decision = miss(opened(category=Category.DISC), Clock.RESOLVE)
    for each in (decision, *silence(decision.case)[:1]):
        assert {o.template for o in each.owed} == {"brand_missed_protected"}
        assert all("lead" not in o.params for o in each.owed)


def test_one_mailbox_reads_it_once() -> None:
    """An agent answers for two brands, and the partner's mail is the head's."""
    norda, kesto, silva = PROGRAMME.brands.values()
    agent = replace(kesto, email=norda.email.upper())
    directory = replace(
        programme(
            without=["partner-bd", "norda-buyer"],
            plus=[person("head-2", Role.PARTNER, "BD", email="gaz-com-w1@example.org")],
        ),
        brands={b.slug: b for b in (norda, agent, silva)},
    )
    case = opened(directory=directory)
    brands = miss(case, Clock.RESOLVE, directory)
    assert [o.recipient.key for o in brands.owed if o.recipient.kind == "brand"] == [
        "kesto"
    ]
    body = miss(case, Clock.ACKNOWLEDGE, directory)
    assert told(body) == COMMITTEE | {"partner-bd-2"}


# Many cases of one kind.


@pytest.mark.parametrize(
    ("given", "cases", "is_told"),
    [
        pytest.param({}, 5, True, id="as-many-as-the-policy-says"),
        pytest.param({}, 4, False, id="one-fewer-is-none"),
        pytest.param({"category": Category.DISC}, 9, False, id="never-protected"),
        pytest.param(
            {"category": Category.CRIS}, 9, False, id="never-a-life-in-danger"
        ),
        pytest.param({"category": Category.INFO}, 9, False, id="questions-are-none"),
        pytest.param({"site": None}, 9, False, id="nowhere"),
    ],
)
def test_a_cluster_is_told_to_the_brands(
    given: dict[str, Any], cases: int, is_told: bool
) -> None:
    case = opened(**given)
    decision = strike(case, PROGRAMME, False, TUESDAY + HOURS, clustered=cases)
    owed = [o for o in decision.owed if o.template == "cluster"]
    assert bool(owed) is is_told
    for each in owed:
        # "Five or more": how many more, and which, is nobody's to know.
        assert each.params["count"] == 5
        assert "number" not in each.params
    rows = [e for e in decision.escalations if e.reason == "cluster"]
    assert bool(rows) is is_told


def test_a_case_that_is_over_makes_no_cluster_known() -> None:
    case = replace(opened(), state=State.RESOLVED)
    assert strike(case, PROGRAMME, False, TUESDAY + HOURS, clustered=9).owed == ()


# Answers.


def resolve_missed() -> CaseFile:
    return missed("committee", Clock.RESOLVE).case


LATE = TUESDAY + 14 * DAYS + 2 * HOURS


def test_an_answer_stops_that_rung_and_nothing_else() -> None:
    case = resolve_missed()
    before = case.deadlines
    decision = act(case, verbs.Answer(note="We visit them."), "norda-buyer", at=LATE)
    assert kinds(decision) == ["rung.answered"]
    assert decision.owed == ()
    assert decision.case.deadlines == before
    assert decision.case.state == case.state
    assert timers(decision.case) == []
    (row,) = decision.answered
    assert (row.clock, row.round, row.reason, row.step) == ("resolve", 0, "missed", 0)
    assert row.by == str(id_of("norda-buyer"))
    for days in (3, 30):
        later = strike(decision.case, PROGRAMME, False, LATE + days * DAYS)
        assert later.escalations == ()


def test_one_answer_is_for_one_promise() -> None:
    """The second missed first action and the missed date: two rungs, two answers."""
    case = opened()
    first, resolve = (_due(case, n) for n in (Clock.FIRST_ACTION, Clock.RESOLVE))
    case = strike(case, PROGRAMME, True, first).case
    case = strike(case, PROGRAMME, False, first + timedelta(hours=49)).case
    case = strike(case, PROGRAMME, False, resolve).case
    names_ = [timer[0] for timer in timers(case)]
    assert names_ == [
        "missed:resolve:0:committee",
        "missed_twice:first_action:0:committee",
    ]
    one = act(case, verbs.Answer(), "norda-buyer", at=resolve + HOURS)
    assert one.notice == (
        "Another rung waits for your answer as well: answer once more."
    )
    assert len(timers(one.case)) == 1
    other = act(one.case, verbs.Answer(), "norda-buyer", at=resolve + HOURS)
    assert (other.notice, timers(other.case)) == (None, [])


NOTHING = "There is no case 10000007."
NOT_YOU = "Nothing in this case waits for your answer."


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        pytest.param("norda-buyer", None, id="a-brand-that-was-told"),
        pytest.param("kesto-desk", None, id="and-its-own-desk"),
        pytest.param("gaz-head", NOTHING, id="not-the-head-who-was-not"),
        pytest.param("auditor", NOTHING, id="nor-an-auditor"),
        pytest.param("tir-com-w1", NOTHING, id="nor-another-factory"),
        pytest.param(
            "admin", "Give the reason: --note TEXT.", id="so-does-the-secretariat"
        ),
        pytest.param("gaz-com-w1", NOT_YOU, id="the-body-has-other-verbs"),
        pytest.param(
            "partner-bd", "Give the reason: --note TEXT.", id="the-partner-says-how"
        ),
    ],
)
def test_only_who_was_told_answers(name: str, refusal: str | None) -> None:
    decision = act(resolve_missed(), verbs.Answer(), name, at=LATE)
    assert decision.refusal == refusal
    assert (timers(decision.case) == []) is (refusal is None)


@pytest.mark.parametrize("name", ["partner-bd", "admin"])
def test_whom_a_brand_was_told_to_answer_writes_it_down(name: str) -> None:
    """A brand that reads no number can say it in no other way."""
    case = miss(opened(category=Category.DISC), Clock.RESOLVE).case
    at = _due(case, Clock.RESOLVE) + HOURS
    answered = verbs.Answer(note="Norda wrote that it stops orders.")
    decision = act(case, answered, name, at=at)
    assert decision.events[0].facts["note"] == answered.note
    assert timers(decision.case) == []


@pytest.mark.parametrize("name", ["gaz-head", "norda-buyer"])
@pytest.mark.parametrize(
    "command",
    [
        verbs.Acknowledge(),
        verbs.Note(note="Seen."),
        verbs.Resolve(),
        verbs.Reopen(),
        verbs.Tell(note="Hello."),
    ],
    ids=lambda command: type(command).__name__,
)
def test_an_answer_is_all_that_those_above_may_give(
    name: str, command: verbs.StaffVerb
) -> None:
    directory = programme(
        policy=with_ladder('{ tell = ["factory_head", "brand"], answer = "48h" }')
    )
    case = miss(opened(directory=directory), Clock.RESOLVE, directory).case
    refused = act(case, command, name, at=LATE, directory=directory)
    assert refused.refusal == NOTHING
    answered = act(case, verbs.Answer(), name, at=LATE, directory=directory)
    assert answered.refusal is None


def test_nobody_answers_what_they_have_not_been_told_yet() -> None:
    rungs = '{ tell = ["factory_head"], delay = "5h", answer = "48h" }'
    directory = programme(policy=with_ladder(rungs))
    case = miss(opened(directory=directory), Clock.RESOLVE, directory).case
    early = act(case, verbs.Answer(), "gaz-head", at=LATE, directory=directory)
    assert early.refusal == NOTHING
    at = LATE + 5 * HOURS
    assert act(case, verbs.Answer(), "gaz-head", at=at, directory=directory).answered


def test_a_head_answers_nothing_that_has_left_the_factory() -> None:
    rungs = '{ tell = ["factory_head"], answer = "48h" }'
    directory = programme(policy=with_ladder(rungs))
    case = miss(opened(directory=directory), Clock.RESOLVE, directory).case
    taken = after(
        case, (verbs.TakeOver(), by("partner-bd")), directory=directory, at=LATE
    )
    refused = act(taken, verbs.Answer(), "gaz-head", at=LATE, directory=directory)
    assert refused.refusal == NOTHING


def test_who_is_recused_answers_nothing() -> None:
    case = replace(resolve_missed(), excluded=frozenset({id_of("norda-buyer")}))
    assert act(case, verbs.Answer(), "norda-buyer", at=LATE).refusal == NOTHING


def test_an_answer_just_before_the_sweep_still_counts() -> None:
    case = resolve_missed()
    (timer,) = [t for t in case.rungs if t.is_running]
    at = timer.due_at + timedelta(minutes=1)
    answered = act(case, verbs.Answer(), "norda-buyer", at=at).case
    assert strike(answered, PROGRAMME, False, at + HOURS).escalations == ()


def test_danger_is_told_at_any_hour() -> None:
    case = opened(at=NIGHT, conflict=Conflict.YES)
    assert case.severity is not Severity.S1
    decision = act(case, verbs.RaiseDanger(), None, at=NIGHT + HOURS)
    alerts = [o for o in decision.owed if o.template == "brand_alert"]
    assert {o.not_before for o in alerts} == {None}
