"""What only the action knows of what the line says: numbers, days, a message."""

from dataclasses import dataclass
from datetime import datetime

from app.actions.turn_words import day_of, hear_by
from app.conversation.calls import spoken
from app.conversation.calls.rights import told
from app.conversation.calls.session import Offer, Saying, Slot
from app.domain.case import CaseFile
from app.domain.closing import REOPENS_FOR
from app.domain.directory import Directory
from app.wording.prompt import Day, Digits, Spoken

_HELPLINES = ("child", "crisis")
_RIGHT = "right_"  # and its topic


@dataclass(frozen=True, slots=True)
class Speaking:
    """The values of one step's slots; a slot without one is left out."""

    file: CaseFile | None
    country: str
    language: str
    directory: Directory
    pin: str | None
    message: Spoken | None
    at: datetime

    def fill(self, said: tuple[Saying | Offer, ...]) -> tuple[Spoken | Offer, ...]:
        filled: list[Spoken | Offer] = []
        for each in said:
            filled += self._value(each.name) if isinstance(each, Slot) else [each]
        return tuple(filled)

    def _value(self, name: str) -> list[Spoken]:
        if name == "emergency" or name in _HELPLINES:
            return [Digits(self._help(name))]
        if name.startswith(_RIGHT):
            return list(told(name.removeprefix(_RIGHT), self.country))
        if name == "message":
            return [self.message] if self.message else []
        file = self.file
        if file is None:
            return []
        match name:
            case "number":
                return [Digits(f"{file.number[:4]} {file.number[4:]}")]
            case "pin":
                pin = self.pin
                return [Digits(f"{pin[:3]} {pin[3:]}")] if pin else []
            case "news_by":
                return self._news_by(file)
            case "reopen_by":
                return self._reopen_by(file)
        raise KeyError(name)

    def _news_by(self, file: CaseFile) -> list[Spoken]:
        """No day is promised where every day that was promised has passed."""
        due = hear_by(file, self.at)
        if due is None or file.closed_at is not None:
            return []
        zone = self.directory.calendar_for(file.site, file.country).zone
        return [spoken.NEWS_BY, Day(day_of(due, zone))]

    def _reopen_by(self, file: CaseFile) -> list[Spoken]:
        if file.closed_at is None:
            return []
        zone = self.directory.calendar_for(file.site, file.country).zone
        return [Day(day_of(file.closed_at + REOPENS_FOR, zone))]

    def _help(self, kind: str) -> str:
        """Return the digits of a help line; the emergency number where none is."""
        lines = [
            line
            for line in self.directory.helplines
            if line.country == self.country and line.kind == kind
        ]
        own = [line for line in lines if self.language in line.language.split(";")]
        found = own or lines
        if not found:
            return self.directory.emergency_number(self.country)
        return "".join(c for c in found[0].number if c.isdigit())
