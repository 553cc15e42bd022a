"""What a call remembers from one key to the next, and what a step puts out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.conversation.session import AnyAct, CaseView
from app.wording.prompt import Prompt, Spoken


class At(StrEnum):
    """What the line is waiting for."""

    LANGUAGE = "language"
    MENU = "menu"
    RESUME = "resume"
    BEEP = "beep"  # a recording
    AFTER = "after"
    REPLAY = "replay"  # a key, while the recording is fetched or played
    TOPIC = "topic"
    DANGER = "danger"
    SITE = "site"
    SITE_CHECK = "site_check"
    CONFLICT = "conflict"
    PIN_CHECK = "pin_check"
    REACH = "reach"
    WHEN = "when"
    NUMBER = "number"  # an earlier case's number
    PIN = "pin"  # and its PIN
    FOLLOW = "follow"
    OWN_PIN = "own_pin"  # one of her own, where somebody else filed it
    SOLVED = "solved"
    REPRISAL = "reprisal"
    RATE = "rate"
    RIGHTS = "rights"  # which right?
    RIGHT = "right"  # one was told
    RING_BACK = "ring_back"  # we rang: nobody knows yet who holds the phone
    OUR_CALL = "our_call"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class CallSession:
    """Where a call stands. It holds no word that was said.

    `turn` counts the steps; a step's address carries it, so that a repeat is
    known. `misses` are silences and wrong keys since the last right one.
    `is_following`: the case in hand was proved by its PIN. `asked_number` is
    what was keyed before a PIN. `site` waits to be confirmed. `is_ours`: we
    rang. `right` is the topic of the right that is being told.
    """

    at: At = At.LANGUAGE
    turn: int = 0
    language: str | None = None
    misses: int = 0
    asked: tuple[At, ...] = ()  # put a second time already
    site: str | None = None
    right: str | None = None
    asked_number: str | None = None
    wrong_pins: int = 0
    is_following: bool = False
    is_ours: bool = False
    wants_call: bool = False
    pieces: int = 0  # recordings so far in this call
    replays: int = 0
    kept: At | None = None  # where a call that broke off stood
    is_resumed: bool = False  # taken up: whoever holds the phone may be another
    has_numbers: bool = False  # number and PIN were spoken
    is_reached: bool = False  # how to reach her is known from her earlier case
    is_dropped: bool = False  # begun anew: the case so far is not this talk's

    def to(self, at: At) -> "CallSession":
        return replace(self, at=at, misses=0)

    def missed(self) -> "CallSession":
        return replace(self, misses=self.misses + 1)

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "turn": self.turn,
            "language": self.language,
            "misses": self.misses,
            "asked": list(self.asked),
            "site": self.site,
            "right": self.right,
            "asked_number": self.asked_number,
            "wrong_pins": self.wrong_pins,
            "is_following": self.is_following,
            "is_ours": self.is_ours,
            "wants_call": self.wants_call,
            "pieces": self.pieces,
            "replays": self.replays,
            "kept": self.kept,
            "is_resumed": self.is_resumed,
            "has_numbers": self.has_numbers,
            "is_reached": self.is_reached,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "CallSession":
        # What another version kept beside it is passed over.
        names = cls.__dataclass_fields__
        known = {name: saved[name] for name in saved if name in names}
        known["at"] = At(saved["at"])
        known["kept"] = At(saved["kept"]) if saved.get("kept") else None
        known["asked"] = tuple(At(at) for at in saved.get("asked", ()))
        return cls(**known)


# What came from the caller. Each is one request of the carrier's.


@dataclass(frozen=True, slots=True)
class Rang:
    """The call begins; `resumes` is where a broken-off one stood."""

    resumes: CallSession | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys were pressed; none: silence, or only the key that ends."""

    keys: str

    @property
    def is_silence(self) -> bool:
        return not self.keys


@dataclass(frozen=True, slots=True)
class Spoke:
    """A recording ended; `seconds` 0: nothing was heard in it."""

    seconds: int
    hung_up: bool = False
    is_full: bool = False  # it ended because it may be no longer


Heard = Rang | Keys | Spoke


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the store knows beside the call itself, looked up beforehand.

    `case` is the case that this call opened or proved; `proved` is the case
    whose number and PIN were keyed just now. `is_pin_right`: what was keyed
    back is the PIN that was spoken. `open_languages` have a voice here.
    """

    languages: tuple[str, ...]  # of the dialled number; the first is its default
    open_languages: frozenset[str]
    has_phone: bool = True
    known_sites: frozenset[str] = frozenset()
    case: CaseView | None = None
    proved: CaseView | None = None
    is_pin_right: bool = False
    helplines: frozenset[str] = frozenset()  # kinds that have a number here
    is_late: bool = False  # every day that was promised has passed
    has_message: bool = False  # from a person, to the worker
    can_read_message: bool = False  # by a right voice
    can_ask_reprisal: bool = False  # there is a voice for that question
    replay: str | None = None  # the address of what was just said, once it is here


@dataclass(frozen=True, slots=True)
class Slot:
    """Something to be spoken that only the action knows."""

    # number, pin, news_by, reopen_by, emergency, child, crisis, message, and
    # right_ with the topic of a right
    name: str


Saying = Spoken | Slot


@dataclass(frozen=True, slots=True)
class Offer:
    """A prompt in the language of its own, with the key that chooses it."""

    prompt: Prompt
    language: str
    key: str


# How a step ends: with keys awaited, a recording, or the end.


@dataclass(frozen=True, slots=True)
class AwaitKeys:
    count: int = 1
    seconds: int = 8  # of silence, once everything has been said
    ends_with: str = ""  # a key that ends an entry of many digits


@dataclass(frozen=True, slots=True)
class Record:
    """A recording, after a beep."""


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


Then = AwaitKeys | Record | HangUp


@dataclass(frozen=True, slots=True)
class CallTurn:
    """One step: what to say, what then, what to do, where the call stands."""

    session: CallSession
    said: tuple[Saying | Offer, ...]
    then: Then
    acts: tuple[AnyAct, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A step ready to be rendered: every slot is filled."""

    said: tuple[Spoken | Offer, ...]
    then: Then
    language: str
    country: str
    turn: int
    is_studio: bool = False
