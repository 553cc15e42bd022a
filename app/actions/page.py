"""One page in the making: what is known of its talk, and what it leaves behind."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.actions.secrets import Secrets
from app.actions.turn import HeardText, Work
from app.conversation.pages.session import (
    At,
    FileFor,
    PageAct,
    PageSession,
    PageTurn,
    Reopen,
    SetCountry,
    SetPhone,
)
from app.conversation.reading import read as read_text
from app.conversation.session import RenewPin
from app.domain import commands
from app.domain.directory import Directory, HotlineNumber
from app.domain.ledger import canonical
from app.domain.reference import Chance, new_case_number, new_pin
from app.store import pages
from app.store.cases import Held, hold_known
from app.store.engine import Store, Transaction
from app.store.pages import KnownPage, PageRow
from app.store.sealing import CannotOpen

CHANNEL = "web"

# Which country a language speaks for where nothing else tells; a place sets it right.
_COUNTRY_OF = {"bn": "BD", "hi": "IN", "ta": "IN"}


@dataclass(frozen=True, slots=True)
class SentPage:
    """One page as a browser sent it.

    `turn` is the step that it answers. `fields` are its inputs by name, without
    the files. `network` is a hash that no address can be read from.
    """

    token: str = field(repr=False)
    turn: int
    fields: Mapping[str, str] = field(repr=False)
    has_files: bool = False
    language: str = "en"
    network: bytes | None = None

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    @property
    def words(self) -> str:
        """What is read for its meaning: what she wrote, else the place she named."""
        words = self.get("words")
        return words or " ".join(filter(None, [self.get("code"), self.get("name")]))


@dataclass(slots=True)
class Page:
    """One step in the making: its talk, its case, and what is to be written."""

    tag: bytes
    known: KnownPage
    work: Work
    session: PageSession
    pin: str | None = None  # while she does not have it safely

    @property
    def is_rested(self) -> bool:
        """Tell whether whoever holds the page may not be the worker any more."""
        row = self.known.page
        return row is not None and self.work.at - row.heard_at >= pages.RESTS_AFTER

    def is_pin(self, typed: str) -> bool:
        digits = "".join(c for c in read_text(typed).plain if c.isdigit())
        return self.pin is not None and hmac.compare_digest(digits, self.pin)

    def carry_out(self, turn: PageTurn) -> None:
        """Do what follows, in order."""
        work = self.work
        work.language = turn.session.language or work.language
        work.said = turn.notes
        for act in turn.acts:
            self._do(act)
        if turn.session.at is At.FOLLOW:
            work.put_reprisal()  # the page asks by itself
        if work.is_new or self._begins_to_renew(turn.session):
            self.pin = work.pin
        work.settle()

    def _begins_to_renew(self, session: PageSession) -> bool:
        return session.is_renewing and not self.session.is_renewing

    def _do(self, act: PageAct) -> None:
        match act:
            case FileFor(by):
                self.work.apply(commands.FileFor(by))
            case SetPhone(number):
                self._set_phone(number)
            case RenewPin() if self.pin is not None:
                self.work.pin = self.pin  # the one that she has typed back
                self.work.renew_pin()
            case SetCountry(country):
                self.work.apply(commands.ChooseCountry(country))
            case Reopen():
                self.work.apply(commands.WriteAgain())
            case _:
                self.work.do((act,))

    def _set_phone(self, number: str) -> None:
        work, held = self.work, self.work.held
        if held is not None and work.secrets is not None:
            keyring = work.store.keyring
            work.apply(commands.GivePhone())
            work.keep_secrets(work.secrets.with_contact(keyring, held, number))

    def keep(self, session: PageSession) -> None:
        """Keep where the talk stands; the PIN only until she has it."""
        work, held = self.work, self.work.held
        sealed = None
        if held and self.pin and session.at not in (At.KEPT, At.FOLLOW, At.PROOF):
            sealed = held.key.seal(self.pin.encode(), f"page|pin|{held.file.id}")
        work.changes.add(
            "pages",
            self.tag,
            held.file.id if held else None,
            canonical(session.to_json()),
            sealed,
            work.at,
            work.at + pages.KEPT,
        )


def line_of(directory: Directory, site: str | None, country: str) -> str:
    """Return the number by which a worker of that place reaches us; blank: none."""
    known = directory.sites.get(site) if site else None
    if known is not None and known.hotline in directory.numbers:
        return known.hotline
    numbers = (n for n in directory.numbers.values() if n.country == country)
    return next((n.number for n in numbers if n.sms or n.voice != "none"), "")


def new_work(
    store: Store,
    known: KnownPage,
    directory: Directory,
    heard: HeardText,
    *,
    site: str,
    language: str,
    at: datetime,
    random: Chance,
    has_files: bool = False,
) -> Work:
    """Return a turn in the making that no number was dialled for.

    Where the place is not known, the case belongs to no number: its country
    may turn out to be another one.
    """
    country = country_of(directory, site, language)
    line = line_of(directory, site, country) if site in directory.sites else ""
    number = HotlineNumber(
        number=line,
        country=country,
        provider="web",
        languages=directory.default_languages,
        sms=True,
        voice="none",
        allowed_hours=None,
        sites=(),
    )
    return Work(
        store=store,
        directory=directory,
        heard=replace(heard, dialled=line),
        reading=read_text(heard.body, has_media=has_files),
        number=number,
        phone_tag=None,
        provider_id="",
        at=at,
        free_number=known.free_numbers[0] if known.free_numbers else "",
        pin=new_pin(random),
        is_first=False,
        language=language,
    )


def countries_of(directory: Directory) -> tuple[str, ...]:
    """Return where the programme has places."""
    return tuple(sorted({each.country for each in directory.sites.values()}))


def country_of(directory: Directory, site: str | None, language: str) -> str:
    """Return the country of a place, else the one that the language speaks for."""
    known = directory.sites.get(site) if site else None
    if known is not None:
        return known.country
    countries, spoken = countries_of(directory), _COUNTRY_OF.get(language)
    if spoken in countries or not countries:
        return spoken or directory.default_country
    is_default = directory.default_country in countries
    return directory.default_country if is_default else countries[0]


async def open_page(
    store: Store, tx: Transaction, sent: SentPage, at: datetime, random: Chance
) -> Page:
    """Lock the talk and its case, and read all that is known of them."""
    tag = store.keyring.page_tag(sent.token)
    await pages.lock(tx, tag)
    known = await pages.read(
        tx,
        tag,
        network=sent.network,
        candidates=[new_case_number(random) for _ in range(4)],
        number="",
        at=at,
    )
    directory = await store.directory_at(tx, known.directory_version)
    session = PageSession()
    if known.page is not None:
        session = PageSession.from_json(known.page.session)
    work = new_work(
        store,
        known,
        directory,
        HeardText(None, "", sent.words, CHANNEL),
        site=sent.get("site"),
        language=session.language or sent.language,
        at=at,
        random=random,
        has_files=sent.has_files,
    )
    work.page_tag = tag
    page = Page(tag, known, work, session)
    if known.case is not None:
        work.held = hold_known(store, known.case)
        work.secrets = Secrets.of(known.case)
        page.pin = kept_pin(page.work.held, known.page)
    return page


def kept_pin(held: Held | None, row: PageRow | None) -> str | None:
    """Return the PIN that a talk still shows; None where it does not open."""
    if held is None or row is None or row.pin_sealed is None:
        return None
    try:
        opened = held.key.open(row.pin_sealed, f"page|pin|{held.file.id}")
    except CannotOpen:
        return None
    return opened.decode()
