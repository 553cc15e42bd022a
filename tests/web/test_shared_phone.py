"""Whoever holds the phone next gets nothing of it."""

from app.store.ledger import verify
from tests.stories.programme import GAZIPUR
from tests.web.conftest import World
from tests.web.test_complaint import WORDS, complained, told


async def test_a_page_that_lay_open_shows_nothing_and_loses_nothing(
    world: World,
) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    world.wait(minutes=31)
    await visit.send("next", answer="no")
    assert "rested" in visit.text
    assert await world.one("SELECT detail ->> 'conflict' FROM cases") is None
    number = await world.one("SELECT number FROM cases")
    assert number[:4] not in visit.text


async def test_a_late_answer_counts_where_it_guards_her(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    world.wait(minutes=31)
    await visit.send("next", answer="yes")
    assert await world.one("SELECT detail ->> 'conflict' FROM cases") == "yes"


async def test_words_on_a_page_that_lay_open_are_filed(world: World) -> None:
    _, number, pin = await complained(world)
    visit = await world.visit().get("/follow?l=en")
    await visit.send(number=number, pin=pin)
    world.wait(hours=2)
    await visit.send("add", words="And today they took my card.")
    assert "We have added it" in visit.text
    assert number[:4] not in visit.text
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 2


async def test_a_first_page_kept_in_the_browser_opens_a_new_case_later(
    world: World,
) -> None:
    visit = await told(world)
    world.wait(minutes=31)
    await visit.again(0)
    assert await world.one("SELECT count(*) FROM cases") == 1
    action, data, _ = visit.sent[0]
    await visit.post(action, {**data, "words": "Somebody else, another thing."}, [])
    assert await world.one("SELECT count(*) FROM cases") == 2


async def test_leave_quickly_ends_the_talk(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    form = visit.form("next")
    await visit.post("/leave", form.fields, [])
    assert "refresh" in visit.html
    assert "google" in visit.html
    assert visit.headers["Clear-Site-Data"] == '"cache"'
    number = await world.one("SELECT number FROM cases")
    for place in (0, 1):
        if place == 1:
            await visit.post("/talk", {**form.fields, "do": "next"}, [])
        else:
            await visit.again(0)
        assert number[:4] not in visit.text
    assert await world.one("SELECT count(*) FROM cases") == 1
    assert await world.one("SELECT case_id FROM page") is None


async def test_who_files_for_a_worker_loses_the_pin_to_her(world: World) -> None:
    visit = await world.visit().get(f"/s/{GAZIPUR}?l=en&for=other")
    await visit.send(words=WORDS, by="ngo")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", how="none")
    number, old = visit.digits(8), visit.digits(6)
    await visit.send("check", pin=old)
    worker = await world.visit("198.51.100.1").get("/follow?l=en")
    await worker.send(number=number, pin=old)
    assert WORDS not in worker.text
    await worker.send("mine")
    new = worker.digits(6)
    assert new != old
    await worker.send("check", pin=new)
    assert WORDS in worker.text
    filer = await world.visit().get("/follow?l=en")
    await filer.send(number=number, pin=old)
    assert "do not belong together" in filer.text
    again = await world.visit("198.51.100.1").get("/follow?l=en")
    await again.send(number=number, pin=new)
    assert WORDS in again.text
    assert (await verify(world.store)).problems == []


async def test_a_talk_is_forgotten_with_its_case_and_by_its_date(
    world: World,
) -> None:
    from app.actions.expire import expire_old

    await told(world)
    world.wait(hours=25)
    await expire_old(world.store, world.at)
    assert await world.one("SELECT count(*) FROM page") == 0


async def test_no_answer_and_no_log_tells_who_it_was(
    world: World, capsys: object
) -> None:
    await complained(world)
    visit = await world.visit("198.51.100.77", **{"User-Agent": "Canary/9"}).get("/")
    await visit.send(words=WORDS)
    out = capsys.readouterr()  # type: ignore[attr-defined]
    logged = out.out + out.err
    assert "request.done" in logged
    for secret in ("198.51.100", "203.0.113", "Canary", "overtime", "token"):
        assert secret not in logged
    assert "set-cookie" not in visit.headers
