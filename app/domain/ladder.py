"""Ladders as data: who is told of what was not done, and how long each may wait.

A ladder belongs to a route and to what sets it off. It is a list of rungs; a
rung that nobody answers within its time climbs to the next. What a policy may
not choose is refused here: a ladder that stops half-way, and one that carries
a case back into the factory that it must stay out of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.durations import Duration
from app.domain.taxonomy import Clock, Route
from app.domain.toml_table import Table


class Rung(StrEnum):
    """Who stands on a rung."""

    COMMITTEE = "committee"  # the whole body again, whichever committee it is
    PARTNER = "partner"
    FACTORY_HEAD = "factory_head"
    FIRST_TIER = "first_tier"  # heads of first-tier sites that buy from this one
    SECRETARIAT = "secretariat"
    BRAND = "brand"

    @property
    def is_factory_side(self) -> bool:
        return self in (Rung.COMMITTEE, Rung.FACTORY_HEAD, Rung.FIRST_TIER)


class Wording(StrEnum):
    """How much a notice says. A protected case is never named to brands."""

    NAMED = "named"  # the case's number, the site, the step and its date
    GENERAL = "general"  # that something promised at this site was not done
    VEILED = "veiled"  # to brands: neither number, site nor date


class Trigger(StrEnum):
    """What sets a ladder off."""

    MISSED = "missed"  # a clock of the policy
    MISSED_TWICE = "missed_twice"  # a committee's first action, again within 90 days
    REOPENED_TWICE = "reopened_twice"  # the worker said no a second time
    NOT_SOLVED = "not_solved"  # the worker's first no, to the body's word
    NOT_SOLVED_ABOVE = "not_solved_above"  # to the word of somebody above the body
    CONTESTED = "contested"  # opened again; nobody had declared it solved
    CONTESTED_ABOVE = "contested_above"  # the same, and a partner had ended it
    S1 = "s1"  # at once, without content
    CLUSTER = "cluster"  # many cases of one kind at one site
    REVIEW_MISSED = "review_missed"  # the dated review of a case in remediation


COMMITTEE = "committee"  # every route that a committee holds
ALL = "*"
GROUPS = (COMMITTEE, Route.PARTNER.value, Route.SECRETARIAT.value)
MISSABLE = (Clock.ACKNOWLEDGE, Clock.FIRST_ACTION, Clock.PLAN, Clock.RESOLVE)
MOST_RUNGS = 12
# Fewer cases than this would point at the people behind them.
FEWEST_CASES = 5

# What must not be laid before the factory, whichever body holds the case.
_OUTSIDE_ONLY = frozenset(
    {Trigger.CONTESTED, Trigger.CONTESTED_ABOVE, Trigger.S1, Trigger.CLUSTER}
)
# Where a policy says nothing of these, nothing follows.
_MAY_BE_MISSING = frozenset({Trigger.CLUSTER})


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: who is told, how, and how long they may take to answer."""

    tell: tuple[Rung, ...]
    answer: Duration | None = None  # None: nobody waits for an answer
    delay: Duration | None = None  # how much later the notice goes out
    wording: Wording = Wording.NAMED
    is_quiet: bool = True  # waits for the end of the policy's quiet hours

    @property
    def toml(self) -> str:
        told = ", ".join(f'"{rung}"' for rung in self.tell)
        times = (("answer", self.answer), ("delay", self.delay))
        parts = [f"tell = [{told}]"]
        parts += [f'{key} = "{time}"' for key, time in times if time is not None]
        if self.wording is not Wording.NAMED:
            parts.append(f'wording = "{self.wording}"')
        return f"{{ {', '.join(parts + ['quiet = false'] * (not self.is_quiet))} }}"


Key = tuple[str, Trigger, str]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of one trigger on one group of routes."""

    route: str  # one of GROUPS
    trigger: Trigger
    clock: str  # blank but for MISSED
    steps: tuple[Step, ...]

    @property
    def key(self) -> Key:
        return self.route, self.trigger, self.clock

    @property
    def toml(self) -> list[str]:
        lines = ["", "[[ladder]]", f'route = "{self.route}"']
        lines.append(f'trigger = "{self.trigger}"')
        lines += [f'clock = "{self.clock}"'] * bool(self.clock)
        return [*lines, "rungs = [", *(f"  {step.toml}," for step in self.steps), "]"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """How many cases of one kind at one site, within how long, are a cluster."""

    cases: int
    within: Duration

    @property
    def toml(self) -> str:
        return f'cluster = {{ cases = {self.cases}, within = "{self.within}" }}'


def group_of(route: Route) -> str:
    return COMMITTEE if route.is_factory_side else route.value


def _keys() -> Iterable[Key]:
    for group in GROUPS:
        for trigger in Trigger:
            if trigger is Trigger.MISSED:
                yield from ((group, trigger, clock.value) for clock in MISSABLE)
            elif trigger is not Trigger.MISSED_TWICE or group == COMMITTEE:
                yield group, trigger, ""


# Every ladder that there can be, in the order in which they are written.
KEYS: Mapping[Key, int] = MappingProxyType(
    {key: place for place, key in enumerate(_keys())}
)

_LADDER_KEYS = ("route", "trigger", "clock", "rungs")
_STEP_KEYS = ("tell", "answer", "delay", "wording", "quiet")
_CLUSTER_KEYS = ("cases", "within")


class _Group(StrEnum):
    COMMITTEE = COMMITTEE
    PARTNER = "partner"
    SECRETARIAT = "secretariat"
    ALL = ALL


def read_ladders(tables: Iterable[Table]) -> tuple[Ladder, ...]:
    """Return the ladders of a file; one for a route beats one for "*"."""
    own: list[Ladder] = []
    general: list[Ladder] = []
    for table in tables:
        found = general if table.raw.get("route") == ALL else own
        for ladder in _read_ladder(table):
            if any(other.key == ladder.key for other in found):
                table.wrong("", f"{_named(ladder.key)} is there more than once")
            found.append(ladder)
    return completed(own, general)


def _read_ladder(table: Table) -> tuple[Ladder, ...]:
    """Return the ladders that one [[ladder]] stands for: for "*" one a route."""
    table.refuse_unknown(_LADDER_KEYS)
    route = table.word("route", tuple(_Group))
    trigger = table.word("trigger", tuple(Trigger))
    clock = _clock(table, trigger)
    steps = _steps(table)
    if not (route and trigger and steps) or clock is None:
        return ()
    _refuse_factory(table, route, trigger, steps)
    groups = GROUPS if route is _Group.ALL else (route.value,)
    found = [Ladder(group, trigger, clock, steps) for group in groups]
    kept = tuple(ladder for ladder in found if ladder.key in KEYS)
    if not kept:
        table.wrong("trigger", f"{trigger} is of committees alone")
    return kept


def _clock(table: Table, trigger: Trigger | None) -> str | None:
    if trigger is Trigger.MISSED:
        return table.word("clock", MISSABLE)
    if "clock" in table.raw:
        table.wrong("clock", "only the trigger missed has one: leave it out")
    return ""


def _steps(table: Table) -> tuple[Step, ...]:
    rows = table.tables("rungs", "rung")
    if not rows:
        table.wrong("rungs", 'write at least one, { tell = ["secretariat"] }')
    if len(rows) > MOST_RUNGS:
        table.wrong("rungs", f"{len(rows)} are too many to end: at most {MOST_RUNGS}")
    found = [_step(row, is_last=row is rows[-1]) for row in rows]
    return tuple(step for step in found if step is not None)


def _step(row: Table, *, is_last: bool) -> Step | None:
    row.refuse_unknown(_STEP_KEYS)
    tell = row.words("tell", tuple(Rung))
    answer = row.time("answer", may_be_missing=True)
    delay = row.time("delay", may_be_missing=True)
    wording = Wording.NAMED
    if "wording" in row.raw:
        wording = row.word("wording", tuple(Wording)) or wording
    if wording is Wording.VEILED and set(tell) - {Rung.BRAND}:
        row.wrong("wording", "veiled is for a rung that tells brands alone")
    if "answer" not in row.raw and not is_last:
        row.wrong("answer", 'the climb would stop here: write answer = "48h"')
    is_quiet = row.flag("quiet", unless=True)
    return Step(tell, answer, delay, wording, is_quiet) if tell else None


def _refuse_factory(
    table: Table, route: _Group, trigger: Trigger, steps: Sequence[Step]
) -> None:
    told = [rung for step in steps for rung in step.tell if rung.is_factory_side]
    if told and (route is not _Group.COMMITTEE or trigger in _OUTSIDE_ONLY):
        names = ", ".join(dict.fromkeys(told))
        table.wrong("rungs", f"nobody at a factory may learn of this: {names}")


def read_cluster(top: Table, raw: object) -> Cluster | None:
    """Return the policy's cluster; None where `false` says that there is none."""
    if raw is False:
        return None
    if not isinstance(raw, dict):
        top.wrong("cluster", 'write { cases = 5, within = "30d" }, or false')
        return None
    table = Table("cluster", raw, top.problems)
    table.refuse_unknown(_CLUSTER_KEYS)
    cases = table.whole("cases", least=FEWEST_CASES)
    within = table.time("within")
    return Cluster(cases, within) if cases and within else None


def lacking(ladders: Iterable[Ladder]) -> list[str]:
    """Return what is said of the ladders without which somebody would wait."""
    has = {ladder.key for ladder in ladders}
    missing = [key for key in KEYS if key not in has and key[1] not in _MAY_BE_MISSING]
    named = ", ".join(_named(key) for key in missing)
    return [f"no [[ladder]] for {named}: write one for each"] if missing else []


def _named(key: Key) -> str:
    return " ".join(part for part in key if part)


def completed(ladders: Sequence[Ladder], base: Sequence[Ladder]) -> tuple[Ladder, ...]:
    """Return these ladders and, of `base`, those that they leave out, in order."""
    has = {ladder.key for ladder in ladders}
    whole = [*ladders, *(ladder for ladder in base if ladder.key not in has)]
    return tuple(sorted(whole, key=lambda ladder: KEYS[ladder.key]))
