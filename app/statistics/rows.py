"""How much of each complaint its row tells, so that no row stands for one person.

What may be known of a complaint from outside (where, when, about what, in which
language, through which channel, by whom) is told only as far as at least `k`
complaints of its quarter tell exactly the same. Columns are withheld in one fixed
order until that is so; who is in a row of its own right until the end takes the
smallest group with her, so that she is not known by being what is left.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.statistics.model import SMALLEST_UNIT

# Of a sensitive category no more is told than that it is one.
SENSITIVE_WORD = "SENSITIVE"
WITHHELD = "withheld"

COLUMNS = (
    *("country", "region", "kind", "tier", "site", "period"),
    *("category", "severity", "route", "channel", "language", "filer"),
)
PERIOD = "period"  # the month of receipt, of which the quarter is what is coarser
# What is withheld at each step, beside what was before; at step 0 nothing is.
ORDER: tuple[tuple[str, ...], ...] = (
    (),
    *(("filer",), ("language",), ("channel",), (PERIOD,), ("severity",)),
    *(("site",), ("region",), ("kind", "tier"), ("route",), ("category",)),
    ("country",),
)
LAST = len(ORDER) - 1
# Told of what a committee handles alone, and of sites that are large enough.
OF_SITES = ("region", "kind", "tier", "site")
# What a sensitive complaint has beside its quarter, and nothing else.
OF_SENSITIVE = ("country", PERIOD, "category")


@dataclass(frozen=True, slots=True)
class Row:
    """One complaint by the columns that may be told of it; None: withheld."""

    id: UUID
    quarter: str
    told: Mapping[str, str | None]

    @property
    def key(self) -> tuple[str | None, ...]:
        return tuple(self.told[column] for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Told:
    """A row as it is told, and the step at which it was safe."""

    row: Row
    level: int


def prepared(
    row: Row, *, is_sensitive: bool, is_factory: bool, workers: int | None
) -> Row:
    """Return a row without what is never told of such a complaint."""
    told = dict(row.told)
    if is_sensitive:
        told["category"] = SENSITIVE_WORD
        told[PERIOD] = row.quarter
        told = {c: v if c in OF_SENSITIVE else None for c, v in told.items()}
    elif not is_factory or workers is None or workers < SMALLEST_UNIT:
        told = {c: None if c in OF_SITES else v for c, v in told.items()}
    return Row(row.id, row.quarter, told)


def coarser(row: Row, level: int) -> Row:
    """Return a row without what is withheld at that step."""
    gone = ORDER[level]
    told = {
        column: (row.quarter if column == PERIOD else None) if column in gone else value
        for column, value in row.told.items()
    }
    return Row(row.id, row.quarter, told)


def generalise(rows: Iterable[Row], k: int) -> list[Told]:
    """Tell rows as finely as is safe; those of a quarter with fewer than `k` wait."""
    by_quarter: dict[str, list[Row]] = {}
    for row in rows:
        by_quarter.setdefault(row.quarter, []).append(row)
    return [
        told for quarter in sorted(by_quarter) for told in _told(by_quarter[quarter], k)
    ]


def _told(rows: Sequence[Row], k: int) -> list[Told]:
    """Tell the rows of one quarter."""
    if len(rows) < k:
        return []
    told: list[Told] = []
    rest = list(rows)
    for level in range(len(ORDER)):
        rest = [coarser(row, level) for row in rest]
        sizes = Counter(row.key for row in rest)
        told += [Told(row, level) for row in rest if sizes[row.key] >= k]
        rest = [row for row in rest if sizes[row.key] < k]
    return _with_company(told, rest) if rest else told


def _with_company(told: Sequence[Told], rest: Sequence[Row]) -> list[Told]:
    """Let the smallest group go with those that are left: of equals, the first."""
    groups = Counter((each.level, each.row.key) for each in told)
    smallest = min(groups, key=lambda g: (groups[g], -g[0], _sortable(g[1])))
    kept = [each for each in told if (each.level, each.row.key) != smallest]
    gone = [each.row for each in told if (each.level, each.row.key) == smallest]
    return kept + [Told(_bare(row), LAST) for row in (*gone, *rest)]


def _bare(row: Row) -> Row:
    bare: dict[str, str | None] = dict.fromkeys(COLUMNS)
    return Row(row.id, row.quarter, {**bare, PERIOD: row.quarter})


def _sortable(key: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(sortable(value) for value in key)


def sortable(value: str | None) -> str:
    return "~" if value is None else f"={value}"
