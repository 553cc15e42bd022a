"""A complaint that came on paper or on a visit, entered by a partner."""

from dataclasses import dataclass
from datetime import date, datetime
from random import SystemRandom

from asyncpg import UniqueViolationError

from app.actions.page import country_of, new_work
from app.actions.turn import HeardText, NumberTaken
from app.actions.turn_words import day_of, hear_by
from app.conversation.meaning import graver_topic, is_danger, topic_of
from app.conversation.session import Open, SetConflict
from app.domain import commands
from app.domain.case import Event
from app.domain.directory import Person
from app.domain.errors import BadInput, Busy, NotFound, Refused
from app.domain.reference import Chance, new_case_number
from app.domain.taxonomy import Category, Conflict, Role
from app.store import pages
from app.store.engine import Store, Transaction

CHANNELS = ("paper", "visit")
_PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the paper, or was said on the visit."""

    words: str
    channel: str  # one of `CHANNELS`
    language: str
    site: str = ""
    category: Category | None = None
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What the worker is to be given, once and on paper."""

    number: str
    pin: str
    news_by: date | None


async def enter_case(
    store: Store,
    paper: Paper,
    *,
    by: Person,
    at: datetime,
    through: str,
    chance: Chance | None = None,
) -> Entered:
    """Open a case with a partner's hand; the worker takes it over with a new PIN.

    Only a partner of the place may. Raise `Refused`, `NotFound` or `BadInput`
    with what to do.
    """
    random = chance or SystemRandom()
    for _ in range(4):
        try:
            async with store.transaction() as tx:
                return await _enter(store, tx, paper, by, at, through, random)
        except (UniqueViolationError, NumberTaken):
            continue
    raise Busy("no free case number was drawn")


async def _enter(
    store: Store,
    tx: Transaction,
    paper: Paper,
    by: Person,
    at: datetime,
    through: str,
    random: Chance,
) -> Entered:
    known = await pages.read(
        tx,
        b"",
        network=None,
        candidates=[new_case_number(random) for _ in range(4)],
        number="",
        at=at,
    )
    directory = await store.directory_at(tx, known.directory_version)
    if not paper.words.strip():
        raise BadInput("Say what is wrong: --words TEXT, or --file FILE.")
    if paper.site and paper.site not in directory.sites:
        raise NotFound(f"No site has the code {paper.site}. Look at the poster again.")
    country = country_of(directory, paper.site, paper.language)
    day = directory.local_day(at, paper.site or None, country)
    partners = directory.partners_for(paper.site or None, country, day)
    if by.role is not Role.PARTNER or by not in partners:
        raise Refused("Only a partner of that place enters a complaint by hand.")
    work = new_work(
        store,
        known,
        directory,
        HeardText(None, "", paper.words, paper.channel),
        site=paper.site,
        language=paper.language,
        at=at,
        random=random,
    )
    plain = work.reading.plain
    category = graver_topic(paper.category, topic_of(plain))
    work.do((Open(paper.site or None, category, is_danger(plain)),))
    work.apply(commands.FileFor(_PARTNER))
    if paper.conflict is not None:
        work.do((SetConflict(paper.conflict),))
    work.note(Event("case.entered", {"through": through}, str(by.id)))
    work.settle()
    await work.flush(tx)
    file = work.file
    assert file is not None
    due = hear_by(file, at)
    zone = directory.calendar_for(file.site, file.country).zone
    return Entered(file.number, work.pin, day_of(due, zone) if due else None)
