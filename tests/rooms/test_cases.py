"""The list: ordered, narrowed, paged, and never more than is the reader's."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import commands as verbs
from app.domain.errors import BadInput
from app.domain.taxonomy import State
from app.domain.whereabouts import day_of
from app.store.engine import Store
from app.store.readers.rooms import CaseRow, Filters, Listing, list_for
from tests.rooms.seats import (
    ADMIN,
    ELSEWHERE,
    HARASSED,
    MEMBER,
    PARTNER,
    Rooms,
    grouped,
    open_rooms,
)


@pytest.fixture
async def rooms(store: Store, root: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(store, root) as opened:
        yield opened


async def listed(
    rooms: Rooms,
    name: str,
    filters: Filters,
    *,
    after: str | None = None,
) -> Listing:
    person = await rooms.person(name)
    directory = await rooms.store.directory()
    day = day_of(person, directory, rooms.at)
    async with rooms.store.as_person(person.id, day=day) as tx:
        return await list_for(
            tx, person, directory, rooms.at, filters=filters, after=after, limit=3
        )


async def all_of(rooms: Rooms, name: str, filters: Filters) -> list[CaseRow]:
    """Go through every page; each case stands on one of them, once."""
    found: list[CaseRow] = []
    after: str | None = None
    for _ in range(20):
        page = await listed(rooms, name, filters, after=after)
        found += page.lines
        after = page.next
        if after is None:
            break
    numbers = [row.number for row in found]
    assert len(numbers) == len(set(numbers))
    return found


async def many(rooms: Rooms, count: int = 8) -> list[str]:
    made = []
    for each in range(count):
        made.append(await rooms.complain(phone=f"+88017120001{each:02}"))
        rooms.wait(hours=5)
    return made


async def test_open_cases_come_by_their_dates_page_by_page(rooms: Rooms) -> None:
    made = await many(rooms)
    for number in made[:2]:  # these wait for the worker: they have no date
        for command in (verbs.Start(note="Done."), verbs.Resolve(note="Paid.")):
            await rooms.talk.act(number, command, MEMBER)
        await rooms.talk.act(number, verbs.Resolve(note="Paid."), "gaz-com-m1")
    found = await all_of(rooms, MEMBER, Filters())
    assert {row.number for row in found} == set(made)
    dates = [row.due_at for row in found if row.due_at]
    assert dates == sorted(dates)
    assert [row.state for row in found[-2:]] == [State.RESOLVED] * 2


@pytest.mark.parametrize("name", [MEMBER, PARTNER])
@pytest.mark.parametrize("state", ["open", "closed", "all"])
async def test_every_case_stands_on_one_page(
    rooms: Rooms, name: str, state: str
) -> None:
    made = await many(rooms)
    for number in made[:4]:
        await rooms.talk.act(number, verbs.Unfounded(note="Nothing found."), PARTNER)
        rooms.wait(minutes=7)
    found = await all_of(rooms, name, Filters(state=state))
    expected = {"open": made[4:], "closed": made[:4], "all": made}[state]
    assert {row.number for row in found} == set(expected)
    if state == "closed":
        assert [row.number for row in found] == expected[::-1]


async def test_a_list_can_be_narrowed(rooms: Rooms) -> None:
    wages = await rooms.complain(phone="+8801712000001")
    water = await rooms.complain("482170 toilet is dirty", phone="+8801712000002")

    async def numbers(filters: Filters) -> set[str]:
        return {row.number for row in (await listed(rooms, MEMBER, filters)).lines}

    assert await numbers(Filters(category="WAGE")) == {wages}
    assert await numbers(Filters(category="WASH")) == {water}
    assert await numbers(Filters(number=wages)) == {wages}
    assert wages in await numbers(Filters(number=wages[:3]))
    assert await numbers(Filters(state="in_review")) == set()
    assert await numbers(Filters(is_late=True)) == set()
    rooms.wait(days=5)
    assert await numbers(Filters(is_late=True)) == {wages, water}


async def test_an_anchor_of_another_list_is_refused(rooms: Rooms) -> None:
    await many(rooms, 4)
    page = await listed(rooms, MEMBER, Filters())
    assert page.next is not None
    for wrong in ("x", "e30", "bnVsbA", "WyJkdWUiLCAxLCAyXQ", "\u0661"):
        with pytest.raises(BadInput):
            await listed(rooms, MEMBER, Filters(), after=wrong)
    with pytest.raises(BadInput):
        await listed(rooms, MEMBER, Filters(state="all"), after=page.next)


async def test_a_member_sees_the_day_and_a_partner_the_minute(rooms: Rooms) -> None:
    await rooms.complain()
    (mine,) = (await listed(rooms, MEMBER, Filters())).lines
    (hers,) = (await listed(rooms, PARTNER, Filters())).lines
    assert mine.opened_at is None
    assert hers.opened_at == rooms.at
    assert mine.opened_on == hers.opened_on


async def test_the_number_of_another_body_is_not_found(rooms: Rooms) -> None:
    number = await rooms.complain(HARASSED)
    for name in (MEMBER, ELSEWHERE, ADMIN):
        for wanted in (number, number[:2]):
            page = await listed(rooms, name, Filters(number=wanted, state="all"))
            assert page.lines == ()


async def test_the_page_answers_what_the_address_asks(rooms: Rooms) -> None:
    number = await rooms.complain()
    member = await rooms.seat(MEMBER)
    assert await member.get("/room/cases") == 200
    assert grouped(number) in member.html
    digits = "".join("০১২৩৪৫৬৭৮৯"[int(d)] for d in number)
    await member.get(f"/room/cases?number={digits}")
    assert grouped(number) in member.html
    await member.get("/room/cases?state=nonsense&category=X&site=999999")
    assert grouped(number) in member.html
    await member.get("/room/cases?state=closed")
    assert "No case here matches." in member.html
    await member.get("/room/cases?after=nonsense")
    assert member.answer is not None
    assert member.answer.status_code in (400, 409)


async def test_late_is_told_by_the_clock(rooms: Rooms) -> None:
    await rooms.complain()
    rooms.wait(days=6)
    (row,) = (await listed(rooms, MEMBER, Filters())).lines
    assert row.late_by is not None
    assert row.late_by > timedelta(days=1)
    assert row.left is None
