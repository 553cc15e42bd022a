"""A carrier that lets only registered texts through: what a worker hears of hers."""

from datetime import timedelta

import pytest

from app.actions.carrier_texts import import_text_ids
from app.actions.replies import as_json, texts_in
from app.actions.take_turn import HeardText, take_turn
from app.carriers.shelf import on_shelf
from app.directory_files.text_ids import DIGITS
from app.domain import commands
from app.domain.directory import HotlineNumber
from app.store.ids import new_id
from app.wording.phrasings import phrasings
from tests.exported import must_be_exported, texts
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import WORKER, Telling, Ticket, catalog

PREPARED = phrasings()["since-when"].text("en")
OWN = "Was it in the shift of March?"
WAITS = (
    "There is a message for you. To hear it, call +15550100999. Have your number and"
    " PIN with you."
)


async def asked(story: Telling, words: str) -> Ticket:
    """Open a case, and let a member ask the worker something in these words."""
    ticket = await story.open("482170 no overtime pay", "2", "1", line=ENGLISH_LINE)
    story.at += timedelta(hours=1)
    await story.act(ticket.number, commands.Ask(note=words), "gaz-com-w1")
    story.at += timedelta(hours=1)
    return ticket


async def status(story: Telling, ticket: Ticket, *, carrier: str) -> tuple[str, ...]:
    heard = HeardText(
        WORKER,
        ENGLISH_LINE,
        f"STATUS {ticket.pin}",
        "sms",
        carrier=carrier,
        takes_free_text=not carrier,
    )
    answer = await take_turn(
        story.store,
        heard,
        provider_id=f"exotel:{new_id(story.at)}",
        render=lambda said, language, zone: as_json(
            [catalog().render(line, language, zone) for line in said]
        ),
        at=story.at,
    )
    return texts_in(answer.body)


async def news(story: Telling) -> str:
    """Return what became of the news that a message waits."""
    found: str = await story.store.pool.fetchval(
        "SELECT state || coalesce(' ' || last_error, '') FROM outbox"
        " WHERE template = 'worker_news' ORDER BY created_at DESC LIMIT 1"
    )
    return found


async def register(story: Telling, name: str) -> None:
    (text,) = [t for t in texts() if t.text_id.startswith(f"{name}-en-")]
    file = f"text_id,template_id\n{text.text_id},1207160000000000001\n".encode()
    await import_text_ids(
        story.store, texts(), on_shelf()["exotel"], file, DIGITS, at=story.at
    )


async def test_a_persons_words_wait_where_they_are_not_let_through(
    story: Telling,
) -> None:
    """They do not count as heard, and so she is still told that there is news."""
    ticket = await asked(story, OWN)
    said = await status(story, ticket, carrier="exotel")
    assert said[-1] == WAITS
    assert not [text for text in said if OWN in text]
    assert await news(story) == "owed"


async def test_elsewhere_she_reads_them_and_is_told_no_more(story: Telling) -> None:
    ticket = await asked(story, OWN)
    said = await status(story, ticket, carrier="")
    assert said[-1] == f"There is a message for you: {OWN}"
    assert await news(story) == "dropped heard"


@pytest.mark.parametrize("is_registered", [True, False])
async def test_prepared_words_come_where_the_carrier_has_them(
    story: Telling, is_registered: bool
) -> None:
    ticket = await asked(story, PREPARED)
    if is_registered:
        await register(story, "message-since-when")
    said = await status(story, ticket, carrier="exotel")
    shown = f"There is a message for you: {PREPARED}"
    assert said[-1] == (shown if is_registered else WAITS)
    assert await news(story) == ("dropped heard" if is_registered else "owed")


@pytest.mark.parametrize(
    ("number", "said_"),
    [
        pytest.param("+8809612345678", WAITS.replace("+15550100999", "09612 345 678"),
                     id="as her own country dials it"),
        pytest.param("+9118001234567", WAITS.replace("15550100999", "9118001234567"),
                     id="from another country"),
        pytest.param("", "There is a message for you. To hear it, send CALL ME: we ring"
                     " you.", id="no number to call"),
    ],
)  # fmt: skip
async def test_she_is_told_where_she_hears_it(
    story: Telling, monkeypatch: pytest.MonkeyPatch, number: str, said_: str
) -> None:
    ticket = await asked(story, OWN)
    line = HotlineNumber(number, "BD", "twilio", ("en",), True, "answer", None, ())
    found = line if number else None
    monkeypatch.setattr("app.actions.take_turn.reached_at", lambda *_: found)
    said = await status(story, ticket, carrier="exotel")
    assert said[-1] == said_
    must_be_exported(said[-1], "en")


async def test_another_carriers_registration_is_not_ours(story: Telling) -> None:
    ticket = await asked(story, PREPARED)
    await register(story, "message-since-when")
    assert (await status(story, ticket, carrier="infobip"))[-1] == WAITS


async def test_the_same_text_again_gets_the_same_answer(story: Telling) -> None:
    ticket = await asked(story, OWN)
    first = await status(story, ticket, carrier="exotel")
    story.at += timedelta(seconds=2)
    assert await status(story, ticket, carrier="exotel") == first
