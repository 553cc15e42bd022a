"""What one release says otherwise than an earlier one."""

from collections.abc import Iterable
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


def changes(before: Iterable[Cell], after: Iterable[Cell]) -> list[Change]:
    """Return what differs, in the order of period, table, value and figure.

    A period that only the later release has is new, and no change of a figure:
    it is left out.
    """
    old, new = _by_key(before), _by_key(after)
    known = {key[0] for key in old}
    keys = sorted(key for key in old.keys() | new.keys() if key[0] in known)
    return [
        Change(*key, before=old.get(key), after=new.get(key))
        for key in keys
        if _said(old.get(key)) != _said(new.get(key))
    ]


def _by_key(cells: Iterable[Cell]) -> dict[Key, Cell]:
    return {(c.period, c.by, c.value, c.figure): c for c in cells}


def _said(cell: Cell | None) -> tuple[Told, float | None] | None:
    return None if cell is None else (cell.told, _number(cell))


def _number(cell: Cell | None) -> float | None:
    return cell.number if cell is not None and cell.told is Told.EXACT else None
