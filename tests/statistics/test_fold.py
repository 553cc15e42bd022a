"""A case as counted follows from its events: whole lives, and one rule each."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain import commands as verbs
from app.statistics.fold import Told, fold
from app.statistics.measures import WAITING
from app.statistics.model import CaseFacts, Kept, Outcome, Stage, StageTime
from tests.builders import (
    GAZIPUR,
    HOURS,
    PROGRAMME,
    TUESDAY,
    WORKER,
    by,
    id_of,
)
from tests.statistics.lives import Life, country_of

ID = id_of("case")


# ------------------------------------------------------------------- whole lives


def test_a_life_told_whole() -> None:
    """Read after an hour, solved, denied, solved again, confirmed: all of it."""
    life = Life()
    life.wait(1)
    assert life.act(verbs.Acknowledge(), by("gaz-com-w1"))
    life.wait(24.5)
    assert life.act(verbs.Start(), by("gaz-com-w1"))
    life.wait(24)
    for member in ("gaz-com-w1", "gaz-com-m1"):
        assert life.act(verbs.Resolve(note="paid"), by(member))
    life.wait(20)
    assert life.act(verbs.SaySolved(False), WORKER)
    life.wait(48)
    for member in ("gaz-com-w1", "gaz-com-m1"):
        assert life.act(verbs.Resolve(note="paid"), by(member))
    life.wait(2)
    assert life.act(verbs.SaySolved(True), WORKER)
    assert life.facts == CaseFacts(
        id=ID,
        received_on=date(2026, 9, 1),
        site=GAZIPUR,
        country="BD",
        category="WAGE",
        severity="S3",
        route="committee",
        channel="sms",
        language="bn",
        filer="worker",
        outcome=Outcome.CONFIRMED,
        # Tuesday 10:00 in Gazipur, where 9 to 13 and 14 to 18 are worked.
        stages={
            Stage.ACKNOWLEDGE: StageTime(Kept.IN_TIME, 1, 1),
            Stage.FIRST_ACTION: StageTime(Kept.IN_TIME, 26, 10),
            Stage.RESOLVE: StageTime(Kept.IN_TIME, 118, 31),
        },
        rungs=frozenset({"factory_head"}),  # hears that she said no
        is_reopened=True,
        seq=life.ledger.seq,
    )


def test_a_case_that_was_never_opened_is_none() -> None:
    events = [Told(1, TUESDAY, "case.touched", {"actor": "system"})]
    assert fold(ID, events, PROGRAMME.calendar_named, country_of) is None


def test_the_day_is_that_of_the_place_as_first_known() -> None:
    """Ten to midnight in Kolkata is twenty past in Dhaka: another quarter."""
    eve = datetime(2026, 9, 30, 18, 20, tzinfo=UTC)
    here = Life(eve, site=None, country="IN")
    there = Life(eve, site=None, country="BD")
    assert (here.facts.quarter, there.facts.quarter) == ("2026-Q3", "2026-Q4")
    assert here.act(verbs.SetSite(GAZIPUR), by("partner-in"))
    assert (here.facts.site, here.facts.country) == (GAZIPUR, "BD")
    assert here.facts.quarter == "2026-Q3"


def test_a_site_set_before_its_country_was_told_has_that_of_the_site() -> None:
    life = Life(site=None, country="IN")
    assert life.act(verbs.SetSite(GAZIPUR), by("partner-in"))
    events = [
        replace(e, facts={k: v for k, v in e.facts.items() if k != "country"})
        if e.kind == "site.set"
        else e
        for e in life.ledger.events[ID]
    ]
    folded = fold(ID, events, PROGRAMME.calendar_named, country_of)
    assert folded == life.facts


# ------------------------------------------------------------------- one rule each


def opening(**facts: Any) -> dict[str, Any]:
    usual = {
        "site": GAZIPUR,
        "country": "BD",
        "category": "WAGE",
        "severity": "S3",
        "route": "committee",
        "channel": "sms",
        "language": "bn",
    }
    return {**usual, **facts}


def folded(*events: tuple[float, str, dict[str, Any]]) -> CaseFacts:
    """Fold an opening and what happened so many hours later."""
    told = [Told(1, TUESDAY, "case.opened", opening())]
    for n, (hours, kind, facts) in enumerate(events, start=2):
        told.append(Told(n, TUESDAY + hours * HOURS, kind, facts))
    found = fold(ID, told, PROGRAMME.calendar_named, country_of)
    assert found is not None
    return found


def due(clock: str, turn: int, hours: float, calendar: str = "") -> dict[str, Any]:
    """Return an entry of the fact `set`."""
    at = (TUESDAY + hours * HOURS).isoformat()
    return {
        "clock": clock,
        "round": turn,
        "opened_at": TUESDAY.isoformat(),
        "promise": "1h",
        "calendar": calendar,
        "paused": 0,
        "due_at": at,
    }


def promised(hours: float, *entries: dict[str, Any]) -> tuple[float, str, Any]:
    return hours, "case.touched", {"set": list(entries)}


def met(hours: float, clock: str, turn: int = 0) -> tuple[float, str, Any]:
    return hours, "clock.met", {"clock": clock, "round": turn, "is_late": False}


def missed(hours: float, clock: str, turn: int = 0) -> tuple[float, str, Any]:
    return hours, "clock.missed", {"clock": clock, "round": turn}


CLOSED: tuple[float, str, dict[str, Any]] = (
    2.0,
    "case.closed",
    {"state": "closed_referred"},
)
RESOLVED: tuple[float, str, dict[str, Any]] = (2.0, "case.resolved", {})


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        pytest.param([], Outcome.OPEN, id="new"),
        pytest.param([RESOLVED], Outcome.DECLARED, id="declared-and-waiting"),
        pytest.param(
            [RESOLVED, (3, "case.closed", {"state": "closed_declared"})],
            Outcome.DECLARED,
            id="declared-and-never-answered",
        ),
        pytest.param(
            [RESOLVED, (3, "case.closed", {"state": "closed_confirmed"})],
            Outcome.CONFIRMED,
            id="confirmed",
        ),
        pytest.param(
            [RESOLVED, (3, "case.reopened", {"round": 1})],
            Outcome.OPEN,
            id="denied-is-open",
        ),
        pytest.param([CLOSED], Outcome.REFERRED, id="referred"),
        pytest.param(
            [(2, "case.closed", {"state": "closed_withdrawn"})],
            Outcome.WITHDRAWN,
            id="withdrawn",
        ),
        pytest.param(
            [(2, "case.closed", {"state": "closed_unfounded"})],
            Outcome.UNFOUNDED,
            id="unfounded",
        ),
        pytest.param(
            [(2, "case.closed", {"state": "closed_no_contact"})],
            Outcome.NO_CONTACT,
            id="nobody-reached",
        ),
        pytest.param(
            [(2, "remediation.begun", {})], Outcome.IN_REMEDIATION, id="in-remediation"
        ),
        pytest.param(
            [RESOLVED, (3, "child.kept", {})],
            Outcome.IN_REMEDIATION,
            id="a-child's-case-stays",
        ),
        pytest.param(
            [(2, "remediation.begun", {}), (3, "remediation.ended", {})],
            Outcome.OPEN,
            id="remediation-over-is-open",
        ),
        pytest.param(
            [(2, "main.followed", {"state": "resolved"})],
            Outcome.DECLARED,
            id="solved-with-its-main-case",
        ),
        pytest.param(
            [CLOSED, (3, "main.followed", {"state": "reopened"})],
            Outcome.OPEN,
            id="opened-with-its-main-case",
        ),
    ],
)
def test_outcome(events: list[tuple[float, str, Any]], outcome: Outcome) -> None:
    assert folded(*events).outcome is outcome


ACK, FIRST, RESOLVE = Stage.ACKNOWLEDGE, Stage.FIRST_ACTION, Stage.RESOLVE


@pytest.mark.parametrize(
    ("stage", "events", "time"),
    [
        pytest.param(ACK, [], None, id="nothing-promised"),
        pytest.param(
            ACK,
            [promised(0, due("acknowledge", 0, 4))],
            StageTime(Kept.RUNNING),
            id="not-due",
        ),
        pytest.param(
            ACK,
            [promised(0, due("acknowledge", 0, 4)), met(3.2, "acknowledge")],
            StageTime(Kept.IN_TIME, 4),
            id="a-started-hour-is-an-hour",
        ),
        pytest.param(
            ACK,
            [promised(0, due("acknowledge", 0, 4)), met(4, "acknowledge")],
            StageTime(Kept.LATE, 4),
            id="on-the-dot-is-late",
        ),
        pytest.param(
            ACK,
            [promised(0, due("acknowledge", 0, 4)), missed(4, "acknowledge")],
            StageTime(Kept.LATE),
            id="overdue-is-late",
        ),
        pytest.param(
            ACK,
            [
                promised(0, due("acknowledge", 0, 4)),
                missed(4, "acknowledge"),
                met(9, "acknowledge"),
            ],
            StageTime(Kept.LATE, 9),
            id="late-has-hours",
        ),
        pytest.param(
            ACK,
            [promised(0, due("acknowledge", 0, 4)), CLOSED],
            StageTime(Kept.RUNNING),
            id="ended-before-it-was-due",
        ),
        pytest.param(
            ACK,
            [
                promised(0, due("acknowledge", 0, 9)),
                promised(1, due("acknowledge", 0, 2)),
                met(3, "acknowledge"),
            ],
            StageTime(Kept.LATE, 3),
            id="as-it-was-set-last",
        ),
        pytest.param(
            FIRST,
            [
                promised(0, due("first_action", 0, 4)),
                missed(4, "first_action"),
                promised(5, due("first_action", 1, 9)),
                met(6, "first_action", 1),
            ],
            StageTime(Kept.LATE, 6),
            id="first-action-by-its-first-promise",
        ),
        pytest.param(
            RESOLVE,
            [
                promised(0, due("resolve", 0, 4)),
                met(2, "resolve"),
                RESOLVED,
                (3, "case.reopened", {"round": 1}),
                promised(3, due("resolve", 1, 9)),
            ],
            StageTime(Kept.RUNNING),
            id="a-denied-solution-is-no-solution",
        ),
        pytest.param(
            RESOLVE,
            [
                promised(0, due("resolve", 0, 1)),
                missed(1, "resolve"),
                RESOLVED,
                met(2, "resolve"),
                (3, "case.reopened", {"round": 1}),
                promised(3, due("resolve", 1, 9)),
                (8, "case.resolved", {}),
                met(8, "resolve", 1),
            ],
            StageTime(Kept.IN_TIME, 8),
            id="resolve-by-its-last-promise",
        ),
        pytest.param(
            FIRST,
            [
                promised(0, due("first_action", 0, 9)),
                (1, "case.joined", {"stopped": {"first_action": "…"}}),
                (2, "case.unjoined", {}),
                promised(2, due("first_action", 1, 9)),
                missed(9, "first_action", 1),
            ],
            StageTime(Kept.LATE),
            id="a-promise-stopped-by-a-joining-was-never-made",
        ),
        pytest.param(
            FIRST,
            [
                promised(0, due("first_action", 0, 9)),
                met(1, "first_action"),
                (2, "case.joined", {"stopped": {}}),
            ],
            None,
            id="a-part-has-no-stages",
        ),
        pytest.param(
            ACK,
            [
                promised(0, due("acknowledge", 0, 99, f"{GAZIPUR}/1")),
                (1, "pause.begun", {"until": (TUESDAY + 170 * HOURS).isoformat()}),
                (25, "pause.ended", {}),
                met(26, "acknowledge"),
            ],
            # Tuesday 10 to 11 and Wednesday 11 to 12.
            StageTime(Kept.IN_TIME, 26, 2),
            id="pauses-are-not-worked",
        ),
    ],
)
def test_stages(
    stage: Stage, events: list[tuple[float, str, Any]], time: StageTime | None
) -> None:
    actor = {"actor": str(id_of("partner-bd"))}
    facts = folded(*[(hours, kind, {**f, **actor}) for hours, kind, f in events])
    assert facts.stages.get(stage) == time


def told_brand(
    hours: float, step: int = 0, to: tuple[str, ...] = ("norda",), rung: str = "brand"
) -> tuple[float, str, dict[str, Any]]:
    facts = {"clock": "resolve", "round": 0, "step": step, "rung": rung}
    return hours, "case.escalated", {**facts, "to": [["brand", slug] for slug in to]}


def answered(
    hours: float,
    step: int = 0,
    name: str = "rung:missed:resolve:0:committee",
    **more: Any,
) -> tuple[float, str, dict[str, Any]]:
    return hours, "rung.answered", {"rung": name, "step": step, **more}


@pytest.mark.parametrize(
    ("events", "hours", "is_asked"),
    [
        pytest.param([answered(2)], None, False, id="nobody-asked"),
        pytest.param([told_brand(2, to=())], None, False, id="only-counted"),
        pytest.param([told_brand(2)], None, True, id="silent"),
        pytest.param([told_brand(2), answered(5.5)], 4, True, id="answered"),
        pytest.param(
            [told_brand(1, to=()), told_brand(2), answered(5)],
            3,
            True,
            id="from-when-somebody-was-told",
        ),
        pytest.param(
            [told_brand(2, 1), answered(5, 0), answered(9, 1)],
            7,
            True,
            id="another-rung's-answer-is-none",
        ),
        pytest.param(
            [
                told_brand(2),
                answered(3, name="rung:missed:acknowledge:0"),
                answered(4, name="rung:missed:resolve:0"),
            ],
            2,
            True,
            id="another-clock's-answer-is-none",
        ),
        pytest.param(
            [told_brand(2), (4, "brand.promised", {"brand": "norda"})],
            2,
            True,
            id="a-promise-is-an-answer",
        ),
        pytest.param(
            [
                told_brand(2),
                (
                    30,
                    "rung.answered",
                    {"rung": "rung:s1:alert:0", "step": 0, "late": True},
                ),
            ],
            28,
            True,
            id="one-late-word-is-for-all",
        ),
        pytest.param(
            [told_brand(1, rung="factory_head"), told_brand(2), told_brand(9)],
            None,
            True,
            id="a-head-is-no-brand",
        ),
    ],
)
def test_brands(
    events: list[tuple[float, str, Any]], hours: int | None, is_asked: bool
) -> None:
    facts = folded(*events)
    assert (facts.brand_hours, facts.brand_asked) == (hours, is_asked)


def test_the_language_is_the_one_last_spoken() -> None:
    facts = folded((1, "language.set", {"language": "hi"}))
    assert facts.language == "hi"


def test_the_country_is_the_one_last_chosen() -> None:
    life = Life(site=None, country="IN")
    assert life.act(verbs.ChooseCountry("BD"), WORKER)
    assert life.facts.country == "BD"


def test_who_filed_it_last_is_the_filer() -> None:
    life = Life()
    for filer in ("relative", "union"):
        assert life.act(verbs.FileFor(filer), WORKER)
    assert life.facts.filer == "union"


CHECK = {"check": "check_30"}


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        pytest.param([], "", id="not-asked"),
        pytest.param(["asked"], WAITING, id="asked-and-waiting"),
        pytest.param(["asked", "unanswered"], "unanswered", id="unanswered"),
        pytest.param(["asked", "no"], "no", id="no"),
        pytest.param(["asked", "no", "asked"], "no", id="a-no-is-known"),
        pytest.param(["asked", "no", "asked", "unsaid"], "unsaid", id="the-last-word"),
        pytest.param(["asked", "yes", "asked", "no"], "yes", id="a-yes-stays"),
        pytest.param(
            ["asked", "unanswered", "asked", "no"], "no", id="answered-the-second-time"
        ),
        pytest.param(
            ["asked", "unanswered", "asked"], WAITING, id="asked-the-second-time"
        ),
    ],
)
def test_reprisals(kinds: list[str], said: str) -> None:
    named = {"yes": "reported", "no": "checked", "unsaid": "checked"}
    events = [
        (n, f"reprisal.{named.get(kind, kind)}", {**CHECK, "answer": kind})
        for n, kind in enumerate(kinds, start=1)
    ]
    assert folded(*events).reprisal == said


@pytest.mark.parametrize(
    ("beneficiaries", "affected"),
    [([], 1), ([None], 1), ([0], 1), ([400, 12], 400)],
)
def test_affected(beneficiaries: list[int | None], affected: int) -> None:
    events = [(1.0, "remedy.finished", {"beneficiaries": n}) for n in beneficiaries]
    assert folded(*events).affected == affected
