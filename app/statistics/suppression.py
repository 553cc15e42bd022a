"""What may be told: the one place that decides it, for every table there is.

A count is tellable where it is nought or not under the threshold, and what any
committee could subtract from it as its own leaves nought or not less either. Told
values cut the complaints they are of into blocks, those that share a told value
from those that do not. Every block must be tellable, since whoever has the told
values can reckon each of them by adding and taking away; and no number that can
be reckoned is another than a sum of blocks.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Counted:
    """Some counts of the same complaints, and those that each committee knows."""

    n: tuple[int, ...]
    by_site: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __add__(self, other: "Counted") -> "Counted":
        return total((self, other), len(self.n))

    def __sub__(self, other: "Counted") -> "Counted":
        by_site = dict(self.by_site)
        for site, known in other.by_site.items():
            by_site[site] = _minus(by_site.get(site, (0,) * len(known)), known)
        return Counted(_minus(self.n, other.n), by_site)


def total(counted: Iterable[Counted], width: int) -> Counted:
    """Return the sum of counts, each of `width` numbers."""
    n = [0] * width
    by_site: dict[str, list[int]] = {}
    for one in counted:
        for place, number in enumerate(one.n):
            n[place] += number
        for site, known in one.by_site.items():
            held = by_site.setdefault(site, [0] * width)
            for place, number in enumerate(known):
                held[place] += number
    return Counted(tuple(n), {site: tuple(held) for site, held in by_site.items()})


def _minus(left: Sequence[int], right: Sequence[int]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(left, right, strict=True))


def is_tellable(counted: Counted, k: int) -> bool:
    """Tell whether each count may be told to everybody, to committees too."""
    for number in counted.n:
        if 0 < number < k:
            return False
    if len(counted.n) == 1:
        # Only who knows nearly all of it can find the rest.
        n = counted.n[0]
        return not any(n - k < known[0] < n for known in counted.by_site.values())
    for known in counted.by_site.values():
        for number, own in zip(counted.n, known, strict=True):
            if 0 < number - own < k:
                return False
    return True


class Blocks(Generic[Key]):
    """The complaints of one whole, cut by what has been told of them so far.

    The whole is told as well; where it may not be, nothing is. `refuses` names
    sets of keys of which no number may be reckoned however great it is.
    """

    def __init__(
        self,
        items: Mapping[Key, Counted],
        k: int,
        *,
        width: int,
        refuses: Callable[[frozenset[Key]], bool] = lambda _: False,
    ) -> None:
        self._items = items
        self._k = k
        self._width = width
        self._refuses = refuses
        self.whole = total(items.values(), width)
        self._cut = [(frozenset(items), self.whole)]
        self.is_open = is_tellable(self.whole, k)

    def of(self, keys: Iterable[Key]) -> Counted:
        return total(
            (self._items[key] for key in keys if key in self._items), self._width
        )

    def tell(self, keys: frozenset[Key]) -> bool:
        """Tell the counts of these keys together, if every block stays tellable."""
        if not self.is_open:
            return False
        cut: list[tuple[frozenset[Key], Counted]] = []
        for block, counted in self._cut:
            inside = block & keys
            if not inside or inside == block:
                cut.append((block, counted))
                continue
            within = self.of(inside)
            without = counted - within
            for part, number in ((inside, within), (block - inside, without)):
                if not self._may(part, number):
                    return False
                cut.append((part, number))
        self._cut = cut
        return True

    def _may(self, part: frozenset[Key], counted: Counted) -> bool:
        if not is_tellable(counted, self._k):
            return False
        return not (any(counted.n) and self._refuses(part))

    @property
    def blocks(self) -> list[frozenset[Key]]:
        return [block for block, _ in self._cut]


def may_say_fewer(
    members: Sequence[Counted], k: int, *, others: Sequence[Counted] = ()
) -> bool:
    """Tell whether each untold member of a known sum may be called small or not.

    `others` are in the sum and nothing is said of them. The first number of each
    counts. Nobody may narrow one to fewer than three numbers by what is called
    small, and a committee that knows its own of each not to one, unless that one
    is nought.
    """
    named = [member.n[0] for member in members]
    unnamed = [other.n[0] for other in others]
    sites = {site for one in (*members, *others) for site in one.by_site}
    if not _is_wide(named, unnamed, [0] * (len(named) + len(unnamed)), k, 3):
        return False
    return all(
        _is_wide(
            named,
            unnamed,
            [one.by_site.get(site, (0,))[0] for one in (*members, *others)],
            k,
            2,
        )
        for site in sorted(sites)
    )


def _is_wide(
    named: Sequence[int], unnamed: Sequence[int], own: Sequence[int], k: int, least: int
) -> bool:
    """Tell whether each number has `least` possible values to who knows `own`."""
    rest = sum(named) + sum(unnamed) - sum(own)
    if rest == 0:
        return True
    small = [number < k for number in named] + [False] * len(unnamed)
    great = [number >= k for number in named] + [False] * len(unnamed)
    # Where every nought is told, what is called small is one at least.
    floor = int(0 not in named)
    lows = [
        max(0, k - o) if is_great else max(0, is_small * floor - o)
        for is_great, is_small, o in zip(great, small, own, strict=True)
    ]
    highs = [k - 1 - o if is_small else rest for is_small, o in _pairs(small, own)]
    low_sum, high_sum = sum(lows), sum(highs)
    for low, high in _pairs(lows, highs):
        if high == 0:
            continue
        greatest = min(high, rest - (low_sum - low))
        smallest = max(low, rest - (high_sum - high))
        if greatest - smallest + 1 < least:
            return False
    return True


def _pairs(left: Sequence[int], right: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(left, right, strict=True)
