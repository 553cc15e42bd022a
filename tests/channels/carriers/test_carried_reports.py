"""What carriers say became of texts of ours, and calls that they tell of."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.actions.carrier_findings import stray_calls as say_strays
from app.actions.doctor import examine
from app.store import refusals
from app.store.engine import Store
from app.store.ids import new_id
from app.store.refusals import Stray, stray_calls
from tests.channels.carriers.conftest import AT, CARRIERS, SECRET, World, open_world
from tests.workers.debts import a_number

PHONE = "+8801712345678"
EXOTEL, KANNEL = (f"/sms/{name}/reports/k/{SECRET}" for name in ("exotel", "kannel"))
SID = "0f477d60517e6e6a0f6d9a7e9af8630e"


async def sent(
    world: World,
    provider_id: str | None,
    *,
    state: str = "sent",
    attempt: int = 1,
    carrier: str = "exotel",
) -> UUID:
    """Leave a text that a carrier took, or may have taken."""
    owed_id = new_id(AT)
    await world.store.pool.execute(
        "INSERT INTO outbox (id, key, recipient_kind, recipient_key, template, params,"
        " created_at, sent_at, next_at, expires_at, attempt, state, provider_id,"
        " carrier) VALUES"
        " ($1, 'reply', 'reply', $2, 'reply', '{}', $3, $3, $4, $5, $6, $7, $8, $9)",
        owed_id,
        world.store.keyring.phone_tag(PHONE).hex(),
        AT,
        None if state == "sent" else AT,
        AT + timedelta(days=1),
        attempt,
        state,
        provider_id,
        carrier,
    )
    return owed_id


async def stands(world: World, owed_id: UUID) -> tuple[Any, ...]:
    row = await world.store.pool.fetchrow(
        "SELECT state, delivery, provider_id, last_error FROM outbox WHERE id = $1",
        owed_id,
    )
    return tuple(row)


def exotel(**more: str) -> dict[str, str]:
    return {
        "SmsSid": SID,
        "To": "09876543210",
        "Status": "sent",
        "SmsUnits": "1",
        "DetailedStatus": "DELIVERED_TO_HANDSET",
        "DetailedStatusCode": "20005",
        "DateSent": "2026-12-02 11:30:02",
        **more,
    }


async def test_a_report_by_the_carriers_own_id(world: World) -> None:
    owed_id = await sent(world, f"exotel:{SID}")
    answer = await world.knock("POST", EXOTEL, data=exotel())
    assert (answer.status_code, answer.content) == (200, b"")
    assert await stands(world, owed_id) == ("sent", "delivered", f"exotel:{SID}", None)
    await world.knock("POST", EXOTEL, data=exotel())
    assert world.counted("delivery_reports", outcome="noted") == 1
    assert world.counted("delivery_reports", outcome="ignored") == 1


async def test_a_report_that_comes_before_the_answer_settles_by_our_id(
    world: World,
) -> None:
    owed_id = await sent(world, None, state="unknown")
    await world.knock("POST", f"{EXOTEL}?m={owed_id}&a=1", data=exotel())
    assert await stands(world, owed_id) == ("sent", "delivered", f"exotel:{SID}", None)


async def test_a_carrier_that_gives_no_id_is_known_by_ours_and_the_attempt(
    world: World,
) -> None:
    owed_id = await sent(world, None, state="unknown", attempt=2, carrier="kannel")
    await world.knock("GET", f"{KANNEL}?m={owed_id}&a=2&status=8&reply=ACK%2F")
    known = f"kannel:{owed_id}.2"
    assert await stands(world, owed_id) == ("sent", "sent", known, None)
    # What is told of the first attempt, late, is no news of the second.
    await world.knock("GET", f"{KANNEL}?m={owed_id}&a=1&status=2&reply=")
    assert await stands(world, owed_id) == ("sent", "sent", known, None)
    await world.knock("GET", f"{KANNEL}?m={owed_id}&a=2&status=1&reply=")
    assert await stands(world, owed_id) == ("sent", "delivered", known, None)


@pytest.mark.parametrize(
    ("code", "state", "error"),
    [
        pytest.param("23030", "owed", "transient:23030", id="busy-is-owed-again"),
        pytest.param("23040", "failed", "permanent:23040", id="no-such-phone"),
        pytest.param("23020", "dropped", "opted_out:23020", id="wants-no-more"),
        pytest.param("23005", "owed", "config:23005", id="the-header-may-not"),
    ],
)
async def test_what_did_not_arrive_is_drawn_the_consequence_of(
    world: World, code: str, state: str, error: str
) -> None:
    owed_id = await sent(world, f"exotel:{SID}")
    said = exotel(Status="failed", DetailedStatus="", DetailedStatusCode=code)
    assert (await world.knock("POST", EXOTEL, data=said)).status_code == 200
    assert await stands(world, owed_id) == (
        state,
        "failed",
        f"exotel:{SID}",
        error,
    )
    assert await world.count("opt_out") == (state == "dropped")


async def test_what_is_no_text_of_ours_is_ignored(world: World) -> None:
    answer = await world.knock("POST", EXOTEL, data=exotel())
    assert answer.status_code == 200
    nobodys = await world.knock("GET", f"{KANNEL}?status=1&reply=")
    assert nobodys.status_code == 200
    assert world.counted("delivery_reports", outcome="ignored") == 2


# -------------------------------------------------------------------- missed calls

CALLS = f"/calls/exotel/k/{SECRET}"
CALL = {
    "CallSid": "e12eb6e6000000000000000000000187v",
    "CallFrom": "09876543210",
    "CallTo": "08047000000",
    "Direction": "incoming",
    "CallType": "call-attempt",
}


async def a_line(world: World, voice: str = "missed_call", **more: str) -> None:
    imported = {"provider": "exotel", "country": "IN", **more}
    await a_number(world.store, "+918047000000", voice=voice, **imported)


async def test_a_missed_call_is_owed_a_call_once(world: World) -> None:
    await a_line(world)
    for _ in range(3):
        answer = await world.knock("GET", CALLS, params=CALL)
        assert (answer.status_code, answer.content) == (200, b"")
    rows = await world.store.pool.fetch(
        "SELECT recipient_kind, recipient_key, template FROM outbox"
    )
    tag = world.store.keyring.phone_tag("+919876543210").hex()
    assert [tuple(row) for row in rows] == [("phone", tag, "ring_back")]
    assert world.rings == 1


async def test_the_webhook_of_a_missed_call_may_lose_its_plus(world: World) -> None:
    await a_line(world)
    body = "CallSid=abc123&From=+919876543210&To=+918047000000&Status=missed-call"
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await world.knock("POST", CALLS, content=body, headers=form)
    assert answer.status_code == 200
    tag = world.store.keyring.phone_tag("+919876543210").hex()
    assert await world.one("SELECT recipient_key FROM outbox") == tag


@pytest.mark.parametrize(
    ("voice", "more"),
    [
        pytest.param("answer", {}, id="the-line-is-answered-elsewhere"),
        pytest.param("missed_call", {"CallType": "completed"}, id="it-was-answered"),
        pytest.param("missed_call", {"CallFrom": "anonymous"}, id="no-number-shown"),
        pytest.param("missed_call", {"CallFrom": "+881612345678"}, id="a-satellite"),
    ],
)
async def test_a_call_that_is_not_to_be_returned(
    world: World, voice: str, more: dict[str, str]
) -> None:
    await a_line(world, voice)
    answer = await world.knock("GET", CALLS, params={**CALL, **more})
    assert (answer.status_code, answer.content) == (200, b"")
    assert await world.count("outbox") == 0
    assert world.rings == 0


@pytest.mark.parametrize("provider", ["", "twilio", "kannel"])
async def test_no_carrier_tells_of_calls_to_anothers_line(
    world: World, provider: str
) -> None:
    await a_line(world, provider=provider)
    answer = await world.knock("GET", CALLS, params=CALL)
    assert answer.status_code == 200
    assert await world.count("outbox") == 0
    assert await strays(world) == [Stray("provider", "+918047000000", 1)]


async def strays(world: World) -> list[Stray]:
    async with world.store.transaction() as tx:
        return await stray_calls(tx, AT.date())


async def test_missed_calls_to_a_number_that_nobody_imported_are_named(
    world: World,
) -> None:
    """Once a call, however often the carrier tells of it."""
    for sid in ("a" * 32, "a" * 32, "b" * 32):
        answer = await world.knock("GET", CALLS, params={**CALL, "CallSid": sid})
        assert answer.status_code == 200
    found = await strays(world)
    assert found == [Stray("unknown", "+918047000000", 2)]
    listed = await world.store.pool.fetch(
        "SELECT number, count FROM unrecognised_number"
    )
    assert [tuple(row) for row in listed] == [("+918047000000", 2)]
    (finding,) = say_strays(found)
    assert finding.is_grave
    assert finding.what == (
        "2 missed calls to +918047000000 since yesterday are not returned: nobody"
        " imported that number."
    )


async def test_the_doctor_says_what_carriers_refuse_and_which_calls_are_lost(
    world: World,
) -> None:
    await world.knock("GET", CALLS, params=CALL)
    async with world.store.transaction() as tx:
        await refusals.count(tx, [("kannel", "config:403")], AT)
    settings = world.app.state.parts.settings

    async def said(at: datetime) -> list[str]:
        found = await examine(world.store, settings, at=at)
        return [f.what for f in found if " since yesterday " in f.what]

    assert await said(AT + timedelta(days=1)) == [
        "1 missed calls to +918047000000 since yesterday are not returned: nobody"
        " imported that number.",
        "1 texts since yesterday went past kannel: config:403. Another carrier took"
        " them.",
    ]
    assert await said(AT + timedelta(days=2)) == []


async def test_a_call_is_returned_that_comes_again_when_its_number_is_imported(
    world: World,
) -> None:
    await world.knock("GET", CALLS, params=CALL)
    assert await world.count("outbox") == 0
    await a_line(world)
    await world.knock("GET", CALLS, params=CALL)
    assert await world.count("outbox") == 1


async def test_a_call_to_a_line_that_is_none_for_missed_calls_is_named(
    world: World,
) -> None:
    await a_line(world, "answer")
    await world.knock("GET", CALLS, params=CALL)
    assert await strays(world) == [Stray("voice", "+918047000000", 1)]
    assert await world.count("unrecognised_number") == 0


async def test_whom_and_how_often_we_call_is_the_operators(
    store: Store, root: Path, folder: Path
) -> None:
    limits = {"CALL_BACK_TO": "+977, +1", "CALL_BACKS_PER_HOUR": "2"}
    environ = {**CARRIERS, "SMS_FOLDER": str(folder), **limits}
    world = open_world(store, root, environ)
    await a_line(world)
    for n, phone in enumerate(("+97798412345", "+881612345678", "1", "2", "3")):
        shown = phone if len(phone) > 1 else f"0987654321{n}"
        asked = {**CALL, "CallSid": f"{n}" * 32, "CallFrom": shown}
        assert (await world.knock("GET", CALLS, params=asked)).status_code == 200
    assert await world.count("outbox") == 2
