"""Forms whose fields are the columns of a file, and long lists in pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.responses import Response

from app.console.frame import Visit
from app.directory_files.problems import ImportRefused
from app.domain.taxonomy import LANGUAGES
from app.domain.whole_number import whole_number
from app.wording.line import N_

T = TypeVar("T")

PAGE_SIZE = 50
LONGEST_CELL = 500
_LAST_PAGE = 10**6


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may be chosen: `word` is a sentence of ours, `name` is not."""

    value: str
    word: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file as a field of a form."""

    column: str
    label: str
    hint: str = ""
    kind: str = "text"  # text, date, number, email, tel, choice, fixed
    choices: tuple[Choice, ...] = ()
    is_needed: bool = False


NO_YES = (Choice("no", N_("No")), Choice("yes", N_("Yes")))
LANGUAGES_HINT = N_("Codes with ; between, the first one is used first: {codes}")
NOTHING = Choice("", N_("Nothing chosen"))


def named(words: Mapping[str, str], *, blank: bool = False) -> tuple[Choice, ...]:
    """Return choices for codes that have names of ours."""
    listed = tuple(Choice(str(code), word) for code, word in words.items())
    return (NOTHING, *listed) if blank else listed


def cells_of(visit: Visit, fields: Iterable[Field]) -> dict[str, str]:
    """Return what was typed, a cell for each column of the form."""
    return {f.column: visit.words(f.column, most=LONGEST_CELL) for f in fields}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a form's reader had to say: by column, and of the whole."""

    by_column: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_column or self.others)


def wrong_of(refusal: ImportRefused, fields: Sequence[Field]) -> Wrong:
    """Sort the problems to their fields; what belongs to none stands above."""
    columns = {f.column for f in fields}
    by_column: dict[str, str] = {}
    others: list[str] = []
    for problem in refusal.problems:
        if problem.column in columns:
            by_column.setdefault(problem.column, problem.advice)
        else:
            others.append(
                f"{problem.column}: {problem.advice}"
                if problem.column
                else problem.advice
            )
    return Wrong(by_column, tuple(dict.fromkeys(others)))


def form_page(
    visit: Visit,
    template: str,
    fields: Sequence[Field],
    cells: Mapping[str, str],
    *,
    wrong: Wrong | None = None,
    **values: Any,
) -> Response:
    """Return a page with a form; 400 where something in it is to be mended."""
    return visit.page(
        template,
        status=400 if wrong else 200,
        fields=fields,
        cells=cells,
        wrong=wrong or Wrong(),
        language_codes=";".join(LANGUAGES),
        **values,
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """Where in a long list this page is."""

    number: int
    count: int
    total: int
    query: str  # what else was asked, to stay asked

    @property
    def earlier(self) -> str:
        return self._to(self.number - 1) if self.number > 1 else ""

    @property
    def later(self) -> str:
        return self._to(self.number + 1) if self.number < self.count else ""

    def _to(self, number: int) -> str:
        return f"?{self.query}{'&' if self.query else ''}page={number}"


def paged(
    visit: Visit, items: Sequence[T], *, query: str = "", size: int = PAGE_SIZE
) -> tuple[Sequence[T], Pages]:
    """Return the part of a list that was asked for, and where it is."""
    asked = visit.asked("page")
    count = max(1, -(-len(items) // size))
    number = min(max(whole_number(asked, most=_LAST_PAGE) or 1, 1), count)
    start = (number - 1) * size
    return items[start : start + size], Pages(number, count, len(items), query)
