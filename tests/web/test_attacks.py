"""What an attacker, a snoop and a bad line try, and do not get."""

import asyncio
from datetime import timedelta

import pytest

from app.actions.keep_files import keep_files
from app.actions.show_page import show_page
from app.actions.take_turn import HeardText, take_turn
from app.domain import commands
from app.domain.errors import Busy
from app.domain.taxonomy import Role
from app.store.ledger import verify
from tests.stories.programme import DHAKA_LINE, GAZIPUR
from tests.stories.telling import say
from tests.web.conftest import World, the_door
from tests.web.reader import Visit
from tests.web.test_complaint import WORDS, complained, told
from tests.web.test_files import photo
from tests.web.test_following import act, follow, solved, somebody, text


async def filed_for_her(world: World, **reach: str) -> tuple[str, str]:
    visit = await world.visit().get(f"/s/{GAZIPUR}?l=en&for=other")
    await visit.send(words=WORDS, by="ngo")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", **(reach or {"how": "none"}))
    number, pin = visit.digits(8), visit.digits(6)
    await visit.send("check", pin=pin)
    return number, pin


# -------------------------------------------------------------- whose phone it is


async def test_a_phone_that_somebody_typed_does_not_catch_its_owners_texts(
    world: World,
) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", how="text", phone="01712345678")
    number, pin = visit.digits(8), visit.digits(6)
    await visit.send("check", pin=pin)
    world.wait(hours=3)
    answer = await text(world, "I am Salma from line 7, the supervisor hits me")
    assert "PIN" in answer or "পিন" in answer  # a case and a PIN of her own
    assert await world.one("SELECT count(*) FROM cases") == 2
    spy = await follow(world, number, pin)
    assert "Salma" not in spy.text


async def test_an_earlier_stop_holds_for_a_phone_that_was_only_named(
    world: World,
) -> None:
    tag = world.store.keyring.phone_tag("+8801712345678")
    await world.store.pool.execute(
        "INSERT INTO opt_out (phone_tag, at, reason) VALUES ($1, now(), 'stop')", tag
    )
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", how="text", phone="01712345678")
    number = await world.one("SELECT number FROM cases")
    member = await somebody(world, Role.COMMITTEE, "worker")
    await act(world, number, commands.Acknowledge(), member)
    from tests.workers.debts import Clock, Far, deliver

    far = Far()
    await deliver(world.store, far, Clock(world.at + timedelta(hours=6)))
    assert far.texts == []
    state = await world.one(
        "SELECT last_error FROM outbox WHERE recipient_kind = 'worker'"
    )
    assert state == "opted_out"


# ---------------------------------------------------------------- the take-over


async def test_whoever_filed_it_loses_his_open_page_and_his_phone(
    world: World,
) -> None:
    number, old = await filed_for_her(world, how="text", phone="01911111111")
    filer = await follow(world, number, old)
    await filer.send("filed")
    assert WORDS in filer.text
    worker = await follow(world, number, old, "198.51.100.1")
    await worker.send("mine")
    new = worker.digits(6)
    await worker.send("check", pin=new)
    await worker.send("add", words="SECRET: it was the NGO man himself.")
    await filer.send("add", words="She lies.")
    assert "SECRET" not in filer.text
    assert WORDS not in filer.text
    again = await follow(world, number, new, "198.51.100.1")
    assert "She lies." not in again.text
    row = await world.store.pool.fetchrow("SELECT * FROM cases")
    assert row["phone_sealed"] is row["contact_tag"] is None
    assert '"may_text"' not in row["detail"]
    assert (await verify(world.store)).problems == []


async def test_two_may_not_both_take_it_over(world: World) -> None:
    number, old = await filed_for_her(world)
    filer = await follow(world, number, old)
    worker = await follow(world, number, old, "198.51.100.1")
    await worker.send("mine")
    await worker.send("check", pin=worker.digits(6))
    await filer.send("mine")
    assert "PIN of your own" not in filer.text
    assert WORDS not in filer.text


async def test_an_answer_that_is_lost_locks_nobody_out(world: World) -> None:
    number, old = await filed_for_her(world)
    worker = await follow(world, number, old, "198.51.100.1")
    await worker.send("mine")  # the page with the new PIN never arrives
    world.wait(minutes=40)
    again = await follow(world, number, old, "198.51.100.1")
    await again.send("mine")
    await again.send("decline")
    await again.send("decline")
    assert "the old PIN stays" in again.text
    assert WORDS in (await (await follow(world, number, old)).send("filed")).text


async def test_she_takes_it_over_by_text(world: World) -> None:
    number, old = await filed_for_her(world)
    status = await text(world, f"STATUS {number} {old}")
    assert "বদলান" in status or "CHANGE" in status
    answer = await text(world, f"CHANGE {number} {old}")
    new = next(w.strip(".,") for w in answer.split() if w.strip(".,").isdigit())
    assert new != old
    assert "do not belong" in (await follow(world, number, old)).text
    assert WORDS in (await follow(world, number, new, "192.0.2.9")).text
    assert (await verify(world.store)).problems == []


# ------------------------------------------------------- corrected, late, repeated


@pytest.mark.parametrize(
    ("page", "column", "expected"),
    [("about", "route", "partner"), ("danger", "severity", "S1")],
)
async def test_an_answer_that_she_corrects_before_the_next_page_came(
    world: World, page: str, column: str, expected: str
) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    if page == "danger":
        await visit.send("next", answer="no")
    form = visit.form("next")
    await visit.send("next", answer="no")
    await visit.post(form.action, {**form.fields, "do": "next", "answer": "yes"}, [])
    assert await world.one(f"SELECT {column} FROM cases") == expected
    assert ("999" in visit.text) == (page == "danger")


async def test_a_no_after_a_yes_is_not_taken_and_she_is_told(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    form = visit.form("next")
    await visit.send("next", answer="yes")
    await visit.post(form.action, {**form.fields, "do": "next", "answer": "no"}, [])
    assert await world.one("SELECT route FROM cases") == "partner"
    assert "We had your first answer" in visit.text


async def test_another_topic_after_back_counts_where_it_is_graver(
    world: World,
) -> None:
    visit = await world.visit().get(f"/s/{GAZIPUR}?l=en")
    await visit.send(topic="WAGE", words="")
    action, data, _ = visit.sent[0]
    await visit.post(action, {**data, "topic": "GBVH"}, [])
    assert await world.one("SELECT category FROM cases") == "GBVH"
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_two_messages_from_one_page_are_both_kept(world: World) -> None:
    _, number, pin = await complained(world)
    visit = await follow(world, number, pin)
    form = visit.form("add")
    for words in ("First.", "Second, they locked the gate."):
        name = form.called("words")
        await visit.post(form.action, {**form.fields, "do": "add", name: words}, [])
    assert "Second, they locked the gate." in visit.text


async def test_late_words_of_every_kind_are_filed(world: World) -> None:
    visit = await told(world)
    world.wait(minutes=31)
    await visit.send("next", name="Blue gate factory in Ashulia")
    assert "We have added it" in visit.text
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 2


async def test_late_words_to_a_closed_case_are_filed(world: World) -> None:
    _, number, pin = await complained(world)
    await solved(world, number)
    visit = await follow(world, number, pin)
    await visit.send("solved")
    world.wait(minutes=31)
    await visit.send("add", words="They took the money back.")
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 2


async def test_thanks_after_the_end_climb_nowhere(world: World) -> None:
    _, number, pin = await complained(world)
    await solved(world, number)
    visit = await follow(world, number, pin)
    await visit.send("solved")
    await visit.send("add", words="Thank you, everything is good now.")
    assert await world.one("SELECT count(*) FROM escalation") == 0
    assert '"not_solved": 0' in await world.one("SELECT detail FROM cases")


async def test_words_of_a_lost_talk_can_be_sent_anew(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await world.store.pool.execute("DELETE FROM page")
    await visit.post("/talk", {"talk": "x", "turn": "4", "words": "More of it."}, [])
    assert "More of it." in visit.html
    await visit.send(words="More of it.")
    assert await world.one("SELECT count(*) FROM cases") == 2


async def test_the_next_worker_at_the_same_browser_gets_a_case_of_her_own(
    world: World,
) -> None:
    visit, _, _ = await complained(world)
    action, data, _ = visit.sent[0]
    await visit.post(action, {**data, "words": "Another worker, another thing."}, [])
    assert await world.one("SELECT count(*) FROM cases") == 2


async def test_a_crisis_in_later_words_shows_whom_to_call(world: World) -> None:
    _, number, pin = await complained(world)
    visit = await follow(world, number, pin)
    await visit.send("add", words="I want to kill myself")
    assert "999" in visit.text


# --------------------------------------------------------------- going, coming back


@pytest.mark.parametrize("way", ["leave", "end"])
async def test_number_and_pin_that_a_browser_sends_again_open_nothing(
    world: World, way: str
) -> None:
    _, number, pin = await complained(world)
    visit = await follow(world, number, pin)
    assert WORDS in visit.text
    if way == "leave":
        form = next(f for f in visit.read.forms if f.action == "/leave")
        await visit.post("/leave", form.fields, [])
    else:
        await visit.send("end")
        assert "closed" in visit.text
    await visit.again(0)
    assert WORDS not in visit.text
    assert number[:4] not in visit.text.replace(number, "")
    fresh = await follow(world, number, pin)
    assert WORDS in fresh.text


async def test_a_page_in_work_does_not_undo_leaving(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    form = visit.form("next")
    leave = next(f for f in visit.read.forms if f.action == "/leave")
    other = Visit(visit.client)
    await asyncio.gather(
        visit.post("/talk", {**form.fields, "do": "next", "answer": "no"}, []),
        other.post("/leave", leave.fields, []),
    )
    await visit.again(0)
    held = await world.one("SELECT case_id FROM page")
    assert held is None or "Number" in visit.text  # leaving came first, or it came last


async def test_the_same_page_at_once_is_one_case(world: World) -> None:
    visit = await world.visit().get(f"/s/{GAZIPUR}?l=en")
    form = visit.form(having="words")
    data = {**form.fields, form.called("words"): WORDS}
    visits = [Visit(visit.client) for _ in range(6)]
    files = [("files", photo())]
    await asyncio.gather(*(v.post("/", data, files) for v in visits))
    assert {v.status for v in visits} == {200}
    assert await world.one("SELECT count(*) FROM cases") == 1
    assert await world.one("SELECT count(*) FROM attachment") == 1
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 1
    assert (await verify(world.store)).problems == []


@pytest.mark.parametrize("step", [show_page, keep_files])
async def test_a_fault_after_it_is_written_says_so_and_opens_no_second_case(
    world: World, monkeypatch: pytest.MonkeyPatch, step: object
) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise Busy("test")

    name = f"app.channels.web.routes.{step.__name__}"  # type: ignore[attr-defined]
    visit = await world.visit().get(f"/s/{GAZIPUR}?l=en")
    with monkeypatch.context() as broken:
        broken.setattr(name, busy)
        await visit.send(words=WORDS, files=(photo(),))
    assert visit.status == 503
    assert "What you sent is safe" in visit.text
    action, data = next(
        (f.action, f.fields) for f in visit.read.forms if f.action != "/leave"
    )
    await visit.post(action, data, [])
    assert visit.status == 200
    assert await world.one("SELECT count(*) FROM cases") == 1


# -------------------------------------------------------------------- other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
async def test_another_site_opens_no_case_in_her_browser(
    world: World, headers: dict[str, str]
) -> None:
    _, number, pin = await complained(world)
    visit = await world.visit(**headers).get("/follow?l=en")
    await visit.send(number=number, pin=pin)
    assert WORDS not in visit.text
    first = await world.visit(**headers).get("/?l=en")
    await first.send(words="In her name.")
    assert await world.one("SELECT count(*) FROM cases") == 1


@pytest.mark.parametrize(
    ("turn", "content_type"),
    [
        ("²", ""),
        ("9" * 40, ""),
        ("1", "multipart/form-data; boundary=x; charset=rot13"),
    ],
)
async def test_a_strange_page_is_answered_with_a_page(
    world: World, turn: str, content_type: str
) -> None:
    visit = world.visit()
    headers = {"Content-Type": content_type} if content_type else {}
    body = f"talk=x&turn={turn}".encode()
    reply = await visit.client.post(
        "/talk",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
    )
    assert reply.status_code in (200, 400)
    assert "<!doctype html>" in reply.text


async def test_too_many_wrong_ones_everywhere_is_said_without_blame(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, number, pin = await complained(world)
    monkeypatch.setattr("app.domain.pins.MOST_OVERALL", 1)
    monkeypatch.setattr("app.actions.follow_page.MOST_OVERALL", 1)
    await follow(world, number, "000000")
    visit = await follow(world, number, pin, "192.0.2.1")
    assert "cannot look at any number just now" in visit.text


async def test_right_and_wrong_wait_for_the_same_moment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def noted(seconds: float) -> None:
        waits.append(seconds)

    _, number, pin = await complained(world)
    object.__setattr__(the_door(world), "door_seconds", 60.0)
    monkeypatch.setattr("app.channels.web.routes.asyncio.sleep", noted)
    await follow(world, number, pin)
    await follow(world, number, "000000")
    assert [round(w) for w in waits] == [60, 60]


async def test_the_committees_questions_are_not_the_helplines(world: World) -> None:
    _, number, pin = await complained(world)
    member = await somebody(world, Role.COMMITTEE, "worker")
    partner = await somebody(world, Role.PARTNER)
    for by, note in ((member, "What is your name?"), (partner, "We look after it.")):
        await act(world, number, commands.Tell(note=note), by)
    shown = (await follow(world, number, pin)).text.split("\n")
    assert shown[shown.index("What is your name?") - 2] == "The factory's committee"
    assert shown[shown.index("We look after it.") - 2] == "Helpline"


async def test_the_country_is_hers_to_say_and_with_it_the_partner_and_the_law(
    world: World,
) -> None:
    visit = await told(world)  # in English: taken for India until she says
    assert await world.one("SELECT country FROM cases") == "IN"
    await visit.send("skip", country="BD")
    assert await world.one("SELECT country FROM cases") == "BD"
    directory = await world.store.directory()
    day = world.at.date()
    theirs = {str(p.id) for p in directory.partners_for(None, "BD", day)}
    owed = await world.store.pool.fetch(
        "SELECT recipient_key FROM outbox WHERE template = 'case_new'"
    )
    assert theirs <= {row["recipient_key"] for row in owed}
    running = await world.store.pool.fetch(
        "SELECT name FROM deadline WHERE name LIKE 'law:IN-%' AND met_at IS NULL"
    )
    assert list(running) == []


async def test_a_text_in_english_is_not_taken_for_a_page(world: World) -> None:
    """The text's country stays that of its number."""
    await take_turn(
        world.store,
        HeardText("+8801811111111", DHAKA_LINE, "No overtime pay", "sms"),
        provider_id="SM9",
        render=say,
        at=world.at,
    )
    assert await world.one("SELECT country FROM cases") == "BD"


async def test_an_answer_sent_while_the_language_changed_is_of_its_own_page(
    world: World,
) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    form = visit.form("next")
    await visit.post(form.action, {**form.fields, "speak": "bn"}, [])
    await visit.post(form.action, {**form.fields, "do": "next", "answer": "yes"}, [])
    row = await world.store.pool.fetchrow("SELECT severity, detail FROM cases")
    assert row["severity"] == "S1"
    assert '"conflict": "no"' in row["detail"]
