"""What a rehearsed year came to, as plain values.

Every share has all that came in its denominator, what is still open included;
only what ended with its case (withdrawn, referred, unfounded) is left out and
counted apart.
"""

from dataclasses import asdict, dataclass
from typing import Any

# Above it a share is shown with one figure behind the point.
_DIGITS = 1


@dataclass(frozen=True, slots=True)
class ClockShare:
    """How one promise was kept at one severity."""

    clock: str
    severity: str
    in_time: int
    missed: int
    open: int  # not due yet when the play ended
    ended: int  # its case ended before it was due, with nothing to be met

    @property
    def per_cent(self) -> float | None:
        """The share kept in time, of a hundred; None where nothing was promised."""
        promised = self.in_time + self.missed
        return round(100 * self.in_time / promised, _DIGITS) if promised else None


@dataclass(frozen=True, slots=True)
class LawCount:
    """What became of one law's clocks.

    The play has nobody go to an authority or a court, so a right that a worker
    would have used counts as passed as well: how many were at stake.
    """

    law: str
    in_time: int
    passed: int
    open: int
    ended: int  # with the case, or because she was content


@dataclass(frozen=True, slots=True)
class Solving:
    """Days until a case was first declared solved.

    `median` and `p90`: by when half and nine tenths of all were, None where
    they never were. Cases that ended otherwise are not among `cases`.
    """

    severity: str
    cases: int
    solved: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Climb:
    """How often cases climbed to one rung for one reason."""

    rung: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one desk has to read and to act on.

    `desk`: brand SLUG, partner ORG, secretariat, factory heads, committees or
    workers. `peak`: its fullest month, a brand's by alerts and escalations, all
    others' by messages.
    """

    desk: str
    temper: str  # well, late or never; blank for a group
    cases: int  # that it held at some time
    alerts: int
    escalations: int
    messages: int
    peak_month: str
    peak: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One year under one policy."""

    policy: str
    start: str  # ISO 8601
    months: int
    played_until: str
    cases: int
    seed: int
    sites: dict[str, int]  # how many of each temperament
    clocks: tuple[ClockShare, ...]
    laws: tuple[LawCount, ...]
    solving: tuple[Solving, ...]
    climbs: tuple[Climb, ...]
    answers: dict[str, int]  # rungs that were asked to: answered, or silent
    loads: tuple[Load, ...]
    messages: dict[str, int]  # by template
    carriers: dict[str, int]  # by kind of recipient
    busiest_day: str
    busiest: int
    states: dict[str, int]
    paused_per_cent: float
    refused: dict[str, int]  # acts that the rules did not allow, by reason

    def as_data(self) -> dict[str, Any]:
        """Return everything as JSON values, the shares with it."""
        data = asdict(self)
        for row, share in zip(data["clocks"], self.clocks, strict=True):
            row["in_time_per_cent"] = share.per_cent
        return data


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an outcome; `unit` is %, days, or blank for a count."""

    group: str
    name: str
    value: float | None
    unit: str = ""


def figures(outcome: Outcome) -> list[Figure]:
    """Return the outcome as one list of figures, for a table or a comparison."""
    found = [
        Figure("kept in time", f"{c.clock} {c.severity}", c.per_cent, "%")
        for c in outcome.clocks
    ]
    for each in outcome.solving:
        found += [
            Figure("days until solved", f"median {each.severity}", each.median, "days"),
            Figure("days until solved", f"90 % {each.severity}", each.p90, "days"),
        ]
    found += [
        Figure("escalations", f"{c.rung}: {c.reason}", c.count) for c in outcome.climbs
    ]
    found += [
        Figure("escalations", f"rungs {word}", n) for word, n in outcome.answers.items()
    ]
    found += [Figure("the law's terms passed", c.law, c.passed) for c in outcome.laws]
    for load in outcome.loads:
        if load.desk.startswith("brand "):
            found += [
                Figure("load", f"{load.desk}: alerts", load.alerts),
                Figure("load", f"{load.desk}: escalations", load.escalations),
                Figure("load", f"{load.desk}: fullest month", load.peak),
            ]
        else:
            found.append(Figure("load", f"{load.desk}: messages", load.messages))
    found += [Figure("messages", name, n) for name, n in outcome.messages.items()]
    found.append(Figure("messages", "all", sum(outcome.messages.values())))
    found.append(Figure("messages", "on the busiest day", outcome.busiest))
    found += [Figure("cases", name, n) for name, n in outcome.states.items()]
    found.append(Figure("time", "paused", outcome.paused_per_cent, "%"))
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure under two policies; a count that one lacks is 0 there."""

    group: str
    name: str
    unit: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        """After less before; None where one of them is not to be had."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 2)


def differences(before: Outcome, after: Outcome) -> list[Difference]:
    """Return every figure of either outcome, in the order of the first."""
    one = {(f.group, f.name): f for f in figures(before)}
    two = {(f.group, f.name): f for f in figures(after)}
    groups = list(dict.fromkeys(group for group, _ in (*one, *two)))
    keys = sorted(dict.fromkeys((*one, *two)), key=lambda key: groups.index(key[0]))
    return [
        Difference(
            group=group,
            name=name,
            unit=(one.get((group, name)) or two[group, name]).unit,
            before=_value(one.get((group, name)), two.get((group, name))),
            after=_value(two.get((group, name)), one.get((group, name))),
        )
        for group, name in keys
    ]


def _value(figure: Figure | None, other: Figure | None) -> float | None:
    if figure is not None:
        return figure.value
    return 0 if other is not None and not other.unit else None
