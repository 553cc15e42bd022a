"""Every page of every room in a real browser: a phone at night, a desk by day."""

import gzip
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser

from tests.browser.room_house import (
    DESK,
    LARGEST_ON_THE_WIRE,
    LARGEST_PAGE,
    PHONE,
    House,
    Ready,
    look,
    open_house,
    ready,
    sitting,
)
from tests.conftest import Ground

# By role: who it is, and the pages of the room; {new}, {a} … are cases.
COMMITTEE = (
    *("/room", "/room/cases", "/room/cases?state=all&number={a}", "/room/committee"),
    *("/room/cases/{new}", "/room/cases/{a}", "/room/cases/{told}?history=all"),
    *("/room/me", "/room/me/notices", "/room/me/tokens", "/room/cases/00000000"),
)
PARTNER = (
    *("/room", "/room/cases", "/room/cases/{new}", "/room/cases/{outside}"),
    *("/room/partner", "/room/cases/{new}/release", "/room/cases/{new}/desk"),
    *("/room/cases/{outside}/desk", "/room/cases/{told}/brands", "/room/clusters"),
    *("/room/committee",),
)
BRAND = (
    *("/room/brand", "/room/brand/{told}", "/room/brand/{internal_ref}"),
    *("/room/brand/{outside_ref}", "/room/brand/hooks", "/room/me/tokens"),
)
ADMIN = (
    *("/room", "/room/cases", "/room/cases/{outside}", "/room/admin"),
    *("/room/admin/sites", "/room/admin/sites/new", "/room/admin/sites/482170"),
    *("/room/admin/sites/482170/edit", "/room/admin/sites/482170/posters"),
    *("/room/admin/sites/482170/calendar/1", "/room/admin/calendars"),
    *("/room/admin/calendars/country?scope=BD&country=BD&year=2027",),
    *("/room/admin/sourcing", "/room/admin/sourcing/one", "/room/admin/committees"),
    *("/room/admin/committees/482170", "/room/admin/committees/rules"),
    *("/room/admin/people", "/room/admin/people/new", "/room/admin/numbers"),
    *("/room/admin/numbers/one", "/room/admin/policies", "/room/admin/import"),
    *("/room/admin/policies/2026-02-01", "/room/admin/brands"),
    *("/room/admin/policies/compare?a=2026-01-01&b=2026-02-01",),
    *("/room/admin/brands/norda", "/room/admin/brands/new", "/room/admin/settings"),
    *("/room/admin/audit",),
)
ROOMS = {
    "gaz-com-w1": COMMITTEE,
    "gaz-head": ("/room", "/room/cases", "/room/cases/{told}", "/room/committee"),
    "partner-bd": PARTNER,
    "norda-buyer": BRAND,
    "admin": ADMIN,
    "auditor": ("/room", "/room/me"),
}
# As the phones of committees, and as the desks of the others.
VIEWS = (
    pytest.param("bn", PHONE, "dark", id="bn-360"),
    pytest.param("en", DESK, "light", id="en-1280"),
)


@pytest.fixture(scope="module")
def made(ground: Ground) -> Iterator[Ready]:
    with ready(ground) as one:
        yield one


@pytest.fixture
async def house(ground: Ground, made: Ready, root: Path) -> AsyncIterator[House]:
    async with open_house(ground, made, root) as opened:
        yield opened


def _filled(path: str, house: House) -> str:
    names: dict[str, Any] = {"new": house.new}
    for name, case in house.street.cases.items():
        names[name] = case.number
        names[f"{name}_ref"] = case.ref
    return path.format(**names)


def _named(path: str) -> str:
    plain = path.partition("?")[0].strip("/").replace("/", "-")
    return plain.replace("{", "").replace("}", "")


@pytest.mark.parametrize("name", list(ROOMS))
@pytest.mark.parametrize(("language", "size", "scheme"), VIEWS)
async def test_every_page_fits_weighs_little_and_can_be_used_by_all(
    browser: Browser,
    house: House,
    name: str,
    language: str,
    size: tuple[int, int],
    scheme: Literal["light", "dark"],
) -> None:
    async with sitting(
        browser, house, name, language=language, size=size, scheme=scheme
    ) as page:
        for path in ROOMS[name]:
            answer = await page.goto(house.url + _filled(path, house))
            assert answer is not None
            is_there = "00000000" not in path
            assert (answer.status == 200) is is_there, (path, answer.status)
            body = await answer.body()
            # A letter of Bengali is three bytes until it is compressed.
            assert len(body.decode()) < LARGEST_PAGE, path
            assert len(gzip.compress(body)) < LARGEST_ON_THE_WIRE, path
            await look(page, f"{name}-{_named(path)}-{language}-{size[0]}")
