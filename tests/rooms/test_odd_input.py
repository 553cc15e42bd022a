"""Whatever somebody types, or puts into an address, no page breaks over it."""

import inspect
import re
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest

from app.console import case_acts, desk_acts, sign_in
from app.console.frame import COOKIE, Door, Place
from app.console.rooms import places
from app.domain.permissions import may_open
from app.store.engine import Store
from tests.rooms.seats import (
    ADMIN,
    BRAND,
    HARASSED,
    HEAD,
    MEMBER,
    PARTNER,
    Rooms,
    open_rooms,
)

ODD = {
    "nul": "%00",
    "thousands of digits": "9" * 5000,
    "half a pair": "%ED%A0%80",
    "Bengali digits": quote("১২৩৪৫৬৭৮"),
    "a digit that is none": quote("²"),
    "very long": "x" * 20_000,
    "half an address": quote("http://["),
}
# Sent for one part of a query at a time; the others for all parts at once.
_TELLING = ("nul", "thousands of digits", "a digit that is none")
PLACES = places(cast(Door, None))
_NAMES = re.compile(r'(?:asked|said|all_said|words|typed|raw|file)\([^"()]*"(\w+)"')
_COLUMNS = re.compile(r'Field\(\s*"(\w+)"')


@pytest.fixture
async def rooms(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rooms]:
    monkeypatch.setattr(sign_in, "DOOR_SECONDS", 0.0)
    async with open_rooms(store, root) as opened:
        yield opened


def _names(place: Place) -> list[str]:
    """Return which parts of a query or a form the module of a place reads."""
    module: Any = sys.modules[place.handler.__module__]
    text = inspect.getsource(module)
    if module.__name__.endswith(("partner", "case_page")):
        text += inspect.getsource(desk_acts) + inspect.getsource(case_acts)
    return sorted({*_NAMES.findall(text), *_COLUMNS.findall(text), "once"})


def _addresses(place: Place, number: str, odd: str) -> Iterator[str]:
    """Give the address with each of its parts odd by itself, and as it should be."""
    parts = re.findall(r"\{(\w+)\}", place.path)
    right = {"number": number, "verb": "note", "handle": number}
    for chosen in (*parts, ""):
        path = place.path
        for part in parts:
            value = odd if part == chosen else right.get(part, "0" * 32)
            path = path.replace(f"{{{part}}}", value[:3000])
        yield path


@pytest.mark.parametrize("name", [MEMBER, HEAD, PARTNER, ADMIN, BRAND])
async def test_no_page_breaks_over_odd_input(rooms: Rooms, name: str) -> None:
    number = await rooms.complain()
    await rooms.complain(HARASSED, phone="+8801712345679")
    person = await rooms.person(name)
    broken: list[tuple[object, ...]] = []
    tried = 0
    for place in PLACES:
        mine = not place.name or may_open(person.role, place.name)
        browser = await rooms.seat(name)
        secret = browser.client.cookies[COOKIE]
        token = sha256(b"form|" + secret.encode()).hexdigest()[:32]
        names = _names(place)
        for what, odd in ODD.items() if mine else [("nul", "%00")]:
            for path in _addresses(place, number, odd):
                browser.client.cookies.set(COOKIE, secret, domain="hotline.example")
                sent: list[dict[str, Any]]
                everything = "&".join(f"{n}={odd}" for n in names)
                if place.method == "GET" and what in _TELLING:
                    sent = [{"url": f"{path}?{n}={odd[:5000]}"} for n in names]
                elif place.method == "GET":
                    sent = [{"url": f"{path}?{everything[:30_000]}"}]
                else:
                    body = f"t={token}&{everything}&sure=yes"
                    sent = [{"url": path, "content": body}]
                for each in sent:
                    tried += 1
                    answer = await browser.client.request(
                        place.method,
                        **each,
                        headers={
                            "Sec-Fetch-Site": "same-origin",
                            "Content-Type": "application/x-www-form-urlencoded",
                        },
                    )
                    if answer.status_code >= 500:
                        broken.append((place.method, each["url"][-90:], what))
    assert tried > len(PLACES)
    assert not broken


async def test_a_note_that_lacks_its_words_is_left_out(rooms: Rooms) -> None:
    """The cookie is the browser's to write."""
    browser = await rooms.seat(ADMIN)
    said = urlsafe_b64encode(b'["{name} is saved.",{}]').decode()
    browser.client.cookies.set("__Host-note", said, domain="hotline.example")
    assert await browser.get("/room/me") == 200
    assert "is saved" not in browser.html
