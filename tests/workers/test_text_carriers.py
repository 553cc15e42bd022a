"""Texts through several carriers: nothing is lost, and nothing goes twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.actions.carrier_findings import went_past
from app.actions.record_delivery import record_delivery
from app.gateways.texts import TextRouter
from app.outbox.owed import LEASE, Parcel, Receipt, Text
from app.outbox.settlement import (
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Transient,
)
from app.store import outbox, refusals
from app.store.engine import Store
from tests.gateways.test_texts import One
from tests.workers.debts import (
    AT,
    Clock,
    Far as Everything,
    a_case,
    a_person,
    deliver,
    owe,
    row_of,
)

ROUTES = {"BD": ("kannel", "infobip")}


class Killed(BaseException):
    """The process is gone in the midst of it."""


class Far:
    """Texts alone, by the router."""

    def __init__(self, *carriers: One) -> None:
        self.router = TextRouter(carriers, ROUTES)

    async def send(self, parcel: Parcel) -> Receipt:
        assert isinstance(parcel, Text)
        return await self.router.send(parcel)

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]:
        assert isinstance(parcel, Text)
        return await self.router.find(parcel, since)


class Blind(One):
    """A gateway that nobody can ask what became of a text."""

    async def find(self, text: Text, since: datetime) -> tuple[Receipt, ...]:
        self.asked += 1
        raise OutcomeUnknown("no_report")


class DiesBefore(One):
    async def send(self, text: Text) -> Receipt:
        raise Killed


class DiesAfter(Blind):
    async def send(self, text: Text) -> Receipt:
        await super().send(text)
        raise Killed


async def owed(store: Store) -> UUID:
    return await owe(store, "worker", case_id=await a_case(store))


async def die(store: Store, far: Far, clock: Clock) -> None:
    with pytest.raises(Killed):
        await deliver(store, far, clock)
    clock.at += LEASE + timedelta(seconds=1)


async def test_who_dies_before_handing_it_over_has_handed_over_nothing(
    store: Store,
) -> None:
    owed_id, clock = await owed(store), Clock()
    await die(store, Far(DiesBefore("kannel")), clock)
    kannel = Blind("kannel")
    await deliver(store, Far(kannel), clock)
    row = await row_of(store, owed_id)
    assert (row["state"], row["carrier"], len(kannel.handed)) == ("sent", "kannel", 1)


async def test_what_may_be_out_waits_for_its_report_and_goes_by_nobody_else(
    store: Store,
) -> None:
    owed_id, clock = await owed(store), Clock()
    await die(store, Far(DiesAfter("kannel")), clock)
    kannel, infobip = Blind("kannel"), One("infobip")
    for _ in range(5):
        await deliver(store, Far(kannel, infobip), clock)
        clock.move(hours=2)
    row = await row_of(store, owed_id)
    assert (row["state"], row["last_error"]) == ("unknown", "unknown:no_report")
    assert (kannel.handed, infobip.handed) == ([], [])
    assert await record_delivery(
        store,
        provider_id=f"kannel:{owed_id}.1",
        owed_id=owed_id,
        status="delivered",
        error_code=None,
        at=clock(),
    )
    row = await row_of(store, owed_id)
    assert (row["state"], row["delivery"], row["next_at"]) == (
        "sent",
        "delivered",
        None,
    )


async def test_what_nobody_reports_ends_by_its_date_and_is_never_sent_again(
    store: Store,
) -> None:
    owed_id, clock = await owed(store), Clock()
    await die(store, Far(DiesAfter("kannel")), clock)
    kannel = Blind("kannel")
    clock.move(days=60)
    await deliver(store, Far(kannel), clock)
    row = await row_of(store, owed_id)
    assert (row["state"], kannel.handed) == ("expired", [])


async def test_a_lost_answer_is_looked_up_where_it_went(store: Store) -> None:
    owed_id, clock = await owed(store), Clock()
    exotel = One("kannel", OutcomeUnknown("504"))
    await deliver(store, Far(exotel, One("infobip")), clock)
    assert (await row_of(store, owed_id))["state"] == "unknown"
    clock.move(minutes=5)
    exotel.holds = (Receipt("kannel:77", "sent"),)
    await deliver(store, Far(exotel, infobip := One("infobip")), clock)
    row = await row_of(store, owed_id)
    assert (row["state"], row["provider_id"]) == ("sent", "kannel:77")
    assert (len(exotel.handed), infobip.handed) == (1, [])


@pytest.mark.parametrize("refusal", [Transient("busy"), Transient("429")])
async def test_what_one_refuses_goes_by_the_next_in_the_same_attempt(
    store: Store, refusal: GatewayError
) -> None:
    owed_id, clock = await owed(store), Clock()
    await deliver(store, Far(One("kannel", refusal), One("infobip")), clock)
    row = await row_of(store, owed_id)
    assert (row["state"], row["carrier"]) == ("sent", "infobip")


async def test_who_is_passed_by_is_counted_once_a_text_for_the_doctor(
    store: Store,
) -> None:
    await owed(store)
    await owed(store)
    clock, far = Clock(), Far(One("kannel", Misconfigured("403")), One("infobip"))
    await deliver(store, far, clock)
    async with store.transaction() as tx:
        today = await refusals.went_past(tx, AT.date())
        later = await refusals.went_past(tx, AT.date() + timedelta(days=1))
    assert later == []
    assert today == [refusals.WentPast("kannel", "config:403", 2)]
    (finding,) = went_past(today)
    assert finding.what == (
        "2 texts since yesterday went past kannel: config:403. Another carrier took"
        " them."
    )
    assert not finding.is_grave


async def test_what_goes_past_all_is_counted_when_one_takes_it(store: Store) -> None:
    await owed(store)
    clock, infobip = Clock(), One("infobip", Transient("busy"))
    far = Far(One("kannel", Misconfigured("403")), infobip)
    await deliver(store, far, clock)
    async with store.transaction() as tx:
        assert await refusals.went_past(tx, AT.date()) == []
    infobip.fails = None
    clock.move(minutes=20)
    await deliver(store, far, clock)
    async with store.transaction() as tx:
        (past,) = await refusals.went_past(tx, AT.date())
    assert past == refusals.WentPast("kannel", "config:403", 1)


@pytest.mark.parametrize(
    ("carriers", "outcome"),
    [
        pytest.param([One("kannel")], "sent", id="it-took-it"),
        pytest.param([One("kannel", Transient("busy"))], "transient", id="not-taken"),
        pytest.param([One("kannel", OutcomeUnknown("504"))], "unknown", id="lost"),
    ],
)
async def test_the_log_names_the_carrier_of_a_settled_text(
    store: Store, carriers: list[One], outcome: str
) -> None:
    await owed(store)
    with capture_logs() as logged:
        await deliver(store, Far(*carriers), Clock())
    settled = [line for line in logged if line["event"] == "message.settled"]
    assert [(line["outcome"], line["carrier"]) for line in settled] == [
        (outcome, "kannel")
    ]


async def test_what_all_refuse_is_owed_and_may_be_handed_over_again(
    store: Store,
) -> None:
    owed_id, clock = await owed(store), Clock()
    busy = One("kannel", Transient("busy"))
    await deliver(store, Far(busy), clock)
    row = await row_of(store, owed_id)
    assert (row["state"], row["sent_at"]) == ("owed", None)
    clock.move(hours=1)
    busy.fails = None
    await deliver(store, Far(busy), clock)
    assert (await row_of(store, owed_id))["state"] == "sent"


async def test_what_one_did_not_bring_to_the_phone_another_may(store: Store) -> None:
    owed_id, clock = await owed(store), Clock()
    kannel, infobip = One("kannel"), One("infobip")
    await deliver(store, Far(kannel, infobip), clock)
    assert await record_delivery(
        store,
        provider_id="kannel:1",
        owed_id=owed_id,
        status="undelivered",
        error_code="8",
        at=AT,
        why="busy",
    )
    clock.move(hours=10)
    await deliver(store, Far(kannel, infobip), clock)
    row = await row_of(store, owed_id)
    assert (row["state"], row["carrier"]) == ("sent", "infobip")
    assert [len(kannel.handed), len(infobip.handed)] == [1, 1]


@pytest.mark.parametrize(
    ("why", "state", "is_stopped"),
    [
        pytest.param("opted_out", "dropped", True, id="she-wants-no-more"),
        pytest.param("number", "failed", False, id="nobody-there"),
        pytest.param("content", "failed", False, id="words-refused"),
        pytest.param("unknown", "owed", False, id="no-reason-given"),
    ],
)
async def test_a_report_is_drawn_its_consequence(
    store: Store, why: str, state: str, is_stopped: bool
) -> None:
    owed_id, clock = await owed(store), Clock()
    await deliver(store, Far(One("kannel")), clock)
    await record_delivery(
        store,
        provider_id="kannel:1",
        owed_id=owed_id,
        status="undelivered",
        error_code="x-1",
        at=AT,
        why=why,
    )
    row = await row_of(store, owed_id)
    stopped = await store.pool.fetchval("SELECT count(*) FROM opt_out")
    assert (row["state"], stopped == 1) == (state, is_stopped)


def test_a_mark_is_no_part_of_what_a_text_is() -> None:
    async def mark(_carrier: str) -> None: ...

    text = Text(UUID(int=1), "+8801700000001", "words")
    assert replace(text, on_try=mark) == text


async def partners_mail(store: Store, clock: Clock) -> list[str]:
    """Return what the case's partner is told now."""
    far = Everything()
    while await deliver(store, far, clock):
        pass
    return [mail.subject for mail in far.mails]


async def troubles(store: Store) -> dict[str, int]:
    async with store.transaction() as tx:
        return await outbox.troubles(tx)


@pytest.mark.parametrize("why", ["content", "number", "opted_out"])
async def test_what_the_carrier_will_not_bring_the_partner_hears_of(
    store: Store, why: str
) -> None:
    await a_person(store, email="p@example.org", role="partner", org=("BD",))
    owed_id, clock = await owed(store), Clock()
    await deliver(store, Far(One("kannel")), clock)
    await record_delivery(
        store,
        provider_id="kannel:1",
        owed_id=owed_id,
        status="undelivered",
        error_code="23015",
        at=AT,
        why=why,
    )
    (subject,) = await partners_mail(store, clock)
    assert "the worker cannot be reached" in subject
    assert ("failed:worker_news" in await troubles(store)) is (why == "content")


async def test_what_nobody_reported_the_doctor_and_the_partner_hear_of(
    store: Store,
) -> None:
    await a_person(store, email="p@example.org", role="partner", org=("BD",))
    await owed(store)
    clock = Clock()
    await die(store, Far(DiesAfter("kannel")), clock)
    await deliver(store, Far(Blind("kannel")), clock)
    assert await troubles(store) == {"unknown:no_report": 1}
    clock.move(days=31)
    (subject,) = await partners_mail(store, clock)
    assert "the worker cannot be reached" in subject
    assert await troubles(store) == {"expired:worker_news": 1}


async def test_a_carrier_speaks_of_what_it_was_handed_and_of_nothing_else(
    store: Store,
) -> None:
    owed_id, clock = await owed(store), Clock()
    await die(store, Far(DiesAfter("kannel")), clock)
    for carrier, is_news in (("exotel", False), ("kannel", True)):
        found = await record_delivery(
            store,
            provider_id=f"{carrier}:{owed_id}.1",
            owed_id=owed_id,
            status="delivered",
            error_code=None,
            at=AT,
        )
        assert found is is_news


async def test_a_message_of_an_earlier_attempt_is_not_found_as_this_one(
    store: Store,
) -> None:
    owed_id, clock = await owed(store), Clock()
    first = One("kannel")
    await deliver(store, Far(first), clock)
    await record_delivery(
        store,
        provider_id="kannel:1",
        owed_id=owed_id,
        status="undelivered",
        error_code="8",
        at=AT,
        why="busy",
    )
    clock.move(hours=1)
    await deliver(store, Far(One("kannel", OutcomeUnknown("504"))), clock)
    clock.move(hours=1)
    held = One("kannel")
    held.holds = (
        Receipt("kannel:1", "undelivered", why="busy"),
        Receipt("kannel:2", "delivered"),
    )
    await deliver(store, Far(held), clock)
    row = await row_of(store, owed_id)
    assert (row["state"], row["provider_id"]) == ("sent", "kannel:2")
    assert held.handed == []
