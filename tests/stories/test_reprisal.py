"""Thirty days after the end: was she made to pay for it? Asked and answered by text."""

import json
from datetime import timedelta
from typing import Any

import pytest

from app.actions.recheck import recheck_case
from app.conversation import lines
from app.domain import commands as verbs
from app.store.ledger import verify
from tests.stories.telling import DHAKA, Telling, Ticket, catalog, ticket_in

SAID = "482170 three months no overtime money"


def in_english(line: Any) -> str:
    return catalog().render(line, "en", DHAKA)


ASKED = in_english(lines.ASK_REPRISAL)


async def ended(story: Telling, may_text: str = "yes") -> Ticket:
    """Tell of it, and let the partner end it."""
    ticket = await story.open(SAID, "2", may_text)
    story.at += timedelta(hours=2)
    await story.act(ticket.number, verbs.TakeOver(), "partner-bd")
    await story.act(ticket.number, verbs.Unfounded(note="Paid."), "partner-bd")
    return ticket


async def events(story: Telling, number: str) -> list[str]:
    rows = await story.store.pool.fetch(
        "SELECT e.kind FROM ledger_event e JOIN cases c ON c.id = e.case_id"
        " WHERE c.number = $1 AND e.kind LIKE 'reprisal.%' ORDER BY e.seq",
        number,
    )
    return [row["kind"] for row in rows]


async def sound(story: Telling, *numbers: str) -> None:
    """Ledger, clocks and rows must agree."""
    assert (await verify(story.store)).problems == []
    for number in numbers:
        page = await recheck_case(story.store, number, at=story.at)
        assert page.found == []


async def test_a_yes_opens_a_case_of_its_own_outside_the_factory(
    story: Telling,
) -> None:
    ticket = await ended(story)
    await story.run(days=29)
    assert ASKED not in await story.text(f"STATUS {ticket.pin}")
    await story.run(days=1, hours=1)
    assert (await story.owed(ticket.number))[-1].template == "worker_news"
    assert ASKED in await story.text(f"STATUS {ticket.pin}")
    answer = await story.text(f"{ticket.pin} 1")
    assert in_english(lines.REPRISAL_YES) in answer
    opened = ticket_in(answer)
    assert opened.number != ticket.number
    assert opened.pin != ticket.pin
    first, second = await story.case(ticket.number), await story.case(opened.number)
    assert first["state"] == "closed_unfounded"
    assert (second["category"], second["severity"]) == ("RETA", "S1")
    assert (second["route"], second["site"]) == ("partner", first["site"])
    assert (second["language"], second["phone_tag"]) == ("en", first["phone_tag"])
    detail = json.loads(second["detail"])
    assert detail["came_of"] == str(first["id"])
    assert detail["may_text"] is True
    assert await events(story, ticket.number) == [
        "reprisal.asked",
        "reprisal.reported",
    ]
    told = {debt.to for debt in await story.owed(opened.number)}
    assert not {name for name in told if name.startswith("gaz-")}
    assert {"partner-bd", "partner-bd-2"} <= told
    assert "news by" in await story.text(f"STATUS {opened.pin}")
    assert ASKED not in await story.text(f"STATUS {ticket.number} {ticket.pin}")
    await sound(story, ticket.number, opened.number)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param("2", "reprisal.checked", id="no"),
        pytest.param("3", "reprisal.checked", id="does-not-know"),
        pytest.param("no", "reprisal.checked", id="no-in-words"),
    ],
)
async def test_any_other_answer_is_kept_and_nothing_follows(
    story: Telling, answer: str, said: str
) -> None:
    ticket = await ended(story)
    await story.run(days=30, hours=1)
    heard = await story.text(f"{ticket.pin} {answer}")
    assert heard == in_english(lines.REPRISAL_NO)
    assert await events(story, ticket.number) == ["reprisal.asked", said]
    assert await story.store.pool.fetchval("SELECT count(*) FROM cases") == 1
    assert (await story.case(ticket.number))["state"] == "closed_unfounded"
    await story.run(days=61)
    assert ASKED in await story.text(f"STATUS {ticket.pin}")
    await story.run(days=20)
    assert await events(story, ticket.number) == [
        *("reprisal.asked", said, "reprisal.asked", "reprisal.unanswered"),
    ]
    assert ASKED not in await story.text(f"STATUS {ticket.pin}")
    await sound(story, ticket.number)


async def test_whoever_holds_the_phone_without_the_pin_answers_nothing(
    story: Telling,
) -> None:
    ticket = await ended(story)
    await story.run(days=30, hours=1)
    await story.text(f"STATUS {ticket.pin}")
    story.at += timedelta(seconds=20)
    await story.text("2")
    assert await events(story, ticket.number) == ["reprisal.asked"]


async def test_a_yes_with_words_takes_them_along(story: Telling) -> None:
    ticket = await ended(story, may_text="no")
    await story.run(days=30, hours=1)
    templates = {debt.template for debt in await story.owed(ticket.number)}
    assert "worker_news" not in templates  # the question waits for her
    words = f"{ticket.pin} yes they moved me to the night shift because of it"
    opened = ticket_in(await story.text(words))
    kept = await story.store.pool.fetchval(
        "SELECT count(*) FROM message m JOIN cases c ON c.id = m.case_id"
        " WHERE c.number = $1 AND m.direction = 'in'",
        opened.number,
    )
    assert kept == 1
    await sound(story, ticket.number, opened.number)


@pytest.mark.parametrize(
    "words",
    [
        "they fired me",
        "supervisor threatens me every day since",
        "no they fired me and gave no wages",
    ],
)
async def test_what_they_did_to_her_is_a_yes(story: Telling, words: str) -> None:
    """It never opens a case that the factory's committee reads."""
    ticket = await ended(story)
    await story.run(days=30, hours=1)
    await story.text(f"STATUS {ticket.pin}")
    opened = ticket_in(await story.text(f"{ticket.pin} {words}"))
    second = await story.case(opened.number)
    assert (second["category"], second["severity"]) == ("RETA", "S1")
    assert second["route"] == "partner"
    kept = await story.store.pool.fetchval(
        "SELECT count(*) FROM message WHERE case_id = $1 AND direction = 'in'",
        second["id"],
    )
    assert kept == 1
    assert (await events(story, ticket.number))[-1] == "reprisal.reported"
    await sound(story, ticket.number, opened.number)


@pytest.mark.parametrize("said", ["thank you sir", "hello"])
async def test_a_greeting_is_no_answer(story: Telling, said: str) -> None:
    ticket = await ended(story)
    await story.run(days=30, hours=1)
    assert ASKED in await story.text(f"{ticket.pin} {said}")
    assert await events(story, ticket.number) == ["reprisal.asked"]
    assert await story.store.pool.fetchval("SELECT count(*) FROM cases") == 1


async def test_who_allowed_no_texts_is_asked_whenever_she_comes(story: Telling) -> None:
    ticket = await ended(story, may_text="no")
    await story.run(days=50)
    assert await events(story, ticket.number) == []
    assert ASKED in await story.text(f"STATUS {ticket.pin}")
    assert await events(story, ticket.number) == ["reprisal.asked"]
    await story.run(days=60)
    assert ASKED in await story.text(f"STATUS {ticket.pin}")
    assert await events(story, ticket.number) == [
        *("reprisal.asked", "reprisal.unanswered", "reprisal.asked"),
    ]
    await sound(story, ticket.number)


async def test_whoever_is_recused_from_the_first_hears_nothing_of_the_second(
    story: Telling,
) -> None:
    ticket = await story.open(SAID, "2", "yes")
    story.at += timedelta(hours=2)
    directory = await story.store.directory()
    named = next(p for p in directory.people if p.name == "partner-bd-2")
    await story.act(ticket.number, verbs.TakeOver(), "partner-bd")
    await story.act(ticket.number, verbs.Exclude(named.id, note="Named."), "partner-bd")
    await story.act(ticket.number, verbs.Unfounded(note="Paid."), "partner-bd")
    await story.run(days=30, hours=1)
    await story.text(f"STATUS {ticket.pin}")
    words = f"{ticket.pin} 1 partner two threatened me"
    opened = ticket_in(await story.text(words))
    told = {debt.to for debt in await story.owed(opened.number)}
    assert "partner-bd" in told
    assert "partner-bd-2" not in told
    await sound(story, ticket.number, opened.number)


async def test_what_is_forgotten_is_not_asked(story: Telling) -> None:
    from app.actions.forget import forget

    ticket = await ended(story)
    directory = await story.store.directory()
    admin = next(p for p in directory.people if p.role == "admin")
    await forget(story.store, ticket.number, by=admin, at=story.at, through="test")
    await story.run(days=120)
    assert await events(story, ticket.number) == []
    assert (await verify(story.store)).problems == []
