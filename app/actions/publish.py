"""Publishing: once after each quarter, or when somebody asks, for every audience."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from app.actions.count import catch_up
from app.domain.directory import ZONES, Directory
from app.statistics.axes import BY_BRAND, Place
from app.statistics.cohorts import Year, before_the_line, years
from app.statistics.definitions import VERSION
from app.statistics.kept import (
    Kept as Beside,
    brands_then,
    packed,
    places_then,
    unpacked,
)
from app.statistics.model import WHOLE, Audience, Cell
from app.statistics.periods import closed_quarters
from app.statistics.release import Before, Exact, build, by_key
from app.statistics.told_beside import indicator_detail, remedies_by_site
from app.statistics.told_sites import (
    agreed,
    newest_year,
    silent_quarters,
    silent_sites,
)
from app.statistics.unrecorded import recorded
from app.store import programme_ledger, releases
from app.store.alone import alone
from app.store.engine import Store, Transaction, lock_key
from app.store.figures import reading
from app.store.releases import Header, for_brand

log = structlog.get_logger(__name__)

PUBLISHED = "release.published"
_PUBLISHING = lock_key(b"figures", b"release")
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
    unopened: int  # cases whose events did not open: what is new of them is left out
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
    store: Store,
    *,
    at_clock: Callable[[], datetime],
    thresholds: Thresholds,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Published | None:
    """Publish if a quarter has ended since the last release; else do nothing.

    However many workers ask, each quarter is published once. Nothing is told
    before everything that the ledger holds is counted.
    """
    at = at_clock()
    on = today(at, await store.directory())
    if not await _is_due(store, on):
        return None
    counted = await catch_up(store, at_clock=at_clock, is_stopped=is_stopped)
    if not counted.is_all:
        return None
    async with alone(store, _PUBLISHING) as link:
        # Another may have published while we counted.
        if link is None or not await _is_due(store, on):
            return None
        return await _publish(store, at, on, thresholds, is_stopped)


async def _is_due(store: Store, on: date) -> bool:
    async with store.transaction() as tx:
        before = await releases.latest(tx, Audience.PUBLIC)
    newest = max(closed_quarters([str(on.year - 1)], on))
    return before is None or newest not in before.detail.get("quarters", [])


def today(at: datetime, directory: Directory) -> date:
    """Return the day that it is, or is over, at every place of the programme."""
    zones = {site.timezone for site in directory.sites.values()} | {*ZONES.values()}
    return min(at.astimezone(ZoneInfo(zone)).date() for zone in sorted(zones))


async def publish(
    store: Store, *, at: datetime, on: date, thresholds: Thresholds
) -> Published | None:
    """Make a release of every quarter that is over on a day; None if there is none.

    None as well where another is making one: two never differ by chance.
    """
    async with alone(store, _PUBLISHING) as link:
        if link is None:
            return None
        return await _publish(store, at, on, thresholds, lambda: False)


async def _publish(
    store: Store,
    at: datetime,
    on: date,
    thresholds: Thresholds,
    is_stopped: Callable[[], bool],
) -> Published | None:
    read = await _read(store, on)
    if not read.exact.closed or not read.exact.sums or is_stopped():
        return None
    made = await asyncio.to_thread(_make, read, thresholds, is_stopped)
    if made is None:
        return None
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
        unopened=counted.unopened,
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


def _make(
    read: _Read, thresholds: Thresholds, is_stopped: Callable[[], bool]
) -> _Made | None:
    """Build every audience's cells; those of brands beside the public ones.

    None where it was stopped between two audiences.
    """
    now = years(read.exact.sums, read.exact.closed)
    opened = {
        year: [unpacked(one) for one in held] for year, held in read.states.items()
    }
    states = {
        year: [s for sums, _ in held for s in sums] for year, held in opened.items()
    }
    kept = {
        year: [beside for _, beside in held if beside is not None]
        for year, held in opened.items()
    }
    public, auditor = Audience.PUBLIC.value, Audience.AUDITOR.value
    shared = [*read.before[public][1]]
    for audience, (_, cells) in read.before.items():
        if audience not in (public, auditor):
            shared += cells
    told = build(
        read.exact,
        thresholds.public,
        before=_before(read.before[public][0], shared, states, kept),
        brands=read.brands,
    )
    found: dict[str, tuple[Cell, ...]] = {
        for_brand(slug): tuple(c for c in told if c.by == BY_BRAND and c.value == slug)
        for slug, _ in read.brands
    }
    found[public] = tuple(cell for cell in told if cell.by != BY_BRAND)
    if is_stopped():
        return None
    head, cells = read.before[auditor]
    found[auditor] = build(
        read.exact,
        thresholds.auditor,
        before=_before(head, cells, states, kept),
        first=[by_key(found[public])],
    )
    was_public = by_key(read.before[public][1])
    found[public] = agreed(found[public], was_public, by_key(found[auditor]))
    quarters = sorted(read.exact.closed)
    common: dict[str, Any] = {
        "quarters": quarters,
        "indicators": indicator_detail(read.exact.indicators),
    }
    detail: dict[str, dict[str, Any]] = {audience: dict(common) for audience in found}
    keep = {
        year.name: content
        for year in now
        if (content := packed(year, _beside(read, year, kept.get(year.name, ()))))
        != (read.states.get(year.name) or (b"",))[-1]
    }
    silence = before_the_line(
        read.exact.sums,
        read.exact.closed,
        reached={one.quarter for one in read.exact.contacts if one.count > 0},
    )
    said = {
        audience: recorded(
            cells,
            beside=found[auditor if audience == auditor else public],
            before=silence,
        )
        for audience, cells in found.items()
    }
    detail[auditor]["unopened"] = read.unopened
    detail[auditor] |= _silent(read, now, said[auditor])
    return _Made(said, detail, keep)


def _before(
    head: Header | None,
    cells: Iterable[Cell],
    states: Mapping[str, Sequence[Year]],
    kept: Mapping[str, Sequence[Beside]],
) -> Before:
    return Before(by_key(cells), None if head is None else head.as_of, states, kept)


def _silent(
    read: _Read, now: Sequence[Year], cells: Iterable[Cell]
) -> dict[str, list[str]]:
    """Return the silent sites by name, where auditors are told how many they are.

    They stand as they were first named: who was silent no longer has few complaints.
    """
    year = next((y for y in now if y.name == newest_year(read.exact.closed)), None)
    if year is None:
        return {}
    cell = by_key(cells).get((year.name, WHOLE, "", "silent_sites"))
    if cell is None or cell.number is None:
        return {}
    quarters = list(silent_quarters(year))
    head = read.before[Audience.AUDITOR.value][0]
    before = head.detail if head is not None else {}
    if before.get("silent_in") == quarters:
        return {"silent": before["silent"], "silent_in": quarters}
    return {"silent": silent_sites(year, read.exact.places), "silent_in": quarters}


def _beside(read: _Read, year: Year, kept: Sequence[Beside]) -> Beside | None:
    """Return what is kept of a closed year, its places as they were first told."""
    if not year.is_closed:
        return None
    return Beside(
        places_then(kept, read.exact.places),
        {**_brands(kept), **dict(brands_then(kept, read.brands))},
        remedies_by_site(read.exact.remedies, year),
    )


def _brands(kept: Sequence[Beside]) -> dict[str, frozenset[str]]:
    return dict(kept[-1].brands) if kept else {}


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
