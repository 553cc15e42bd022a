"""`threadline laws`, and the law's clocks of one case."""

from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli.ground import console, print_json, say
from app.data import load_laws
from app.domain.calendar import SiteCalendar
from app.domain.case import LAW
from app.domain.directory import Directory
from app.domain.durations import parse_term
from app.domain.laws import CONFIDENCES, EVERYWHERE, Happening, Law
from app.domain.statutory import day_of, time_left
from app.store.readers.cases import CaseStory, ClockLine

NO_ADVICE = "This is not legal advice: have counsel of the country check it."


def add_to(app: typer.Typer) -> None:
    app.command()(laws)


def laws(
    country: Annotated[
        str, typer.Option(help="Only this jurisdiction's: IN, BD, EU, FLA.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the terms of the law that cases run by, with source and confidence."""
    known = load_laws()
    named = sorted({law.jurisdiction for law in known} - {EVERYWHERE})
    wanted = country.upper()
    if wanted and wanted not in named:
        raise typer.BadParameter(f"--country {country}: one of {', '.join(named)}.")
    listed = [law for law in known if not wanted or law.holds_in(wanted)]
    if as_json:
        print_json([_as_json(law) for law in listed])
        return
    for law in listed:
        _say(law)
    for letter, meaning in CONFIDENCES.items():
        say(f"Confidence {letter}: {meaning}.")
    say(NO_ADVICE)


def _say(law: Law) -> None:
    say(f"{law.id}  {law.title}. {law.section}.")
    if law.has_clock:
        say(f"    {law.length} from {_begins(law)}; met by {_either(law.met_by)}.")
    else:
        say(f"    No clock: {law.no_clock}")
    facts = [f"{law.who.value} must act"]
    if law.is_limitation:
        facts.append(f"else a right is lost; outside: {', '.join(law.route)}")
    if law.unknown_incident:
        facts.append(f"day unknown: {law.unknown_incident} before the case")
    if law.may_extend:
        facts.append(f"may be extended by {law.may_extend} in all")
    if law.holds:
        facts.append("no case ends before it is met")
    if law.since or law.until:
        facts.append(f"in force {law.since or '...'} to {law.until or '...'}")
    say(f"    {'; '.join(facts)}.")
    say(f"    Source: {law.source} (confidence {law.confidence}).")
    if law.note:
        say(f"    {law.note}")


def _begins(law: Law) -> str:
    after = f" or the passing of {law.after}" if law.after else ""
    formal = ", once there is a written complaint" if law.only_formal else ""
    return _either(law.starts) + after + formal


def _either(happenings: tuple[Happening, ...]) -> str:
    return " or ".join(each.value for each in happenings)


def _as_json(law: Law) -> dict[str, Any]:
    return {
        "id": law.id,
        "jurisdiction": law.jurisdiction,
        "title": law.title,
        "section": law.section,
        "length": _text(law.length),
        "starts": [each.value for each in law.starts],
        "after": law.after or None,
        "who": law.who.value,
        "met_by": [each.value for each in law.met_by],
        "categories": [each.value for each in law.categories],
        "since": _text(law.since),
        "until": _text(law.until),
        "is_limitation": law.is_limitation,
        "route": list(law.route),
        "may_extend": _text(law.may_extend),
        "unknown_incident": _text(law.unknown_incident),
        "only_formal": law.only_formal,
        "holds": law.holds,
        "no_clock": law.no_clock or None,
        "source": law.source,
        "confidence": law.confidence,
        "note": law.note or None,
        "is_legal_advice": False,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def statutory(
    story: CaseStory, directory: Directory, at: datetime
) -> list[dict[str, Any]]:
    """Return the law's clocks of a case, each with its source and time left."""
    calendar = directory.calendar_for(story.line.site, story.line.country)
    shown = []
    for clock in story.clocks:
        law = directory.law(clock.name.removeprefix(LAW))
        if clock.name.startswith(LAW) and law is not None:
            shown.append(_shown(clock, law, story, calendar, at))
    return shown


def _shown(
    clock: ClockLine,
    law: Law,
    story: CaseStory,
    calendar: SiteCalendar,
    at: datetime,
) -> dict[str, Any]:
    has_happened = {milestone.what for milestone in story.milestones}
    state = clock.state
    if state == "met" and not has_happened & {*law.met_by}:
        state = "ended"  # with its case
    is_known = not law.counts_unknown or bool(has_happened & {*law.starts})
    left = None
    if state == "running":
        left = str(time_left(at, clock.due_at, parse_term(clock.promise), calendar))
    return {
        "law": law.id,
        "title": law.title,
        "section": law.section,
        "who": law.who.value,
        "is_limitation": law.is_limitation,
        "since": _day(clock.opened_at, calendar),
        "is_since_known": is_known,
        "term": clock.promise,
        "due_at": clock.due_at.astimezone(calendar.zone).isoformat(),
        "last_day": day_of(clock.due_at, calendar.zone).isoformat(),
        "left": left,
        "state": state,
        "met_on": _day(clock.met_at, calendar) if state.startswith("met") else None,
        "source": law.source,
        "confidence": law.confidence,
    }


def _day(at: datetime | None, calendar: SiteCalendar) -> str | None:
    if at is None:
        return None
    local: date = at.astimezone(calendar.zone).date()
    return local.isoformat()


def print_statutory(shown: list[dict[str, Any]]) -> None:
    """Print the clocks of the law under those of the service."""
    if not shown:
        return
    table = Table("law", "must act", "last day", "left", "state", "source")
    for clock in shown:
        last = clock["last_day"] + ("" if clock["is_since_known"] else " (guessed)")
        source = f"{clock['source']} ({clock['confidence']})"
        left = clock["left"] or ""
        table.add_row(clock["law"], clock["who"], last, left, clock["state"], source)
    console.print(table)
    say(NO_ADVICE)
