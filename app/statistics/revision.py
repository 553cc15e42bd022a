"""When a number that was told before may be told anew.

Who keeps an earlier release subtracts it. What a family of numbers was told of is
cut into blocks by what was told; it is told anew only where no block has moved by
less than the threshold since any state of which something was told, neither for
everybody nor for a committee that knows how its own complaints moved, and where
nothing that was told would be untold. Else it goes on saying what it said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.statistics.axes import Axis, Key, Keys
from app.statistics.cohorts import Slot
from app.statistics.suppression import Counted, total

Row = tuple[str, str]


def is_safe_move(before: Counted, now: Counted, k: int) -> bool:
    """Tell whether two states of a count may both be known, to committees too."""
    width = len(now.n)
    nothing = (0,) * width
    moved = [a - b for a, b in zip(now.n, before.n, strict=True)]
    if any(0 < abs(step) < k for step in moved):
        return False
    for site in before.by_site.keys() | now.by_site.keys():
        was = before.by_site.get(site, nothing)
        known = now.by_site.get(site, nothing)
        for step, old, new in zip(moved, was, known, strict=True):
            if 0 < abs(step - (new - old)) < k:
                return False
    return True


@dataclass(frozen=True, slots=True)
class States:
    """One axis as it is, and as it was at each earlier telling of its year."""

    now: Axis
    before: Sequence[Axis]

    def may_tell(self, rows: Iterable[Row], slots: Sequence[Slot], k: int) -> bool:
        """Tell whether the blocks of what was told moved safely since each state."""
        if not self.before:
            return True
        told = _keys_of(rows, (self.now, *self.before))
        now = self.now.items(slots)
        for axis in self.before:
            was = axis.items(slots)
            for block in cut(frozenset(now) | frozenset(was), told):
                if not is_safe_move(
                    _sum(was, block, len(slots)), _sum(now, block, len(slots)), k
                ):
                    return False
        return True


def _keys_of(rows: Iterable[Row], axes: Iterable[Axis]) -> list[Keys]:
    """Return what each row is of, in any of these states."""
    wanted: dict[Row, set[Key]] = {row: set() for row in rows}
    for axis in axes:
        for one in axis.candidates:
            held = wanted.get((one.by, one.value))
            if held is not None:
                held.update(one.keys)
    return [frozenset(keys) for keys in wanted.values()]


def cut(keys: Keys, told: Sequence[Keys]) -> list[Keys]:
    """Return the blocks into which told sets cut these keys."""
    blocks: dict[tuple[bool, ...], set[Key]] = {}
    for key in keys:
        blocks.setdefault(tuple(key in one for one in told), set()).add(key)
    return [frozenset(block) for block in blocks.values()]


def _sum(items: Mapping[Key, Counted], block: Keys, width: int) -> Counted:
    return total((items[key] for key in block if key in items), width)
