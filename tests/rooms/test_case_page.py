"""One case, one page: what each reader sees of it, and what its forms do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.actions.read_case import read_case
from app.domain import commands as verbs
from app.store.engine import Store
from app.store.ledger import verify
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
from tests.stories.programme import INDIA_LINE

SECRET = "overtime"  # a word that the worker wrote


@pytest.fixture
async def rooms(store: Store, root: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(store, root) as opened:
        yield opened
    assert (await verify(store)).problems == []


def fields_of(html: str, verb: str) -> dict[str, str]:
    """Return the hidden fields of the form for one verb."""
    form = re.search(rf'<form[^>]*acts/{verb}">(.*?)</form>', html, re.DOTALL)
    assert form is not None, verb
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[1]))


async def test_a_number_is_found_as_pages_show_it(rooms: Rooms) -> None:
    number = await rooms.complain()
    partner = await rooms.seat(PARTNER)
    for path in ("", "/desk", "/brands"):
        assert await partner.get(f"/room/cases/{grouped(number)}{path}") == 200, path


async def test_a_committee_reads_nothing_before_the_partner_has(rooms: Rooms) -> None:
    number = await rooms.complain()
    member, partner = await rooms.seat(MEMBER), await rooms.seat(PARTNER)
    assert await member.get(f"/room/cases/{number}") == 200
    assert SECRET not in member.html
    assert "are with the partner" in member.html
    assert await partner.get(f"/room/cases/{number}") == 200
    assert SECRET in partner.html
    rooms.wait(minutes=10)
    await rooms.talk.act(number, verbs.ReleaseWords(note="Pay is missing."), PARTNER)
    assert await member.get(f"/room/cases/{number}") == 200
    assert "Pay is missing." in member.html
    assert SECRET not in member.html
    assert "are with the partner" not in member.html


async def test_where_no_partner_serves_the_body_reads_the_words(rooms: Rooms) -> None:
    await rooms.store.pool.execute(
        "UPDATE person SET until = '2026-01-01' WHERE role = 'partner'"
    )
    await rooms.store.pool.execute("UPDATE directory_version SET version = version + 1")
    number = await rooms.complain()
    member = await rooms.seat(MEMBER)
    assert await member.get(f"/room/cases/{number}") == 200
    assert SECRET in member.html


@pytest.mark.parametrize("name", [ELSEWHERE, HEAD, BRAND, ADMIN, "auditor"])
async def test_to_everybody_else_it_is_not_there(rooms: Rooms, name: str) -> None:
    number = await rooms.complain()
    browser = await rooms.seat(name)
    assert await browser.get(f"/room/cases/{number}") == 404
    missing = browser.html
    assert await browser.get("/room/cases/12345678") == 404
    assert browser.html == missing
    assert await browser.post(f"/room/cases/{number}/acts/note", note="x") == 404
    assert await rooms.kinds(number) == [
        k for k in await rooms.kinds(number) if k not in ("note.added", "act.refused")
    ]


async def test_a_protected_case_is_not_a_committees(rooms: Rooms) -> None:
    number = await rooms.complain(HARASSED)
    member = await rooms.seat(MEMBER)
    assert await member.get(f"/room/cases/{number}") == 404


async def test_the_minute_is_not_told_inside_the_factory(rooms: Rooms) -> None:
    rooms.wait(minutes=17)
    number = await rooms.complain()
    member, partner = await rooms.seat(MEMBER), await rooms.seat(PARTNER)
    await member.get(f"/room/cases/{number}?history=all")
    await partner.get(f"/room/cases/{number}?history=all")
    assert "2026, 12:17" in partner.html
    assert ":17" not in member.html


async def test_reading_is_one_event_in_an_hour(rooms: Rooms) -> None:
    number = await rooms.complain()
    partner = await rooms.seat(PARTNER)
    for minutes in (0, 10, 55):
        rooms.wait(minutes=minutes)
        await partner.get(f"/room/cases/{number}")
    assert (await rooms.kinds(number)).count("text.read") == 2


async def test_the_case_goes_its_way_by_buttons(rooms: Rooms) -> None:
    number = await rooms.complain()
    worker, manager = await rooms.seat(MEMBER), await rooms.seat(MANAGER)
    acts = f"/room/cases/{number}/acts"
    await worker.get(f"/room/cases/{number}")
    assert await worker.post(f"{acts}/acknowledge") == 200
    assert await worker.post(f"{acts}/take") == 200
    assert "you work on it" not in worker.html
    assert await worker.post(f"{acts}/start", note="Spoke with payroll.") == 200
    assert await worker.post(f"{acts}/propose", note="Pay it on Sunday.") == 200
    seen = fields_of(worker.html, "resolve")["seen"]
    assert await worker.post(f"{acts}/resolve", note="Paid.", seen=seen) == 400
    assert "Tick the box" in worker.html
    assert "Paid." in worker.html
    assert (
        await worker.post(f"{acts}/resolve", note="Paid.", seen=seen, sure="yes") == 200
    )
    assert (await rooms.talk.case(number))["state"] == "remedy_proposed"
    await manager.get(f"/room/cases/{number}")
    assert "Still missing: For the management." in manager.html
    seen = fields_of(manager.html, "resolve")["seen"]
    assert (
        await manager.post(f"{acts}/resolve", note="Yes.", seen=seen, sure="yes") == 200
    )
    assert (await rooms.talk.case(number))["state"] == "resolved"


async def test_a_form_sent_twice_is_taken_once(rooms: Rooms) -> None:
    number = await rooms.complain()
    member = await rooms.seat(MEMBER)
    await member.get(f"/room/cases/{number}")
    once = fields_of(member.html, "tell")["once"]
    for _ in range(3):
        answered = await member.post(
            f"/room/cases/{number}/acts/tell", note="We look into it.", once=once
        )
        assert answered == 200
    assert (await rooms.directions(number)).count("told") == 1
    await member.post(f"/room/cases/{number}/acts/tell", note="And more.", once=once)
    assert (await rooms.directions(number)).count("told") == 2


async def test_who_did_not_see_what_happened_decides_once_more(rooms: Rooms) -> None:
    number = await rooms.complain()
    member, second = await rooms.seat(MEMBER), await rooms.seat(SECOND)
    await member.get(f"/room/cases/{number}")
    seen = fields_of(member.html, "hand-to-partner")["seen"]
    await second.get(f"/room/cases/{number}")
    await second.post(f"/room/cases/{number}/acts/start", note="Spoke with payroll.")
    given = {"note": "It is too much for us.", "sure": "yes"}
    acts = f"/room/cases/{number}/acts/hand-to-partner"
    assert await member.post(acts, seen=seen, **given) == 409
    assert "This changed meanwhile" in member.html
    assert "It is too much for us." in member.html
    assert (await rooms.talk.case(number))["route"] == "committee"
    seen = fields_of(member.html, "hand-to-partner")["seen"]
    assert await member.post(acts, seen=seen, **given) == 200
    assert (await rooms.talk.case(number))["route"] == "partner"
    assert await member.get(f"/room/cases/{number}") == 404


async def test_whoever_steps_away_sees_no_trace_of_it(rooms: Rooms) -> None:
    number = await rooms.complain()
    member, second = await rooms.seat(MEMBER), await rooms.seat(SECOND)
    await member.get(f"/room/cases/{number}")
    seen = fields_of(member.html, "recuse")["seen"]
    acts = f"/room/cases/{number}/acts"
    assert await member.post(f"{acts}/recuse", seen=seen, sure="yes") == 200
    for page in ("/room", "/room/cases", f"/room/cases?number={number}"):
        await member.get(page)
        assert f"cases/{number}" not in member.html
        assert grouped(number) not in member.html
    assert await member.get(f"/room/cases/{number}") == 404
    assert await second.get(f"/room/cases/{number}") in (200, 404)


async def test_a_prepared_sentence_goes_in_the_workers_language(rooms: Rooms) -> None:
    ticket = await rooms.talk.open("৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না", "২")
    member, partner = await rooms.seat(MEMBER), await rooms.seat(PARTNER)
    await member.get(f"/room/cases/{ticket.number}")
    await member.post(f"/room/cases/{ticket.number}/acts/tell", phrase="safe")
    await partner.get(f"/room/cases/{ticket.number}")
    assert "আপনি কি এখন নিরাপদে আছেন?" in partner.html
    assert "worker.asked" in await rooms.kinds(ticket.number)


async def test_free_words_wait_for_the_partner_where_templates_rule(
    rooms: Rooms,
) -> None:
    ticket = await rooms.talk.open(
        "615236 no overtime pay", "2", line=INDIA_LINE, phone="+919812345678"
    )
    member, partner = await rooms.seat(ELSEWHERE), await rooms.seat("partner-tn")
    path = f"/room/cases/{ticket.number}"
    assert await member.get(path) == 200
    assert await member.post(f"{path}/acts/tell", note="Come to line 7.") == 200
    assert "waits for the partner, not sent yet" in member.html
    assert "told" not in await rooms.directions(ticket.number)
    held = await rooms.message(ticket.number, "held")
    assert await partner.get(path) == 200
    assert (
        await partner.post(
            f"{path}/acts/release-told", held=str(held), note="Come to us."
        )
        == 200
    )
    await member.get(path)
    assert "released by the partner" in member.html
    assert "Come to us." in member.html


async def test_a_partners_note_is_not_read_inside_the_factory(rooms: Rooms) -> None:
    number = await rooms.complain()
    await rooms.talk.act(number, verbs.Note(note="She sits at line 7."), PARTNER)
    await rooms.talk.act(number, verbs.Note(note="We asked payroll."), SECOND)
    member, partner = await rooms.seat(MEMBER), await rooms.seat(PARTNER)
    await member.get(f"/room/cases/{number}")
    await partner.get(f"/room/cases/{number}")
    assert "line 7" not in member.html
    assert "We asked payroll." in member.html
    assert "line 7" in partner.html
    assert PARTNER not in member.html  # nor what she is called


async def test_the_clock_says_what_it_rests_on(rooms: Rooms) -> None:
    number = await rooms.complain()
    member = await rooms.seat(MEMBER)
    await member.get(f"/room/cases/{number}")
    assert "2 working days" in member.html
    assert "weekly rest" in member.html  # a Friday lies within


async def test_no_page_shows_a_phone(rooms: Rooms) -> None:
    number = await rooms.complain(phone="+8801799998888")
    for name in (MEMBER, PARTNER):
        browser = await rooms.seat(name)
        assert await browser.get(f"/room/cases/{number}?history=all") == 200
        assert "The complaint came." in browser.html
        assert "99998888" not in browser.html


async def test_the_command_line_is_cut_as_the_rooms_are(rooms: Rooms) -> None:
    number = await rooms.complain()
    await rooms.talk.act(number, verbs.Tell(note="We look into it."), PARTNER)
    member, partner = await rooms.person(MEMBER), await rooms.person(PARTNER)
    how: dict[str, Any] = {"reason": "to help", "at": rooms.at, "through": "cli"}
    hers = await read_case(rooms.store, number, by=partner, **how)
    mine = await read_case(rooms.store, number, by=member, **how)
    assert {m.direction for m in hers.messages} >= {"in", "told"}
    assert [m.direction for m in mine.messages] == ["told"]
    assert not any("note" in facts for _, facts in mine.facts)


async def test_who_stepped_away_is_the_partners_to_read_and_a_number_to_others(
    rooms: Rooms,
) -> None:
    number = await rooms.complain()
    rooms.wait(minutes=10)
    await rooms.talk.act(number, verbs.Recuse(note="My cousin."), MANAGER)
    member, partner = await rooms.seat(MEMBER), await rooms.seat(PARTNER)
    assert await member.get(f"/room/cases/{number}") == 200
    assert "One member does not sit on this case." in member.html
    for said in (MANAGER, "Somebody does not sit on this case.", "My cousin."):
        assert said not in member.html
    assert await partner.get(f"/room/cases/{number}") == 200
    assert MANAGER in partner.html
