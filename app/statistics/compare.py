"""What one release says otherwise than an earlier one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.statistics.model import Cell, Told

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that two releases do not say alike; None: one of them has it not."""

    period: str
    by: str
    value: str
    figure: str
    before: Cell | None
    after: Cell | None

    @property
    def difference(self) -> float | None:
        """By how much it moved, where both tell a number."""
        numbers = [_number(cell) for cell in (self.before, self.after)]
        if numbers[0] is None or numbers[1] is None:
            return None
        return round(numbers[1] - numbers[0], 1)


def changes(
    before: Iterable[Cell],
    after: Iterable[Cell],
    both: Collection[str] | None = None,
) -> list[Change]:
    """Return what differs, in the order of period, table, value and figure.

    A period that only one of them has is no change of a figure: see `periods`.
    `both`: the periods that both have, where the cells are only some of theirs.
    """
    old, new = _by_key(before), _by_key(after)
    if both is None:
        both = _periods(old) & _periods(new)
    keys = sorted(key for key in old.keys() | new.keys() if key[0] in both)
    return [
        Change(*key, before=old.get(key), after=new.get(key))
        for key in keys
        if _said(old.get(key)) != _said(new.get(key))
    ]


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of which only one of two releases tells."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


def periods(before: Iterable[Cell], after: Iterable[Cell]) -> Periods:
    """Return what the later release tells of and the earlier does not, and back."""
    return only(_periods(_by_key(before)), _periods(_by_key(after)))


def only(before: Iterable[str], after: Iterable[str]) -> Periods:
    """Return which periods only one of two releases has."""
    old, new = {*before}, {*after}
    return Periods(tuple(sorted(new - old)), tuple(sorted(old - new)))


def _periods(cells: Iterable[Key]) -> set[str]:
    return {period for period, *_ in cells}


def _by_key(cells: Iterable[Cell]) -> dict[Key, Cell]:
    return {(c.period, c.by, c.value, c.figure): c for c in cells}


def _said(cell: Cell | None) -> tuple[Told, float | None] | None:
    return None if cell is None else (cell.told, _number(cell))


def _number(cell: Cell | None) -> float | None:
    return cell.number if cell is not None and cell.told is Told.EXACT else None
