"""What is spoken on the telephone, before anybody has chosen how.

A prompt is one sentence or two in one sound file; numbers, days and names are
spoken between prompts, piece by piece.
"""

from dataclasses import dataclass
from datetime import date

from app.wording.line import Line


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence with a name of its own: `id` names its sound file."""

    id: str  # a-z, 0-9 and _
    line: Line


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits spoken one by one; a blank between groups is a short rest."""

    digits: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day as weekday, day of the month and month."""

    day: date


@dataclass(frozen=True, slots=True)
class Place:
    """A site by its recorded local name, else its code digit by digit."""

    code: str


@dataclass(frozen=True, slots=True)
class Free:
    """Words of a person; spoken only where a right voice exists."""

    text: str


@dataclass(frozen=True, slots=True)
class Tone:
    """A tone without words: what is heard where a language has no voice."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A breath of so many whole seconds."""

    seconds: int = 1


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording, played from its address: the caller's own, or a message."""

    path: str


Spoken = Prompt | Digits | Day | Place | Free | Tone | Rest | Replay
