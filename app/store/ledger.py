"""Sealing events into the ledger, and proving that nobody touched it."""

import hashlib
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.case import Event
from app.domain.ledger import (
    SALT_BYTES,
    Fact,
    canonical,
    facts_of,
    leaf,
    link,
    standing,
)
from app.store.attachments import file_context
from app.store.engine import Store
from app.store.mapping import CASE_COLUMNS, case_from, deadline_from
from app.store.sealing import CannotOpen, DataKey, pad, unpad

_BATCH = 5000
FORGOTTEN = "case.forgotten"
PROGRAMME = UUID(int=0)  # whose events are of no case


def event_row(
    case_id: UUID, at: datetime, event: Event, key: DataKey, **more: Any
) -> tuple[Any, ...]:
    """Return an event as the ledger takes it."""
    values = {**event.facts, "actor": event.actor, **more}
    salts = os.urandom(SALT_BYTES * len(values))
    facts = facts_of(values, _cut(salts))
    words = canonical([(fact.name, fact.value) for fact in facts]).encode()
    sealed = key.seal(
        pad(len(words).to_bytes(4, "big") + words + salts), _context(case_id)
    )
    return (case_id, at, event.kind, leaf(case_id, at, event.kind, facts), sealed)


def open_facts(sealed: bytes, case_id: UUID, key: DataKey) -> tuple[Fact, ...]:
    opened = unpad(key.open(sealed, _context(case_id)))
    end = 4 + int.from_bytes(opened[:4], "big")
    pairs = json.loads(opened[4:end])
    return tuple(
        Fact(name, value, salt)
        for (name, value), salt in zip(pairs, _cut(opened[end:]), strict=True)
    )


def _context(case_id: UUID) -> str:
    return f"ledger_event|sealed|{case_id}"


def _cut(salts: bytes) -> list[bytes]:
    return [salts[i : i + SALT_BYTES] for i in range(0, len(salts), SALT_BYTES)]


@dataclass(slots=True)
class Verdict:
    """What `ledger verify` found; `problems` are sentences."""

    cases: int = 0
    events: int = 0
    head: str = ""  # the hash that the chain ends with: keep it elsewhere
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


async def verify(store: Store) -> Verdict:
    """Walk the whole chain and hold every case against its last event.

    Reads one snapshot. Forgotten cases verify by the chain alone.
    """
    verdict = Verdict()
    async with (
        store.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        # The service's limit on a statement is not meant for an audit.
        await connection.execute("SET LOCAL statement_timeout = 0")
        keys = await _data_keys(store, connection, verdict)
        claimed = await _walk(connection, keys, verdict)
        await _hold_against_rows(connection, claimed, verdict)
        await _hold_against_words(connection, claimed, keys, verdict)
        await _hold_against_files(connection, claimed, keys, verdict)
        await _hold_against_rooms(connection, claimed, keys, verdict)
    return verdict


async def _data_keys(
    store: Store, connection: Any, verdict: Verdict
) -> dict[UUID, DataKey | None]:
    keys: dict[UUID, DataKey | None] = {}
    async for row in connection.cursor(
        "SELECT id, number, data_key FROM cases", prefetch=_BATCH
    ):
        verdict.cases += 1
        try:
            keys[row["id"]] = (
                store.keyring.unwrap(row["data_key"], row["id"])
                if row["data_key"]
                else None
            )
        except CannotOpen:
            verdict.problems.append(f"case {row['number']}: its key does not open")
            keys[row["id"]] = None
    keys[PROGRAMME] = None
    wrapped = await connection.fetchval("SELECT data_key FROM programme_key")
    try:
        if wrapped is not None:
            keys[PROGRAMME] = store.keyring.unwrap(wrapped, PROGRAMME)
    except CannotOpen:
        verdict.problems.append("the key of the programme's events does not open")
    return keys


@dataclass(slots=True)
class _Claims:
    """What the ledger says of each case: where it stands, what was said."""

    standing: dict[UUID, str] = field(default_factory=dict)
    messages: dict[UUID, int] = field(default_factory=dict)
    heard: dict[UUID, list[str]] = field(default_factory=dict)  # digests
    rows: dict[UUID, str] = field(default_factory=dict)  # digests
    owed: dict[UUID, set[str]] = field(default_factory=dict)  # keys
    # Of each file that was sent along: its case, its digest, its kind.
    files: dict[UUID, tuple[UUID, str, str]] = field(default_factory=dict)
    # What brands wrote, and the words of remedies: the case, and their digest.
    written: dict[tuple[str, UUID], tuple[UUID, str]] = field(default_factory=dict)
    climbed: dict[UUID, int] = field(default_factory=dict)
    forgotten: set[UUID] = field(default_factory=set)
    seen: set[UUID] = field(default_factory=set)


async def _walk(
    connection: Any, keys: dict[UUID, DataKey | None], verdict: Verdict
) -> _Claims:
    claims, tail, expected = _Claims(), b"", 0
    async for row in _events(connection):
        verdict.events += 1
        expected += 1
        seq, case_id = row["seq"], row["case_id"]
        if seq != expected:
            verdict.problems.append(f"events {expected} to {seq - 1} are missing")
            expected = seq
        if link(tail, seq, row["leaf"]) != row["hash"]:
            verdict.problems.append(f"event {seq}: the chain is broken here")
        tail = row["hash"]
        claims.seen.add(case_id)
        if row["kind"] == FORGOTTEN:
            claims.forgotten.add(case_id)
        if case_id not in keys:
            verdict.problems.append(f"event {seq}: its case is gone")
            keys[case_id] = None
        key = keys[case_id]
        if key is not None:
            _open_event(row, key, claims, verdict)
    head = await connection.fetchrow("SELECT seq, hash FROM ledger_head WHERE id = 1")
    verdict.head = tail.hex()
    if head["seq"] != expected or head["hash"] != tail:
        verdict.problems.append(
            f"the chain ends at event {expected}, its head says {head['seq']}"
        )
    return claims


async def _events(connection: Any) -> AsyncIterator[Any]:
    async for row in connection.cursor(
        "SELECT seq, case_id, at, kind, leaf, hash, sealed FROM ledger_event"
        " ORDER BY seq",
        prefetch=_BATCH,
    ):
        yield row


def _open_event(row: Any, key: DataKey, claims: _Claims, verdict: Verdict) -> None:
    case_id = row["case_id"]
    try:
        facts = open_facts(row["sealed"], case_id, key)
    except (CannotOpen, ValueError):
        verdict.problems.append(f"event {row['seq']}: its facts do not open")
        return
    if leaf(case_id, row["at"], row["kind"], facts) != row["leaf"]:
        verdict.problems.append(f"event {row['seq']}: time, kind or facts were changed")
    values = {fact.name: fact.value for fact in facts}
    if "digest" in values:
        claims.heard.setdefault(case_id, []).append(json.loads(values["digest"]))
    if "standing" in values:
        claims.standing[case_id] = json.loads(values["standing"])
    if "attachment" in values:
        file_id = UUID(json.loads(values["attachment"]))
        kept = (json.loads(values[name]) for name in ("sha256", "file"))
        claims.files[file_id] = (case_id, *kept)
    if row["kind"] in _WRITTEN:
        named, said = _WRITTEN[row["kind"]]
        written_id = UUID(json.loads(values[named]))
        claims.written[said, written_id] = case_id, json.loads(values[said])
    if "row" in values:
        claims.rows[case_id] = json.loads(values["row"])
    for name, counted in (("messages", claims.messages), ("climbed", claims.climbed)):
        counted[case_id] = counted.get(case_id, 0) + int(values.get(name, "0"))
    if "owed" in values:
        claims.owed.setdefault(case_id, set()).update(json.loads(values["owed"]))


async def _hold_against_rows(
    connection: Any, claims: _Claims, verdict: Verdict
) -> None:
    clocks: dict[UUID, list[Any]] = {}
    async for row in connection.cursor("SELECT * FROM deadline", prefetch=_BATCH):
        clocks.setdefault(row["case_id"], []).append(row)
    counts = await _per_case(connection, "message")
    climbed = await _per_case(connection, "escalation")
    owed = await _owed_keys(connection)
    async for row in connection.cursor(
        f"SELECT {CASE_COLUMNS}, pin_hash, phone_sealed FROM cases", prefetch=_BATCH
    ):
        wrong = _wrong_with(row, clocks, claims)
        if row["data_key"] is not None and row["id"] in claims.standing:
            if counts.get(row["id"], 0) != claims.messages.get(row["id"], 0):
                wrong.append("messages were added or removed")
            if climbed.get(row["id"], 0) < claims.climbed.get(row["id"], 0):
                wrong.append("escalations were removed")
        if claims.owed.get(row["id"], set()) - owed.get(row["id"], set()):
            wrong.append("messages that were owed were removed")
        verdict.problems += [f"case {row['number']}: {what}" for what in wrong]


def _wrong_with(
    row: Any, clocks: Mapping[UUID, Sequence[Any]], claims: _Claims
) -> list[str]:
    case_id, wrong = row["id"], []
    if case_id not in claims.seen:
        wrong.append("no event speaks of it")
    if (row["data_key"] is None) != (case_id in claims.forgotten):
        wrong.append("it was forgotten, or not, otherwise than its events say")
    if row["data_key"] is None:
        return wrong
    stands = claims.standing.get(case_id)
    if stands is not None and _stands(row, clocks.get(case_id, ())) != stands:
        wrong.append("it stands otherwise than its last event says")
    sealed = row_digest(row["pin_hash"], row["phone_tag"], row["phone_sealed"])
    if claims.rows.get(case_id, sealed) != sealed:
        wrong.append("its PIN or its phone was exchanged")
    return wrong


async def _per_case(connection: Any, table: str) -> dict[UUID, int]:
    rows = await connection.fetch(
        f"SELECT case_id, count(*) AS n FROM {table} GROUP BY case_id"
    )
    return {row["case_id"]: row["n"] for row in rows}


async def _owed_keys(connection: Any) -> dict[UUID, set[str]]:
    keys: dict[UUID, set[str]] = {}
    async for row in connection.cursor(
        "SELECT case_id, key FROM outbox WHERE case_id IS NOT NULL", prefetch=_BATCH
    ):
        keys.setdefault(row["case_id"], set()).add(row["key"])
    return keys


def _stands(row: Any, clocks: Sequence[Any]) -> str | None:
    """Return the digest of a case as its rows say; None where they say nonsense."""
    try:
        return standing(case_from(row, map(deadline_from, clocks)))
    except (ValueError, KeyError, TypeError):
        return None


async def _hold_against_words(
    connection: Any, claims: _Claims, keys: dict[UUID, DataKey | None], verdict: Verdict
) -> None:
    """Open every message; what was said must be what was heard or written."""
    found: dict[UUID, list[str]] = {}
    spoilt: set[UUID] = set()
    async for row in connection.cursor(
        "SELECT case_id, id, direction, body FROM message", prefetch=_BATCH
    ):
        case_id = row["case_id"]
        key = keys.get(case_id)
        if key is None:
            continue
        try:
            words = key.open_text(row["body"], f"message|body|{row['id']}")
        except (CannotOpen, ValueError):
            spoilt.add(case_id)
            continue
        if row["direction"] != "out":
            found.setdefault(case_id, []).append(digest(words))
    for case_id, digests in claims.heard.items():
        if sorted(found.get(case_id, ())) != sorted(digests):
            spoilt.add(case_id)
    if spoilt:
        rows = await connection.fetch(
            "SELECT number FROM cases WHERE id = ANY($1) ORDER BY number", list(spoilt)
        )
        verdict.problems += [
            f"case {row['number']}: what was said is not what was heard" for row in rows
        ]


async def _hold_against_files(
    connection: Any, claims: _Claims, keys: dict[UUID, DataKey | None], verdict: Verdict
) -> None:
    """Open every file that was sent along; it must be what its event kept."""
    left = {
        file_id: case_id
        for file_id, (case_id, *_) in claims.files.items()
        if keys.get(case_id) is not None
    }
    # One at a time: each may have ten megabytes.
    async for row in connection.cursor(
        "SELECT id, case_id, kind, content FROM attachment", prefetch=1
    ):
        expected = claims.files.get(row["id"])
        key = keys.get(row["case_id"])
        if key is None:
            continue
        try:
            content = key.open(row["content"] or b"", file_context(row["id"]))
        except (CannotOpen, ValueError):
            continue
        if (row["case_id"], _sha256(content), row["kind"]) == expected:
            left.pop(row["id"], None)
        else:
            left[row["id"]] = row["case_id"]
    if left:
        rows = await connection.fetch(
            "SELECT number FROM cases WHERE id = ANY($1) ORDER BY number",
            list(left.values()),
        )
        verdict.problems += [
            f"case {row['number']}: what was sent along is not what was kept"
            for row in rows
        ]


# Which facts name what was written in the rooms, and keep its digest.
_WRITTEN = {
    "brand.word_written": ("word", "said"),
    "remedy.planned": ("remedy", "action"),
    "remedy.finished": ("remedy", "evidence"),
}


async def _hold_against_rooms(
    connection: Any, claims: _Claims, keys: dict[UUID, DataKey | None], verdict: Verdict
) -> None:
    """Open what brands and bodies wrote; it must be what its event kept."""
    left = {
        written: case_id
        for written, (case_id, _) in claims.written.items()
        if keys.get(case_id) is not None
    }
    found: dict[tuple[str, UUID], tuple[UUID, str]] = {}
    for row in await connection.fetch("SELECT id, case_id, body FROM brand_word"):
        key = keys.get(row["case_id"])
        words = _opened(key, row["body"], f"brand_word|body|{row['id']}")
        if key is not None:
            found["said", row["id"]] = row["case_id"], digest(words)
    for row in await connection.fetch("SELECT id, case_id, body FROM remedy"):
        key = keys.get(row["case_id"])
        words = _opened(key, row["body"], f"remedy|body|{row['id']}")
        body = json.loads(words) if words else {}
        for part in ("action", "evidence"):
            if key is not None and part in body:
                found[part, row["id"]] = row["case_id"], digest(body[part])
    for written, kept in found.items():
        if claims.written.get(written) == kept:
            left.pop(written, None)
        else:
            left[written] = kept[0]
    if left:
        rows = await connection.fetch(
            "SELECT number FROM cases WHERE id = ANY($1) ORDER BY number",
            list(set(left.values())),
        )
        verdict.problems += [
            f"case {row['number']}: what was written in the rooms is not what was kept"
            for row in rows
        ]


def _opened(key: DataKey | None, sealed: bytes, context: str) -> str:
    """Return what was sealed; blank where it does not open, which nobody wrote."""
    try:
        return key.open_text(sealed, context) if key is not None else ""
    except (CannotOpen, ValueError):
        return ""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def row_digest(
    pin_hash: bytes, phone_tag: bytes | None, phone_sealed: bytes | None
) -> str:
    """Return what the opening event keeps of the case's PIN and phone."""
    parts = (pin_hash, phone_tag or b"", phone_sealed or b"")
    return hashlib.sha256(
        b"".join(hashlib.sha256(p).digest() for p in parts)
    ).hexdigest()


def digest(words: str) -> str:
    """Return what an event keeps of words that were said."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
