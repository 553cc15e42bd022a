"""One step of a call into TwiML: the exact bytes, kept and given again."""

import re
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

from app.channels.ivr.wire import LONGEST_PIECE
from app.conversation.calls.session import AwaitKeys, Offer, Record, Said
from app.wording.pieces import day_ids, site_id
from app.wording.prompt import (
    Day,
    Digits,
    Free,
    Place,
    Prompt,
    Replay,
    Rest,
    Spoken,
    Tone,
)
from app.wording.sounds import Book
from app.wording.voices import voice_for

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# All that XML 1.0 does not allow, even escaped; Twilio answers it with 12100.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PAUSE = re.compile('<Pause length="[0-9]+"/>')
_SILENCE = 10  # seconds that end a recording

TURN, RECORDING = "/twilio/voice/turn", "/twilio/voice/recording"

NOTHING = f"{_DECLARATION}<Response/>".encode()
HANG_UP = f"{_DECLARATION}<Response><Hangup/></Response>".encode()
REJECT = f'{_DECLARATION}<Response><Reject reason="busy"/></Response>'.encode()


def voice(
    public_base_url: str, *, knows_pause: bool = True
) -> Callable[[Said, Book], bytes]:
    """Return the rendering of a step, with addresses under this one.

    Somleng ends a call at a verb that it does not know, and knows no <Pause>.
    """
    base = public_base_url.rstrip("/")

    def render(said: Said, book: Book) -> bytes:
        speaker = Speaker(base, book, said.language, said.country)
        nodes = "".join(speaker.nodes(said))
        return _document(base, said, nodes if knows_pause else _PAUSE.sub("", nodes))

    return render


def out_of_order(public_base_url: str, book: Book, languages: tuple[str, ...]) -> bytes:
    """Return what is said where nothing can be written: a tone, and a recording.

    Whatever is spoken stays at the carrier, and is taken in once all is well.
    """
    base = public_base_url.rstrip("/")
    nodes = _play(base, book.tone.name) if book.tone else ""
    for language in languages:
        sound = book.sound("out_of_order", language)
        nodes += _play(base, sound.name) if sound else ""
    return _wrapped(nodes + _record(base, f"{_here(base, 0)}&late=1"))


def _document(base: str, said: Said, nodes: str) -> bytes:
    match said.then:
        case AwaitKeys(count, seconds, ends_with):
            here = _here(base, said.turn, is_studio=said.is_studio)
            action = quoteattr(here)
            return _wrapped(
                f'<Gather action={action} actionOnEmptyResult="true"'
                f' finishOnKey="{ends_with}" input="dtmf" method="POST"'
                f' numDigits="{count}" timeout="{seconds}">{nodes}</Gather>'
                f'<Redirect method="POST">{escape(here)}</Redirect>'
            )
        case Record():
            here = _here(base, said.turn, is_studio=said.is_studio)
            return _wrapped(nodes + _record(base, here))
    return _wrapped(f"{nodes}<Hangup/>")


def _here(base: str, turn: int, *, is_studio: bool = False) -> str:
    return f"{base}{TURN}?s={turn}{'&d=studio' if is_studio else ''}"


def _record(base: str, here: str) -> str:
    """Record one piece; an empty one does not call its action but falls through."""
    return (
        f'<Record action={quoteattr(here)} finishOnKey="#"'
        f' maxLength="{LONGEST_PIECE}" method="POST" playBeep="true"'
        f" recordingStatusCallback={quoteattr(base + RECORDING)}"
        ' recordingStatusCallbackEvent="completed absent"'
        f' timeout="{_SILENCE}" trim="do-not-trim"/>'
        f'<Redirect method="POST">{escape(here)}&amp;empty=1</Redirect>'
    )


def _wrapped(inner: str) -> bytes:
    return f"{_DECLARATION}<Response>{inner}</Response>".encode()


def _play(base: str, name: str) -> str:
    return f"<Play>{base}/prompts/{name}</Play>"


class Speaker:
    """Speaks one step in one language: a recording, else a right voice."""

    def __init__(self, base: str, book: Book, language: str, country: str) -> None:
        self._base = base
        self._book = book
        self._language = language
        self._country = country

    def nodes(self, said: Said) -> Iterator[str]:
        for each in said.said:
            if isinstance(each, Offer):
                yield self._prompt(each.prompt.id, each.language)
                yield self._prompt(f"digit_{each.key}", each.language)
            else:
                yield from self._spoken(each)

    def _spoken(self, each: Spoken) -> Iterator[str]:
        match each:
            case Prompt(id):
                yield self._prompt(id)
            case Digits(digits):
                yield from self._digits(digits)
            case Place(code):
                if self._book.has_place(code, self._language):
                    yield self._prompt(site_id(code))
                else:
                    yield from self._digits(f"{code[:3]} {code[3:]}")
            case Day(day):
                for piece in day_ids(day, self._language):
                    yield self._prompt(piece)
            case Rest(seconds):
                yield f'<Pause length="{seconds}"/>'
            case Tone():
                yield _play(self._base, self._book.tone.name) if self._book.tone else ""
            case Replay(path):
                yield f"<Play>{self._base}{path}</Play>"
            case Free(text):
                yield self._say(_FORBIDDEN.sub("", text), self._language)

    def _digits(self, digits: str) -> Iterator[str]:
        for digit in digits:
            if digit == " ":
                yield '<Pause length="1"/>'
            else:
                yield self._prompt(f"digit_{digit}")

    def _prompt(self, prompt: str, language: str | None = None) -> str:
        language = language or self._language
        sound = self._book.sound(prompt, language)
        if sound is not None:
            return _play(self._base, sound.name)
        try:
            return self._say(self._book.text(prompt, language), language)
        except KeyError:
            return ""

    def _say(self, text: str, language: str) -> str:
        """Say it in a voice of the language; in no other one, ever."""
        found = voice_for(language, self._country)
        if found is None:
            return ""
        return f'<Say language="{found.tag}" voice="{found.name}">{escape(text)}</Say>'
