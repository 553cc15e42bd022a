"""Following a case by pages, from whichever channel it came."""

import re
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from app.actions.act_on_case import act_on_case
from app.actions.sweep_deadlines import sweep_due
from app.actions.take_turn import HeardText, take_turn
from app.domain import commands
from app.domain.taxonomy import Role
from app.store.ledger import verify
from tests.stories.programme import DHAKA_LINE, GAZIPUR
from tests.stories.telling import DHAKA, WORKER, catalog, say
from tests.web.conftest import World
from tests.web.reader import Visit
from tests.web.test_complaint import WORDS, complained


async def text(world: World, body: str, sender: str = WORKER) -> str:
    world.wait(seconds=1)
    answer = await take_turn(
        world.store,
        HeardText(sender, DHAKA_LINE, body, "sms"),
        provider_id=f"SM{world.at.timestamp()}",
        render=say,
        at=world.at,
        chance=Random(7),
    )
    return answer.body.decode()


async def follow(
    world: World, number: str, pin: str, network: str = "203.0.113.7"
) -> Visit:
    visit = await world.visit(network).get("/follow?l=en")
    return await visit.send(number=number, pin=pin)


async def somebody(world: World, role: Role, side: str = "") -> Any:
    directory = await world.store.directory()
    return next(
        p
        for p in directory.people
        if p.role is role
        and (GAZIPUR in p.org or role is Role.PARTNER)
        and (not side or (p.side and p.side.value == side))
        and p.serves_on(world.at.date())
    )


async def act(world: World, number: str, command: Any, by: Any) -> None:
    world.wait(minutes=1)
    done = await act_on_case(
        world.store, number, command, by=by, at=world.at, through="test"
    )
    assert done is not None


async def solved(world: World, number: str) -> None:
    for side in ("worker", "management"):
        member = await somebody(world, Role.COMMITTEE, side)
        if side == "worker":
            await act(world, number, commands.Acknowledge(), member)
            await act(world, number, commands.Start(note="looked"), member)
        await act(world, number, commands.Resolve(note="paid"), member)


async def test_a_case_that_came_by_text_is_followed_on_the_web_and_back(
    world: World,
) -> None:
    answer = await text(world, f"Three months no overtime money {GAZIPUR}")
    found = re.search(r"(\d{4})-(\d{4}).*?(\d{6})", answer)
    assert found is not None
    number, pin = found[1] + found[2], found[3]
    visit = await follow(world, number, pin)
    assert "Three months no overtime money" in visit.text
    await visit.send("add", words="It is four months now.")
    back = await text(world, f"STATUS {pin}")
    assert "news by" in back
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_a_case_of_the_web_is_followed_by_text_from_any_phone(
    world: World,
) -> None:
    _, number, pin = await complained(world)
    back = await text(world, f"STATUS {number} {pin}", sender="+8801811111111")
    assert "You will have news by" in back
    assert "overtime" not in back


async def test_messages_go_both_ways(world: World) -> None:
    _, number, pin = await complained(world)
    partner = await somebody(world, Role.PARTNER)
    member = await somebody(world, Role.COMMITTEE, "worker")
    await act(world, number, commands.Acknowledge(), member)
    world.wait(minutes=1)
    await act_on_case(
        world.store,
        number,
        commands.Tell(note="Which month was the last one paid?"),
        by=member,
        at=world.at,
        through="test",
    )
    visit = await follow(world, number, pin)
    assert "Which month was the last one paid?" in visit.text
    await visit.send("add", words="It was August.")
    assert visit.text.index("Which month") < visit.text.index("It was August.")
    assert partner is not None


async def test_her_yes_closes_it_and_a_word_within_thirty_days_opens_it_again(
    world: World,
) -> None:
    _, number, pin = await complained(world)
    await solved(world, number)
    visit = await follow(world, number, pin)
    await visit.send("solved")
    assert await world.one("SELECT state FROM cases") == "closed_confirmed"
    await visit.send("rate", stars="4")
    assert await world.one("SELECT detail ->> 'rating' FROM cases") == "4"
    world.wait(days=29)
    visit = await follow(world, number, pin)
    assert "open it again" in visit.text
    await visit.send("add", words="They took the money back.")
    assert await world.one("SELECT state FROM cases") == "reopened"
    assert (await verify(world.store)).problems == []


async def test_after_thirty_days_it_stays_closed(world: World) -> None:
    _, number, pin = await complained(world)
    await solved(world, number)
    await (await follow(world, number, pin)).send("solved")
    world.wait(days=32)
    visit = await follow(world, number, pin)
    assert "tell us anew" in visit.text
    assert not any(form.has("add") for form in visit.read.forms)


async def test_her_no_opens_it_again_one_rung_higher(world: World) -> None:
    _, number, pin = await complained(world)
    await solved(world, number)
    visit = await follow(world, number, pin)
    await visit.send("not-solved")
    row = await world.store.pool.fetchrow("SELECT state, detail FROM cases")
    assert row["state"] == "reopened"
    assert '"not_solved": 1' in row["detail"]


async def test_she_takes_it_back_and_changes_her_mind(world: World) -> None:
    _, number, pin = await complained(world)
    visit = await follow(world, number, pin)
    await visit.send("withdraw")
    await visit.send("back")
    assert await world.one("SELECT detail ->> 'withdraw_asked_at' FROM cases") is None
    await visit.send("withdraw")
    await visit.send("withdraw-yes")
    assert "until then you can still undo that" in visit.text.lower()
    await visit.send("undo")
    assert await world.one("SELECT detail ->> 'withdraw_asked_at' FROM cases") is None


async def test_how_to_reach_her_is_hers_to_change(world: World) -> None:
    _, number, pin = await complained(world)
    visit = await follow(world, number, pin)
    await visit.send("reach")
    await visit.send("next", how="call", phone="01712345678", part="morning")
    row = await world.store.pool.fetchrow("SELECT contact_tag, detail FROM cases")
    assert row["contact_tag"] is not None
    assert '"may_call": true' in row["detail"]
    await visit.send("reach")
    await visit.send("next", how="none")
    detail = await world.one("SELECT detail FROM cases")
    assert '"may_call": false' in detail
    assert '"may_text": false' in detail
    assert (await verify(world.store)).problems == []


async def test_news_goes_to_the_phone_that_she_gave(world: World) -> None:
    _, number, pin = await complained(world)
    visit = await follow(world, number, pin)
    await visit.send("reach")
    await visit.send("next", how="text", phone="01712345678", part="any")
    member = await somebody(world, Role.COMMITTEE, "worker")
    await act(world, number, commands.Acknowledge(), member)
    owed = await world.one(
        "SELECT count(*) FROM outbox WHERE recipient_kind = 'worker'"
        " AND template = 'worker_news' AND next_at IS NOT NULL"
    )
    assert owed == 1
    await follow(world, number, pin)  # she asks by herself: the text is not needed
    left = await world.one(
        "SELECT count(*) FROM outbox WHERE recipient_kind = 'worker'"
        " AND template = 'worker_news' AND next_at IS NOT NULL"
    )
    assert left == 0


async def test_wrong_pins_make_that_network_wait_and_no_other(world: World) -> None:
    _, number, pin = await complained(world)
    for _ in range(5):
        visit = await follow(world, number, "000000", "198.51.100.5")
        assert "do not belong together" in visit.text
    visit = await follow(world, number, pin, "198.51.100.9")  # the same /24
    assert "do not belong together" in visit.text
    visit = await follow(world, number, pin, "192.0.2.1")
    assert WORDS in visit.text
    world.wait(minutes=2)
    visit = await follow(world, number, pin, "198.51.100.9")
    assert WORDS in visit.text
    kept = await world.store.pool.fetch("SELECT phone_tag FROM pin_try")
    assert all(len(row["phone_tag"]) == 16 for row in kept)


async def test_thirty_wrong_tries_an_hour_end_the_trying(world: World) -> None:
    for number in range(30):
        await follow(world, f"{number:08d}", "000000", "198.51.100.5")
    visit = await follow(world, "12345678", "000000", "198.51.100.5")
    assert "too many tries" in visit.text


async def test_pin_and_number_are_read_in_every_script(world: World) -> None:
    _, number, pin = await complained(world)
    bengali = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
    visit = await follow(
        world, f"{number[:4]} - {number[4:]}".translate(bengali), pin.translate(bengali)
    )
    assert WORDS in visit.text


@pytest.mark.parametrize("number", ["", "abc", "99999999", "1" * 5000])
async def test_nonsense_opens_nothing_and_says_no_more(
    world: World, number: str
) -> None:
    visit = await follow(world, number, "123456")
    assert visit.status == 200
    assert "do not belong together" in visit.text


async def test_a_late_case_says_so_without_keywords(world: World) -> None:
    _, number, pin = await complained(world)
    world.wait(days=60)
    await sweep_due(world.store, at=world.at)
    visit = await follow(world, number, pin)
    assert "It is late" in visit.text
    assert "STATUS" not in visit.text
    assert datetime(2027, 1, 1, tzinfo=UTC) < world.at


async def test_she_is_asked_by_the_day_until_which_her_word_is_awaited(
    world: World,
) -> None:
    answer = await text(world, f"Three months no overtime money {GAZIPUR}")
    found = re.search(r"(\d{4})-(\d{4}).*?(\d{6})", answer)
    assert found is not None
    number, pin = found[1] + found[2], found[3]
    await text(world, "2")
    await solved(world, number)
    due = await world.store.pool.fetchval(
        "SELECT due_at FROM deadline d JOIN cases c ON c.id = d.case_id"
        " WHERE c.number = $1 AND d.name = 'confirmation'",
        number,
    )
    assert due - world.at > timedelta(days=13)
    day = catalog().day((due - timedelta(seconds=1)).astimezone(DHAKA).date(), "en")
    assert f"tell us by {day}" in await text(world, f"STATUS {pin}")
    assert f"tell us by {day}" in (await follow(world, number, pin)).text


async def test_who_only_texts_reads_what_is_asked_with_the_pin_alone(
    world: World,
) -> None:
    answer = await text(world, f"Three months no overtime money {GAZIPUR}")
    found = re.search(r"(\d{4})-(\d{4}).*?(\d{6})", answer)
    assert found is not None
    number, pin = found[1] + found[2], found[3]
    await text(world, "2")
    await text(world, "1")
    partner = await somebody(world, Role.PARTNER)
    asked = "Day shift or night shift?"
    await act(world, number, commands.Tell(note=asked), partner)
    assert asked not in await text(world, "STATUS")
    assert asked in await text(world, f"STATUS {pin}")
    # She has read it: no text comes any more to say that there is news.
    waiting = await world.store.pool.fetchval(
        "SELECT count(*) FROM outbox WHERE template = 'worker_news'"
        " AND next_at IS NOT NULL"
    )
    assert waiting == 0
