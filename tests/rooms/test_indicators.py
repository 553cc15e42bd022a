"""The room of indicators: entered by partner and secretariat, listed, withdrawn."""

import re
from pathlib import Path

import pytest

from app.actions.indicators import all_indicators, enter_indicator
from app.console.indicators import MISTAKES
from app.domain.errors import BadInput
from app.store.engine import Store
from app.wording.catalog import Catalog
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
            "3,500",
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
        assert '<form method="post" action="/room/indicators">' in html
        assert 'value="many"' in html
        assert f'value="{FORM["period_from"]}"' in html
        assert '<option value="wash" selected>' in html
        assert f'value="{FORM["evidence"]}"' in html
    assert await all_indicators(store) == ()


async def test_what_others_entered_is_read_and_not_withdrawn(
    store: Store, root: Path
) -> None:
    async with open_desk(store, root, "partner-bd") as desk:
        new = await enter_indicator(store, form(), by=None, at=AT)
        html = await desk.get(PAGE)
        assert "3,500" in html
        assert "the operator" in html
        assert f"{new}/withdraw" not in desk.html
        await desk.post(f"{PAGE}/{new}/withdraw", status=409)
        await desk.post(f"{PAGE}/nothing/withdraw", status=404)


def test_every_mistake_of_the_form_has_words_in_each_language(root: Path) -> None:
    """Each mistake is made, and what is said of it stands in the catalogues."""
    catalog = Catalog.load(root / "locales")
    wrong = (
        {"kind": "x"},
        {"value": "x"},
        {"period_from": "x"},
        {"period_from": "2026-09-30", "period_to": "2026-09-01"},
        {"period_to": "2031-01-01"},
        {"evidence": " "},
        {"topic": "x"},
    )
    said = []
    for change in wrong:
        with pytest.raises(BadInput) as refusal:
            form(**change)
        said.append(str(refusal.value))
    assert sorted(said) == sorted(MISTAKES)
    assert all(catalog.has(sentence) for sentence in said)


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
