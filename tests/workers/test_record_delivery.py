"""The carrier's word, however late, often or early it comes."""

from itertools import permutations
from uuid import UUID, uuid4

import pytest

from app.actions.record_delivery import record_delivery
from app.outbox.owed import Parcel
from app.outbox.settlement import OutcomeUnknown
from app.store.engine import Store
from tests.workers.debts import AT, Clock, Far, a_case, a_person, deliver, owe, row_of


async def sent_text(store: Store, clock: Clock) -> UUID:
    case_id = await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, Far(), clock)
    return owed_id


async def report(
    store: Store,
    status: str,
    *,
    owed_id: UUID | None = None,
    provider_id: str | None = None,
    error_code: str | None = None,
) -> bool:
    return await record_delivery(
        store,
        provider_id=provider_id or f"SM{owed_id.hex if owed_id else ''}",
        owed_id=owed_id,
        status=status,
        error_code=error_code,
        at=AT,
    )


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(order, id=", ".join(order))
        for order in permutations(("sending", "sent", "delivered"))
    ],
)
async def test_in_any_order_the_last_word_is_the_same(
    store: Store, order: tuple[str, ...]
) -> None:
    owed_id = await sent_text(store, Clock())
    for status in order:
        await report(store, status, owed_id=owed_id)
        await report(store, status, owed_id=owed_id)
    row = await row_of(store, owed_id)
    assert (row["state"], row["delivery"]) == ("sent", "delivered")


async def test_a_repeat_or_an_earlier_word_is_no_news(store: Store) -> None:
    owed_id = await sent_text(store, Clock())
    assert await report(store, "delivered", owed_id=owed_id)
    assert not await report(store, "delivered", owed_id=owed_id)
    assert not await report(store, "sent", owed_id=owed_id)
    assert not await report(store, "undelivered", owed_id=owed_id, error_code="30003")


@pytest.mark.parametrize(
    ("owed_id", "status"),
    [
        pytest.param(uuid4(), "delivered", id="a-message-of-somebody-else"),
        pytest.param(None, "delivered", id="a-reply-that-has-no-row"),
    ],
)
async def test_what_is_not_ours_changes_nothing(
    store: Store, owed_id: UUID | None, status: str
) -> None:
    mine = await sent_text(store, Clock())
    before = await row_of(store, mine)
    assert not await report(store, status, owed_id=owed_id, provider_id="SM-other")
    assert await row_of(store, mine) == before


async def test_a_word_that_nobody_knows_is_left_alone(store: Store) -> None:
    owed_id = await sent_text(store, Clock())
    assert not await report(store, "teleported", owed_id=owed_id)


async def test_a_row_is_never_given_the_message_of_another(store: Store) -> None:
    owed_id = await sent_text(store, Clock())
    assert not await report(
        store, "failed", owed_id=owed_id, provider_id="SM-forged", error_code="30005"
    )
    assert (await row_of(store, owed_id))["state"] == "sent"


async def test_a_word_may_come_before_our_own_answer(store: Store) -> None:
    case_id = await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)

    async def early(parcel: Parcel) -> None:
        assert await report(store, "delivered", owed_id=parcel.owed_id)

    await deliver(store, Far(before_answer=early), Clock())
    row = await row_of(store, owed_id)
    assert (row["state"], row["delivery"]) == ("sent", "delivered")
    assert row["provider_id"] == f"SM{owed_id.hex}"


async def test_a_word_settles_what_our_own_answer_left_unknown(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)
    far = Far(failures=[OutcomeUnknown("ReadTimeout")])
    await deliver(store, far, clock)
    await report(store, "sent", owed_id=owed_id)
    clock.move(hours=1)
    assert await deliver(store, far, clock) == 0
    assert (await row_of(store, owed_id))["state"] == "sent"


async def test_an_early_word_outlives_an_answer_that_is_lost(store: Store) -> None:
    case_id = await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)

    async def early(parcel: Parcel) -> None:
        await report(store, "sent", owed_id=parcel.owed_id)

    far = Far(before_answer=early, failures=[OutcomeUnknown("ReadTimeout")])
    await deliver(store, far, Clock())
    row = await row_of(store, owed_id)
    assert (row["state"], row["next_at"]) == ("sent", None)


async def test_21610_by_callback_stops_the_phone(store: Store) -> None:
    owed_id = await sent_text(store, Clock())
    await report(store, "failed", owed_id=owed_id, error_code="21610")
    row = await row_of(store, owed_id)
    assert (row["state"], row["last_error"]) == ("dropped", "opted_out:21610")
    tag = await store.pool.fetchval("SELECT phone_tag FROM cases")
    assert await store.pool.fetchval("SELECT phone_tag FROM opt_out") == tag


async def test_21610_stops_a_members_phone_too(store: Store) -> None:
    key = await a_person(store, phone="+8801800000002")
    owed_id = await owe(store, "person", key, template="case_new", params={})
    await deliver(store, Far(), Clock())
    await report(store, "failed", owed_id=owed_id, error_code="21610")
    assert await store.pool.fetchval("SELECT count(*) FROM opt_out") == 1


async def test_a_handset_that_was_off_is_texted_again(store: Store) -> None:
    clock = Clock()
    owed_id = await sent_text(store, clock)
    await report(store, "undelivered", owed_id=owed_id, error_code="30003")
    row = await row_of(store, owed_id)
    assert (row["state"], row["delivery"]) == ("owed", "undelivered")
    far = Far()
    clock.move(seconds=30)
    await deliver(store, far, clock)
    assert len(far.sent) == 1
    assert far.looked_up == []  # the carrier has said that it is not there


async def test_but_not_for_ever(store: Store) -> None:
    clock, far = Clock(), Far()
    owed_id = await sent_text(store, clock)
    provider = f"SM{owed_id.hex}"
    for attempt in range(2, 9):
        await record_delivery(
            store,
            provider_id=provider,
            owed_id=owed_id,
            status="undelivered",
            error_code="30003",
            at=clock.at,
        )
        clock.move(hours=2)
        await deliver(store, far, clock)
        provider = f"SM{attempt}"
        await store.pool.execute(
            "UPDATE outbox SET provider_id = $1 WHERE state = 'sent'", provider
        )
        await store.pool.execute("UPDATE outbox SET delivery = 'sent'")
    assert len(far.sent) == 4
    assert (await row_of(store, owed_id))["state"] == "failed"


async def test_a_number_that_does_not_exist_is_given_up(store: Store) -> None:
    owed_id = await sent_text(store, Clock())
    await report(store, "undelivered", owed_id=owed_id, error_code="30005")
    row = await row_of(store, owed_id)
    assert (row["state"], row["last_error"]) == ("failed", "permanent:30005")


async def unreachable(store: Store) -> int:
    """Return how many notices are owed that the worker is out of reach."""
    count: int = await store.pool.fetchval(
        "SELECT count(*) FROM outbox WHERE template = 'worker_unreachable'"
    )
    return count


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("21610", 1, id="the-phone-said-stop"),
        pytest.param("30005", 1, id="there-is-no-such-phone"),
        pytest.param("30003", 0, id="the-phone-is-off-for-now"),
        pytest.param("30007", 1, id="the-words-were-filtered"),
    ],
)
async def test_the_partner_is_told_of_a_phone_out_of_reach(
    store: Store, code: str, told: int
) -> None:
    await a_person(store, email="p@example.org", role="partner", org=("BD",))
    owed_id = await sent_text(store, Clock())
    await report(store, "undelivered", owed_id=owed_id, error_code=code)
    assert await unreachable(store) == told


async def test_a_report_without_a_reason_is_tried_up_to_the_last_attempt(
    store: Store,
) -> None:
    await a_person(store, email="a@example.org", role="admin", org=())
    owed_id = await sent_text(store, Clock())
    await report(store, "failed", owed_id=owed_id)
    row = await row_of(store, owed_id)
    assert (row["state"], row["last_error"]) == ("owed", "transient:unspecified")
    await store.pool.execute(
        "UPDATE outbox SET attempt = 5, state = 'sent', delivery = 'sent'"
    )
    await report(store, "failed", owed_id=owed_id)
    assert (await row_of(store, owed_id))["state"] == "failed"
    # Nobody is left as partner, so the secretariat hears of it.
    assert await unreachable(store) == 1


async def test_our_own_answer_does_not_undo_an_early_word_of_failure(
    store: Store,
) -> None:
    case_id = await a_case(store)
    owed_id = await owe(store, "worker", case_id=case_id)

    async def early(parcel: Parcel) -> None:
        await report(store, "undelivered", owed_id=parcel.owed_id, error_code="30003")

    await deliver(store, Far(before_answer=early), Clock())
    row = await row_of(store, owed_id)
    assert (row["state"], row["last_error"]) == ("owed", "transient:30003")
    assert row["next_at"] is not None
