#!/usr/bin/env python3
"""Check an export of a Threadline ledger, with Python 3.11 or later and nothing else.

    python verify_ledger.py FILE.zip [--opened opened.zip] [--head HEAD.json ...]
                            [--key TLK1-...] [--json]

FILE.zip is what `threadline ledger export` wrote. opened.zip is what its part
opened.zip.age holds, decrypted with your own key (`age -d -i KEY opened.zip.age >
opened.zip`). HEAD.json are the hourly heads that you were sent: keep them, for
they alone show that nothing was taken away or written anew since.

Exit status 0: everything follows; 1: something does not, and is named; 2: a file
cannot be read.
"""

import argparse
import gc
import hashlib
import json
import os
import sys
import zipfile
import zlib
from array import array
from base64 import b32decode, b32encode
from calendar import monthrange
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import IO, Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

Span = tuple[int, int]  # microseconds since 1970, in UTC

HEAD, EXPORT = b"threadline head 1|", b"threadline export 1|"  # what is signed for what
HEAD_FIELDS = ("format", "key", "number", "hour", "previous", "root")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
SECOND, DAY = 1_000_000, 86_400_000_000
SHOWN = 25  # problems of one kind that are printed for people; --json has them all


class Unreadable(Exception):
    """What stands in the way of any check, with what to do about it."""


class Problem(NamedTuple):
    """Something that does not follow: of which check, where, and what."""

    check: str
    where: str
    what: str


@dataclass(slots=True)
class Report:
    """What was checked, what was found, and what could not be judged."""

    about: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)  # to be compared

    def wrong(self, check: str, where: str, what: str) -> None:
        self.problems.append(Problem(check, where, what))


# --- Signatures: Ed25519 as RFC 8032 has it ---------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def read_point(data: bytes) -> Point | None:
    """Return the point of the curve that 32 bytes stand for, if they stand for one."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    squared = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if x * x % P != squared:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != squared or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


@lru_cache(maxsize=8)
def multiples(point: Point) -> list[list[Point]]:
    """Return j times 256^i times the point, for every i and j under 32 and 256."""
    rows = []
    for _ in range(32):
        row: list[Point] = [(0, 1, 1, 0)]
        for _ in range(255):
            row.append(add(row[-1], point))
        rows.append(row)
        point = add(row[-1], point)
    return rows


def times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    for row in multiples(point):
        if scalar & 255:
            total = add(total, row[scalar & 255])
        scalar >>= 8
    return total


BASE = read_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether this Ed25519 signature of the message is by this public key."""
    public = read_point(key) if len(key) == 32 else None
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or BASE is None or len(signature) != 64 or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    minus = (P - public[0], public[1], public[2], P - public[3])
    k = int.from_bytes(digest, "little") % ORDER
    x, y, z, _ = add(times(scalar, BASE), times(k, minus))
    inverse = pow(z, -1, P)
    parity = (x * inverse % P & 1) << 255
    return (y * inverse % P | parity).to_bytes(32, "little") == signature[:32]


# --- Public keys as text: TLK1, an id of eight letters, the key --------------------

LETTERS, RFC = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def key_id(raw: bytes) -> str:
    """Return the eight letters by which a key is named in what it signed."""
    number = int.from_bytes(hashlib.blake2b(raw, digest_size=5).digest(), "big")
    return "".join(LETTERS[number >> shift & 31] for shift in range(35, -1, -5))


def read_key(text: str) -> bytes:
    """Return the 32 bytes of a public key; its id shows a slip of the pen."""
    shown = "".join(text.upper().split()).replace("-", "")
    letters = shown.translate(str.maketrans("OIL", "011")).removeprefix("T1K1")
    try:
        plain = letters[8:].translate(str.maketrans(LETTERS, RFC))
        raw = b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        raw = b""
    written = b32encode(raw).decode().rstrip("=")
    if len(raw) != 32 or written != plain or key_id(raw) != letters[:8]:
        raise Unreadable(
            f"{text!r} is no public key: write it as the programme gave it to you,"
            " TLK1- and the letters that follow."
        )
    return raw


# --- Reading the files -------------------------------------------------------------


class Archive:
    """A zip file whose parts are read as they are needed."""

    def __init__(self, file: str | IO[bytes], named: str) -> None:
        self.named = named
        try:
            self._zip = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile) as error:
            raise Unreadable(
                f"{named} cannot be read as a zip file ({error}): ask for it again."
            ) from None
        self.names = self._zip.namelist()
        if len(set(self.names)) < len(self.names):
            raise Unreadable(f"{named} holds two files of one name: ask for it again.")

    def open(self, name: str) -> IO[bytes]:
        if name not in self.names:
            raise Unreadable(f"{self.named} lacks {name}: ask for the export again.")
        return self._zip.open(name)

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def json(self, name: str) -> Any:
        return parsed(self.read(name), name)

    def lines(self, name: str) -> Iterator[bytes]:
        with self.open(name) as file:
            rest = b""
            while chunk := file.read(1 << 20):
                *whole, rest = (rest + chunk).split(b"\n")
                yield from whole
            yield from [rest] * bool(rest)

    def records(self, name: str) -> Iterator[Any]:
        for number, line in enumerate(self.lines(name), 1):
            yield parsed(line, f"{name}, line {number}")


def digest_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


_decode = json.JSONDecoder().raw_decode


@lru_cache(maxsize=4096)
def _short(text: str) -> Any:
    return _decode(text)[0]


def value_of(text: str) -> Any:
    """Return what a fact says; no list is shared by two."""
    return _decode(text)[0] if text[:1] in "[{" else _short(text)


def parsed(text: bytes, where: str) -> Any:
    try:
        value, end = _decode(line := text.decode())
        if not line[end:].strip():
            return value
        why = "there is more behind it"
    except ValueError as error:
        why = str(error)
    raise Unreadable(f"{where} is no JSON ({why}): ask for it again.")


@lru_cache(maxsize=4096)
def micros(text: str) -> int:
    """Return a time as microseconds since 1970; it must carry its offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return (at - EPOCH) // MICRO


def shown(at: int) -> str:
    return (EPOCH + at * MICRO).isoformat()


# --- Working time, told by a calendar's text ---------------------------------------


class CannotReckon(Exception):
    """A due time for which something is missing, or that no calendar reaches."""


class Calendar:
    """When a site works; made of one version's text as the ledger names it."""

    def __init__(self, text: str) -> None:
        raw = json.loads(text)
        self.zone = ZoneInfo(raw["zone"])
        self.week = raw["hours"]  # by weekday, Monday first: minutes of the day
        self.rest = {*raw["rest"], *(n for n in range(7) if not self.week[n])}
        self.rows = [
            (date_number(row["day"]), date_number(row["until"] or row["day"]), row)
            for row in raw["days"]
        ]
        self._dates: dict[int, list[Span]] = {}
        self._utc_days: dict[int, list[Span]] = {}
        self.ends: dict[Span, int] = {}  # of working days: by the first, and how many

    @classmethod
    def every_day(cls, zone: str) -> "Calendar":
        week = [[[0, 1440]]] * 7
        return cls(json.dumps({"zone": zone, "hours": week, "rest": [], "days": []}))

    def wall(self, at: int) -> datetime:
        """Return what a clock at the site shows."""
        moment = EPOCH + at * MICRO
        return moment.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def instant(self, local: datetime) -> int:
        """Return when a clock at the site first shows that; if never, as it jumps."""
        return (local.replace(tzinfo=self.zone, fold=0) - EPOCH) // MICRO

    def on(self, day: int) -> list[Span]:
        """Return the windows of work that start on a date, counted from 1970."""
        if day not in self._dates:
            midnight = datetime.combine(EPOCH.date() + timedelta(days=day), time())
            ends = [
                [self.instant(midnight + timedelta(minutes=m)) for m in window]
                for window in self._minutes(day)
            ]
            self._dates[day] = [(start, end) for start, end in ends if start < end]
        return self._dates[day]

    def _minutes(self, day: int) -> list[list[int]]:
        weekday = (day + 3) % 7  # 1970 began on a Thursday
        for first, last, row in self.rows:
            if first <= day <= last:
                is_closed = row["hours"] is None
                rests = first < last and weekday in self.rest
                return [] if is_closed or rests else row["hours"]
        return [] if weekday in self.rest else self.week[weekday]

    def in_utc_day(self, day: int) -> list[Span]:
        """Return the work between two midnights of UTC, no moment in it twice."""
        if day not in self._utc_days:
            near = (self.on(number) for number in range(day - 2, day + 2))
            clipped = [
                (max(start, day * DAY), min(end, (day + 1) * DAY))
                for spans in near
                for start, end in spans
            ]
            self._utc_days[day] = merged(clipped)
        return self._utc_days[day]


def date_number(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH.toordinal()


def merged(spans: Iterable[Any]) -> list[Any]:
    """Return spans in order, joined where they touch, without the empty ones."""
    found: list[Any] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], closed: Sequence[Span]) -> Sequence[Span]:
    for since, until in closed:
        spans = [
            part
            for start, end in spans
            for part in ((start, min(end, since)), (max(start, until), end))
            if part[0] < part[1]
        ]
    return spans


def capped(pauses: Iterable[Span], calendar: Calendar) -> list[Span]:
    """Return the pauses in order, cut off when seven days by the clock are used."""
    left, kept = timedelta(days=7), []
    for since, until in merged(pauses):
        start, end = calendar.wall(since), calendar.wall(until)
        if end - start <= left:
            kept.append((since, until))
        elif left:
            kept.append((since, calendar.instant(start + left)))
        left = max(left - max(end - start, timedelta()), timedelta())
    return kept


def due(opened: int, promise: str, calendar: Calendar, pauses: Sequence[Span]) -> int:
    """Return when a promise made at `opened` is due.

    s, m, h: so much time later. d, mo, y: at the same local time of a later date.
    wd: as the last window of that many working days later ends, the first day not
    counted. wh: when so many hours have been worked. Pauses count for nothing.
    """
    unit = promise.lstrip("0123456789")
    amount = int(promise.removesuffix(unit))
    closed = capped(pauses, calendar) if pauses else []
    if unit == "wd":
        return _by_days(opened, amount, calendar, closed)
    if unit == "wh":
        return _by_hours(opened, amount * 3600 * SECOND, calendar, closed)
    if unit in ("d", "mo", "y"):
        return _by_the_wall(opened, amount, unit, calendar, closed)
    end = opened + amount * {"s": 1, "m": 60, "h": 3600}[unit] * SECOND
    for since, until in closed:
        if opened < until and since < end:
            end += until - max(since, opened)
    return end


def _by_days(opened: int, count: int, calendar: Calendar, closed: list[Span]) -> int:
    first = day = calendar.wall(opened).toordinal() - EPOCH.toordinal()
    if not closed and (first, count) in calendar.ends:
        return calendar.ends[first, count]
    left, idle = count, 0
    while left:
        day, idle = day + 1, idle + 1
        if without(calendar.on(day), closed):
            left, idle = left - 1, 0
        if idle > 400:
            raise CannotReckon("its calendar has no working day for a year")
    end = max(end for _, end in calendar.on(day))
    if not closed:
        calendar.ends[first, count] = end
    return end


def _by_hours(opened: int, left: int, calendar: Calendar, closed: list[Span]) -> int:
    day = opened // DAY
    for number in range(day, day + 4000):
        for start, end in without(calendar.in_utc_day(number), closed):
            length = end - max(start, opened)
            if length >= left:
                return end - length + left
            left -= max(length, 0)
    raise CannotReckon("its calendar has no such number of working hours")


def _by_the_wall(
    opened: int, amount: int, unit: str, calendar: Calendar, closed: list[Span]
) -> int:
    start = calendar.wall(opened)
    if unit == "d":
        end = start + timedelta(days=amount)
    else:
        months = start.year * 12 + start.month - 1 + amount * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        last = monthrange(year, month + 1)[1]
        end = start.replace(year=year, month=month + 1, day=min(start.day, last))
    walls = merged((calendar.wall(s), calendar.wall(e)) for s, e in closed)
    for since, until in walls:
        if since < end:
            end += max(until - max(since, start), timedelta())
    return calendar.instant(end)


# --- Who says it, and is it whole --------------------------------------------------


def check_manifest(archive: Archive, key: str, report: Report) -> tuple[Any, bytes]:
    """Check the manifest's signature and the digest of every file beside it."""
    body = archive.read("manifest.json")
    manifest = parsed(body, "manifest.json")
    for name in ("format", "site", "from", "to", "made_at", "key", "files"):
        if not isinstance(manifest, dict) or name not in manifest:
            raise Unreadable(f"manifest.json lacks {name!r}: ask for the export again.")
    if manifest["format"] != "threadline-ledger-export-1":
        raise Unreadable(
            f"This export is of the format {manifest['format']!r}: check it with the"
            " verify_ledger.py that it holds."
        )
    own = read_key(manifest["key"])
    public = read_key(key) if key else own
    if not key:
        report.notes.append(
            f"The key {key_id(own)} is the export's own word: compare it with the one"
            " that you were given by another way, or give that with --key."
        )
    elif own != public:
        report.wrong("signature", "manifest.json", "names another key than yours.")
    said = archive.read("manifest.sig").decode(errors="replace")
    try:
        signature = bytes.fromhex(said)
    except ValueError:
        signature = b""
    is_written_so = said == f"{signature.hex()}\n"
    if not is_written_so or not is_signed(public, EXPORT + body, signature):
        report.wrong("signature", "manifest.json", "is not signed by this key.")
    beside = {"manifest.json", "manifest.sig"}
    for name in sorted({*archive.names, *manifest["files"]} - beside):
        if name not in manifest["files"]:
            report.wrong("files", name, "is not named in the manifest.")
        elif name not in archive.names:
            report.wrong("files", name, "is named in the manifest and is missing.")
        elif digest_of(archive.open(name)) != manifest["files"][name]:
            report.wrong("files", name, "is not the file that the manifest names.")
    report.counts["files"] = len(manifest["files"])
    return manifest, public


# --- The chain of the site, and the hourly heads over all chains -------------------


class Head:
    """One hourly head; the digest is what the next one names as previous."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        plain = {name: raw[name] for name in HEAD_FIELDS}
        if plain["format"] != "threadline-head-1" or type(plain["number"]) is not int:
            raise ValueError("no head of this format")
        text = json.dumps(
            plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True
        )
        self.raw, self.number, self.hour = raw, plain["number"], plain["hour"]
        self.body, self.at = text.encode(), micros(plain["hour"])
        self.digest = hashlib.sha256(self.body).hexdigest()

    def is_genuine(self, public: bytes) -> bool:
        signature = bytes.fromhex(self.raw["signature"])
        is_named = self.raw["key"] == key_id(public)
        return is_named and is_signed(public, HEAD + self.body, signature)


MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)


def read_chain(archive: Archive, report: Report) -> bytes:
    """Return the leaves of the chain, 32 bytes each, numbered from 1 without gaps."""
    leaves = bytearray()
    for n, line in enumerate(archive.lines("chain.jsonl"), 1):
        try:
            leaf = bytes.fromhex(line[9:73].decode())
        except ValueError:
            leaf = b""
        if len(leaf) != 32 or line != b'{"leaf":"%b","n":%d}' % (line[9:73], n):
            report.wrong("chain", f"event {n}", "is not line by line the next one.")
        leaves += leaf.ljust(32, b"\0")[:32]
    report.counts["events"] = len(leaves) // 32
    return bytes(leaves)


def tips_of(leaves: bytes, lengths: Iterable[int]) -> dict[int, bytes]:
    """Return the hash that stands for the chain at each of these lengths."""
    wanted, tip, found = set(lengths), b"", {0: b""}
    sha256 = hashlib.sha256
    for n in range(1, len(leaves) // 32 + 1):
        leaf = leaves[32 * n - 32 : 32 * n]
        tip = sha256(tip + n.to_bytes(8, "big") + leaf).digest()
        if n in wanted:
            found[n] = tip
    return found


def root_of(index: int, blind: bytes, n: int, tip: bytes, path: list[str]) -> bytes:
    """Return the root to which a chain's blinded tip and its path lead."""
    sha256 = hashlib.sha256
    said = b"chain\0" + blind + n.to_bytes(8, "big") + tip if n else b"empty\0" + blind
    node = sha256(said).digest()
    for level, sibling in enumerate(map(bytes.fromhex, path)):
        pair = sibling + node if index >> level & 1 else node + sibling
        node = sha256(b"node\0" + pair).digest()
    return node


def check_heads(
    archive: Archive, leaves: bytes, public: bytes, report: Report
) -> dict[int, Head]:
    """Hold every head against its signature, the one before, and the chain."""
    heads: list[Head] = []
    for line, raw in enumerate(archive.records("heads.jsonl"), 1):
        try:
            heads.append(Head({**raw, "n": int(raw["n"])}))
        except MALFORMED:
            report.wrong("heads", f"line {line} of heads.jsonl", "is no head.")
    tips = tips_of(leaves, (head.raw["n"] for head in heads))
    for before, head in zip([None, *heads], heads, strict=False):
        try:
            faults = [*_faults_of(head, before, tips, public)]
        except MALFORMED:
            faults = ["is not written as the format has it."]
        for what in faults:
            report.wrong("heads", f"head {head.number}", what)
    if heads and heads[-1].raw["n"] != len(leaves) // 32:
        report.wrong("heads", f"head {heads[-1].number}", "does not cover all events.")
    report.counts["heads"] = len(heads)
    return {head.number: head for head in heads}


def _faults_of(
    head: Head, before: Head | None, tips: Mapping[int, bytes], public: bytes
) -> Iterator[str]:
    raw = head.raw
    if not head.is_genuine(public):
        yield "is not signed by the programme's key."
    if before is None:
        if head.number != 1 or raw["previous"]:
            yield "is the first one here: heads 1 and on are missing."
    else:
        if head.number != before.number + 1:
            yield f"follows head {before.number}: what is between them is missing."
        elif raw["previous"] != before.digest:
            yield f"names another head {before.number} as the one before it."
        if head.at != before.at + (head.number - before.number) * 3600 * SECOND:
            yield f"is of {head.hour}, which is not its hour after {before.hour}."
        if raw["index"] != before.raw["index"] and before.raw["n"]:
            yield "has this chain at another place than the head before."
        if raw["n"] < before.raw["n"]:
            yield "covers fewer events than the head before."
    n, blind, root = raw["n"], bytes.fromhex(raw["blind"]), bytes.fromhex(raw["root"])
    if n not in tips:
        yield f"covers {n} events; the chain has fewer."
    elif len(blind) != 32 or not 0 <= raw["index"] < 1 << len(raw["path"]):
        yield "has no place for this chain."
    elif root_of(raw["index"], blind, n, tips[n], raw["path"]) != root:
        yield f"does not hold this chain of {n} events: events up to {n} were changed."


def check_held(
    held: Sequence[Head],
    known: Mapping[int, Head],
    ends_at: int,
    public: bytes,
    report: Report,
) -> None:
    """Hold the export's heads against those that somebody outside has kept."""
    last, covered, newer = max(known, default=0), 0, 0
    for head in sorted(held, key=lambda head: head.number):
        own, what = known.get(head.number), ""
        if not head.is_genuine(public):
            what = "is not signed by this programme's key."
        elif own is not None and own.body != head.body:
            what = "is not the one in the export: the ledger was written anew."
        elif own is not None:
            covered = max(covered, own.raw["n"])
        elif head.number < last:
            what = "is missing in the export."
        elif head.at <= ends_at:
            what = (
                "is of the time that the export is about, and is not in it: the end of"
                " the chain is missing. Ask for it again."
            )
        elif head.number == last + 1 > 1 and head.raw["previous"] != known[last].digest:
            what = f"follows another head {last} than this one."
        else:
            newer += 1
        if what:
            report.wrong("held", f"your head {head.number} of {head.hour}", what)
    report.counts["held_heads"], count = len(held), report.counts["events"]
    if not held:
        report.notes.append(
            "You gave no head: whether the end of the chain was taken away or written"
            " anew cannot be judged. Give those that you were sent with --head."
        )
    elif covered < count:
        report.notes.append(
            f"Your heads cover events 1 to {covered} of {count}: whether the rest was"
            " taken away or written anew cannot be judged by them."
        )
    if newer:
        what = "newer than this export: what they cover is not in it."
        report.notes.append(f"{newer} of your heads are {what}")


# --- One case, folded from its events by infra/definitions.md, version 2026-12 -----

COMMITTEES = {"committee", "internal_committee", "safety_committee"}
SENSITIVE = {"GBVH", "CHLD", "RETA", "DISC", "FORC", "FOAS", "CRIS"}
RUNGS = {"committee", "partner", "factory_head", "first_tier", "secretariat", "brand"}
STAGES = ("acknowledge", "first_action", "resolve")
ENDS = ("referred", "withdrawn", "unfounded", "no_contact", "confirmed", "declared")
OUTCOMES = {"resolved": "declared", "in_remediation": "in_remediation"}
OUTCOMES |= {f"closed_{name}": name for name in ENDS}
STATES = dict.fromkeys(("case.opened", "case.reopened", "remediation.ended"), "open")
STATES |= dict.fromkeys(("remediation.begun", "child.kept"), "in_remediation")
STATES["case.resolved"] = "resolved"
NAMED = {  # what an event says of the case anew
    "case.opened": ("site", "country", "category", "route"),
    "site.set": ("site",),
    "category.set": ("category",),
    "case.rerouted": ("route",),
}


@dataclass(slots=True)
class Case:
    """What a case's events come to so far; `take` them in order."""

    id: str
    said: dict[str, Any] = field(default_factory=dict)  # of `NAMED`, the latest
    received: int | None = None
    calendar: str = ""  # the first one that a promise names
    state: str = ""
    is_part: bool = False
    is_reopened: bool = False
    has_moved: bool = False
    rungs: set[str] = field(default_factory=set)
    asked: set[tuple[Any, Any, Any]] = field(default_factory=set)  # brands, on steps
    is_answered: bool = False
    is_reprisal: bool = False
    checked: str = ""  # the latest answer to the question for reprisals
    waiting: str = ""  # blank, waiting or unanswered
    pauses: list[Span] = field(default_factory=list)
    due: dict[tuple[str, int], int] = field(default_factory=dict)
    met: dict[tuple[str, int], int] = field(default_factory=dict)
    missed: set[tuple[str, int]] = field(default_factory=set)
    affected: int = 1

    def take(self, at: int, kind: str, texts: Mapping[str, str]) -> list[Any]:
        """Follow one event; return the promises that it set."""
        if kind not in FOLLOWED_KINDS and "set" not in texts:
            return []
        facts = {
            name: value_of(text) for name, text in texts.items() if name in FOLLOWED
        }
        for name in NAMED.get(kind, ()):
            self.said[name] = facts[name]
        self.state = STATES.get(kind, self.state)
        match kind:
            case "case.opened":
                self.received = at
            case "site.set":
                self.has_moved = True
            case "case.closed" | "main.followed":
                self.state = facts["state"]
                self.is_reopened |= (kind, self.state) == ("main.followed", "reopened")
            case "case.reopened":
                self.is_reopened = True
            case "case.joined":
                self.is_part = True
                for clock in facts["stopped"]:
                    for last in sorted(k for k in self.due if k[0] == clock)[-1:]:
                        del self.due[last]
            case "case.unjoined":
                self.is_part = False
            case "case.escalated" if facts["to"]:
                self.rungs.add(facts["rung"])
                if facts["rung"] == "brand":
                    self.asked.add((facts["step"], facts["clock"], facts["round"]))
            case "brand.promised" | "rung.answered":
                self.is_answered |= bool(self.asked) and self._answers(kind, facts)
            case "reprisal.reported":
                self.is_reprisal = True
            case "reprisal.checked":
                self.checked = facts["answer"]
            case "reprisal.asked" | "reprisal.unanswered":
                self.waiting = kind.removeprefix("reprisal.").replace(
                    "asked", "waiting"
                )
            case "remedy.finished":
                self.affected = max(self.affected, facts.get("beneficiaries") or 0)
            case "pause.begun":
                self.pauses.append((at, micros(facts["until"])))
            case "pause.ended" if self.pauses:
                self.pauses[-1] = self.pauses[-1][0], at
            case "clock.met":
                self.met.setdefault((facts["clock"], facts["round"]), at)
            case "clock.missed":
                self.missed.add((facts["clock"], facts["round"]))
        entries: list[Any] = facts.get("set", [])
        for entry in entries:
            self.due[entry["clock"], entry["round"]] = micros(entry["due_at"])
            self.calendar = self.calendar or entry["calendar"]
        return entries

    def _answers(self, kind: str, facts: Mapping[str, Any]) -> bool:
        """Tell whether this is a brand's answer to a rung on which it was told."""
        if kind == "brand.promised" or facts.get("late") is True:
            return True
        _, _, *parts = facts["rung"].split(":")
        if not parts[-1].isdigit():
            parts.pop()
        return (facts["step"], ":".join(parts[:-1]), int(parts[-1])) in self.asked

    def kept(self, stage: str) -> str:
        """Return how the judged promise of a stage was kept; blank without one."""
        keys = [key for key in self.due if key[0] == stage]
        if not keys or self.is_part:
            return ""
        judged = max(keys) if stage == "resolve" else min(keys)
        if judged in self.met:
            return "in_time" if self.met[judged] < self.due[judged] else "late"
        return "late" if judged in self.missed else "running"

    def measures(self) -> dict[str, int]:
        """Return what the case adds to the sums of its quarter, by name."""
        if self.said["category"] == "INFO":
            return {"info": 1}
        named = ["parts" if self.is_part else "cases"]
        named += ["complaints", OUTCOMES.get(self.state, "open")]
        named += [f"{stage}_{kept}" for stage in STAGES if (kept := self.kept(stage))]
        for rung in self.rungs & RUNGS:
            named.append(f"rung_{rung.removeprefix('factory_')}")
        named += ["brand_asked"] * ("brand" in self.rungs)
        named += ["brand_answered"] * self.is_answered
        named += ["reopened"] * self.is_reopened
        reprisal = "yes" if self.is_reprisal else self.checked or self.waiting
        named += ["reprisal_asked"] * bool(reprisal)
        named += [f"reprisal_{reprisal}"] * (reprisal not in ("", "waiting"))
        named += ["paused"] * any(start < end for start, end in self.pauses)
        named += ["bypassed"] * (self.said["route"] not in COMMITTEES)
        return dict.fromkeys(named, 1) | {"affected": self.affected}

    def is_known_to_committee_of(self, site: str) -> bool:
        said = self.said
        is_theirs = said["route"] in COMMITTEES and said["site"] == site
        return is_theirs and said["category"] not in SENSITIVE


FOLLOWED_KINDS = {  # the events, and below the facts, that any rule above reads
    *(*STATES, *NAMED, "case.closed", "main.followed", "case.joined", "case.unjoined"),
    *("case.escalated", "brand.promised", "rung.answered", "remedy.finished"),
    *("reprisal.reported", "reprisal.checked", "reprisal.asked", "reprisal.unanswered"),
    *("pause.begun", "pause.ended", "clock.met", "clock.missed"),
}
FOLLOWED = {
    *("site", "country", "category", "route", "state", "stopped", "to", "rung", "step"),
    *("clock", "round", "late", "answer", "beneficiaries", "until", "set"),
}


# --- What is opened: every event, every due time, what each case adds ---------------


@dataclass(slots=True)
class Part:
    """What some of the cases come to; those of several processes are put together."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    numbers: "array[int]" = field(default_factory=lambda: array("q"))  # n, all events
    unmoved: "array[int]" = field(default_factory=lambda: array("q"))  # n, seq, n...
    added: dict[int, Counter[tuple[str, str]]] = field(default_factory=dict)

    def join(self, other: "Part") -> None:
        self.counts.update(other.counts)
        self.problems += other.problems
        self.cases += other.cases
        self.numbers += other.numbers
        self.unmoved += other.unmoved
        for end, sums in other.added.items():
            self.added.setdefault(end, Counter()).update(sums)

    def sums(self, last: int) -> Counter[tuple[str, str]]:
        """Return what was counted, by quarter and measure, up to an event's number."""
        total: Counter[tuple[str, str]] = Counter()
        for end, added in self.added.items():
            if end <= last:
                total.update(added)
        return total


class Ground(NamedTuple):
    """What cases are followed on: a chain, calendars, and when they are counted."""

    leaves: bytes
    site: str
    texts: dict[str, str]  # of calendars, by name
    ends: list[int]  # numbers of events after which something was counted


def check_events(lines: Iterable[bytes], ground: Ground) -> Part:
    """Follow cases whose events stand together, in their order."""
    cases = Cases(ground)
    for line in lines:
        cases.take(line)
    cases.close()
    return cases.part


class Cases:
    """Goes through events, one case after the other."""

    def __init__(self, ground: Ground) -> None:
        self.part = Part()
        self._ground = ground
        self._calendars: dict[str, Calendar] = {}
        self._name, self._bytes = "", b""
        self._case: Case | None = None
        self._own = array("q")  # n and seq of the case's events
        self._at_end, self._adds = 0, dict[tuple[str, str], int]()

    def take(self, line: bytes) -> None:
        n = 0
        try:
            raw, _ = _decode(line.decode())
            n, at, kind, facts = raw["n"], raw["at"], raw["kind"], raw["facts"]
            if raw["case"] != self._name:
                self._begin(raw["case"])
            self.part.numbers.append(n)
            leaf, texts = leaf_of(self._bytes, at, kind, facts)
            is_held = n > 0 and self._ground.leaves[32 * n - 32 : 32 * n] == leaf
            if is_held and kind.isprintable():
                self._follow(n, raw["seq"], micros(at), kind, texts)
            else:
                self._wrong("opened", n, "is not what the chain holds there.")
        except MALFORMED as error:
            self._wrong("opened", n, f"is not as the format has it: {error!r}.")

    def close(self) -> None:
        """The case has no more events: so it stands at all later ends."""
        case = self._case
        if case is not None:
            if self._own and case.received is None:
                self._wrong("opened", self._own[0], "is not how a case begins.")
            if self._at_end < len(self._ground.ends):
                self._count(case)
            if not case.has_moved:
                self.part.unmoved += self._own
        self._at_end, self._adds, self._own = 0, {}, array("q")

    def _begin(self, name: str) -> None:
        self.close()
        self._name, self._bytes, self._case = name, UUID(name).bytes, Case(name)
        self.part.cases.append(name)

    def _wrong(self, check: str, n: int, what: str) -> None:
        where = f"event {n}, of case {self._name[:8]}"
        self.part.problems.append(Problem(check, where, what))

    def _follow(
        self, n: int, seq: int, at: int, kind: str, texts: dict[str, str]
    ) -> None:
        case, ends, own = self._case, self._ground.ends, self._own
        assert case is not None
        if own and (n <= own[-2] or seq <= own[-1]):
            self._wrong("opened", n, "is out of its case's order.")
        if seq > ends[-1]:
            self._wrong("opened", n, "has a number after the last one of all.")
        while self._at_end < len(ends) and ends[self._at_end] < seq:
            self._count(case)
        own.append(n)
        own.append(seq)
        for entry in case.take(at, kind, texts):
            self._check_due(case, entry, n)

    def _count(self, case: Case) -> None:
        """Let the case add to the sums of the next end as it stands now."""
        now, end = self._added_by(case), self._ground.ends[self._at_end]
        if now != self._adds:
            sums = self.part.added.setdefault(end, Counter())
            sums.update(now)
            sums.subtract(self._adds)
        self._at_end, self._adds = self._at_end + 1, now

    def _added_by(self, case: Case) -> dict[tuple[str, str], int]:
        said = case.said
        if case.received is None or not case.is_known_to_committee_of(
            self._ground.site
        ):
            return {}
        zone = "zone:Asia/Dhaka" if said["country"] == "BD" else "zone:Asia/Kolkata"
        try:
            day = self._calendar(case.calendar or zone).wall(case.received)
        except (CannotReckon, *MALFORMED) as error:
            self._wrong("figures", self._own[-2], f"counts on no day: {error}.")
            return {}
        quarter = f"{day.year}-Q{(day.month + 2) // 3}"
        return {(quarter, name): number for name, number in case.measures().items()}

    def _calendar(self, name: str) -> Calendar:
        if name not in self._calendars:
            if name.startswith("zone:"):
                found = Calendar.every_day(name.removeprefix("zone:"))
            elif name in self._ground.texts:
                found = Calendar(self._ground.texts[name])
            else:
                raise CannotReckon(f"the calendar {name} is not in the export")
            self._calendars[name] = found
        return self._calendars[name]

    def _check_due(self, case: Case, entry: Mapping[str, Any], n: int) -> None:
        promise, named = entry["promise"], f"{entry['clock']}, round {entry['round']},"
        if not promise:
            self.part.counts["chosen_times"] += 1
            return
        self.part.counts["due_times"] += 1
        try:
            calendar = self._calendar(entry["calendar"])
            pauses = case.pauses[: entry["paused"]]
            found = due(micros(entry["opened_at"]), promise, calendar, pauses)
        except (CannotReckon, *MALFORMED) as error:
            what = f"sets {named} to a due time that cannot be reckoned: {error}."
            self._wrong("due times", n, what)
            return
        if found != micros(entry["due_at"]):
            self._wrong(
                "due times",
                n,
                f"sets {named} to {entry['due_at']}; {promise} from"
                f" {entry['opened_at']} on calendar {entry['calendar']} is"
                f" {shown(found)}.",
            )


# The facts that figures and due times are reckoned from: these must be opened.
NEEDED = frozenset(
    {
        *("site", "country", "category", "severity", "route", "channel", "language"),
        *("by", "state", "stopped", "to", "rung", "step", "clock", "round", "late"),
        *("answer", "beneficiaries", "until", "set"),
    }
)
# These are opened beside them, as they tell of nobody who complained.
HARMLESS = frozenset({"actor", "side", "is_late", "policy", "percent"})

_in_order: dict[tuple[str, ...], list[str]] = {}  # names of facts: the needed ones


def leaf_of(
    case: bytes, at: str, kind: str, facts: Sequence[Sequence[Any]]
) -> tuple[bytes, dict[str, Any]]:
    """Return the hash by which the chain holds an event, and its facts by name.

    Each has its salt. What nothing is reckoned from may stay unopened, and is None
    then: its hash stands for it, where the salt would be.
    """
    by_name, sha256 = {name: text for name, text, _ in facts}, hashlib.sha256
    names = tuple(by_name)
    if names not in _in_order:
        if [*names] != sorted(names) or "\0" in "".join(names):
            raise ValueError("its facts are out of order")
        _in_order[names] = [name for name in names if name in NEEDED]
    salts = bytes.fromhex("".join([salt for _, _, salt in facts]))
    if len(salts) != 32 * len(facts) or len(names) != len(facts):
        raise ValueError("a fact lacks a whole salt, or stands twice")
    for name in _in_order[names]:
        if by_name[name] is None:
            raise ValueError("a fact that is needed is not opened")
    parts = [b"event\0" + case + f"{at}\0{kind}\0".encode()]
    start = 0
    for name, text in by_name.items():
        salt = salts[start : start + 32]
        start += 32
        if text is not None:
            salt = sha256(b"fact\0" + salt + f"{name}\0{text}".encode()).digest()
        parts.append(salt)
    return sha256(b"".join(parts)).digest(), by_name


def in_batches(lines: Iterable[bytes], size: int = 4000) -> Iterator[bytes]:
    """Cut the events into pieces of some thousand lines, never through a case."""
    batch: list[bytes] = []
    before = b""
    for line in lines:
        start = line.find(b'"case":"') + 8
        case = line[start : start + 36]
        if len(batch) >= size and case != before:
            yield b"\n".join(batch)
            batch = []
        batch.append(line)
        before = case
    yield b"\n".join(batch)


_ground: Ground | None = None  # of a process that helps


def _stand_on(ground: Ground) -> None:
    global _ground
    _ground = ground


def _help(batch: bytes) -> Part:
    assert _ground is not None
    gc.disable()  # nothing here holds itself
    return check_events(batch.split(b"\n") if batch else [], _ground)


def check_all_events(archive: Archive, ground: Ground, processes: int) -> Part:
    """Check the events with as many processes as there are; with one, without any."""
    lines = archive.lines("events.jsonl")
    if processes < 2:
        return check_events(lines, ground)
    whole = Part()
    waiting: deque[Future[Part]] = deque()
    with ProcessPoolExecutor(processes, None, _stand_on, (ground,)) as pool:
        for batch in in_batches(lines):
            waiting.append(pool.submit(_help, batch))
            if len(waiting) > 3 * processes:  # no more in memory than is in work
                whole.join(waiting.popleft().result())
        for done in waiting:
            whole.join(done.result())
    return whole


MANY = 30_000  # events, from which more processes than one are worth their start


def check_opened(archive: Archive, leaves: bytes, report: Report) -> None:
    """Hold the opened events against the chain, and all that follows from them."""
    claims, texts = archive.json("claims.json"), archive.json("calendars.json")
    published = read_published(archive, claims, report)
    ends = sorted({claims["last_seq"], *(row["last_seq"] for row in published)})
    ground = Ground(leaves, claims["site"], texts, ends)
    is_large = len(leaves) // 32 >= MANY
    processes = os.cpu_count() or 1 if is_large else 1
    part = check_all_events(archive, ground, processes)
    report.problems += part.problems
    names = Counter(part.cases)
    report.counts |= {
        "cases": len(names),
        "opened": len(part.numbers),
        "due_times": part.counts["due_times"],
        "chosen_times": part.counts["chosen_times"],
    }
    for name in sorted(name for name, times in names.items() if times > 1):
        report.wrong("opened", f"case {name[:8]}", "does not stand in one piece.")
    if len(set(part.numbers)) < len(part.numbers):
        report.wrong("opened", "events.jsonl", "has events twice.")
    _check_order(part.unmoved, report)
    check_figures(claims, published, part, report)


def _check_order(numbers: "array[int]", report: Report) -> None:
    """Cases that never moved stand in the chain in the order of their numbers."""
    before = 0
    for n, seq in sorted(zip(numbers[::2], numbers[1::2], strict=True)):
        if seq <= before:
            what = f"is said to be number {seq} of all, but comes after {before}."
            report.wrong("opened", f"event {n}", what)
        before = seq


# --- Figures -----------------------------------------------------------------------

SUMS = {  # figures that are the sum of several measures; others are called as theirs
    "resolved": ("confirmed", "declared"),
    "not_resolved": (*ENDS[:4], "in_remediation", "open"),
}
RATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "resolution_rate": (("confirmed", "declared"), ("complaints",)),
    "confirmation_rate": (("confirmed",), ("complaints",)),
    "declared_rate": (("declared",), ("complaints",)),
}
for _stage in STAGES:
    _in, _late = f"{_stage}_in_time", f"{_stage}_late"
    RATES[f"{_stage}_on_time_share"] = (_in,), (_in, _late)
MEASURES = {
    *("cases", "complaints", "info", "parts", "affected", "history", "unrecorded"),
    *(*ENDS, "in_remediation", "open", "reopened", "paused", "bypassed"),
    *(f"{stage}_{kept}" for stage in STAGES for kept in ("in_time", "late", "running")),
    *(f"rung_{rung.removeprefix('factory_')}" for rung in RUNGS),
    *("brand_asked", "brand_answered"),
    *(f"reprisal_{word}" for word in ("asked", "yes", "no", "unsaid", "unanswered")),
}


def figure_of(figure: str, sums: Mapping[str, int]) -> float | None:
    """Return a figure by its id; None for a rate of nothing. KeyError: not known."""
    if figure in RATES:
        part, whole = (sum(sums.get(m, 0) for m in names) for names in RATES[figure])
        return _percent(part, whole) if whole else None
    if figure not in SUMS and figure not in MEASURES:
        raise KeyError(figure)
    return sum(sums.get(name, 0) for name in SUMS.get(figure, (figure,)))


def _percent(part: int, whole: int) -> float:
    return (2000 * part + whole) // (2 * whole) / 10


def of_period(period: str, sums: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Return the sums of one quarter, or of the four of a year."""
    found: Counter[str] = Counter()
    for (quarter, measure), number in sums.items():
        if quarter == period or quarter.startswith(f"{period}-"):
            found[measure] += number
    return found


def read_published(
    archive: Archive, claims: Mapping[str, Any], report: Report
) -> list[dict[str, Any]]:
    """Check the releases; return what they tell of the site, as published.jsonl has it.

    Only whether a row rests on unopened events is taken from that file.
    """
    told: dict[str, dict[str, Any]] = {}
    report.counts |= {"releases": 0, "figures_elsewhere": 0}
    counted: dict[tuple[str, str], int] = {}  # last events, by audience and time
    for line, release in enumerate(archive.records("releases.jsonl"), 1):
        try:
            told |= _told_by(release, claims, counted, report)
        except MALFORMED:
            where = f"line {line} of releases.jsonl"
            report.wrong("figures", where, "is not as the format has it.")
    if not report.releases:
        report.notes.append("No release is in it: what was published is not judged.")
    rows: dict[str, dict[str, Any]] = {}
    for line, row in enumerate(archive.records("published.jsonl"), 1):
        try:
            plain = {name: row[name] for name in row if name != "opened"}
            what = "" if told.get(_named(row)) == plain else "is not in the release."
            what = f"stands twice, at line {line}." if _named(row) in rows else what
            rows[_named(row)] = {**plain, "opened": row["opened"] is True}
        except MALFORMED:
            where = f"line {line} of published.jsonl"
            report.wrong("figures", where, "is not as the format has it.")
            continue
        if what:
            report.wrong("figures", _named(row), what)
    for name in told.keys() - rows.keys():
        report.wrong("figures", name, "is in the release, not in published.jsonl.")
    return [
        {**row, "opened": rows[n]["opened"]} for n, row in told.items() if n in rows
    ]


def _told_by(
    release: Mapping[str, Any],
    claims: Mapping[str, Any],
    counted: dict[tuple[str, str], int],
    report: Report,
) -> dict[str, dict[str, Any]]:
    """Check one release, whole as it is; return what it tells of the site, by name."""
    audience, number, cells = (release[n] for n in ("audience", "release", "cells"))
    where = f"release {number} for {audience}"
    text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    if digest != release["sha256"]:
        report.wrong("figures", where, "does not have the SHA-256 that it says.")
    if number != 1 + sum(each["audience"] == audience for each in report.releases):
        report.wrong("figures", where, "is not the next one: releases are missing.")
    report.releases.append({"release": number, "audience": audience, "sha256": digest})
    report.counts["releases"] += 1
    counted.setdefault((audience, release["as_of"]), release["last_seq"])
    found = {}
    for period, by, value, figure, figure_number, told, as_of, has_history in cells:
        is_own = (by, value) == ("site", claims["site"])
        if not is_own or not _lies_within(period, claims["from"], claims["to"]):
            report.counts["figures_elsewhere"] += told == "exact"
            continue
        row = {
            "audience": audience,
            "release": number,
            "period": period,
            "figure": figure,
            "number": figure_number,
            "told": told,
            "as_of": as_of,
            "last_seq": counted.get((audience, as_of), release["last_seq"]),
            "has_history": has_history,
        }
        found[_named(row)] = row
        if as_of is not None and (audience, as_of) not in counted:
            what = f"is said to be of {as_of}, when there was no release."
            report.wrong("figures", _named(row), what)
    return found


def check_figures(
    claims: Mapping[str, Any],
    published: Sequence[Mapping[str, Any]],
    part: Part,
    report: Report,
) -> None:
    counts = report.counts
    unopened = claims["unopened"]
    counts |= {"figures": 0, "figures_unopened": 0, "figures_unknown": 0}
    counts["unopened"] = counts["events"] - counts["opened"]
    counts["due_times_unopened"] = unopened["due_times"]
    if unopened["events"] != counts["unopened"]:
        what = f"says that {unopened['events']} events are unopened; there are {{}}."
        report.wrong("figures", "claims.json", what.format(counts["unopened"]))
    sums = part.sums(claims["last_seq"])
    quarters = {*claims["quarters"], *(quarter for quarter, _ in sums)}
    for quarter in sorted(quarters):
        if _lies_within(quarter, claims["from"], claims["to"]):
            claim = claims["quarters"].get(quarter, {"opened": True, "figures": {}})
            if claim["figures"] is None and not claim["opened"]:
                counts["figures_unopened"] += len(MEASURES)
                continue
            found = of_period(quarter, sums)
            for measure in sorted({*claim["figures"], *found}):
                number = claim["figures"].get(measure, 0)
                where = f"{measure} of {quarter} as the service counts it"
                most = 0 if claim["opened"] else counts["unopened"]
                is_opened = claim["opened"]
                _check_one(measure, number, found, where, is_opened, most, report)
    totals: dict[tuple[int, str], dict[str, int]] = {}
    complaints = {
        _base(row): row["number"]
        for row in published
        if row["figure"] == "complaints" and row["told"] == "exact"
    }
    for row in published:
        try:
            if row["told"] != "exact" or row["has_history"]:
                counts["figures_unknown"] += row["told"] == "exact"
                continue
            key = last, period = row["last_seq"], row["period"]
            if key not in totals:
                totals[key] = of_period(period, part.sums(last))
            found, most = totals[key], counts["unopened"]
            if _base(row) in complaints and row["figure"] not in ("complaints", "info"):
                unseen = complaints[_base(row)] - found.get("complaints", 0)
                most = max(0, min(most, unseen))
            _check_one(
                *(row["figure"], row["number"], found, _named(row)),
                *(row["opened"], most, report),
            )
        except MALFORMED:
            report.wrong("figures", _named(row), "is not as the format has it.")
    if counts["figures_unopened"] and not counts["unopened"]:
        what = "says that figures rest on unopened events, and there are none."
        report.wrong("figures", "claims.json", what)


def _named(row: Mapping[str, Any]) -> str:
    figure, release = f"{row['figure']} of {row['period']}", f"release {row['release']}"
    return f"{figure}, {release} for {row['audience']}"


def _base(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what rows have in common that count the same complaints."""
    names = ("audience", "release", "period", "last_seq", "has_history")
    return tuple(row[name] for name in names)


def _check_one(
    figure: str,
    said: float,
    sums: Mapping[str, int],
    where: str,
    is_opened: bool,
    most: int,
    report: Report,
) -> None:
    """Hold one figure against the events; `most`: so many cases may be unopened."""
    try:
        found = figure_of(figure, sums)
    except KeyError:
        report.counts["figures_unknown"] += 1
        return
    if is_opened:
        report.counts["figures"] += 1
        if found != said:
            shown = "nothing" if found is None else found
            report.wrong("figures", where, f"is said to be {said}; it is {shown}.")
        return
    report.counts["figures_unopened"] += 1
    low, high = _bounds(figure, sums, most)
    if not low <= said <= high:
        what = f"is said to be {said}; with unopened events it is {low} to {high}."
        report.wrong("figures", where, what)


def _bounds(figure: str, sums: Mapping[str, int], most: int) -> tuple[float, float]:
    """Return what a figure is at least and at most with so many unopened cases.

    Each can only add one to a sum, save that many people may be affected.
    """
    if figure not in RATES:
        low = figure_of(figure, sums) or 0
        return low, float("inf") if figure == "affected" and most else low + most
    part, whole = (sum(sums.get(m, 0) for m in names) for names in RATES[figure])
    if not whole + most:
        return float("inf"), 0  # a rate of nothing is not told
    return _percent(part, whole + most), _percent(part + most, whole + most)


def _lies_within(period: str, since: str, until: str) -> bool:
    year, _, quarter = period.partition("-Q")
    first, last = (3 * int(quarter) - 2, 3 * int(quarter)) if quarter else (1, 12)
    start = date(int(year), first, 1)
    end = date(int(year), last, monthrange(int(year), last)[1])
    return since <= start.isoformat() and end.isoformat() <= until


# --- All of it ---------------------------------------------------------------------


def check(
    file: str | IO[bytes],
    *,
    opened: str | IO[bytes] | None = None,
    heads: Iterable[tuple[str, bytes]] = (),
    key: str = "",
) -> Report:
    """Check an export; `heads`: those held, each with its name and content.

    Raises `Unreadable` where nothing can be said at all.
    """
    report = Report()
    held = [_held(name, content) for name, content in heads]
    archive = Archive(file, "the export")
    manifest, public = check_manifest(archive, key, report)
    report.about = {name: manifest[name] for name in ("site", "from", "to", "made_at")}
    report.about["key"] = key_id(public)
    try:
        _check_all(archive, manifest, public, held, opened, report)
    except (Unreadable, zipfile.BadZipFile, zlib.error, EOFError, *MALFORMED) as error:
        what = f"is not as the format has it: {error}"
        if not report.problems:
            raise Unreadable(f"The export {what}") from None
        report.wrong("files", "the export", what)
    return report


def _check_all(
    archive: Archive,
    manifest: Mapping[str, Any],
    public: bytes,
    held: Sequence[Head],
    opened: str | IO[bytes] | None,
    report: Report,
) -> None:
    leaves = read_chain(archive, report)
    if manifest.get("length") != len(leaves) // 32:
        report.wrong("chain", "the chain", "is not as long as the manifest says.")
    known = check_heads(archive, leaves, public, report)
    if manifest.get("head") != max(known, default=0):
        report.wrong(
            "heads", "the last head", "is not the one that the manifest names."
        )
    inner = None if opened is None else _open_inner(opened, manifest, report)
    # While the site's zone is closed, the end of the day where that comes first.
    east = "Etc/GMT-14"
    zone = ZoneInfo(inner.json("site.json")["timezone"] if inner else east)
    midnight = datetime.fromisoformat(manifest["to"]) + timedelta(days=1)
    ends_at = (midnight.replace(tzinfo=zone) - EPOCH) // MICRO - 1
    check_held(held, known, min(ends_at, micros(manifest["made_at"])), public, report)
    if inner is not None:
        check_opened(inner, leaves, report)
    elif manifest.get("mandate"):
        report.notes.append(
            "The events stay closed: give their part, decrypted with the key of your"
            " mandate, with --opened (or --identity of `threadline verify`)."
        )
    else:
        report.notes.append(
            "The export holds no opened events, as it was made without a mandate: due"
            " times and figures cannot be recomputed."
        )


def _open_inner(
    file: str | IO[bytes], manifest: Mapping[str, Any], report: Report
) -> Archive:
    if isinstance(file, str):
        try:
            with open(file, "rb") as content:
                digest = digest_of(content)
        except OSError as error:
            raise Unreadable(f"{file} cannot be read: {error.strerror}.") from None
    else:
        digest = digest_of(file)
    if digest != manifest.get("opened"):
        what = "is not the one that the manifest names."
        report.wrong("files", "the opened part", what)
    return Archive(file, "the opened part")


def _held(name: str, content: bytes) -> Head:
    try:
        return Head(parsed(content, name))
    except MALFORMED:
        raise Unreadable(
            f"{name} is no head: give the file as it was sent to you, with its fields"
            f" {', '.join(HEAD_FIELDS)} and signature."
        ) from None


COUNTED = {
    "files": "files beside the manifest",
    "events": "events in the chain",
    "heads": "heads in the export",
    "held_heads": "heads that you hold",
    "cases": "cases opened",
    "opened": "events opened and held against the chain",
    "unopened": "events unopened: sensitive, forgotten, or of other times",
    "due_times": "due times recomputed",
    "due_times_unopened": "due times that cannot be, as their events are unopened",
    "chosen_times": "due times that somebody chose",
    "figures": "figures recomputed",
    "figures_unopened": "figures that cannot be, as some of their events are unopened",
    "figures_unknown": "figures that cannot be: imported history, or not known here",
    "figures_elsewhere": "figures of the whole programme, of other tables and of other"
    " times, not to be recomputed from one site's export",
    "releases": "releases in the export",
}
COMPARE = {  # where the SHA-256 of a release was told beside
    "public": "the results page and /stats.json",
    "auditor": "the auditor's room",
}


def as_json(report: Report) -> dict[str, Any]:
    return {
        "format": "threadline-verdict-1",
        "ok": not report.problems,
        **report.about,
        "counts": report.counts,
        "problems": [problem._asdict() for problem in report.problems],
        "notes": report.notes,
        "releases": report.releases,
    }


def in_words(report: Report) -> str:
    about = report.about
    lines = [
        f"Ledger of site {about['site']}, {about['from']} to {about['to']}, exported"
        f" {about['made_at']}, signed by {about['key']}"
    ]
    lines += [
        f"{report.counts[name]:>12,}  {words}"
        for name, words in COUNTED.items()
        if name in report.counts
    ]
    lines += [
        f"Release {each['release']} ({each['audience']}): SHA-256 {each['sha256']}:"
        f" compare it with {COMPARE.get(each['audience'], 'what was published')}"
        for each in report.releases
    ]
    lines += [f"Note: {note}" for note in report.notes]
    by_check: dict[str, list[Problem]] = {}
    for problem in report.problems:
        by_check.setdefault(problem.check, []).append(problem)
    for check, problems in by_check.items():
        lines += [f"WRONG ({check}): {p.where} {p.what}" for p in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"... and {len(problems) - SHOWN} more of {check}: see --json")
    count = len(report.problems)
    verdict = f"{count} things do NOT follow." if count else "Everything here follows."
    return "\n".join([*lines, verdict])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a Threadline ledger export.")
    parser.add_argument("file", metavar="FILE.zip")
    parser.add_argument("--opened", help="opened.zip, decrypted with your key")
    parser.add_argument("--head", nargs="+", action="extend", default=[])
    parser.add_argument("--key", default="", help="the programme's public key")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    gc.disable()  # nothing here holds itself, and there is much of it
    try:
        heads = [(name, _content(name)) for name in asked.head]
        report = check(asked.file, opened=asked.opened, heads=heads, key=asked.key)
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if asked.json:
        sys.stdout.write(json.dumps(as_json(report), indent=2) + "\n")
    else:
        sys.stdout.write(in_words(report) + "\n")
    return 1 if report.problems else 0


def _content(name: str) -> bytes:
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror}.") from None


if __name__ == "__main__":
    sys.exit(main())
