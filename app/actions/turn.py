"""Carrying out what the conversation decided, on one case."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.actions.follow_main import follow_main
from app.actions.secrets import Secrets
from app.actions.turn_words import Filling
from app.conversation import lines, session as talk
from app.conversation.reading import Reading
from app.domain import commands
from app.domain.aftercare import unput_question
from app.domain.case import CaseFile, Decision, Event
from app.domain.commands import Actor, Command
from app.domain.decide import decide
from app.domain.directory import Directory, HotlineNumber
from app.domain.ledger import canonical
from app.domain.opening import Seed, open_case
from app.domain.suggesting import suggest_sites
from app.domain.taxonomy import Category, Conflict, Reprisal
from app.store import media
from app.store.cases import Held, record
from app.store.changes import Changes
from app.store.conversations import KEPT
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.ledger import digest
from app.store.mapping import deadline_row, standing_row
from app.store.pages import end_talks
from app.wording.line import Line


@dataclass(frozen=True, slots=True)
class HeardText:
    """One text as a channel heard it.

    `sender` is E.164, or a channel's own id for somebody without a number;
    None is anonymous and never one conversation. `media` are lines of
    "type address", to be fetched from the carrier. `place` is where somebody
    says that they are: kept, and never read as words. `carrier` is set where the
    answers are to be owed, since that carrier takes none in its own request.
    `takes_free_text`: false where it lets only registered texts through.
    """

    sender: str | None
    dialled: str
    body: str
    channel: str
    media: tuple[str, ...] = ()
    carrier: str = ""
    takes_free_text: bool = True
    place: str = field(default="", repr=False)

    @property
    def beside(self) -> tuple[str, ...]:
        """Return what came with the words, as a line of the message each."""
        places = (f"[place] {self.place}",) if self.place else ()
        return (*(f"[{media.kind_of(each)}]" for each in self.media), *places)


class NumberTaken(Exception):
    """Every number drawn for a new case is taken: draw again."""


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
    is_first: bool  # no talk with this phone was found: a second one is refused
    language: str = "en"
    held: Held | None = None
    is_proved: bool = False
    said: tuple[Line, ...] = ()
    contact: str | None = None
    changes: Changes = field(default_factory=Changes)
    decision: Decision | None = None
    is_new: bool = False
    is_held_open: bool = False  # her yes did not end the case: the law asks first
    born: Secrets | None = None  # of a new case
    inherited: Secrets | None = None  # the same, where it came of another case
    messages: int = 0
    secrets: Secrets | None = None  # of a case that was there before
    before: Changes = field(default_factory=Changes)  # written first: the same row
    beside: dict[str, Any] = field(default_factory=dict)  # what the event keeps too
    page_tag: bytes | None = None  # the talk by pages that this is a step of
    media_of: UUID | None = None  # the case to which what came along belongs
    is_renewed: bool = False  # another PIN: who proved the old one, proves it anew

    @property
    def file(self) -> CaseFile | None:
        if self.decision is not None:
            return self.decision.case
        return self.held.file if self.held else None

    def carry_out(self, turn: talk.Turn) -> None:
        """Do every act in order, then fill in what the lines left open."""
        self.said = turn.said
        self.do(turn.acts)
        if lines.ASK_REPRISAL in turn.said:
            self.put_reprisal()
        self.count_dialled()
        if self.held is not None and (self.messages or self.decision is not None):
            self._keep_answer()
        filling = Filling(self.file, self.number, self.directory, self.pin, self.at)
        self.said = tuple(filling.fill(line) for line in self.said)
        self.settle()

    def do(self, acts: Sequence[talk.AnyAct]) -> None:
        """Do what the conversation decided, in order."""
        for act in acts:
            self._carry_out(act)

    def settle(self) -> None:
        """Gather what was decided about the case, once for the whole step."""
        if self.held is not None and self.decision is not None:
            record(
                self.changes,
                self.held,
                self.decision,
                at=self.at,
                messages=self.messages,
                new=self.is_new,
                **{**self._secrets(), **self.beside},
            )

    def _carry_out(self, act: talk.AnyAct) -> None:
        match act:
            case talk.Open():
                self._open(act)
            case talk.Add():
                self._add()
            case talk.Raise():
                self.apply(commands.RaiseDanger())
            case talk.SetSite(code):
                self.apply(commands.ChooseSite(code))
            case talk.SetConflict(answer):
                self.apply(commands.AnswerConflict(answer))
            case talk.SetTopic(category):
                self.apply(commands.ChooseTopic(category))
            case talk.SetMayText(yes):
                self.apply(commands.AllowTexts(yes))
                if yes and self.phone_tag is not None:
                    self.changes.add("opt_ins", self.phone_tag)
            case talk.SetSolved(yes):
                self._hear_solved(is_solved=yes)
            case talk.SetReprisal(answer):
                self._hear_reprisal(answer)
            case talk.SetLanguage(code):
                self._speak(code)
            case talk.AskWithdraw():
                self._ask_withdraw()
            case talk.TakeBackWithdraw():
                self.apply(commands.UndoWithdrawByWorker())
            case talk.StopTexts():
                if self.phone_tag is not None:
                    self.changes.add("opt_outs", self.phone_tag, self.at, "stop")
            case talk.AskCall():
                self._ask_call()
            case talk.RenewPin():
                self.renew_pin()
            case talk.SetMayCall(yes):
                self.apply(commands.AllowCalls(yes))
                if yes and self.phone_tag is not None:
                    self.changes.add("opt_ins", self.phone_tag)
            case talk.SetPart(part):
                self.apply(commands.ChoosePart(part))
            case talk.SetRating(stars):
                self.apply(commands.Rate(stars))
            case talk.SuggestSite(code):
                self._suggest(code)
            case talk.SetWhenToCall(part):
                if self.phone_tag is not None and self.file is not None:
                    wish = (self.phone_tag, self.file.id, part)
                    self.changes.add("callback_parts", *wish)
            case talk.CountContact(kind):
                self.contact = kind
                self._count(kind)

    # -------------------------------------------------------------- the case

    def _open(self, act: talk.Open) -> None:
        if not self.free_number:
            raise NumberTaken
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
        self._count("case")
        self._hear_words()

    def _count(self, kind: str) -> None:
        """Count one contact a turn: a call once, as it is answered, and no more of it.

        What is asked for within a call is counted beside the contacts.
        """
        is_within = self.heard.channel == "voice" and kind != "call"
        if self.changes.rows.get("counters") or (is_within and kind == "case"):
            return
        name = f"call.{kind}" if is_within else f"contact.{kind}"
        self.changes.add("counters", self._local_day().isoformat(), name, 1)

    def _country(self, site: str | None) -> str:
        known = self.directory.sites.get(site) if site else None
        return known.country if known else self.number.country

    def _suggested(self) -> tuple[str, ...]:
        return suggest_sites(self.reading.tokens, self.number.sites, self.directory)

    def _suggest(self, code: str) -> None:
        file = self.file
        if file is not None and file.site is None:
            others = (each for each in file.suggested_sites if each != code)
            self.apply(commands.SuggestSites((code, *others)))

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
        self.apply(commands.Say())
        self._hear_words()
        file = self.file
        if file is not None and file.site is None:
            suggested = suggest_sites(self.reading.tokens, (), self.directory)
            if suggested:
                self.apply(commands.SuggestSites(suggested))

    def _hear_words(self) -> None:
        """Seal what was said, and let the ledger commit to it."""
        words = "\n".join(filter(None, [self.reading.text, *self.heard.beside]))
        if not words:
            return  # keys alone were pressed
        self._keep_message("in", words)
        self.media_of = self.held.file.id if self.held else None
        if self.heard.channel == "voice":
            self.apply(commands.Speak())
        facts = {"digest": digest(words), "channel": self.heard.channel}
        made = self.decision
        if self.is_new and self.messages == 1 and made is not None:
            # The words that opened the case belong to its first event.
            opened, *more = made.events
            opened = replace(opened, facts={**opened.facts, **facts})
            self.decision = replace(made, events=(opened, *more))
        else:
            self.note(Event("text.heard", facts, "worker"))

    def _keep_answer(self) -> None:
        """Keep which sentences were said, not the PIN in them."""
        self._keep_message("out", "\n".join(line.message for line in self.said))
        if self.decision is None:
            self.note(Event("worker.answered", {}, "system"))

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
            None,
            None,
        )
        self.messages += 1

    def apply(self, command: Command) -> None:
        """Let the rules decide one word of the worker's."""
        file = self.file
        if file is None:
            return
        made = decide(file, command, Actor.worker(), self.directory, self.at)
        self._merge(made)

    def note(self, event: Event) -> None:
        """Write down what happened and no rule decides."""
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

    def _hear_solved(self, *, is_solved: bool) -> None:
        """Thank for a yes, but not as for an end that the law holds back."""
        file = self.file
        if file is None:
            return
        command = commands.SaySolved(is_solved)
        made = decide(file, command, Actor.worker(), self.directory, self.at)
        self._merge(made)
        is_refused = made.refusal is not None and not file.state.is_closed
        self.is_held_open = is_solved and is_refused
        if self.is_held_open:
            thanks, noted = lines.SOLVED_THANKS, lines.NOTED
            self.said = tuple(noted if s == thanks else s for s in self.said)

    def _hear_reprisal(self, answer: Reprisal) -> None:
        """Take her word; of a yes open a case that the factory hears nothing of.

        It has her place, language and phone, and whoever must not know of the first
        one never hears of it. What she is told next, number and PIN, is of the new one.
        """
        held, secrets = self.held, self.secrets
        if held is None or secrets is None:
            return
        came = new_id(self.at) if answer is Reprisal.YES else None
        if came is not None and not self.free_number:
            raise NumberTaken
        file = self.file or held.file
        command = commands.AnswerReprisal(answer, came)
        made = decide(file, command, Actor.worker(), self.directory, self.at)
        self._merge(made)
        if came is None or made.refusal is not None:
            return
        self.settle()
        self.messages, self.beside, self.decision = 0, {}, None
        self._open_reprisal(came, held, file, secrets)

    def put_reprisal(self) -> None:
        """The question is before her: from now on it waits for her answer."""
        file = self.file
        if file is not None and unput_question(file) is not None:
            self.apply(commands.PutReprisal())

    def _open_reprisal(
        self, case_id: UUID, before: Held, was: CaseFile, secrets: Secrets
    ) -> None:
        """Open it, with what she said of being reached; her words go with it."""
        keyring = self.store.keyring
        seed = Seed(
            id=case_id,
            number=self.free_number,
            site=was.site,
            country=was.country,
            category=Category.RETA,
            category_was_guessed=False,
            severity_raised=True,
            conflict=Conflict.UNKNOWN,
            language=was.language,
            channel=self.heard.channel,
            hotline=was.hotline,
            came_of=was.id,
            excluded=was.excluded,
        )
        made = open_case(seed, self.directory, self.at)
        held = Held(made.case, keyring.new_data_key(), secrets.phone_tag)
        self.held, self.is_proved = held, False
        self.decision, self.is_new = made, True
        self._count("case")
        self.inherited = secrets.inherited(keyring, before, held, self.pin)
        for word in self._of_being_reached(was):
            self.apply(word)
        if self.reading.tokens or self.heard.beside:
            self._hear_words()

    def _of_being_reached(self, was: CaseFile) -> list[Command]:
        said: list[Command] = []
        if was.is_for_another and was.filed_by is not None:
            said.append(commands.FileFor(was.filed_by))
        if was.may_text is not None:
            said.append(commands.AllowTexts(was.may_text))
        if was.may_call is not None:
            said.append(commands.AllowCalls(was.may_call))
        if was.reach_part is not None:
            said.append(commands.ChoosePart(was.reach_part))
        return said

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
        self.apply(commands.AskCallback())
        self.changes.add(
            "callbacks",
            self.phone_tag,
            sealed,
            self.held.file.id if self.held else None,
            self.language,
            self.heard.dialled,
            self.at,
            new_id(self.at),
        )

    def miss_pin(self, cases: Sequence[Any]) -> None:
        """Count digits that open nothing, for each case that looked at them."""
        for row in cases:
            self.changes.add(
                "pin_tries", row["id"], self.at, row["is_own"], self.phone_tag
            )

    def _local_day(self) -> Any:
        return self.directory.local_day(self.at, None, self.number.country)

    def count_dialled(self) -> None:
        if self.heard.dialled not in self.directory.numbers:
            self.changes.add("unrecognised", self.heard.dialled, self._local_day(), 1)

    # ------------------------------------------------------------ the writing

    def keep_session(self, session: talk.Session) -> None:
        self.changes.add(
            "new_conversations" if self.is_first else "conversations",
            self.phone_tag,
            self.held.file.id if self.held else None,
            canonical(session.to_json()),
            self.at,
            self.at + KEPT,
        )

    def renew_pin(self) -> None:
        """Give the case a PIN that nobody had, and end every other talk about it."""
        held, secrets = self.held, self.secrets
        if held is None or secrets is None:
            return
        if held.file.is_for_another:
            secrets = secrets.without_contact()
        number, keyring = held.file.number, self.store.keyring
        self.apply(commands.RenewPin())
        self.keep_secrets(secrets.with_pin(keyring, number, self.pin))
        self.is_renewed = True

    def keep_secrets(self, secrets: Secrets) -> None:
        """Change what is kept of PIN and phone; the event commits to it."""
        if self.held is not None:
            self.secrets = secrets
            secrets.change(self.before, self.held)
            self.beside["row"] = secrets.digest()

    async def flush(self, tx: Transaction) -> None:
        """Write all of it in one statement; two, where a secret changes."""
        media.owe(
            self.changes,
            self.store.keyring,
            self.heard.media,
            case_id=self.media_of,
            at=self.at,
        )
        await self.before.flush(tx)
        if self.is_renewed and self.held is not None:
            case_id = self.held.file.id
            await end_talks(tx, case_id, page=self.page_tag, phone=self.phone_tag)
        if self.is_new and self.held is not None and self.decision is not None:
            self._add_case(self.held, self.decision.case)
        await self.changes.flush(tx)
        if self.held is not None and self.decision is not None and not self.is_new:
            await follow_main(
                self.store,
                tx,
                self.held.file,
                self.decision.case,
                self.directory,
                at=self.at,
            )
        if self.inherited is not None and self.held is not None:
            # A phone that was only named is added once the new row is there.
            after = Changes()
            self.inherited.change(after, self.held)
            await after.flush(tx)

    def _secrets(self) -> dict[str, str]:
        """Seal phone and PIN of a new case; its event commits to them."""
        held, sender = self.held, self.heard.sender
        if not self.is_new or held is None:
            return {}
        self.born = self.inherited
        if self.born is None:
            context = f"cases|phone|{held.file.id}"
            sealed = held.key.seal(sender.encode(), context) if sender else None
            pin_hash = self.store.keyring.pin_hash(held.file.number, self.pin)
            self.born = Secrets(pin_hash, self.phone_tag, sealed)
        return {"row": self.born.digest()}

    def _add_case(self, held: Held, file: CaseFile) -> None:
        born = self.born
        assert born is not None
        self.changes.add(
            "new_cases",
            *standing_row(file),
            file.number,
            born.pin_hash,
            self.store.keyring.wrap(held.key, file.id),
            born.phone_tag,
            born.phone_sealed,
            file.channel,
            file.hotline,
            file.opened_at,
        )
        for deadline in file.clocks:
            self.changes.add("new_deadlines", *deadline_row(file.id, deadline))
