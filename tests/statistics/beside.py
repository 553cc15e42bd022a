"""Programmes of a few sites, and their releases one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from app.statistics.axes import Place
from app.statistics.cohorts import Year, years
from app.statistics.kept import Kept, brands_then, places_then
from app.statistics.model import CaseFacts, Cell, Outcome
from app.statistics.release import Before, Exact, build, by_key
from app.statistics.told_beside import remedies_by_site
from tests.statistics.summing import closed_until, hours, sums

K = 10
DAYS = (date(2026, 2, 3), date(2026, 5, 3), date(2026, 8, 3), date(2026, 11, 3))
Brands = Sequence[tuple[str, frozenset[str]]]


def complaints(site: str, count: int, first: int = 0) -> list[CaseFacts]:
    """Return complaints that the committee of the site handled, spread over 2026."""
    return [
        CaseFacts(
            id=UUID(int=hash((site, first + n)) % 2**128),
            received_on=DAYS[(first + n) % 4],
            site=site,
            country="BD",
            category="WAGE",
            severity="S3",
            route="committee",
            channel="sms",
            language="bn",
            filer="worker",
            outcome=Outcome.CONFIRMED,
        )
        for n in range(count)
    ]


def of_sites(counts: Mapping[str, int]) -> list[CaseFacts]:
    return [one for site, n in counts.items() for one in complaints(site, n)]


def places(
    codes: Sequence[str],
    *,
    regions: Mapping[str, str] | None = None,
    workers: Mapping[str, int | None] | None = None,
) -> dict[str, Place]:
    return {
        code: Place(
            *(code, "BD", (regions or {}).get(code, "North"), "cmt", "1"),
            (workers or {}).get(code, 500),
        )
        for code in codes
    }


@dataclass(frozen=True)
class Remedies:
    """Remedies of one kind at one site, as the store adds them up."""

    site: str | None
    count: int
    kind: str = "back_pay"
    amount: Decimal = Decimal(0)
    currency: str | None = "BDT"
    quarter: str = "2026-Q1"
    is_done: bool = True
    is_history: bool = False

    @property
    def remedies(self) -> int:
        return self.count

    @property
    def beneficiaries(self) -> int:
        return self.count


@dataclass
class Audience:
    """Who reads every release, each made beside those before."""

    k: int = K
    cells: dict[tuple[str, str, str, str], Cell] = field(default_factory=dict)

    def read(
        self,
        programme: "Programme",
        exact: Exact,
        brands: Brands,
        first: Sequence[Mapping[tuple[str, str, str, str], Cell]] = (),
    ) -> None:
        before = Before(self.cells, programme.at, programme.states, programme.kept)
        told = build(
            *(exact, self.k),
            before=before if programme.number else None,
            first=first,
            brands=brands,
        )
        self.cells = by_key(told)

    def number(
        self, figure: str, *, by: str = "", value: str = "", period: str = "2026"
    ) -> float | None:
        cell = self.cells.get((period, by, value, figure))
        return None if cell is None else cell.number


@dataclass
class Programme:
    """A public and an auditor, and the states of every release so far."""

    public: Audience = field(default_factory=Audience)
    auditor: Audience = field(default_factory=lambda: Audience(5))
    number: int = 0
    states: dict[str, list[Year]] = field(default_factory=dict)
    kept: dict[str, list[Kept]] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Return when the release before was made."""
        return datetime(2027, max(self.number, 1), 1, tzinfo=UTC)

    def release(
        self,
        history: Sequence[CaseFacts],
        on: Mapping[str, Place],
        *,
        remedies: Sequence[Remedies] = (),
        brands: Brands = (),
        last: str = "2026-Q4",
    ) -> None:
        exact = Exact(
            sums=sums(history),
            closed=closed_until(last),
            places=on,
            hours=hours(history),
            remedies=remedies,
        )
        self.public.read(self, exact, brands)
        self.auditor.read(self, exact, (), [self.public.cells])
        for year in years(exact.sums, exact.closed):
            held = self.kept.setdefault(year.name, [])
            then = dict(brands_then(held, brands))
            self.states.setdefault(year.name, []).append(year)
            if year.is_closed:
                now = remedies_by_site(remedies, year)
                held.append(Kept(places_then(held, on), then, now))
        self.number += 1
