"""What can be done to a case: staff verbs, and a worker's words.

Every command is a frozen value; `decide` is the only place that reads one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self
from uuid import UUID

from app.domain.directory import Person
from app.domain.durations import Duration
from app.domain.laws import Happening
from app.domain.taxonomy import Category, Conflict, Reprisal, Severity


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of the programme, else the worker or the machine."""

    person: Person | None
    is_system: bool = False

    @classmethod
    def worker(cls) -> Self:
        return cls(None)

    @classmethod
    def system(cls) -> Self:
        return cls(None, is_system=True)

    @property
    def kind(self) -> str:
        """worker, system or person."""
        if self.person is not None:
            return "person"
        return "system" if self.is_system else "worker"

    @property
    def id(self) -> str:
        """What an event names: the person's id, else worker or system."""
        return str(self.person.id) if self.person is not None else self.kind


@dataclass(frozen=True, slots=True)
class StaffVerb:
    """Something that a person of the programme does; `note` is the reason."""

    note: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Acknowledge(StaffVerb):
    """Somebody has read it."""


@dataclass(frozen=True, slots=True)
class Start(StaffVerb):
    """The first action was taken."""


@dataclass(frozen=True, slots=True)
class Propose(StaffVerb):
    """A remedy is on the table."""


@dataclass(frozen=True, slots=True)
class Resolve(StaffVerb):
    """It is solved, says the body; on committee routes one of two signatures."""


@dataclass(frozen=True, slots=True)
class Refer(StaffVerb):
    """Another authority takes it."""


@dataclass(frozen=True, slots=True)
class Unfounded(StaffVerb):
    """Nothing was found in it."""


@dataclass(frozen=True, slots=True)
class NoContact(StaffVerb):
    """Three attempts on three days did not reach the worker."""


@dataclass(frozen=True, slots=True)
class Withdraw(StaffVerb):
    """The worker takes it back and a partner says so for them."""


@dataclass(frozen=True, slots=True)
class Reopen(StaffVerb):
    """It was not over."""


@dataclass(frozen=True, slots=True)
class Note(StaffVerb):
    """Something worth keeping with the case."""


@dataclass(frozen=True, slots=True)
class Tell(StaffVerb):
    """A message to the worker, in the worker's language; `note` is its text.

    `is_phrase`: one of the prepared sentences, word for word.
    """

    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Transcribe(StaffVerb):
    """What a recording says, word for word; `note` is the transcript.

    `sound`: which one; None: the oldest that nobody wrote down. `is_last` is found
    out by whoever keeps the recordings: no other one waits.
    """

    sound: UUID | None = None
    is_last: bool = True


@dataclass(frozen=True, slots=True)
class Summarise(StaffVerb):
    """What it comes to, in English; `note` is the summary."""


@dataclass(frozen=True, slots=True)
class Translate(StaffVerb):
    """What it says in `language`; `note` is the translation."""

    language: str


@dataclass(frozen=True, slots=True)
class Join(StaffVerb):
    """It is about the same as the case of that number, and goes with it."""

    into: str


@dataclass(frozen=True, slots=True)
class Unjoin(StaffVerb):
    """It is a matter of its own after all."""


@dataclass(frozen=True, slots=True)
class Attempt(StaffVerb):
    """Somebody tried to reach the worker."""


@dataclass(frozen=True, slots=True)
class Exclude(StaffVerb):
    """A person is recused from the case or named in it."""

    person: UUID


@dataclass(frozen=True, slots=True)
class Include(StaffVerb):
    """An exclusion was a mistake."""

    person: UUID


@dataclass(frozen=True, slots=True)
class Release(StaffVerb):
    """A case that waits on the conflict question may go to the committee."""


@dataclass(frozen=True, slots=True)
class HandBack(StaffVerb):
    """A case raised to S1, or taken over, may go back to the committee."""


@dataclass(frozen=True, slots=True)
class TakeOver(StaffVerb):
    """The partner keeps the case from the committee."""


@dataclass(frozen=True, slots=True)
class Take(StaffVerb):
    """One member works the case for the whole body, until another takes it."""


@dataclass(frozen=True, slots=True)
class Recuse(StaffVerb):
    """Somebody of the body has an interest in it, and steps away from it."""


@dataclass(frozen=True, slots=True)
class HandToPartner(StaffVerb):
    """The body gives the case to the partner; `note` is why."""


@dataclass(frozen=True, slots=True)
class Ask(StaffVerb):
    """A question to the worker, in the worker's language; `note` is its text."""

    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseWords(StaffVerb):
    """The body may read this of what the worker said; `note` is its text.

    `seen`: the last message that whoever releases was shown; None: all that came.
    `is_all` is found out by whoever keeps the messages: she wrote none after it.
    """

    seen: UUID | None = None
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class ReleaseTold(StaffVerb):
    """What a committee wrote goes to the worker; `note` is its text by now."""

    held: UUID  # the message that waited


@dataclass(frozen=True, slots=True)
class SetSite(StaffVerb):
    """It happened at this site."""

    site: str


@dataclass(frozen=True, slots=True)
class SetCategory(StaffVerb):
    """It is about this."""

    category: Category


@dataclass(frozen=True, slots=True)
class SetSeverity(StaffVerb):
    """It is this grave."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class Remediate(StaffVerb):
    """Remediation runs; the next review is on this local day.

    A child's case has a review each month, where no day is given.
    """

    review_on: date | None


@dataclass(frozen=True, slots=True)
class Review(StaffVerb):
    """The review was held; the next one is on this local day."""

    next_on: date | None


@dataclass(frozen=True, slots=True)
class Plan(StaffVerb):
    """The remediation plan is there."""


@dataclass(frozen=True, slots=True)
class Pause(StaffVerb):
    """The clocks wait for the worker; a second person agrees."""

    second: UUID


@dataclass(frozen=True, slots=True)
class Resume(StaffVerb):
    """The clocks run again."""


@dataclass(frozen=True, slots=True)
class Recalculate(StaffVerb):
    """The clocks run by today's calendar; a second person agrees.

    `policy`: the version that the case is under from now on; blank: its own.
    """

    second: UUID
    policy: str = ""


@dataclass(frozen=True, slots=True)
class UndoWithdraw(StaffVerb):
    """A withdrawal asked for by text does not take effect."""


@dataclass(frozen=True, slots=True)
class ReleaseToBrand(StaffVerb):
    """Brands may read what a protected case is, where and since when."""


@dataclass(frozen=True, slots=True)
class Happened(StaffVerb):
    """Something that a law looks at; on that local day, else now."""

    what: Happening
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Formal(StaffVerb):
    """The worker complained in writing; `note` says that it is her wish."""

    on: date | None = None


@dataclass(frozen=True, slots=True)
class Extend(StaffVerb):
    """A term of the law was lengthened, within what the law allows."""

    law: str
    by: Duration


@dataclass(frozen=True, slots=True)
class Answer(StaffVerb):
    """Whoever was told that it climbed acts on it; nothing else follows."""


@dataclass(frozen=True, slots=True)
class WorkerWord:
    """Something that the worker said, or the conversation made of it."""


@dataclass(frozen=True, slots=True)
class AnswerConflict(WorkerWord):
    """Is it about somebody on the committee, in HR or the owner?"""

    answer: Conflict


@dataclass(frozen=True, slots=True)
class ChooseSite(WorkerWord):
    """The six digits from the poster."""

    code: str


@dataclass(frozen=True, slots=True)
class ChooseCountry(WorkerWord):
    """In which country it is, while nobody knows the place."""

    country: str


@dataclass(frozen=True, slots=True)
class SuggestSites(WorkerWord):
    """Sites that it may be: shown to the partner, never decided."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChooseTopic(WorkerWord):
    """What it is about, picked from the list."""

    category: Category


@dataclass(frozen=True, slots=True)
class RaiseDanger(WorkerWord):
    """Words of danger, or yes to danger now."""


@dataclass(frozen=True, slots=True)
class Say(WorkerWord):
    """More text came; the text itself is kept elsewhere, sealed."""


@dataclass(frozen=True, slots=True)
class Speak(WorkerWord):
    """Something was spoken; only the partner may hear it."""


@dataclass(frozen=True, slots=True)
class AllowTexts(WorkerWord):
    """May this phone be texted unprompted?"""

    may_text: bool


@dataclass(frozen=True, slots=True)
class AllowCalls(WorkerWord):
    """May this phone be called unprompted?"""

    may_call: bool


@dataclass(frozen=True, slots=True)
class ChoosePart(WorkerWord):
    """At which part of the day may this phone be reached?"""

    part: str  # a name in `reach.PARTS`


@dataclass(frozen=True, slots=True)
class FileFor(WorkerWord):
    """Somebody files it for the worker: relative, friend, union, ngo, partner."""

    by: str


@dataclass(frozen=True, slots=True)
class RenewPin(WorkerWord):
    """Another PIN: the old one, whoever knows it, opens nothing any more."""


@dataclass(frozen=True, slots=True)
class GivePhone(WorkerWord):
    """The phone at which she may be reached; the number is kept elsewhere, sealed."""


@dataclass(frozen=True, slots=True)
class AddFile(WorkerWord):
    """A photo, a voice or a paper came; only the partner may open it."""

    kind: str


@dataclass(frozen=True, slots=True)
class Rate(WorkerWord):
    """How well was the worker helped, from 1 to 5?"""

    stars: int


@dataclass(frozen=True, slots=True)
class SaySolved(WorkerWord):
    """Is it solved for you?"""

    is_solved: bool


@dataclass(frozen=True, slots=True)
class AnswerReprisal(WorkerWord):
    """Has anybody made trouble for you because you complained?

    `opens` is the case that a yes is about to open.
    """

    answer: Reprisal
    opens: UUID | None = None


@dataclass(frozen=True, slots=True)
class PutReprisal(WorkerWord):
    """That question is before her, who has come by herself."""


@dataclass(frozen=True, slots=True)
class WriteAgain(WorkerWord):
    """Words came to a closed case, within thirty days: it runs again."""


@dataclass(frozen=True, slots=True)
class AskWithdraw(WorkerWord):
    """Take it back, by text and with the PIN."""


@dataclass(frozen=True, slots=True)
class UndoWithdrawByWorker(WorkerWord):
    """No, keep it."""


@dataclass(frozen=True, slots=True)
class AskCallback(WorkerWord):
    """Call me."""


Command = StaffVerb | WorkerWord

VERBS: Mapping[str, type[StaffVerb]] = {
    "acknowledge": Acknowledge,
    "start": Start,
    "propose": Propose,
    "resolve": Resolve,
    "refer": Refer,
    "unfounded": Unfounded,
    "no-contact": NoContact,
    "withdraw": Withdraw,
    "reopen": Reopen,
    "note": Note,
    "tell": Tell,
    "transcribe": Transcribe,
    "summarise": Summarise,
    "translate": Translate,
    "join": Join,
    "unjoin": Unjoin,
    "attempt": Attempt,
    "exclude": Exclude,
    "include": Include,
    "release": Release,
    "hand-back": HandBack,
    "take-over": TakeOver,
    "take": Take,
    "recuse": Recuse,
    "hand-to-partner": HandToPartner,
    "ask": Ask,
    "release-words": ReleaseWords,
    "release-told": ReleaseTold,
    "site": SetSite,
    "category": SetCategory,
    "severity": SetSeverity,
    "remediate": Remediate,
    "review": Review,
    "plan": Plan,
    "pause": Pause,
    "resume": Resume,
    "recalculate": Recalculate,
    "undo-withdraw": UndoWithdraw,
    "release-to-brand": ReleaseToBrand,
    "answer": Answer,
    "happened": Happened,
    "formal": Formal,
    "extend": Extend,
}

# Verbs whose note is kept with what was said, and not in the ledger itself.
SPOKEN_FOR: Mapping[type[StaffVerb], str] = {
    Tell: "told",
    Ask: "told",
    ReleaseWords: "released",
    ReleaseTold: "told",
    Transcribe: "transcript",
    Summarise: "summary",
    Translate: "translation",
}

VERB_NAMES: Mapping[type[StaffVerb], str] = {made: n for n, made in VERBS.items()}


def name_of(command: Command) -> str:
    """Return the verb as the command line and the ledger spell it."""
    if isinstance(command, StaffVerb):
        return VERB_NAMES[type(command)]
    if isinstance(command, SaySolved):
        return "say-solved" if command.is_solved else "say-not-solved"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(command).__name__).lower()
