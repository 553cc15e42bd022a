"""The catalogues: every sentence in every served language, checked at load."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_day_names, get_month_names
from babel.messages.catalog import Catalog as Messages
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from app.wording.line import Line


class WordingError(Exception):
    """Something cannot be said; nobody is ever answered in half a language."""


class UnknownLanguage(WordingError):
    """The language is not among those of served.toml."""


class Untranslated(WordingError):
    """A sentence lacks its words in a served language."""


class Misworded(WordingError):
    """A sentence and what is to be put into it do not fit together."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: its sentences, and how it words a day."""

    code: str
    name: str
    day: str
    sentences: Mapping[str, str]
    spelling: Mapping[str, str] = field(default_factory=dict)  # ours, by CLDR's
    days: dict[tuple[int, int, int], str] = field(default_factory=dict, repr=False)

    def word_day(self, value: date) -> str:
        """Return weekday, day and month; the year does not change the words."""
        key = (value.weekday(), value.month, value.day)
        worded = self.days.get(key)
        if worded is None:
            worded = format_date(value, self.day, locale=self.code)
            worded = self.days[key] = self.respell(worded)
        return worded

    def respell(self, word: str) -> str:
        """Spell what CLDR words as it is spelt today."""
        word = unicodedata.normalize("NFC", word)
        for theirs, ours in self.spelling.items():
            word = word.replace(theirs, ours)
        return word


class Catalog:
    """What the service can say, in each language that it serves."""

    def __init__(self, speeches: Mapping[str, Speech]) -> None:
        self._speeches = dict(speeches)
        self.languages = tuple(speeches)  # in the order of served.toml

    @classmethod
    def load(cls, folder: Path) -> "Catalog":
        """Read every language of served.toml.

        A compiled .mo is read where it is not older than its .po, the .po
        otherwise. Raise Untranslated for the first sentence of messages.pot
        that a served language lacks, Misworded where placeholders differ.
        """
        served = tomllib.loads((folder / "served.toml").read_text("utf-8"))
        marked = _sentences(_read_po(folder / "messages.pot"))
        return cls(
            {
                code: Speech(
                    code,
                    entry["name"],
                    entry["day"],
                    _checked(code, marked, _translations(folder, code)),
                    entry.get("spelling", {}),
                )
                for code, entry in served.items()
            }
        )

    def has(self, message: str) -> bool:
        """Tell whether it is a sentence of the catalogues."""
        return all(message in s.sentences for s in self._speeches.values())

    def language_name(self, code: str) -> str:
        """Return what its speakers call the language, in its own script."""
        return self._speech(code).name

    def country_name(self, country: str, language: str) -> str:
        """Return what the language calls a country, by its ISO 3166 code."""
        name = Locale.parse(language).territories.get(country, country)
        return self._speech(language).respell(name)

    def weekday_name(self, weekday: int, language: str) -> str:
        """Return what the language calls a weekday; Monday is 0."""
        names = get_day_names("wide", context="stand-alone", locale=language)
        return self._speech(language).respell(names[weekday])

    def month_name(self, month: int, language: str) -> str:
        """Return what the language calls a month, 1 to 12."""
        names = get_month_names("wide", context="stand-alone", locale=language)
        return self._speech(language).respell(names[month])

    def day(self, day: date, language: str) -> str:
        """Return weekday, day and month, as every sentence words a date."""
        return self._speech(language).word_day(day)

    def render(self, line: Line, language: str, zone: ZoneInfo | None = None) -> str:
        """Say `line` in `language`, in NFC.

        A date becomes weekday, day and month; a datetime also its hour and
        minute in `zone`, which it must then have; a Line is said first. Raise
        UnknownLanguage, Untranslated or Misworded, never another language.
        """
        return self._say(line, self._speech(language), zone)

    def _speech(self, language: str) -> Speech:
        try:
            return self._speeches[language]
        except KeyError:
            raise UnknownLanguage(f"{language!r} is not served") from None

    def _say(self, line: Line, speech: Speech, zone: ZoneInfo | None) -> str:
        try:
            sentence = speech.sentences[line.message]
        except KeyError:
            raise Untranslated(f"{speech.code}: {line.message!r}") from None
        words = {
            name: self._word(value, speech, zone) for name, value in line.params.items()
        }
        try:
            said = sentence.format_map(words)
        except KeyError as lacking:
            raise Misworded(f"{line.message!r} was not given {lacking}") from None
        return unicodedata.normalize("NFC", said)

    def _word(self, value: Any, speech: Speech, zone: ZoneInfo | None) -> str:
        match value:
            case Line():
                return self._say(value, speech, zone)
            case datetime():
                if zone is None or value.tzinfo is None:
                    raise Misworded("an instant needs its offset and the site's zone")
                local = value.astimezone(zone)
                return f"{speech.word_day(local)}, {local:%H:%M}"
            case date():
                return speech.word_day(value)
        return str(value)


def placeholders(sentence: str) -> frozenset[str]:
    """Return the names in braces; raise Misworded where the braces are broken."""
    try:
        found = [name for _, name, _, _ in Formatter().parse(sentence)]
    except ValueError as broken:
        raise Misworded(f"{sentence!r}: {broken}") from None
    return frozenset(name for name in found if name is not None)


def _translations(folder: Path, code: str) -> Mapping[str, str]:
    source = folder / code / "LC_MESSAGES" / "messages.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and not _is_newer(source, compiled):
        with compiled.open("rb") as file:
            return _sentences(read_mo(file))
    if not source.exists():
        raise Untranslated(f"{code} has no messages.po")
    return _sentences(_read_po(source, Locale.parse(code)))


def _is_newer(source: Path, compiled: Path) -> bool:
    return source.exists() and source.stat().st_mtime > compiled.stat().st_mtime


def _read_po(path: Path, locale: Locale | None = None) -> Messages:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _sentences(messages: Messages) -> Mapping[str, str]:
    """Return what is translated, unless only guessed at (fuzzy)."""
    return {
        str(message.id): unicodedata.normalize("NFC", str(message.string))
        for message in messages
        if message.id and not message.fuzzy
    }


def _checked(
    code: str, marked: Mapping[str, str], said: Mapping[str, str]
) -> Mapping[str, str]:
    for sentence in marked:
        if not said.get(sentence):
            raise Untranslated(f"{code}: {sentence!r}")
        if placeholders(said[sentence]) != placeholders(sentence):
            raise Misworded(f"{code}: {sentence!r} has other placeholders")
    return {sentence: said[sentence] for sentence in marked}
