"""Take one page of the web form: all of it is written, or nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
from random import SystemRandom
from uuid import UUID

from asyncpg import UniqueViolationError

from app.actions.page import Page, SentPage, countries_of, open_page
from app.actions.take_turn import view_of
from app.actions.turn import NumberTaken
from app.conversation.pages import lines
from app.conversation.pages.following import speaks_of_danger
from app.conversation.pages.late import late_acts
from app.conversation.pages.machine import advance
from app.conversation.pages.session import (
    At,
    PageAct,
    PageFacts,
    PageSession,
    PageTurn,
    Sent,
)
from app.conversation.reading import normal
from app.conversation.session import CaseView, SetLanguage
from app.domain.errors import Busy
from app.domain.ledger import canonical
from app.domain.phones import phone_from
from app.domain.reference import Chance
from app.domain.suggesting import suggest_sites
from app.store.engine import Store, Transaction
from app.wording.line import Line


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a page: where its talk stands is read anew when it is shown.

    `case_id` is where files that came with it belong. `is_gone`: the talk is no
    more; what she wrote is to be sent anew. `is_over`: number and PIN are asked
    for before anything is shown.
    """

    notes: tuple[Line, ...] = ()
    case_id: UUID | None = None
    owed: bool = False
    is_gone: bool = False
    is_over: bool = False
    is_new: bool = False
    contact: str | None = None
    is_unmoved: bool = False  # the same page: what was typed comes back


async def take_page(
    store: Store,
    sent: SentPage,
    *,
    at: datetime,
    chance: Chance | None = None,
) -> Taken:
    """Hear one page. A page that is sent twice opens nothing twice.

    The first page is a case from this moment on, whatever comes after it.
    Raise `Busy` where the store cannot take it now.
    """
    random = chance or SystemRandom()
    for _ in range(4):
        try:
            async with store.transaction() as tx:
                page = await open_page(store, tx, sent, at, random)
                return await _take(page, tx, sent)
        except (UniqueViolationError, NumberTaken):
            continue  # A number was drawn twice.
    raise Busy("no free case number was drawn")


async def _take(page: Page, tx: Transaction, sent: SentPage) -> Taken:
    session, row = page.session, page.known.page
    if row is None:
        return Taken(is_gone=True) if sent.turn else await _step(page, tx, sent)
    is_first = sent.turn == 0
    if is_first and _is_free(page) and not _is_told_already(page, sent):
        return await _step(_afresh(page), tx, sent)
    if session.at is At.OVER:
        # Left: what is told already is safe, and anything else comes anew.
        return Taken((lines.RESTED,), is_over=True, is_gone=not is_first)
    if page.is_rested:
        return await _hear_late(page, tx, sent)
    if sent.turn != session.turn:
        return await _hear_again(page, tx, sent)
    return await _step(page, tx, sent)


def _is_free(page: Page) -> bool:
    """Tell whether a first page may be somebody else's by now.

    The talk has ended or rested, or its worker has her PIN and has handed the
    phone on.
    """
    return page.is_rested or page.session.at in (At.OVER, At.KEPT, At.PROOF)


def _is_told_already(page: Page, sent: SentPage) -> bool:
    return page.session.first == _tag(page, sent.get("words"), sent.get("topic"))


def _tag(page: Page, *words: str) -> str:
    return page.work.store.keyring.words_tag("|".join(words))


def _last(page: Page, sent: SentPage) -> str:
    """Return what tells whether the same page brings another answer."""
    told = {k: v for k, v in sent.fields.items() if k not in ("turn", "l", "pin")}
    return _tag(page, canonical(told))


def _afresh(page: Page) -> Page:
    """Begin a talk of its own under a page that was used before."""
    page.session = PageSession(language=page.session.language)
    page.work.held, page.work.secrets, page.pin = None, None, None
    return page


async def _step(page: Page, tx: Transaction, sent: SentPage) -> Taken:
    session = page.session
    if session.language is None:
        session = replace(session, language=sent.language)
    spoken = sent.get("speak")
    if spoken:
        return await _speak(page, tx, session, spoken)
    turn = advance(session, _sent(page, sent), _facts(page, sent))
    kept = replace(turn.session, was=session.at, last=_last(page, sent))
    if session.at is At.WHAT:
        kept = replace(kept, first=_tag(page, sent.get("words"), sent.get("topic")))
    return await _write(page, tx, replace(turn, session=kept), was=session.at)


async def _speak(
    page: Page, tx: Transaction, session: PageSession, language: str
) -> Taken:
    """Go on in another language; what was typed stays where it is."""
    if language not in page.work.directory.default_languages:
        return Taken(is_unmoved=True, case_id=_case_id(page))
    turned = replace(
        session, language=language, turn=session.turn + 1, was=session.at, last=""
    )
    acts = (SetLanguage(language),)
    taken = await _write(page, tx, PageTurn(turned, acts), was=session.at)
    return replace(taken, is_unmoved=True)


async def _hear_again(page: Page, tx: Transaction, sent: SentPage) -> Taken:
    """A page came twice, or from further back: show where the talk stands.

    Where it brings something else than it did the first time, she corrected
    herself before the next page came: what guards her counts, words are filed,
    and of anything else she is told that it was not taken.
    """
    session, case = page.session, _view(page)
    at = At.WHAT if sent.turn == 0 else session.was
    is_last = sent.turn == session.turn - 1 and not sent.get("speak")
    is_same = (
        _is_told_already(page, sent)
        if sent.turn == 0
        else (session.last == _last(page, sent))
    )
    if case is None or at is None or is_same or not (is_last or sent.turn == 0):
        notes = (lines.SAFE,) if sent.turn == 0 else ()
        return Taken(notes, case_id=_case_id(page))
    acts = late_acts(at, _sent(page, sent), case)
    is_danger = session.is_in_danger or speaks_of_danger(acts)
    kept = replace(session, is_in_danger=is_danger)
    if sent.turn == 0:
        kept = replace(kept, first=_tag(page, sent.get("words"), sent.get("topic")))
    if is_last:
        kept = replace(kept, last=_last(page, sent))
    note = lines.ADDED if acts else lines.NOT_TAKEN
    return await _write(page, tx, PageTurn(kept, acts, (note,)), was=session.at)


async def _hear_late(page: Page, tx: Transaction, sent: SentPage) -> Taken:
    """Keep what still may be kept of a page that lay open; show nothing of it."""
    case, session = _view(page), page.session
    is_first = sent.turn == 0  # told already, else it would have begun afresh
    acts: tuple[PageAct, ...] = ()
    if case is not None and not is_first and sent.turn == session.turn:
        acts = late_acts(session.at, _sent(page, sent), case)
    if not acts:
        return Taken((lines.RESTED,), case_id=_case_id(page), is_over=True)
    page.carry_out(PageTurn(session, acts, (lines.ADDED, lines.RESTED)))
    owed = bool(page.work.changes.rows.get("owed"))
    await page.work.flush(tx)
    return Taken(page.work.said, _case_id(page), owed, is_over=True)


async def _write(page: Page, tx: Transaction, turn: PageTurn, *, was: At) -> Taken:
    page.carry_out(turn)
    work, at = page.work, turn.session.at
    if at is not At.WHAT:
        page.keep(turn.session)
    owed = bool(work.changes.rows.get("owed"))
    await work.flush(tx)
    return Taken(
        work.said,
        _case_id(page),
        owed,
        is_over=at is At.OVER,
        is_new=work.is_new,
        contact=work.contact,
        is_unmoved=at is was and not turn.acts,
    )


def _case_id(page: Page) -> UUID | None:
    file = page.work.file
    return file.id if file else None


def _sent(page: Page, sent: SentPage) -> Sent:
    return Sent(sent.fields, page.work.reading, sent.has_files)


def _view(page: Page) -> CaseView | None:
    held, work = page.work.held, page.work
    if held is None:
        return None
    zone = work.directory.calendar_for(held.file.site, held.file.country).zone
    return view_of(held, work.at, zone, work.directory)


def _facts(page: Page, sent: SentPage) -> PageFacts:
    work, row = page.work, page.known.case
    sites, reading = work.directory.sites, work.reading
    file = work.file
    named = {*reading.codes, sent.get("site"), *page.session.matches}
    country = file.country if file else work.number.country
    return PageFacts(
        known_sites=frozenset(named & sites.keys()),
        case=_view(page),
        matches=suggest_sites(reading.tokens, (), work.directory),
        phone=phone_from(normal(sent.get("phone")), country),
        is_pin_right=page.is_pin(sent.get("pin")),
        is_for_another=file is not None and file.is_for_another,
        has_phone=row is not None and row["phone_sealed"] is not None,
        countries=countries_of(work.directory),
    )
