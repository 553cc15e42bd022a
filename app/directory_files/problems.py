"""What is wrong in a file, by row and column, and what to do about it."""

import re
from dataclasses import dataclass

from app.domain.errors import BadInput

_SHOWN_AT_MOST = 50
_LONGEST = 40
# Seven digits and more may be somebody's phone, in whichever column they stand.
_PRIVATE = re.compile(r"(\d[\s\-().]*){7}|whsec_|@")


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell to mend. `row` counts as a spreadsheet does: the header is 1."""

    row: int
    column: str  # blank: the row as a whole
    advice: str

    def __str__(self) -> str:
        place = f"row {self.row}, {self.column}" if self.column else f"row {self.row}"
        return f"{place}: {self.advice}"


class ImportRefused(BadInput):
    """A file is imported whole or not at all; `problems` lists what to mend."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.row))
        lines = [str(problem) for problem in self.problems[:_SHOWN_AT_MOST]]
        if len(self.problems) > _SHOWN_AT_MOST:
            lines.append(f"and {len(self.problems) - _SHOWN_AT_MOST} more")
        super().__init__("\n".join(["nothing was imported:", *lines]))


def shown(value: str) -> str:
    """Quote a cell for a message, unless it may be a phone, mail or secret."""
    if _PRIVATE.search(value):
        return "this value"
    short = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
    return repr(short)
