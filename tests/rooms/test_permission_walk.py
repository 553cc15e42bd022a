"""Every address of the service, for everybody who might stand before it.

What each is answered stands in `walk.txt`, a line an address and a relation, and
is read like code: `REWRITE_WALK=1` writes it anew, and the change is looked at.
What is not hers is answered like what is not there, to the last byte, and
nothing has happened where somebody was turned away.
"""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from app.console import rooms
from app.console.frame import Door as RoomDoor
from app.console.look import Look
from app.domain.permissions import PAGES
from app.edge.deps import NoBell, Parts
from app.edge.metrics import Metrics
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.store.sealing import Keyring
from app.wording.catalog import Catalog
from tests.builders import GAZIPUR
from tests.conftest import Ground
from tests.rooms.street import (
    ASKED,
    NOTED,
    PHONES,
    RELEASED,
    SAID,
    SIBLING,
    Street,
    furnish_street,
)
from tests.rooms.walk import ACTORS, OUTSIDE, Actor, Seen, is_room, run_walk
from tests.stories.programme import database_with_programme

EXPECTED = Path(__file__).with_name("walk.txt")
FACTORY = ("committee", "sibling", "internal", "safety", "head", "recused", "drawn")
BRANDS = ("brand", "other-brand")
Walked = dict[str, list[Seen]]


@pytest.fixture(scope="module")
def street_database(ground: Ground, template: str) -> Iterator[tuple[str, Street]]:
    with database_with_programme(ground, template) as name:
        yield name, asyncio.run(_furnish(ground.database(name)))


async def _furnish(url: str) -> Street:
    store = await Store.open(url, Keyring([bytes(range(32))], pepper=bytes(32)))
    try:
        return await furnish_street(store)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def street(street_database: tuple[str, Street]) -> Street:
    return street_database[1]


@pytest.fixture(scope="module")
def walked(ground: Ground, street_database: tuple[str, Street]) -> Walked:
    """What everybody was answered everywhere; walked once for all tests here."""
    return run_walk(ground, *street_database)


def _lines(walked: Walked) -> list[str]:
    """Return a line an address: who gets what, and what all the others get."""
    by_line: dict[str, dict[str, list[str]]] = {}
    for actor, seen in walked.items():
        for one in seen:
            by_line.setdefault(one.door.line, {}).setdefault(one.short, []).append(
                actor
            )
    return [_line(name, groups) for name, groups in sorted(by_line.items())]


def _line(name: str, groups: dict[str, list[str]]) -> str:
    common = max(groups, key=lambda status: (len(groups[status]), status))
    told = [
        f"{status} {', '.join(actors)}"
        for status, actors in sorted(groups.items())
        if status != common
    ]
    everybody = "everybody" if len(groups) == 1 else "the others"
    return f"{name}: {'; '.join([*told, f'{common} {everybody}'])}"


def test_everybody_is_answered_as_it_is_written(walked: Walked) -> None:
    lines = _lines(walked)
    if os.environ.get("REWRITE_WALK") == "1":
        EXPECTED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = EXPECTED.read_text("utf-8").splitlines()
    changed = Counter(lines)
    changed.subtract(expected)
    new = sorted(line for line, times in changed.items() if times > 0)
    gone = sorted(line for line, times in changed.items() if times < 0)
    changes = [*(f"+ {line}" for line in new), *(f"- {line}" for line in gone)]
    assert not changes, "\n".join(changes)


def test_nothing_breaks_for_anybody(walked: Walked) -> None:
    broken = [
        (actor, one.door.line)
        for actor, seen in walked.items()
        for one in seen
        if one.status >= 500
    ]
    assert broken == []


def test_every_page_of_the_rooms_has_its_line_in_the_permissions(root: Path) -> None:
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": "https://hotline.example",
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        }
    )
    keyring = Keyring([bytes(range(32))], pepper=bytes(32))
    parts = Parts(settings, Store(None, keyring), NoBell(), Metrics())
    door = RoomDoor(parts, Look(Catalog.load(root / "locales")))
    strange = [
        place.path
        for place in rooms.places(door)
        if place.name not in PAGES and not (place.name == "" and _is_open(place.path))
    ]
    assert strange == []


def _is_open(path: str) -> bool:
    return path == "/in" or path.startswith("/in/")


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_what_is_not_hers_is_answered_like_what_is_not_there(
    walked: Walked, actor: Actor
) -> None:
    """To the last byte, but for the number that was asked for."""
    missing = {
        (s.door.method, _pattern(s)): s
        for s in walked[actor.name]
        if s.door.case == "missing"
    }
    assert missing
    for seen in walked[actor.name]:
        if seen.door.case and seen.door.case not in actor.hers:
            like = missing[seen.door.method, _pattern(seen)]
            assert (seen.status, seen.print) == (like.status, like.print), seen.door


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_another_persons_things_are_answered_like_what_is_not_there(
    walked: Walked, actor: Actor
) -> None:
    pairs = (("another's", "missing"), ("meridian's", "missing"), ("b's at a", ""))
    seen = {s.door.line: s for s in walked[actor.name]}
    for line, one in seen.items():
        for theirs, nothing in pairs:
            if actor.name in ("other-brand", "admin") and theirs == "meridian's":
                continue
            if f"({theirs})" in line and nothing:
                like = seen[line.replace(f"({theirs})", f"({nothing})")]
                assert (one.status, one.print) == (like.status, like.print), line
            elif f"[{theirs}]" in line:
                assert one.short in ("404", "in"), line


def test_a_veiled_number_opens_nothing_for_a_brand_that_was_told(
    walked: Walked,
) -> None:
    """It reads that case under what stands for the number."""
    seen = {s.door.line: s for s in walked["brand"]}
    for line, one in seen.items():
        if re.search(r"\[(internal|outside) by number\]", line):
            like = seen[re.sub(r"\[\w+", "[missing", line)]
            assert (one.status, one.print) == (like.status, like.print), line


def _pattern(seen: Seen) -> str:
    """The address without its case; a brand's two ways to name one are two."""
    return re.sub(r"\[\w+", "[", seen.door.line)


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_where_somebody_is_turned_away_nothing_has_happened(
    walked: Walked, actor: Actor
) -> None:
    for seen in walked[actor.name]:
        if seen.short in ("400", "401", "403", "404", "409", "422", "in"):
            is_at_the_door = seen.door.path.startswith("/in")
            grown = set(seen.grew) - {"refused"}
            assert not grown or is_at_the_door, (seen.door, seen.status, seen.grew)


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_nobody_does_anything_to_a_case_that_is_not_hers(
    walked: Walked, actor: Actor
) -> None:
    for seen in walked[actor.name]:
        if seen.door.case and seen.door.case not in actor.hers:
            is_search = " searched " in seen.door.line
            assert is_search or seen.short in ("401", "403", "404", "in"), seen.door
            assert "ledger" not in seen.grew, seen.door
            assert "refused" not in seen.grew, seen.door


@pytest.mark.parametrize(
    "actor", [a for a in ACTORS if a.name in OUTSIDE], ids=lambda actor: actor.name
)
def test_whoever_has_not_signed_in_opens_no_room(walked: Walked, actor: Actor) -> None:
    for seen in walked[actor.name]:
        if seen.door.path.startswith("/room") and seen.door.path != "/room.css":
            assert seen.short == "in", seen.door


def _pages(walked: Walked, actor: str) -> Iterator[tuple[str, str]]:
    for seen in walked[actor]:
        is_described = seen.door.path in ("/api/v1", "/api/v1/openapi.json")
        if is_room(seen.door.path) and seen.status == 200 and not is_described:
            yield seen.door.line, unescape(seen.body)


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_no_page_names_a_case_that_is_not_hers(
    walked: Walked, street: Street, actor: Actor
) -> None:
    foreign = [c for n, c in street.cases.items() if n not in actor.hers]
    pieces = [
        piece
        for name in street.cases
        if name not in actor.hers
        for piece in (SAID[name][1], f"{name}-marigold", f"{name}-juniper")
    ]
    for line, page in _pages(walked, actor.name):
        # What somebody typed into the search stands in its field again.
        page = re.sub(r'value="\d{8}"', "", page)
        for case in foreign:
            assert case.number not in page, line
            assert f"{case.number[:4]}-{case.number[4:]}" not in page, line
        assert not [piece for piece in pieces if piece in page], line


@pytest.mark.parametrize("name", [*FACTORY, "waiting", *BRANDS, "auditor"])
def test_no_page_holds_a_workers_own_words_or_phone_or_minute(
    walked: Walked, name: str
) -> None:
    own = [piece for _, piece in SAID.values()]
    phones = [phone[-7:] for phone in PHONES.values()]
    for line, page in _pages(walked, name):
        assert not [piece for piece in own if piece in page], line
        assert not [phone for phone in phones if phone in page], line
        # At that minute of an hour nobody but a worker ever did anything.
        assert not re.search(r"\d\d:47", page), line


@pytest.mark.parametrize(
    ("name", "others"),
    [(name, SIBLING) for name in FACTORY if name != "sibling"] + [("sibling", GAZIPUR)],
)
def test_no_page_of_a_factory_names_the_other_factory(
    walked: Walked, name: str, others: str
) -> None:
    for line, page in _pages(walked, name):
        assert others not in page, line


def test_a_committee_does_read_what_was_released_to_it(walked: Walked) -> None:
    """So that finding nothing in the tests around says something."""
    pages = dict(_pages(walked, "committee"))
    page = pages["GET /room/cases/{number} [a]"]
    assert RELEASED["a"] in page
    assert NOTED["a"] in page
    assert ASKED["a"] in page


@pytest.mark.parametrize("name", [*BRANDS, "head"])
def test_no_page_of_a_brand_or_a_head_holds_what_anybody_wrote_of_a_case(
    walked: Walked, name: str
) -> None:
    pieces = ("marigold", "juniper", "saffron", "cedar")
    for line, page in _pages(walked, name):
        assert not [piece for piece in pieces if piece in page], line


def test_no_brand_reads_where_a_veiled_case_is(walked: Walked) -> None:
    """`internal` and `outside` are protected, and nobody has released them."""
    for line, page in _pages(walked, "brand"):
        if re.search(r"\[(internal|outside) by ref\]", line):
            assert GAZIPUR not in page, line
            assert "Gazipur" not in page, line
            assert "harass" not in page.lower(), line


def test_the_phone_is_on_nobodys_page(walked: Walked) -> None:
    for actor in ACTORS:
        for line, page in _pages(walked, actor.name):
            assert not [p for p in PHONES.values() if p[-7:] in page], line
