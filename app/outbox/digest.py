"""What a message says that tells of several notices at once.

The subject holds nothing of any case. Each notice is said as it would be by
itself, without its command; what all of them ask of their reader is said once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app.outbox import sentences as words
from app.outbox.messages import moment_of, word
from app.outbox.owed import Channel
from app.wording.line import Line

# What of a single notice is left out of one among many.
_ONCE = frozenset({words.DISCREET, words.COMMAND})
# Those of which the date lies behind, whenever they are read.
_PAST = frozenset({"missed", "review_missed"})


@dataclass(frozen=True, slots=True)
class Item:
    """One notice among several; its times are told in its site's zone."""

    zone: ZoneInfo
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A notice to be told: template and params, and the zone of its site."""

    template: str
    params: Mapping[str, Any]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Digest:
    """Several notices before a language is chosen."""

    subject: Line
    opening: Item
    items: tuple[Item, ...]
    closing: Line


def gather(parts: Iterable[Part]) -> Digest:
    """Return one mail for these notices: the nearest date first, undated last."""
    ordered = _by_date(parts)
    count = len(ordered)
    return Digest(
        subject=Line(words.DIGEST_SUBJECT, {"count": count}),
        opening=_opening(ordered, words.DIGEST, words.DIGEST_BY),
        items=tuple(
            Item(part.zone, _said(word(part.template, part.params, Channel.MAIL).lines))
            for part in ordered
        ),
        closing=Line(words.DIGEST_DISCREET),
    )


def gather_text(parts: Iterable[Part]) -> Item:
    """Return one text message for these: how many, and the nearest date."""
    return _opening(_by_date(parts), words.DIGEST_TEXT, words.DIGEST_TEXT_BY)


def _said(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.message not in _ONCE)


def _opening(parts: list[Part], plain: str, dated: str) -> Item:
    """Say how many they are and the nearest date, where one lies ahead."""
    ahead = [part for part in parts if part.template not in _PAST and _due(part)]
    count = {"count": len(parts)}
    if not ahead:
        return Item(parts[0].zone, (Line(plain, count),))
    line = Line(dated, {**count, "due_at": _due(ahead[0])})
    return Item(ahead[0].zone, (line,))


def _by_date(parts: Iterable[Part]) -> list[Part]:
    def key(part: Part) -> tuple[bool, float, str]:
        due_at = _due(part)
        if due_at is not None and not isinstance(due_at, datetime):
            due_at = datetime.combine(due_at, time(), part.zone)
        number = str(part.params.get("number", ""))
        return (due_at is None, due_at.timestamp() if due_at else 0.0, number)

    return sorted(parts, key=key)


def _due(part: Part) -> date | datetime | None:
    value = part.params.get("due_at")
    return moment_of(value) if value else None
