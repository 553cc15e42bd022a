"""stats.json: what was published, for machines, in a closed form.

Sites are named by their OS ID, under which they are known to everybody.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.reports.book import Issue
from app.reports.labels import Place
from app.statistics.model import Cell, Dimension, Told

FORMAT = "threadline-stats-1"
PERIOD = r"^[0-9]{4}(-Q[1-4])?$"

Period = Annotated[str, Field(pattern=PERIOD)]
OsId = Annotated[str, Field(min_length=1)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Closed):
    """One figure: its number, or in one word why there is none."""

    told: Told
    number: float | None = None
    as_of: datetime | None = None
    has_history: bool = False

    @model_validator(mode="after")
    def _number_where_told(self) -> "Figure":
        if (self.number is not None) is not (self.told is Told.EXACT):
            raise ValueError("a number stands exactly where one is told")
        return self


Figures = dict[str, Figure]


class Site(_Closed):
    name: str
    country: str
    kind: str
    tier: int
    periods: dict[Period, Figures]


class ReleaseOf(_Closed):
    number: int
    as_of: datetime
    definitions: str
    threshold: int
    sha256: str


class Stats(_Closed):
    """The newest release, or none before the first."""

    format: Literal["threadline-stats-1"] = "threadline-stats-1"
    release: ReleaseOf | None
    programme: dict[Period, Figures]
    sites: dict[OsId, Site]
    sites_without_os_id: int


def stats_of(issue: Issue | None, places: Mapping[str, Place]) -> Stats:
    """Return everything that was told of the programme and of each site."""
    cells = issue.cells if issue else ()
    by_site: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.by == Dimension.SITE:
            by_site.setdefault(cell.value, []).append(cell)
    named = {code: place for code, place in places.items() if place.os_id}
    return Stats(
        release=_release(issue) if issue else None,
        programme=_by_period(cell for cell in cells if cell.by == ""),
        sites={
            place.os_id: Site(
                name=place.name,
                country=place.country,
                kind=place.kind,
                tier=place.tier,
                periods=_by_period(by_site.get(code, ())),
            )
            for code, place in named.items()
        },
        sites_without_os_id=len(places) - len(named),
    )


def _release(issue: Issue) -> ReleaseOf:
    return ReleaseOf(
        number=issue.number,
        as_of=issue.as_of,
        definitions=issue.definitions,
        threshold=issue.threshold,
        sha256=issue.sha256,
    )


def _by_period(cells: Iterable[Cell]) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for cell in cells:
        found.setdefault(cell.period, {})[cell.figure] = Figure(
            told=cell.told,
            number=cell.number if cell.told is Told.EXACT else None,
            as_of=cell.as_of,
            has_history=cell.has_history,
        )
    return found
