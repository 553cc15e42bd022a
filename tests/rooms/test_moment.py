"""The minute at which a worker complained is told to nobody at the factory.

Nor to a brand: not by a mail or its headers, a webhook, a page or the API.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.api import shown, shown_brand
from app.console.brand import length
from app.domain import commands as verbs
from app.domain.whereabouts import day_of
from app.gateways.mail import compose
from app.gateways.webhook import body_of
from app.outbox.owed import Hook, Mail
from app.store.engine import Store
from app.store.readers.brand import shared_cases
from app.store.readers.rooms import Filters, list_for, page_for
from tests.rooms.seats import (
    ADMIN,
    BRAND,
    MANAGER,
    MEMBER,
    PARTNER,
    Rooms,
    open_rooms,
)

# In Dhaka and in UTC alike.
MINUTE = ":23"


@pytest.fixture
async def rooms(store: Store, root: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(store, root) as opened:
        yield opened


async def at_an_odd_minute(rooms: Rooms) -> str:
    """Return a case that came at 12:23, of which the first steps are done."""
    rooms.wait(minutes=23)
    number = await rooms.complain()
    rooms.wait(minutes=42)
    await rooms.talk.act(number, verbs.Start(note="Done."), MEMBER)
    return number


async def answered(rooms: Rooms, name: str, number: str) -> str:
    """Return what the API would answer somebody of the factory, as JSON."""
    person, directory = await rooms.person(name), await rooms.store.directory()
    day = day_of(person, directory, rooms.at)
    async with rooms.store.as_person(person.id, day=day) as tx:
        listing = await list_for(
            tx, person, directory, rooms.at, filters=Filters(state="all")
        )
        page = await page_for(rooms.store, tx, person, directory, number, rooms.at)
    assert page is not None
    bodies: list[BaseModel] = [shown.line(row) for row in listing.lines]
    bodies += [shown.case(page, person, directory, rooms.at), *shown.events(page)]
    return "".join(body.model_dump_json() for body in bodies)


async def of_brand(rooms: Rooms) -> str:
    person, directory = await rooms.person(BRAND), await rooms.store.directory()
    day = day_of(person, directory, rooms.at)
    async with rooms.store.as_person(person.id, day=day) as tx:
        cases = await shared_cases(rooms.store, tx, person.org)
    cuts = [shown_brand.cut(each, person, directory, rooms.at) for each in cases]
    return "".join(
        shown_brand.case(each, person, directory, rooms.at).model_dump_json()
        for each in cuts
        if each is not None
    )


def wired(mail: Mail) -> str:
    message = compose(mail, sender="a@example.org", domain="hotline.example")
    head = "".join(f"{name}: {value}\n" for name, value in message.items())
    assert str(mail.owed_id) not in head
    return head + str(message.get_content())


@pytest.mark.parametrize("late", [timedelta(-1), timedelta(minutes=55)])
async def test_nothing_tells_the_minute(rooms: Rooms, late: timedelta) -> None:
    number = await at_an_odd_minute(rooms)
    await rooms.talk.run_until(rooms.at + timedelta(days=14) + late, deliver=True)
    outside = {f"{name}@example.org" for name in (PARTNER, ADMIN)}
    mails = [m for m in rooms.talk.mouth.mails if m.to not in outside]
    assert {f"{MEMBER}@example.org", f"{MANAGER}@example.org"} <= {m.to for m in mails}
    for mail in mails:
        assert MINUTE not in wired(mail), mail
    readers = {MEMBER: "cases", MANAGER: "cases"}
    if late > timedelta():
        readers |= {BRAND: "brand"}
        assert await of_brand(rooms)
        (hook,) = (p for p in rooms.talk.mouth.sent if isinstance(p, Hook))
        assert "due_at" in hook.data
        assert MINUTE not in body_of(hook)
    assert MINUTE not in await of_brand(rooms)
    for name, room in readers.items():
        seat = await rooms.seat(name)
        for path in (f"/room/{room}", f"/room/{room}/{number}"):
            assert await seat.get(path) == 200
            assert MINUTE not in seat.html, (name, path)
            assert "minute" not in seat.html, (name, path)
        if room == "cases":
            assert MINUTE not in await answered(rooms, name, number)


async def test_a_partner_is_told_the_minute(rooms: Rooms) -> None:
    number = await at_an_odd_minute(rooms)
    seat = await rooms.seat(PARTNER)
    assert await seat.get(f"/room/cases/{number}") == 200
    assert f"12{MINUTE}" in seat.html


@pytest.mark.parametrize(("name", "is_late"), [(MEMBER, True), (PARTNER, False)])
async def test_late_is_what_is_shown_as_late(
    rooms: Rooms, name: str, is_late: bool
) -> None:
    """Between the full hour and 12:23 the list would else tell that minute."""
    await at_an_odd_minute(rooms)
    rooms.wait(days=14)
    rooms.talk.at = rooms.at.replace(minute=10) - timedelta(hours=1)
    person, directory = await rooms.person(name), await rooms.store.directory()
    day = day_of(person, directory, rooms.at)
    async with rooms.store.as_person(person.id, day=day) as tx:
        found = await list_for(
            tx, person, directory, rooms.at, filters=Filters(is_late=True)
        )
        (row,) = (
            await list_for(tx, person, directory, rooms.at, filters=Filters())
        ).lines
    assert row.is_late is is_late
    assert bool(found.lines) is is_late


def test_how_long_an_answer_took_is_told_without_minutes() -> None:
    for minutes in (0, 43, 59):
        assert length(timedelta(minutes=minutes)).message == "less than an hour"
    assert length(timedelta(hours=3, minutes=43)).params == {"count": 3}
