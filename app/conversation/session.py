"""What a talk remembers between two messages, and what one turn puts out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.domain.taxonomy import Category, Conflict, State
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


@dataclass(frozen=True, slots=True)
class Session:
    """Where the talk stands. It holds no word that was said.

    `again` is set once a wrong answer has been asked again; `asked` are the
    questions that are done with; `fresh` means that NEW was said, so that the
    next words open a case of their own.
    """

    language: str | None = None
    step: Step | None = None
    again: bool = False
    asked: tuple[Step, ...] = ()
    site: str | None = None
    fresh: bool = False
    passed_on: bool = False

    def at(self, step: Step | None) -> "Session":
        return replace(self, step=step, again=False)

    def done(self, step: Step) -> "Session":
        return replace(self, step=None, again=False, asked=(*self.asked, step))

    def to_json(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "step": self.step,
            "again": self.again,
            "asked": list(self.asked),
            "site": self.site,
            "fresh": self.fresh,
            "passed_on": self.passed_on,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Session":
        return cls(
            language=saved.get("language"),
            step=Step(saved["step"]) if saved.get("step") else None,
            again=bool(saved.get("again")),
            asked=tuple(Step(step) for step in saved.get("asked", ())),
            site=saved.get("site"),
            fresh=bool(saved.get("fresh")),
            passed_on=bool(saved.get("passed_on")),
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


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows about this message, looked up beforehand.

    `case` is the open case of this phone's talk; `proved` is the case whose
    PIN the text carries. `is_rested`: nothing was heard for 30 minutes, so
    whoever holds the phone may not be the worker.
    """

    languages: tuple[str, ...]  # of the dialled number; the first is its default
    known_sites: frozenset[str] = frozenset()
    is_rested: bool = True
    case: CaseView | None = None
    proved: CaseView | None = None


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
class SetLanguage:
    code: str


@dataclass(frozen=True, slots=True)
class AskWithdraw:
    """Take the complaint back, unless that is not for a text to do."""


@dataclass(frozen=True, slots=True)
class TakeBackWithdraw:
    """Undo it."""


@dataclass(frozen=True, slots=True)
class StopTexts:
    """No more unprompted texts to this phone."""


@dataclass(frozen=True, slots=True)
class AskCall:
    """Somebody shall call this phone."""


@dataclass(frozen=True, slots=True)
class CountContact:
    """A contact that is no case: greeting, test, keyword, answer, digits."""

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
    | SetLanguage
    | AskWithdraw
    | TakeBackWithdraw
    | StopTexts
    | AskCall
    | CountContact
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer: what to say, what to do, and where the talk now stands.

    `said` may hold lines whose number, PIN or date only the action knows; it
    fills them in. `on_proved` marks acts that belong to the proved case.
    """

    session: Session
    said: tuple[Line, ...] = ()
    acts: tuple[Act, ...] = ()
    on_proved: bool = False
