"""The small programme with the law's terms, two holidays and some helplines."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.data import load_laws
from app.domain import commands as verbs
from app.domain.calendar import HolidayRow, build_calendar
from app.domain.case import LAW, CaseFile, Deadline, Decision
from app.domain.commands import Command
from app.domain.directory import Helpline
from app.domain.laws import Happening
from app.domain.strike import strike
from app.domain.taxonomy import Category
from tests.builders import (
    GAZIPUR,
    HOURS,
    PROGRAMME,
    SITES,
    TIRUPPUR,
    TUESDAY,
    act,
    opened,
)

HOLIDAYS = (
    HolidayRow("IN", date(2026, 10, 2), None, "Gandhi Jayanti", None),
    HolidayRow("BD", date(2026, 12, 16), None, "Victory Day", None),
)
HELPLINES = (
    Helpline("BD", "labour", "16357", "DIFE", "bn", "dife.gov.bd"),
    Helpline("IN", "women", "181", "Women Helpline", "hi", "wcd.gov.in"),
    Helpline("IN", "child", "1098", "Childline", "hi", "wcd.gov.in"),
    Helpline("IN", "legal_aid", "15100", "NALSA", "hi", "nalsa.gov.in"),
)
LAWFUL = replace(
    PROGRAMME,
    laws=load_laws(),
    helplines=HELPLINES,
    calendars={
        each.code: replace(
            build_calendar(
                ZoneInfo(each.timezone),
                each.hours,
                each.weekly_rest,
                HOLIDAYS,
                (each.code, each.country),
            ),
            id=f"{each.code}/1",
        )
        for each in SITES
    },
)
LAWLESS = replace(LAWFUL, laws=())

INDIA: dict[str, Any] = {"site": TIRUPPUR, "country": "IN"}
BANGLADESH: dict[str, Any] = {"site": GAZIPUR, "country": "BD"}
DISMISSED: dict[str, Any] = {"category": Category.TERM, **BANGLADESH}
HARASSED: dict[str, Any] = {"category": Category.GBVH, **INDIA}
A_CHILD: dict[str, Any] = {"category": Category.CHLD, **INDIA}


def happened(what: Happening, on: date | None = None, note: str = "") -> Command:
    return verbs.Happened(what, on, note=note)


def partner_of(case: CaseFile) -> str:
    return "partner-tn" if case.country == "IN" else "partner-bd"


def done(case: CaseFile, command: Command, at: datetime, name: str = "") -> Decision:
    """Let a partner, or whoever is named, do what must be allowed."""
    decision = act(case, command, name or partner_of(case), at=at, directory=LAWFUL)
    assert decision.refusal is None, decision.refusal
    return decision


def why(case: CaseFile, command: Command, name: str = "", **how: Any) -> Any:
    who = name or partner_of(case)
    decision = act(case, command, who, directory=LAWFUL, **how)
    return decision.events[0].facts.get("why") if decision.refusal else None


def started(at: datetime = TUESDAY, **given: Any) -> CaseFile:
    return opened(directory=LAWFUL, at=at, **given)


def struck(case: CaseFile, at: datetime) -> Decision:
    return strike(case, LAWFUL, False, at)


def swept(case: CaseFile, until: datetime) -> tuple[CaseFile, list[Decision]]:
    """Sweep whenever something is due, up to and with `until`."""
    decisions: list[Decision] = []
    while True:
        looks = [c.next_at for c in case.clocks if c.next_at is not None]
        coming = min((look for look in looks if look <= until), default=None)
        if coming is None:
            return case, decisions
        decisions.append(struck(case, coming))
        case = decisions[-1].case


def law(case: CaseFile, name: str) -> Deadline:
    clock = case.deadline(LAW + name)
    assert clock is not None, f"{name} does not run"
    return clock


def laws_of(case: CaseFile) -> set[str]:
    return {clock.name.removeprefix(LAW) for clock in case.statutory}


def last_day(case: CaseFile, clock: Deadline) -> date:
    return LAWFUL.local_day(
        clock.due_at - timedelta(microseconds=1), case.site, case.country
    )


def noon(day: date) -> datetime:
    return datetime.combine(day, time(6), UTC)  # about noon at both sites


def events(decisions: Iterable[Decision], kind: str) -> list[dict[str, Any]]:
    found = [event for d in decisions for event in d.events]
    return [dict(event.facts) for event in found if event.kind == kind]


FORMAL = "formal"


def told_of(given: dict[str, Any], what: list[tuple[str, date]]) -> CaseFile:
    """Return a case in which all of it is on record, each on the day after."""
    case = started(**given)
    for word, on in what:
        command: Command = (
            verbs.Formal(on, note="She wants this.")
            if word == FORMAL
            else happened(Happening(word), on)
        )
        at = max(TUESDAY + HOURS, noon(on))
        case = done(case, command, at).case
    return case
