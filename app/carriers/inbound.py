"""What a carrier's request says: texts, reports, calls."""

import re
from typing import TypeVar

from app.carriers.fields import (
    Tree,
    holds,
    items_of,
    needed,
    raw_at,
    short,
    text_at,
    tree_of,
)
from app.carriers.letters import clean, decoded
from app.carriers.model import Carrier, Codes, Fate, Places, TextsIn, Words
from app.carriers.numbers import number_from
from app.carriers.wire import Arrived, Knock, Rang, Reported, Why
from app.domain.errors import BadInput

V = TypeVar("V")

# What a text of ours can be said to be, in the outbox's own words.
STATUSES = frozenset(
    "accepted scheduled queued sending sent delivered undelivered failed canceled"
    " partially_delivered read".split()
)
UNDELIVERED = frozenset({"undelivered", "failed", "canceled"})
_OURS = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ATTEMPT = re.compile(r"[0-9]{1,4}")
_CODE = re.compile(r"[A-Za-z0-9_.:/+ -]{1,64}")
_LONG_NUMBER = re.compile(r"(?<!0x)[0-9]{8}")  # SMPP writes 0x00000045


def texts_in(carrier: Carrier, knock: Knock) -> tuple[Arrived, ...]:
    """Return the texts; `BadInput` names what is not as it should be."""
    texts = carrier.texts
    if texts is None:
        raise BadInput("this carrier brings no texts")
    items = items_of(texts.reading, tree_of(texts.reading, knock))
    return tuple(_arrived(texts, item) for item in items)


def reports_in(carrier: Carrier, knock: Knock) -> tuple[Reported, ...]:
    """Return what is told of texts of ours; words that mean nothing are passed by.

    What our own address says (`m`, `a`) goes before what is in the report.
    """
    reports = carrier.reports
    if reports is None:
        raise BadInput("this carrier makes no reports")
    asked = our_fields(knock.query)
    told: list[Reported] = []
    for item in items_of(reports.reading, tree_of(reports.reading, knock)):
        fate = fate_in(reports.fate, item)
        if fate is None:
            continue
        status, why, code = fate
        ours, attempt = _ours(asked, item, reports.ours)
        told.append(
            Reported(
                provider_id=_short_at(item, reports.id) or None,
                ours=ours,
                status=status,
                attempt=attempt,
                why=why,
                code=code,
            )
        )
    return tuple(told)


def rang_in(carrier: Carrier, knock: Knock) -> Rang | None:
    """Return the missed call; None where the request tells of something else."""
    calls = carrier.calls
    if calls is None:
        raise BadInput("this carrier tells of no calls")
    items = items_of(calls.reading, tree_of(calls.reading, knock))
    if not items:
        return None
    call_id = short(needed(items[0], calls.id), calls.id[0])
    if not call_id:
        raise BadInput(f"{calls.id[0]} is blank")
    return Rang(
        call_id=call_id,
        sender=_number(items[0], calls.sender, calls.home),
        dialled=_number(items[0], calls.dialled, calls.home),
    )


def fate_in(fate: Fate, item: Tree) -> tuple[str, Why | None, str] | None:
    """Return status, why and the carrier's code; None where it says nothing known."""
    needed(item, fate.status)
    words = (text_at(item, (place,)) for place in fate.status)
    meanings = (fate.statuses.meaning(word) for word in words if word)
    status = next((meaning for meaning in meanings if meaning), None)
    if status is None:
        return None
    if status not in UNDELIVERED:
        return status, None, ""
    why, code = why_at(fate.whys, fate.code, item)
    return status, why or Why.UNKNOWN, safe_code(code)


def why_at(whys: Codes[V], places: Places, tree: Tree) -> tuple[V | None, str]:
    """Return the first meaning that a code has, and the code; else the first code.

    A file may say at which place a code stands: `error.id=573`.
    """
    codes = [(place, text) for place in places if (text := text_at(tree, (place,)))]
    for place, code in codes:
        meaning = whys.meaning(f"{place}={code}") or whys.meaning(code)
        if meaning is not None:
            return meaning, code
    return None, codes[0][1] if codes else ""


def safe_code(code: str) -> str:
    """Return a code that may be logged; a sentence or a number is none."""
    is_code = _CODE.fullmatch(code) and not _LONG_NUMBER.search(code)
    return code if is_code else ""


def our_fields(query: bytes) -> dict[str, str]:
    """Return what we put into our own address: m the debt, a the attempt."""
    pairs = [pair.partition(b"=") for pair in query.split(b"&")]
    found: dict[str, str] = {}
    for name in ("m", "a"):
        values = [value for key, _, value in pairs if key == name.encode()]
        if len(values) == 1:
            found[name] = values[0].decode("latin-1")
    return found


def _arrived(texts: TextsIn, item: Tree) -> Arrived:
    return Arrived(
        message_id=_short_at(item, texts.id) or None,
        sender=_number(item, texts.sender, texts.home),
        recipient=_number(item, texts.recipient, texts.home),
        text=_words(texts.words, item),
        stamp=_short_at(item, texts.stamp),
    )


def _words(words: tuple[Words, ...], item: Tree) -> str:
    fitting = next((each for each in words if holds(each.when, item)), None)
    if fitting is None:
        raise BadInput(f"{words[0].places[0]} is in no known alphabet")
    raw, place = raw_at(item, fitting.places)
    return clean(decoded(raw, fitting.decode, place))


def _number(item: Tree, places: Places, home: str) -> str:
    return number_from(short(needed(item, places), places[0]), home)


def _short_at(item: Tree, places: Places) -> str:
    return short(text_at(item, places), places[0]) if places else ""


def _ours(
    asked: dict[str, str], item: Tree, places: Places
) -> tuple[str | None, int | None]:
    given, attempt = asked.get("m", ""), asked.get("a", "")
    if not _OURS.fullmatch(given):
        # Beside the id a file may have put the attempt, behind a full stop.
        given, _, attempt = _short_at(item, places).partition(".")
    if not _OURS.fullmatch(given):
        return None, None
    return given.lower(), int(attempt) if _ATTEMPT.fullmatch(attempt) else None
