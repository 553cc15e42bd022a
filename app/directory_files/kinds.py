"""The kinds of file that make up a programme, each with its reader."""

import csv
import io
from collections.abc import Callable
from enum import StrEnum

from app.directory_files.brands import read_brands
from app.directory_files.committees import read_committees
from app.directory_files.helplines import read_helplines
from app.directory_files.holidays import read_holidays
from app.directory_files.numbers import read_numbers
from app.directory_files.people import read_people
from app.directory_files.problems import ImportRefused, Problem
from app.directory_files.record import Known, Record
from app.directory_files.sites import read_sites
from app.directory_files.sourcing import read_sourcing

# A fault may hide a second one in the same row, hardly a fourth.
_MOST_READINGS = 4


class Kind(StrEnum):
    """What a file holds, in the order in which a new programme imports them."""

    SITES = "sites"
    BRANDS = "brands"
    SOURCING = "sourcing"
    PEOPLE = "people"
    HOLIDAYS = "holidays"
    NUMBERS = "numbers"
    HELPLINES = "helplines"
    COMMITTEES = "committees"


_READERS: dict[Kind, Callable[[bytes, Known], list[Record]]] = {
    Kind.SITES: read_sites,
    Kind.BRANDS: read_brands,
    Kind.SOURCING: read_sourcing,
    Kind.PEOPLE: read_people,
    Kind.HOLIDAYS: read_holidays,
    Kind.NUMBERS: read_numbers,
    Kind.HELPLINES: read_helplines,
    Kind.COMMITTEES: read_committees,
}


def read_file(kind: Kind, content: bytes, known: Known) -> list[Record]:
    """Return the file's records; raise `ImportRefused` with every problem."""
    try:
        return _READERS[kind](content, known)
    except ImportRefused as refusal:
        raise ImportRefused(*_every(kind, content, known, refusal)) from None


def _every(
    kind: Kind, content: bytes, known: Known, refusal: ImportRefused
) -> tuple[Problem, ...]:
    """Return the refusal's problems and those of the rows that it kept us from.

    A row that is no row hides what is wrong in others: it is blanked, so that
    the others keep their numbers, and the rest is read again.
    """
    found = dict.fromkeys(refusal.problems)
    for _ in range(_MOST_READINGS):
        content = _without({problem.row for problem in found}, content)
        if not content:
            break
        try:
            _READERS[kind](content, known)
            break
        except ImportRefused as again:
            found.update(dict.fromkeys(again.problems))
    return tuple(found)


def _without(rows: set[int], content: bytes) -> bytes:
    """Return the file with these rows blank; nothing, where its form is at fault."""
    if 1 in rows:
        return b""
    try:
        text = content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return b""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [""] if number in rows else cells for number, cells in enumerate(lines, start=1)
    )
    return out.getvalue().encode()
