"""Publishing: once after each quarter, or when somebody asks, for every audience."""

import asyncio
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from app.actions.count import catch_up
from app.domain.directory import ZONES, Directory
from app.reports.book import Issue
from app.reports.labels import Place as NamedPlace
from app.reports.render import files_of
from app.statistics.axes import BY_BRAND, Place
from app.statistics.cohorts import Merged, Summed, Year, years
from app.statistics.definitions import VERSION
from app.statistics.model import Audience, Cell
from app.statistics.periods import closed_quarters
from app.statistics.release import Before, Exact, build, by_key
from app.statistics.told_beside import (
    SILENT_QUARTERS,
    indicator_detail,
    silent_sites,
)
from app.statistics.unrecorded import recorded
from app.store import programme_ledger, releases
from app.store.engine import Store, Transaction
from app.store.figures import reading
from app.store.releases import Header, Kept, for_brand

log = structlog.get_logger(__name__)

PUBLISHED = "release.published"
_ALWAYS = (Audience.PUBLIC.value, Audience.AUDITOR.value)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Under how many complaints nothing is told."""

    public: int = 10  # of factories and brands as well
    auditor: int = 5


@dataclass(frozen=True, slots=True)
class Published:
    """A release that was made: its heads, by audience, and how much it tells."""

    number: int
    heads: tuple[Header, ...]
    cells: int
    told: int


@dataclass(frozen=True, slots=True)
class _Read:
    """All that a release is made of, read at one moment."""

    number: int  # of the release before; 0: none
    exact: Exact
    seq: int
    directory: Directory
    before: Mapping[str, tuple[Header | None, tuple[Cell, ...]]]
    states: Mapping[str, tuple[bytes, ...]]
    brands: Sequence[tuple[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class _Made:
    """A release, made and not kept yet."""

    cells: Mapping[str, tuple[Cell, ...]]  # by audience
    detail: Mapping[str, Mapping[str, Any]]
    states: Mapping[str, bytes]


async def publish_due(
    store: Store, *, at_clock: Callable[[], datetime], thresholds: Thresholds
) -> Published | None:
    """Publish if a quarter has ended since the last release; else do nothing.

    However many workers ask, each quarter is published once. Nothing is told
    before everything that the ledger holds is counted.
    """
    at = at_clock()
    async with store.transaction() as tx:
        before = await releases.latest(tx, Audience.PUBLIC)
        directory = await store.directory_now(tx)
    newest = max(closed_quarters([str(at.year - 1)], today(at, directory)))
    if before is not None and newest in before.detail.get("quarters", []):
        return None
    counted = await catch_up(store, at_clock=at_clock)
    if not counted.is_all:
        return None
    return await publish(store, at=at, on=today(at, directory), thresholds=thresholds)


def today(at: datetime, directory: Directory) -> date:
    """Return the day that it is, or is over, at every place of the programme."""
    zones = {site.timezone for site in directory.sites.values()} | {*ZONES.values()}
    return min(at.astimezone(ZoneInfo(zone)).date() for zone in sorted(zones))


async def publish(
    store: Store, *, at: datetime, on: date, thresholds: Thresholds
) -> Published | None:
    """Make a release of every quarter that is over on a day; None if there is none.

    None as well where another made one meanwhile: two never differ by chance.
    """
    read = await _read(store, on)
    if not read.exact.closed or not read.exact.sums:
        return None
    made = await asyncio.to_thread(_make, read, thresholds)
    published = await _keep(store, read, made, thresholds, at)
    if published is not None:
        log.info("release.published", count=published.cells)
    return published


async def _read(store: Store, on: date) -> _Read:
    async with (
        store.connection() as link,
        link.connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        tx = Transaction(link.connection)
        directory = await store.directory_now(tx)
        counted = await reading.counted_to(tx)
        rows = [row async for row in reading.sums(tx)]
        exact = Exact(
            sums=rows,
            closed=closed_quarters({row.quarter for row in rows}, on),
            places=places_of(directory),
            hours=await reading.hours(tx),
            contacts=await reading.contact_counts(tx),
            remedies=await reading.remedies(tx),
            indicators=await reading.indicators(tx),
        )
        brands = brands_of(directory, on)
        told = {*await releases.brands_told(tx)}
        told |= {for_brand(slug) for slug, _ in brands}
        before = {
            audience: (
                await releases.latest(tx, audience),
                tuple(await releases.cells(tx, audience=audience)),
            )
            for audience in (*_ALWAYS, *sorted(told))
        }
        states: dict[str, list[bytes]] = {}
        for year, content in await releases.states(tx):
            states.setdefault(year, []).append(content)
    public = before[Audience.PUBLIC.value][0]
    return _Read(
        number=0 if public is None else public.number,
        exact=exact,
        seq=counted.seq,
        directory=directory,
        before=before,
        states={year: tuple(held) for year, held in states.items()},
        brands=brands,
    )


def places_of(directory: Directory) -> dict[str, Place]:
    return {
        site.code: Place(
            site.code,
            site.country,
            site.region,
            site.kind.value,
            str(site.tier),
            site.workers,
        )
        for site in directory.sites.values()
    }


def brands_of(directory: Directory, on: date) -> list[tuple[str, frozenset[str]]]:
    """Return each brand with the sites from which it buys on that day."""
    sites: dict[str, set[str]] = {}
    for one in directory.sourcing:
        if one.holds_on(on):
            sites.setdefault(one.brand, set()).add(one.site)
    return [(slug, frozenset(sites[slug])) for slug in sorted(sites)]


def _make(read: _Read, thresholds: Thresholds) -> _Made:
    """Build every audience's cells; those of brands beside the public ones."""
    now = years(read.exact.sums, read.exact.closed)
    states = {
        year: [state for one in held for state in _opened(one)]
        for year, held in read.states.items()
    }
    public, auditor = Audience.PUBLIC.value, Audience.AUDITOR.value
    shared = [*read.before[public][1]]
    for audience, (_, cells) in read.before.items():
        if audience not in (public, auditor):
            shared += cells
    told = build(
        read.exact,
        thresholds.public,
        before=_before(read.before[public][0], shared, states),
        brands=read.brands,
    )
    found: dict[str, tuple[Cell, ...]] = {
        for_brand(slug): tuple(c for c in told if c.by == BY_BRAND and c.value == slug)
        for slug, _ in read.brands
    }
    found[public] = tuple(cell for cell in told if cell.by != BY_BRAND)
    head, cells = read.before[auditor]
    found[auditor] = build(
        read.exact,
        thresholds.auditor,
        before=_before(head, cells, states),
        first=[by_key(found[public])],
    )
    quarters = sorted(read.exact.closed)
    common: dict[str, Any] = {
        "quarters": quarters,
        "indicators": indicator_detail(read.exact.indicators),
    }
    silent = silent_sites(
        now, read.exact.places, quarters[-SILENT_QUARTERS:], thresholds.auditor
    )
    detail: dict[str, dict[str, Any]] = {audience: dict(common) for audience in found}
    if silent is not None:
        detail[auditor]["silent"] = silent
    kept = {
        year.name: content
        for year in now
        if (content := _closed(year)) != (read.states.get(year.name) or (b"",))[-1]
    }
    said = {
        audience: recorded(
            cells, beside=found[auditor if audience == auditor else public]
        )
        for audience, cells in found.items()
    }
    return _Made(said, detail, kept)


def _before(
    head: Header | None, cells: Iterable[Cell], states: Mapping[str, Sequence[Year]]
) -> Before:
    return Before(by_key(cells), None if head is None else head.as_of, states)


def _closed(year: Year) -> bytes:
    """Return a year's sums as they are kept for the releases after this one."""
    rows = [
        [row.quarter, row.by, row.value, row.site, row.is_factory, list(row.counts)]
        for by in sorted(year.rows)
        for row in year.rows[by]
    ]
    plain = {"quarters": list(year.quarters), "rows": rows}
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode())


def _opened(content: bytes) -> list[Year]:
    plain = json.loads(zlib.decompress(content))
    rows: list[Summed] = [
        Merged(quarter, by, value, site, is_factory, tuple(counts))
        for quarter, by, value, site, is_factory, counts in plain["rows"]
    ]
    return years(rows, frozenset(plain["quarters"]))


async def _keep(
    store: Store, read: _Read, made: _Made, thresholds: Thresholds, at: datetime
) -> Published | None:
    heads = [
        Header(
            number=read.number + 1,
            audience=audience,
            as_of=at,
            last_seq=read.seq,
            definitions=VERSION,
            threshold=(
                thresholds.auditor
                if audience == Audience.AUDITOR
                else thresholds.public
            ),
            sha256=releases.digest(cells),
            detail=made.detail[audience],
        )
        for audience, cells in sorted(made.cells.items())
    ]
    async with store.transaction() as tx:
        await releases.take(tx)
        if await releases.next_number(tx) != read.number + 1:
            return None
        for head in heads:
            await releases.write(tx, head, made.cells[head.audience], at=at)
        for year, content in made.states.items():
            await releases.keep_state(tx, read.number + 1, year, content)
        facts = {
            "number": read.number + 1,
            "as_of": at.isoformat(),
            "last_seq": read.seq,
            "definitions": VERSION,
            "sha256": {head.audience: head.sha256.hex() for head in heads},
        }
        await programme_ledger.record(store, tx, PUBLISHED, facts, "system", at)
    every = [cell for cells in made.cells.values() for cell in cells]
    told = sum(cell.number is not None for cell in every)
    return Published(read.number + 1, tuple(heads), len(every), told)


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many charts and papers were drawn of a release."""

    number: int
    files: int = field(default=0)


async def draw_due(store: Store) -> Drawn | None:
    """Draw the newest public release where nobody did; a release never waits for it."""
    async with store.transaction() as tx:
        head = await releases.latest(tx, Audience.PUBLIC)
        if head is None or await releases.is_drawn(tx, head.number, head.audience):
            return None
        cells = await releases.cells(tx, audience=head.audience, number=head.number)
        directory = await store.directory_now(tx)
    issue = Issue(
        number=head.number,
        as_of=head.as_of,
        definitions=head.definitions,
        threshold=head.threshold,
        sha256=head.sha256.hex(),
        cells=tuple(cells),
        detail=head.detail,
    )
    places = {
        site.code: NamedPlace(
            site.code, site.name, site.country, site.kind, site.tier, site.os_id
        )
        for site in directory.sites.values()
    }
    drawn = await asyncio.to_thread(lambda: list(files_of(issue, places)))
    files = [Kept(one.name, one.language, one.kind, one.content) for one in drawn]
    async with store.transaction() as tx:
        await releases.keep_files(
            tx, number=head.number, audience=head.audience, files=files
        )
    log.info("release.drawn", count=len(files))
    return Drawn(head.number, len(files))
