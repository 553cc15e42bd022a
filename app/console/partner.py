"""The partner's desk: what came unclear or past a committee, read before anybody.

The case's own page is the one that all rooms share; here is what of it is the
partner's alone, the list that she begins with, the clusters, and how a worker's
words go to a committee: read, cut, seen once more, released.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from starlette.responses import Response

from app.actions.act_on_case import act_on_case
from app.actions.open_case import open_case
from app.actions.stream_voice import purpose_said
from app.actions.tell_all import tell_all
from app.console.desk_acts import DONE, LONGEST, command_in, digits
from app.console.frame import Door, Handler, Place, Visit, status_of
from app.console.law_words import CONFIDENCE, HAPPENINGS, WHO, law_left
from app.console.listen import PURPOSES
from app.console.mark import mark
from app.domain import give_aways
from app.domain.case import LAW, CaseFile, Deadline
from app.domain.commands import Join, ReleaseWords
from app.domain.directory import Directory
from app.domain.durations import parse_term
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.laws import Happening, Law
from app.domain.notices import is_veiled, may_reach_brands
from app.domain.statutory import day_of, holding, time_left
from app.domain.taxonomy import (
    COMMITTEE_ROUTES,
    LANGUAGES,
    Category,
    Severity,
)
from app.store.readers.partner import TABS, Desk, clusters, desk, triage
from app.store.readers.room_case import CasePage, Spoken
from app.store.readers.rooms import sees
from app.wording.line import N_, Line

_CASE = "/room/cases/{number}"
# Where the programme's policy knows no cluster.
_LEAST, _WITHIN = 3, "30d"

TAB_NAMES = {
    "first": N_("To read first"),
    "bypassed": N_("Past the committee"),
    "unclear": N_("Unclear"),
    "all": N_("All open ones"),
}
WHY_HERE = {
    "no_site": N_("nobody knows the place yet"),
    "danger": N_("somebody may be in danger"),
    "kept": N_("you keep it from the committee"),
    "conflict": N_("it may be about somebody on the committee"),
    "policy": N_("cases of this kind never go to a committee"),
    "fallback": N_("the place has no committee that could take it"),
}
WORDS = {
    "in": N_("Written"),
    "transcript": N_("Spoken, as you wrote it down"),
    "translation": N_("Translated"),
    "summary": N_("Summed up"),
    "released": N_("Released"),
}
WHY_MARKED = {
    give_aways.Why.PHONE: N_("a telephone number"),
    give_aways.Why.NUMBER: N_("a number or an amount"),
    give_aways.Why.CARD: N_("the number of a card or an employee"),
    give_aways.Why.DATE: N_("a date"),
    give_aways.Why.TIME: N_("a time of day"),
    give_aways.Why.PLACE: N_("a machine, line, floor or unit"),
    give_aways.Why.NAME: N_("a name"),
    give_aways.Why.FAMILY: N_("a relation of hers"),
    give_aways.Why.AGE: N_("an age"),
    give_aways.Why.MAIL: N_("an e-mail address"),
}
_RELEASED = N_("Released. Whoever holds the case reads just these words.")
_TOLD_ALL = N_("{count} workers were written to.")
_JOINED = N_("{count} cases go together with {number} now.")
_JOINED_SOME = N_("{count} cases go together with {number} now, {left} do not: {why}")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", "/room/partner", "triage", _triage),
        Place("GET", f"{_CASE}/release", "release", _read_to_release),
        Place("POST", f"{_CASE}/release", "release", _release),
        Place("GET", f"{_CASE}/desk", "triage", _desk),
        Place("POST", f"{_CASE}/desk/tell-all", "triage", _at_the_desk(_tell_all)),
        Place("POST", f"{_CASE}/desk/{{verb}}", "triage", _at_the_desk(_act)),
        Place("GET", "/room/clusters", "clusters", _clusters),
        Place("POST", "/room/clusters", "clusters", _join),
    )


# ------------------------------------------------------------------- the list


async def _triage(visit: Visit) -> Response:
    tab = visit.asked("tab") or "first"
    async with visit.reading() as tx:
        listed = await triage(
            tx,
            visit.person,
            visit.directory,
            visit.at,
            tab=tab,
            after=visit.asked("after"),
        )
    return visit.page(
        "partner_triage.html",
        tab=tab,
        tabs=[(each, TAB_NAMES[each]) for each in TABS],
        listed=listed,
        why_here=WHY_HERE,
    )


# ------------------------------------------------------ on the page of a case


@dataclass(frozen=True, slots=True)
class LawLine:
    """One clock of the law, with where it stands in the law and how well known."""

    law: Law
    state: str  # running, met, missed
    last_day: date
    left: Line | None
    is_since_known: bool


@dataclass(frozen=True, slots=True)
class Statutes:
    """The law's side of a case."""

    lines: tuple[LawLine, ...]
    duties: tuple[Law, ...]  # what the law asks before the case can be ended
    may_be_formal: bool
    is_formal: bool
    steps: tuple[Happening, ...]  # what may be recorded
    extensible: tuple[Law, ...]


async def partner_values(visit: Visit, page: CasePage) -> dict[str, Any]:
    """Return what the partner's own parts of a case's page are made of.

    Only for whoever was shown the page as the case's partner.
    """
    case = page.file
    assert case is not None
    assert visit.sitting is not None
    async with visit.reading() as tx:
        beside = await desk(tx, case)
    purpose = await purpose_said(
        visit.store, page.number, session_id=visit.sitting.id
    )  # fmt: skip
    return {
        "desk": beside,
        "desk_path": f"/room/cases/{page.number}/desk",
        "case_file": case,
        "is_unheard": is_unheard(beside),
        "is_unread": bool(unread(page)) and case.route in COMMITTEE_ROUTES,
        "has_committee": case.route in COMMITTEE_ROUTES,
        "purpose": purpose,
        "purposes": PURPOSES,
        "law": _law(case, visit.directory, visit.at),
        "happenings": HAPPENINGS,
        "who_must": WHO,
        "confidence": CONFIDENCE,
        "suggested": _suggested(case, visit.directory),
        "categories": list(Category),
        "severities": list(Severity),
        "into_languages": LANGUAGES,
        "is_veiled": may_reach_brands(case) and is_veiled(case),
    }


def unread(page: CasePage) -> tuple[Spoken, ...]:
    """Return what she wrote, and what was written down, since the last release."""
    said = page.said or ()
    releases = (m for m in said if m.direction == "released")
    last = max((m.about or m.id for m in releases), default=None)
    hers = (m for m in said if m.direction in ("in", "transcript"))
    return tuple(m for m in hers if last is None or m.id > last)


def is_unheard(beside: Desk) -> bool:
    """Tell whether something was spoken that nobody has written down."""
    return any(sound.is_unwritten for sound in beside.sounds if sound.state == "kept")


def _suggested(case: CaseFile, directory: Directory) -> list[tuple[str, str]]:
    known = [code for code in case.suggested_sites if code in directory.sites]
    return [(code, directory.sites[code].name) for code in known]


def _law(case: CaseFile, directory: Directory, at: datetime) -> Statutes:
    laws = directory.laws_of(case.country, case.category)
    clocks = [(c, directory.law(c.name.removeprefix(LAW))) for c in case.statutory]
    known = [(clock, law) for clock, law in clocks if law is not None]
    shown = sorted(known, key=lambda pair: (not pair[0].is_running, pair[0].due_at))
    named = {what for law in laws for what in (*law.starts, *law.met_by)}
    return Statutes(
        lines=tuple(_line(clock, law, case, directory, at) for clock, law in shown),
        duties=holding(case, directory),
        may_be_formal=not case.is_formal and Happening.FORMAL in named,
        is_formal=case.is_formal,
        steps=tuple(
            what
            for what in Happening
            if what in named and what not in (Happening.OPENED, Happening.FORMAL)
        ),
        extensible=tuple(
            law
            for clock, law in known
            if law.may_extend is not None and clock.met_at is None
        ),
    )


def _line(
    clock: Deadline, law: Law, case: CaseFile, directory: Directory, at: datetime
) -> LawLine:
    calendar = directory.calendar_for(case.site, case.country)
    left = None
    if clock.is_running:
        term = parse_term(clock.promise)
        left = law_left(time_left(at, clock.due_at, term, calendar))
    return LawLine(
        law=law,
        state=clock.state,
        last_day=day_of(clock.due_at, calendar.zone),
        left=left,
        is_since_known=not law.counts_unknown
        or case.milestone(*law.starts) is not None,
    )


async def _desk(visit: Visit) -> Response:
    """Show all that a partner alone does to a case, beside what she hears."""
    return await _desk_page(visit, await _page(visit), Left())


@dataclass(frozen=True, slots=True)
class Left:
    """What a form of the desk that was not taken left behind."""

    why: str = ""
    box: str = ""  # which of the boxes was typed in
    typed: str = ""


async def _desk_page(
    visit: Visit, page: CasePage, left: Left, *, status: int = 200
) -> Response:
    values = await partner_values(visit, page)
    return visit.page(
        "partner_desk.html",
        status=status,
        page=page,
        left=left,
        word_names=WORDS,
        **values,
    )


def _at_the_desk(do: Handler) -> Handler:
    """Draw the desk again where a form was not taken, with what was typed."""

    async def done(visit: Visit) -> Response:
        try:
            return await do(visit)
        except (Refused, BadInput) as refusal:
            left = Left(str(refusal), visit.said("box", most=40), visit.typed("note"))
            page = await _page(visit)
            return await _desk_page(visit, page, left, status=status_of(refusal))

    return done


async def _act(visit: Visit) -> Response:
    """Do one thing from the desk; what is done twice over is done once."""
    number, verb = visit.path["number"], visit.path["verb"]
    command = command_in(visit, verb)
    async with visit.reading() as tx:
        if not await sees(tx, number):
            raise NotFound("There is no such case.")
    acted = await act_on_case(
        visit.store,
        number,
        command,
        by=visit.person,
        at=visit.at,
        through="page",
        once=mark(visit, verb),
    )
    visit.door.parts.ring()
    note = acted.notice or DONE[verb]
    return visit.see_other(f"/room/cases/{number}/desk", Line(note, {}))


async def _tell_all(visit: Visit) -> Response:
    number = visit.path["number"]
    text = visit.words("note", most=LONGEST)
    if not text:
        raise BadInput("Write what the workers are to read.")
    count = await tell_all(
        visit.store,
        number,
        text,
        by=visit.person,
        day=visit.day,
        once=mark(visit, "tell-all"),
        at=visit.at,
    )
    visit.door.parts.ring()
    return visit.see_other(
        f"/room/cases/{number}/desk", Line(_TOLD_ALL, {"count": count})
    )  # fmt: skip


# ---------------------------------------------------------- releasing her words


async def _read_to_release(visit: Visit) -> Response:
    page = await _page_to_release(visit)
    base = visit.asked("from") or "words"
    pieces = _to_release(page, base)
    text = "\n\n".join(m.text for m in pieces)
    names = _names_at(page, visit.directory)
    return _release_page(
        visit,
        page,
        text=give_aways.without(text, give_aways.marks(text, names, site=page.site)),
    )


async def _release(visit: Visit) -> Response:
    """Show exactly what will be read; let it go only from that preview."""
    page = await _page_to_release(visit)
    try:
        text = visit.words("note", most=LONGEST)
    except BadInput as refusal:
        return _release_page(visit, page, text=visit.typed("note"), why=str(refusal))
    if not text:
        raise BadInput("Write what the committee is to read.")
    if visit.said("step", most=10) != "release":
        is_preview = visit.said("step", most=10) == "preview"
        return _release_page(visit, page, text=text, is_preview=is_preview)
    await act_on_case(
        visit.store,
        page.number,
        ReleaseWords(_seen(visit, page), note=text),
        by=visit.person,
        at=visit.at,
        through="page",
        once=mark(visit, "release-words"),
    )
    return visit.see_other(f"/room/cases/{page.number}", Line(_RELEASED, {}))


async def _page(visit: Visit) -> CasePage:
    page = await open_case(
        visit.store, visit.person, visit.path["number"], visit.at
    )  # fmt: skip
    if page is None or not page.is_partner:
        raise NotFound("There is no such case.")
    return page


async def _page_to_release(visit: Visit) -> CasePage:
    """Return the case for whoever may let words of it go."""
    page = await open_case(visit.store, visit.person, visit.path["number"], visit.at)
    if not page.may("release-words"):
        raise NotFound("There is no such case.")
    return page


def _seen(visit: Visit, page: CasePage) -> UUID | None:
    """Return the last message that stood on the page from which words are released."""
    try:
        return UUID(visit.said("seen", most=40))
    except ValueError:
        return _last(page)


def _last(page: CasePage) -> UUID | None:
    hers = (m.id for m in page.said or () if m.direction in ("in", "transcript"))
    return max(hers, default=None)


def _to_release(page: CasePage, base: str) -> Sequence[Spoken]:
    said = page.said or ()
    if base in ("translation", "summary"):
        return [m for m in said if m.direction == base][-1:]
    if base == "all":
        return [m for m in said if m.direction in ("in", "transcript")]
    return unread(page)


def _names_at(page: CasePage, directory: Directory) -> set[str]:
    """Return how the people of the place are called, whoever they are there."""
    if page.site is None:
        return set()
    return {person.name for person in directory.people if page.site in person.org}


def _release_page(
    visit: Visit, page: CasePage, *, text: str, is_preview: bool = False, why: str = ""
) -> Response:
    names = _names_at(page, visit.directory)
    shown = [
        (
            message,
            give_aways.pieces(
                message.text, give_aways.marks(message.text, names, site=page.site)
            ),
        )
        for message in (unread(page) or _to_release(page, "all"))
    ]
    left = give_aways.marks(text, names, site=page.site)
    return visit.page(
        "partner_release.html",
        status=400 if why else 200,
        why=why,
        page=page,
        shown=shown,
        text=text,
        left=[(text[m.start : m.end], m.why) for m in left],
        why_marked=WHY_MARKED,
        is_preview=is_preview,
        seen=visit.said("seen", most=40) or _last(page) or "",
        has=[
            base
            for base in ("translation", "summary")
            if any(m.direction == base for m in page.said or ())
        ],
        has_committee=page.route in COMMITTEE_ROUTES,
        most=LONGEST,
    )


# ------------------------------------------------------------------- clusters


async def _clusters(visit: Visit) -> Response:
    policy = visit.directory.policy_on(visit.day)
    cluster = policy.cluster
    within = cluster.within if cluster else parse_term(_WITHIN)
    # A partner begins to look before brands are told.
    least = min(_LEAST, cluster.cases) if cluster else _LEAST
    async with visit.reading() as tx:
        found = await clusters(
            tx,
            visit.directory,
            since=visit.at - within.elapsed,
            least=least,
            uncounted=(Category.CRIS, Category.INFO, Category.OTHR),
        )
    return visit.page(
        "clusters.html",
        found=found,
        least=least,
        days=within.elapsed.days,
        told_from=cluster.cases if cluster else None,
    )


async def _join(visit: Visit) -> Response:
    """Let the chosen ones go with one of them; each is decided by itself."""
    into = digits(visit.said("into"))
    chosen = [n for each in visit.all_said("number") if (n := digits(each)) != into]
    if not into or not chosen:
        raise BadInput("Choose the case to lead, and at least one more.")
    note = visit.words("note", most=LONGEST)
    async with visit.reading() as tx:
        known = [number for number in chosen[:50] if await sees(tx, number)]
    done, why = 0, ""
    for number in known:
        try:
            command = Join(into, note=note)
            await act_on_case(
                visit.store,
                number,
                command,
                by=visit.person,
                at=visit.at,
                through="page",
            )
            done += 1
        except Refused as refusal:
            why = str(refusal)
    params: dict[str, Any] = {"count": done, "number": f"{into[:4]}-{into[4:]}"}
    if done == len(chosen):
        return visit.see_other("/room/clusters", Line(_JOINED, params))
    params |= {"left": len(chosen) - done, "why": why}
    return visit.see_other("/room/clusters", Line(_JOINED_SOME, params))
