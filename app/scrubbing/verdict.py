"""What comes of a file that somebody sent: a clean one, or why it is not taken."""

from dataclasses import dataclass, field
from enum import StrEnum

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024


class Kind(StrEnum):
    PHOTO = "photo"
    VOICE = "voice"
    PAPER = "paper"


MEDIA_TYPES = {
    Kind.PHOTO: "image/jpeg",
    Kind.VOICE: "audio/mpeg",
    Kind.PAPER: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Clean:
    """A file written by us: nothing in it but what can be seen or heard."""

    kind: Kind
    media_type: str
    content: bytes = field(repr=False)
    seconds: float | None = None  # of a voice
    pages: int | None = None  # of a paper


class Why(StrEnum):
    """Why a file is not taken; each is told to the sender in a sentence."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"  # no kind of file that we take
    DAMAGED = "damaged"
    LOCKED = "locked"  # a paper that asks for a password
    TOO_LONG = "too_long"  # minutes, pages or pixels
    VIDEO = "video"
    BUSY = "busy"  # it took too long, or its process died: worth another try


class Unfit(Exception):
    """The file is not taken, and nothing of it is kept."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
