"""The script that a speaker reads from: one page and one table a language."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.wording.catalog import Catalog
from app.wording.pieces import DAYS, DIGITS, MONTHS, WEEKDAYS
from app.wording.sounds import STUDIO_PREFIX, Book, Standing, is_site

COLUMNS = ("number", "id", "text", "english", "note", "file", "recorded")

_SENTENCES = "Sentences"
_PARTS = (
    (DIGITS, "Figures", "Evenly, as in the middle of a long number."),
    (WEEKDAYS, "Weekdays", "As at the beginning of a date: the day follows."),
    (DAYS, "Days of the month", "As in the middle of a date."),
    (MONTHS, "Months", "As a part of a date."),
)
_GENTLY = "Very gently, without hurry. The person may be in fear or despair."
_NUMBER_FOLLOWS = "A number follows: end as if you were about to go on."
_NOTES = {
    "language": "A key follows by itself: end as if you were about to go on.",
    "ring_back": "A key follows by itself: end as if you were about to go on.",
    "welcome": "Warmly, as to somebody at the door. The first words they hear.",
    "danger": _GENTLY,
    "help_now": f"{_GENTLY} {_NUMBER_FOLLOWS}",
    "help_child": _NUMBER_FOLLOWS,
    "help_crisis": f"{_GENTLY} {_NUMBER_FOLLOWS}",
    "safe": "Reassuring: this is what they hoped for.",
    "site_is": "A name follows: end as if you were about to go on.",
    "number_is": _NUMBER_FOLLOWS,
    "pin_is": _NUMBER_FOLLOWS,
    "news_by": "A date follows: end as if you were about to go on.",
    "status_closed": "A date follows: end as if you were about to go on.",
    "our_call": "Neutral and friendly; anybody may have picked up.",
    "not_together": "Kindly, never as a reproach.",
    "site_again": "Kindly, never as a reproach.",
    "pin_wrong": "Kindly, never as a reproach.",
}
_CHOICES = "Leave a breath after each key."
_PLAIN = "Calmly and kindly, as to a younger sister."


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One thing to read aloud, and the name of the file it goes into."""

    number: int
    id: str
    text: str
    english: str
    note: str
    file: str
    recorded: bool


def sheet(book: Book, language: str, sites: Mapping[str, str]) -> list[SheetLine]:
    """Return the script of a language, numbered as the studio counts.

    `sites`: their names in English, by prompt.
    """
    return [
        SheetLine(
            number=number,
            id=prompt,
            text=book.text(prompt, language),
            english=sites.get(prompt) or book.text(prompt, "en"),
            note=_note(book, prompt),
            file=f"{prompt}.wav",
            recorded=book.standing(prompt, language) is Standing.RECORDED,
        )
        for number, prompt in enumerate(book.script(language), 1)
    ]


def as_csv(lines: Iterable[SheetLine]) -> str:
    """Return the script as a table; its byte order mark tells Excel it is UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(
            (
                *(line.number, line.id, line.text, line.english, line.note),
                *(line.file, "yes" if line.recorded else ""),
            )
        )
    return out.getvalue()


def as_html(lines: list[SheetLine], language: str, catalog: Catalog) -> str:
    """Return the script as one page that needs nothing else, for screen and paper."""
    environment = Environment(
        loader=PackageLoader("app.cli", "pages"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = [
        (title, list(part)) for title, part in groupby(lines, lambda line: _part(line))
    ]
    return environment.get_template("prompt_sheet.html").render(
        language=language,
        name=catalog.language_name(language),
        parts=parts,
        count=len(lines),
        left=sum(not line.recorded for line in lines),
    )


def _part(line: SheetLine) -> str:
    for ids, title, _ in _PARTS:
        if line.id in ids:
            return title
    if is_site(line.id):
        return "Names of places"
    if line.id.startswith(STUDIO_PREFIX):
        return "For the studio itself"
    return _SENTENCES


def _note(book: Book, prompt: str) -> str:
    for ids, _, note in _PARTS:
        if prompt in ids:
            return note
    if is_site(prompt):
        return "As people there call it."
    if prompt in _NOTES:
        return _NOTES[prompt]
    choices = book.texts["en"][prompt].count("press")
    return _CHOICES if choices > 1 else _PLAIN
