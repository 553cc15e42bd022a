"""What a talk remembers between two messages, and what one turn puts out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.domain.laws import Limit
from app.domain.taxonomy import Category, Conflict, Reprisal, State
from app.wording.line import Line


class Step(StrEnum):
    """The question that is waiting for its answer."""

    WHAT = "what"  # only a site code came: what is wrong?
    LANGUAGE = "language"
    SITE = "site"
    CONFLICT = "conflict"
    TOPIC = "topic"
    MAY_TEXT = "may_text"
    SOLVED = "solved"
    REPRISAL = "reprisal"  # after the end: was she made to pay for it?


# What may wait on any phone, whether it has a case or not.
OPENING = (Step.WHAT, Step.LANGUAGE)


@dataclass(frozen=True, slots=True)
class Session:
    """Where the talk stands. It holds no word that was said.

    `language` is None while nothing has told it. `put` are the questions in
    the order in which they were put, each at most twice; `done` those that
    are answered or given up. `is_locked`: the talk has rested and no PIN came
    since, so whoever holds the phone is a stranger, and `kept` is the question
    that was waiting then. `kept` also waits behind the choice of a language.
    `fresh` means that NEW was said: the next words open a case of their own.
    """

    language: str | None = None
    step: Step | None = None
    put: tuple[Step, ...] = ()
    done: tuple[Step, ...] = ()
    kept: Step | None = None
    site: str | None = None
    fresh: bool = False
    passed_on: bool = False
    is_locked: bool = False

    def at(self, step: Step | None) -> "Session":
        return replace(self, step=step)

    def putting(self, step: Step) -> "Session":
        return replace(self, step=step, put=(*self.put, step))

    def finished(self, step: Step) -> "Session":
        return replace(self, step=None, done=(*self.done, step))

    def may_repeat(self, step: Step) -> bool:
        """A question is put once, and once again."""
        return self.put.count(step) < 2

    def locked(self) -> "Session":
        """Forget all but what any phone may have said by itself."""
        return Session(
            step=Step.WHAT if self.site else None,
            put=tuple(step for step in self.put if step not in OPENING),
            done=self.done,
            kept=self.kept if self.step in OPENING else self.step or self.kept,
            site=self.site,
            fresh=self.fresh,
            passed_on=self.passed_on,
            is_locked=True,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "step": self.step,
            "put": list(self.put),
            "done": list(self.done),
            "kept": self.kept,
            "site": self.site,
            "fresh": self.fresh,
            "passed_on": self.passed_on,
            "is_locked": self.is_locked,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Session":
        return cls(
            language=saved.get("language"),
            step=Step(saved["step"]) if saved.get("step") else None,
            put=tuple(Step(step) for step in saved.get("put", ())),
            done=tuple(Step(step) for step in saved.get("done", ())),
            kept=Step(saved["kept"]) if saved.get("kept") else None,
            site=saved.get("site"),
            fresh=bool(saved.get("fresh")),
            passed_on=bool(saved.get("passed_on")),
            is_locked=bool(saved.get("is_locked")),
        )


@dataclass(frozen=True, slots=True)
class CaseView:
    """As much of a case as the talk may know."""

    number: str
    state: State
    has_site: bool
    conflict: Conflict | None
    category: Category
    may_text: bool | None
    may_reopen: bool = True  # closed less than 30 days ago
    language: str | None = None  # in which it was told
    limits: tuple[Limit, ...] = ()  # rights of hers that soon pass
    is_for_another: bool = False  # somebody filed it for her, and knows the PIN
    asks_reprisal: bool = False  # it waits to be asked whether she had to pay for it


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows about this message, looked up beforehand.

    `case` is the open case of this phone's talk; `proved` is the case whose
    PIN the text carries, and `message` the latest that a person wrote to her about
    it. `is_rested`: nothing was heard for 30 minutes, so whoever holds the phone may
    not be the worker.
    """

    languages: tuple[str, ...]  # of the dialled number; the first is its default
    known_sites: frozenset[str] = frozenset()
    is_rested: bool = True
    case: CaseView | None = None
    proved: CaseView | None = None
    message: str = ""


# What the talk asks the action to do, in order.


@dataclass(frozen=True, slots=True)
class Open:
    """Open a case with these words."""

    site: str | None
    category: Category | None  # guessed by its words; None: cannot tell
    is_danger: bool


@dataclass(frozen=True, slots=True)
class Add:
    """File these words to the case."""


@dataclass(frozen=True, slots=True)
class Raise:
    """Words of danger came later."""


@dataclass(frozen=True, slots=True)
class SetSite:
    code: str


@dataclass(frozen=True, slots=True)
class SetConflict:
    answer: Conflict


@dataclass(frozen=True, slots=True)
class SetTopic:
    category: Category


@dataclass(frozen=True, slots=True)
class SetMayText:
    yes: bool


@dataclass(frozen=True, slots=True)
class SetSolved:
    yes: bool


@dataclass(frozen=True, slots=True)
class SetReprisal:
    """Of a yes a case of its own is opened, and is the talk's from then on."""

    answer: Reprisal


@dataclass(frozen=True, slots=True)
class SetLanguage:
    code: str


@dataclass(frozen=True, slots=True)
class AskWithdraw:
    """Take the complaint back, unless that is not for a text to do."""


@dataclass(frozen=True, slots=True)
class TakeBackWithdraw:
    """Undo it."""


@dataclass(frozen=True, slots=True)
class RenewPin:
    """A PIN of her own: who filed it for her, or saw it, has the old one."""


@dataclass(frozen=True, slots=True)
class StopTexts:
    """No more unprompted texts to this phone."""


@dataclass(frozen=True, slots=True)
class AskCall:
    """Somebody shall call this phone."""


@dataclass(frozen=True, slots=True)
class SetMayCall:
    yes: bool


@dataclass(frozen=True, slots=True)
class SetPart:
    """At which part of the day this phone may be reached."""

    part: str


@dataclass(frozen=True, slots=True)
class SetRating:
    stars: int


@dataclass(frozen=True, slots=True)
class SuggestSite:
    """A code that nobody confirmed: shown to the partner, never decided."""

    code: str


@dataclass(frozen=True, slots=True)
class SetWhenToCall:
    """When the person that was asked for should call."""

    part: str


@dataclass(frozen=True, slots=True)
class CountContact:
    """A contact that is no case: call, greeting, test, keyword, rights, digits."""

    kind: str


Act = (
    Open
    | Add
    | Raise
    | SetSite
    | SetConflict
    | SetTopic
    | SetMayText
    | SetSolved
    | SetReprisal
    | SetLanguage
    | AskWithdraw
    | TakeBackWithdraw
    | RenewPin
    | StopTexts
    | AskCall
    | CountContact
)

# What only a call asks for.
CallAct = SetMayCall | SetPart | SetRating | SuggestSite | SetWhenToCall
AnyAct = Act | CallAct


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer: what to say, what to do, and where the talk now stands.

    `said` may hold lines whose number, PIN or date only the action knows; it
    fills them in.
    """

    session: Session
    said: tuple[Line, ...] = ()
    acts: tuple[Act, ...] = ()
