"""The kinds of file that make up a programme, each with its reader."""

from collections.abc import Callable
from enum import StrEnum

from app.directory_files.brands import read_brands
from app.directory_files.helplines import read_helplines
from app.directory_files.holidays import read_holidays
from app.directory_files.numbers import read_numbers
from app.directory_files.people import read_people
from app.directory_files.record import Known, Record
from app.directory_files.sites import read_sites
from app.directory_files.sourcing import read_sourcing


class Kind(StrEnum):
    """What a file holds, in the order in which a new programme imports them."""

    SITES = "sites"
    BRANDS = "brands"
    SOURCING = "sourcing"
    PEOPLE = "people"
    HOLIDAYS = "holidays"
    NUMBERS = "numbers"
    HELPLINES = "helplines"


_READERS: dict[Kind, Callable[[bytes, Known], list[Record]]] = {
    Kind.SITES: read_sites,
    Kind.BRANDS: read_brands,
    Kind.SOURCING: read_sourcing,
    Kind.PEOPLE: read_people,
    Kind.HOLIDAYS: read_holidays,
    Kind.NUMBERS: read_numbers,
    Kind.HELPLINES: read_helplines,
}


def read_file(kind: Kind, content: bytes, known: Known) -> list[Record]:
    """Return the file's records; raise `ImportRefused` with every problem."""
    return _READERS[kind](content, known)
