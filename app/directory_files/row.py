"""One row of a file: asks for its cells, and notes what is wrong with them."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from zoneinfo import available_timezones

from app.directory_files.countries import COUNTRIES
from app.directory_files.problems import Problem, shown
from app.domain.errors import BadInput
from app.domain.taxonomy import LANGUAGES

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL = re.compile(r"[^\s@<>,;:\"()\\]+@[^\s@<>,;:\"()\\]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DIALLED = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,12}")
_BETWEEN_DIGITS = re.compile(r"[\s\-().]+")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

_FIRST_YEAR, _LAST_YEAR = 1900, 2199  # Others are slips of the hand.


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


class Row:
    """A row under reading. A cell that is unfit is noted and read as blank."""

    __slots__ = ("cells", "number", "problems")

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self.cells = cells
        self.problems: list[Problem] = []

    def wrong(self, column: str, advice: str) -> None:
        self.problems.append(Problem(self.number, column, advice))

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def needed(self, column: str) -> str:
        value = self.text(column)
        if not value:
            self.wrong(column, "this cell must not be blank")
        return value

    def words(self, column: str) -> list[str]:
        """Return a list written with `;`, each word once, in its order."""
        parts = (part.strip() for part in self.text(column).split(";"))
        return list(dict.fromkeys(part for part in parts if part))

    def choice(self, column: str, words: Iterable[str], default: str = "") -> str:
        """Return one of `words`; blank is the default where there is one."""
        value = self.text(column).lower()
        if not value and default:
            return default
        allowed = [str(word) for word in words]
        if value not in allowed:
            self.wrong(column, f"write one of: {', '.join(allowed)}")
        return value

    def languages(self, column: str = "languages") -> list[str]:
        words = [word.lower() for word in self.words(column)]
        if not set(words).issubset(LANGUAGES):
            self.wrong(column, f"write any of {';'.join(LANGUAGES)}, with ; between")
        return words

    def country(self, column: str = "country") -> str:
        value = self.text(column).upper()
        if value not in COUNTRIES:
            self.wrong(column, "write the country's two letters (ISO 3166-1), as BD")
        return value

    def timezone(self, column: str = "timezone") -> str:
        value = self.text(column)
        if value not in _timezones():
            self.wrong(column, "write a time zone of the IANA list, as Asia/Dhaka")
        return value

    def parsed(self, column: str, parse: Callable[[str], object]) -> str:
        """Return the cell's text where `parse` can read it."""
        value = self.text(column)
        try:
            parse(value)
        except BadInput as error:
            self.wrong(column, str(error))
        return value

    def day(self, column: str) -> date | None:
        value = self.text(column)
        if not value:
            return None
        try:
            if _DATE.fullmatch(value) and _FIRST_YEAR <= int(value[:4]) <= _LAST_YEAR:
                return date.fromisoformat(value)
        except ValueError:
            pass  # Said below, as for a date of another form.
        self.wrong(column, f"{shown(value)} is not a date: write YYYY-MM-DD")
        return None

    def period(self, start: str, end: str) -> tuple[date | None, date | None]:
        """Return first and last day; the last must not be before the first."""
        since, until = self.day(start), self.day(end)
        if since and until and until < since:
            self.wrong(end, f"this date is before {start}: exchange the two")
        return since, until

    def whole(self, column: str, *, at_least: int) -> int | None:
        value = self.text(column)
        if not value:
            return None
        if not re.fullmatch("[0-9]{1,9}", value) or int(value) < at_least:
            self.wrong(column, f"write a whole number from {at_least} up, digits only")
            return None
        return int(value)

    def share(self, column: str) -> Decimal | None:
        """Return a percentage as it is written, 0 to 100."""
        value = self.text(column).removesuffix("%").strip()
        if not value:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal(-1)
        if not (number.is_finite() and 0 <= number <= 100):
            self.wrong(column, "write a number from 0 to 100, or leave it blank")
            return None
        return number

    def truth(self, column: str) -> bool:
        value = _TRUTH.get(self.text(column).lower())
        if value is None:
            self.wrong(column, "write yes or no")
        return bool(value)

    def email(self, column: str) -> str:
        value = self.text(column)
        if value and not _EMAIL.fullmatch(value):
            self.wrong(column, "this is not an e-mail address: write name@host")
        return value

    def phone(self, column: str) -> str:
        """Return a person's phone in E.164; spaces and dashes are dropped."""
        value = _BETWEEN_DIGITS.sub("", self.text(column))
        if value and not _E164.fullmatch(value):
            self.wrong(column, "write + and the country's code before the number")
        return value

    def dialled(self, column: str) -> str:
        """Return a hotline's number as it is dialled: E.164 or a short code."""
        value = _BETWEEN_DIGITS.sub("", self.text(column))
        if value and not _DIALLED.fullmatch(value):
            self.wrong(column, "write + and the country's code, or a short code")
        return value
