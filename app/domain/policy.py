"""What each category promises, to whom it goes, and how it climbs: a dated policy."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from app.domain.durations import Duration
from app.domain.errors import BadInput
from app.domain.ladder import (
    Cluster,
    Key,
    Ladder,
    Step,
    Trigger,
    completed,
    group_of,
    lacking,
    read_cluster,
    read_ladders,
)
from app.domain.quiet import Windows, parse_quiet, written
from app.domain.taxonomy import Category, Clock, Route, Severity
from app.domain.toml_table import Table

# The secretariat takes over where every other body is missing; it is no
# policy's choice.
ROUTES = tuple(route for route in Route if route is not Route.SECRETARIAT)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The times promised for a severity that a category lacks."""

    severity: Severity
    acknowledge: Duration | None
    first_action: Duration
    resolve: Duration
    plan: Duration | None = None
    brand_alert: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What one category promises at one severity."""

    category: Category
    severity: Severity
    route: Route
    acknowledge: Duration | None
    first_action: Duration
    resolve: Duration
    plan: Duration | None = None
    brand_alert: bool = False

    @property
    def clocks(self) -> tuple[tuple[Clock, Duration], ...]:
        """The promises that the entry makes, in the order of a case's life."""
        promised = (
            (Clock.ACKNOWLEDGE, self.acknowledge),
            (Clock.FIRST_ACTION, self.first_action),
            (Clock.RESOLVE, self.resolve),
            (Clock.PLAN, self.plan),
        )
        return tuple((name, time) for name, time in promised if time is not None)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version, in force from its date; it has an entry for every category."""

    version: str  # YYYY-MM-DD
    entries: tuple[Entry, ...]
    severity_entries: tuple[Clocks, ...] = ()
    is_demo: bool = False
    ladders: tuple[Ladder, ...] = ()  # in the order of `ladder.KEYS`
    quiet: Windows = ()  # local hours in which people are not told
    cluster: Cluster | None = None
    # Filled at the first question; the value itself never changes.
    _steps: dict[Key, tuple[Step, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def steps(
        self, route: Route, trigger: Trigger, clock: str = ""
    ) -> tuple[Step, ...]:
        """Return the rungs that a case on that route climbs, none where no ladder."""
        if not self._steps:
            self._steps.update({each.key: each.steps for each in self.ladders})
        named = clock if trigger is Trigger.MISSED else ""
        return self._steps.get((group_of(route), trigger, named), ())

    def entry(self, category: Category, severity: Severity | None = None) -> Entry:
        """Return the category's entry; without a severity, its first one.

        A severity that the category lacks goes where the category goes, on
        the clocks of that severity, or else on the category's own.
        """
        own = [e for e in self.entries if e.category is category]
        if severity is None:
            return own[0]
        exact = next((e for e in own if e.severity is severity), None)
        return exact or self._raised(own[0], severity)

    def _raised(self, default: Entry, severity: Severity) -> Entry:
        found = [c for c in self.severity_entries if c.severity is severity]
        if not found:
            return replace(default, severity=severity)
        clocks = found[0]
        return replace(
            default,
            severity=severity,
            acknowledge=clocks.acknowledge or default.acknowledge,
            first_action=clocks.first_action,
            resolve=clocks.resolve,
            plan=clocks.plan or default.plan,
            # A life in danger by its own hand is never a brand's business.
            brand_alert=clocks.brand_alert and default.category is not Category.CRIS,
        )

    def has_own_entry(self, category: Category, severity: Severity) -> bool:
        return any(
            e.category is category and e.severity is severity for e in self.entries
        )

    def default_severity(self, category: Category) -> Severity:
        return self.entry(category).severity

    def with_version(self, version: str) -> "Policy":
        """Return the same promises in force from another date."""
        if not _is_date(version):
            raise BadInput(_NOT_A_DATE.format(version))
        return replace(self, version=version)

    @property
    def toml(self) -> str:
        """The whole policy written out, what a base lent it included.

        Two files that promise the same have the same text, whatever their
        comments; read again it gives the same policy, also once a later
        release ships other defaults.
        """
        lines = [f'version = "{self.version}"', *["demo = true"] * self.is_demo]
        lines.append(f'quiet = "{written(self.quiet)}"')
        lines.append(self.cluster.toml if self.cluster else "cluster = false")
        for entry in self.entries:
            lines += ["", "[[category]]", f'code = "{entry.category}"']
            lines += [f'severity = "{entry.severity}"', f'route = "{entry.route}"']
            lines += _promises(entry)
        for clocks in self.severity_entries:
            lines += ["", "[[severity]]", f'code = "{clocks.severity}"']
            lines += _promises(clocks)
        for ladder in self.ladders:
            lines += ladder.toml
        return "\n".join(lines) + "\n"


_TIMES = ("acknowledge", "first_action", "resolve", "plan")
_CATEGORY_KEYS = ("code", "severity", "route", *_TIMES, "brand_alert")
_SEVERITY_KEYS = ("code", *_TIMES, "brand_alert")
_CLIMB_KEYS = ("ladder", "quiet", "cluster")
_POLICY_KEYS = ("version", "demo", "category", "severity", *_CLIMB_KEYS)
_NOT_A_DATE = "version: {!r} is not a date: write YYYY-MM-DD, from when it is in force"


def _promises(entry: Entry | Clocks) -> list[str]:
    times = [(key, getattr(entry, key)) for key in _TIMES]
    written = [f'{key} = "{time}"' for key, time in times if time is not None]
    return written + ["brand_alert = true"] * entry.brand_alert


def _is_date(text: object) -> bool:
    if not isinstance(text, str) or not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text
    ):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_Row = TypeVar("_Row")


def parse_policy(
    text: str, *, base: Policy | None = None, climb: Policy | None = None
) -> Policy:
    """Read a policy file; raise one `BadInput` that lists every problem.

    Categories, clocks of a severity and ladders that the file leaves out are
    those of `base`; without a base a missing one is a problem. `climb` lends
    ladders, and to a text from before there were any quiet hours and cluster
    as well.
    """
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"this is not TOML: {error}") from None
    except RecursionError:
        raise BadInput("this is not TOML that can be read: too deep") from None
    problems: list[str] = []
    top = Table("", raw, problems)
    top.refuse_unknown(_POLICY_KEYS)
    policy = Policy(
        version=_version(top),
        entries=tuple(_rows(top, "category", _entry)),
        severity_entries=tuple(_rows(top, "severity", _clocks)),
        is_demo=top.flag("demo"),
    )
    problems += _doubles(policy)
    policy = _with_ladders(policy, top, base or climb, is_whole=base is not None)
    if base is not None:
        policy = _completed(policy, base)
    elif not problems:
        problems += _missing(policy)
    if problems:
        raise BadInput("\n".join(problems))
    return _in_order(policy)


def _with_ladders(
    policy: Policy, top: Table, lender: Policy | None, *, is_whole: bool
) -> Policy:
    """Return the policy with the ladders of the file and those lent to it."""
    lends_all = lender if is_whole or not set(_CLIMB_KEYS) & set(top.raw) else None
    return replace(
        policy,
        ladders=completed(
            read_ladders(_tables(top, "ladder", "route", "trigger", "clock")),
            lender.ladders if lender else (),
        ),
        quiet=_quiet(top, lends_all),
        cluster=read_cluster(top, top.raw["cluster"])
        if "cluster" in top.raw
        else (lends_all.cluster if lends_all else None),
    )


def _quiet(top: Table, lender: Policy | None) -> Windows:
    if "quiet" not in top.raw:
        return lender.quiet if lender else ()
    text = top.text("quiet", "21:00-07:00")
    try:
        return parse_quiet(text or "")
    except BadInput as problem:
        top.wrong("quiet", str(problem))
        return ()


def _version(top: Table) -> str:
    version = top.raw.get("version")
    if type(version) is date:  # Written without quotes, TOML reads a date.
        return version.isoformat()
    if not _is_date(version):
        top.problems.append(_NOT_A_DATE.format(version))
    return str(version)


def _rows(top: Table, key: str, read: Callable[[Table], _Row | None]) -> list[_Row]:
    found = (read(table) for table in _tables(top, key, "code"))
    return [entry for entry in found if entry is not None]


def _tables(top: Table, key: str, *names: str) -> list[Table]:
    """Return the tables under [[key]], each called by what it has of `names`."""
    raw = top.raw.get(key, [])
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        top.wrong(key, f"write each entry under a line [[{key}]]")
        return []
    tables = []
    for number, row in enumerate(raw, start=1):
        called = " ".join(str(row[name]) for name in names if name in row)
        place = f"[[{key}]] {number} ({called or f'no {names[0]}'})"
        tables.append(Table(place, row, top.problems))
    return tables


def _entry(table: Table) -> Entry | None:
    table.refuse_unknown(_CATEGORY_KEYS)
    category = table.word("code", tuple(Category))
    severity = table.word("severity", tuple(Severity))
    route = table.word("route", ROUTES)
    acknowledge = table.time("acknowledge", may_be_missing=True)
    first_action = table.time("first_action")
    resolve = table.time("resolve")
    plan = table.time("plan", may_be_missing=True)
    alert = table.flag("brand_alert")
    if alert and category is Category.CRIS:
        table.wrong("brand_alert", "CRIS never reaches a brand: leave it out")
    if not (category and severity and route and first_action and resolve):
        return None
    return Entry(
        category, severity, route, acknowledge, first_action, resolve, plan, alert
    )


def _clocks(table: Table) -> Clocks | None:
    if "severity" in table.raw and "code" not in table.raw:
        named = {"code": table.raw["severity"], **table.raw}
        del named["severity"]
        table = replace(table, raw=named)
    table.refuse_unknown(_SEVERITY_KEYS)
    severity = table.word("code", tuple(Severity))
    acknowledge = table.time("acknowledge", may_be_missing=True)
    first_action = table.time("first_action")
    resolve = table.time("resolve")
    plan = table.time("plan", may_be_missing=True)
    alert = table.flag("brand_alert")
    if not (severity and first_action and resolve):
        return None
    return Clocks(severity, acknowledge, first_action, resolve, plan, alert)


def _doubles(policy: Policy) -> list[str]:
    names = [f"{entry.category} at {entry.severity}" for entry in policy.entries]
    names += [f"[[severity]] {clocks.severity}" for clocks in policy.severity_entries]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    return [f"{name} has more than one entry: keep one" for name in twice]


def _missing(policy: Policy) -> list[str]:
    has = {entry.category for entry in policy.entries}
    without = [category.value for category in Category if category not in has]
    named = ", ".join(without)
    problems = [f"no [[category]] for {named}: write one for each"] * bool(without)
    return problems + lacking(policy.ladders)


def _completed(policy: Policy, base: Policy) -> Policy:
    has = {entry.category for entry in policy.entries}
    graded = {clocks.severity for clocks in policy.severity_entries}
    return replace(
        policy,
        entries=(
            *policy.entries,
            *(entry for entry in base.entries if entry.category not in has),
        ),
        severity_entries=(
            *policy.severity_entries,
            *(c for c in base.severity_entries if c.severity not in graded),
        ),
    )


def _in_order(policy: Policy) -> Policy:
    """Order the categories; within one the file's order says which is first."""
    places = {category: place for place, category in enumerate(Category)}
    return replace(
        policy,
        entries=tuple(sorted(policy.entries, key=lambda e: places[e.category])),
        severity_entries=tuple(
            sorted(policy.severity_entries, key=lambda c: c.severity.rank)
        ),
    )
