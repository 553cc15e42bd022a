"""What is misconfigured or stuck, and how to mend it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.actions.carrier_findings import stray_calls, went_past
from app.actions.clock_findings import clock_findings
from app.actions.closed_voices import closed_voices
from app.actions.figure_findings import figure_findings
from app.actions.finding import Finding
from app.actions.number_findings import number_findings, unreturned
from app.actions.outsider_findings import outsider_findings
from app.actions.start_findings import shelf_of, start_findings
from app.actions.text_findings import text_findings
from app.domain.directory import Directory, Site
from app.domain.taxonomy import Category, Role, Route, Side
from app.runtime.settings import Settings
from app.store import media, outbox, recordings, refusals, ring_back
from app.store.engine import Store
from app.store.recordings import Standing
from app.wording.catalog import Catalog
from app.wording.sounds import Book

_LATE = timedelta(minutes=2)
_UNFETCHED = timedelta(minutes=15)
_UNDELETED = timedelta(days=1)
_UNWRITTEN = timedelta(days=1)
_A_DAY = timedelta(days=1)
_FEWEST_WORKER_SIDE = 2
# Handed over when a worker died; see `app.gateways.http_sms`.
UNREPORTED = "unknown:no_report"


async def examine(
    store: Store,
    settings: Settings,
    *,
    at: datetime,
    book: Book | None = None,
    catalog: Catalog | None = None,
) -> list[Finding]:
    """Look at settings, programme and debts; the grave findings first.

    `book` is what the line can speak now, `catalog` what it can write; without
    them nothing is said of it.
    """
    directory = await store.directory()
    async with store.transaction() as tx:
        is_demo = await outbox.is_demo(tx)
        oldest = await outbox.oldest_owed(tx, at)
        troubles = await outbox.troubles(tx)
        clocks = await clock_findings(tx, at)
        figures = await figure_findings(tx, at)
        calls = await tx.connection.fetchval(
            "SELECT count(*) FROM callback WHERE done_at IS NULL"
        )
        spoken = await recordings.standing(tx)
        sent = await media.standing(tx)
        past = await refusals.went_past(tx, at.date() - _A_DAY)
        strays = await refusals.stray_calls(tx, at.date() - _A_DAY)
        not_returned = await ring_back.not_returned(tx, at.date() - _A_DAY)
        unheard = await recordings.not_written_down(tx, at - _UNWRITTEN)
        outside = [] if is_demo else await outsider_findings(tx, directory, at)
        lacking = []
        shelf = shelf_of(settings)
        if catalog is not None and shelf is not None:
            lacking = await text_findings(tx, catalog, settings, directory)
    # Of carriers that cannot be read nothing is known that numbers could break.
    numbers = (
        number_findings(directory, settings, shelf, at, is_demo=is_demo)
        if shelf is not None
        else ()
    )
    findings = [
        *_settings(settings, is_demo=is_demo),
        *start_findings(settings, directory),
        *_programme(directory, at),
        *_bodies(directory, at),
        *clocks,
        *outside,
        *figures,
        *lacking,
        *_debts(oldest, at),
        *numbers,
        *unreturned(not_returned, settings),
        *stray_calls(strays),
        *went_past(past),
        *_voices(directory, book),
        *_calls(calls),
        *_fetched(spoken, "recordings", at),
        *_fetched(sent, "voice notes and pictures", at),
        *_unheard(unheard),
        *(_trouble(error, count) for error, count in troubles.items()),
    ]
    return sorted(findings, key=lambda finding: not finding.is_grave)


def _settings(settings: Settings, *, is_demo: bool) -> Iterator[Finding]:
    if is_demo:
        return
    if not settings.smtp_url:
        yield Finding(
            "SMTP_URL is blank: no mail reaches anybody; it stays owed.",
            "Set it to smtp://user:password@host:587.",
            is_grave=True,
        )
    if settings.allow_synthetic_prompts:
        yield Finding(
            "ALLOW_SYNTHETIC_PROMPTS is on: callers hear a machine's voice.",
            "Record prompts (`threadline prompts export`), then turn it off.",
        )
    if not settings.twilio_sms_from and not settings.sms_providers:
        yield Finding(
            "TWILIO_SMS_FROM is blank: nobody can be texted unprompted.",
            "Set it to a number of yours.",
        )
    if urlsplit(settings.public_base_url).scheme != "https":
        yield Finding(
            "PUBLIC_BASE_URL is not https: what a worker writes travels openly.",
            "Put a proxy with a certificate before it and set its address.",
        )


def _programme(directory: Directory, at: datetime) -> Iterator[Finding]:
    day = at.date()
    for role, name in ((Role.PARTNER, "partner"), (Role.ADMIN, "admin")):
        if not directory.serving(role, day):
            yield Finding(
                f"Nobody serves as {name}: such cases would reach nobody.",
                "Import people.csv with one; `threadline import people`.",
                is_grave=True,
            )
    if not directory.numbers:
        yield Finding(
            "No hotline number is imported: every dialled number gets the defaults.",
            "`threadline import numbers`.",
        )
    countries = {n.country for n in directory.numbers.values()} | {
        site.country for site in directory.sites.values()
    }
    for country in sorted(countries):
        if not any(
            h.country == country and h.kind == "emergency" for h in directory.helplines
        ):
            yield Finding(
                f"No emergency number of {country} is imported;"
                f" {directory.emergency_number(country)} is told.",
                "Check it, then `threadline import helplines`.",
            )
        told = [h for h in directory.helplines if h.country == country]
        if len({h.number for h in told if h.kind == "emergency"}) > 1:
            yield Finding(
                f"{country} has more than one emergency number:"
                f" {directory.emergency_number(country)}, the last imported, is told.",
                "Import the right one again if it is another.",
            )
        if not directory.partners_for(None, country, day):
            yield Finding(
                f"No partner takes cases of {country} without a site:"
                " they fall to the secretariat.",
                f"Give a partner the org {country}, or leave one's org blank.",
            )


def _bodies(directory: Directory, at: datetime) -> Iterator[Finding]:
    for site in directory.sites.values():
        for route in _routes(directory, at):
            lacking = _lacking(directory, site, route, at)
            if lacking:
                yield Finding(
                    f"{site.code} {site.name}: its {route.value} {lacking};"
                    " its cases fall back.",
                    "Import the members, or leave it so on purpose.",
                )


def _routes(directory: Directory, at: datetime) -> list[Route]:
    policy = directory.policy_on(at.date())
    used = {policy.entry(category).route for category in Category}
    return sorted(route for route in used if route.is_factory_side)


def _lacking(directory: Directory, site: Site, route: Route, at: datetime) -> str:
    members = directory.members(route, site.code, at.date())
    workers = [m for m in members if m.side is Side.WORKER]
    if not members:
        return "has nobody" if route is Route.COMMITTEE else ""
    if len(workers) < _FEWEST_WORKER_SIDE:
        return f"has {len(workers)} worker-side members, two are needed"
    if route is Route.COMMITTEE and not any(m.side is Side.MANAGEMENT for m in members):
        return "has no management side, so that nothing can be signed as solved"
    return ""


def _trouble(error: str, count: int) -> Finding:
    if error == UNREPORTED:
        return Finding(
            f"{count} texts may have gone out or not: their carrier cannot be asked"
            " and has not reported. They are not sent again.",
            "Look whether its reports reach /sms/NAME/reports, and in its own log.",
        )
    state, _, template = error.partition(":")
    if state in ("expired", "failed"):
        return Finding(
            f"{count} messages ({template}) reached nobody: {state}.",
            "Tell their addressees by hand; `cases show` names them. Then mend"
            " the addresses, or SMTP_URL.",
            is_grave=True,
        )
    return Finding(
        f"{count} owed messages last failed with {error}.",
        "The log names them; what is owed is tried again by itself.",
    )


def _voices(directory: Directory, book: Book | None) -> Iterator[Finding]:
    for closed in closed_voices(directory, book) if book else ():
        yield Finding(
            f"{closed.number}: nobody speaks {closed.language} on it"
            f" ({closed.lacking} prompts lack a voice); its callers get a tone and"
            " the beep.",
            "`threadline prompts export`, let somebody read it, `threadline prompts"
            " import`; for trying out ALLOW_SYNTHETIC_PROMPTS=1.",
            is_grave=True,
        )


def _unheard(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            f"{count} cases were spoken a day ago and nobody has written them down.",
            "Their partners listen (`threadline cases listen`), then `cases act"
            " NUMBER transcribe`.",
            is_grave=True,
        )


def _calls(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            f"{count} workers asked that a person call them.",
            "A partner calls them: `threadline callbacks list`.",
        )


def _fetched(
    there: Standing | media.Standing, what: str, at: datetime
) -> Iterator[Finding]:
    if there.lost:
        yield Finding(
            f"{there.lost} {what} were promised by the carrier and never came.",
            "Ask the carrier, and let the partner ask the worker to say it again.",
            is_grave=True,
        )
    if there.owed_since is not None and at - there.owed_since > _UNFETCHED:
        yield Finding(
            f"{there.owed} {what} wait to be fetched, the oldest since"
            f" {there.owed_since.isoformat(timespec='minutes')}.",
            "Is `threadline worker` running, and does Twilio answer?",
            is_grave=True,
        )
    if there.at_carrier_since is not None:
        yield Finding(
            f"{there.at_carrier} {what} are still at the carrier, the oldest of"
            f" {there.at_carrier_since.isoformat(timespec='minutes')}.",
            "They are deleted there once they are here; the log says what failed.",
            is_grave=at - there.at_carrier_since > _UNDELETED,
        )


def _debts(oldest: datetime | None, at: datetime) -> Iterator[Finding]:
    if oldest is not None and at - oldest > _LATE:
        yield Finding(
            f"A message has been owed since {oldest.isoformat(timespec='minutes')}.",
            "Is `threadline worker` running, and do SMTP_URL and Twilio answer?",
            is_grave=True,
        )
