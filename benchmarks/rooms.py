"""What a page of the rooms takes at 200,000 cases and 200 sites, and weighs."""

import asyncio
import gzip
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import asyncpg
import httpx

from app.actions.sessions import begin
from app.channels.sms.render import twiml
from app.domain.reference import with_check
from app.domain.taxonomy import Role
from app.runtime.clock import now
from app.store.engine import Store
from benchmarks.figures import Figure
from benchmarks.fill import APART, fill, sow
from benchmarks.ground import Ground, catalog, fresh_database, open_store
from benchmarks.processes import free_port, web
from benchmarks.sizes import Sizes

SITES = 200
_AIM = 0.050  # seconds, the 99th percentile
_HEAVIEST = 30_000  # bytes, before compression
_WARM_UP = 20
_COOKIE = "__Host-room"
# One case in five is open; the others were closed a day after they came.
_OF_CASES = {
    "site": "(SELECT codes[n % {sites} + 1] FROM bench_sites)",
    "state": "CASE WHEN n % 5 = 0 THEN t.state ELSE 'closed_declared' END",
    "closed_at": "CASE WHEN n % 5 = 0 THEN NULL ELSE $1::timestamptz"
    " + n * $2::interval + interval '1 day' END",
    "next_due_at": "CASE WHEN n % 5 = 0 THEN t.next_due_at - t.opened_at"
    " + $1::timestamptz + n * $2::interval END",
    "route": "CASE WHEN n % 2 = 0 THEN 'committee' ELSE 'partner' END",
}


@dataclass(frozen=True, slots=True)
class Chair:
    """Somebody who looks: her cookie, and one real case of hers."""

    name: str
    cookie: str
    number: str


def measure(on: Ground, sizes: Sizes) -> list[Figure]:
    with fresh_database(on) as url:
        chairs, all_at_once = asyncio.run(_prepare(on, url, sizes))
        port = free_port()
        env = on.environment(url, port)
        with web("app.cli serve", env, on.home / "rooms.log"):
            return asyncio.run(_look(port, chairs, sizes, all_at_once))


async def _prepare(on: Ground, url: str, sizes: Sizes) -> tuple[list[Chair], float]:
    async with open_store(on, url) as store:
        field = await sow(store, twiml(catalog()), now() - sizes.room_cases * APART)
        await _place_sites(url)
        of_cases = {
            c: sql.replace("{sites}", str(SITES)) for c, sql in _OF_CASES.items()
        }
        await fill(url, field, since=1, until=sizes.room_cases, of_cases=of_cases)
        directory = await store.directory()
        partner = next(
            p for p in directory.people if p.role is Role.PARTNER and p.org == ("BD",)
        )
        chairs = [
            await _chair(store, "partner of 200 sites", partner.id),
            await _chair(store, "committee of one site", await _member(store)),
        ]
        return chairs, await _everything(store, partner.id)


async def _place_sites(url: str) -> None:
    """Make 200 sites of one, in one country, each with its committee."""
    codes = [with_check(str(20_000 + n)) for n in range(SITES)]
    connection = await asyncpg.connect(url)
    try:
        site = await connection.fetchrow(
            "SELECT * FROM site WHERE country = 'BD' ORDER BY code LIMIT 1"
        )
        columns = [c for c in site.keys() if c not in ("code", "region")]  # noqa: SIM118
        named = ", ".join(columns)
        await connection.execute(
            f"INSERT INTO site (code, region, {named})"
            f" SELECT c, 'Bench', {named} FROM site, unnest($2::text[]) c"
            " WHERE code = $1",
            site["code"],
            codes,
        )
        people = await connection.fetchrow("SELECT * FROM person LIMIT 1")
        kept = [c for c in people.keys() if c not in ("id", "key", "org", "email")]  # noqa: SIM118
        named = ", ".join(kept)
        await connection.execute(
            f"INSERT INTO person (id, key, email, org, {named})"
            " SELECT gen_random_uuid(), c || '-' || p.key, '', ARRAY[c],"
            f" {', '.join('p.' + k for k in kept)} FROM person p, unnest($2::text[]) c"
            " WHERE p.role = 'committee' AND $1 = ANY (p.org)",
            site["code"],
            codes,
        )
        await connection.execute("CREATE TABLE bench_sites (codes text[])")
        await connection.execute("INSERT INTO bench_sites VALUES ($1)", codes)
        # The seeds stand at the first of them, half with its committee.
        await connection.execute("UPDATE cases SET site = $1", codes[0])
        await connection.execute(
            "UPDATE cases SET route = 'committee' WHERE id IN"
            " (SELECT id FROM cases ORDER BY id LIMIT 24)"
        )
        await connection.execute("UPDATE directory_version SET version = version + 1")
    finally:
        await connection.close()


async def _member(store: Store) -> Any:
    return await store.pool.fetchval(
        "SELECT p.id FROM person p, bench_sites b"
        " WHERE p.role = 'committee' AND p.org = ARRAY[b.codes[1]] LIMIT 1"
    )


async def _chair(store: Store, name: str, person_id: Any) -> Chair:
    directory = await store.directory()
    person = directory.person(person_id)
    assert person is not None
    at = now()
    async with store.transaction() as tx:
        cookie = await begin(tx, person, is_whole=True, device="Bench", at=at)
    # Only the seeds open: a copy's ciphertexts name other rows.
    number = await store.pool.fetchval(
        "SELECT number FROM cases WHERE site = (SELECT codes[1] FROM bench_sites)"
        " AND ($1 = 'partner' OR route = 'committee') ORDER BY id LIMIT 1",
        person.role.value,
    )
    return Chair(name, cookie, number)


async def _everything(store: Store, person_id: Any) -> float:
    """Time reading every case at once, as a list without pages does."""
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        async with store.as_person(person_id, day=now().date()) as tx:
            await tx.connection.fetch(
                "SELECT id, number, site, category, severity, state, route, opened_at,"
                " next_due_at, detail FROM cases ORDER BY next_due_at"
            )
        taken.append(time.perf_counter() - started)
    return median(taken)


async def _look(
    port: int, chairs: Sequence[Chair], sizes: Sizes, all_at_once: float
) -> list[Figure]:
    figures = []
    for chair in chairs:
        cookies = {"cookie": f"{_COOKIE}={chair.cookie}"}
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, headers=cookies) as client:
            listed = (await client.get("/room/cases")).text
            further = re.search(r'href="(/room/cases\?[^"]*after=[^"]*)"', listed)
            pages = {
                "today": "/room",
                "case list": "/room/cases",
                "second page of the list": further[1].replace("&amp;", "&")
                if further
                else "/room/cases",
                "closed cases": "/room/cases?state=closed",
                "one case": f"/room/cases/{chair.number}",
            }
            for page, path in pages.items():
                figures.append(
                    await _timed(
                        client, f"{page}, {chair.name}", path, sizes, all_at_once
                    )
                )
    return figures


async def _timed(
    client: httpx.AsyncClient, name: str, path: str, sizes: Sizes, all_at_once: float
) -> Figure:
    taken, weight = [], 0
    for look in range(sizes.room_looks + _WARM_UP):
        started = time.perf_counter()
        reply = await client.get(path)
        if look >= _WARM_UP:
            taken.append(time.perf_counter() - started)
        if reply.status_code != 200:
            raise RuntimeError(f"{path}: {reply.status_code}")
        weight = len(reply.content)
    p99 = sorted(taken)[int(len(taken) * 0.99)]
    squeezed = len(gzip.compress(reply.content, 6, mtime=0))
    return Figure(
        name,
        f"p99 {p99 * 1000:.1f} ms, median {median(taken) * 1000:.1f} ms;"
        f" {weight:,} bytes, {squeezed:,} compressed",
        f"reading every case at once: {all_at_once * 1000:,.0f} ms",
        ratio=p99 / all_at_once,
        target="p99 under 50 ms, under 30 kB",
        is_met=p99 < _AIM and weight < _HEAVIEST,
    )
