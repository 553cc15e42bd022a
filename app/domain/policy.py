"""What each category promises and whom it goes to: a dated policy as data."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.durations import Duration, parse_duration
from app.domain.errors import BadInput
from app.domain.taxonomy import Category, Clock, Route, Severity

_Word = TypeVar("_Word", bound=StrEnum)

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
        for entry in self.entries:
            lines += ["", "[[category]]", f'code = "{entry.category}"']
            lines += [f'severity = "{entry.severity}"', f'route = "{entry.route}"']
            lines += _promises(entry)
        for clocks in self.severity_entries:
            lines += ["", "[[severity]]", f'code = "{clocks.severity}"']
            lines += _promises(clocks)
        return "\n".join(lines) + "\n"


_TIMES = ("acknowledge", "first_action", "resolve", "plan")
_CATEGORY_KEYS = ("code", "severity", "route", *_TIMES, "brand_alert")
_SEVERITY_KEYS = ("code", *_TIMES, "brand_alert")
_POLICY_KEYS = ("version", "demo", "category", "severity")
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


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file; what is wrong in it is noted, with its place."""

    place: str
    raw: Mapping[str, Any]
    problems: list[str]

    def wrong(self, key: str, why: str) -> None:
        self.problems.append(": ".join(part for part in (self.place, key, why) if part))

    def refuse_unknown(self, known: Sequence[str]) -> None:
        for key in self.raw:
            if key not in known:
                self.wrong(key, f"unknown key; known are {', '.join(known)}")

    def text(self, key: str, example: str) -> str | None:
        value = self.raw.get(key)
        if isinstance(value, str):
            return value
        why = "is missing" if value is None else f"{value!r} is not text"
        self.wrong(key, f'{why}: write {key} = "{example}"')
        return None

    def word(self, key: str, words: Sequence[_Word]) -> _Word | None:
        text = self.text(key, words[0])
        found = next((word for word in words if word == text), None)
        if text is not None and found is None:
            self.wrong(key, f"{text!r} is unknown; known are {', '.join(words)}")
        return found

    def time(self, key: str, *, may_be_missing: bool = False) -> Duration | None:
        if may_be_missing and key not in self.raw:
            return None
        text = self.text(key, "14d")
        if text is None:
            return None
        try:
            return parse_duration(text)
        except BadInput as problem:
            self.wrong(key, str(problem))
            return None

    def flag(self, key: str) -> bool:
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key, f"{value!r} is neither true nor false")
        return value is True


_Row = TypeVar("_Row")


def parse_policy(text: str, *, base: Policy | None = None) -> Policy:
    """Read a policy file; raise one `BadInput` that lists every problem.

    Categories, and clocks of a severity, that the file leaves out are those
    of `base`; without a base a missing category is a problem.
    """
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"this is not TOML: {error}") from None
    problems: list[str] = []
    top = _Table("", raw, problems)
    top.refuse_unknown(_POLICY_KEYS)
    policy = Policy(
        version=_version(top),
        entries=tuple(_rows(top, "category", _entry)),
        severity_entries=tuple(_rows(top, "severity", _clocks)),
        is_demo=top.flag("demo"),
    )
    problems += _doubles(policy)
    if base is not None:
        policy = _completed(policy, base)
    elif not problems:
        problems += _missing(policy)
    if problems:
        raise BadInput("\n".join(problems))
    return _in_order(policy)


def _version(top: _Table) -> str:
    version = top.raw.get("version")
    if type(version) is date:  # Written without quotes, TOML reads a date.
        return version.isoformat()
    if not _is_date(version):
        top.problems.append(_NOT_A_DATE.format(version))
    return str(version)


def _rows(top: _Table, key: str, read: Callable[[_Table], _Row | None]) -> list[_Row]:
    raw = top.raw.get(key, [])
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        top.wrong(key, f"write each entry under a line [[{key}]]")
        return []
    found = []
    for number, row in enumerate(raw, start=1):
        place = f"[[{key}]] {number} ({row.get('code', 'no code')})"
        entry = read(_Table(place, row, top.problems))
        if entry is not None:
            found.append(entry)
    return found


def _entry(table: _Table) -> Entry | None:
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


def _clocks(table: _Table) -> Clocks | None:
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
    lacking = [category.value for category in Category if category not in has]
    if not lacking:
        return []
    return [f"no [[category]] for {', '.join(lacking)}: write one for each"]


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
