"""Every sentence that can reach a phone as a text message, found from the code.

What a registry of texts wants to know of each: where values stand in it, how
long they become, and when it is sent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, permutations
from string import Formatter
from typing import Any

from app.conversation import lines, rights_lines
from app.conversation.staff import lines as staff
from app.conversation.vocabulary import OWN_NAMES
from app.domain.directory import ELSEWHERE, EMERGENCY
from app.domain.taxonomy import LANGUAGES
from app.outbox import sentences as words
from app.outbox.messages import AT_THE_DOOR, word
from app.outbox.owed import LEDGER_HEAD, ROOM_CODE, ROOM_INVITE, Channel
from app.wording.line import Line
from app.wording.phrasings import phrasings
from app.wording.registered import Sentence, Slot, place

# Any weekday may fall into any month; the longest day of a month has two digits.
_DAYS = tuple(
    {
        (day.weekday(), day.month): day
        for n in range(366 * 7)
        if (day := date(2026, 1, 1) + timedelta(days=n)).day > 9
    }.values()
)
_MOMENTS = tuple(datetime(d.year, d.month, d.day, 20, 30, tzinfo=UTC) for d in _DAYS)
_PERSONS_WORDS = "a person's own words stand in it"
_DIGIT = "[0-9]"
_WORDS = Slot(("...",), form=r"[\s\S]", endless=_PERSONS_WORDS, longest=1000)
_STEP = Slot((*staff.STEPS.values(), staff.NO_STEP))
_ITEM = Slot(
    ("2 confidential: confirm 23/12, late",),
    form=f"{_DIGIT}{{1,2}} [^\n:]+: [^\n]+",
    is_whole=True,
    endless="a list of cases is nothing but variables",
)
SLOTS: Mapping[str, Slot] = {
    "number": Slot(("1234-5678",), form="[0-9-]"),
    "pin": Slot(("123456",), "numeric", _DIGIT),
    "date": Slot(_DAYS),
    "due_at": Slot(_MOMENTS),
    "until": Slot(_MOMENTS),
    "emergency": Slot(("999",), "cbn", "[0-9 +-]", longest=20),
    "helpline": Slot(("1800 4252 6500",), "cbn", "[0-9 +-]", longest=20),
    "hotline": Slot(("1800 425 26500",), "cbn", "[0-9 +-]", longest=20),
    "words": _WORDS,
    "short": Slot(("12",), "numeric", _DIGIT),
    "count": Slot(("999",), "numeric", _DIGIT),
    "step": _STEP,
    "code": Slot(("123456",), "numeric", _DIGIT),
    "first": Slot(("1234567",), "numeric", _DIGIT),
    "last": Slot(("1234567",), "numeric", _DIGIT),
    "link": Slot(
        ("https://hotline.example/join/" + "x" * 43,),
        "url",
        r"[^\s]",
        endless="a registry takes only links whose address it knows beforehand",
        longest=300,
    ),
    "name": Slot(("A name",), endless="a person's name stands in it", longest=300),
    "where": Slot(("every case",), endless="places stand in it", longest=2000),
    "by": Slot(("A name",), endless="a person's name stands in it", longest=300),
}
OTHER_EMERGENCY = "another emergency number"
_WORKER = "answers a worker's text"
_MEMBER = "answers a text of a committee member"
# What goes out first: its name, who reads it, and when.
_FIRST: Mapping[str, tuple[str, str, str]] = {
    lines.WORKER_NEWS.message: (
        *("worker-news", "worker"),
        "tells a worker that there is news",
    ),
    lines.STAFF_NOTICE.message: (
        *("staff-notice", "staff"),
        "tells a member that something waits",
    ),
    staff.NOTICE.message: (
        *("staff-notice-pin", "staff"),
        "tells a member who works by text that something waits",
    ),
    words.DIGEST_TEXT: ("staff-digest", "staff", "tells a member how much waits"),
    words.DIGEST_TEXT_BY: (
        *("staff-digest-by", "staff"),
        "tells a member how much waits, and the nearest date",
    ),
}
# What concerns no case: params of each kind in which it comes.
_AT_THE_DOOR: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    ROOM_INVITE: ({"link": "", "until": "2026-01-01T00:00:00+00:00"},),
    ROOM_CODE: ({"code": ""},),
    "partner_added": tuple(
        {"what": what, "name": "", "where": [], "by_name": ""}
        for what in ("added", "invited")
    ),
    "pin_stopped": ({},),
    "signed_by_text": ({},),
    LEDGER_HEAD: ({"first": 1, "last": 1, "heads": ""},),
}
# Pieces of other texts, and two answers that no next step follows.
_PIECES = frozenset(
    {staff.ITEM, staff.ITEM_LATE, staff.ITEM_OPEN, staff.MORE, staff.TOGETHER}
    | {staff.NEXT, staff.CONFIDENTIAL.message, staff.NO_STEP.message}
)
_ENDS = frozenset({staff.NOT_IN_LIST, staff.NOT_POSSIBLE})


def sentences() -> Iterator[Sentence]:
    """Yield every one of them; the same words may come twice."""
    yield from chain(_to_workers(), _rights(), _prepared())
    yield from chain(_to_members(), _lists(), _first(), _at_the_door())


def message_name(phrasing: str) -> str:
    """Return the name of the text that brings this prepared sentence."""
    return f"message-{phrasing}"


def _to_workers() -> Iterator[Sentence]:
    for constant, line in vars(lines).items():
        if not isinstance(line, Line) or line.message in _FIRST:
            continue
        name = _named(constant)
        if "menu" in _names(line):
            yield from _with_menu(name, line)
        else:
            yield from _with_emergency(name, line)


def _with_menu(name: str, line: Line) -> Iterator[Sentence]:
    """Yield the question with the languages in each order that a number can have."""
    for codes in permutations(LANGUAGES):
        names = (f"{n} {OWN_NAMES[code]}" for n, code in enumerate(codes, 1))
        said = line.using(menu="\n".join(names))
        order = "-".join(codes)
        yield _sentence(f"{name}-{order}", said, _WORKER, needs=menu_need(codes))


def _with_emergency(name: str, line: Line) -> Iterator[Sentence]:
    """Yield it with the numbers that are told where no other was imported.

    A variable less is a question less of the registry's.
    """
    if "emergency" not in _names(line):
        yield _sentence(name, line, _WORKER)
        return
    for number in sorted({*EMERGENCY.values(), ELSEWHERE}):
        said = line.using(emergency=number)
        needs = emergency_need(number)
        yield _sentence(f"{name}-{number}", said, _WORKER, needs=needs)
    yield _sentence(name, line, _WORKER, needs=OTHER_EMERGENCY)


def menu_need(codes: Sequence[str]) -> str:
    """Return what marks a text that offers the languages in this order."""
    return f"menu {' '.join(codes)}"


def emergency_need(number: str) -> str:
    """Return what marks a text that names this emergency number."""
    is_usual = number in EMERGENCY.values() or number == ELSEWHERE
    return f"emergency {number}" if is_usual else OTHER_EMERGENCY


def _rights() -> Iterator[Sentence]:
    when = "answers a worker who asks for her rights"
    for constant, line in vars(rights_lines).items():
        if isinstance(line, Line):
            yield _sentence(f"rights-{_named(constant)}", line, when)
    for (topic, country), line in rights_lines.SHORT.items():
        name = f"rights-{topic}-{country.lower()}"
        yield _sentence(name, line, when, country=country)


def _prepared() -> Iterator[Sentence]:
    """Yield what a person writes to a worker in words that were prepared."""
    for each in phrasings().values():
        for language, said in each.texts.items():
            yield Sentence(
                message_name(each.id),
                (lines.MESSAGE.using(words=said),),
                when="brings a worker a prepared sentence of a member's",
                language=language,
            )


def _to_members() -> Iterator[Sentence]:
    for constant, value in vars(staff).items():
        line = Line(value) if isinstance(value, str) else value
        if not constant.isupper() or not isinstance(line, Line):
            continue
        if line.message in _PIECES or line.message in _FIRST:
            continue
        name = f"staff-{_named(constant)}"
        yield _sentence(name, line, _MEMBER, reader="staff")
        if "short" in _names(line) and line.message not in _ENDS:
            said = staff.together([_placed(line), _placed(Line(staff.NEXT))])
            yield _sentence(f"{name}-next", said, _MEMBER, reader="staff")


def _lists() -> Iterator[Sentence]:
    for count in range(1, staff.LISTED + 1):
        slots = {f"case_{n}": _ITEM for n in range(1, count + 1)}
        items = "\n".join(map(place, slots))
        yield Sentence(f"staff-list-{count}", (items,), slots, _MEMBER, reader="staff")
    said = Line(staff.TOGETHER, {"first": items, "rest": _placed(Line(staff.MORE))})
    yield Sentence(
        "staff-list-more", (said,), {**SLOTS, **slots}, _MEMBER, reader="staff"
    )


def _first() -> Iterator[Sentence]:
    for message, (name, reader, when) in _FIRST.items():
        line = Line(message)
        yield _sentence(name, line, when, reader=reader, is_unprompted=True)


def _at_the_door() -> Iterator[Sentence]:
    """Yield what is worded by itself; KeyError where a new kind is not known."""
    for template in AT_THE_DOOR:
        for params in _AT_THE_DOOR[template]:
            worded = word(template, params, Channel.SMS)
            what = params.get("what", "")
            name = "-".join(filter(None, (re.sub("[._]", "-", template), what)))
            yield Sentence(
                name,
                tuple(_placed(Line(line.message)) for line in worded.lines),
                SLOTS,
                "tells somebody on the staff what concerns no case",
                is_unprompted=True,
                reader="staff",
            )


def _sentence(name: str, line: Line, when: str, **more: Any) -> Sentence:
    return Sentence(name, (_placed(line),), SLOTS, when, **more)


def _placed(line: Line) -> Line:
    """Return the line with a variable wherever nothing stands yet."""
    lacking = _names(line) - line.params.keys()
    return line.using(**{name: place(name) for name in lacking})


def _names(line: Line) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(line.message) if name)


def _named(constant: str) -> str:
    return constant.lower().replace("_", "-")
