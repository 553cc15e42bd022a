"""What a carrier's request says: texts, reports, calls."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from app.carriers.fields import (
    Tree,
    holds,
    is_known_as,
    listed,
    needed,
    raw_at,
    short,
    text_at,
    tree_of,
)
from app.carriers.letters import clean, decoded
from app.carriers.model import Carrier, Codes, Fate, Places, Reading, TextsIn, Words
from app.carriers.numbers import number_from
from app.carriers.wire import Arrived, Knock, Rang, Reported, Told, Why
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


def texts_in(carrier: Carrier, knock: Knock) -> Told[Arrived]:
    """Return the texts; `BadInput` where the request as a whole cannot be read."""
    texts = carrier.texts
    if texts is None:
        raise BadInput("this carrier brings no texts")
    return _told(texts.reading, knock, lambda item: _arrived(texts, item))


def reports_in(carrier: Carrier, knock: Knock) -> Told[Reported]:
    """Return what is told of texts of ours; words that mean nothing are passed by.

    What our own address says (`m`, `a`) goes before what is in the report, but not
    where a seal over the body is all that shows who knocks.
    """
    reports = carrier.reports
    if reports is None:
        raise BadInput("this carrier makes no reports")
    asked = our_fields(knock.query)
    goes_first = not carrier.is_sealed_alone

    def read(item: Tree) -> Reported | None:
        fate = fate_in(reports.fate, item)
        if fate is None:
            return None
        status, why, code = fate
        of_item = _parted(_short_at(item, reports.ours))
        ours, attempt = _ours(asked, of_item) if goes_first else _ours(of_item, asked)
        given = _short_at(item, reports.id) or None
        return Reported(given, ours, status, attempt, why, code)

    return _told(reports.reading, knock, read)


def _told(reading: Reading, knock: Knock, read: Callable[[Tree], V | None]) -> Told[V]:
    """Read each thing that is told; what cannot be read spoils no other."""
    found: list[V] = []
    unfit: list[str] = []
    passed_by = 0
    for item in listed(reading, tree_of(reading, knock)):
        try:
            one = None if is_known_as(reading.unless, item) else read(item)
        except BadInput as bad:
            unfit.append(str(bad))
            continue
        if one is None:
            passed_by += 1
        else:
            found.append(one)
    return Told(tuple(found), tuple(unfit), passed_by)


def rang_in(carrier: Carrier, knock: Knock) -> Rang | None:
    """Return the missed call; None where the request tells of something else."""
    calls = carrier.calls
    if calls is None:
        raise BadInput("this carrier tells of no calls")
    items = listed(calls.reading, tree_of(calls.reading, knock))
    others = [item for item in items if not is_known_as(calls.reading.unless, item)]
    if not others:
        return None
    item = others[0]
    call_id = short(needed(item, calls.id), calls.id[0])
    if not call_id:
        raise BadInput(f"{calls.id[0]} is blank")
    return Rang(
        call_id=call_id,
        sender=_number(item, calls.sender, calls.home),
        dialled=_number(item, calls.dialled, calls.home),
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
    """Return a text; where its words cannot be read the worker is heard all the same.

    She is asked again then. Of a phone that hides its number nothing would be left.
    """
    sender = _number(item, texts.sender, texts.home)
    words, unread = "", ""
    try:
        words = _words(texts.words, item)
    except BadInput as bad:
        if not sender:
            raise
        unread = str(bad)
    return Arrived(
        message_id=_short_at(item, texts.id) or None,
        sender=sender,
        recipient=_number(item, texts.recipient, texts.home),
        text=words,
        stamp=_short_at(item, texts.stamp),
        unread=unread,
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


def _parted(given: str) -> dict[str, str]:
    """Part our id from the attempt that a file may have put behind a full stop."""
    owed_id, _, attempt = given.partition(".")
    return {"m": owed_id, "a": attempt}


def _ours(*said: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Return the debt and the attempt by the first that names a debt."""
    for each in said:
        given, attempt = each.get("m", ""), each.get("a", "")
        if _OURS.fullmatch(given):
            return given.lower(), int(attempt) if _ATTEMPT.fullmatch(attempt) else None
    return None, None
