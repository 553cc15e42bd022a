"""Which gateway takes what."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import respx

from app.gateways.send import gateways, is_loopback, recordings
from app.outbox.owed import Call, Hook, Mail, Parcel, Text
from app.outbox.settlement import Misconfigured
from app.runtime.settings import Settings, read_settings

AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
OWED = UUID("0190d9a4-0000-7000-8000-000000000001")
TEXT = Text(OWED, "+8801700000001", "There is news for you.")
CALL = Call(OWED, "+8801700000001", "+8809600000000")
MAIL = Mail(OWED, "member@example.org", "New case", "A new case.\n", AT)
HOOK = Hook(OWED, "https://norda.example/h", "whsec_eA==", "brand_alert", {}, AT, AT)


def settings(**changes: Any) -> Settings:
    read = read_settings(
        {
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_ACCOUNT_SID": "AC1",
        },
        generated=True,
    )
    return replace(read, **changes)


@pytest.mark.parametrize(
    ("parcel", "code"), [(TEXT, "twilio_not_set"), (MAIL, "smtp_not_set")]
)
async def test_without_settings_a_message_waits_for_them(
    parcel: Parcel, code: str
) -> None:
    senders = gateways(settings(), is_demo=False)
    with pytest.raises(Misconfigured) as refused:
        await senders.send(parcel)
    await senders.aclose()
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("parcel", "shown"),
    [
        pytest.param(TEXT, "There is news for you.", id="a-text-without-its-number"),
        pytest.param(CALL, "(A call from +8809600000000.)", id="a-call-that-rings-not"),
        pytest.param(
            MAIL,
            "To: member@example.org\nSubject: New case\n\nA new case.\n",
            id="a-mail-with-its-addressee",
        ),
        pytest.param(
            HOOK,
            "POST https://norda.example/h\n\n"
            '{"type":"brand_alert","timestamp":"2026-09-01T04:00:00+00:00","data":{}}',
            id="a-webhook-that-does-not-leave",
        ),
    ],
)
async def test_a_demo_shows_what_it_does_not_send(parcel: Parcel, shown: str) -> None:
    real = settings(
        smtp_url="smtp://mx.example",
        twilio_sms_from="+15005550006",
    )
    senders = gateways(real, is_demo=True)
    receipt = await senders.send(parcel)
    await senders.aclose()
    assert receipt.shown == shown


async def test_without_an_account_a_call_waits_for_one() -> None:
    senders = gateways(settings(twilio_account_sid=""), is_demo=False)
    with pytest.raises(Misconfigured) as refused:
        await senders.send(CALL)
    assert await senders.find(CALL, AT) == ()
    await senders.aclose()
    assert refused.value.code == "twilio_not_set"


@respx.mock
async def test_a_demo_rings_phones_of_this_machine_only() -> None:
    here = "http://127.0.0.1:9/2010-04-01/Accounts/AC1/Calls.json"
    route = respx.post(here).respond(201, json={"sid": "CA1", "status": "queued"})
    senders = gateways(settings(twilio_api_base="http://127.0.0.1:9"), is_demo=True)
    receipt = await senders.send(CALL)
    await senders.aclose()
    assert route.called
    assert receipt.provider_id == "CA1"
    assert receipt.shown == "(A call from +8809600000000.)"


@pytest.mark.parametrize(
    ("changes", "is_demo", "is_there"),
    [
        pytest.param({}, False, True, id="with-an-account"),
        pytest.param({"twilio_account_sid": ""}, False, False, id="without-one"),
        pytest.param({}, True, False, id="a-demo-fetches-nothing-from-outside"),
        pytest.param(
            {"twilio_api_base": "http://127.0.0.1:9"}, True, True, id="but-from-here"
        ),
    ],
)
async def test_where_recordings_are_fetched_from(
    changes: dict[str, Any], is_demo: bool, is_there: bool
) -> None:
    found = recordings(settings(**changes), is_demo=is_demo)
    assert (found is not None) is is_there
    if found is not None:
        await found.aclose()


async def test_mails_and_webhooks_are_never_looked_up() -> None:
    senders = gateways(settings(), is_demo=False)
    assert await senders.find(MAIL, AT) == ()
    await senders.aclose()


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("localhost.example", False),
        (None, False),
    ],
)
def test_is_loopback(host: str | None, is_local: bool) -> None:
    assert is_loopback(host) is is_local
