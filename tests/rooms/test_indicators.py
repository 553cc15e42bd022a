"""The room of indicators: entered by partner and secretariat, listed, withdrawn."""

import re
from pathlib import Path

import pytest

from app.actions.indicators import all_indicators, enter_indicator
from app.store.engine import Store
from tests.builders import GAZIPUR
from tests.rooms.admin_desk import AT, open_desk
from tests.store.test_indicators import FORM, form

PAGE = "/room/indicators"


@pytest.mark.parametrize("who", ["partner-bd", "admin"])
async def test_a_number_is_entered_listed_and_withdrawn(
    store: Store, root: Path, who: str
) -> None:
    async with open_desk(store, root, who) as desk:
        assert "No number is entered yet." in await desk.get(PAGE)
        html = await desk.post(PAGE, **FORM)
        for said in (
            "3500",
            "Workers trained",
            "Water, toilets",
            "Lists of attendance",
        ):
            assert said in html
        assert desk.note.startswith("The number is entered.")
        (found,) = await all_indicators(store)
        assert (found.entered, found.by) == (form(), desk.person.id)
        action = re.search(rf'action="({PAGE}/[^"]+/withdraw)"', desk.html)
        assert action
        assert "withdrawn on" in await desk.post(action[1])
        assert "/withdraw" not in desk.html
        await desk.post(action[1], status=409)
    (found,) = await all_indicators(store)
    assert found.withdrawn_at == AT


async def test_what_is_wrong_is_said_and_what_was_worded_is_kept(
    store: Store, root: Path
) -> None:
    async with open_desk(store, root, "partner-bd") as desk:
        await desk.get(PAGE)
        html = await desk.post(PAGE, status=400, **{**FORM, "value": "many"})
        assert "Give the number in digits" in html
        assert "Lists of attendance" in html
    assert await all_indicators(store) == ()


async def test_what_others_entered_is_read_and_not_withdrawn(
    store: Store, root: Path
) -> None:
    async with open_desk(store, root, "partner-bd") as desk:
        new = await enter_indicator(store, form(), by=None, at=AT)
        assert "3500" in await desk.get(PAGE)
        assert f"{new}/withdraw" not in desk.html
        await desk.post(f"{PAGE}/{new}/withdraw", status=409)
        await desk.post(f"{PAGE}/nothing/withdraw", status=404)


@pytest.mark.parametrize(
    "who", ["gaz-com-w1", "gaz-head", "norda-buyer", "auditor", "kesto-desk"]
)
async def test_it_is_nobody_elses_room(store: Store, root: Path, who: str) -> None:
    async with open_desk(store, root, who) as desk:
        await desk.get(PAGE, status=404)


async def test_the_page_is_small_and_labelled(store: Store, root: Path) -> None:
    async with open_desk(store, root, "admin") as desk:
        for number in range(60):
            await enter_indicator(store, form(value=f"{number}"), by=desk.person, at=AT)
        await desk.get(PAGE)
        assert len(desk.html.encode()) < 60_000
        for kind in re.findall(r'<(?:input|select)[^>]* id="(f-[^"]+)"', desk.html):
            assert f'<label for="{kind}"' in desk.html
        assert GAZIPUR in desk.html
        assert "page=2" in desk.html
