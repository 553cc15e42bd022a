"""`threadline deadlines`: what is due when, and why, day by day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli.cases import digits_of, grouped
from app.cli.explained import NONE, Row, Speaker
from app.cli.ground import Ground, catalog, console, on_ground, print_json
from app.domain.calendar import SiteCalendar
from app.domain.case import LAW, CaseFile, Deadline
from app.domain.deadlines import Day, Explanation, Span, explain, working_left
from app.domain.directory import Directory
from app.domain.durations import parse_term
from app.domain.errors import BadInput
from app.domain.laws import Law
from app.domain.promises import spans
from app.domain.taxonomy import Category, Severity
from app.store.cases import load
from app.wording import reckoning as words

WIDTH = 100


def add_to(app: typer.Typer) -> None:
    app.command()(deadlines)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock to be explained: why it is due then, and how it stands."""

    name: str
    round: int
    due_at: datetime
    why: Explanation | None  # None: somebody set the date
    left: timedelta | None  # working time; None: it has ended
    run: Deadline | None = None  # as the case has it; None: there is no case
    law: Law | None = None  # whose term it is
    is_assumed: bool = False  # that it counts from there: the day is not known
    is_paused: bool = False  # still, so that it may come to be due earlier

    @property
    def reminds(self) -> bool:
        """Tell whether anybody is reminded: of some terms of the law nobody is."""
        return self.run is None or self.run.remind_50_at is not None

    @property
    def agrees(self) -> bool:
        """Tell whether the reckoning comes to what the case has on record."""
        return self.why is None or self.why.due_at == self.due_at


@dataclass(frozen=True, slots=True)
class Explained:
    """What is asked about, and its clocks."""

    number: str  # blank: a case that nobody has opened
    site: str
    category: Category
    severity: Severity
    policy: str
    route: str
    opened_at: datetime
    calendar: SiteCalendar
    clocks: tuple[Clock, ...]


def deadlines(
    site: Annotated[str, typer.Option(help="The site's code.")] = "",
    category: Annotated[str, typer.Option(help="The category's code, e.g. WAGE.")] = "",
    at: Annotated[
        str, typer.Option(help="When the case opens, ISO 8601 with offset.")
    ] = "",
    severity: Annotated[str, typer.Option(help="S1 to S4; else the default.")] = "",
    case: Annotated[
        str, typer.Option(help="The clocks of this case instead, by its number.")
    ] = "",
    language: Annotated[str, typer.Option(help="bn, hi, ta or en.")] = "en",
    days: Annotated[
        bool, typer.Option("--days", help="A line for each date, alike or not.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Explain due times day by day: what of each date counts, and why not.

    Of a case that opens at an instant, under the policy and the site's
    calendar as they are then; or, with --case, of a case that there is, each
    clock under the promise, calendar and pauses that it carries.
    """
    is_hypothetical = bool(site and category)
    if bool(case) == is_hypothetical or (case and (site or category or severity or at)):
        raise typer.BadParameter("give --site and --category, or --case alone.")
    spoken = catalog()
    if language not in spoken.languages:
        known = ", ".join(spoken.languages)
        raise typer.BadParameter(f"--language {language}: one of {known}.")

    async def work(ground: Ground) -> Explained:
        directory = await ground.directory()
        if case:
            async with ground.store.transaction() as tx:
                held = await load(ground.store, tx, digits_of(case), lock=False)
            return of_case(held.file, directory, ground.at)
        opened_at = _moment(at, directory, site) if at else ground.at
        return reckoned(directory, site, category, severity, opened_at)

    found = on_ground(work)
    speaker = Speaker(spoken, language, found.calendar.zone)
    if as_json:
        print_json(_whole(found, speaker))
    else:
        _print(found, speaker, every_day=days)


def _moment(text: str, directory: Directory, site: str) -> datetime:
    """Read an instant; without an offset it is the site's local time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"--at {text!r}: write it like 2026-12-01T21:30+06:00."
        ) from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=directory.calendar_for(site, "IN").zone)
    return moment


def reckoned(
    directory: Directory, site: str, category: str, severity: str, opened_at: datetime
) -> Explained:
    """Return the clocks of a case that would open at `opened_at`.

    The working time left is that at the opening.
    """
    known = directory.sites.get(site)
    if known is None:
        raise BadInput(
            f"--site {site}: no site has that code. `threadline import sites`"
        )
    about = _one_of(Category, category, "--category")
    grave = _one_of(Severity, severity, "--severity") if severity else None
    calendar = directory.calendar_for(site, known.country)
    policy = directory.policy_on(directory.local_day(opened_at, site, known.country))
    entry = policy.entry(about, grave)
    clocks = []
    for name, promise in entry.clocks:
        why = explain(opened_at, promise, calendar)
        left = working_left(opened_at, why.due_at, calendar)
        clocks.append(Clock(name.value, 0, why.due_at, why, left))
    return Explained(
        number="",
        site=site,
        category=about,
        severity=entry.severity,
        policy=policy.version,
        route=entry.route.value,
        opened_at=opened_at,
        calendar=calendar,
        clocks=tuple(clocks),
    )


def of_case(case: CaseFile, directory: Directory, at: datetime) -> Explained:
    """Return the clocks of a case, each on the basis that it carries."""
    calendar = directory.calendar_for(case.site, case.country)
    return Explained(
        number=case.number,
        site=case.site or "?",
        category=case.category,
        severity=case.severity,
        policy=case.policy_version,
        route=case.route.value,
        opened_at=case.opened_at,
        calendar=calendar,
        clocks=tuple(
            _clock(run, case, directory, at)
            for run in sorted(case.clocks, key=lambda run: (run.due_at, run.name))
        ),
    )


def _clock(run: Deadline, case: CaseFile, directory: Directory, at: datetime) -> Clock:
    calendar = directory.calendar_named(run.calendar) if run.promise else None
    why = None
    if calendar is not None:
        paused = spans(case.pauses[: run.paused])
        why = explain(run.opened_at, parse_term(run.promise), calendar, pauses=paused)
    left = None
    if run.met_at is None:
        here = calendar or directory.calendar_for(case.site, case.country)
        left = working_left(at, run.due_at, here)
    law = directory.law(run.name.removeprefix(LAW)) if _is_law(run.name) else None
    return Clock(
        str(run.name),
        run.round,
        run.due_at,
        why,
        left,
        run,
        law,
        law is not None and law.counts_unknown and not case.milestone(*law.starts),
        why is not None and bool(why.pauses) and why.pauses[-1][1] > at,
    )


def _is_law(name: str) -> bool:
    return name.startswith(LAW)


def _one_of(kind: Any, word: str, option: str) -> Any:
    try:
        return kind(word.upper())
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise typer.BadParameter(f"{option} {word}: one of {known}.") from None


def _whole(found: Explained, speaker: Speaker) -> dict[str, Any]:
    """Return everything as `--json` prints it; instants are local, with offset."""
    number = {"number": found.number} if found.number else {}
    return {
        **number,
        "site": found.site,
        "category": found.category.value,
        "severity": found.severity.value,
        "policy": found.policy,
        "route": found.route,
        "language": speaker.language,
        "opened_at": _local(found.opened_at, speaker),
        "clocks": [_clock_as_json(clock, speaker) for clock in found.clocks],
    }


def _clock_as_json(clock: Clock, speaker: Speaker) -> dict[str, Any]:
    why, run = clock.why, clock.run
    told: dict[str, Any] = {
        "name": clock.name,
        "says": speaker.clock(clock.name, clock.round),
        "due_at": _local(clock.due_at, speaker),
        "working_left_seconds": _seconds(clock.left),
    }
    if run is not None:
        told |= {
            "round": run.round,
            "state": run.state,
            "met_at": _local(run.met_at, speaker) if run.met_at else None,
            "agrees": clock.agrees,
        }
    if clock.law is not None:
        told |= {
            "source": clock.law.source,
            "confidence": clock.law.confidence,
            "is_start_known": not clock.is_assumed,
        }
    if why is None:
        return told | {"explained": False}
    return told | {
        "explained": True,
        "remind_50_at": _local(why.remind_50_at, speaker),
        "remind_80_at": _local(why.remind_80_at, speaker),
        "promise": str(why.promise),
        "calendar": why.calendar,
        "counted_from": _local(why.opened_at, speaker),
        "pauses": _spans(why.pauses, speaker),
        "is_paused": clock.is_paused,
        "skipped": [
            {"date": s.date.isoformat(), "reason": s.reason} for s in why.skipped
        ],
        "days": [_day(day, why, speaker) for day in why.days],
    }


def _day(day: Day, why: Explanation, speaker: Speaker) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "kind": day.kind.value,
        "reason": day.reason,
        "says": speaker.what(day, why.promise),
        "counted": _spans(day.counted, speaker),
        "paused": _spans(day.paused, speaker),
        "seconds": int(day.time.total_seconds()),
        "seconds_so_far": int(day.time_so_far.total_seconds()),
        "working_days": day.working_days,
        "working_days_so_far": day.working_days_so_far,
    }


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _local(at: datetime, speaker: Speaker) -> str:
    return at.astimezone(speaker.zone).isoformat()


def _spans(found: Sequence[Span], speaker: Speaker) -> list[list[str]]:
    return [[_local(at, speaker) for at in span] for span in found]


def _print(found: Explained, speaker: Speaker, *, every_day: bool) -> None:
    about = speaker.says(
        words.ABOUT,
        category=found.category.value,
        severity=found.severity.value,
        site=found.site,
    )
    if found.number:
        about = speaker.says(words.CASE, number=grouped(found.number), about=about)
    _tell(about)
    _tell(speaker.says(words.OPENED, at=speaker.instant(found.opened_at)))
    _tell(speaker.says(words.POLICY, policy=found.policy))
    for clock in found.clocks:
        there = replace(speaker, zone=clock.why.zone) if clock.why else speaker
        _tell("")
        for line in _lines(clock, there):
            _tell(line)
        if clock.why is not None:
            _print_days(there.rows(clock.why, every_day=every_day), there)


def _lines(clock: Clock, speaker: Speaker) -> Iterator[str]:
    """Say what stands above the table of a clock."""
    says, why = speaker.says, clock.why
    law = clock.law
    title = f"{law.title}, {law.section}" if law else ""
    name = speaker.clock(clock.name, clock.round, title=title)
    yield name if why is None else f"{name}: {speaker.promise(why.promise)}"
    if law is not None:
        yield says(words.SOURCE, source=law.source)
        yield says(words.CONFIDENCE[law.confidence])
    ended = why.pauses if why else ()
    if why is not None and clock.is_paused:
        ended = why.pauses[:-1]
        yield says(words.STILL_PAUSED, at=speaker.instant(why.pauses[-1][0]))
    yield says(words.DUE, at=speaker.instant(clock.due_at))
    yield from _standing(clock, speaker)
    if why is None:
        yield says(words.BY_HAND)
        return
    is_worked = why.promise.unit in ("wd", "wh")
    half, most = words.WORKED if is_worked else words.ELAPSED
    yield says(words.CALENDAR, calendar=why.calendar, zone=why.zone.key)
    yield says(words.STARTS, at=speaker.instant(why.opened_at))
    if clock.is_assumed:
        yield says(words.ASSUMED)
    if clock.reminds:
        yield says(half, at=speaker.instant(why.remind_50_at))
        yield says(most, at=speaker.instant(why.remind_80_at))
    for pause in ended:
        yield says(words.PAUSE, span=speaker.span(pause))
    if why.pauses:
        yield says(words.SEVEN_DAYS)
    if not clock.agrees:
        yield says(words.DIFFERS, at=speaker.instant(why.due_at))


def _standing(clock: Clock, speaker: Speaker) -> Iterator[str]:
    """Say how the clock stands: working time left, or what has come of it."""
    met_at = clock.run.met_at if clock.run else None
    if met_at is not None:
        met = words.MET if met_at < clock.due_at else words.MET_LATE
        yield speaker.says(met, at=speaker.instant(met_at))
    elif clock.left is not None:
        left = words.LEFT if clock.left >= NONE else words.OVER
        yield speaker.says(left, time=speaker.length(abs(clock.left)))


def _print_days(rows: Iterable[Row], speaker: Speaker) -> None:
    heads = (words.DATE, words.WHAT, words.HOURS, words.SUM)
    shown = Table(*map(speaker.says, heads))
    for row in rows:
        shown.add_row(row.dates, row.what, row.counted, row.so_far)
    _tell(shown)


def _tell(shown: str | Table) -> None:
    console.print(shown, width=min(WIDTH, console.width), markup=False)
