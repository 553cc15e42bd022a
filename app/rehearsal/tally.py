"""Counting while a year is played, and the outcome when it is over."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from app.domain.case import LAW, CaseFile, Deadline, Decision, Recipient
from app.domain.clocks import PROMISES
from app.domain.taxonomy import Clock, Severity, State
from app.rehearsal.desks import Desks
from app.rehearsal.outcome import Climb, ClockShare, LawCount, Load, Solving
from app.rehearsal.story import Story

BRAND = "brand "
# What becomes of a rung that is asked to answer.
_ANSWERS = {"rung.answered": "answered", "rung.missed": "silent"}
_SOLVED = frozenset({State.RESOLVED, State.CLOSED_DECLARED, State.CLOSED_CONFIRMED})
_ORDER = tuple(clock.value for clock in Clock)


@dataclass(slots=True)
class Tally:
    """What is counted on the way; `hear` is told of every decision."""

    desks: Desks
    climbs: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    carriers: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    escalations: Counter[str] = field(default_factory=Counter)
    owed: Counter[str] = field(default_factory=Counter)
    _by_month: defaultdict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def hear(
        self, story: Story, _was: CaseFile | None, decision: Decision, at: datetime
    ) -> None:
        if decision.refusal is not None:
            facts = decision.events[0].facts
            self.refused[f"{facts['verb']}: {facts['why']}"] += 1
            return
        for event in decision.events:
            if event.kind == "clock.met":
                story.met.add((event.facts["clock"], event.facts["round"]))
            elif event.kind in _ANSWERS:
                self.answers[_ANSWERS[event.kind]] += 1
            elif event.kind == "law.met":
                story.met.add((LAW + event.facts["law"], 0))
        for step in decision.escalations:
            self._climbed(step.rung, step.reason, step.recipients, f"{at:%Y-%m}")
        for owed in decision.owed:
            # The outbox takes one key of a case once.
            if owed.key not in story.owed:
                story.owed.add(owed.key)
                self._owe(owed.template, owed.recipient, owed.not_before or at)

    def _climbed(
        self, rung: str, reason: str, recipients: Iterable[Recipient], month: str
    ) -> None:
        desks = {self._desk_of(to) for to in recipients}
        if not desks:
            return  # A miss that is only counted: the case was over.
        self.climbs[rung, reason] += 1
        counted = self.alerts if reason == "alert" else self.escalations
        for desk in desks:
            counted[desk] += 1
            if desk.startswith(BRAND):
                self._by_month[desk][month] += 1

    def _owe(self, template: str, to: Recipient, at: datetime) -> None:
        desk = self._desk_of(to)
        self.messages[template] += 1
        self.carriers[to.kind] += 1
        self.days[f"{at:%Y-%m-%d}"] += 1
        self.owed[desk] += 1
        if not desk.startswith(BRAND):
            self._by_month[desk][f"{at:%Y-%m}"] += 1

    def _desk_of(self, to: Recipient) -> str:
        key = (to.kind, to.key)
        if key not in self._names:
            self._names[key] = self.desks.name_of(to)
        return self._names[key]

    def loads(self, stories: Iterable[Story]) -> tuple[Load, ...]:
        """Return the load of every desk, also of one that had none."""
        held = Counter(desk for story in stories for desk in story.desks)
        known = {desk.name: desk.temper.value for desk in self.desks.known}
        groups = sorted({*self.owed, *held} - set(known))
        return tuple(
            self._load(desk, known.get(desk, ""), held[desk])
            for desk in (*known, *groups)
        )

    def _load(self, desk: str, temper: str, cases: int) -> Load:
        months = self._by_month[desk]
        month, peak = max(sorted(months.items()), key=_count, default=("", 0))
        return Load(
            desk=desk,
            temper=temper,
            cases=cases,
            alerts=self.alerts[desk],
            escalations=self.escalations[desk],
            messages=self.owed[desk],
            peak_month=month,
            peak=peak,
        )

    @property
    def busiest(self) -> tuple[str, int]:
        """The day (UTC) with the most messages, and how many."""
        return max(sorted(self.days.items()), key=_count, default=("", 0))


def _count(entry: tuple[str, int]) -> int:
    return entry[1]


# ------------------------------------------------------------------ the cases


def clock_shares(stories: Iterable[Story]) -> tuple[ClockShare, ...]:
    """Return how each promise was kept, by clock and by the case's severity."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for story in stories:
        for clock in story.case.deadlines:
            fate = _fate(story, clock)
            if fate:
                counts[clock.name, story.case.severity.value, fate] += 1
    rows = sorted({(name, grave) for name, grave, _ in counts}, key=_in_order)
    return tuple(
        ClockShare(
            name,
            grave,
            *(counts[name, grave, fate] for fate in _FATES),
        )
        for name, grave in rows
    )


_PASSING = frozenset(clock.value for clock in Clock if clock not in PROMISES)
_FATES = ("in_time", "missed", "open", "ended")


def _fate(story: Story, clock: Deadline) -> str:
    """Return what became of a promise; blank for what is none."""
    if clock.name in _PASSING:
        return ""  # A confirmation or a withdrawal only passes.
    if clock.missed_at is not None:
        return "missed"
    if clock.is_running:
        return "open"
    return "in_time" if (clock.name, clock.round) in story.met else "ended"


def law_counts(stories: Iterable[Story]) -> tuple[LawCount, ...]:
    """Return what became of the law's own clocks."""
    counts: Counter[tuple[str, str]] = Counter()
    for story in stories:
        for clock in story.case.statutory:
            counts[clock.name.removeprefix(LAW), _fate(story, clock)] += 1
    return tuple(
        LawCount(law, *(counts[law, fate] for fate in _FATES))
        for law in sorted({law for law, _ in counts})
    )


def _in_order(row: tuple[str, str]) -> tuple[int, str, str]:
    name, grave = row
    place = _ORDER.index(name) if name in _ORDER else len(_ORDER)
    return place, name, grave


def solving(stories: Iterable[Story]) -> tuple[Solving, ...]:
    """Return how long it took, for all and by severity; S4 is no complaint."""
    days: defaultdict[str, list[float | None]] = defaultdict(list)
    for story in stories:
        case = story.case
        if case.state.is_closed and case.state not in _SOLVED:
            continue
        took = None
        if story.solved_at is not None:
            took = (story.solved_at - case.opened_at) / timedelta(days=1)
        days[case.severity.value].append(took)
        if case.severity != Severity.S4:
            days[""].append(took)
    return tuple(
        Solving(
            severity=grave or "S1-S3",
            cases=len(took),
            solved=sum(each is not None for each in took),
            median=_quantile(took, 0.5),
            p90=_quantile(took, 0.9),
        )
        for grave, took in sorted(days.items())
    )


def _quantile(took: list[float | None], share: float) -> float | None:
    """Return by when that share of all was solved, the unsolved counted as never."""
    solved = sorted(each for each in took if each is not None)
    place = ceil(share * len(took)) - 1
    return round(solved[place], 1) if place < len(solved) else None


def climbed(climbs: Counter[tuple[str, str]]) -> tuple[Climb, ...]:
    return tuple(Climb(*key, count) for key, count in sorted(climbs.items()))


def states(stories: Iterable[Story]) -> dict[str, int]:
    counts = Counter(story.case.state for story in stories)
    return {state.value: counts[state] for state in State if counts[state]}


def paused_per_cent(stories: Iterable[Story], until: datetime) -> float:
    """Return the share of the cases' open time during which clocks were paused."""
    open_time = paused = timedelta()
    for story in stories:
        case = story.case
        ended = case.closed_at or until
        open_time += ended - case.opened_at
        for pause in case.pauses:
            paused += max(min(pause.until or ended, ended) - pause.since, timedelta())
    return round(100 * (paused / open_time), 2) if open_time else 0.0
