"""What is owed goes out once, to whom it may, and is settled by its outcome."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from app.actions.deliver import deliver_due
from app.outbox.owed import LEASE, Parcel, Receipt
from app.outbox.settlement import (
    GatewayError,
    Misconfigured,
    OptedOut,
    OutcomeUnknown,
    Permanent,
    Transient,
)
from app.store import outbox
from app.store.engine import Store
from tests.conftest import as_owner
from tests.workers.debts import (
    AT,
    PHONE,
    Clock,
    Far,
    Plain,
    a_brand,
    a_case,
    a_person,
    deliver,
    owe,
    row_of,
)

NUMBER = "48213459"
NEW = {
    "number": NUMBER,
    "site": "482170",
    "clock": "acknowledge",
    "due_at": "2026-09-03T12:00:00+00:00",
}


async def test_a_worker_is_told_in_the_cases_language(store: Store) -> None:
    far, case_id = Far(), await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    assert await deliver(store, far, Clock()) == 1
    (text,) = far.texts
    assert text.to == PHONE
    assert text.body.startswith("[bn] ")
    row = await row_of(store, owed_id)
    assert (row["state"], row["delivery"]) == ("sent", "queued")
    assert row["provider_id"] == f"SM{owed_id.hex}"
    assert row["next_at"] is row["lease_until"] is row["shown"] is None


async def test_a_member_is_mailed_with_the_day_and_nothing_finer(store: Store) -> None:
    key = await a_person(store, email="member@example.org", language="bn")
    far, case_id = Far(), await a_case(store)
    await owe(store, "person", key, template="case_new", case_id=case_id, params=NEW)
    await deliver(store, far, Clock())
    (mail,) = far.mails
    assert mail.to == "member@example.org"
    assert mail.at == AT
    assert mail.subject == f"[bn] New case {NUMBER}"
    assert "by 2026-09-03 that" in mail.body
    assert f"cases act {NUMBER} acknowledge --as member@example.org" in mail.body


async def test_a_member_without_mail_is_texted_without_content(store: Store) -> None:
    key = await a_person(store, phone="+8801800000002")
    far, case_id = Far(), await a_case(store)
    await owe(store, "person", key, template="case_new", case_id=case_id, params=NEW)
    await deliver(store, far, Clock())
    (text,) = far.texts
    assert text.to == "+8801800000002"
    assert NUMBER not in text.body


async def test_a_brand_gets_mail_and_signed_hook(store: Store) -> None:
    key = await a_brand(store, url="https://norda.example/h", secret="whsec_eA==")
    params = {**NEW, "country": "BD", "partner": ["p@example.org"]}
    far, clock = Far(), Clock()
    for kind in ("brand", "brand_webhook"):
        await owe(store, kind, key, template="brand_missed_protected", params=params)
    await deliver(store, far, clock)
    (mail,), (hook,) = far.mails, far.hooks
    assert mail.to == "care@norda.example"
    assert mail.subject.startswith("[en] ")  # its language is not served
    assert "482170" not in mail.body
    assert (hook.url, hook.secret) == ("https://norda.example/h", "whsec_eA==")
    assert set(hook.data) == {"number", "clock", "country", "partner"}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        pytest.param(
            "UPDATE cases SET detail = detail || '{\"may_text\": false}'",
            "no_consent",
            id="the-worker-has-taken-the-yes-back",
        ),
        pytest.param(
            "UPDATE cases SET detail = detail - 'may_text'",
            "no_consent",
            id="the-worker-was-never-asked",
        ),
        pytest.param(
            "INSERT INTO opt_out SELECT phone_tag, opened_at, 'stop' FROM cases",
            "opted_out",
            id="the-phone-said-stop",
        ),
        pytest.param(
            "UPDATE cases SET data_key = NULL", "forgotten", id="the-case-is-forgotten"
        ),
        pytest.param(
            "UPDATE cases SET phone_sealed = NULL", "no_address", id="there-is-no-phone"
        ),
    ],
)
async def test_a_worker_who_may_not_be_told_is_not(
    store: Store, statement: str, reason: str
) -> None:
    far, case_id = Far(), await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    await store.pool.execute(statement)
    await deliver(store, far, Clock())
    row = await row_of(store, owed_id)
    assert (far.sent, row["state"], row["last_error"]) == ([], "dropped", reason)
    assert row["next_at"] is None


async def test_a_member_recused_in_the_meantime_is_told_nothing(store: Store) -> None:
    key = await a_person(store, email="member@example.org")
    far, case_id = Far(), await a_case(store)
    owed_id = await owe(
        store, "person", key, template="case_new", case_id=case_id, params=NEW
    )
    await store.pool.execute(
        "UPDATE cases"
        " SET detail = jsonb_set(detail, '{excluded}', to_jsonb($1::text[]))",
        [key],
    )
    await deliver(store, far, Clock())
    assert (await row_of(store, owed_id))["last_error"] == "excluded"
    assert far.sent == []


async def test_a_person_who_left_the_directory_is_dropped(store: Store) -> None:
    owed_id = await owe(store, "person", str(uuid4()), template="case_new", params=NEW)
    await deliver(store, Far(), Clock())
    assert (await row_of(store, owed_id))["last_error"] == "gone"


@pytest.mark.parametrize(
    ("error", "state", "wait"),
    [
        pytest.param(Transient(429), "owed", 30, id="a-refusal-is-tried-again"),
        pytest.param(OutcomeUnknown("x"), "unknown", 30, id="a-lost-answer-is-kept"),
        pytest.param(Misconfigured(20003), "owed", 900, id="a-setting-is-waited-for"),
        pytest.param(Permanent(21211), "failed", None, id="no-such-number-ends-it"),
        pytest.param(OptedOut(21610), "dropped", None, id="an-opt-out-ends-it"),
        pytest.param(
            RuntimeError("bug"), "unknown", 30, id="our-own-bug-loses-nothing"
        ),
    ],
)
async def test_each_failure_has_its_consequence(
    store: Store, error: Exception, state: str, wait: int | None
) -> None:
    case_id = await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, Far(failures=[error]), Clock())
    row = await row_of(store, owed_id)
    assert row["state"] == state
    assert row["next_at"] == (AT + timedelta(seconds=wait) if wait else None)
    assert row["lease_until"] is None
    if isinstance(error, GatewayError):
        assert row["last_error"] == str(error)


async def test_21610_stops_the_phone_and_not_the_case(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    await owe(store, "worker", case_id=case_id, occasion="1")
    await deliver(store, Far(failures=[OptedOut(21610)]), clock)
    later, far = await owe(store, "worker", case_id=case_id, occasion="2"), Far()
    await deliver(store, far, clock)
    assert far.sent == []
    assert (await row_of(store, later))["last_error"] == "opted_out"
    assert await store.pool.fetchval("SELECT state FROM cases") == "received"


async def test_waits_grow_until_the_message_is_too_old(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    owed_id = await owe(
        store, "worker", case_id=case_id, expires_in=timedelta(minutes=3)
    )
    far = Far(failures=[Transient(429)] * 9)
    for _ in range(25):
        await deliver(store, far, clock)
        clock.move(seconds=10)
    assert len(far.sent) == 3  # at once, after 30 s, after 60 s more
    assert (await row_of(store, owed_id))["state"] == "expired"


async def test_a_lost_answer_is_looked_up_and_found(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    far = Far(failures=[OutcomeUnknown("ReadTimeout")])
    await deliver(store, far, clock)
    far.on_account = [Receipt("SM-found", "delivered")]
    clock.move(seconds=30)
    await deliver(store, far, clock)
    row = await row_of(store, owed_id)
    assert len(far.sent) == 1
    assert far.looked_up == [AT]
    assert (row["state"], row["provider_id"], row["delivery"]) == (
        "sent",
        "SM-found",
        "delivered",
    )


async def test_a_lost_text_that_failed_at_the_carrier_has_its_consequence(
    store: Store,
) -> None:
    clock, case_id = Clock(), await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    far = Far(failures=[OutcomeUnknown("ReadTimeout")])
    await deliver(store, far, clock)
    far.on_account = [Receipt("SM-found", "failed", "21610")]
    clock.move(seconds=30)
    await deliver(store, far, clock)
    assert (await row_of(store, owed_id))["state"] == "dropped"
    assert await store.pool.fetchval("SELECT count(*) FROM opt_out") == 1


async def test_a_lost_answer_that_is_not_found_is_sent_again(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    await owe(store, "worker", case_id=case_id)
    far = Far(failures=[OutcomeUnknown("ReadTimeout")])
    await deliver(store, far, clock)
    clock.move(seconds=30)
    await deliver(store, far, clock)
    assert len(far.sent) == 2
    assert len(far.looked_up) == 1


async def test_while_nobody_can_look_it_up_nothing_is_sent_again(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    far = Far(failures=[OutcomeUnknown("x")], find_failure=Transient(503))
    await deliver(store, far, clock)
    for _ in range(5):
        clock.move(hours=1)
        await deliver(store, far, clock)
    assert len(far.sent) == 1
    assert (await row_of(store, owed_id))["state"] == "unknown"


async def test_two_lost_texts_never_claim_the_same_message(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    for occasion in "12":
        await owe(store, "worker", case_id=case_id, occasion=occasion)
    far = Far(failures=[OutcomeUnknown("x"), OutcomeUnknown("x")])
    await deliver(store, far, clock)
    far.on_account = [Receipt("SM-only-one", "sent")]
    clock.move(seconds=30)
    await deliver(store, far, clock)
    assert len(far.sent) == 3  # two, and the one that was not found
    found = await store.pool.fetch("SELECT DISTINCT provider_id FROM outbox")
    assert len(found) == 2


async def test_a_worker_that_died_leaves_a_row_to_be_looked_up(store: Store) -> None:
    clock, case_id, far = Clock(), await a_case(store), Far()
    await owe(store, "worker", case_id=case_id)
    async with store.transaction() as tx:
        assert len(await outbox.lease(tx, AT, 10)) == 1
    assert await deliver(store, far, clock) == 0
    clock.move(seconds=LEASE.total_seconds())
    await deliver(store, far, clock)
    assert far.looked_up == [AT]
    assert len(far.sent) == 1


async def test_a_mail_that_may_have_gone_out_goes_again_under_one_id(
    store: Store,
) -> None:
    key = await a_person(store, email="member@example.org")
    clock, far = Clock(), Far(failures=[OutcomeUnknown("SMTPServerDisconnected")])
    await owe(store, "person", key, template="case_new", params=NEW)
    await deliver(store, far, clock)
    clock.move(seconds=30)
    await deliver(store, far, clock)
    first, second = far.mails
    assert first == second


async def test_one_message_that_cannot_be_worded_stops_no_other(store: Store) -> None:
    key = await a_person(store, email="member@example.org")
    far = Far()
    bad = await owe(store, "person", key, template="gossip", params=NEW)
    good = await owe(store, "person", key, template="case_new", params=NEW)
    await deliver(store, far, Clock())
    row = await row_of(store, bad)
    assert (row["state"], row["last_error"]) == ("owed", "config:KeyError")
    assert (await row_of(store, good))["state"] == "sent"


async def test_a_reminder_of_what_is_past_is_not_sent(store: Store) -> None:
    key = await a_person(store, email="member@example.org")
    far, clock = Far(), Clock()
    owed_id = await owe(
        store, "person", key, template="reminder", params={**NEW, "percent": 50}
    )
    clock.move(days=3)
    await deliver(store, far, clock)
    row = await row_of(store, owed_id)
    assert (far.sent, row["state"]) == ([], "expired")


async def test_three_loops_over_sixty_messages_send_each_once(store: Store) -> None:
    case_id, far = await a_case(store), Far()
    for occasion in range(60):
        await owe(store, "worker", case_id=case_id, occasion=str(occasion))

    async def loop() -> int:
        done = 0
        while count := await deliver_due(
            store, far, Plain(), at_clock=Clock(), limit=7
        ):
            done += count
        return done

    assert sum(await asyncio.gather(loop(), loop(), loop())) == 60
    assert set(Counter(parcel.owed_id for parcel in far.sent).values()) == {1}
    assert len(far.sent) == 60


async def test_no_transaction_is_open_while_a_message_is_sent(store: Store) -> None:
    case_id = await a_case(store)
    await owe(store, "worker", case_id=case_id)
    idle: list[int] = []

    async def look(_parcel: Parcel) -> None:
        # Only the login's own rights show what its other sessions are about.
        async with as_owner(store) as owner:
            idle.append(
                await owner.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                    " current_database() AND state = 'idle in transaction'"
                )
            )

    await deliver(store, Far(before_answer=look), Clock())
    assert idle == [0]


async def test_who_is_invited_while_a_slow_message_goes_out_is_told(
    store: Store,
) -> None:
    for name in ("a", "b"):
        key = await a_person(store, email=f"{name}@example.org")
        await owe(store, "person", key, template="not_solved", params=NEW)
    is_invited, late = asyncio.Event(), []

    async def invite(_parcel: Parcel) -> None:
        if not late:
            late.append("")
            late[0] = key = await a_person(store, email="new@example.org")
            await owe(store, "person", key, template="not_solved", params=NEW)
            is_invited.set()
        await is_invited.wait()

    far = Far(before_answer=invite)
    assert await deliver_due(store, far, Plain(), at_clock=Clock(), limit=3) == 3
    assert {mail.to for mail in far.mails} == {
        "a@example.org",
        "b@example.org",
        "new@example.org",
    }
