"""One page in the making: what is known of its talk, and what it leaves behind."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.actions.turn import HeardText, Work
from app.conversation.pages.session import (
    At,
    FileFor,
    MakeMine,
    PageAct,
    PageSession,
    PageTurn,
    Reopen,
    SetPhone,
)
from app.conversation.reading import read as read_text
from app.domain import commands
from app.domain.directory import Directory, HotlineNumber
from app.domain.ledger import canonical
from app.domain.reference import Chance, new_case_number, new_pin
from app.store import pages
from app.store.cases import Held, hold_known
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ledger import row_digest
from app.store.pages import KnownPage
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
    secrets: Changes = field(default_factory=Changes)

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
        if work.is_new:
            self.pin = work.pin
        work.settle()

    def _do(self, act: PageAct) -> None:
        match act:
            case FileFor(by):
                self.work.apply(commands.FileFor(by))
            case SetPhone(number):
                self._set_phone(number)
            case MakeMine():
                self._make_mine()
            case Reopen():
                self.work.apply(commands.SaySolved(is_solved=False))
            case _:
                self.work.do((act,))

    def _set_phone(self, number: str) -> None:
        """Seal the phone at which she may be reached; the ledger commits to it.

        Whoever typed it need not be whoever holds it: an earlier STOP stands.
        """
        held = self.work.held
        if held is None:
            return
        keyring = self.work.store.keyring
        tag = keyring.phone_tag(number)
        sealed = held.key.seal(number.encode(), f"cases|phone|{held.file.id}")
        self.work.apply(commands.GivePhone())
        self._set_secrets(held, self.known.case["pin_hash"], tag, sealed)

    def _make_mine(self) -> None:
        """Give the case a new PIN: from now on the old one opens nothing."""
        work, held, row = self.work, self.work.held, self.known.case
        if held is None:
            return
        self.pin = work.pin
        work.apply(commands.MakeHers())
        hashed = work.store.keyring.pin_hash(held.file.number, work.pin)
        self._set_secrets(held, hashed, held.phone_tag, row["phone_sealed"])

    def _set_secrets(
        self, held: Held, pin_hash: bytes, tag: bytes | None, sealed: bytes | None
    ) -> None:
        self.secrets.add("case_secrets", held.file.id, pin_hash, tag, sealed)
        self.work.beside["row"] = row_digest(pin_hash, tag, sealed)

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

    async def flush(self, tx: Transaction) -> None:
        await self.secrets.flush(tx)
        await self.work.flush(tx)


def web_number(
    directory: Directory, country: str, languages: tuple[str, ...]
) -> HotlineNumber:
    """Return what stands where a call has its dialled number.

    Texts and calls to the worker go out by a number of her country.
    """
    own = [
        number
        for number in directory.numbers.values()
        if number.country == country and (number.sms or number.voice != "none")
    ]
    return HotlineNumber(
        number=own[0].number if own else "",
        country=country,
        provider="web",
        languages=languages,
        sms=True,
        voice="none",
        allowed_hours=None,
        sites=(),
    )


def country_of(directory: Directory, site: str | None, language: str) -> str:
    """Return the country of a place, else the one that the language speaks for."""
    known = directory.sites.get(site) if site else None
    if known is not None:
        return known.country
    countries = {each.country for each in directory.sites.values()}
    spoken = _COUNTRY_OF.get(language)
    if spoken in countries or not countries:
        return spoken or directory.default_country
    if directory.default_country in countries or len(countries) > 1:
        return directory.default_country
    return countries.pop()


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
    language = session.language or sent.language
    site = sent.get("site")
    country = country_of(directory, site, language)
    number = web_number(directory, country, directory.default_languages)
    work = Work(
        store=store,
        directory=directory,
        heard=HeardText(None, number.number, sent.words, CHANNEL),
        reading=read_text(sent.words, has_media=sent.has_files),
        number=number,
        phone_tag=None,
        provider_id="",
        at=at,
        free_number=known.free_numbers[0] if known.free_numbers else "",
        pin=new_pin(random),
        is_first=False,
        language=language,
    )
    page = Page(tag, known, work, session)
    if known.case is not None:
        work.held = hold_known(store, known.case)
        page.pin = _kept_pin(page)
    return page


def _kept_pin(page: Page) -> str | None:
    held, row = page.work.held, page.known.page
    if held is None or row is None or row.pin_sealed is None:
        return None
    try:
        opened = held.key.open(row.pin_sealed, f"page|pin|{held.file.id}")
    except CannotOpen:
        return None
    return opened.decode()
