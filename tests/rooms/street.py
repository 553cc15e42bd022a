"""A street of rooms: everybody who might stand before a door, and their cases.

The small programme, beside its factory a sibling with a committee and a brand
of its own, alternates, and a member whose term is over. Each case is in another
relation to them; each was told in words that stand nowhere else, at a minute of
the hour at which nobody of the staff ever acts.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.actions.brand_room import promise
from app.actions.forget import forget
from app.actions.import_directory import import_directory
from app.actions.import_policy import import_policy
from app.actions.remedy import plan_remedy
from app.directory_files.kinds import Kind
from app.domain.commands import (
    Acknowledge,
    Ask,
    Exclude,
    Note,
    ReleaseWords,
    StaffVerb,
    Start,
    Withdraw,
)
from app.domain.directory import Person
from app.domain.policy import parse_policy
from app.domain.remedies import Owner, Planned, RootCause
from app.store.attachments import file_context
from app.store.cases import load
from app.store.engine import Store
from app.store.ids import new_id
from app.store.recordings import audio_context
from tests.builders import GAZIPUR, POLICY, TRUSTING
from tests.stories.programme import ENGLISH_LINE, IMPORTED, as_csv
from tests.stories.telling import DHAKA, Telling

SIBLING = "583429"
# Sixteen days before the walk, and the night before it: both at minute 47.
LONG_AGO = datetime(2026, 11, 30, 23, 47, tzinfo=DHAKA)
LAST_NIGHT = datetime(2026, 12, 16, 3, 47, tzinfo=DHAKA)
MORNING = datetime(2026, 12, 16, 11, 0, tzinfo=DHAKA)

PEOPLE_MORE = (
    *(
        (f"tur-com-{n}@example.org", f"tur-com-{n}", "committee", SIBLING, side, "")
        for n, side in (("w1", "worker"), ("w2", "worker"), ("m1", "management"))
    ),
    ("meridian-desk@example.org", "meridian-desk", "brand", "meridian", "", ""),
    ("gaz-alt-1@example.org", "gaz-alt-1", "committee", GAZIPUR, "worker", "yes"),
    ("gaz-alt-2@example.org", "gaz-alt-2", "committee", GAZIPUR, "worker", "yes"),
)
EX_MEMBER = ("gaz-ex@example.org", "gaz-ex", "committee", GAZIPUR, "management")
_PEOPLE = "email,name,role,org,side,phone,languages,from,to,alternate"

# Of these the brand has opened the page; not of `outside`.
PROMISED = ("told", "internal", "safety")
# Who works on each case.
_DESKS = {
    "a": "gaz-com-w1",
    "b": "tur-com-w1",
    "told": "gaz-com-w1",
    "internal": "gaz-ic-w1",
    "outside": "partner-bd",
    "safety": "gaz-safe-w1",
}

# What each worker said: the words of the case, and a piece found nowhere else.
SAID = {
    "a": ("wages were not paid for lanterns counted", "lanterns"),
    "b": ("wages were not paid for kettles counted", "kettles"),
    "told": ("overtime wages were not paid for anchors", "anchors"),
    "internal": ("supervisor touches me, sexual harassment, pomelo", "pomelo"),
    "outside": ("child labour here, a child works with the tamarind", "tamarind"),
    "safety": ("fire exit locked, danger, walnuts before it", "walnuts"),
    "forgotten": ("wages were not paid for feathers", "feathers"),
}
PHONES = {
    name: f"+88017129{index:02d}{index * 7 + 113:04d}"
    for index, name in enumerate(SAID, 31)
}
# As the partner let them go: a piece that brands may not read either.
RELEASED = {name: f"Work was not paid: {name}-marigold." for name in SAID}
NOTED = {name: f"We look into it: {name}-juniper." for name in SAID}
ASKED = {name: f"Since when is that so: {name}-saffron?" for name in SAID}
WAV = (
    b"RIFF$\x01\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00@\x1f"
    b"\x00\x00\x01\x00\x08\x00data\x00\x01\x00\x00" + bytes([128]) * 256
)


@dataclass(frozen=True, slots=True)
class OneCase:
    """A case of the street, and what stands beside it."""

    number: str
    ref: str  # how a brand names it while its number may not be named
    voice: UUID
    file: UUID
    remedy: UUID


@dataclass(frozen=True, slots=True)
class Street:
    """The cases by relation; `drawn` and `waiting`: the alternates' names."""

    cases: dict[str, OneCase]
    drawn: str
    waiting: str


async def furnish_street(store: Store) -> Street:
    """Import who is there, and let their cases happen until the morning."""
    await _import(store)
    story = Telling(store, LONG_AGO)
    numbers: dict[str, str] = {}
    for name in ("told", "forgotten"):
        numbers[name] = await _opened(story, name)
    await story.act(numbers["forgotten"], Withdraw(note="She asks."), "partner-bd")
    await story.run_until(LAST_NIGHT)
    for name in ("a", "b", "internal", "outside", "safety"):
        numbers[name] = await _opened(story, name)
    story.at = LAST_NIGHT + timedelta(minutes=13)
    for name in ("a", "b", "told", "internal", "safety"):
        await _worked(story, name, numbers[name])
    # Too late: the secretariat sees to this one from now on.
    await story.run_until(MORNING - timedelta(minutes=30))
    await _worked(story, "outside", numbers["outside"])
    drawn = await _recused(story, numbers["a"])
    beside = {n: await _beside(store, n, number) for n, number in numbers.items()}
    admin = await who(store, "admin")
    number = numbers["forgotten"]
    await forget(store, number, by=admin, at=story.at, through="test")
    await story.run_until(MORNING)
    buyer = await who(store, "norda-buyer")
    for name in PROMISED:
        one = beside[name]
        handle = one.ref if name == "internal" else one.number
        await promise(store, handle, by=buyer, at=story.at)
    waiting = {"gaz-alt-1": "gaz-alt-2", "gaz-alt-2": "gaz-alt-1"}[drawn]
    return Street(beside, drawn, waiting)


async def who(store: Store, name: str) -> Person:
    directory = await store.directory()
    return next(p for p in directory.people if p.name == name)


async def _import(store: Store) -> None:
    trusting = parse_policy(TRUSTING.replace("2026-01-01", "2026-02-01"), base=POLICY)
    await import_policy(store, trusting.toml, at=IMPORTED)
    sibling = (
        *(SIBLING, "Turag Sewing", "", "BD", "Dhaka", "garment", "1", ""),
        *("Asia/Dhaka", "bn", "900", "fri", "09:00-13:00;14:00-18:00", ""),
    )
    for kind, row in (
        (Kind.SITES, sibling),
        (Kind.BRANDS, ("meridian", "Meridian", "care@meridian.example", "", "", "en")),
        (Kind.SOURCING, ("meridian", SIBLING, "", "2025-01-01", "", "")),
    ):
        await import_directory(store, kind, as_csv(kind, [row]), at=IMPORTED)
    rows = [_PEOPLE] + [
        ",".join((e, n, role, org, side, "", "en", "2025-01-01", "", alternate))
        for e, n, role, org, side, alternate in PEOPLE_MORE
    ]
    rows.append(",".join((*EX_MEMBER, "", "en", "2025-01-01", "2026-12-14", "")))
    content = "\n".join(rows).encode()
    await import_directory(store, Kind.PEOPLE, content, at=IMPORTED)


async def _opened(story: Telling, name: str) -> str:
    said, _ = SAID[name]
    site = SIBLING if name == "b" else GAZIPUR
    how = {"phone": PHONES[name], "line": ENGLISH_LINE}
    ticket = await story.open(f"{site} {said}", "2", "2", **how)
    return ticket.number


async def _worked(story: Telling, name: str, number: str) -> None:
    """Let a case's people do what they do on a first morning."""
    desk = _DESKS[name]
    acts: list[tuple[StaffVerb, str]] = [
        (Acknowledge(note=""), desk),
        (Start(note=NOTED[name]), desk),
        (Note(note=NOTED[name]), desk),
        (Ask(note=ASKED[name]), desk),
    ]
    if name != "outside":
        acts.insert(0, (ReleaseWords(note=RELEASED[name]), "partner-bd"))
    for command, by in acts:
        await story.act(number, command, by)
    plan = Planned(
        RootCause.SUPERVISORS,
        Owner.FACTORY,
        MORNING.date() + timedelta(days=20),
        f"Pay it: {name}-cedar.",
    )
    by_whom = await who(story.store, desk)
    await plan_remedy(story.store, number, plan, by=by_whom, at=story.at)


async def _recused(story: Telling, number: str) -> str:
    """Recuse a member from a case, and return whose turn it is now."""
    member = await who(story.store, "gaz-com-w2")
    await story.act(number, Exclude(member.id, note="It is about her."), "partner-bd")
    row = await story.case(number)
    (drawn,) = json.loads(row["detail"])["drawn"]
    directory = await story.store.directory()
    return next(p.name for p in directory.people if str(p.id) == drawn)


async def _beside(store: Store, name: str, number: str) -> OneCase:
    """Put a voice and a photo to the case, and say under what ids."""
    at = LAST_NIGHT
    voice, file = new_id(at), new_id(at)
    async with store.transaction() as tx:
        held = await load(store, tx, number)
        assert held.key is not None
        await tx.connection.execute(
            "INSERT INTO recording (id, tag, call_tag, case_id, at, seconds, audio,"
            " size, state, attempt, kept_at)"
            " VALUES ($1, $2, $2, $3, $4, 2, $5, $6, 'kept', 0, $4)",
            voice, voice.bytes, held.file.id, at,
            held.key.seal(WAV, audio_context(voice)), len(WAV),
        )  # fmt: skip
        await tx.connection.execute(
            "INSERT INTO attachment (id, case_id, tag, at, kind, media_type, size,"
            " content) VALUES ($1, $2, $3, $4, 'photo', 'image/png', 8, $5)",
            file, held.file.id, file.bytes, at,
            held.key.seal(b"\x89PNG\r\n\x1a\n", file_context(file)),
        )  # fmt: skip
        remedy = await tx.connection.fetchval(
            "SELECT id FROM remedy WHERE case_id = $1", held.file.id
        )
    return OneCase(
        number,
        store.keyring.brand_ref(held.file.id, "alert"),
        voice,
        file,
        remedy or voice,
    )
