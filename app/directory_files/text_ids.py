"""Ids of our texts in a carrier's registry: our export filled in, or a portal's own.

Portals name their columns as they like, and add others. A text is known by its id,
which stands as the template's name, or else by its words; an id never goes through
a number, since spreadsheets round the long ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.directory_files.problems import ImportRefused, Problem, shown
from app.directory_files.table import decoded, parsed
from app.wording.registered import Registered, Texts

# The first of these names in a header counts.
_NAMES: Mapping[str, Sequence[str]] = {
    "text_id": ("text_id", "template_name", "name"),
    "template_id": (
        *("template_id", "dlt_template_id", "dlt_id", "te_id", "templateid"),
        *("content_sid", "contentsid"),
    ),
    "content": ("template_content", "template_message", "content", "message"),
    "status": ("status", "approval_status"),
}
_NEEDED = ("text_id", "template_id")
_VARIABLE = re.compile(r"\{?#[a-z_]+#\}?|\{\{[0-9]+\}\}|\{[a-z_0-9]+\}")
_HASH = re.compile(r"-[0-9a-f]{8}$")
_ROUNDED = re.compile(r"[0-9][.,][0-9]+e\+?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IdForm:
    """How a carrier's ids are written."""

    pattern: re.Pattern[str]
    advice: str


@dataclass(frozen=True, slots=True)
class GivenId:
    """One row: under which id the carrier has a text."""

    row: int
    text_id: str
    template_id: str


@dataclass(frozen=True, slots=True)
class GivenIds:
    """The ids of a file; `passed_by`: rows that have none yet, but could."""

    ids: tuple[GivenId, ...]
    passed_by: int


DIGITS = IdForm(re.compile("[0-9]{6,30}"), "write the registry's id, digits only")
CONTENT_SID = IdForm(
    re.compile("HX[0-9a-f]{32}"),
    "write the ContentSid: HX and 32 hexadecimal digits",
)
ANY_ID = IdForm(
    re.compile("[!-~]([ -~]{0,62}[!-~])?"),
    "write the id, or the number and date of the approval, in Latin letters",
)


def read_text_ids(content: bytes, texts: Texts, form: IdForm) -> GivenIds:
    """Return the ids; raise `ImportRefused` with all that is wrong.

    Rows without an id are passed by: registries approve texts a few at a time.
    """
    lines = enumerate(parsed(decoded(content)), start=1)
    _, header = next(lines, (1, []))
    places = _places(header)
    reader = _Reader(texts, form)
    for number, cells in lines:
        if any(cell.strip() for cell in cells):
            reader.read(number, _named(cells, places))
    if not reader.given and not reader.problems:
        reader.problems.append(Problem(2, "", "there is no id in this file: fill in"))
    if reader.problems:
        raise ImportRefused(*reader.problems)
    return GivenIds(tuple(reader.given), reader.passed_by)


def _places(header: list[str]) -> Mapping[str, int]:
    """Return where each column stands; raise where one that is needed is missing."""
    names = [re.sub("[^a-z]+", "_", cell.lower()).strip("_") for cell in header]
    places = {}
    for column, known in _NAMES.items():
        here = [names.index(name) for name in known if name in names]
        if here:
            places[column] = here[0]
    lacking = [column for column in _NEEDED if column not in places]
    if "text_id" in lacking and "content" in places:
        lacking.remove("text_id")
    if lacking:
        raise ImportRefused(
            *(
                Problem(1, column, f"this column is missing; it may be called {known}")
                for column in lacking
                for known in [", ".join(_NAMES[column])]
            )
        )
    return places


def _named(cells: list[str], places: Mapping[str, int]) -> Mapping[str, str]:
    return {
        column: unicodedata.normalize("NFC", cells[at].strip())
        for column, at in places.items()
        if at < len(cells)
    }


class _Reader:
    """Reads row by row, and notes what is wrong."""

    def __init__(self, texts: Texts, form: IdForm) -> None:
        self.given: list[GivenId] = []
        self.passed_by = 0
        self.problems: list[Problem] = []
        self._texts, self._form = texts, form
        self._by_words = _by_words(texts)
        self._rows: dict[str, int] = {}  # of each id, ours and theirs
        self._now = {_HASH.sub("", text.text_id): text.text_id for text in texts}

    def read(self, row: int, cells: Mapping[str, str]) -> None:
        template = cells.get("template_id", "")
        if not template:
            self._pass_by(cells)
            return
        text = self._text(row, cells)
        if text is None:
            return
        advice = self._wrong(text, template, cells)
        if advice:
            self.problems.append(Problem(row, "template_id", advice))
            return
        for column, value in (("text_id", text.text_id), ("template_id", template)):
            before = self._rows.setdefault(f"{column} {value}", row)
            if before != row:
                advice = f"row {before} has the same: keep one"
                self.problems.append(Problem(row, column, advice))
                return
        self.given.append(GivenId(row, text.text_id, template))

    def _pass_by(self, cells: Mapping[str, str]) -> None:
        text = self._texts.by_id.get(cells.get("text_id", ""))
        if text is None or not text.why_not:
            self.passed_by += 1

    def _text(self, row: int, cells: Mapping[str, str]) -> Registered | None:
        """Return which text it is: by its id, else by its words."""
        name, words = cells.get("text_id", ""), cells.get("content", "")
        text = self._texts.by_id.get(name)
        if text is None and words:
            text = self._by_words.get(_key(words))
        elif text is not None and words and _key(words) not in _keys(text):
            advice = "these words are not ours: register those of the export"
            self.problems.append(Problem(row, "template_content", advice))
            return None
        if text is None:
            self.problems.append(Problem(row, "text_id", self._unknown(name)))
        return text

    def _unknown(self, name: str) -> str:
        now = self._now.get(_HASH.sub("", name))
        if now is not None:
            return f"its wording has changed: register it anew as {now}"
        if not name:
            return "this cell must not be blank"
        return f"{shown(name)} is no text of ours: `threadline texts export` has them"

    def _wrong(
        self, text: Registered, template: str, cells: Mapping[str, str]
    ) -> str | None:
        if text.why_not:
            return f"this text cannot be registered: {text.why_not}"
        if "reject" in cells.get("status", "").lower():
            return "this text was rejected: leave the row out"
        if _ROUNDED.fullmatch(template):
            return "a spreadsheet has rounded it: format the column as text first"
        if not self._form.pattern.fullmatch(template):
            return self._form.advice
        return None


def _by_words(texts: Iterable[Registered]) -> Mapping[str, Registered]:
    found: dict[str, Registered] = {}
    for text in texts:
        for key in _keys(text):
            found.setdefault(key, text)
    return found


def _keys(text: Registered) -> frozenset[str]:
    return frozenset({_key(text.for_dlt), _key(text.example)})


def _key(words: str) -> str:
    """Return the words alone: no kinds of variables, no shape of the blanks."""
    plain = _VARIABLE.sub("\0", unicodedata.normalize("NFC", words))
    return " ".join(plain.split())
