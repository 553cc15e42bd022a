"""What somebody worded is never cut nor lost, and a form that comes twice acts once."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.actions.edit_programme import at_once
from app.actions.remedy import plan_remedy
from app.console.case_acts import LONGEST as LONGEST_NOTE
from app.console.desk_acts import LONGEST
from app.domain import commands as verbs
from app.domain.brand_talk import LONGEST as LONGEST_WORD
from app.domain.remedies import Owner, Planned, RootCause
from app.domain.whereabouts import day_of
from app.store.engine import Store
from tests.builders import GAZIPUR
from tests.rooms.hall import Browser
from tests.rooms.seats import ADMIN, BRAND, MEMBER, PARTNER, WAGES, Rooms, open_rooms

BENGALI = "টাকা দেয় না। "


@pytest.fixture
async def rooms(store: Store, root: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(store, root) as opened:
        yield opened


def _once(browser: Browser, action: str) -> str:
    """Return the mark of the form that is sent to this address."""
    form = browser.html.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    found = re.search(r'name="once" value="([0-9a-f]{32})"', form)
    assert found is not None, form
    return found[1]


async def _told(rooms: Rooms) -> str:
    """Return a case of which the brands were told."""
    number = await rooms.complain()
    while not await rooms.store.pool.fetchval("SELECT true FROM brand_case"):
        await rooms.talk.run(hours=12)
    return number


@pytest.mark.parametrize("verb", ["transcribe", "summarise", "attempt", "tell-all"])
async def test_on_the_desk_nothing_is_cut_without_a_word(
    rooms: Rooms, verb: str
) -> None:
    number = await rooms.complain()
    if verb == "tell-all":
        part = await rooms.complain(WAGES, phone="+8801712345001")
        await rooms.talk.act(part, verbs.Join(number), PARTNER)
    said = (BENGALI * (LONGEST // len(BENGALI) + 1)).strip() + " শেষ"
    partner = await rooms.seat(PARTNER)
    desk = f"/room/cases/{number}/desk"
    await partner.get(desk)
    before = await rooms.directions(number)
    assert await partner.post(f"{desk}/{verb}", note=said, box=verb) == 400
    assert f"This is too long: {len(said)} characters" in partner.html
    assert f">\n{said}</textarea>" in partner.html
    assert await rooms.directions(number) == before
    assert await partner.post(f"{desk}/{verb}", note=said[-LONGEST:]) == 200
    assert partner.path == desk


async def test_a_long_release_is_shown_again_whole(rooms: Rooms) -> None:
    number = await rooms.complain()
    partner = await rooms.seat(PARTNER)
    path = f"/room/cases/{number}/release"
    await partner.get(path)
    said = "x " * (LONGEST // 2) + "the end"
    for step in ("preview", "release"):
        assert await partner.post(path, note=said, step=step) == 400
        assert f"{said}</textarea>" in partner.html
    assert "released" not in await rooms.directions(number)


async def test_brands_words_are_refused_whole_and_not_cut(rooms: Rooms) -> None:
    number = await _told(rooms)
    brand = await rooms.seat(BRAND)
    page = f"/room/brand/{number}"
    await brand.get(page)
    await brand.post(f"{page}/promise")
    said = "We pay. " * (LONGEST_WORD // 8) + "The end."
    for place, name in (("answer", "note"), ("word", "word")):
        await brand.get(page)
        assert await brand.post(f"{page}/{place}", **{name: said}) == 400
        assert f"{said}</textarea>" in brand.html
    kinds = await rooms.kinds(number)
    assert not {"rung.answered", "brand.word_written"} & set(kinds)


async def test_what_a_member_wrote_is_shown_again_whole(rooms: Rooms) -> None:
    number = await rooms.complain()
    member = await rooms.seat(MEMBER)
    await member.get(f"/room/cases/{number}")
    said = "x " * (LONGEST_NOTE // 2) + "the end"
    assert await member.post(f"/room/cases/{number}/acts/note", note=said) == 400
    assert f"{said}</textarea>" in member.html
    # What the rules refuse is shown as well, to be copied.
    await member.get(f"/room/cases/{number}")
    path = f"/room/cases/{number}/acts/acknowledge"
    assert await member.post(path) == 200
    assert await member.post(path, note="Look again.") == 409
    assert "Look again.</textarea>" in member.html


async def test_a_release_sent_twice_is_one(rooms: Rooms) -> None:
    number = await rooms.complain()
    partner = await rooms.seat(PARTNER)
    path = f"/room/cases/{number}/release"
    await partner.get(path)
    await partner.post(path, note="Pay is missing.", step="preview")
    fields = {"note": "Pay is missing.", "step": "release"}
    fields["once"] = _once(partner, path)
    for _ in range(2):
        assert await partner.post(path, **fields) == 200
    assert (await rooms.directions(number)).count("released") == 1


async def test_a_brands_word_and_plan_sent_twice_are_one(rooms: Rooms) -> None:
    number = await _told(rooms)
    brand = await rooms.seat(BRAND)
    page = f"/room/brand/{number}"
    await brand.get(page)
    await brand.post(f"{page}/promise")
    await brand.get(page)
    word = {"word": "We pay first.", "once": _once(brand, f"{page}/word")}
    plan = {
        "root_cause": "price",
        "owner": "brand",
        "due_on": (rooms.at + timedelta(days=9)).date().isoformat(),
        "action": "We pay first.",
        "once": _once(brand, f"{page}/remedies"),
    }
    for _ in range(2):
        assert await brand.post(f"{page}/word", **word) == 200
        assert await brand.post(f"{page}/remedies", **plan) == 200
    kinds = await rooms.kinds(number)
    assert kinds.count("brand.word_written") == kinds.count("remedy.planned") == 1
    done = re.findall(r'action="([^"]+/done)"', brand.html)
    assert len(done) == 1
    finish = {"evidence": "A receipt.", "once": _once(brand, done[0])}
    for _ in range(2):
        assert await brand.post(done[0], **finish) == 200
    assert (await rooms.kinds(number)).count("remedy.finished") == 1


async def test_two_plans_of_one_form_that_was_mended_are_two(rooms: Rooms) -> None:
    number = await rooms.complain()
    member = await rooms.person(MEMBER)
    due = (rooms.at + timedelta(days=9)).date()
    made = [
        await plan_remedy(
            rooms.store,
            number,
            Planned(RootCause.PRICE, Owner.FACTORY, due, "Pay."),
            by=member,
            at=rooms.at,
            once=once,
        )
        for once in ("one", "two", "one", "")
    ]
    assert made[0] == made[2]
    assert len(set(made)) == 3


async def test_what_the_secretariat_sends_twice_is_done_once(rooms: Rooms) -> None:
    admin = await rooms.seat(ADMIN)
    await admin.get("/room/admin/sites/new")
    once = _once(admin, "/room/admin/sites")
    site = {"name": "Turag", "country": "BD", "tier": "1", "kind": "garment"}
    site |= {"timezone": "Asia/Dhaka", "hours": "09:00-17:00", "once": once}
    site |= {"weekly_rest": "fri", "languages": "bn"}
    assert await admin.post("/room/admin/sites", **site) == 200
    assert await admin.post("/room/admin/sites", **site) == 409
    sites = (await rooms.store.directory()).sites.values()
    assert len([s for s in sites if s.name == "Turag"]) == 1
    member = await rooms.person(MEMBER)
    page = f"/room/admin/people/{member.id}"
    await admin.get(page)
    once = _once(admin, f"{page}/invite")
    assert await admin.post(f"{page}/invite", once=once) == 200
    assert await admin.post(f"{page}/invite", once=once) == 409
    found = await rooms.store.pool.fetchval(
        "SELECT count(*) FROM invitation WHERE person_id = $1", member.id
    )
    assert found == 1


@pytest.mark.parametrize("org", [("Tamil Nadu",), ("IN",), (GAZIPUR,), ()])
async def test_now_is_the_persons_own_day(rooms: Rooms, org: tuple[str, ...]) -> None:
    directory = await rooms.store.directory()
    person = replace(await rooms.person("partner-tn"), org=org, until=None)
    for hour in range(24):
        at = datetime(2026, 12, 2, hour, 10, tzinfo=UTC)
        today = day_of(person, directory, at)
        ended = replace(person, until=at_once(person, directory, at))
        assert not ended.serves_on(today)
        assert ended.serves_on(today - timedelta(days=1))
        assert at_once(person, directory, at) >= date(2026, 12, 1)


async def test_a_long_talk_is_read_by_pages(rooms: Rooms) -> None:
    number = await rooms.complain()
    for count in range(45):
        rooms.wait(minutes=2)
        told = verbs.Tell(note=f"Message number {count:02}. " + "We look into it. " * 8)
        await rooms.talk.act(number, told, PARTNER)
    partner = await rooms.seat(PARTNER)
    path = f"/room/cases/{number}"
    seen: set[str] = set()
    asked = ("", "?talk=all", "?talk=all&part=2", "?talk=all&part=3", "?history=all")
    for query in asked:
        assert await partner.get(f"{path}{query}") == 200
        assert len(partner.answer.content if partner.answer else b"") < 30_000
        if "talk" in query:
            seen |= set(re.findall(r"Message number (\d\d)", partner.html))
        elif not query:
            shown = re.findall(r"Message number (\d\d)", partner.html)
            assert shown == [f"{count:02}" for count in range(35, 45)]
    assert len(seen) == 45


async def test_a_policy_that_is_looked_at_stays_a_page(rooms: Rooms) -> None:
    admin = await rooms.seat(ADMIN)
    await admin.get("/room/admin/policies")
    deep = "a=" + "[" * 5000
    assert await admin.post("/room/admin/policies", text=deep, step="check") == 400
    assert "too deep" in admin.html
    long = "# a remark\n" * 2000
    assert await admin.post("/room/admin/policies", text=long, step="check") == 400
    assert "This is too long" in admin.html
