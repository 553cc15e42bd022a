"""Which languages a number offers that nobody can hear on it yet."""

from dataclasses import dataclass

from app.domain.directory import Directory
from app.wording.sounds import Book

_SPEAKS = ("answer", "missed_call")


@dataclass(frozen=True, slots=True)
class Closed:
    """A language without a voice on one number; its callers get the beep."""

    number: str
    language: str
    lacking: int  # prompts that nobody has spoken


def closed_voices(directory: Directory, book: Book) -> tuple[Closed, ...]:
    """Return the closed languages of every number that takes calls."""
    return tuple(
        Closed(number.number, language, len(lacking))
        for number in directory.numbers.values()
        if number.voice in _SPEAKS
        for language in number.languages or directory.default_languages
        if (lacking := book.closed(language, number.country))
    )
