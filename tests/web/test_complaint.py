"""A complaint by pages: safe from the first one, doubled by none."""

import pytest

from app.domain.errors import Busy
from app.store.ledger import verify
from tests.stories.programme import GAZIPUR
from tests.web.conftest import World
from tests.web.reader import Visit

WORDS = "For three months we got no overtime money."


async def told(world: World, words: str = WORDS, path: str = "/?l=en") -> Visit:
    visit = await world.visit().get(path)
    return await visit.send(words=words)


async def complained(world: World) -> tuple[Visit, str, str]:
    """Go through all pages from a poster; return number and PIN."""
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", how="none")
    number, pin = visit.digits(8), visit.digits(6)
    await visit.send("check", pin=pin)
    return visit, number, pin


async def test_a_poster_leads_to_a_case_at_its_place_in_five_pages(
    world: World,
) -> None:
    visit, number, _ = await complained(world)
    assert "Thank you for telling us" in visit.text
    row = await world.store.pool.fetchrow("SELECT * FROM cases")
    assert (row["number"], row["site"], row["channel"]) == (number, GAZIPUR, "web")
    assert (row["category"], row["route"], row["language"]) == (
        "WAGE",
        "committee",
        "en",
    )
    assert row["phone_tag"] is row["phone_sealed"] is None
    assert len(visit.sent) == 5  # the last one only types the PIN back
    assert (await verify(world.store)).problems == []


async def test_without_a_poster_the_place_is_asked_for(world: World) -> None:
    visit = await told(world)
    assert await world.one("SELECT count(*) FROM cases") == 1
    await visit.send("next", code="111111")
    assert "did not lead us to the place" in visit.text
    await visit.send("next", code=" ".join(GAZIPUR))
    assert "committee" in visit.text
    assert await world.one("SELECT site FROM cases") == GAZIPUR


async def test_a_name_is_shown_as_the_places_that_it_may_mean(world: World) -> None:
    name = "Padma Sweaters"
    await world.store.pool.execute(
        "UPDATE site SET name = $1 WHERE code = $2", f"{name} Limited", GAZIPUR
    )
    await world.store.pool.execute("UPDATE directory_version SET version = version + 1")
    visit = await told(world)
    await visit.send("next", name=name)
    assert name in visit.text
    await visit.send("next", site=GAZIPUR)
    assert await world.one("SELECT site FROM cases") == GAZIPUR


async def test_an_unknown_name_is_kept_for_the_partner(world: World) -> None:
    visit = await told(world)
    await visit.send("next", name="the blue house behind the market")
    assert "written down the place" in visit.text
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 2


@pytest.mark.parametrize("place", [0, 1, 2, -1])
async def test_a_page_sent_again_opens_and_does_nothing_twice(
    world: World, place: int
) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="yes")
    await visit.send("next", answer="no")
    shown, events = visit.text, await world.one("SELECT count(*) FROM ledger_event")
    await visit.again(place)
    assert visit.text.split("\n")[-5:] == shown.split("\n")[-5:]
    assert await world.one("SELECT count(*) FROM cases") == 1
    assert await world.one("SELECT count(*) FROM ledger_event") == events
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 1


async def test_after_back_other_words_are_filed_to_the_same_case(
    world: World,
) -> None:
    visit = await told(world)
    action, data, _ = visit.sent[0]
    await visit.post(action, {**data, "words": "And nobody may drink water."}, [])
    assert "We have added it" in visit.text
    assert await world.one("SELECT count(*) FROM cases") == 1
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 2


async def test_every_question_may_be_left_out(world: World) -> None:
    visit = await told(world)
    await visit.send("skip")
    for _ in range(2):
        await visit.send("next")  # about whom
    for _ in range(2):
        await visit.send("next")  # danger
    for _ in range(2):
        await visit.send("next")  # reach
    for _ in range(2):
        await visit.send("decline")
    assert "Thank you for telling us" in visit.text
    route = await world.one("SELECT route FROM cases")
    assert route == "partner"  # nobody said that the committee may read it


async def test_the_page_of_the_pin_lets_go_after_the_second_no(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", how="none")
    pin = visit.digits(6)
    await visit.send("decline")
    assert "even we cannot find them again" in visit.text
    assert visit.digits(6) == pin
    await visit.send("decline")
    assert pin[:3] not in visit.text
    assert await world.one("SELECT pin_sealed FROM page") is None


async def test_danger_is_raised_and_the_number_to_call_is_shown(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    await visit.send("next", answer="yes")
    assert "999" in visit.text
    row = await world.store.pool.fetchrow("SELECT severity, route FROM cases")
    assert tuple(row) == ("S1", "partner")


async def test_who_may_be_about_to_die_gets_no_questions(world: World) -> None:
    visit = await told(world, "I want to kill myself")
    assert "999" in visit.text
    assert visit.digits(6)


async def test_a_topic_alone_is_enough(world: World) -> None:
    visit = await world.visit().get("/?l=en")
    await visit.send(topic="GBVH", words="")
    row = await world.store.pool.fetchrow("SELECT category, severity FROM cases")
    assert row["category"] == "GBVH"


async def test_the_graver_of_words_and_choice_counts(world: World) -> None:
    visit = await world.visit().get("/?l=en")
    await visit.send(topic="WAGE", words="a child of 12 years works at the machine")
    assert await world.one("SELECT category FROM cases") == "CHLD"


@pytest.mark.parametrize(
    ("words", "expected"),
    [("", "Please write what is wrong"), ("hello", "The form works")],
)
async def test_nothing_and_a_try_open_no_case(
    world: World, words: str, expected: str
) -> None:
    visit = await told(world, words)
    assert expected in visit.text
    assert await world.one("SELECT count(*) FROM cases") == 0
    await visit.send(words=WORDS)
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_the_language_can_be_changed_on_the_way(world: World) -> None:
    visit = await told(world)
    form = visit.form("next")
    await visit.post(form.action, {**form.fields, "speak": "bn", "name": "Blue"}, [])
    assert 'lang="bn"' in visit.html
    assert "Blue" in visit.html
    assert await world.one("SELECT language FROM cases") == "bn"


async def test_a_phone_as_people_write_it_is_sealed_and_texted_nothing_yet(
    world: World,
) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", how="text", phone="12")
    assert "beginning with +880" in visit.text
    await visit.send("next", how="text", phone="০১৭১২-৩৪৫৬৭৮", part="evening")
    row = await world.store.pool.fetchrow("SELECT * FROM cases")
    assert row["phone_tag"] is None  # it was only named: nobody's own
    assert row["contact_tag"] == world.store.keyring.phone_tag("+8801712345678")
    key = world.store.keyring.unwrap(row["data_key"], row["id"])
    opened = key.open(row["phone_sealed"], f"cases|phone|{row['id']}")
    assert opened == b"+8801712345678"
    assert (
        await world.one("SELECT count(*) FROM outbox WHERE recipient_kind = 'worker'")
        == 0
    )
    assert (await verify(world.store)).problems == []


async def test_a_strangers_stop_is_not_undone_by_the_form(world: World) -> None:
    tag = world.store.keyring.phone_tag("+8801712345678")
    await world.store.pool.execute(
        "INSERT INTO opt_out (phone_tag, at, reason) VALUES ($1, now(), 'stop')", tag
    )
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    await visit.send("next", answer="no")
    await visit.send("next", answer="no")
    await visit.send("next", how="text", phone="01712345678")
    assert await world.one("SELECT count(*) FROM opt_out") == 1


async def test_busy_gives_the_words_back(world: World) -> None:
    visit = await world.visit().get("/?l=en")
    before = world.store.transaction

    def busy() -> object:
        raise Busy("test")

    world.store.transaction = busy  # type: ignore[method-assign,assignment]
    await visit.send(words=WORDS)
    assert visit.status == 503
    assert WORDS in visit.html
    world.store.transaction = before  # type: ignore[method-assign]
    await visit.send(words=WORDS)
    assert visit.status == 200
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_another_site_cannot_complain_in_her_name(world: World) -> None:
    visit = await world.visit(**{"Sec-Fetch-Site": "cross-site"}).get("/?l=en")
    await visit.send(words=WORDS)
    assert WORDS in visit.html
    assert await world.one("SELECT count(*) FROM cases") == 0


async def test_somebody_else_files_and_is_named_as_such(world: World) -> None:
    visit = await world.visit().get("/?l=en&for=other")
    await visit.send(words=WORDS, by="")
    assert "who you are to the worker" in visit.text
    await visit.send(words=WORDS, by="union")
    detail = await world.one("SELECT detail ->> 'filed_by' FROM cases")
    assert detail == "union"
