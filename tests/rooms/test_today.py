"""Today: what needs somebody, by the clock, and nothing that is not hers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain import commands as verbs
from app.store.engine import Store
from tests.rooms.seats import (
    ADMIN,
    BRAND,
    ELSEWHERE,
    HARASSED,
    HEAD,
    MANAGER,
    MEMBER,
    PARTNER,
    SECOND,
    Rooms,
    grouped,
    open_rooms,
)


@pytest.fixture
async def rooms(store: Store, root: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(store, root) as opened:
        yield opened


def headings(html: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", html)


async def test_an_empty_day_says_so_kindly(rooms: Rooms) -> None:
    member = await rooms.seat(MEMBER)
    assert await member.get("/room") == 200
    assert "Nothing waits for you today." in member.html


async def test_what_is_due_stands_under_when_it_is_due(rooms: Rooms) -> None:
    late = await rooms.complain(phone="+8801712000001")
    rooms.wait(days=4)
    today = await rooms.complain(phone="+8801712000002")
    rooms.wait(hours=20)
    new = await rooms.complain(phone="+8801712000003")
    member = await rooms.seat(MEMBER)
    await member.get("/room")
    html = member.html
    order = [html.index(grouped(number)) for number in (late, today, new)]
    assert order == sorted(order)
    assert headings(html)[0] == "Late"
    assert "hours late" in html
    assert "working hours left" in html or "working days left" in html


async def test_the_next_step_is_a_button_in_the_row(rooms: Rooms) -> None:
    number = await rooms.complain()
    member = await rooms.seat(MEMBER)
    await member.get("/room")
    assert f'action="/room/cases/{number}/acts/acknowledge"' in member.html
    assert await member.post(f"/room/cases/{number}/acts/acknowledge") == 200
    assert (await rooms.talk.case(number))["state"] == "acknowledged"
    await member.get("/room")
    assert f'href="/room/cases/{number}#next"' in member.html


async def test_what_a_member_has_signed_waits_for_the_other_side(rooms: Rooms) -> None:
    number = await rooms.complain()
    for command in (
        verbs.Start(note="We asked."),
        verbs.Propose(note="Pay it."),
        verbs.Resolve(note="Paid."),
    ):
        await rooms.talk.act(number, command, MEMBER)
    member, manager = await rooms.seat(MEMBER), await rooms.seat(MANAGER)
    await member.get("/room")
    await manager.get("/room")
    assert "Declare it solved" not in member.html
    assert "Declare it solved" in manager.html
    assert "One signature is missing: yours." not in member.html


async def test_what_lacks_only_her_name_comes_first(rooms: Rooms) -> None:
    older = await rooms.complain(phone="+8801712000001")
    rooms.wait(minutes=5)
    number = await rooms.complain(phone="+8801712000002")
    # It was never proposed: the other side's signature alone asks for hers.
    await rooms.talk.act(number, verbs.Start(note="We asked."), MEMBER)
    await rooms.talk.act(older, verbs.Start(note="We asked."), MEMBER)
    manager = await rooms.seat(MANAGER)
    await manager.get("/room")
    html = manager.html
    assert html.index(grouped(older)) < html.index(grouped(number))
    await rooms.talk.act(number, verbs.Resolve(note="Paid."), MEMBER)
    await manager.get("/room")
    html = manager.html
    assert html.index(grouped(number)) < html.index(grouped(older))
    assert html.count("One signature is missing: yours.") == 1
    assert f'aria-label="Declare it solved: case {grouped(number)}"' in html


async def test_the_partner_is_asked_to_read_what_a_committee_waits_for(
    rooms: Rooms,
) -> None:
    number = await rooms.complain()
    protected = await rooms.complain(HARASSED, phone="+8801712000009")
    partner = await rooms.seat(PARTNER)
    await partner.get("/room")
    assert f'href="/room/cases/{number}/release"' in partner.html
    assert f'action="/room/cases/{protected}/acts/acknowledge"' in partner.html
    rooms.wait(minutes=1)
    await rooms.talk.act(number, verbs.ReleaseWords(note="Pay is missing."), PARTNER)
    await partner.get("/room")
    assert f'href="/room/cases/{number}/release"' not in partner.html


@pytest.mark.parametrize("name", [ELSEWHERE, HEAD, ADMIN, SECOND])
async def test_nobody_finds_what_is_not_hers(rooms: Rooms, name: str) -> None:
    number = await rooms.complain(HARASSED)
    browser = await rooms.seat(name)
    assert await browser.get("/room") == 200
    assert "Sign out" in browser.html
    assert grouped(number) not in browser.html
    assert number not in browser.html
    partner = await rooms.seat(PARTNER)
    assert await partner.get("/room") == 200
    assert number in partner.html


async def test_a_head_finds_what_he_was_told_of(rooms: Rooms) -> None:
    number = await rooms.complain()
    head = await rooms.seat(HEAD)
    await head.get("/room")
    assert grouped(number) not in head.html
    while not await rooms.store.pool.fetchval(
        "SELECT true FROM escalation WHERE rung = 'factory_head'"
    ):
        await rooms.talk.run(hours=4)
    await rooms.talk.run(hours=4)
    head = await rooms.seat(HEAD)
    await head.get("/room")
    assert grouped(number) in head.html
    assert "You were told of these" in head.html
    path = f"/room/cases/{number}"
    assert await head.get(path) == 200
    assert "What was said" not in head.html
    assert "gaz-com" not in head.html  # nor who works on it
    assert await head.post(f"{path}/acts/note", note="x") in (404, 409)
    assert "note.added" not in await rooms.kinds(number)


async def test_brands_and_auditors_have_rooms_of_their_own(rooms: Rooms) -> None:
    brand, auditor = await rooms.seat(BRAND), await rooms.seat("auditor")
    answered = await brand.client.get("/room")
    assert answered.headers["location"] == "/room/brand"
    answered = await auditor.client.get("/room")
    assert answered.headers["location"] == "/room/auditor"
    assert await auditor.get("/room/cases") == 404
