"""Edits of an export: by somebody on its way, and by the operator who can sign.

Each returns the outer file, the opened part, and what a problem must speak of.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from app.domain.ledger import Fact
from app.receipts.keys import SigningKey
from app.statistics.definitions import FIGURES, Way
from app.statistics.measures import MEASURES, contribution
from app.statistics.model import CaseFacts
from tests.verifier.book import (
    Book,
    Event,
    a_book,
    by_case,
    claims_of,
    facts_of_site,
    lines,
    releases_of,
    zipped,
)

Attempt = tuple[bytes, bytes, str]  # outer, opened, in which words it must be named
Edit = Callable[[Random, Book], Attempt]

OUTER = ("README.txt", "chain.jsonl", "heads.jsonl", "manifest.json", "manifest.sig")
INNER = (
    *("events.jsonl", "calendars.json", "claims.json"),
    *("published.jsonl", "releases.jsonl"),
)


def exported(book: Book, **inner_parts: bytes) -> tuple[bytes, bytes]:
    """Write it all, signed by the book's key; `inner_parts` by name without dot."""
    named = {name.replace("_", "."): body for name, body in inner_parts.items()}
    inner = zipped({**book.opened(), **named})
    return zipped(book.parts(inner)), inner


def flipped(body: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(body.rstrip()))
    return body[:at] + bytes([body[at] ^ (1 << dice.randrange(7))]) + body[at + 1 :]


# ---------------------------------------------------------- without the key


def a_byte_outside(dice: Random, book: Book) -> Attempt:
    inner = zipped(book.opened())
    parts = book.parts(inner)
    name = dice.choice(OUTER)
    parts[name] = flipped(parts[name], dice)
    return zipped(parts), inner, ""


def a_byte_inside(dice: Random, book: Book) -> Attempt:
    files = book.opened()
    outer = zipped(book.parts(zipped(files)))
    name = dice.choice(INNER)
    files[name] = flipped(files[name], dice)
    return outer, zipped(files), "opened part"


def a_file_more_or_less(dice: Random, book: Book) -> Attempt:
    inner = zipped(book.opened())
    parts = book.parts(inner)
    if dice.random() < 0.5:
        parts["more.txt"] = b"read me too"
        return zipped(parts), inner, "more.txt"
    del parts["README.txt"]
    return zipped(parts), inner, "README.txt"


def another_key(dice: Random, book: Book) -> Attempt:
    other = replace(book, key=SigningKey(dice.randbytes(32)))
    return *exported(other.headed()), "key"


# ---------------------------------------- by the operator, signed and chained anew


def covering(book: Book, n: int) -> int:
    """Return how many heads do not cover event `n` yet."""
    return sum(length < n for length in book.lengths)


def rechained(book: Book, events: list[Event], since: int) -> tuple[bytes, bytes]:
    """Write everything that an operator can write anew from that event on."""
    lost = len(book.events) - len(events)
    lengths = [n if n < since else max(n - lost, since - 1) for n in book.lengths]
    lengths[-1] = len(events)
    kept = covering(book, since)
    claims = json.loads(json.dumps(book.claims))
    claims["length"] = len(events)
    claims["unopened"]["events"] = sum(e.case in book.closed for e in events)
    again = replace(
        book, events=tuple(events), lengths=tuple(sorted(lengths)), claims=claims
    )
    return exported(again.headed(kept))


def a_fact(dice: Random, book: Book) -> Attempt:
    n = dice.randrange(len(book.events)) + 1
    events = list(book.events)
    events[n - 1] = events[n - 1].saying(actor=str(UUID(int=dice.getrandbits(128))))
    return *rechained(book, events, n), "your head"


def a_time(dice: Random, book: Book) -> Attempt:
    n = dice.randrange(len(book.events)) + 1
    events = list(book.events)
    earlier = events[n - 1].at - timedelta(minutes=dice.randrange(1, 600))
    events[n - 1] = replace(events[n - 1], at=earlier)
    return *rechained(book, events, n), "your head"


def an_event_less(dice: Random, book: Book) -> Attempt:
    n = dice.randrange(len(book.events)) + 1
    return *rechained(book, [*book.events[: n - 1], *book.events[n:]], n), "your head"


def two_exchanged(dice: Random, book: Book) -> Attempt:
    n = dice.randrange(1, len(book.events))
    events = list(book.events)
    events[n - 1 : n + 1] = events[n], events[n - 1]
    return *rechained(book, events, n), "your head"


def a_tail_anew(dice: Random, book: Book) -> Attempt:
    """The last events happen otherwise, under heads that nobody was ever sent."""
    count = dice.randrange(1, 12)
    since = len(book.events) - count + 1
    tail = [
        replace(event, kind="case.touched", facts=event.facts[:1])
        for event in book.events[since - 1 :]
    ]
    return *rechained(book, [*book.events[: since - 1], *tail], since), "your head"


def a_tail_less(dice: Random, book: Book) -> Attempt:
    """The last hours never were: no event, no head."""
    heads = dice.randrange(2, len(book.lengths))
    count = book.lengths[heads - 1]
    events = book.events[:count]
    again = replace(
        book,
        events=events,
        lengths=book.lengths[:heads],
        heads=book.heads[:heads],
        published=(),
    )
    again = replace(again, claims=claims_of(again))
    return *exported(again), "your head"


def a_head_less(dice: Random, book: Book) -> Attempt:
    at = dice.randrange(len(book.heads) - 1)
    heads = [*book.heads[:at], *book.heads[at + 1 :]]
    return *exported(replace(book, heads=tuple(heads))), "head"


def a_place_in_the_tree(dice: Random, book: Book) -> Attempt:
    at = dice.randrange(2, len(book.heads))
    made = book.heads[at]
    made = dice.choice(
        (
            replace(made, index=made.index ^ 1 << dice.randrange(10)),
            replace(made, blind=flipped(made.blind, dice)),
            replace(made, path=(made.path[1], made.path[0], *made.path[2:])),
            replace(made, n=made.n - 1),
            replace(made, signature=flipped(made.signature, dice)),
        )
    )
    heads = [*book.heads[:at], made, *book.heads[at + 1 :]]
    return *exported(replace(book, heads=tuple(heads))), f"head {at + 1} "


COUNTING = {
    *(("case.opened", "category"), ("case.opened", "route"), ("site.set", "site")),
    *(("case.closed", "state"), ("clock.met", "clock"), ("clock.missed", "round")),
    *(("case.escalated", "to"), ("pause.begun", "until"), ("case.rerouted", "route")),
}


# ------------------------------------ by the operator, in what the chain commits to


def _rewritten(
    book: Book, change: Callable[[list[dict[str, Any]]], str]
) -> tuple[bytes, bytes, str]:
    events = list(book.opened_events())
    named = change(events)
    return *exported(book, events_jsonl=lines(events)), named


def an_opened_fact(dice: Random, book: Book) -> Attempt:
    def change(events: list[dict[str, Any]]) -> str:
        event = dice.choice(events)
        fact = dice.choice([fact for fact in event["facts"] if fact[1] is not None])
        at = dice.randrange(3)
        fact[at] = (
            hashlib.sha256(fact[at].encode()).hexdigest() if at == 2 else fact[at] + "0"
        )
        return f"event {event['n']},"

    return _rewritten(book, change)


def a_fact_as_a_note(dice: Random, book: Book) -> Attempt:
    """Words are not shown; a fact that counts may not be hidden as some."""

    def change(events: list[dict[str, Any]]) -> str:
        event, fact = dice.choice(
            [
                (event, fact)
                for event in events
                for fact in event["facts"]
                if fact[0] == "set" or (event["kind"], fact[0]) in COUNTING
            ]
        )
        hidden = Fact(fact[0], fact[1] or "", bytes.fromhex(fact[2])).commitment().hex()
        fact[:] = [dice.choice((fact[0], "note")), None, hidden]
        return f"event {event['n']},"

    return _rewritten(book, change)


def an_opened_kind_or_time(dice: Random, book: Book) -> Attempt:
    def change(events: list[dict[str, Any]]) -> str:
        event = dice.choice(events)
        name = dice.choice(("kind", "at", "case"))
        event[name] = {
            "kind": "case.resolved.",
            "at": "2026-08-01T00:00:00+00:00",
            "case": str(UUID(int=dice.getrandbits(128))),
        }[name]
        return f"event {event['n']},"

    return _rewritten(book, change)


def facts_exchanged(dice: Random, book: Book) -> Attempt:
    def change(events: list[dict[str, Any]]) -> str:
        event = dice.choice([e for e in events if len(e["facts"]) > 1])
        event["facts"].reverse()
        return f"event {event['n']},"

    return _rewritten(book, change)


def opened_exchanged(dice: Random, book: Book) -> Attempt:
    def change(events: list[dict[str, Any]]) -> str:
        at = dice.choice(
            [
                at
                for at in range(len(events) - 1)
                if events[at]["case"] == events[at + 1]["case"]
            ]
        )
        events[at], events[at + 1] = events[at + 1], events[at]
        return f"event {events[at + 1]['n']},"

    return _rewritten(book, change)


def opened_twice_or_not(dice: Random, book: Book) -> Attempt:
    def change(events: list[dict[str, Any]]) -> str:
        at = dice.randrange(len(events))
        if dice.random() < 0.5:
            del events[at]
            return "unopened"
        events.append(events[at])
        return ""

    return _rewritten(book, change)


def a_claim(dice: Random, book: Book) -> Attempt:
    claims = json.loads(json.dumps(book.claims))
    quarter = dice.choice([*claims["quarters"]])
    figures = claims["quarters"][quarter]["figures"]
    measure = dice.choice([*figures])
    figures[measure] += dice.choice((-1, 1, 5))
    return *exported(replace(book, claims=claims)), f"{measure} of {quarter}"


def named_row(row: Mapping[str, Any]) -> str:
    return f"{row['figure']} of {row['period']}, release {row['release']} "


def a_row(dice: Random, book: Book) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return copies of what was published, and one that tells its number."""
    rows = [dict(row) for row in book.published]
    return rows, dice.choice([row for row in rows if row["told"] == "exact"])


def a_published_number(dice: Random, book: Book) -> Attempt:
    """The release was made of it, and its digest too."""
    rows, row = a_row(dice, book)
    row["number"] += dice.choice((-1, 1, 0.1))
    return *exported(replace(book, published=tuple(rows))), named_row(row)


def a_number_said_to_be_unopened(dice: Random, book: Book) -> Attempt:
    """It is far off, and is said to rest on what nobody opens; so is all beside it."""
    rows, row = a_row(dice, book)
    for each in rows:
        each["opened"] = False
        if each["told"] == "exact" and dice.random() < 0.5:
            each["number"] += 500
    row["number"] = 500 + max(row["number"], 100)
    return *exported(replace(book, published=tuple(rows))), named_row(row)


def a_row_less(dice: Random, book: Book) -> Attempt:
    rows, row = a_row(dice, book)
    left = [each for each in rows if each is not row]
    if dice.random() < 0.2:
        left = []
    return *exported(book, published_jsonl=lines(left)), named_row(row)


def a_row_otherwise(dice: Random, book: Book) -> Attempt:
    """It is not what the release tells; that says as much of nothing, or twice."""
    rows, row = a_row(dice, book)
    changed = dict(row)
    name = dice.choice(("number", "told", "last_seq", "has_history", "as_of", ""))
    changed[name] = {
        "number": row["number"] + 1,
        "told": "withheld",
        "has_history": True,
        "last_seq": row["last_seq"] + 1,
        "as_of": "2026-08-01T00:00:00+00:00",
        "": None,
    }[name]
    if not name:
        rows.append(row)
    written = [changed if each is row and name else each for each in rows]
    return *exported(book, published_jsonl=lines(written)), named_row(row)


def a_cell_of_a_release(dice: Random, book: Book) -> Attempt:
    """Its digest is left as it was told to everybody."""
    releases = list(releases_of(book))
    release = dice.choice(releases)
    cell = dice.choice([cell for cell in release["cells"] if cell[4] is not None])
    cell[4] += 1
    named = f"release {release['release']} for public does not have"
    return *exported(book, releases_jsonl=lines(releases)), named


def a_release_less(dice: Random, book: Book) -> Attempt:
    """The first never was; or the last, of which rows are left."""
    releases = list(releases_of(book))
    gone = releases.pop(dice.choice((0, -1)))["release"]
    rows = book.published
    if gone == 1:
        rows = tuple(row for row in rows if row["release"] != gone)
    written = {"releases_jsonl": lines(releases), "published_jsonl": lines(rows)}
    return *exported(book, **written), "release 2 for public"


def told_of(facts: CaseFacts) -> list[int]:
    """Return what a case adds to each figure that is published of a site."""
    added = dict(zip(MEASURES, contribution(facts), strict=True))
    return [
        sum(added[measure] for measure in figure.measures)
        for figure in FIGURES.values()
        if figure.way is Way.SUM and figure.spread == "all"
    ]


@cache
def telling(book_seed: int) -> list[tuple[Event, str]]:
    """Return opened events without which their case is counted otherwise."""
    book, found = a_book(book_seed), []
    for case, events in by_case(book.events).items():
        if case in book.closed or not facts_of_site(events, book.site, 10**9):
            continue
        (whole,) = facts_of_site(events, book.site, 10**9)
        for event in events[1:]:
            less = facts_of_site([e for e in events if e != event], book.site, 10**9)
            if less and less[0].is_info == whole.is_info:
                differs = told_of(whole) != told_of(less[0])
                found += [(event, whole.quarter)] * differs
    return found


def an_event_withheld(dice: Random, book: Book) -> Attempt:
    """It is said to be unopened as those of sensitive cases are; figures stand."""
    event, quarter = dice.choice(telling(1))
    n = book.events.index(event) + 1
    claims = json.loads(json.dumps(book.claims))
    claims["unopened"]["events"] += 1
    claims["quarters"][quarter] = {"opened": False, "figures": None}
    rows = [
        {**row, "opened": row["opened"] and not quarter.startswith(row["period"])}
        for row in book.published
    ]
    left = [told for told in book.opened_events() if told["n"] != n]
    again = replace(book, claims=claims, published=tuple(rows))
    return *exported(again, events_jsonl=lines(left)), " of 2026"


def an_opening_withheld(dice: Random, book: Book) -> Attempt:
    """The first event of a case is said to be unopened, so that it counts nowhere."""
    told = list(book.opened_events())
    case = dice.choice(told)["case"]
    first, second, *_ = [event for event in told if event["case"] == case]
    claims = json.loads(json.dumps(book.claims))
    claims["unopened"]["events"] += 1
    claims["quarters"] = {
        quarter: {"opened": False, "figures": None} for quarter in claims["quarters"]
    }
    rows = tuple({**row, "opened": False} for row in book.published)
    again = replace(book, claims=claims, published=rows)
    left = lines(event for event in told if event is not first)
    return *exported(again, events_jsonl=left), f"event {second['n']},"


def _set_otherwise(event: Event, dice: Random) -> Event:
    entries = event.values["set"]
    entry = dice.choice([entry for entry in entries if entry["promise"]])
    entry["due_at"] = entry["due_at"].replace("2026-", "2027-")
    return event.saying(set=entries)


def a_due_time(dice: Random, book: Book) -> Attempt:
    """The service itself set a wrong one; the chain and all heads are of it."""
    n = dice.choice(
        [
            n
            for n, event in enumerate(book.events, 1)
            if event.case not in book.closed and event.values.get("set")
        ]
    )
    events = list(book.events)
    events[n - 1] = _set_otherwise(events[n - 1], dice)
    again = replace(book, events=tuple(events)).headed()
    return *exported(again), f"event {n},"


# What the heads held show, and nothing else could.
BEHIND_HEADS: tuple[Edit, ...] = (
    *(a_fact, a_time, an_event_less, two_exchanged, a_tail_anew, a_tail_less),
)
EDITS: tuple[Edit, ...] = (
    *(a_byte_outside, a_byte_inside, a_file_more_or_less, another_key),
    *BEHIND_HEADS,
    *(a_head_less, a_place_in_the_tree),
    *(
        an_opened_fact,
        a_fact_as_a_note,
        an_opened_kind_or_time,
        facts_exchanged,
        opened_exchanged,
    ),
    *(opened_twice_or_not, a_claim, a_published_number, a_due_time),
    *(a_number_said_to_be_unopened, a_row_less, a_row_otherwise),
    *(a_cell_of_a_release, a_release_less, an_event_withheld, an_opening_withheld),
)
