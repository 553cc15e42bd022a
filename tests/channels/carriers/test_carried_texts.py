"""Texts through carriers of files: heard once, answered here or by a debt."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from app.actions.expire import expire_old
from app.actions.forget import forget
from app.conversation import lines
from app.store.ledger import verify
from tests.channels.carriers.conftest import AT, SECRET, World
from tests.conftest import as_owner
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, INDIA_LINE
from tests.stories.telling import DHAKA, catalog, ticket_in

PHONE, OTHER = "+8801712345678", "+919876543210"
SAID = "482170 three months no overtime pay"
BENGALI = "৪৮২১৭০ তিন মাস ওভারটাইমের টাকা পাই না"
EXOTEL, INFOBIP = f"/sms/exotel/k/{SECRET}", f"/sms/infobip/k/{SECRET}"


async def kannel(world: World, words: str, id: str, **more: str) -> httpx.Response:
    asked = {
        "id": id,
        "from": PHONE,
        "to": ENGLISH_LINE,
        "at": "2026-12-02 06:00:00",
        "coding": "0",
        "charset": "UTF-8",
        "text": words,
        **more,
    }
    query = urlencode(asked, quote_via=quote)
    return await world.knock("GET", f"/sms/kannel/k/{SECRET}?{query}")


def exotel(words: str, id: str = "2Q08orixl5wTp8Z8upk9Hb3sDcl", **more: str) -> Any:
    return {
        "SmsSid": id,
        "Direction": "incoming",
        "Sender": OTHER,
        "ReceivedOn": INDIA_LINE,
        "MessageBody": words,
        "ReceivedTime": "2026-12-02T06:00:00Z",
        **more,
    }


def infobip(*texts: tuple[str, str, str]) -> Any:
    results = [
        {
            "messageId": given,
            "from": sender.removeprefix("+"),
            "to": ENGLISH_LINE.removeprefix("+"),
            "text": words,
            "cleanText": words,
            "keyword": "",
            "receivedAt": "2026-12-02T06:00:00.000+0000",
            "smsCount": 1,
        }
        for given, sender, words in texts
    ]
    return {
        "results": results,
        "messageCount": len(results),
        "pendingMessageCount": 0,
    }


async def bare(world: World, words: str, **more: str) -> httpx.Response:
    form = {"from": PHONE, "to": ENGLISH_LINE, "text": words, **more}
    return await world.knock("POST", "/sms/bare", data=form, headers={"x-key": SECRET})


def whole(answer: httpx.Response) -> tuple[int, str, bytes]:
    return answer.status_code, answer.headers["content-type"], answer.content


PLAIN = "text/plain; charset=utf-8"


# --------------------------------------------------- answers in the same request


async def test_an_answer_goes_back_in_the_request_and_a_repeat_gets_the_same(
    world: World,
) -> None:
    first = await kannel(world, SAID, "7c9e6679-7425-40de-944b-e07fc1f90ae7")
    acknowledged, question = first.text.split("\n\n")
    ticket = ticket_in(acknowledged)
    assert whole(first) == (200, PLAIN, first.content)
    assert question == catalog().render(lines.ASK_CONFLICT, "en", DHAKA)
    row = await world.store.pool.fetchrow(
        "SELECT site, category, channel, hotline FROM cases WHERE number = $1",
        ticket.number,
    )
    assert tuple(row) == ("482170", "WAGE", "sms", ENGLISH_LINE)
    before = await world.everything()
    world.wait(hours=3)
    again = await kannel(world, SAID, "7c9e6679-7425-40de-944b-e07fc1f90ae7")
    assert whole(again) == whole(first)
    assert await world.everything() == before
    assert await world.replies() == []
    assert world.counted("turns", channel="sms") == 1
    assert world.counted("repeats", channel="sms") == 1


async def test_bengali_comes_and_goes_as_it_was_written(world: World) -> None:
    answer = await kannel(world, BENGALI, "1", to=DHAKA_LINE)
    words = await world.one("SELECT language FROM cases")
    assert (answer.status_code, words) == (200, "bn")
    assert catalog().render(lines.ASK_CONFLICT, "bn", DHAKA) in answer.text
    assert answer.headers["x-kannel-coding"] == "2"


async def test_where_the_law_wants_registered_texts_the_answer_is_owed(
    world: World,
) -> None:
    """The answer to a request has no place for the id of a registered text."""
    answer = await kannel(world, SAID, "1", **{"from": OTHER})
    assert whole(answer) == (200, PLAIN, b"")
    assert "x-kannel-coding" not in answer.headers
    assert [said["to"] for said in await world.replies()] == [OTHER, OTHER]


# ------------------------------------------------------------- answers that are owed


async def test_answers_are_owed_in_their_order_and_a_repeat_owes_nothing(
    world: World,
) -> None:
    answer = await world.knock("POST", EXOTEL, json=exotel(f"{SAID}"))
    assert whole(answer)[:1] + whole(answer)[2:] == (200, b"")
    rows = await world.store.pool.fetch(
        "SELECT o.key, o.recipient_key, o.template, o.created_at, o.next_at,"
        " o.expires_at, o.attempt, o.state, o.case_id = c.id AS is_of_case,"
        " o.params, o.id FROM outbox o, cases c"
        " WHERE recipient_kind = 'reply' ORDER BY next_at"
    )
    keyring = world.store.keyring
    claim = keyring.message_tag("exotel:2Q08orixl5wTp8Z8upk9Hb3sDcl")
    assert [tuple(row)[:9] for row in rows] == [
        (
            f"reply:{claim}:{place}",
            keyring.phone_tag(OTHER).hex(),
            "reply",
            AT,
            AT + timedelta(seconds=after),
            AT + timedelta(minutes=30),
            0,
            "owed",
            True,
        )
        for place, after in ((0, 0), (1, 1.5))
    ]
    acknowledged, question = [world.opened(row["id"], row["params"]) for row in rows]
    assert ticket_in(acknowledged.pop("text")).number == await world.one(
        "SELECT number FROM cases"
    )
    # In her words' own language, of those that this line speaks.
    assert question.pop("text") == catalog().render(
        lines.ASK_CONFLICT, question["language"], DHAKA
    )
    assert acknowledged == question
    assert {**question, "language": ""} == {
        "to": OTHER,
        "language": "",
        "line": INDIA_LINE,
        "carrier": "exotel",
    }
    assert world.rings == 1
    before = await world.everything()
    again = await world.knock("POST", EXOTEL, json=exotel(f"{SAID}"))
    assert whole(again) == whole(answer)
    assert await world.everything() == before
    assert (await verify(world.store)).ok


async def test_what_is_owed_shows_neither_phone_nor_words_nor_their_length(
    world: World,
) -> None:
    await world.knock("POST", EXOTEL, json=exotel(SAID))
    params = [
        row["params"]
        for row in await world.store.pool.fetch(
            "SELECT params FROM outbox WHERE recipient_kind = 'reply'"
        )
    ]
    assert not any(OTHER[1:] in each or "PIN" in each for each in params)
    around = 4 + 12 + 16  # the key's name, the nonce, the tag
    lengths = [len(json.loads(each)["sealed"]) // 2 - around for each in params]
    assert [length % 512 for length in lengths] == [0, 0]


async def test_who_shows_no_number_is_heard_and_gets_no_answer(world: World) -> None:
    withheld = exotel(SAID, Sender="VM-EXMPLE")
    assert (await world.knock("POST", EXOTEL, json=withheld)).status_code == 200
    assert await world.count("cases") == 1
    assert await world.one("SELECT phone_tag FROM cases") is None
    assert await world.replies() == []


async def test_an_answer_is_kept_no_longer_than_it_may_be_sent(world: World) -> None:
    await world.knock("POST", EXOTEL, json=exotel(SAID))
    await expire_old(world.store, AT + timedelta(minutes=29))
    assert len(await world.replies()) == 2
    await expire_old(world.store, AT + timedelta(minutes=30))
    gone = (
        "SELECT count(*) FROM outbox WHERE recipient_kind = 'reply' AND params = '{}'"
        " AND recipient_key = ''"
    )
    assert await world.one(gone) == 2


async def test_a_case_that_is_forgotten_takes_its_answers_with_it(
    world: World,
) -> None:
    await world.knock("POST", EXOTEL, json=exotel(SAID))
    number = await world.one("SELECT number FROM cases")
    await world.knock("POST", EXOTEL, json=exotel("WITHDRAW", id="2"))
    async with as_owner(world.store) as owner:
        await owner.execute("UPDATE cases SET state = 'closed_withdrawn'")
    directory = await world.store.directory()
    admin = next(p for p in directory.people if p.email == "admin@example.org")
    await forget(world.store, number, by=admin, at=AT, through="cli")
    rows = await world.store.pool.fetch(
        "SELECT state, params, next_at, recipient_key FROM outbox"
        " WHERE recipient_kind = 'reply'"
    )
    assert {tuple(row) for row in rows} == {("dropped", "{}", None, "")}
    assert len(rows) >= 3


# ------------------------------------------------------------- several in one request


async def test_each_text_of_a_request_is_a_message_of_its_own(world: World) -> None:
    body = infobip(("a", PHONE, SAID), ("b", OTHER, SAID), ("c", PHONE, "2"))
    answer = await world.knock("POST", INFOBIP, json=body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert await world.count("cases") == 2
    assert await world.count("claim") == 3
    assert [said["to"] for said in await world.replies()].count(OTHER) == 2
    before = await world.everything()
    assert (await world.knock("POST", INFOBIP, json=body)).status_code == 200
    assert await world.everything() == before


async def test_where_one_cannot_be_taken_all_are_asked_for_again(
    world: World,
) -> None:
    """The first is heard and stays so; the second finds a full disk."""
    body = infobip(("a", PHONE, SAID), ("b", OTHER, SAID))
    full = world.store.keyring.message_tag("infobip:b")
    async with as_owner(world.store) as owner:
        await owner.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"
        )
        await owner.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON claim FOR EACH ROW"
            f" WHEN (NEW.provider_id = '{full}') EXECUTE FUNCTION full_disk()"
        )
    answer = await world.knock("POST", INFOBIP, json=body)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert await world.count("cases") == 1
    async with as_owner(world.store) as owner:
        await owner.execute("DROP TRIGGER full_disk ON claim")
    assert (await world.knock("POST", INFOBIP, json=body)).status_code == 200
    assert await world.count("cases") == 2
    assert world.counted("turns", channel="sms") == 2


# ---------------------------------------------------------------- texts without an id


async def test_a_text_without_an_id_is_heard_once(world: World) -> None:
    first = await bare(world, SAID)
    assert whole(first) == (200, "text/plain", b"ACK")
    world.wait(seconds=9)
    assert whole(await bare(world, SAID)) == whole(first)
    assert await world.count("cases") == 1
    assert await world.count("claim") == 1


async def test_the_same_answer_to_the_next_question_is_another_text(
    world: World,
) -> None:
    """She is the one concerned, and texts are welcome: 1, and 1 again."""
    for words in (SAID, "1", "1"):
        await bare(world, words)
        world.wait(seconds=12)
    assert await world.count("claim") == 3
    session = json.loads(await world.one("SELECT session::text FROM conversation"))
    assert session["done"] == ["site", "topic", "conflict", "may_text"]


async def test_a_text_whose_answer_is_lost_is_heard_once_a_minute_later(
    world: World,
) -> None:
    """The process dies after the turn and before the carrier has its answer."""
    await bare(world, SAID)
    await world.store.pool.execute("UPDATE text_claim SET answered_at = NULL")
    world.wait(seconds=59)
    await bare(world, SAID)
    assert await world.count("claim") == 1
    assert await world.count("cases") == 1


async def test_the_same_answer_to_another_question_is_another_text(
    world: World,
) -> None:
    """She says who she is about, that texts are welcome, and so on: 2, 1, 2."""
    for words in (SAID, "2", "1", "2"):
        await bare(world, words)
        world.wait(seconds=3)
    assert await world.count("claim") == 4
    world.wait(seconds=60)
    await bare(world, "2")
    assert await world.count("claim") == 5


async def test_eight_of_the_same_at_once_are_heard_once(world: World) -> None:
    answers = await asyncio.gather(*(bare(world, SAID) for _ in range(8)))
    assert {whole(answer) for answer in answers} == {(200, "text/plain", b"ACK")}
    assert await world.count("cases") == 1
    assert await world.count("claim") == 1
    assert len(await world.replies()) == 2


# ------------------------------------------------------------------ what is not heard


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="no-json"),
        pytest.param(b'"text"', id="another-form"),
        pytest.param(json.dumps({"SmsSid": "1"}).encode(), id="no-sender"),
        pytest.param(json.dumps(exotel("x", id="1" * 300)).encode(), id="a-long-id"),
    ],
)
async def test_what_cannot_be_read_is_counted_and_leaves_no_trace(
    world: World, body: bytes
) -> None:
    before = await world.everything()
    answer = await world.knock(
        "POST", EXOTEL, content=body, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.content) == (400, b"")
    assert await world.everything() == before
    assert world.counted("forms_unfit", route="/sms/{provider}") == 1


async def test_what_is_unfit_is_answered_as_the_file_says(world: World) -> None:
    answer = await world.knock(
        "POST", "/sms/bare", data={"to": "1"}, headers={"x-key": SECRET}
    )
    assert answer.status_code == 422
