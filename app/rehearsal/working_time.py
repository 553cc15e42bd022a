"""When somebody will have worked so long: acting times in working time."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.domain.calendar import SiteCalendar
from app.domain.directory import ZONES, Directory
from app.domain.hours import parse_hours

_DAY = timedelta(days=1)
# Where a case has no site yet, the partner's own office is open.
_OFFICE = parse_hours("09:00-13:00;14:00-18:00")
_OFFICE_REST: Mapping[str, frozenset[int]] = MappingProxyType(
    {"BD": frozenset({4}), "IN": frozenset({6})}
)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A calendar's windows laid end to end, for one stretch of time."""

    starts: tuple[datetime, ...]
    worked: tuple[timedelta, ...]  # before each window, and after the last
    day: timedelta  # how long an ordinary working day is

    @classmethod
    def of(
        cls, calendar: SiteCalendar, since: datetime, until: datetime
    ) -> "WorkingTime":
        first, last = (at.astimezone(calendar.zone).date() for at in (since, until))
        days = [
            calendar.windows(first + n * _DAY) for n in range((last - first).days + 1)
        ]
        lengths = sorted(
            sum((end - start for start, end in windows), timedelta())
            for windows in days
            if windows
        )
        spans = [span for windows in days for span in windows]
        return cls(
            starts=tuple(start for start, _ in spans),
            worked=tuple(
                accumulate((end - start for start, end in spans), initial=timedelta())
            ),
            day=lengths[len(lengths) // 2] if lengths else _DAY,
        )

    def after(self, at: datetime, days: float) -> datetime | None:
        """Return when that many working days of time have been worked since `at`.

        None: not within the stretch.
        """
        wanted = self._worked_by(at) + self.day * days
        place = bisect_right(self.worked, wanted) - 1
        if place >= len(self.starts):
            return None
        return self.starts[place] + (wanted - self.worked[place])

    def _worked_by(self, at: datetime) -> timedelta:
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return timedelta()
        return min(
            self.worked[place] + (at - self.starts[place]), self.worked[place + 1]
        )


@dataclass(slots=True)
class WorkingTimes:
    """The working time of every site, reckoned when first asked for."""

    directory: Directory
    since: datetime
    until: datetime
    _known: dict[str, WorkingTime] = field(default_factory=dict)

    def at(self, site: str | None, country: str) -> WorkingTime:
        key = site or country
        if key not in self._known:
            self._known[key] = WorkingTime.of(
                self._calendar(site, country), self.since, self.until
            )
        return self._known[key]

    def _calendar(self, site: str | None, country: str) -> SiteCalendar:
        if site is not None:
            return self.directory.calendar_for(site, country)
        return SiteCalendar(
            zone=ZoneInfo(ZONES.get(country, "Asia/Kolkata")),
            hours=_OFFICE,
            weekly_rest=_OFFICE_REST.get(country, frozenset({6})),
        )
