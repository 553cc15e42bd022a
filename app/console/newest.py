"""A long story on a page: the newest of it, and the rest by pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.console.frame import Visit
from app.domain.whole_number import whole_number

T = TypeVar("T")
_LAST_PAGE = 10**6


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """What is shown of it, the newest first, and where the rest is."""

    items: Sequence[T]
    rest: int = 0  # so many more, where only the newest few are shown
    earlier: str = ""
    later: str = ""


def newest(
    visit: Visit, items: Sequence[T], name: str, *, at: str, first: int, size: int
) -> Part[T]:
    """Return the newest few; where `name` asks for all of them, a page of those.

    `at` is the id of the part of the page that they stand in.
    """
    if visit.asked(name) != "all":
        return Part(items[:first], max(0, len(items) - first))
    last = max(1, -(-len(items) // size))
    asked = whole_number(visit.asked("part"), most=_LAST_PAGE) or 1
    number = min(max(asked, 1), last)
    start = (number - 1) * size
    return Part(
        items[start : start + size],
        earlier=f"?{name}=all&part={number + 1}#{at}" if number < last else "",
        later=f"?{name}=all&part={number - 1}#{at}" if number > 1 else "",
    )
