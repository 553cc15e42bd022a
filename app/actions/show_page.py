"""What a page shows of a talk and its case, read as it stands now."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.actions.keep_files import FILE_NOTES
from app.actions.page import (
    SentPage,
    countries_of,
    country_of,
    kept_pin,
    line_of,
)
from app.actions.take_turn import view_of
from app.actions.turn_words import PROMISED, Filling, day_of, hear_by
from app.conversation.pages import lines
from app.conversation.pages.following import may_confirm, may_deny
from app.conversation.pages.session import (
    PROVED,
    At,
    Following,
    Help,
    PageSession,
    Place,
    Proof,
    Shown,
    Word,
)
from app.conversation.proved import STATUS, limit_line
from app.conversation.session import CaseView
from app.domain.case import CaseFile
from app.domain.directory import Directory
from app.domain.phones import prefix_of, shown_number
from app.domain.taxonomy import Category, Clock, Role, State
from app.store import pages
from app.store.cases import Held, hold_known
from app.store.engine import Store, Transaction
from app.store.pages import KnownPage
from app.store.sealing import DataKey
from app.wording.line import Line

Prove = Callable[[str, date], Proof]

_THREAD, _MESSAGE = 3000, 1000  # characters of a thread, and of one message in it

# Which helplines stand beside a case, the first ones first.
_HELP_FOR = {
    Category.CHLD: ("emergency", "child"),
    Category.GBVH: ("emergency", "women"),
    Category.CRIS: ("emergency", "crisis"),
}
_FACTORY = frozenset(
    {
        *(Role.COMMITTEE, Role.INTERNAL_COMMITTEE, Role.SAFETY_COMMITTEE),
        Role.FACTORY_HEAD,
    }
)
# What stands for a sound or a picture among the words.
_BESIDE = re.compile(r"^(voice \d+ s|[a-z]+/[\w.+-]+ \S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Showing:
    """One page, and the zone in which its dates are worded."""

    shown: Shown
    zone: ZoneInfo = field(default=ZoneInfo("UTC"))


async def show_page(
    store: Store,
    sent: SentPage,
    *,
    notes: Sequence[Line] = (),
    at: datetime,
    prove: Prove,
    address: str,
    keeps_typed: bool = False,
) -> Showing | None:
    """Return what the talk shows now; None where it shows nothing any more.

    `address` is where a case is followed, to be written down with its number.
    """
    async with store.transaction() as tx:
        known = await pages.read(
            tx,
            store.keyring.page_tag(sent.token),
            network=None,
            candidates=(),
            number="",
            at=at,
        )
        directory = await store.directory_at(tx, known.directory_version)
        session = _session(known, sent)
        held = hold_known(store, known.case) if known.case is not None else None
        if session.at is At.OVER or (held is None and session.at is not At.WHAT):
            return None
        making = _Making(directory, session, held, known, sent, at, prove)
        follow = await making.following(tx) if session.at in PROVED else None
    shown = making.shown(notes, follow)
    kept = {"address": address, **(sent.fields if keeps_typed else {})}
    shown = replace(shown, kept=kept)
    return Showing(shown, making.zone)


def first_page(
    directory: Directory,
    sent: SentPage,
    *,
    notes: Sequence[Line] = (),
    keeps_typed: bool = False,
) -> Shown:
    """Return the first page, for a place where its poster names one."""
    return Shown(
        at=At.WHAT,
        language=sent.language,
        token=sent.token,
        turn=0,
        notes=tuple(notes),
        site=place_of(directory, sent.get("site")),
        kept=dict(sent.fields) if keeps_typed else {"for": sent.get("for")},
    )


def _newest(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the newest messages that a light page has room for, long ones cut."""
    shown: list[Word] = []
    room = _THREAD
    for word in reversed(words):
        if len(word.text) > _MESSAGE:
            word = replace(word, text=word.text[:_MESSAGE].rstrip() + " …")
        room -= len(word.text)
        if shown and room < 0:
            break
        shown.insert(0, word)
    return tuple(shown)


def door_page(sent: SentPage, token: str, notes: Sequence[Line] = ()) -> Shown:
    """Return the page that asks for number and PIN.

    The talk that they open has this page's token: sent once more after it has
    ended, by back and reload, they open nothing. The number comes back to be
    mended; a PIN is never shown again.
    """
    kept = {"number": sent.get("number")}
    return Shown(At.DOOR, sent.language, token, 0, tuple(notes), kept=kept)


def place_of(directory: Directory, code: str | None) -> Place | None:
    site = directory.sites.get(code) if code else None
    return Place(site.code, site.name, site.local_name) if site else None


def _session(known: KnownPage, sent: SentPage) -> PageSession:
    if known.page is None:
        return PageSession(language=sent.language)
    return PageSession.from_json(known.page.session)


@dataclass(frozen=True, slots=True)
class _Making:
    """One page while it is put together."""

    directory: Directory
    session: PageSession
    held: Held | None
    known: KnownPage
    sent: SentPage
    at: datetime
    prove: Prove

    @property
    def file(self) -> CaseFile | None:
        return self.held.file if self.held else None

    @property
    def language(self) -> str:
        return self.session.language or self.sent.language

    @property
    def country(self) -> str:
        if self.file is not None:
            return self.file.country
        return country_of(self.directory, self.sent.get("site"), self.language)

    @property
    def zone(self) -> ZoneInfo:
        site = self.file.site if self.file else None
        return self.directory.calendar_for(site, self.country).zone

    def shown(self, notes: Sequence[Line], follow: Following | None) -> Shown:
        session, file = self.session, self.file
        return Shown(
            at=session.at,
            language=self.language,
            token=self.sent.token,
            turn=session.turn,
            notes=tuple(map(self._filled, notes)),
            number=file.number if file else None,
            pin=kept_pin(self.held, self.known.page),
            news_by=self._news_by(),
            site=place_of(self.directory, file.site if file else None),
            matches=tuple(
                place
                for code in session.matches
                if (place := place_of(self.directory, code))
            ),
            helps=self._helps(),
            is_in_danger=session.is_in_danger,
            phone_hint=prefix_of(self.country),
            hotline=self._hotline(),
            country=self.country,
            countries=self._countries(),
            may_attach=any(note.message in FILE_NOTES for note in notes),
            follow=follow or self._reach_only(),
            proof=self._proof(),
        )

    def _hotline(self) -> str:
        file = self.file
        line = line_of(self.directory, file.site if file else None, self.country)
        return shown_number(line) if line else ""

    def _countries(self) -> tuple[str, ...]:
        """Return from where to choose; nothing where there is no doubt."""
        is_known = self.file is not None and self.file.site is not None
        countries = countries_of(self.directory)
        return () if is_known or len(countries) < 2 else countries

    def _filled(self, line: Line) -> Line:
        if "{hint}" in line.message:
            return line.using(hint=prefix_of(self.country))
        number = self.directory.number("")
        filling = Filling(self.file, number, self.directory, "", self.at)
        return filling.fill(line)

    def _news_by(self) -> date | None:
        file = self.file
        due = hear_by(file, self.at) if file else None
        return day_of(due, self.zone) if due else None

    def _proof(self) -> Proof | None:
        file = self.file
        if file is None or self.session.at is not At.PROOF:
            return None
        return self.prove(file.number, file.opened_at.astimezone(self.zone).date())

    def _helps(self) -> tuple[Help, ...]:
        """Return the numbers to call first; for each country while none is sure."""
        category = self.file.category if self.file else Category.OTHR
        kinds = _HELP_FOR.get(category, ("emergency",))
        is_sure = self.file is not None and self.file.site is not None
        countries = [self.country]
        if not is_sure:
            others = {site.country for site in self.directory.sites.values()}
            countries += sorted(others - {self.country})
        return tuple(
            found
            for country in countries
            for kind in kinds
            if (found := self._help(kind, country, is_named=len(countries) > 1))
        )

    def _help(self, kind: str, country: str, *, is_named: bool) -> Help | None:
        """Return one number of a kind: in danger nobody compares."""
        lines = [
            line
            for line in self.directory.helplines
            if line.country == country and line.kind == kind
        ]
        own = [line for line in lines if self.language in line.language.split(";")]
        named = country if is_named else ""
        if own or lines:
            line = (own or lines)[0]
            return Help(kind, line.number, line.name, named)
        if kind != "emergency":
            return None
        return Help(kind, self.directory.emergency_number(country), "", named)

    # ---------------------------------------------------------- after the PIN

    def _reach_only(self) -> Following | None:
        """Where reaching her is changed later, the page says how it is now."""
        view = self._view()
        if self.session.at is not At.REACH or not self.session.is_following:
            return None
        return self._following(view, (), {}) if view else None

    def _view(self) -> CaseView | None:
        return view_of(self.held, self.at, self.zone, self.directory)

    async def following(self, tx: Transaction) -> Following | None:
        view, held = self._view(), self.held
        if view is None or held is None:
            return None
        rows = await pages.messages(tx, held.file.id)
        files = await pages.sent_along(tx, held.file.id)
        return self._following(view, self._words(rows, held.key), files)

    def _following(
        self, view: CaseView, words: tuple[Word, ...], files: dict[str, int]
    ) -> Following:
        file, row = self.file, self.known.case
        assert file is not None
        reach = "text" if file.may_text else "call" if file.may_call else ""
        if not reach and file.may_text is False:
            reach = "none"
        return Following(
            standing=self._standing(view, file),
            words=words,
            photos=files.get("photo", 0),
            voices=files.get("voice", 0),
            papers=files.get("paper", 0),
            is_closed=view.state.is_closed,
            may_reopen=view.may_reopen,
            may_say_solved=may_confirm(view),
            may_say_not_solved=may_deny(view),
            is_withdrawing=file.withdraw_asked_at is not None,
            rating=file.rating,
            reach=reach,
            part=file.reach_part or "",
            has_phone=row["phone_sealed"] is not None,
            is_for_another=file.is_for_another,
            asks_reprisal=view.asks_reprisal,
            limits=tuple(map(limit_line, view.limits)),
        )

    def _standing(self, view: CaseView, file: CaseFile) -> tuple[Line, ...]:
        if view.state.is_closed:
            said = lines.CLOSED if view.may_reopen else lines.CLOSED_FINAL
            return (self._filled(said),)
        taken_back = file.deadline(Clock.WITHDRAWAL)
        if file.withdraw_asked_at is not None and taken_back is not None:
            day = day_of(taken_back.due_at, self.zone)
            return (lines.WITHDRAWING.using(date=day),)
        status = self._filled(STATUS[view.state])
        if view.state is State.RESOLVED:
            return (status,)
        if hear_by(file, self.at) is None:
            return (lines.LATE,)
        # A promise that passed is said to have passed, whatever comes next.
        is_late = any(
            clock.missed_at is not None and clock.met_at is None
            for clock in file.deadlines
            if clock.round == file.round and clock.name in PROMISED
        )
        return (lines.LATE, status) if is_late else (status,)

    def _words(self, rows: Iterable[Any], key: DataKey) -> tuple[Word, ...]:
        words = []
        for row in rows:
            context = f"message|body|{row['id']}"
            text = _BESIDE.sub("", key.open_text(row["body"], context)).strip()
            if text:
                day = row["at"].astimezone(self.zone).date()
                words.append(Word(day, text, self._who(row)))
        return _newest(words)

    def _who(self, row: Any) -> str:
        """Say who wrote: she must know whether the factory's own people ask."""
        if row["direction"] != "told":
            return "you"
        person = self.directory.person(row["by"]) if row["by"] else None
        is_factory = person is not None and person.role in _FACTORY
        return "committee" if is_factory else "helpline"
