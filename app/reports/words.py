"""The languages of the results, with a catalogue of their own.

Readers of the results are not those of the rooms: the page speaks Dutch as well.
English is the language the sentences are written in.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

# In the order in which they are offered, each as its speakers call it.
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "nl": "Nederlands",
    "bn": "বাংলা",
    "hi": "हिन्दी",
    "ta": "தமிழ்",
}
SOURCE = "en"
FOLDER = Path(__file__).resolve().parent.parent.parent / "locales" / "results"

_DIGITS = {"bn": {ord("0") + n: chr(0x09E6 + n) for n in range(10)}}
_SPELLING = {"bn": (("জানুয়ারী", "জানুয়ারি"), ("ফেব্রুয়ারী", "ফেব্রুয়ারি"))}
_UTC = ZoneInfo("UTC")
_HOURS_OF_A_DAY = 24
_LONGEST_IN_HOURS = 72


class Unsayable(Exception):
    """A sentence lacks its words in one of the five languages."""


def M_(message: str) -> str:  # noqa: N802 - as gettext's mark, for this catalogue
    """Mark a sentence of the results where it is written."""
    return message


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its sentences, its figures, its days."""

    language: str
    sentences: Mapping[str | tuple[str, str], str | tuple[str, ...]] = field(
        repr=False, default_factory=dict
    )

    def say(self, message: str, **params: Any) -> str:
        """Return the sentence with its values; numbers in the language's figures."""
        return self._filled(str(self._found(message)), params)

    def count(self, one: str, other: str, n: float, **params: Any) -> str:
        """Return the sentence for so many; `n` fills the place of that name."""
        forms = self._found((one, other))
        is_one = self._locale.plural_form(n) == "one"
        return self._filled(forms[0 if is_one else -1], {"n": n, **params})

    def number(self, value: float) -> str:
        """Return a number as the language writes it, with at most one decimal."""
        whole = round(value, 1)
        if whole == int(whole):
            whole = int(whole)
        return self._digits(_decimal(whole, self.language))

    def percent(self, value: float) -> str:
        return self.say("{share} %", share=value).replace(" ", "\N{NO-BREAK SPACE}")

    def hours(self, hours: float) -> str:
        """Return a time: up to three days in hours, longer ones in days, rounded up."""
        n = int(hours)
        if n == 0:
            return self.say("less than 1 hour")
        if n <= _LONGEST_IN_HOURS:
            return self.count("{n} hour", "{n} hours", n)
        return self.days(n)

    def working_hours(self, hours: float) -> str:
        """Return a time at work, in hours however long."""
        n = int(hours)
        if n == 0:
            return self.say("less than 1 working hour")
        return self.count("{n} working hour", "{n} working hours", n)

    def days(self, hours: float) -> str:
        """Return whole days, a begun one counted."""
        n = -(-int(hours) // _HOURS_OF_A_DAY)
        if n == 0:
            return self.say("less than 1 day")
        return self.count("{n} day", "{n} days", n)

    def period(self, period: str) -> str:
        """Return a year as it is, a quarter by its first and last month."""
        year, _, quarter = period.partition("-Q")
        if not quarter:
            return self._digits(year)
        first = int(quarter) * 3 - 2
        return self.say(
            "{first} to {last} {year}",
            first=self._month(int(year), first),
            last=self._month(int(year), first + 2),
            year=self._digits(year),
        )

    def quarter(self, period: str) -> str:
        """Return a quarter in short, for axes and heads of columns."""
        year, _, quarter = period.partition("-Q")
        if not quarter:
            return self._digits(year)
        return self.say(
            "Q{quarter} {year}",
            quarter=self._digits(quarter),
            year=self._digits(year),
        )

    def day(self, day: date) -> str:
        if isinstance(day, datetime):
            day = day.astimezone(_UTC).date()
        return self._digits(
            self._respelt(format_date(day, "d MMMM y", locale=self.language))
        )

    def span(self, first: str, last: str) -> str:
        """Return two days, written year-month-day, as from when to when."""
        days = (self.day(date.fromisoformat(each)) for each in (first, last))
        return self.say("{first} to {last}", first=next(days), last=next(days))

    def country(self, code: str) -> str:
        name = self._locale.territories.get(code, code)
        return unicodedata.normalize("NFC", name)

    def language_name(self, code: str) -> str:
        """Return what this language calls another, else its code."""
        return unicodedata.normalize("NFC", self._locale.languages.get(code, code))

    @property
    def _locale(self) -> Locale:
        return _locale(self.language)

    def _found(self, key: str | tuple[str, str]) -> str | tuple[str, ...]:
        if self.language == SOURCE:
            return key
        try:
            return self.sentences[key]
        except KeyError:
            raise Unsayable(f"{self.language}: {key!r}") from None

    def _filled(self, sentence: str, params: Mapping[str, Any]) -> str:
        words = {
            name: self.number(value) if isinstance(value, int | float) else value
            for name, value in params.items()
        }
        return sentence.format_map(words)

    def _month(self, year: int, month: int) -> str:
        day = date(year, month, 1)
        return self._respelt(format_date(day, "LLLL", locale=self.language))

    def _digits(self, text: str) -> str:
        return text.translate(_DIGITS.get(self.language, {}))

    def _respelt(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        for theirs, ours in _SPELLING.get(self.language, ()):
            theirs, ours = (unicodedata.normalize("NFC", w) for w in (theirs, ours))
            text = text.replace(theirs, ours)
        return text


@cache
def words_in(language: str) -> Words:
    """Return a language's words; raise KeyError for one that is not offered."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == SOURCE:
        return Words(language)
    return Words(language, read_sentences(language))


def read_sentences(
    language: str,
) -> Mapping[str | tuple[str, str], str | tuple[str, ...]]:
    """Read a catalogue: what is translated, and not only guessed at."""
    path = FOLDER / language / "LC_MESSAGES" / "results.po"
    with path.open("rb") as file:
        messages = read_po(file, locale=Locale.parse(language), abort_invalid=True)
    found: dict[str | tuple[str, str], str | tuple[str, ...]] = {}
    for message in messages:
        if not message.id or message.fuzzy or not message.string:
            continue
        if isinstance(message.id, str):
            found[message.id] = _nfc(str(message.string))
        else:
            one, other = message.id
            found[one, other] = tuple(map(_nfc, message.string))
    return found


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(8192)
def _decimal(value: float, language: str) -> str:
    text: str = format_decimal(value, locale=language)
    return text
