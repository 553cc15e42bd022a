"""What a desk means to do with a case that it takes in hand, and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from app.domain.case import CaseFile
from app.domain.taxonomy import REMEDIATED, Category, Clock, Severity
from app.rehearsal.cast import Tale
from app.rehearsal.people import CRITICAL, WORKING, Pace, Range, Temper
from app.rehearsal.plan import Plan
from app.rehearsal.story import Step
from app.rehearsal.working_time import WorkingTime

Intents = Iterator[tuple[datetime, Step]]

URGENT = frozenset({Category.OSHS, Category.CRIS})
MONTH = timedelta(days=30)
_PROPOSED = 0.6  # of the cases, before they are solved
_ATTEMPT_DAYS = (1.05, 2.1, 3.15)  # before the end for want of contact


class Hand:
    """One desk's hand on one case: its pace, its working time, its chance."""

    def __init__(
        self, case: CaseFile, temper: Temper, time: WorkingTime, chance: Random
    ) -> None:
        self.is_critical = case.severity == Severity.S1
        self.pace: Pace = (CRITICAL if self.is_critical else WORKING)[temper]
        self.time = time
        self.chance = chance

    def when(self, at: datetime, within: Range) -> datetime | None:
        """Draw a moment in working days, or for what is critical in hours."""
        length = self.chance.uniform(*within)
        if self.is_critical:
            return at + timedelta(hours=length)
        return self.time.after(at, length)


def course(case: CaseFile, tale: Tale, plan: Plan, hand: Hand, at: datetime) -> Intents:
    """Yield what the desk means to do from `at` on; the solution comes last.

    The engine refuses what has become impossible meanwhile.
    """
    pace = hand.pace
    is_urgent = hand.is_critical and case.category in URGENT
    read, start = hand.when(at, pace.read), hand.when(at, pace.start)
    planned = hand.when(at, pace.plan)
    solved = hand.when(at, pace.urgent if is_urgent else pace.solve)
    proposes = hand.chance.random() < _PROPOSED
    if read is None or start is None:
        return
    start = max(read, start)
    yield read, Step.READ
    yield start, Step.START
    if case.deadline(Clock.PLAN) is not None:
        if planned is None:
            return
        planned = max(start, planned)
        yield planned, Step.PLAN
        if plan.remediation_months and case.category in REMEDIATED:
            yield planned + timedelta(hours=6), Step.REMEDIATE
            solved = planned + plan.remediation_months * MONTH
        elif solved is not None:
            solved = max(planned + timedelta(hours=6), solved)
    if solved is None:
        return
    yield from _to_the_end(case, tale, hand, max(start, solved), start, proposes)


def _to_the_end(
    case: CaseFile,
    tale: Tale,
    hand: Hand,
    solved: datetime,
    start: datetime,
    proposes: bool,
) -> Intents:
    is_first = case.round == 0
    if tale.pause_days and is_first and not hand.is_critical:
        waits = timedelta(days=tale.pause_days)
        yield start + timedelta(hours=1), Step.PAUSE
        yield start + timedelta(hours=1) + waits, Step.RESUME
        solved += waits
    if proposes:
        yield start + (solved - start) * 0.6, Step.PROPOSE
    if not tale.ending or not is_first or case.category in REMEDIATED | URGENT:
        yield solved, Step.RESOLVE
        return
    if tale.ending == "no-contact":
        yield from ((start + timedelta(days=n), Step.ATTEMPT) for n in _ATTEMPT_DAYS)
        solved = max(solved, start + timedelta(days=_ATTEMPT_DAYS[-1], hours=1))
    yield solved, Step.END
