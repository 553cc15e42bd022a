"""A speaker records our own prompts by phone, sentence by sentence.

Code, then each sentence of the sheet that nobody has spoken yet: its number,
the tone, the speaker's voice, and a key that keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.conversation.calls import spoken
from app.conversation.calls.session import AwaitKeys, HangUp, Keys, Record, Spoke, Then
from app.wording.prompt import Digits, Spoken, Tone

_CODE_DIGITS = 6
_MOST_MISSES = 3


class Desk(StrEnum):
    CODE = "code"
    READING = "reading"
    CHECK = "check"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class StudioSession:
    """Where a studio's call stands; `item` counts from 0 on the printed sheet."""

    at: Desk = Desk.CODE
    turn: int = 0
    language: str | None = None
    voice: str = ""
    item: int = 0
    misses: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "studio": [
                *(self.at, self.turn, self.language, self.voice, self.item),
                self.misses,
            ]
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "StudioSession":
        at, *more = saved["studio"]
        return cls(Desk(at), *more)


@dataclass(frozen=True, slots=True)
class StudioTurn:
    """One step; `keeps` and `drops` say what becomes of the last recording."""

    session: StudioSession
    said: tuple[Spoken, ...]
    then: Then
    keeps: str | None = None  # language/prompt
    drops: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The prompts of a language in the order of the sheet, and which are there."""

    prompts: Sequence[str]
    lacking: frozenset[str]

    def next_after(self, item: int) -> int | None:
        """Return the first one at or after `item` that nobody has spoken."""
        return next(
            (
                i
                for i in range(item, len(self.prompts))
                if self.prompts[i] in self.lacking
            ),
            None,
        )


def work_on(
    session: StudioSession, heard: Keys | Spoke | None, sheet: Sheet | None
) -> StudioTurn:
    """Hear the speaker; `sheet` is there once the code was right."""
    session = replace(session, turn=session.turn + 1)
    if heard is None or session.at is Desk.CODE:
        return _read_code(session, heard, sheet)
    if sheet is None or session.at is Desk.OVER:
        return _over(session)
    if isinstance(heard, Spoke) or session.at is Desk.READING:
        return _heard_reading(session, heard)
    return _check(session, heard.keys, sheet)


def _read_code(
    session: StudioSession, heard: Keys | Spoke | None, sheet: Sheet | None
) -> StudioTurn:
    if heard is not None and sheet is not None:
        return _read_on(replace(session, misses=0), sheet)
    if heard is not None:
        session = replace(session, misses=session.misses + 1)
    if session.misses >= _MOST_MISSES:
        return _over(session)
    return StudioTurn(
        session,
        (Tone(), spoken.STUDIO_CODE),
        AwaitKeys(_CODE_DIGITS, seconds=15, ends_with="#"),
    )


def _read_on(session: StudioSession, sheet: Sheet, **done: Any) -> StudioTurn:
    item = sheet.next_after(session.item)
    if item is None:
        return _over(session, **done)
    session = replace(session, at=Desk.READING, item=item)
    return _listen(session, **done)


def _listen(session: StudioSession, **done: Any) -> StudioTurn:
    number = Digits(str(session.item + 1))
    return StudioTurn(session, (spoken.STUDIO_ITEM, number), Record(), **done)


def _heard_reading(session: StudioSession, heard: Keys | Spoke) -> StudioTurn:
    if isinstance(heard, Spoke) and heard.hung_up:
        return StudioTurn(session, (), HangUp(), drops=True)
    if isinstance(heard, Keys) or not heard.seconds:
        return _listen(replace(session, at=Desk.READING))
    session = replace(session, at=Desk.CHECK)
    return StudioTurn(session, (spoken.STUDIO_CHECK,), AwaitKeys(seconds=15))


def _check(session: StudioSession, keys: str, sheet: Sheet) -> StudioTurn:
    prompt = sheet.prompts[session.item]
    following = replace(session, item=session.item + 1)
    match keys:
        case "1":
            return _read_on(following, sheet, keeps=f"{session.language}/{prompt}")
        case "2":
            return _listen(replace(session, at=Desk.READING), drops=True)
        case "3":
            return _read_on(following, sheet, drops=True)
    return StudioTurn(session, (spoken.STUDIO_CHECK,), AwaitKeys(seconds=15))


def _over(session: StudioSession, **done: Any) -> StudioTurn:
    session = replace(session, at=Desk.OVER)
    return StudioTurn(session, (spoken.STUDIO_DONE,), HangUp(), **done)
