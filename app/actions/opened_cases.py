"""Which cases of a site are opened for an auditor, and what the figures say of them.

A case that is, or ever was, of a sensitive category stays a row of
commitments, and so does one that was forgotten. What can be reckoned only with
such a case is said to be so.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.directory import Directory, Site
from app.statistics.fold import Told, fold
from app.statistics.measures import MEASURES, contribution, is_factory
from app.statistics.model import SENSITIVE, CaseFacts
from app.store.opened_chain import CaseLinks, Link, Published
from app.verifier import verify_ledger

# Facts that name a category: the case's own, one before it, one that was chosen.
_CATEGORIES = ("category", "was", "chosen", "kept")
_QUARTERS = 4
# What is opened of an event: what figures and due times are reckoned from, and who
# did it. Of every other fact the commitment is shown, and nothing of what it says:
# words and their digests, which can be guessed, and what names another case.
OPENED = frozenset(verify_ledger.NEEDED | verify_ledger.HARMLESS)


@dataclass(frozen=True, slots=True)
class Range:
    """The days, at the site, that an export is about; both inclusive."""

    since: date
    until: date

    def holds(self, day: date) -> bool:
        return self.since <= day <= self.until

    def has_period(self, period: str) -> bool:
        """Tell whether a quarter, or a year, lies wholly within."""
        first, last = days_of(period)
        return self.since <= first and last <= self.until


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of 2026-Q3, or of 2026."""
    year, _, quarter = period.partition("-Q")
    if not quarter:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    month = 3 * int(quarter) - 2
    after = date(int(year) + (month > 9), (month + 2) % 12 + 1, 1)
    return date(int(year), month, 1), date.fromordinal(after.toordinal() - 1)


@dataclass(slots=True)
class Opening:
    """What the cases of one chain come to, as one after the other is read."""

    site: Site
    directory: Directory
    span: Range
    last_seq: int
    released: Sequence[int] = ()  # up to which events figures were published
    figures: dict[str, list[int]] = field(default_factory=dict)  # by quarter
    calendars: set[str] = field(default_factory=set)
    withheld: list[UUID] = field(default_factory=list)  # forgotten
    due_times: int = 0  # of sensitive cases
    # Which quarters cannot be reckoned, as counted up to which event.
    unreckoned: set[tuple[int, str]] = field(default_factory=set)

    def take(self, case: CaseLinks) -> list[Link] | None:
        """Count a case; return its events where they may be opened, else None."""
        if not case.links:
            self.withheld.append(case.id)
            return None
        read = [(link, _read(link.facts)) for link in case.links]
        here = [link for link in case.links if link.n is not None]
        counted = self._counted(case.id, read, self.last_seq)
        if counted is not None:
            sums = self.figures.setdefault(counted.quarter, [0] * len(MEASURES))
            for place, added in enumerate(contribution(counted)):
                sums[place] += added
        promised = [
            each
            for link, facts in read
            if link.n is not None
            for each in facts.get("set", ())
            if each.get("promise")
        ]
        if _was_sensitive(facts for _, facts in read):
            self.due_times += len(promised)
            self._cannot_reckon(case.id, read)
            return None
        zone = ZoneInfo(self.site.timezone)
        if not any(self.span.holds(link.at.astimezone(zone).date()) for link in here):
            return None
        self.calendars |= {each["calendar"] for each in promised if each["calendar"]}
        return here

    def _counted(
        self, id: UUID, read: Sequence[tuple[Link, Any]], last_seq: int
    ) -> CaseFacts | None:
        """Return the case as the committee's base had it after an event."""
        told = [
            Told(link.seq, link.at, link.kind, facts)
            for link, facts in read
            if link.seq <= last_seq
        ]
        facts = fold(id, told, self.directory.calendar_named, self._country)
        if facts is None or facts.site != self.site.code or not is_factory(facts):
            return None
        return facts

    def _country(self, code: str) -> str | None:
        site = self.directory.sites.get(code)
        return site.country if site else None

    def _cannot_reckon(self, id: UUID, read: Sequence[tuple[Link, Any]]) -> None:
        for last_seq in {self.last_seq, *self.released}:
            counted = self._counted(id, read, last_seq)
            if counted is not None:
                self.unreckoned.add((last_seq, counted.quarter))

    def forgotten(self, quarters: Iterable[str]) -> None:
        """Note the quarters in which cases count that nobody opens any more."""
        for last_seq in {self.last_seq, *self.released}:
            self.unreckoned |= {(last_seq, quarter) for quarter in quarters}

    def is_open(self, period: str, last_seq: int) -> bool:
        """Tell whether all that counts in a period is opened here."""
        quarters = (
            [period]
            if "-Q" in period
            else [f"{period}-Q{n}" for n in range(1, _QUARTERS + 1)]
        )
        return not any((last_seq, quarter) in self.unreckoned for quarter in quarters)

    def claims(self, length: int, opened: int) -> dict[str, Any]:
        """Return the figures of the site, as the service counts them."""
        quarters: dict[str, Any] = {
            quarter: {
                "opened": is_open,
                # Less what is opened here, they would tell of the others alone.
                "figures": dict(zip(MEASURES, sums, strict=True)) if is_open else None,
            }
            for quarter, sums in sorted(self.figures.items())
            if self.span.has_period(quarter)
            for is_open in (self.is_open(quarter, self.last_seq),)
        }
        return {
            "format": "threadline-claims-1",
            "site": self.site.code,
            "from": self.span.since.isoformat(),
            "to": self.span.until.isoformat(),
            "length": length,
            "last_seq": self.last_seq,
            "quarters": quarters,
            "unopened": {
                "events": length - opened,
                "due_times": self.due_times,
                "figures": sum(
                    len(MEASURES) for each in quarters.values() if not each["opened"]
                ),
            },
        }

    def cell(self, each: Published) -> dict[str, Any]:
        """Return what was published, and whether it can be reckoned here."""
        return {
            "audience": each.audience,
            "release": each.release,
            "period": each.period,
            "figure": each.figure,
            "number": each.number,
            "told": each.told,
            "as_of": each.as_of.isoformat() if each.as_of else None,
            "last_seq": each.last_seq,
            "has_history": each.has_history,
            "opened": self.is_open(each.period, each.last_seq),
        }


def _read(facts: Iterable[Any]) -> dict[str, Any]:
    return {fact.name: json.loads(fact.value) for fact in facts}


def shown(case: UUID, link: Link) -> dict[str, Any]:
    """Return an event as an auditor has it: what is opened of it, with its salts."""
    return {
        "n": link.n,
        "seq": link.seq,
        "case": str(case),
        "at": link.at.astimezone(UTC).isoformat(),
        "kind": link.kind,
        "facts": [
            [fact.name, fact.value, fact.salt.hex()]
            if fact.name in OPENED
            else [fact.name, None, fact.commitment().hex()]
            for fact in link.facts
        ],
    }


def _was_sensitive(events: Iterable[Mapping[str, Any]]) -> bool:
    return any(
        facts.get(name) in SENSITIVE
        for facts in events
        for name in _CATEGORIES
        if isinstance(facts.get(name), str)
    )


def described(site: Site) -> dict[str, Any]:
    """Return what is known of a site, for whoever audits it."""
    return {
        "code": site.code,
        "name": site.name,
        "country": site.country,
        "region": site.region,
        "kind": site.kind.value,
        "tier": site.tier,
        "timezone": site.timezone,
        "workers": site.workers,
        "os_id": site.os_id,
    }
