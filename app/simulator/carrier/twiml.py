"""TwiML, read as strictly as its authors could wish: a typo is an error.

The tables are from Twilio's SDK (names of attributes) and from the documented
rules of nesting. Verbs that the service never uses are unknown here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from app.simulator.carrier.grammar import (
    ANY_KEY,
    SSML,
    VERBS,
    TwimlError,
    check_attributes,
    check_voice,
)

LONGEST_DOCUMENT = 64 * 1024
_XML = frozenset({"text/xml", "application/xml"})


@dataclass(frozen=True, slots=True)
class Play:
    """A sound file, or keys as tones; `loop` 0 goes on and on."""

    url: str
    loop: int = 1
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    voice: str = ""
    language: str = ""
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float = 1.0


Prompt = Play | Say | Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Keys are wanted; `timeout` starts after the prompts and after each key."""

    action: str | None
    method: str = "POST"
    num_digits: int | None = None
    finish_on_key: str = "#"
    timeout: float = 5.0
    acts_on_empty: bool = False
    prompts: tuple[Prompt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A voice is wanted; a `timeout` of 0 waits through any silence."""

    action: str | None
    method: str = "POST"
    timeout: float = 5.0
    finish_on_key: str = ANY_KEY
    max_length: float = 3600.0
    plays_beep: bool = True
    trims: bool = True
    callback: str = ""
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Reject:
    reason: str = "rejected"


Verb = Prompt | Gather | Record | Redirect | Hangup | Reject


def read_voice(content_type: str, body: bytes) -> tuple[Verb, ...]:
    """Return a voice document's verbs; raise `TwimlError` with Twilio's code."""
    root = _root(content_type, body)
    return tuple(_verb(element) for element in _children(root, VERBS["Response"].holds))


def read_texts(content_type: str, body: bytes) -> tuple[str, ...]:
    """Return the texts that answer a text; raise `TwimlError`."""
    root = _root(content_type, body)
    return tuple(_text(message) for message in _children(root, {"Message"}))


def _root(content_type: str, body: bytes) -> ElementTree.Element:
    if not content_type:
        raise TwimlError(11200, "no content type: shown as a 502")
    if content_type.partition(";")[0].strip().lower() not in _XML:
        raise TwimlError(12300, f"content type {content_type}")
    if len(body) > LONGEST_DOCUMENT:
        raise TwimlError(11750, "more than 64 kB")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise TwimlError(12100, "a document type")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as wrong:
        raise TwimlError(12100, f"no XML: {wrong}") from None
    if root.tag != "Response" or root.attrib:
        raise TwimlError(12200, f"<{root.tag}> where <Response> belongs")
    return root


def _children(
    parent: ElementTree.Element, allowed: frozenset[str] | set[str]
) -> list[ElementTree.Element]:
    loose = (parent.text or "") + "".join(child.tail or "" for child in parent)
    if loose.strip():
        raise TwimlError(12200, f"text in <{parent.tag}>")
    for child in parent:
        if child.tag not in allowed:
            raise TwimlError(12200, f"<{child.tag}> in <{parent.tag}>")
        if child.tag in VERBS:
            check_attributes(child.tag, child.attrib)
    return list(parent)


def _verb(element: ElementTree.Element) -> Verb:
    match element.tag:
        case "Gather":
            return _gather(element)
        case "Record":
            _children(element, set())
            return _record(element.attrib)
        case "Redirect":
            url = _words(element)
            if not url:
                raise TwimlError(12200, "<Redirect> without a URL")
            return Redirect(url, element.get("method", "POST"))
        case "Hangup":
            _children(element, set())
            return Hangup()
        case "Reject":
            _children(element, set())
            return Reject(element.get("reason", "rejected"))
    return _prompt(element)


def _prompt(element: ElementTree.Element) -> Prompt:
    loop = int(element.get("loop", "1"))
    if element.tag == "Pause":
        _children(element, set())
        return Pause(float(element.get("length", "1")))
    if element.tag == "Play":
        url, digits = _words(element), element.get("digits", "")
        if not url and not digits:
            raise TwimlError(12200, "<Play> without a URL")
        return Play(url, loop, digits)
    voice, language = element.get("voice", ""), element.get("language", "")
    text = _spoken(element)
    if not text:
        raise TwimlError(13520, "<Say> without words")
    check_voice(voice, language)
    return Say(text, voice, language, loop)


def _gather(element: ElementTree.Element) -> Gather:
    given = element.attrib
    prompts = _children(element, VERBS["Gather"].holds)
    digits = given.get("numDigits")
    return Gather(
        action=given.get("action"),
        method=given.get("method", "POST"),
        num_digits=int(digits) if digits else None,
        finish_on_key=given.get("finishOnKey", "#"),
        timeout=float(given.get("timeout", "5")),
        acts_on_empty=given.get("actionOnEmptyResult") == "true",
        prompts=tuple(_prompt(prompt) for prompt in prompts),
    )


def _record(given: Mapping[str, str]) -> Record:
    return Record(
        action=given.get("action"),
        method=given.get("method", "POST"),
        timeout=float(given.get("timeout", "5")),
        finish_on_key=given.get("finishOnKey", ANY_KEY),
        max_length=float(given.get("maxLength", "3600")),
        plays_beep=given.get("playBeep", "true") == "true",
        trims=given.get("trim", "trim-silence") == "trim-silence",
        callback=given.get("recordingStatusCallback", ""),
        events=frozenset(
            given.get("recordingStatusCallbackEvent", "completed").split()
        ),
    )


def _words(element: ElementTree.Element) -> str:
    if len(element):
        raise TwimlError(12200, f"<{element[0].tag}> in <{element.tag}>")
    return (element.text or "").strip()


def _spoken(element: ElementTree.Element) -> str:
    for part in element.iter():
        if part is not element and part.tag not in SSML:
            raise TwimlError(12200, f"<{part.tag}> in <Say>")
    return " ".join("".join(element.itertext()).split())


def _text(message: ElementTree.Element) -> str:
    parts = list(message)
    if any(part.tag not in ("Body", "Media") for part in parts):
        raise TwimlError(12200, f"<{parts[0].tag}> in <Message>")
    bodies = [part.text or "" for part in parts if part.tag == "Body"]
    text = "".join(bodies) if parts else message.text or ""
    if not text or len(text) > 1600:
        raise TwimlError(14103, "an empty message or more than 1600 characters")
    return text
