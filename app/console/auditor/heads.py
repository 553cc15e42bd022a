"""The heads of the ledger: which were sent to the visitor, and whether hers agree."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.responses import Response

from app.console.frame import Door, Place, Visit
from app.domain.errors import BadInput
from app.store import heads
from app.store.heads import Kept, Witness
from app.wording.line import N_

PAGE = "/room/auditor/heads"
_LATEST = 48
_MOST_HELD = 1000
_LONGEST = 1_000_000
_LARGEST = 2**53
_TOO_LONG = N_("This is too much. Send at most a thousand heads at a time.")


class Verdict(StrEnum):
    """What a head that somebody holds is, held against ours."""

    AGREES = N_("agrees")
    DIFFERS = N_("differs from what the programme has")
    UNKNOWN = N_("the programme has no head of this number")
    UNREADABLE = N_(
        "This is no head. Paste the whole text of a file such as /heads/1.json."
    )


@dataclass(frozen=True, slots=True)
class Held:
    """One head that the visitor holds."""

    number: int | None
    verdict: Verdict


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "auditor", _list),
        Place("POST", PAGE, "auditor", _compare),
    )


async def _list(visit: Visit) -> Response:
    return await _page(visit)


async def _compare(visit: Visit) -> Response:
    """Hold what she sends against what is kept; nothing of it is stored."""
    file = await visit.file("file")
    text = (file or b"").decode("utf-8", "replace").strip() or visit.typed("text")
    if not text:
        raise BadInput(N_("Choose a file with heads, or paste one."))
    if len(text) > _LONGEST:
        raise BadInput(_TOO_LONG)
    found = list(_objects(text))
    if len(found) > _MOST_HELD:
        raise BadInput(_TOO_LONG)
    numbers = sorted({n for each in found if (n := _number(each)) is not None})
    async with visit.store.transaction() as tx:
        known = {kept.number: kept for kept in await heads.between(tx, numbers)}
    return await _page(visit, [_judged(each, known) for each in found])


async def _page(visit: Visit, held: list[Held] | None = None) -> Response:
    me = Witness("person", str(visit.person.id))
    async with visit.store.transaction() as tx:
        newest = await heads.latest(tx, _LATEST)
        sent = await heads.sent_to(tx, me, [kept.number for kept in newest])
    return visit.page(
        "auditor_heads.html",
        newest=[
            (kept, kept.file()["root"], sent.get(kept.number, "")) for kept in newest
        ],
        held=held,
    )


def _objects(text: str) -> Iterator[Any]:
    """Yield each head of a file: one, a list or what /heads answers, or one a line."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        for line in filter(None, map(str.strip, text.splitlines())):
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield None
        return
    if isinstance(read, dict) and isinstance(read.get("heads"), list):
        read = read["heads"]
    yield from read if isinstance(read, list) else [read]


def _number(head: Any) -> int | None:
    number = head.get("number") if isinstance(head, dict) else None
    is_number = type(number) is int and 0 < number < _LARGEST
    return number if is_number else None


def _judged(head: Any, known: dict[int, Kept]) -> Held:
    number = _number(head)
    if number is None:
        return Held(None, Verdict.UNREADABLE)
    kept = known.get(number)
    if kept is None:
        return Held(number, Verdict.UNKNOWN)
    same = _signed(kept.file()) == _signed(head)
    return Held(number, Verdict.AGREES if same else Verdict.DIFFERS)


def _signed(head: dict[str, Any]) -> dict[str, Any]:
    """Return the signature and what it covers; a time stamp may be missing."""
    return {name: value for name, value in head.items() if name != "timestamp"}
