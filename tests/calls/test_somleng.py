"""A call through Somleng: UUIDs, fewer fields and verbs, and nothing deleted there."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from app.actions.keep_recordings import keep_due
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_recordings import TwilioRecordings
from app.store.engine import Store
from app.store.ledger import verify
from tests.calls.acting import a_spoken_case
from tests.calls.telephone import TOKEN, Telephone, telephone

ACCOUNT = "1b2ce123-cffc-4188-bdb6-d6a76ab10cf1"


@pytest.fixture
async def line(store: Store) -> AsyncIterator[Telephone]:
    async with telephone(store, flavour="somleng", account=ACCOUNT) as made:
        yield made


async def test_a_spoken_complaint_is_heard_and_kept(
    line: Telephone, store: Store
) -> None:
    number, pin = await a_spoken_case(line)
    assert (len(number), len(pin)) == (8, 6)
    await line.clock.drain()
    (spoken,) = line.network.recordings
    assert str(UUID(spoken.sid)) == spoken.sid
    assert not [said for _, said in line.network.log if said.startswith("error")]
    assert (await line.case())["channel"] == "voice"

    transport = httpx.ASGITransport(app=line.network.rest)
    async with httpx.AsyncClient(transport=transport) as client:
        recordings = TwilioRecordings(
            HttpxTwilio("", client),
            api_base="",
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            client=client,
        )
        clock = line.clock.now
        while await keep_due(store, recordings, at_clock=clock):
            pass
    (row,) = await line.recordings()
    # Somleng deletes nothing, and the doctor goes on saying so.
    assert (row["state"], row["last_error"]) == ("kept", "config:cannot_delete")
    assert row["next_at"] is not None
    assert row["deleted_at"] is None
    assert (await verify(store)).problems == []
