"""What a committee must consist of, as data: the programme's rules and the law's.

Not legal advice: the law's rows come with their source, and how well it was seen.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.domain.errors import BadInput
from app.domain.laws import CONFIDENCES
from app.domain.taxonomy import COMMITTEE_ROUTES, Route

EVERYWHERE = "*"
PARITIES = ("equal", "workers_not_fewer")
CHAIRS = ("any", "woman")


@dataclass(frozen=True, slots=True)
class Composition:
    """What is asked of one kind of body in one place; None or blank: nothing.

    `scope` is a site, a region, a country or `*`. `most` and what follows it
    stand only in the law's rows: a file of the programme has no such columns.
    """

    scope: str
    body: Route
    source: str
    fewest: int | None = None
    fewest_workers: int | None = None
    women_percent: int | None = None
    quorum: int | None = None  # how many must be left for one case
    parity: str = ""  # one of PARITIES
    most: int | None = None
    chair: str = ""  # one of CHAIRS
    externals: int | None = None
    from_workers: int = 0  # asked of sites with so many workers and more
    title: str = ""  # what the law calls it
    confidence: str = ""
    note: str = ""


_KEYS = tuple(field.name for field in fields(Composition))
_NUMBERS = (
    *("fewest", "fewest_workers", "women_percent", "quorum", "most", "externals"),
    "from_workers",
)


def parse_compositions(text: str) -> tuple[Composition, ...]:
    """Read the law's table; raise one `BadInput` that lists every problem."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"this is not TOML: {error}") from None
    read: list[Composition] = []
    problems: list[str] = []
    for number, row in enumerate(raw.get("committee", []), start=1):
        wrong = _amiss(row)
        if wrong:
            problems.append(f"[[committee]] {number}: {wrong}")
        else:
            read.append(Composition(**{**row, "body": Route(row["body"])}))
    if problems:
        raise BadInput("\n".join(problems))
    return tuple(read)


def _amiss(row: Mapping[str, Any]) -> str:
    """Return the first thing that is wrong with a row; blank: nothing is."""
    for key in row:
        if key not in _KEYS:
            return f"unknown key {key}; known are {', '.join(_KEYS)}"
    for key in ("scope", "body", "source", "title", "confidence"):
        if not row.get(key):
            return f"{key} is missing"
    if row["body"] not in tuple(COMMITTEE_ROUTES):
        return f"{row['body']} is no committee"
    if row["confidence"] not in CONFIDENCES:
        return f"confidence: one of {', '.join(CONFIDENCES)}"
    if row.get("parity", "") not in ("", *PARITIES):
        return f"parity: one of {', '.join(PARITIES)}"
    if row.get("chair", "") not in ("", *CHAIRS):
        return f"chair: one of {', '.join(CHAIRS)}"
    wrong = [key for key in _NUMBERS if not _is_count(row.get(key, 0))]
    return f"{', '.join(wrong)}: write a whole number" if wrong else ""


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
