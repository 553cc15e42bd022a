"""`threadline deadlines`: what is due when, and why."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli.ground import Ground, console, on_ground, print_json, say
from app.domain.deadlines import Due, due
from app.domain.directory import Directory
from app.domain.errors import BadInput
from app.domain.taxonomy import Category, Severity


def add_to(app: typer.Typer) -> None:
    app.command()(deadlines)


def deadlines(
    site: Annotated[str, typer.Option(help="The site's code.")],
    category: Annotated[str, typer.Option(help="The category's code, e.g. WAGE.")],
    at: Annotated[
        str, typer.Option(help="When the case opens, ISO 8601 with offset.")
    ] = "",
    severity: Annotated[str, typer.Option(help="S1 to S4; else the default.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show the due times of a case that opens at an instant, each with its reason.

    Under the policy in force then and the site's calendar: which dates between
    the opening and the due time did not count, and why.
    """

    async def work(ground: Ground) -> dict[str, Any]:
        directory = await ground.directory()
        opened_at = _moment(at, directory, site) if at else ground.at
        return reckoned(directory, site, category, severity, opened_at)

    table = on_ground(work)
    if as_json:
        print_json(table)
    else:
        _print(table)


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
) -> dict[str, Any]:
    """Return the due times as `--json` prints them."""
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
    clocks = [
        (name, due(opened_at, duration, calendar))
        for name, duration in (
            ("acknowledge", entry.acknowledge),
            ("first_action", entry.first_action),
            ("resolve", entry.resolve),
            ("plan", entry.plan),
        )
        if duration is not None
    ]
    return {
        "site": site,
        "category": about.value,
        "severity": entry.severity.value,
        "policy": policy.version,
        "route": entry.route.value,
        "opened_at": opened_at.astimezone(calendar.zone).isoformat(),
        "clocks": [_clock(name, found, calendar.zone) for name, found in clocks],
    }


def _clock(name: str, found: Due, zone: Any) -> dict[str, Any]:
    return {
        "name": name,
        "due_at": found.due_at.astimezone(zone).isoformat(),
        "remind_50_at": found.remind_50_at.astimezone(zone).isoformat(),
        "remind_80_at": found.remind_80_at.astimezone(zone).isoformat(),
        "skipped": [
            {"date": s.date.isoformat(), "reason": s.reason} for s in found.skipped
        ],
    }


def _one_of(kind: Any, word: str, option: str) -> Any:
    try:
        return kind(word.upper())
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise typer.BadParameter(f"{option} {word}: one of {known}.") from None


def _print(table: dict[str, Any]) -> None:
    say(
        f"{table['category']} {table['severity']} at {table['site']}, opened"
        f" {table['opened_at'][:16].replace('T', ' ')}, policy {table['policy']},"
        f" held by {table['route']}"
    )
    shown = Table("clock", "due", "50 %", "80 %", "did not count")
    for clock in table["clocks"]:
        shown.add_row(
            clock["name"],
            *(
                clock[name][:16].replace("T", " ")
                for name in ("due_at", "remind_50_at", "remind_80_at")
            ),
            "\n".join(f"{s['date']} {s['reason']}" for s in clock["skipped"]) or "-",
        )
    console.print(shown)
