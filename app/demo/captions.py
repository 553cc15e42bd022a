"""What a caller hears, as captions: in its language, and in English below.

The carrier only knows the addresses of sound files; the manifest knows which
prompt each of them is, and the English words of the same prompt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.wording.pieces import PIECES
from app.wording.sounds import Manifest, Sound

Shown = dict[str, Any]

_NOTED = {"number_is": "number", "pin_is": "pin", "pin_wrong": "pin"}
_KEEPS_SUBJECT = "once_more"
_NAMES = {"bn": "Bengali", "hi": "Hindi", "ta": "Tamil"}
_BEFORE_A_KEY = frozenset({"language", "ring_back"})


@dataclass(frozen=True, slots=True)
class Audible:
    """One thing that is heard: `what` is an address or, of `say`, its words."""

    kind: str  # play, say, pause, tone, beep
    what: str
    seconds: float
    is_cuttable: bool = False  # by a key


@dataclass(slots=True)
class Captions:
    """Turns what is heard into captions, and keeps what one call is about."""

    manifest: Manifest
    language: str = ""
    subject: str = ""  # which of the two numbers is being read out

    def of(self, heard: Iterable[Audible]) -> list[Shown]:
        """Return captions in their order, digits and days joined to one each."""
        shown: list[Shown] = []
        for one in heard:
            sound = self._sound(one)
            if sound is not None and sound.language:
                self.language = sound.language
            part = self._part(one, sound)
            if _goes_on(shown, sound, one):
                _join(shown[-1], part)
                continue
            self._turn_to(sound)
            shown.append(self._caption(part, sound, one.is_cuttable))
        for caption in shown:
            del caption["prompt"], caption["language"]
        return shown

    def _sound(self, one: Audible) -> Sound | None:
        name = urlsplit(one.what).path.rsplit("/", 1)[-1] if one.kind == "play" else ""
        if not name:
            return None
        known = (*self.manifest.recorded.values(), *self.manifest.synthetic.values())
        return next(
            (sound for sound in known if name in (sound.name, sound.hash)), None
        )

    def _part(self, one: Audible, sound: Sound | None) -> Shown:
        part: Shown = {"kind": one.kind, "seconds": one.seconds, "url": None}
        part |= {"text": "", "means": ""}
        if one.kind == "say":
            part["text"] = one.what
        elif one.kind == "play":
            path = urlsplit(one.what).path
            if path.startswith("/prompts/"):
                part["url"] = path
            else:
                part["kind"] = "replay"  # The phone still has what it said.
        if sound is not None:
            part["text"], part["means"] = self._words(sound)
        return part

    def _words(self, sound: Sound) -> tuple[str, str]:
        if sound.prompt.startswith("digit_"):
            figure = sound.prompt.removeprefix("digit_")
            return figure, figure
        english = self.manifest.recorded.get(("en", sound.prompt))
        english = english or self.manifest.synthetic.get(("en", sound.prompt))
        means = english.text if english else ""
        if sound.prompt in _BEFORE_A_KEY:
            # In each language this sentence names that language.
            means = means.replace("English", _NAMES.get(sound.language, "English"))
        return sound.text, means

    def _turn_to(self, sound: Sound | None) -> None:
        """Remember which number comes next, so that it can be written down."""
        if sound is None or sound.prompt in (_KEEPS_SUBJECT, *PIECES):
            return
        self.subject = _NOTED.get(sound.prompt, "")

    def _caption(self, part: Shown, sound: Sound | None, is_cuttable: bool) -> Shown:
        prompt = sound.prompt if sound is not None else ""
        is_digit = prompt.startswith("digit_")
        return {
            "prompt": prompt,
            "language": sound.language if sound is not None else "",
            "lang": "en" if part["text"].isascii() else self.language,
            "kind": "digits" if is_digit else "words",
            "means": part["means"],
            "note": self.subject if is_digit else "",
            "is_cuttable": is_cuttable,
            "parts": [part],
        }


def _goes_on(shown: list[Shown], sound: Sound | None, one: Audible) -> bool:
    """Tell whether this belongs to the caption before it."""
    if not shown or shown[-1]["is_cuttable"] != one.is_cuttable:
        return False
    before = shown[-1]
    is_in_digits = before["kind"] == "digits"
    if one.kind == "pause":
        return bool(before["prompt"])
    if sound is None or sound.language != before["language"]:
        return False
    if sound.prompt.startswith("digit_"):
        return is_in_digits or before["prompt"] in _BEFORE_A_KEY
    return not is_in_digits and {sound.prompt, before["prompt"]} <= _OF_A_DAY


def _join(caption: Shown, part: Shown) -> None:
    caption["parts"].append(part)
    if part["text"]:
        between = "" if caption["kind"] == "digits" else " "
        caption["means"] += between + part["means"]


_OF_A_DAY = frozenset(piece for piece in PIECES if not piece.startswith("digit_"))
