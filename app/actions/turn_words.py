"""What only the action knows of a line: number, PIN, date, emergency number."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.conversation import lines, rights_lines
from app.conversation.asking import language_menu
from app.conversation.vocabulary import OWN_NAMES
from app.domain.case import CaseFile
from app.domain.closing import REOPENS_FOR
from app.domain.directory import Directory, HotlineNumber
from app.domain.taxonomy import Clock, State
from app.wording.line import Line

# The clocks whose dates a worker is told.
PROMISED = (Clock.ACKNOWLEDGE, Clock.FIRST_ACTION, Clock.RESOLVE, Clock.REVIEW)
_INSTANT = timedelta(microseconds=1)
_DATED = (
    lines.STATUS_RECEIVED,
    lines.STATUS_ACKNOWLEDGED,
    lines.STATUS_IN_REVIEW,
    lines.STATUS_REMEDY_PROPOSED,
    lines.STATUS_IN_REMEDIATION,
    lines.STATUS_REOPENED,
)


@dataclass(frozen=True, slots=True)
class Filling:
    """The values of one turn's lines."""

    file: CaseFile | None
    number: HotlineNumber
    directory: Directory
    pin: str
    at: datetime

    def fill(self, line: Line) -> Line:
        """Return the line with its values.

        No date is promised where every date that was promised has passed.
        """
        line = rights_lines.in_country(self._in_time(line), self._country)
        needs, file = line.message, self.file
        values: dict[str, Any] = {}
        if "{menu}" in needs:
            values["menu"] = self._menu()
        if "{emergency}" in needs:
            values["emergency"] = self.directory.emergency_number(self._country)
        if "{pin}" in needs:
            values["pin"] = self.pin
        if file is not None and "{number}" in needs:
            values["number"] = f"{file.number[:4]}-{file.number[4:]}"
        if file is not None and "{date}" in needs and "date" not in line.params:
            values["date"] = self._date(file, line)
        return line.using(**values) if values else line

    @property
    def _country(self) -> str:
        return self.file.country if self.file else self.number.country

    def _menu(self) -> str:
        codes = self.number.languages or self.directory.default_languages
        return "\n".join(
            f"{i} {OWN_NAMES[code]}" for i, code in enumerate(language_menu(codes), 1)
        )

    def _in_time(self, line: Line) -> Line:
        file = self.file
        if file is None or file.closed_at is not None or line not in _DATED:
            return line
        return line if hear_by(file, self.at) else lines.STATUS_LATE

    def _date(self, file: CaseFile, line: Line) -> date:
        """The local date that a line names: by when she will hear, or be heard."""
        zone = self.directory.calendar_for(file.site, file.country).zone
        if line.message == lines.WITHDRAW_NOTED.message:
            pending = file.deadline(Clock.WITHDRAWAL)
            due = pending.due_at if pending else self.at
        elif file.closed_at is not None:
            due = file.closed_at + REOPENS_FOR
        elif file.state is State.RESOLVED:
            # It is she who is asked: until then silence decides nothing.
            asked = file.deadline(Clock.CONFIRMATION)
            due = asked.due_at if asked else self.at
        else:
            due = hear_by(file, self.at) or self.at
        return day_of(max(due, self.at), zone)


def day_of(due: datetime, zone: ZoneInfo) -> date:
    """Return the local day of a due time; at midnight, the day that ends then."""
    return (due - _INSTANT).astimezone(zone).date()


def hear_by(file: CaseFile, at: datetime) -> datetime | None:
    """Return the next promised date that is still to come."""
    clocks = [clock for name in PROMISED if (clock := file.deadline(name))]
    coming = [c.due_at for c in clocks if c.is_running and c.due_at > at]
    return min(coming, default=None)
