"""The committee's own page: who sits, for how long, and what is missing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.engine import Store
from tests.builders import GAZIPUR
from tests.rooms.seats import ADMIN, ELSEWHERE, HEAD, MEMBER, PARTNER, Rooms, open_rooms
from tests.stories.programme import DINDIGUL


@pytest.fixture
async def rooms(store: Store, root: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(store, root) as opened:
        yield opened


@pytest.mark.parametrize("name", [MEMBER, HEAD])
async def test_the_members_stand_there_by_side_and_term(
    rooms: Rooms, name: str
) -> None:
    browser = await rooms.seat(name)
    assert await browser.get("/room/committee") == 200
    assert "gaz-com-w1" in browser.html
    assert "For the workers" in browser.html
    assert "no end recorded" in browser.html
    assert "gets no cases" not in browser.html


async def test_a_committee_that_gets_no_cases_reads_why(rooms: Rooms) -> None:
    partner = await rooms.seat("partner-tn")
    await partner.get("/room/committee")
    assert "Gets no cases: Committee" in partner.html
    await partner.get(f"/room/committee?site={DINDIGUL}")
    assert "This body gets no cases as it is now" in partner.html
    assert "Members for the workers: 1, 2 are needed." in partner.html


async def test_nobody_looks_at_another_places_committee(rooms: Rooms) -> None:
    elsewhere, partner = await rooms.seat(ELSEWHERE), await rooms.seat("partner-tn")
    assert await elsewhere.get(f"/room/committee?site={GAZIPUR}") == 404
    assert await partner.get(f"/room/committee?site={GAZIPUR}") == 404
    admin = await rooms.seat(ADMIN)
    assert await admin.get("/room/committee") == 404


async def test_the_partner_sees_each_place_in_her_care(rooms: Rooms) -> None:
    partner = await rooms.seat(PARTNER)
    await partner.get("/room/committee")
    assert "gaz-ic-w1" in partner.html  # one place: it is open at once
    assert "Internal committee" in partner.html
