"""Lines into TwiML, or texts: the bytes of an answer, kept and given again."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Protocol
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from app.actions.replies import as_json
from app.actions.take_turn import Render
from app.conversation import lines
from app.wording.line import Line
from app.wording.segments import fits, graphemes

_PARTS = 3  # of a text that holds a person's message

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
NOTHING = f"{_DECLARATION}<Response/>".encode()

# All that XML 1.0 does not allow, even escaped; Twilio answers it with 12100.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Words(Protocol):
    """The catalogue, as far as an answer needs it."""

    def render(
        self, line: Line, language: str, zone: ZoneInfo | None = None
    ) -> str: ...


def messages(texts: Sequence[str]) -> bytes:
    """Return a messaging document, one message a text; blank ones are left out."""
    said = sayable(texts)
    if not said:
        return NOTHING
    inner = "".join(f"<Message>{escape(text)}</Message>" for text in said)
    return f"{_DECLARATION}<Response>{inner}</Response>".encode()


def sayable(texts: Sequence[str]) -> list[str]:
    """Return what a carrier takes of these; blank ones are left out."""
    return [clean for text in texts if (clean := _FORBIDDEN.sub("", text)).strip()]


def twiml(words: Words) -> Render:
    """Return the rendering that a turn is given, worded from this catalogue."""
    return _rendering(words, messages)


def plain(words: Words) -> Render:
    """Return the rendering for a carrier whose request is answered with a text.

    There is one text an answer, so a blank line parts what would be several.
    """
    return _rendering(words, lambda texts: "\n\n".join(sayable(texts)).encode())


def listed(words: Words) -> Render:
    """Return the rendering for a carrier to which answers are owed."""
    return _rendering(words, lambda texts: as_json(sayable(texts)))


def _rendering(words: Words, write: Callable[[Sequence[str]], bytes]) -> Render:
    def render(said: Sequence[Line], language: str, zone: ZoneInfo) -> bytes:
        return write([_worded(words, line, language, zone) for line in said])

    return render


def _worded(words: Words, line: Line, language: str, zone: ZoneInfo) -> str:
    """Return the text; of a person's long message as much as three parts hold."""
    text = words.render(line, language, zone)
    if line.message != lines.MESSAGE.message or fits(text, _PARTS):
        return text
    signs = list(graphemes(str(line.params["words"])))

    def beginning(length: int) -> str:
        cut = lines.MESSAGE_CUT.using(words="".join(signs[:length]).rstrip())
        return words.render(cut, language, zone)

    most = bisect_left(
        range(len(signs)), True, key=lambda length: not fits(beginning(length), _PARTS)
    )
    return beginning(max(0, most - 1))
