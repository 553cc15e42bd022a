"""`threadline cases …`: list, show, act."""

import asyncio
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from app.actions.act_on_case import act_on_case
from app.actions.forget import forget
from app.actions.keep_words import voiced
from app.actions.read_case import Read, read_case
from app.cli.acts import Extras, check_verb, command_for
from app.cli.ground import Ground, console, door, on_ground, print_json, say
from app.cli.laws import print_statutory, statutory
from app.domain.case import LAW
from app.domain.deadlines import working_left
from app.domain.directory import Directory
from app.domain.errors import Refused
from app.domain.taxonomy import State
from app.store.readers.cases import CaseLine, CaseStory, case_story, list_cases

app = typer.Typer(help="List cases, show one, act on one.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Number = Annotated[str, typer.Argument(help="The case number, 8 digits.")]


@app.command("list")
def list_(
    as_json: AsJson = False,
    site: Annotated[str | None, typer.Option(help="Only this site's.")] = None,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    after: Annotated[
        str | None, typer.Option(help="Go on after this case number.")
    ] = None,
) -> None:
    """List cases, the newest first."""
    if state is not None and state not in set(State):
        known = ", ".join(State)
        raise typer.BadParameter(f"--state {state}: one of {known}.")

    async def work(ground: Ground) -> None:
        directory = await ground.directory()
        if site is not None and site not in directory.sites:
            raise Refused(f"--site {site}: no site has that code.")
        printer = _print_lines_as_json if as_json else _print_lines
        async with ground.store.transaction() as tx:
            lines = list_cases(
                tx,
                at=ground.at,
                site=site,
                state=state,
                limit=limit,
                after=digits_of(after) if after else None,
            )
            await printer(lines, directory, ground.at)

    on_ground(work)


async def _print_lines_as_json(lines: Any, directory: Directory, at: datetime) -> None:
    """Print an array as it is read: a million cases fit through a pipe."""
    first = True
    sys.stdout.write("[")
    async for line in lines:
        sys.stdout.write(
            ("\n" if first else ",\n") + json.dumps(_brief(line, directory, at))
        )
        first = False
    sys.stdout.write("]\n" if first else "\n]\n")
    sys.stdout.flush()
    await asyncio.sleep(0)


async def _print_lines(lines: Any, directory: Directory, at: datetime) -> None:
    table = Table(
        "number", "site", "about", "state", "held by", "opened", "next due", "work left"
    )
    async for line in lines:
        shown = _brief(line, directory, at)
        table.add_row(
            grouped(line.number),
            line.site or "?",
            f"{line.category} {line.severity}",
            line.state,
            line.route,
            _minute(shown["opened_at"]),
            "OVERDUE" if line.overdue else _minute(shown["next_due_at"]),
            _left(line, shown["working_seconds_left"], at),
        )
    console.print(table if table.row_count else "No case matches.")


def _brief(line: CaseLine, directory: Directory, at: datetime) -> dict[str, Any]:
    calendar = directory.calendar_for(line.site, line.country)
    zone = calendar.zone

    def local(at: datetime | None) -> str | None:
        return at.astimezone(zone).isoformat() if at else None

    return {
        "number": line.number,
        "site": line.site,
        "category": line.category,
        "severity": line.severity,
        "state": line.state,
        "route": line.route,
        "language": line.language,
        "channel": line.channel,
        "opened_at": local(line.opened_at),
        "next_due_at": local(line.next_due_at),
        # The site's working time up to then, by its calendar of today.
        "working_seconds_left": (
            int(working_left(at, line.next_due_at, calendar).total_seconds())
            if line.next_due_at
            else None
        ),
        "overdue": line.overdue,
    }


@app.command()
def show(
    number: Number,
    as_json: AsJson = False,
    as_: Annotated[
        str | None, typer.Option("--as", help="Read the words as this person.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why the words are read.")] = "",
) -> None:
    """Show a case; with --as and --reason also what the worker said."""
    wanted = digits_of(number)

    async def work(ground: Ground) -> dict[str, Any]:
        words = await _words(ground, wanted, as_, reason) if as_ else None
        async with ground.store.transaction() as tx:
            story = await case_story(ground.store, tx, wanted, at=ground.at)
        return _whole(story, words, await ground.directory(), ground.at)

    shown = on_ground(work)
    if as_json:
        print_json(shown)
    else:
        _print_story(shown)


async def _words(ground: Ground, number: str, key: str, reason: str) -> Read:
    if not ground.settings.cli_may_read:
        raise Refused(
            "The command line may not read what workers said here (CLI_MAY_READ=0)."
        )
    person = await ground.person(key)
    return await read_case(
        ground.store, number, by=person, reason=reason, at=ground.at, through=door()
    )


def _whole(
    story: CaseStory, words: Read | None, directory: Directory, at: datetime
) -> dict[str, Any]:
    zone = directory.calendar_for(story.line.site, story.line.country).zone
    facts = dict(words.facts) if words else {}

    def local(at: datetime | None) -> str | None:
        return at.astimezone(zone).isoformat() if at else None

    shown: dict[str, Any] = _brief(story.line, directory, at)
    shown["clocks"] = [
        {
            "name": clock.name,
            "due_at": local(clock.due_at),
            "state": clock.state,
            "met_at": local(clock.met_at),
            "missed_at": local(clock.missed_at),
            "round": clock.round,
        }
        for clock in story.clocks
        if not clock.name.startswith(LAW)
    ]
    shown["statutory"] = statutory(story, directory, at)
    shown["events"] = [
        {
            "at": local(event.at),
            "kind": event.kind,
            "by": _actor(event.by, directory),
            "through": event.through,
            **({"facts": facts.get(event.seq, {})} if facts else {}),
        }
        for event in story.events
    ]
    shown["messages"] = [
        {"at": local(at), "direction": direction, "channel": channel}
        for at, direction, channel in story.messages
    ]
    shown["escalations"] = [
        {
            "at": local(rung.at),
            "rung": rung.rung,
            "clock": rung.clock,
            "reason": rung.reason,
            "to": [_addressee(kind, key, directory) for kind, key in rung.to],
        }
        for rung in story.escalations
    ]
    shown["suggested_sites"] = list(story.suggested_sites)
    if story.is_forgotten:
        shown["forgotten"] = True
    if words is not None:
        heard = [m for m in words.messages if m.direction == "in"]
        shown["text"] = "\n".join(message.text for message in heard)
        for direction in _BESIDE:
            shown[direction] = [
                m.text for m in words.messages if m.direction == direction
            ]
        shown["held"] = [
            f"{m.id} {m.text}" for m in words.messages if m.direction == "held"
        ]
    return shown


_BESIDE = {
    "released": "As the partner released it",
    "transcript": "Spoken, as the partner wrote it down",
    "translation": "Translated",
    "summary": "In short",
    "told": "Said to the worker",
}
_HELD = "Written to the worker; the partner reads it first"


def _addressee(kind: str, key: str, directory: Directory) -> str:
    """Name whom a message went to: an e-mail, a brand, never a phone."""
    if kind == "person":
        person = next((p for p in directory.people if str(p.id) == key), None)
        return (person.email or person.name) if person else "a former member"
    return f"{key} (webhook)" if kind == "brand_webhook" else key or kind


def _actor(by: str, directory: Directory) -> str:
    """Name who did it: worker, system, or a person's address."""
    person = next((p for p in directory.people if str(p.id) == by), None)
    return (person.email or person.name) if person else by


def _print_story(shown: dict[str, Any]) -> None:
    say(
        f"Case {grouped(shown['number'])}  {shown['category']} {shown['severity']}"
        f"  {shown['state']}  site {shown['site'] or 'not known'}"
        f"  held by {shown['route']}"
    )
    if shown["next_due_at"]:
        left = working_hours(shown["working_seconds_left"])
        say(f"Next due {_minute(shown['next_due_at'])}, working time left {left}")
    if shown["suggested_sites"]:
        say(f"It may be about: {', '.join(shown['suggested_sites'])}")
    clocks = Table("clock", "due", "state", "met")
    for clock in shown["clocks"]:
        clocks.add_row(
            clock["name"],
            _minute(clock["due_at"]),
            clock["state"],
            _minute(clock["met_at"]),
        )
    console.print(clocks)
    print_statutory(shown["statutory"])
    story = Table("when", "what happened", "by")
    for event in shown["events"]:
        note = (event.get("facts") or {}).get("note", "")
        by = f"{event['by']} ({event['through']})" if event["through"] else event["by"]
        what = event["kind"] + (f": {note}" if note else "")
        story.add_row(_minute(event["at"]), what, by)
    console.print(story)
    for rung in shown["escalations"]:
        say(
            f"{_minute(rung['at'])}  {rung['clock']} -> {rung['rung']}:"
            f" {', '.join(rung['to'])}"
        )
    if "text" in shown:
        say("What the worker said:")
        say(shown["text"])
        for direction, title in (*_BESIDE.items(), ("held", _HELD)):
            for text in shown[direction]:
                say(f"{title}: {text}")


@app.command()
def act(
    number: Number,
    verb: Annotated[str, typer.Argument(help="acknowledge, start, propose, …")],
    as_: Annotated[str, typer.Option("--as", help="Who acts: e-mail or phone.")],
    note: Annotated[str, typer.Option(help="What was done, or why.")] = "",
    person: Annotated[
        str | None,
        typer.Option(help="exclude, include, pause, recalculate: e-mail or phone."),
    ] = None,
    site: Annotated[str | None, typer.Option(help="site: its code.")] = None,
    category: Annotated[str | None, typer.Option(help="category: its code.")] = None,
    severity: Annotated[str | None, typer.Option(help="severity: S1 to S4.")] = None,
    review: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="remediate, review: the next date."),
    ] = None,
    policy: Annotated[
        str, typer.Option(help="recalculate: the version from now on; else its own.")
    ] = "",
    what: Annotated[
        str | None, typer.Option(help="happened: what, e.g. incident or copy_sent.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="happened, formal: the day it was."),
    ] = None,
    law: Annotated[
        str | None, typer.Option(help="extend: the law's id, see threadline laws.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="extend: by how much, 30wd.")] = None,
    into: Annotated[
        str | None, typer.Option(help="join: the number of the case to go with.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="translate: into bn, hi, ta or en.")
    ] = None,
    held: Annotated[
        UUID | None, typer.Option(help="release-told: the message that waits.")
    ] = None,
    sound: Annotated[
        UUID | None,
        typer.Option(help="transcribe: which voice; else the oldest not written down."),
    ] = None,
    voice: Annotated[
        Path | None, typer.Option(help="tell: a sound file of the message, read aloud.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Do one thing to a case as one person; refused with the reason if not allowed."""
    wanted = digits_of(number)
    check_verb(verb)
    if voice is not None and verb != "tell":
        raise typer.BadParameter("--voice belongs to tell.")
    read_aloud = voiced(_content(voice)) if voice else None

    async def work(ground: Ground) -> tuple[str, str | None]:
        actor = await ground.person(as_)
        if verb == "forget":
            await forget(ground.store, wanted, by=actor, at=ground.at, through=door())
            return "forgotten", None
        extras = Extras(
            note=note,
            person=await ground.person(person) if person else None,
            site=site,
            category=category,
            severity=severity,
            review_on=_day(review),
            what=what,
            on=_day(on),
            law=law,
            by=by,
            policy=policy,
            into=digits_of(into) if into else None,
            language=language,
            held=held,
            sound=sound,
        )
        acted = await act_on_case(
            ground.store,
            wanted,
            command_for(verb, extras),
            by=actor,
            at=ground.at,
            through=door(),
            voice=read_aloud,
        )
        return acted.case.state.value, acted.notice

    state, notice = on_ground(work)
    if as_json:
        print_json({"number": wanted, "state": state, "notice": notice})
        return
    say(f"Case {grouped(wanted)}: {state}." + (f" {notice}" if notice else ""))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}.") from None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def digits_of(number: str) -> str:
    """Take a number as it is written down: grouped, in any script's digits."""
    return "".join(str(int(c)) for c in number if c.isdecimal())


def grouped(number: str) -> str:
    return f"{number[:4]}-{number[4:]}"


def _left(line: CaseLine, working: int | None, at: datetime) -> str:
    """Return the working time left; by the clock where no working time is left.

    Blank where a promise is overdue: what is left to another one says nothing.
    """
    if line.overdue or line.next_due_at is None or working is None:
        return ""
    if working > 0:
        return working_hours(working)
    return f"{working_hours(int((line.next_due_at - at).total_seconds()))} by the clock"


def working_hours(seconds: int | None) -> str:
    """Return working time as hours and minutes, blank where there is none."""
    if seconds is None:
        return ""
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}h {rest // 60:02}m"


def _minute(moment: str | None) -> str:
    return moment[:16].replace("T", " ") if moment else ""
