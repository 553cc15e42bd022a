"""What the web form remembers from one page to the next, and what a page shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app.conversation.reading import Reading
from app.conversation.session import AnyAct, CaseView
from app.domain.taxonomy import Category
from app.wording.line import Line


class At(StrEnum):
    """The page that waits for its answer; the name of its template."""

    WHAT = "what"  # the first page: what is wrong
    WHERE = "where"
    PICK = "pick"  # which of the places that a name may mean
    ABOUT = "about"  # about somebody on the committee, in HR, the owner
    DANGER = "danger"
    REACH = "reach"
    RECEIPT = "receipt"  # number and PIN, until the PIN is typed back
    KEPT = "kept"  # the end of a complaint
    DOOR = "door"  # number and PIN are asked for
    WHO = "who"  # the worker herself, or who filed it for her
    FOLLOW = "follow"
    WITHDRAW = "withdraw"  # sure?
    PROOF = "proof"  # the dated receipt, to show to somebody else
    OVER = "over"  # left


# Who filed it, where it was not the worker.
FILED_BY = ("relative", "friend", "union", "ngo")

# What may be picked on the first page by somebody who cannot write it.
TOPICS: tuple[Category, ...] = (
    Category.WAGE,
    Category.SOCS,
    Category.HOUR,
    Category.MATC,
    Category.ABUS,
    Category.GBVH,
    Category.CHLD,
    Category.OSHS,
    Category.WASH,
    Category.TERM,
    Category.OTHR,
)

# Pages behind a right PIN: whoever sees them has proved to be the worker.
PROVED = frozenset({At.WHO, At.FOLLOW, At.WITHDRAW})


@dataclass(frozen=True, slots=True)
class PageSession:
    """Where a talk by pages stands. It holds no word that was said.

    `turn` counts the steps; a page carries its own, so that a page that is
    sent twice, or was sent before pressing back, is known. `first` is a keyed
    hash of the first page's words. `is_following`: the case was proved by its
    PIN. `back` is where a page returns to that can be come to from two.
    """

    at: At = At.WHAT
    turn: int = 0
    language: str | None = None
    asked: tuple[At, ...] = ()  # put a second time already
    first: str = ""
    declined: int = 0
    wrong_pins: int = 0
    is_following: bool = False
    back: At | None = None
    matches: tuple[str, ...] = ()  # codes that a name may mean
    is_in_danger: bool = False
    was: At | None = None  # the page before this one
    last: str = ""  # a keyed hash of what was sent on it
    is_renewing: bool = False  # the PIN that is shown is to be hers once it is noted

    def to(self, at: At) -> "PageSession":
        return replace(self, at=at)

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "turn": self.turn,
            "language": self.language,
            "asked": list(self.asked),
            "first": self.first,
            "declined": self.declined,
            "wrong_pins": self.wrong_pins,
            "is_following": self.is_following,
            "back": self.back,
            "matches": list(self.matches),
            "is_in_danger": self.is_in_danger,
            "was": self.was,
            "last": self.last,
            "is_renewing": self.is_renewing,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "PageSession":
        # What another version kept beside it is passed over.
        names = cls.__dataclass_fields__
        known = {name: saved[name] for name in saved if name in names}
        known["at"] = At(saved["at"])
        for name in ("back", "was"):
            known[name] = At(saved[name]) if saved.get(name) else None
        known["asked"] = tuple(At(at) for at in saved.get("asked", ()))
        known["matches"] = tuple(saved.get("matches", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Sent:
    """One page as it was sent: its fields, and how its words read."""

    fields: Mapping[str, str]
    reading: Reading
    has_files: bool = False

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the store knows beside the page, looked up beforehand.

    `matches` are sites whose name shares a telling word with the name given;
    `phone` is the number given as E.164, None where it is none.
    """

    known_sites: frozenset[str] = frozenset()
    case: CaseView | None = None
    matches: tuple[str, ...] = ()
    phone: str | None = None
    is_pin_right: bool = False
    is_for_another: bool = False  # filed for her, and not taken over yet
    has_phone: bool = False  # the case has one already
    countries: tuple[str, ...] = ()  # of the programme


# What only a page asks for, beside the acts of the other channels.


@dataclass(frozen=True, slots=True)
class FileFor:
    """Somebody files it for the worker."""

    by: str  # a name in `FILED_BY`, or partner


@dataclass(frozen=True, slots=True)
class SetPhone:
    """The phone at which she may be reached, E.164."""

    number: str


@dataclass(frozen=True, slots=True)
class SetCountry:
    """In which country it is, while the place is not known."""

    country: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Words came to a closed case: it is opened again."""


PageAct = AnyAct | FileFor | SetPhone | SetCountry | Reopen


@dataclass(frozen=True, slots=True)
class PageTurn:
    """One answer: where the talk now stands, what to do, what to say first."""

    session: PageSession
    acts: tuple[PageAct, ...] = ()
    notes: tuple[Line, ...] = ()


# What a page shows.


@dataclass(frozen=True, slots=True)
class Place:
    """A site as a worker may pick it."""

    code: str
    name: str
    local_name: str


@dataclass(frozen=True, slots=True)
class Help:
    """An outside number; `kind` as in helplines.csv: emergency, child, women, ..."""

    kind: str
    number: str
    name: str
    country: str = ""  # its code, where it is not sure in which country she is


@dataclass(frozen=True, slots=True)
class Word:
    """One message between the worker and us."""

    day: date
    text: str
    who: str  # you, helpline, committee


@dataclass(frozen=True, slots=True)
class Following:
    """A case as its worker sees it after her PIN."""

    standing: tuple[Line, ...]  # where it stands, and by when there is news
    words: tuple[Word, ...]  # the oldest first
    photos: int
    voices: int
    papers: int
    is_closed: bool
    may_reopen: bool  # closed less than thirty days ago: words open it again
    may_say_solved: bool
    may_say_not_solved: bool
    is_withdrawing: bool  # taken back, and the seventy-two hours run
    rating: int | None
    reach: str  # none, text, call; blank: never answered
    part: str  # blank or a name in `reach.PARTS`
    has_phone: bool
    is_for_another: bool
    asks_reprisal: bool = False  # was she made to pay for it?
    limits: tuple[Line, ...] = ()  # rights of hers that soon pass


@dataclass(frozen=True, slots=True)
class Proof:
    """The dated receipt, to show to another body."""

    day: date
    text: str  # the long form, signed
    code: str  # the short form: ten digits
    address: str  # where anybody can check it
    picture: str  # the same as a QR code, SVG


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that one page may show; a template takes what it needs."""

    at: At
    language: str
    token: str
    turn: int
    notes: tuple[Line, ...] = ()
    number: str | None = None  # eight digits
    pin: str | None = None  # six digits, while she does not have it safely
    news_by: date | None = None
    site: Place | None = None
    matches: tuple[Place, ...] = ()
    helps: tuple[Help, ...] = ()
    is_in_danger: bool = False
    phone_hint: str = ""  # how a number begins there, such as +880
    hotline: str = ""  # the number to call or text, as it is shown
    country: str = ""
    countries: tuple[str, ...] = ()  # to choose from, where there are several
    may_attach: bool = False  # a file was refused: another may be sent here
    follow: Following | None = None
    proof: Proof | None = None
    kept: Mapping[str, str] = field(default_factory=dict)  # typed, to be mended
