"""The cells of the whole programme: each node of a year, anew or as it stood."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.statistics.cohorts import Summed, Year, counted, measured
from app.statistics.kept import Kept
from app.statistics.measures import RESOLVED_OUTCOMES
from app.statistics.model import WHOLE, Cell, Told
from app.statistics.revision import is_safe_move
from app.statistics.suppression import Counted, may_say_fewer, total
from app.statistics.whole import ALL, NODES, Node, Split, tell_whole

CellKey = tuple[str, str, str, str]
_KNOWN = (Told.EXACT, Told.UNRECORDED)
# What the records of before Threadline do not say of any complaint.
_NEVER_RECORDED = frozenset(
    {
        *("acknowledge", "first_action", "resolve"),
        *("committee", "partner", "head", "first_tier", "secretariat", "brand"),
        *("answered", "reopened", "asked", "reprisal", "paused"),
    }
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What readers have: the release before, and the states they were told of."""

    cells: Mapping[CellKey, Cell] = field(default_factory=dict)
    as_of: datetime | None = None
    states: Sequence[Year] = ()
    kept: Sequence[Kept] = ()  # what was kept beside them, while it was closed

    def told(self, period: str, by: str, value: str, figure: str) -> Cell | None:
        """Return the earlier cell where it was told."""
        cell = self.cells.get((period, by, value, figure))
        return cell if cell is not None and cell.told in _KNOWN else None

    def standing(self, cell: Cell, now: float | None = None) -> Cell:
        """Return the cell as it is said on, dated unless it still is what is so."""
        stands = cell.as_of is None and cell.number == now
        as_of = None if stands else cell.as_of or self.as_of
        return Cell(
            *(cell.period, cell.by, cell.value, cell.figure, cell.number, cell.told),
            as_of,
            cell.has_history,
        )


@dataclass(frozen=True, slots=True)
class WholeTold:
    """The cells of a year, and of which nodes and periods they speak anew."""

    cells: list[Cell]
    told: Mapping[str, frozenset[str]]  # by node the periods that are told
    kept: Mapping[str, frozenset[str]]  # by node those that say what they said


def whole_cells(
    year: Year, k: int, first: Sequence[Mapping[CellKey, Cell]], earlier: Earlier
) -> WholeTold:
    """Return what is told of the whole; `first` was told to others by now."""
    seeds = {
        node.name: _told_before(node, (*first, earlier.cells), year) for node in NODES
    }
    found: list[Cell] = []
    told: dict[str, frozenset[str]] = {}
    kept: dict[str, frozenset[str]] = {}
    splits: dict[str, Split] = {}
    small: frozenset[str] = frozenset()
    for split in tell_whole(year, k, seeds):
        node = split.node
        telling = _Telling(
            *(year, split, splits.get(node.under), k, earlier),
            kept.get(node.under, frozenset()),
            small=small,
        )
        telling.work()
        splits[node.name] = split
        told[node.name] = frozenset(telling.numbers)
        kept[node.name] = frozenset(telling.kept)
        cells = list(telling.cells())
        if node.name == ALL:
            small = frozenset(c.period for c in cells if c.told is Told.FEWER)
        found += cells
    return WholeTold(found, told, kept)


def _periods(year: Year) -> tuple[str, ...]:
    return (*year.quarters, year.name) if year.is_closed else year.quarters


def _named(node: Node) -> list[tuple[int, str]]:
    return [(at, part.name) for at, part in enumerate(node.parts) if part.name]


def _told_before(
    node: Node, tellings: Iterable[Mapping[CellKey, Cell]], year: Year
) -> frozenset[str]:
    found: set[str] = set()
    for cells in tellings:
        for period in _periods(year):
            held = [cells.get((period, WHOLE, "", name)) for _, name in _named(node)]
            if all(cell is not None and cell.told in _KNOWN for cell in held):
                found.add(period)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Marks:
    """Whether complaints from before Threadline are counted, and no others."""

    has_history: bool = False
    is_history: bool = False
    is_unrecorded: bool = False

    @classmethod
    def of(cls, rows: Iterable[Summed]) -> "Marks":
        complaints = history = unrecorded = resolved = 0
        for row in rows:
            complaints += _COMPLAINTS.of(row.counts)
            history += _HISTORY.of(row.counts)
            unrecorded += _UNRECORDED.of(row.counts)
            resolved += RESOLVED.of(row.counts)
        return cls(history > 0, 0 < complaints == history, 0 < resolved == unrecorded)

    def hides(self, node: str) -> bool:
        """Tell whether nobody recorded what this node counts."""
        if node == "declared":
            return self.is_unrecorded
        return self.is_history and node in _NEVER_RECORDED


@dataclass(slots=True)
class _Telling:
    """One node of one year on its way to cells."""

    year: Year
    split: Split
    above: Split | None
    k: int
    earlier: Earlier
    stale: frozenset[str]  # periods in which the node above says what it said
    small: frozenset[str]  # those whose complaints were called few: so is each part
    numbers: dict[str, tuple[float | None, ...]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def work(self) -> None:
        """Find the numbers of every period that is told."""
        for quarter in self.year.quarters:
            before = self._before(quarter)
            if before is None and quarter in self.split.told - self.stale:
                self.numbers[quarter] = self.split.numbers[quarter].n
            elif before is not None:
                self._again(quarter, before)
        if self.year.is_closed:
            self._of_year()

    def _again(self, quarter: str, before: tuple[float | None, ...]) -> None:
        may = quarter in self.split.told - self.stale
        if may and self._is_safe((quarter,)):
            self.numbers[quarter] = self.split.numbers[quarter].n
        else:
            self.kept.add(quarter)
            self.numbers[quarter] = before

    def _of_year(self) -> None:
        """Tell the year as the sum of its quarters as told, and of what is not told.

        Where that rest has moved by too little, it counts as it did.
        """
        name = self.year.name
        before = self._before(name)
        may = name in self.split.told - self.stale
        if before is None and not may:
            return
        rest = tuple(piece for piece in self._pieces() if piece not in self.numbers)
        width = len(self.split.node.parts)
        left: Sequence[float | None] = total(
            (self._exact(piece) for piece in rest), width
        ).n
        if before is not None and (not may or not self._is_safe(rest)):
            quarters = [self._before(quarter) for quarter in self.numbers]
            if not may or None in quarters:
                self.numbers[name] = before
                self.kept.add(name)
                return
            left = _minus(before, [one for one in quarters if one is not None])
        told = [self.numbers[quarter] for quarter in self.numbers]
        self.numbers[name] = _plus(left, told)
        if self.numbers[name] != self.split.numbers[name].n:
            self.kept.add(name)

    def _pieces(self) -> tuple[str, ...]:
        return self.year.pieces

    def _exact(self, piece: str) -> Counted:
        return self._of(self.year, (piece,))

    def _of(self, year: Year, pieces: Sequence[str]) -> Counted:
        return counted(
            (row for row in year.table(WHOLE) if row.quarter in pieces),
            [(None, part) for part in self.split.node.parts],
            self.year.wide,
        )

    def _is_safe(self, pieces: Sequence[str]) -> bool:
        now = self._of(self.year, pieces)
        return all(
            is_safe_move(self._of(state, pieces), now, self.k)
            for state in self.earlier.states
            if state.is_closed or (len(pieces) == 1 and pieces[0] in state.quarters)
        )

    def _before(self, period: str) -> tuple[float | None, ...] | None:
        """Return the numbers that were told; those of nameless parts are not kept."""
        held = [
            self.earlier.told(period, WHOLE, "", part.name) if part.name else None
            for part in self.split.node.parts
        ]
        if any(
            cell is None
            for cell, part in zip(held, self.split.node.parts, strict=True)
            if part.name
        ):
            return None
        return tuple(None if cell is None else cell.number for cell in held)

    def cells(self) -> Iterator[Cell]:
        for period in _periods(self.year):
            is_year = period == self.year.name
            rows = self.year.table(WHOLE)
            marks = Marks.of(row for row in rows if is_year or row.quarter == period)
            yield from self._cells(period, marks)

    def _cells(self, period: str, marks: Marks) -> Iterator[Cell]:
        node = self.split.node
        exact = self.split.numbers[period]
        for at, part in enumerate(node.parts):
            if not part.name:
                continue
            before = self.earlier.cells.get((period, WHOLE, "", part.name))
            if period in self.numbers:
                number = self.numbers[period][at]
                is_kept = period in self.kept and before is not None
                if is_kept and before is not None and before.number == number:
                    yield self.earlier.standing(before)
                    continue
                hidden = marks.hides(node.name)
                as_of = self.earlier.as_of if number != exact.n[at] else None
                yield Cell(
                    *(period, WHOLE, "", part.name),
                    None if hidden else number,
                    Told.UNRECORDED if hidden else Told.EXACT,
                    as_of,
                    marks.has_history,
                )
            elif period == self.year.name and at in self.split.alone:
                yield self._alone(period, at, before, marks)
            else:
                yield Cell(
                    *(period, WHOLE, "", part.name),
                    None,
                    self._word(period, at),
                    None,
                    marks.has_history,
                )

    def _alone(self, period: str, at: int, before: Cell | None, marks: Marks) -> Cell:
        number = self.split.numbers[period].n[at]
        name = self.split.node.parts[at].name
        was_told = before is not None and before.told is Told.EXACT
        if before is not None and was_told and not self._is_safe(self._pieces()):
            return self.earlier.standing(before)
        return Cell(
            *(period, WHOLE, "", name), number, Told.EXACT, None, marks.has_history
        )

    def _word(self, period: str, at: int) -> Told:
        """Return how a number that is not told is spoken of."""
        exact = self.split.numbers[period]
        if exact.n[at] >= self.k:
            return Told.WITHHELD
        if period in self.small:
            return Told.FEWER
        name = self.split.node.name
        if self.above is not None and period not in self.above.told:
            return Told.WITHHELD
        if name in _UNSUMMED:
            return Told.FEWER
        parts = self._parts(period)
        is_wide = name == ALL or may_say_fewer(
            [one for title, one in parts if title],
            self.k,
            others=[one for title, one in parts if not title],
        )
        return Told.FEWER if is_wide and self._is_wide_in_year(at) else Told.WITHHELD

    def _parts(self, period: str) -> list[tuple[str, Counted]]:
        exact = self.split.numbers[period]
        return [
            (part.name, _only(exact, at))
            for at, part in enumerate(self.split.node.parts)
            if period != self.year.name or at not in self.split.alone
        ]

    def _is_wide_in_year(self, at: int) -> bool:
        """Tell the same of the quarters that are not told, where the year is."""
        if self.year.name not in self.numbers:
            return True
        untold = [piece for piece in self._pieces() if piece not in self.numbers]
        return may_say_fewer([_only(self._exact(p), at) for p in untold], self.k)


_UNSUMMED = frozenset({"info", "affected"})
_COMPLAINTS = measured(ALL)
_HISTORY = measured("history")
_UNRECORDED = measured("unrecorded")
RESOLVED = measured("resolved", *RESOLVED_OUTCOMES)


def _only(counted_: Counted, at: int) -> Counted:
    return Counted(
        (counted_.n[at],), {s: (known[at],) for s, known in counted_.by_site.items()}
    )


def _plus(
    left: Sequence[float | None], more: Sequence[Sequence[float | None]]
) -> tuple[float | None, ...]:
    columns = zip(left, *more, strict=True)
    return tuple(
        None if None in column else sum(n for n in column if n is not None)
        for column in columns
    )


def _minus(
    left: Sequence[float | None], less: Sequence[Sequence[float | None]]
) -> tuple[float | None, ...]:
    negative = [[None if n is None else -n for n in one] for one in less]
    return _plus(left, negative)
