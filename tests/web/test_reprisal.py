"""Thirty days after the end, by pages: the question, and the case that a yes opens."""

import json

from app.actions.sweep_deadlines import sweep_due
from app.store.ledger import verify
from tests.web.conftest import World
from tests.web.test_complaint import complained
from tests.web.test_following import follow, solved

QUESTION = "has anybody at work made trouble for you"


async def asked(world: World) -> tuple[str, str]:
    """Complain, confirm that it is solved, and let thirty days pass."""
    _, number, pin = await complained(world)
    await solved(world, number)
    visit = await follow(world, number, pin)
    await visit.send("solved")
    assert QUESTION not in visit.text
    world.wait(days=30, minutes=5)
    await sweep_due(world.store, at=world.at)
    return number, pin


async def test_a_yes_leads_to_a_number_and_a_pin_of_its_own(world: World) -> None:
    number, pin = await asked(world)
    visit = await follow(world, number, pin)
    assert QUESTION in visit.text
    await visit.send("trouble-yes")
    opened, its_pin = visit.digits(8), visit.digits(6)
    assert (opened, its_pin) != (number, pin)
    await visit.send("check", pin=its_pin)
    row = await world.store.pool.fetchrow(
        "SELECT * FROM cases WHERE number = $1", opened
    )
    assert (row["category"], row["severity"], row["route"]) == ("RETA", "S1", "partner")
    first = await world.store.pool.fetchrow(
        "SELECT * FROM cases WHERE number = $1", number
    )
    assert json.loads(row["detail"])["came_of"] == str(first["id"])
    assert first["state"] == "closed_confirmed"
    again = await follow(world, opened, its_pin)
    assert "news by" in again.text
    before = await follow(world, number, pin)
    assert QUESTION not in before.text
    assert (await verify(world.store)).problems == []


async def test_a_no_is_kept_and_the_page_stays(world: World) -> None:
    number, pin = await asked(world)
    visit = await follow(world, number, pin)
    await visit.send("trouble-no")
    assert "tell us here" in visit.text
    assert QUESTION not in visit.text
    assert await world.one("SELECT count(*) FROM cases") == 1
    assert (
        await world.one(
            "SELECT count(*) FROM ledger_event WHERE kind = 'reprisal.checked'"
        )
        == 1
    )


async def test_what_she_writes_while_it_is_asked_is_a_yes(world: World) -> None:
    """It opens nothing again that the factory reads; her words are the new case's."""
    number, pin = await asked(world)
    visit = await follow(world, number, pin)
    await visit.send("add", words="They fired me.")
    opened = visit.digits(8)
    assert opened != number
    row = await world.store.pool.fetchrow(
        "SELECT * FROM cases WHERE number = $1", opened
    )
    assert (row["category"], row["severity"], row["route"]) == ("RETA", "S1", "partner")
    assert (
        await world.one(
            "SELECT count(*) FROM message m JOIN cases c ON c.id = m.case_id"
            f" WHERE c.number = '{opened}' AND m.direction = 'in'"
        )
        == 1
    )
    state = await world.one(f"SELECT state FROM cases WHERE number = '{number}'")
    assert state == "closed_confirmed"
    assert (await verify(world.store)).problems == []


async def test_it_is_asked_when_the_page_is_there(world: World) -> None:
    """She allowed no texts: until she comes, nobody has asked her."""
    number, pin = await asked(world)
    put = "SELECT count(*) FROM ledger_event WHERE kind = 'reprisal.asked'"
    assert await world.one(put) == 0
    world.wait(days=40)
    await sweep_due(world.store, at=world.at)
    for _ in range(2):
        visit = await follow(world, number, pin)
        assert QUESTION in visit.text
        assert await world.one(put) == 1
    assert (await verify(world.store)).problems == []
