"""What a link of the ledger commits to.

Each fact is hashed under its own 32-byte random salt. The salts are sealed
under the case's key: destroy the key and no fact of a past event can be
guessed any more, not even one that has only two possible values, while the
chain over the leaves still verifies.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.case import CaseFile, Deadline, Milestone, Pause, Signature

SALT_BYTES = 32


class Fact(NamedTuple):
    """One fact of an event, its value already canonical JSON."""

    name: str
    value: str
    salt: bytes

    def commitment(self) -> bytes:
        name, value = self.name.encode(), self.value.encode()
        return hashlib.sha256(b"fact\0%b%b\0%b" % (self.salt, name, value)).digest()


def facts_of(values: Mapping[str, Any], salts: Iterable[bytes]) -> tuple[Fact, ...]:
    """Return the facts in order of name, each under the next salt."""
    return tuple(
        Fact(name, canonical(values[name]), salt)
        for name, salt in zip(sorted(values), salts, strict=True)
    )


def leaf(case_id: UUID, at: datetime, kind: str, facts: Iterable[Fact]) -> bytes:
    """Return the hash that stands for an event in the chain."""
    when = at.astimezone(UTC).isoformat().encode()
    head = b"event\0%b%b\0%b\0" % (case_id.bytes, when, kind.encode())
    return hashlib.sha256(
        head + b"".join([fact.commitment() for fact in facts])
    ).digest()


def link(previous: bytes, seq: int, event_leaf: bytes) -> bytes:
    """Return the chain's hash after event number `seq` (from 1)."""
    return hashlib.sha256(previous + seq.to_bytes(8, "big") + event_leaf).digest()


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str
).encode


_PLAIN = {None: "null", True: "true", False: "false"}


def canonical(value: Any) -> str:
    """Return the one JSON text of a value."""
    if value is None or value is True or value is False:
        return _PLAIN[value]
    return str(value) if type(value) is int else _encode(value)


def standing(case: CaseFile) -> str:
    """Return a digest of where a case stands, clocks included.

    Every change of a case commits to it, so that a row edited behind the
    ledger's back no longer agrees with the case's last event.
    """
    return hashlib.sha256(canonical(snapshot(case)).encode()).hexdigest()


def snapshot(case: CaseFile) -> dict[str, Any]:
    standing = {name: getattr(case, name) for name in _STANDING}
    for name in _LATER:
        if standing[name] in _UNSET:
            del standing[name]
    return {
        name: value if type(value) in _JSON else _plain(value)
        for name, value in standing.items()
    }


_UNSET: tuple[Any, ...] = (None, (), frozenset())
_JSON = frozenset({str, int, bool, type(None)})
_STANDING = tuple(sorted(field.name for field in fields(CaseFile)))
# Fields that came after the first ledgers: unset, they are no part of a standing,
# so that what was committed to before them still agrees.
_LATER = (
    *("filed_by", "is_taken_over", "may_call", "milestones", "rating", "reach_part"),
    *("rungs", "statutory", "joined_to", "drawn", "taken_by", "brand_lead"),
    *("came_of", "is_read", "is_unheard", "reads_first", "held"),
)
_CLOCK = tuple(field.name for field in fields(Deadline))
_BASIS = 3  # the last fields of a clock, which came later as well


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it, the same whatever its order was."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Deadline):
        names = _CLOCK if value.promise else _CLOCK[:-_BASIS]
        return [_plain(getattr(value, name)) for name in names]
    if isinstance(value, Signature | Pause | Milestone):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, frozenset):
        return sorted(str(member) for member in value)
    if isinstance(value, tuple):
        members = [_plain(member) for member in value]
        return sorted(members, key=canonical) if _are_clocks(value) else members
    return value


def _are_clocks(value: tuple[Any, ...]) -> bool:
    return bool(value) and isinstance(value[0], Deadline)


def clocks_set(before: CaseFile | None, after: CaseFile) -> list[dict[str, Any]]:
    """Return what was started or moved between the two, each with its basis.

    With the case's pauses this is enough to reckon every due time again.
    """
    known = {(c.name, c.round): c for c in before.clocks} if before else {}
    return [
        {
            "clock": clock.name,
            "round": clock.round,
            "opened_at": clock.opened_at.astimezone(UTC).isoformat(),
            "promise": clock.promise,
            "calendar": clock.calendar,
            "paused": clock.paused,
            "due_at": clock.due_at.astimezone(UTC).isoformat(),
        }
        for clock in after.clocks
        if _basis(known.get((clock.name, clock.round))) != _basis(clock)
    ]


def _basis(clock: Deadline | None) -> tuple[Any, ...] | None:
    if clock is None:
        return None
    return (clock.promise, clock.calendar, clock.paused, clock.opened_at, clock.due_at)
