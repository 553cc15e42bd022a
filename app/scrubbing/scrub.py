"""Have a file decoded and written anew, in a process that may die of it."""

import asyncio
import json
import math
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from app.scrubbing.child import LENGTH_BYTES, MOST_CLEAN_BYTES
from app.scrubbing.telling import tell
from app.scrubbing.verdict import (
    MEDIA_TYPES,
    MOST_BYTES,
    MOST_FILES,
    Clean,
    Kind,
    Unfit,
    Why,
)

__all__ = ["MOST_BYTES", "MOST_FILES", "Clean", "Kind", "Unfit", "Why", "scrub"]

PATIENCE = 30.0  # seconds, for a place and again for the work
MOST_AT_ONCE = 2
_HOUSE = Path(__file__).resolve().parents[2]
# Nothing of ours is in it: no key, no address. One arena keeps memory countable.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "MALLOC_ARENA_MAX": "1"}

# Too late, cut short, or words that no child of ours says.
_NO_ANSWER = (
    *(TimeoutError, asyncio.IncompleteReadError, RecursionError),
    *(ArithmeticError, LookupError, TypeError, ValueError),
)

# A semaphore belongs to the loop in which it was first waited for.
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
    WeakKeyDictionary()
)


async def scrub(content: bytes) -> Clean:
    """Return the file written anew; raise Unfit where it is not taken.

    What is refused by its size or by how it begins costs no process.
    """
    if not content:
        raise Unfit(Why.EMPTY)
    if len(content) > MOST_BYTES:
        raise Unfit(Why.TOO_LARGE)
    tell(content)
    async with _place(), _child() as child:
        try:
            async with asyncio.timeout(PATIENCE):
                return await _ask(child, content)
        except _NO_ANSWER:
            raise Unfit(Why.BUSY) from None


@asynccontextmanager
async def _place() -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    places = _places.setdefault(loop, asyncio.Semaphore(MOST_AT_ONCE))
    try:
        async with asyncio.timeout(PATIENCE):
            await places.acquire()
    except TimeoutError:
        raise Unfit(Why.BUSY) from None
    try:
        yield
    finally:
        places.release()


@asynccontextmanager
async def _child() -> AsyncIterator[Process]:
    """Start a child that, whatever happens meanwhile, is gone afterwards."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", "-m", "app.scrubbing.child"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # decoders quote what they read
        cwd=_HOUSE,
        env=_ENVIRONMENT,
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        # Reads what is left as well, or the pipe would stay open.
        await child.communicate()


async def _ask(child: Process, content: bytes) -> Clean:
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(ConnectionError):  # it died; its silence will tell
        child.stdin.write(len(content).to_bytes(LENGTH_BYTES, "big"))
        child.stdin.write(content)
        await child.stdin.drain()
    header = json.loads(await child.stdout.readline())
    if "why" in header:
        raise Unfit(Why(header["why"]))
    length = int(header["length"])
    if not 0 < length <= MOST_CLEAN_BYTES:
        raise ValueError("of no length that we write")
    return _clean(header, await child.stdout.readexactly(length))


def _clean(header: Mapping[str, Any], content: bytes) -> Clean:
    """Believe the child no more than its file: the type follows from the kind."""
    kind = Kind(header["kind"])
    seconds = float(header["seconds"]) if kind is Kind.VOICE else None
    if seconds is not None and not math.isfinite(seconds):
        raise ValueError("of no length at all")
    return Clean(
        kind=kind,
        media_type=MEDIA_TYPES[kind],
        content=content,
        seconds=seconds,
        pages=int(header["pages"]) if kind is Kind.PAPER else None,
    )
