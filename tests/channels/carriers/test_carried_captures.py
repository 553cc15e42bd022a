"""Each documented request, replayed through the whole service: heard, answered once."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.store.engine import Store
from tests.carriers.captures import Capture, captures, variables_of
from tests.channels.carriers.conftest import BASE, World, open_world

NAMES = sorted({capture.carrier for capture in captures("texts", "reports", "calls")})


@pytest.fixture(params=NAMES)
def carrier(request: pytest.FixtureRequest) -> Carrier:
    return on_shelf()[request.param]


@pytest.fixture
def opened(store: Store, root: Path, carrier: Carrier) -> World:
    """A service that uses this one carrier, with the variables of its captures."""
    prefix = f"SMS_{carrier.name.upper()}_"
    given = {prefix + name: v for name, v in variables_of(carrier.name).items()}
    return open_world(store, root, {**BASE, "SMS_PROVIDERS": carrier.name, **given})


def of(carrier: Carrier, kind: str) -> list[Capture]:
    return [one for one in captures(kind) if one.carrier == carrier.name]


async def replay(world: World, capture: Capture) -> httpx.Response:
    return await world.knock(
        capture.method,
        capture.target,
        content=capture.body,
        headers=dict(capture.headers),
    )


async def heard(world: World) -> list[str]:
    """Return what was kept of what came, opened, in any order."""
    rows = await world.store.pool.fetch(
        "SELECT m.id, m.body, c.id AS case_id, c.data_key FROM message m"
        " JOIN cases c ON c.id = m.case_id WHERE direction = 'in'"
    )
    keyring = world.store.keyring
    return [
        keyring.unwrap(row["data_key"], row["case_id"]).open_text(
            row["body"], f"message|body|{row['id']}"
        )
        for row in rows
    ]


def is_answer(carrier: Carrier, capture: Capture, answer: httpx.Response) -> bool:
    if carrier.reply == "body":
        kind, has_words = answer.headers["content-type"], bool(answer.content)
        return kind == "text/plain; charset=utf-8" and has_words
    return (answer.headers["content-type"], answer.content) == (
        carrier.acknowledgement_type,
        carrier.acknowledgement,
    )


async def test_texts_are_heard_and_answered_once(
    opened: World, carrier: Carrier
) -> None:
    texts = of(carrier, "texts")
    assert texts or not carrier.hears
    count = 0
    words: list[str] = []
    for capture in texts:
        opened.wait(minutes=10)
        expected = capture.data["expected"]
        answer = await replay(opened, capture)
        assert answer.status_code == 200, capture.name
        assert is_answer(carrier, capture, answer), capture.name
        count += len(expected)
        words += [one["text"] for one in expected]
        assert await opened.count("claim") == count, capture.name
        replies = await opened.replies()
        assert bool(replies) == (carrier.reply == "send" and count > 0)
        before = await opened.everything()
        again = await replay(opened, capture)
        assert (again.status_code, again.content) == (200, answer.content)
        assert await opened.everything() == before, capture.name
    assert set(await heard(opened)) <= set(words)
    assert await opened.count("cases") > 0 or not texts
    senders = {one["sender"] for each in texts for one in each.data["expected"]}
    assert {said["to"] for said in await opened.replies()} <= senders


@pytest.mark.parametrize(
    ("kind", "can"),
    [
        pytest.param("reports", lambda c: c.has_reports, id="reports"),
        pytest.param("calls", lambda c: c.rings, id="calls"),
    ],
)
async def test_reports_and_calls_are_taken_and_acknowledged(
    opened: World, carrier: Carrier, kind: str, can: Callable[[Carrier], bool]
) -> None:
    found = of(carrier, kind)
    assert bool(found) == can(carrier)
    for capture in found:
        answer = await replay(opened, capture)
        taken = answer.status_code, answer.headers["content-type"], answer.content
        assert taken == (200, carrier.acknowledgement_type, carrier.acknowledgement)
    reports = sum(len(one.data["expected"]) for one in found if kind == "reports")
    assert opened.counted("delivery_reports", outcome="ignored") == reports
    # No number of this programme is one for missed calls, and no text is ours.
    assert await opened.count("outbox") == 0
