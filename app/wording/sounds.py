"""What the line can say aloud now: sound files, and who spoke them.

A recording by a person always wins over a machine's. A sound whose words are
no longer those of the catalogue is stale: it would say something else than is
meant, so it counts as missing and is listed.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from app.wording.catalog import Catalog, WordingError
from app.wording.pieces import DAY_WORDS, DIGIT_WORDS, PIECES, SITE_PREFIX, site_id
from app.wording.prompt import Prompt
from app.wording.voices import voice_for

STUDIO_PREFIX = "studio_"  # said to staff; no worker waits for these
# Where nobody has spoken these yet they are left out, and the line stays open.
MAY_LACK_PREFIX = "reprisal"
TONE = "tone"
SYNTHETIC, RECORDED = "synthetic", "recorded"
_MEDIA = {"mp3": "audio/mpeg", "wav": "audio/wav"}


class Unspoken(WordingError):
    """There is no sound for it, so nobody knows how long it takes."""


class Standing(StrEnum):
    """How a language stands with one prompt."""

    RECORDED = "recorded"
    SYNTHETIC = "synthetic"
    STALE = "stale"  # recorded, but of other words
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound file: which words, how long, spoken by whom."""

    prompt: str
    language: str  # blank: no language, like the tone
    text: str
    text_hash: str
    hash: str
    file: str
    seconds: float
    voice: str
    status: str  # recorded, synthetic

    @property
    def name(self) -> str:
        """The last part of its address: `hash.mp3` or `hash.wav`."""
        return f"{self.hash}.{self.file.rsplit('.', 1)[-1]}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The sounds that are at hand, by language and prompt.

    Synthetic ones lie in files under `folder`; recorded ones in the store.
    """

    synthetic: Mapping[tuple[str, str], Sound]
    recorded: Mapping[tuple[str, str], Sound] = field(default_factory=dict)
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """Read audio/manifest.json of every language, and that of the tone."""
        found = sorted(folder.glob("*/audio/manifest.json"))
        found += folder.glob("audio/manifest.json")
        sounds = (sound for path in found for sound in read_manifest(path))
        return cls({(s.language, s.prompt): s for s in sounds}, folder=folder)

    def with_recorded(self, sounds: Iterable[Sound]) -> "Manifest":
        return Manifest(
            self.synthetic, {(s.language, s.prompt): s for s in sounds}, self.folder
        )

    def files(self) -> dict[str, Path]:
        """Return every file by its sound's hash, address and own name."""
        if self.folder is None:
            return {}
        return {
            name: audio_folder(self.folder, sound.language) / sound.file
            for sound in self.synthetic.values()
            for name in (sound.hash, sound.name, sound.file)
        }


def audio_folder(locales: Path, language: str) -> Path:
    return (locales / language if language else locales) / "audio"


def read_manifest(path: Path) -> Iterator[Sound]:
    for entry in json.loads(path.read_text("utf-8")):
        yield Sound(prompt=entry.pop("id"), **entry)


def manifest_entry(sound: Sound) -> dict[str, Any]:
    """Return a sound as it stands in the manifest."""
    return {
        "id": sound.prompt,
        "language": sound.language,
        "text": sound.text,
        "text_hash": sound.text_hash,
        "hash": sound.hash,
        "file": sound.file,
        "seconds": sound.seconds,
        "voice": sound.voice,
        "status": sound.status,
    }


def hash_of_text(text: str) -> str:
    """Return what tells whether a sound says these words."""
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:16]


def hash_of_audio(language: str, prompt: str, audio: bytes) -> str:
    """Return what names a sound's address; two prompts never share one."""
    whole = f"{language}/{prompt}\n".encode() + audio
    return hashlib.sha256(whole).hexdigest()[:32]


def media_type(name: str) -> str:
    return _MEDIA[name.rsplit(".", 1)[-1]]


def texts_of(
    catalog: Catalog, prompts: Iterable[Prompt], language: str
) -> dict[str, str]:
    """Return the words of every prompt and piece, in the order of the script."""
    texts = {p.id: catalog.render(p.line, language) for p in prompts}
    words = (
        *DIGIT_WORDS[language],
        *(catalog.weekday_name(n, language) for n in range(7)),
        *DAY_WORDS[language],
        *(catalog.month_name(n, language) for n in range(1, 13)),
    )
    pieces = zip(PIECES, words, strict=True)
    return texts | {p: unicodedata.normalize("NFC", word) for p, word in pieces}


@dataclass(frozen=True)
class Book:
    """What a process can speak now; asked at every turn, so all is looked up."""

    manifest: Manifest
    texts: Mapping[str, Mapping[str, str]]  # by language and prompt
    allow_synthetic: bool
    needed: tuple[str, ...]

    @classmethod
    def of(
        cls,
        manifest: Manifest,
        catalog: Catalog,
        prompts: Sequence[Prompt],
        *,
        allow_synthetic: bool,
        places: Mapping[str, Mapping[str, str]] | None = None,
    ) -> "Book":
        """Put the book together; `places`: by language, prompt ids of sites' names."""
        texts = {
            code: texts_of(catalog, prompts, code) | dict((places or {}).get(code, {}))
            for code in catalog.languages
        }
        spared = (STUDIO_PREFIX, MAY_LACK_PREFIX)
        ids = (p.id for p in prompts if not p.id.startswith(spared))
        return cls(manifest, texts, allow_synthetic, (*ids, *PIECES))

    def text(self, prompt: str, language: str) -> str:
        """Return the words of a prompt; KeyError where there are none."""
        return self.texts[language][prompt]

    def script(self, language: str) -> tuple[str, ...]:
        """Return all that a speaker records, in the order of the printed sheet.

        Prompts, then pieces, then the names of sites by their code: a prompt's
        place in it, from 1, is its number on the sheet.
        """
        return tuple(self.texts[language])

    def sound(self, prompt: str, language: str) -> Sound | None:
        """Return what to play: a person's voice, else a machine's if allowed."""
        return self._playable.get((language, prompt))

    @property
    def tone(self) -> Sound | None:
        """A soft tone without words; it needs nobody's leave."""
        return self.manifest.synthetic.get(("", TONE))

    def has_place(self, code: str, language: str) -> bool:
        """Whether the site's name can be spoken in this language."""
        return self.sound(site_id(code), language) is not None

    def is_open(self, language: str, country: str) -> bool:
        """Whether the menus can be spoken in `language` on a number of `country`."""
        return not self.closed(language, country)

    def can_say(self, prompts: Iterable[str], language: str, country: str) -> bool:
        """Whether each of these can be spoken in `language` on such a number."""
        if voice_for(language, country):
            return True
        return all(self.sound(each, language) is not None for each in prompts)

    def closed(self, language: str, country: str = "") -> tuple[str, ...]:
        """Return the needed prompts that nobody can speak; none: it is open."""
        if language not in self.texts:
            return self.needed
        if voice_for(language, country):
            return ()
        return tuple(p for p in self.needed if self.sound(p, language) is None)

    def standing(self, prompt: str, language: str) -> Standing:
        """Say how a prompt stands, whether or not machine voices may be heard."""
        key = (language, prompt)
        recorded = self.manifest.recorded.get(key)
        if recorded is not None:
            return Standing.RECORDED if self._says(recorded) else Standing.STALE
        synthetic = self.manifest.synthetic.get(key)
        if synthetic is not None and self._says(synthetic):
            return Standing.SYNTHETIC
        return Standing.MISSING

    @cached_property
    def _playable(self) -> Mapping[tuple[str, str], Sound]:
        machine = self.manifest.synthetic if self.allow_synthetic else {}
        return {
            key: sound
            for sounds in (machine, self.manifest.recorded)
            for key, sound in sounds.items()
            if self._says(sound)
        }

    def _says(self, sound: Sound) -> bool:
        text = self.texts.get(sound.language, {}).get(sound.prompt)
        return text is not None and hash_of_text(text) == sound.text_hash


def seconds_to_beep(book: Book, languages: Sequence[str], language: str) -> float:
    """Return how long a caller listens from answer to beep, hearing all of it.

    Every language offered with its key, the welcome, the menu and what is said
    before the tone; no time for thinking, keys or the network. Raise Unspoken
    where one of them has no sound.
    """
    heard: list[tuple[str, str]] = []
    if len(languages) > 1:
        for key, offered in enumerate(languages, 1):
            heard += [("language", offered), (f"digit_{key}", offered)]
    heard += [(prompt, language) for prompt in ("welcome", "menu", "speak")]
    return sum(_seconds(book, prompt, spoken) for prompt, spoken in heard)


def _seconds(book: Book, prompt: str, language: str) -> float:
    sound = book.sound(prompt, language)
    if sound is None:
        raise Unspoken(f"{language}: {prompt} has no sound")
    return sound.seconds


def is_site(prompt: str) -> bool:
    """Whether it is a site's name; `site_again` and its like are sentences."""
    return prompt.startswith(SITE_PREFIX) and prompt[len(SITE_PREFIX) :].isdecimal()
