"""Lines into TwiML: the exact bytes of an answer, kept and given again."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from app.wording.line import Line

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
    said = [clean for text in texts if (clean := _FORBIDDEN.sub("", text)).strip()]
    if not said:
        return NOTHING
    inner = "".join(f"<Message>{escape(text)}</Message>" for text in said)
    return f"{_DECLARATION}<Response>{inner}</Response>".encode()


def twiml(words: Words) -> Callable[[Sequence[Line], str, ZoneInfo], bytes]:
    """Return the rendering that a turn is given, worded from this catalogue."""

    def render(lines: Sequence[Line], language: str, zone: ZoneInfo) -> bytes:
        return messages([words.render(line, language, zone) for line in lines])

    return render
