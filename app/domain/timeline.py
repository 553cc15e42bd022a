"""A calendar's working time as sums, so that no reckoning walks its days.

Instants are whole microseconds since 1970 in UTC, dates are ordinals. The
sums are made in blocks of 64 days when first asked for: of a year on a
calendar with five windows a day they take about 40 kB.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from app.domain.errors import BadInput

__all__ = ["YEAR", "Spans", "Timeline", "micros", "moment"]

Spans = list[tuple[int, int]]
# Asked for a first and a last date: the windows that start on each of them.
SpansOn = Callable[[date, date], Iterator[Spans]]

YEAR = 366  # days

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_DAYS = 64  # in a block
_DAY = 86_400_000_000
_BLOCK = _DAYS * _DAY
_MOST_BLOCKS = 64  # of each kind: eleven years, kept in memory

# The starts of a block's windows, which neither touch nor overlap, and how
# much was worked in the block before each; at the end, in all of it.
Shifts = tuple["array[int]", "array[int]"]
# The dates of a block that are worked, as offsets; when the last window of
# each ends; and how many are worked before each of the block's dates.
Days = tuple[bytes, "array[int]", bytes]


def micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICRO


def moment(at: int) -> datetime:
    return _EPOCH + _MICRO * at


class Timeline:
    """The working time of one calendar, whose windows `spans_on` gives."""

    __slots__ = ("_days", "_shifts")

    def __init__(self, spans_on: SpansOn) -> None:
        self._shifts = _ShiftsByBlock(spans_on)
        self._days = _DaysByBlock(spans_on)

    def worked(self, start: int, end: int) -> int:
        """Return how long was worked from `start` to `end`, which is no earlier."""
        first, last = start // _BLOCK, end // _BLOCK
        worked = -_before(self._shifts[first], start)
        for number in range(first, last):
            worked += self._shifts[number][1][-1]
        return worked + _before(self._shifts[last], end)

    def after(self, start: int, amount: int) -> int:
        """Return when `amount` of working time from `start` has gone by.

        What a window's last moment completes is complete then, and not as
        the next window begins. Raises `BadInput` where the calendar has no
        working time for a year.
        """
        if not amount:
            return start
        number = start // _BLOCK
        shifts = self._shifts[number]
        amount += _before(shifts, start)
        worked_till = start
        while amount > shifts[1][-1]:
            amount -= shifts[1][-1]
            if shifts[0]:
                worked_till = max(worked_till, _end_of(shifts))
            number += 1
            shifts = self._shifts[number]
            # Within this block there is work, or nothing up to its end.
            resumed = shifts[0][0] if shifts[0] else (number + 1) * _BLOCK
            # From the first moment of a date to the last of the one that many
            # later: nothing is refused here whose working days are counted.
            if resumed - worked_till > (YEAR + 2) * _DAY:
                raise _closed_for_a_year(worked_till // _DAY + _EPOCH.toordinal())
        starts, before = shifts
        window = bisect_left(before, amount) - 1
        return starts[window] + amount - before[window]

    def end_of_working_day(self, day: int, count: int) -> tuple[int, int]:
        """Return the date that is `count` working days after `day`, and its end.

        Its end is that of the last of the windows that start on it. Raises
        `BadInput` where the calendar has no working day for a year.
        """
        number, offset = divmod(day, _DAYS)
        worked, ends, before = self._days[number]
        index = before[offset + 1] + count - 1
        last = day
        while index >= len(ends):
            index -= len(ends)
            if worked:
                last = max(last, number * _DAYS + worked[-1])
            number += 1
            worked, ends, before = self._days[number]
            resumed = number * _DAYS + (worked[0] if worked else _DAYS)
            if resumed - last > YEAR + 1:
                raise _closed_for_a_year(last)
        return number * _DAYS + worked[index], ends[index]


class _ShiftsByBlock(dict[int, Shifts]):
    """Blocks of 64 days by UTC: a window across their border is cut there."""

    def __init__(self, spans_on: SpansOn) -> None:
        self._spans_on = spans_on

    def __missing__(self, number: int) -> Shifts:
        first, last = number * _BLOCK, (number + 1) * _BLOCK
        # No zone is more than a day from UTC, and no window longer than one.
        day = number * _DAYS + _EPOCH.toordinal()
        spans = sorted(
            span
            for spans in self._spans_on(_date(day - 2), _date(day + _DAYS + 1))
            for span in spans
        )
        starts: array[int] = array("q")
        before: array[int] = array("q", [0])
        reached = first
        for start, end in spans:
            start, end = max(start, reached), min(end, last)
            if start >= end:
                continue
            if starts and start == reached:
                before[-1] += end - start
            else:
                starts.append(start)
                before.append(before[-1] + end - start)
            reached = end
        return _kept(self, number, (starts, before))


class _DaysByBlock(dict[int, Days]):
    """Blocks of 64 local dates."""

    def __init__(self, spans_on: SpansOn) -> None:
        self._spans_on = spans_on

    def __missing__(self, number: int) -> Days:
        first = number * _DAYS
        worked, before = bytearray(), bytearray([0])
        ends: array[int] = array("q")
        dates = self._spans_on(_date(first), _date(first + _DAYS - 1))
        for offset, spans in enumerate(dates):
            if spans:
                worked.append(offset)
                ends.append(max(end for _, end in spans))
            before.append(len(worked))
        return _kept(self, number, (bytes(worked), ends, bytes(before)))


Block = TypeVar("Block")


def _kept(blocks: dict[int, Block], number: int, block: Block) -> Block:
    if len(blocks) >= _MOST_BLOCKS:
        blocks.clear()
    blocks[number] = block
    return block


def _date(ordinal: int) -> date:
    # As with every other reckoning that leaves the years 1 to 9999.
    if not 1 < ordinal < date.max.toordinal():
        raise OverflowError("date value out of range")
    return date.fromordinal(ordinal)


def _before(shifts: Shifts, at: int) -> int:
    """Return how long was worked in the block before `at`."""
    starts, before = shifts
    window = bisect_right(starts, at)
    if window == 0:
        return 0
    return min(before[window - 1] + at - starts[window - 1], before[window])


def _end_of(shifts: Shifts) -> int:
    starts, before = shifts
    return starts[-1] + before[-1] - before[-2]


def _closed_for_a_year(last: int) -> BadInput:
    day = date.fromordinal(last) + timedelta(days=YEAR + 1)
    return BadInput(
        f"the calendar has no working time for a year before {day}:"
        " correct the site's hours, weekly rest or holidays"
    )
