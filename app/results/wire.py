"""stats.json: what was published, for machines, in a closed form.

Sites are named by their OS ID, under which they are known to everybody. Several
sites of the directory may lie under one; each is told of on its own.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.reports.book import Issue
from app.reports.labels import Place
from app.statistics.definitions import FIGURES
from app.statistics.model import Cell, Dimension, Told

FORMAT = "threadline-stats-1"
PERIOD = r"^[0-9]{4}(-Q[1-4])?$"

Period = Annotated[str, Field(pattern=PERIOD)]
OsId = Annotated[str, Field(min_length=1)]
FigureId = Annotated[str, Field(json_schema_extra={"enum": list(FIGURES)})]


class _Closed(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_serialization_defaults_required=True
    )


# In the schema as in the model: a number stands exactly where one is told.
_NUMBERED: dict[str, Any] = {
    "if": {"properties": {"told": {"const": Told.EXACT.value}}},
    "then": {"properties": {"number": {"type": "number"}}},
    "else": {"properties": {"number": {"type": "null"}}},
}


class Figure(_Closed):
    """One figure: its number, or in one word why there is none."""

    model_config = ConfigDict(json_schema_extra=_NUMBERED)

    told: Told
    number: float | None = None
    as_of: datetime | None = None
    has_history: bool = False

    @model_validator(mode="after")
    def _number_where_told(self) -> "Figure":
        if (self.number is not None) is not (self.told is Told.EXACT):
            raise ValueError("a number stands exactly where one is told")
        return self


Figures = dict[FigureId, Figure]


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
    sites: dict[OsId, list[Site]]
    sites_without_os_id: int


def schema() -> dict[str, Any]:
    """Return the closed form as a JSON schema: nothing unnamed may stand anywhere."""
    made = Stats.model_json_schema(mode="serialization")
    _close(made)
    return made


def _close(part: Any) -> None:
    """Let names that follow a pattern be the only ones."""
    if isinstance(part, dict):
        if "patternProperties" in part:
            part["additionalProperties"] = False
        for each in part.values():
            _close(each)
    elif isinstance(part, list):
        for each in part:
            _close(each)


def stats_of(issue: Issue | None, places: Mapping[str, Place]) -> Stats:
    """Return everything that was told of the programme and of each site."""
    cells = issue.cells if issue else ()
    by_site: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.by == Dimension.SITE:
            by_site.setdefault(cell.value, []).append(cell)
    named = {code: place for code, place in places.items() if place.os_id}
    sites: dict[str, list[Site]] = {}
    for code, place in sorted(named.items()):
        sites.setdefault(place.os_id, []).append(_site(place, by_site.get(code, ())))
    return Stats(
        release=_release(issue) if issue else None,
        programme=_by_period(cell for cell in cells if cell.by == ""),
        sites=sites,
        sites_without_os_id=len(places) - len(named),
    )


def _site(place: Place, cells: Iterable[Cell]) -> Site:
    return Site(
        name=place.name,
        country=place.country,
        kind=place.kind,
        tier=place.tier,
        periods=_by_period(cells),
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
        if cell.figure not in FIGURES:
            continue
        found.setdefault(cell.period, {})[cell.figure] = Figure(
            told=cell.told,
            number=cell.number if cell.told is Told.EXACT else None,
            as_of=cell.as_of,
            has_history=cell.has_history,
        )
    return found
