"""Carrying out what the conversation decided, on one case."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.conversation import lines, session as talk
from app.conversation.asking import language_menu
from app.conversation.reading import Reading
from app.conversation.vocabulary import OWN_NAMES
from app.domain import commands
from app.domain.case import CaseFile, Decision, Event
from app.domain.closing import REOPENS_FOR
from app.domain.commands import Actor, Command
from app.domain.decide import decide
from app.domain.directory import Directory, HotlineNumber
from app.domain.ledger import canonical
from app.domain.opening import Seed, open_case
from app.domain.suggesting import suggest_sites
from app.domain.taxonomy import Category, Clock
from app.store.cases import Held, record
from app.store.changes import Changes
from app.store.conversations import KEPT, LONG_AGO
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.ledger import digest
from app.store.mapping import deadline_row, standing_row
from app.wording.line import Line


@dataclass(frozen=True, slots=True)
class HeardText:
    """One text as a channel heard it.

    `sender` is E.164, or a channel's own id for somebody without a number;
    None is anonymous and never one conversation. `media` are lines of
    "type address".
    """

    sender: str | None
    dialled: str
    body: str
    channel: str
    media: tuple[str, ...] = ()


@dataclass(slots=True)
class Work:
    """One turn in the making: the case in hand and what is to be written."""

    store: Store
    directory: Directory
    heard: HeardText
    reading: Reading
    number: HotlineNumber
    phone_tag: bytes | None
    provider_id: str
    at: datetime
    free_number: str
    pin: str
    is_first: bool  # of this phone: nothing is locked, a conflict refuses it
    language: str = "en"
    held: Held | None = None
    is_proved: bool = False
    said: tuple[Line, ...] = ()
    contact: str | None = None
    changes: Changes = field(default_factory=Changes)
    decision: Decision | None = None
    is_new: bool = False
    messages: int = 0

    @property
    def file(self) -> CaseFile | None:
        if self.decision is not None:
            return self.decision.case
        return self.held.file if self.held else None

    def carry_out(self, turn: talk.Turn) -> None:
        """Do every act in order, then fill in what the lines left open."""
        self.said = turn.said
        for act in turn.acts:
            self._carry_out(act)
        self._count_dialled()
        if self.held is not None and (self.messages or self.decision is not None):
            self._keep_answer()
        self.said = tuple(self._filled(line) for line in self.said)
        if self.held is not None and self.decision is not None:
            record(
                self.changes,
                self.held,
                self.decision,
                at=self.at,
                messages=self.messages,
                new=self.is_new,
            )

    def _carry_out(self, act: talk.Act) -> None:
        match act:
            case talk.Open():
                self._open(act)
            case talk.Add():
                self._add()
            case talk.Raise():
                self._decide(commands.RaiseDanger())
            case talk.SetSite(code):
                self._decide(commands.ChooseSite(code))
            case talk.SetConflict(answer):
                self._decide(commands.AnswerConflict(answer))
            case talk.SetTopic(category):
                self._decide(commands.ChooseTopic(category))
            case talk.SetMayText(yes):
                self._decide(commands.AllowTexts(yes))
                if yes and self.phone_tag is not None:
                    self.changes.add("opt_ins", self.phone_tag)
            case talk.SetSolved(yes):
                self._decide(commands.SaySolved(yes))
            case talk.SetLanguage(code):
                self._speak(code)
            case talk.AskWithdraw():
                self._ask_withdraw()
            case talk.TakeBackWithdraw():
                self._decide(commands.UndoWithdrawByWorker())
            case talk.StopTexts():
                if self.phone_tag is not None:
                    self.changes.add("opt_outs", self.phone_tag, self.at, "stop")
            case talk.AskCall():
                self._ask_call()
            case talk.CountContact(kind):
                self.contact = kind
                day = self._local_day()
                self.changes.add("counters", day.isoformat(), f"contact.{kind}", 1)

    # -------------------------------------------------------------- the case

    def _open(self, act: talk.Open) -> None:
        case_id, key = new_id(self.at), self.store.keyring.new_data_key()
        decision = open_case(
            Seed(
                id=case_id,
                number=self.free_number,
                site=act.site,
                country=self._country(act.site),
                category=act.category or Category.OTHR,
                category_was_guessed=True,
                severity_raised=act.is_danger,
                conflict=None,
                language=self.language,
                channel=self.heard.channel,
                hotline=self.heard.dialled,
                suggested_sites=() if act.site else self._suggested(),
            ),
            self.directory,
            self.at,
        )
        self.held = Held(decision.case, key, self.phone_tag)
        self.decision, self.is_new = decision, True
        self._hear_words()

    def _country(self, site: str | None) -> str:
        known = self.directory.sites.get(site) if site else None
        return known.country if known else self.number.country

    def _suggested(self) -> tuple[str, ...]:
        return suggest_sites(self.reading.tokens, self.number.sites, self.directory)

    def _add(self) -> None:
        """File words to the case; words that it no longer takes open a new one."""
        if self.decision is None and self.file is not None:
            tried = decide(
                self.file, commands.Say(), Actor.worker(), self.directory, self.at
            )
            if tried.refusal is not None:
                self.held, self.is_proved = None, False
                self.said = (lines.ACK,)
                self._open(talk.Open(None, None, is_danger=False))
                return
        self._decide(commands.Say())
        self._hear_words()
        file = self.file
        if file is not None and file.site is None:
            suggested = suggest_sites(self.reading.tokens, (), self.directory)
            if suggested:
                self._decide(commands.SuggestSites(suggested))

    def _hear_words(self) -> None:
        """Seal what was said, and let the ledger commit to it."""
        words = "\n".join(filter(None, [self.reading.text, *self.heard.media]))
        self._keep_message("in", words)
        facts = {"digest": digest(words), "channel": self.heard.channel}
        made = self.decision
        if self.is_new and self.messages == 1 and made is not None:
            # The words that opened the case belong to its first event.
            opened, *more = made.events
            opened = replace(opened, facts={**opened.facts, **facts})
            self.decision = replace(made, events=(opened, *more))
        else:
            self._note(Event("text.heard", facts, "worker"))

    def _keep_answer(self) -> None:
        """Keep which sentences were said, not the PIN in them."""
        self._keep_message("out", "\n".join(line.message for line in self.said))
        if self.decision is None:
            self._note(Event("worker.answered", {}, "system"))

    def _keep_message(self, direction: str, words: str) -> None:
        held = self.held
        assert held is not None
        message_id = new_id(self.at)
        sealed = held.key.seal_text(words, f"message|body|{message_id}")
        self.changes.add(
            "messages",
            message_id,
            held.file.id,
            self.at,
            direction,
            self.heard.channel,
            sealed,
        )
        self.messages += 1

    def _decide(self, command: Command) -> None:
        file = self.file
        if file is None:
            return
        made = decide(file, command, Actor.worker(), self.directory, self.at)
        self._merge(made)

    def _note(self, event: Event) -> None:
        file = self.file
        assert file is not None
        self._merge(Decision(file, events=(event,)))

    def _merge(self, made: Decision) -> None:
        """Add a decision to those that this turn made already."""
        before = self.decision
        if before is None:
            self.decision = made
            return
        self.decision = replace(
            made,
            events=before.events + made.events,
            owed=before.owed + made.owed,
            escalations=before.escalations + made.escalations,
            refusal=None,
        )

    def _speak(self, code: str) -> None:
        self.language = code
        file = self.file
        if file is not None and file.language != code:
            spoken = replace(file, language=code)
            event = Event("language.set", {"language": code}, "worker")
            self._merge(Decision(spoken, events=(event,)))

    def _ask_withdraw(self) -> None:
        file = self.file
        assert file is not None
        made = decide(
            file, commands.AskWithdraw(), Actor.worker(), self.directory, self.at
        )
        self._merge(made)
        if made.refusal is not None:
            self.said = (lines.STATUS_CLOSED_FINAL,)
        elif made.notice is not None:
            self.said = (lines.WITHDRAW_TALK_FIRST,)

    def _ask_call(self) -> None:
        if self.phone_tag is None or self.heard.sender is None:
            return
        context = f"callback|phone|{self.phone_tag.hex()}"
        sealed = self.store.keyring.seal(self.heard.sender.encode(), context)
        self._decide(commands.AskCallback())
        self.changes.add(
            "callbacks",
            self.phone_tag,
            sealed,
            self.held.file.id if self.held else None,
            self.language,
            self.heard.dialled,
            self.at,
        )

    def miss_pin(self, cases: Sequence[Any]) -> None:
        """Count digits that open nothing, for each case they might have meant."""
        for case_id in [row["id"] for row in cases] or [None]:
            self.changes.add("pin_tries", case_id, self.at)

    # ------------------------------------------------------------- the words

    def _filled(self, line: Line) -> Line:
        """Give a line its number, PIN, date and emergency number."""
        needs = line.message
        values: dict[str, Any] = {}
        file = self.file
        if "{menu}" in needs:
            values["menu"] = "\n".join(
                f"{i} {OWN_NAMES[code]}" for i, code in enumerate(self._menu(), 1)
            )
        if "{emergency}" in needs:
            country = file.country if file else self.number.country
            values["emergency"] = self.directory.emergency_number(country)
        if file is not None and "{number}" in needs:
            values["number"] = f"{file.number[:4]}-{file.number[4:]}"
        if "{pin}" in needs:
            values["pin"] = self.pin
        if file is not None and "{date}" in needs:
            values["date"] = self._date(file, line)
        return line.using(**values) if values else line

    def _menu(self) -> tuple[str, ...]:
        return language_menu(self.number.languages or self.directory.default_languages)

    def _date(self, file: CaseFile, line: Line) -> Any:
        """The local date that a line promises: by when the worker will hear."""
        zone = self.directory.calendar_for(file.site, file.country).zone
        if line.message == lines.WITHDRAW_NOTED.message:
            pending = file.deadline(Clock.WITHDRAWAL)
            due = pending.due_at if pending else self.at
        elif file.closed_at is not None:
            due = file.closed_at + REOPENS_FOR
        else:
            due = _hear_by(file) or self.at
        return max(due, self.at).astimezone(zone).date()

    def _local_day(self) -> Any:
        return self.directory.local_day(self.at, None, self.number.country)

    def _count_dialled(self) -> None:
        if self.heard.dialled not in self.directory.numbers:
            self.changes.add("unrecognised", self.heard.dialled, self._local_day(), 1)

    # ------------------------------------------------------------ the writing

    def keep_session(
        self, session: talk.Session, *, is_rested: bool, heard_at: datetime | None
    ) -> None:
        """Keep where the talk stands.

        Only the PIN, or a case of its own, wakes a talk that has rested: else a
        greeting by whoever holds the phone would make the next word the worker's.
        """
        is_awake = self.is_proved or self.is_new or not is_rested
        self.changes.add(
            "new_conversations" if self.is_first else "conversations",
            self.phone_tag,
            self.held.file.id if self.held else None,
            canonical(session.to_json()),
            self.at if is_awake else heard_at or LONG_AGO,
            self.at + KEPT,
        )

    async def flush(self, tx: Transaction) -> None:
        """Write all of it in one statement."""
        if self.is_new and self.held is not None and self.decision is not None:
            self._add_case(self.held, self.decision.case)
        await self.changes.flush(tx)

    def _add_case(self, held: Held, file: CaseFile) -> None:
        keyring, case_id = self.store.keyring, file.id
        sender = self.heard.sender
        self.changes.add(
            "new_cases",
            *standing_row(file),
            file.number,
            keyring.pin_hash(file.number, self.pin),
            keyring.wrap(held.key, case_id),
            self.phone_tag,
            held.key.seal(sender.encode(), f"cases|phone|{case_id}")
            if sender
            else None,
            file.country,
            file.channel,
            file.hotline,
            file.policy_version,
            file.opened_at,
        )
        for deadline in file.deadlines:
            self.changes.add("new_deadlines", *deadline_row(case_id, deadline))


def _hear_by(file: CaseFile) -> datetime | None:
    """Return the next promised date on which the worker will hear."""
    for name in (Clock.ACKNOWLEDGE, Clock.FIRST_ACTION, Clock.RESOLVE, Clock.REVIEW):
        clock = file.deadline(name)
        if clock is not None and clock.met_at is None:
            return clock.due_at
    return None
