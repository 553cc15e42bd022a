"""What the web form weighs, and how long that takes on a slow line."""

import asyncio
import gzip
import re

import httpx

from app.wording.catalog import Catalog
from benchmarks.figures import Figure
from benchmarks.ground import ROOT, Ground, fresh_database
from benchmarks.processes import free_port, web
from benchmarks.sizes import Sizes

SITE = "482170"
_WORDS = "For three months we got no overtime money."
_FIRST, _FURTHER = 14 * 1024, 8 * 1024  # bytes, compressed
# Slow 2G as browsers' tools have it: what a page takes is computed, not waited for.
_ROUND_TRIP, _BITS = 0.8, 50_000.0  # seconds, bits a second
_TO_CONNECT = 2  # round trips of TCP and TLS 1.3
_ANSWER = {"answer": "no"}


def measure(on: Ground, _sizes: Sizes) -> list[Figure]:
    """Go through a complaint in every language; report the heaviest pages."""
    with fresh_database(on) as database:
        port = free_port()
        env = on.environment(database, port)
        with web("app.cli serve", env, on.home / "pages.log"):
            return asyncio.run(_measure(port))


async def _measure(port: int) -> list[Figure]:
    figures = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for language in Catalog.load(ROOT / "locales").languages:
            figures += await _of(client, language)
    return figures


async def _of(client: httpx.AsyncClient, language: str) -> list[Figure]:
    first = await client.get(f"/s/{SITE}?l={language}")
    style = re.search(r'href="(/web\.css[^"]*)"', first.text)
    assert style is not None
    sheet = await client.get(style[1])
    together = _weight(first) + _weight(sheet)
    further = [_weight(page) for page in await _complain(client, first.text)]
    trips = _TO_CONNECT + 2  # the page, its stylesheet
    return [
        Figure(
            f"first page with its stylesheet, {language}",
            f"{together:,} bytes, 2 requests, {_seconds(trips, together):.1f} s on"
            " slow 2G (computed)",
            f"{_FIRST:,} bytes",
            ratio=together / _FIRST,
            target="at most 14 kB",
            is_met=together <= _FIRST,
        ),
        Figure(
            f"heaviest further page, {language}",
            f"{max(further):,} bytes, 1 request, {_seconds(1, max(further)):.1f} s",
            f"{_FURTHER:,} bytes",
            ratio=max(further) / _FURTHER,
            target="at most 8 kB",
            is_met=max(further) <= _FURTHER,
        ),
    ]


async def _complain(client: httpx.AsyncClient, page: str) -> list[httpx.Response]:
    replies = [await _send(client, "/", page, {"words": _WORDS, "site": SITE})]
    for fields in (_ANSWER, _ANSWER, {"how": "none"}, {"do": "decline"}):
        replies.append(await _send(client, "/talk", replies[-1].text, fields))
    return replies


async def _send(
    client: httpx.AsyncClient, path: str, page: str, fields: dict[str, str]
) -> httpx.Response:
    kept = {
        name: found[1]
        for name in ("talk", "turn", "l")
        if (found := re.search(rf'name="{name}" value="([^"]*)"', page))
    }
    return await client.post(path, data={**kept, **fields})


def _weight(reply: httpx.Response) -> int:
    """Return the bytes on the line: headers as HTTP/1.1 writes them, and the body."""
    headers = sum(len(name) + len(value) + 4 for name, value in reply.headers.raw)
    return headers + len(gzip.compress(reply.content, 6, mtime=0)) + len("HTTP/1.1 200")


def _seconds(trips: int, size: int) -> float:
    return trips * _ROUND_TRIP + size * 8 / _BITS
