"""A CSV file as rows of named cells."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.directory_files.problems import ImportRefused, Problem, shown
from app.directory_files.row import Row


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a file must have, and those that it may have."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.needed, *self.optional)


def read_rows(
    content: bytes, columns: Columns, *, found: list[Problem] | None = None
) -> list[Row]:
    """Return the file's rows; raise `ImportRefused` where it is no such table.

    `found`: takes what is wrong with single rows, so that the others are read as
    well and all is said at once; without it that is raised too.

    UTF-8 with or without a byte order mark, commas between cells, a header
    row with the columns in any order. Rows without any text are passed over
    but counted, as spreadsheets count them.
    """
    lines = enumerate(parsed(decoded(content)), start=1)
    _, first = next(lines, (1, []))
    header = [name.strip().lower() for name in first]
    problems = _header_problems(header, columns)
    if problems:
        raise ImportRefused(*problems)
    rows = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            advice = f"has {len(cells)} cells where the header has {len(header)}"
            problems.append(Problem(number, "", f"{advice}: check its commas"))
            continue
        named = {
            name: unicodedata.normalize("NFC", cell.strip())
            for name, cell in zip(header, cells, strict=True)
        }
        problems += _unprintable(number, named)
        rows.append(Row(number, named))
    if found is not None:
        found += problems
    elif problems:
        raise ImportRefused(*problems)
    return rows


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        advice = "this is not UTF-8: save the file as CSV UTF-8"
        raise ImportRefused(Problem(row, "", advice)) from None


def parsed(text: str) -> Iterator[list[str]]:
    """Yield each row's cells; raise `ImportRefused` where it is no CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    done = 0
    try:
        for cells in reader:
            yield cells
            done += 1
    except csv.Error:
        advice = "this is not CSV: check the quotation marks here"
        raise ImportRefused(Problem(done + 1, "", advice)) from None


def _header_problems(header: list[str], columns: Columns) -> list[Problem]:
    if not any(header):
        wanted = ",".join(columns.needed)
        return [Problem(1, "", f"the header is missing: write {wanted}")]
    if len(header) == 1 and len(header[0].split(";")) > 1:
        return [Problem(1, "", "put commas, not semicolons, between the cells")]
    unknown = [name for name in dict.fromkeys(header) if name not in columns.known]
    problems = _unknown(unknown, columns) if unknown else []
    problems += [
        Problem(1, name, "this column stands twice in the header: keep one")
        for name in columns.known
        if header.count(name) > 1
    ]
    problems += [
        Problem(1, name, "this column is missing: add it; its cells may be blank")
        for name in columns.needed
        if name not in header
    ]
    return problems


def _unknown(names: Sequence[str], columns: Columns) -> list[Problem]:
    """Return what is said of columns that no file of this kind has."""
    what = "column" if len(names) == 1 else "columns"
    listed = ", ".join(map(shown, names))
    known = ", ".join(columns.known)
    return [Problem(1, "", f"unknown {what} {listed}. Known are: {known}")]


def _unprintable(number: int, named: dict[str, str]) -> list[Problem]:
    return [
        Problem(number, name, "take out the line break or control character")
        for name, cell in named.items()
        if any(unicodedata.category(letter) == "Cc" for letter in cell)
    ]
