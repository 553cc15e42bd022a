"""An export as the operator of the service can make it, honest or not.

Cases are lived by the real engine. Everything that an operator could write anew,
chain, heads, signatures and claims, is written from what stands in the `Book`.
"""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from app.actions.opened_cases import OPENED
from app.domain.calendar_text import calendar_text
from app.domain.case import CaseFile, Decision
from app.domain.heads import Head, digest, head_file
from app.domain.ledger import Fact, clocks_set, facts_of, leaf, standing
from app.domain.merkle import NOTHING, Tip, Tree, blind, extended
from app.receipts.keys import Purpose, SigningKey
from app.rehearsal.cast import tales
from app.rehearsal.desks import Desks
from app.rehearsal.people import Tempers
from app.rehearsal.plan import Plan, Shares, Words
from app.rehearsal.stage import Stage
from app.rehearsal.story import Story
from app.statistics.definitions import FIGURES, Way
from app.statistics.fold import Told, fold
from app.statistics.measures import MEASURES, contribution, is_factory
from app.statistics.model import SENSITIVE, CaseFacts, Cell, Told as CellTold
from app.store import releases
from tests.builders import PROGRAMME

START = datetime(2026, 7, 1, tzinfo=UTC)
SINCE, UNTIL = "2026-01-01", "2026-12-31"
KEY = SigningKey(bytes(range(32)))
POSITION = 7
HEADS = 12
LAST_HEAD = datetime(2026, 12, 31, 15, tzinfo=UTC)
FIRST_HEAD = LAST_HEAD - timedelta(hours=HEADS - 1)
BUSY = Plan(
    committees=Shares(3, 2, 1),
    words=Words(2, 1, 1),
    danger=0.05,
    no_site=0.2,
    withdraws=0.2,
    referred=0.1,
    no_contact=0.1,
    paused=0.4,
)


@dataclass(frozen=True)
class Event:
    """One event of the ledger; its facts stand under their salts."""

    seq: int
    case: UUID
    at: datetime
    kind: str
    facts: tuple[Fact, ...]

    @property
    def values(self) -> dict[str, Any]:
        return {fact.name: json.loads(fact.value) for fact in self.facts}

    @property
    def leaf(self) -> bytes:
        return leaf(self.case, self.at, self.kind, self.facts)

    def saying(self, **changed: Any) -> "Event":
        """Return the event with other facts under the same salts."""
        values = self.values | changed
        return replace(self, facts=facts_of(values, [f.salt for f in self.facts]))

    def as_json(self, n: int) -> dict[str, Any]:
        return {
            "n": n,
            "seq": self.seq,
            "case": str(self.case),
            "at": self.at.astimezone(UTC).isoformat(),
            "kind": self.kind,
            "facts": [
                [f.name, None, f.commitment().hex()]
                if f.name not in OPENED
                else [f.name, f.value, f.salt.hex()]
                for f in self.facts
            ],
        }


@cache
def lived(seed: int, cases: int, months: int = 2) -> tuple[Event, ...]:
    """Let cases of a whole programme happen; return all events in their order."""
    dice = Random(seed)
    found: list[Event] = []

    def hear(
        story: Story, was: CaseFile | None, decision: Decision, at: datetime
    ) -> None:
        events = list(decision.events)
        for number, event in enumerate(events, 1):
            values = {**event.facts, "actor": event.actor}
            if dice.random() < 0.1:
                values["note"] = "in her own words"
            if number == len(events):
                values["standing"] = standing(decision.case)
                values |= {"messages": 0, "owed": [], "climbed": 0}
                moved = clocks_set(was, decision.case)
                if moved and decision.refusal is None:
                    values["set"] = moved
            salts = [dice.randbytes(32) for _ in values]
            facts = facts_of(values, salts)
            kept = Event(len(found) + 1, decision.case.id, at, event.kind, facts)
            found.append(kept)

    end = START + timedelta(days=30 * months)
    until = end + timedelta(days=30)
    desks = Desks(PROGRAMME, Tempers.drawn(PROGRAMME, BUSY, seed))
    stage = Stage(desks, BUSY, seed=seed, since=START, until=until, hear=hear)
    stage.play(tales(PROGRAMME, BUSY, cases=cases, seed=seed, start=START, until=end))
    return tuple(found)


def by_case(events: Iterable[Event]) -> dict[UUID, list[Event]]:
    found: dict[UUID, list[Event]] = {}
    for event in events:
        found.setdefault(event.case, []).append(event)
    return found


def was_sensitive(events: Iterable[Event]) -> bool:
    return any(event.values.get("category") in SENSITIVE for event in events)


@dataclass(frozen=True)
class Made:
    """One head with what the export says of it."""

    head: Head
    signature: bytes
    index: int
    blind: bytes
    n: int
    path: tuple[str, ...]

    def file(self) -> dict[str, Any]:
        return head_file(self.head.body, self.signature)

    def line(self) -> dict[str, Any]:
        place = {"index": self.index, "blind": self.blind.hex(), "n": self.n}
        return {**self.file(), **place, "path": list(self.path)}


def hashed(opened: bytes) -> bytes:
    """Stand for an encryption where nobody decrypts."""
    return hashlib.sha256(opened).digest()


@dataclass(frozen=True)
class Book:
    """The chain of one site with all that is exported of it."""

    site: str
    events: tuple[Event, ...]  # in the order of the chain
    lengths: tuple[int, ...]  # of the chain at each head
    heads: tuple[Made, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)
    published: tuple[Mapping[str, Any], ...] = ()
    closed: frozenset[UUID] = frozenset()  # cases that are not opened
    key: SigningKey = KEY

    def headed(self, since: int = 0) -> "Book":
        """Return the book with its heads from that one on made anew."""
        made = list(self.heads[:since])
        tips = _tips(self.events)
        for number, n in enumerate(self.lengths[since:], since + 1):
            made.append(self._head(number, Tip(n, tips[n]), made))
        return replace(self, heads=tuple(made))

    def _head(self, number: int, tip: Tip, before: Sequence[Made]) -> Made:
        secret = hashlib.sha256(b"%d" % number).digest()
        tips = {POSITION: tip if tip.n else NOTHING, 3: Tip(number, b"t" * 32)}
        tree = Tree(secret, 1024, tips)
        hour = FIRST_HEAD + timedelta(hours=number - 1)
        previous = digest(before[-1].head.body) if before else ""
        head = Head(number, hour, self.key.public.id, previous, tree.root.hex())
        signature = self.key.sign(Purpose.HEAD, head.body)
        path = tuple(node.hex() for node in tree.path(POSITION))
        hidden_by = blind(secret, POSITION)
        return Made(head, signature, POSITION, hidden_by, tip.n, path)

    def opened_events(self) -> Iterator[dict[str, Any]]:
        numbered: dict[UUID, list[dict[str, Any]]] = {}
        for n, event in enumerate(self.events, 1):
            if event.case not in self.closed:
                numbered.setdefault(event.case, []).append(event.as_json(n))
        for events in numbered.values():
            yield from events

    def opened(self) -> dict[str, bytes]:
        """Return the files of the opened part."""
        site = PROGRAMME.sites[self.site]
        return {
            "events.jsonl": lines(self.opened_events()),
            "calendars.json": plain(calendar_texts(self.events)),
            "policies.json": plain({}),
            "site.json": plain({"code": site.code, "timezone": site.timezone}),
            "claims.json": plain(self.claims),
            "published.jsonl": lines(self.published),
            "releases.jsonl": lines(releases_of(self)),
        }

    def parts(
        self, opened: bytes | None = None, seal: Callable[[bytes], bytes] = hashed
    ) -> dict[str, bytes]:
        """Return the files of the export, the manifest signed."""
        inner = zipped(self.opened()) if opened is None else opened
        chain = (
            {"n": n, "leaf": event.leaf.hex()} for n, event in enumerate(self.events, 1)
        )
        parts = {
            "README.txt": b"What this is.\n",
            "chain.jsonl": lines(chain),
            "heads.jsonl": lines(made.line() for made in self.heads),
            "opened.zip.age": seal(inner),
        }
        return signed(parts, self, hashlib.sha256(inner).hexdigest())


def _tips(events: Sequence[Event]) -> list[bytes]:
    tips = [NOTHING]
    for event in events:
        tips.append(extended(tips[-1], [event.leaf]))
    return [tip.hash for tip in tips]


def signed(parts: Mapping[str, bytes], book: Book, opened: str) -> dict[str, bytes]:
    manifest = {
        "format": "threadline-ledger-export-1",
        "site": book.site,
        "from": SINCE,
        "to": UNTIL,
        "made_at": LAST_HEAD.isoformat(),
        "mandate": str(UUID(int=5)),
        "key": str(book.key.public),
        "head": len(book.heads),
        "length": len(book.events),
        "files": {
            name: hashlib.sha256(body).hexdigest() for name, body in parts.items()
        },
        "opened": opened,
    }
    body = plain(manifest)
    signature = book.key.sign(Purpose.EXPORT, body).hex() + "\n"
    return {**parts, "manifest.json": body, "manifest.sig": signature.encode()}


def plain(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def lines(values: Iterable[Any]) -> bytes:
    return b"".join(plain(value) + b"\n" for value in values)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, body in parts.items():
            file.writestr(zipfile.ZipInfo(name), body)
    return written.getvalue()


def calendar_texts(events: Iterable[Event]) -> dict[str, str]:
    names = {
        entry["calendar"]
        for event in events
        for entry in event.values.get("set", ())
        if entry["calendar"]
    }
    found = {}
    for name in sorted(names):
        calendar = PROGRAMME.calendar_named(name)
        assert calendar is not None
        found[name] = calendar_text(calendar)
    return found


def facts_of_site(events: Iterable[Event], site: str, last: int) -> list[CaseFacts]:
    """Return the cases that the committee of a site knows after that event."""
    found = []
    for case, told in by_case(events).items():
        so_far = [Told(e.seq, e.at, e.kind, e.values) for e in told if e.seq <= last]
        facts = fold(case, so_far, PROGRAMME.calendar_named, lambda _: None)
        if facts is not None and facts.site == site and is_factory(facts):
            found.append(facts)
    return found


def sums_of(facts: Iterable[CaseFacts], period: str) -> dict[str, int]:
    counted = [contribution(f) for f in facts if f.quarter.startswith(period)]
    return dict(zip(MEASURES, map(sum, zip(*counted, strict=True)), strict=False))


def claims_of(book: Book) -> dict[str, Any]:
    last = max(event.seq for event in book.events)
    shut = [event for event in book.events if event.case in book.closed]
    facts = facts_of_site(book.events, book.site, last)
    return {
        "format": "threadline-claims-1",
        "site": book.site,
        "from": SINCE,
        "to": UNTIL,
        "length": len(book.events),
        "last_seq": last,
        "quarters": {
            quarter: {"opened": True, "figures": sums_of(facts, quarter)}
            for quarter in sorted({f.quarter for f in facts})
        },
        "unopened": {
            "events": len(shut),
            "due_times": sum(len(e.values.get("set", ())) for e in shut),
            "figures": 0,
        },
    }


def published_of(book: Book, cuts: Iterable[int]) -> Iterator[dict[str, Any]]:
    for release, last in enumerate(cuts, 1):
        facts = facts_of_site(book.events, book.site, last)
        for period in ("2026", "2026-Q3", "2026-Q4"):
            sums = sums_of(facts, period)
            for figure in FIGURES.values():
                if figure.way not in (Way.SUM, Way.RATE) or figure.spread != "all":
                    continue
                number: float | None = sum(sums.get(m, 0) for m in figure.measures)
                if figure.way is Way.RATE:
                    of = sum(sums.get(m, 0) for m in figure.of)
                    number = (2000 * number + of) // (2 * of) / 10 if of else None
                yield {
                    "audience": "public",
                    "release": release,
                    "period": period,
                    "figure": figure.id,
                    "number": number,
                    "told": "none" if number is None else "exact",
                    "as_of": None,
                    "last_seq": last,
                    "has_history": False,
                    "opened": True,
                }


def releases_of(book: Book) -> Iterator[dict[str, Any]]:
    """Return the releases that tell what the book says, and of the programme more."""
    by_release: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
    for row in book.published:
        by_release.setdefault((row["release"], row["audience"]), []).append(row)
    for (release, audience), rows in sorted(by_release.items()):
        cells = [
            Cell(
                row["period"],
                "site",
                book.site,
                row["figure"],
                row["number"],
                CellTold(row["told"]),
                None if row["as_of"] is None else datetime.fromisoformat(row["as_of"]),
                row["has_history"],
            )
            for row in rows
        ]
        cells += [
            Cell("2026", *place, "complaints", 900, CellTold.EXACT)
            for place in (("", ""), ("region", "Dhaka"), ("site", "999999"))
        ]
        yield {
            "audience": audience,
            "release": release,
            "as_of": (START + timedelta(days=90 * release)).isoformat(),
            "last_seq": max(row["last_seq"] for row in rows),
            "definitions": "2026-12",
            "threshold": 10,
            "sha256": releases.digest(cells).hex(),
            "cells": releases.rows_of(cells),
        }


@cache
def a_book(seed: int = 1, cases: int = 60) -> Book:
    """Return an honest export of the site with the most events."""
    events = lived(seed, cases)
    sites = {
        case: next(e.values["site"] for e in reversed(told) if "site" in e.values)
        for case, told in by_case(events).items()
    }
    counts = Counter(sites[event.case] for event in events)
    del counts[None]
    site = counts.most_common(1)[0][0]
    chain = tuple(event for event in events if sites[event.case] == site)
    shut = {case for case, told in by_case(chain).items() if was_sensitive(told)}
    count = len(chain)
    lengths = [0, *(count - 3 * n for n in range(HEADS - 2, -1, -1))]
    book = Book(site, chain, tuple(lengths), closed=frozenset(shut)).headed()
    cuts = (chain[count // 2].seq, chain[-1].seq)
    book = replace(book, published=tuple(published_of(book, cuts)))
    return replace(book, claims=claims_of(book))
