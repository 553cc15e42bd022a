"""Pages for anybody: the first page, rights at work, and the check of a receipt."""

import gzip
import re

import pytest

from app.domain.reference import with_check
from app.receipts.receipt import Receipt
from tests.stories.programme import DINDIGUL, GAZIPUR
from tests.web.conftest import World
from tests.web.test_complaint import WORDS, complained

LANGUAGES = ("bn", "hi", "ta", "en")
FIRST, FURTHER = 14 * 1024, 8 * 1024  # bytes, compressed


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_first_page_is_one_request_and_a_stylesheet(
    world: World, language: str
) -> None:
    visit = await world.visit().get(f"/s/{GAZIPUR}?l={language}")
    assert f'lang="{language}"' in visit.html
    assert "set-cookie" not in visit.headers
    asked = re.findall(r'(?:src|href)="([^"#]+)"', visit.html)
    loaded = [each for each in asked if each.endswith(".css") or ".css?" in each]
    assert len(loaded) == 1
    assert "<script" not in visit.html
    assert "<img" not in visit.html
    style = await world.visit().get(loaded[0])
    assert style.status == 200
    assert "immutable" in style.headers["cache-control"]
    weight = sum(len(gzip.compress(s.encode(), 6)) for s in (visit.html, style.html))
    assert weight <= FIRST


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_further_page_is_light(world: World, language: str) -> None:
    visit = await world.visit().get(f"/s/{GAZIPUR}?l={language}")
    pages = []
    await visit.send(words=WORDS)
    pages.append(visit.html)
    for fields in ({"answer": "no"}, {"answer": "no"}, {"how": "none"}):
        await visit.send("next", **fields)
        pages.append(visit.html)
    number, pin = visit.digits(8), visit.digits(6)
    await visit.send("check", pin=pin)
    pages.append(visit.html)
    await visit.send("proof")
    pages.append(visit.html)
    door = await world.visit().get(f"/follow?l={language}")
    pages.append(door.html)
    await door.send(number=number, pin=pin)
    pages.append(door.html)
    for turn in range(12):
        await door.send("add", words=f"{turn} " + "তিন মাস বেতন পাই না, গালি দেয়। " * 40)
    assert "11 " in door.text
    pages.append(door.html)
    for path in ("/rights", "/rights/outside", "/verify"):
        pages.append((await world.visit().get(f"{path}?l={language}")).html)
    weights = [len(gzip.compress(page.encode(), 6)) for page in pages]
    assert max(weights) <= FURTHER, weights


async def test_a_page_goes_out_compressed(world: World) -> None:
    visit = await world.visit(**{"Accept-Encoding": "gzip"}).get("/")
    assert visit.headers["content-encoding"] == "gzip"
    plain = await world.visit(**{"Accept-Encoding": "identity"}).get("/")
    assert "content-encoding" not in plain.headers


async def test_every_page_is_closed_to_everything_but_itself(world: World) -> None:
    visit, _, _ = await complained(world)
    assert visit.headers["cache-control"] == "no-store"
    policy = visit.headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    assert visit.headers["referrer-policy"] == "no-referrer"
    assert visit.headers["x-frame-options"] == "DENY"
    first = await world.visit().get("/")
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("path", "accepts", "expected"),
    [
        ("/", "", "en"),
        ("/", "bn-BD,bn;q=0.9,en;q=0.8", "bn"),
        ("/", "en-US,en;q=0.9,ta;q=0.5", "ta"),
        (f"/s/{GAZIPUR}", "en-US,en;q=0.9", "bn"),
        (f"/s/{DINDIGUL}", "fr", "ta"),
        (f"/s/{GAZIPUR}?l=hi", "bn", "hi"),
        ("/?l=xx", "de;q=x, hi;q=0.1", "hi"),
    ],
)
async def test_the_language_is_the_one_that_she_likely_reads(
    world: World, path: str, accepts: str, expected: str
) -> None:
    visit = await world.visit(**{"Accept-Language": accepts}).get(path)
    assert f'<html lang="{expected}"' in visit.html


async def test_an_unknown_poster_still_opens_the_form(world: World) -> None:
    visit = await world.visit().get("/s/999999?l=en")
    await visit.send(words=WORDS)
    assert await world.one("SELECT site FROM cases") is None


async def test_a_receipt_is_checked_without_telling_anything(world: World) -> None:
    visit, number, _ = await complained(world)
    await visit.send("proof")
    found = re.search(r"TL1-[0-9A-Z-]+", visit.text)
    assert found is not None
    checked = await world.visit().get(f"/verify?l=en&r={found[0]}")
    assert "genuine" in checked.text
    for untold in ("overtime", "WAGE", "committee", GAZIPUR, "PIN"):
        assert untold not in checked.text
    code = re.search(r"Code\n(\d{5}) ?(\d{5})", visit.text)
    assert code is not None
    short = await world.visit().get("/verify?l=en")
    await short.send(number=number, day="2026-12-01", code=code[1] + code[2])
    assert "genuine" in short.text
    await short.send(number=number, day="2026-12-02", code=code[1] + code[2])
    assert "no receipt of ours" in short.text


async def test_a_number_that_no_case_has_reads_as_one_that_has(world: World) -> None:
    _, number, _ = await complained(world)
    made_up = Receipt(with_check("1234567"), world.at.date()).number
    replies = []
    for each in (number, made_up):
        visit = await world.visit().get("/verify?l=en")
        await visit.send(number=each, day="2026-12-01", code="0000000000")
        replies.append(visit.text)
    assert replies[0] == replies[1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_rights_are_there_in_each_language(world: World, language: str) -> None:
    visit = await world.visit().get(f"/rights?l={language}")
    topics = [link for link in visit.read.links if link.startswith("/rights/")]
    assert len(topics) == 9
    for link in topics:
        page = await world.visit().get(link)
        assert page.status == 200
        assert f'lang="{language}"' in page.html
    assert (await world.visit().get("/rights/nothing")).status == 404
