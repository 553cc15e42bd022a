"""What reached nobody is not passed over in silence."""

import pytest

from app.outbox.settlement import GatewayError, Misconfigured, OptedOut, Permanent
from app.store import outbox
from app.store.engine import Store
from tests.workers.debts import PHONE, Clock, Far, a_case, a_person, deliver, owe

DATED = {
    "number": "48213459",
    "site": "482170",
    "clock": "resolve",
    "due_at": "2026-09-03T12:00:00+00:00",
}


@pytest.mark.parametrize(
    "error", [OptedOut(21610), Permanent(30005)], ids=["opted-out", "no-such-phone"]
)
async def test_the_partner_hears_once_that_the_worker_is_out_of_reach(
    store: Store, error: GatewayError
) -> None:
    recused = await a_person(store, email="r@example.org", role="partner", org=("BD",))
    await a_person(store, email="p@example.org", role="partner", org=("BD",))
    await a_person(store, email="a@example.org", role="admin", org=())
    case_id, far = await a_case(store, excluded=[recused]), Far(failures=[error, error])
    for occasion in "12":
        await owe(store, "worker", case_id=case_id, occasion=occasion)
    await deliver(store, far, Clock())
    while await deliver(store, far, Clock()):
        pass
    (mail,) = far.mails
    assert mail.to == "p@example.org"
    assert "the worker cannot be reached" in mail.subject
    assert PHONE not in mail.subject + mail.body


async def test_a_members_dead_phone_is_no_news_of_a_worker(store: Store) -> None:
    key = await a_person(store, phone="+8801800000002")
    await a_person(store, email="p@example.org", role="partner", org=("BD",))
    far, case_id = Far(failures=[Permanent(30005)]), await a_case(store)
    await owe(store, "person", key, template="case_new", case_id=case_id, params=DATED)
    while await deliver(store, far, Clock()):
        pass
    assert far.mails == []


async def test_the_doctor_sees_an_escalation_that_came_too_late(store: Store) -> None:
    key = await a_person(store, email="member@example.org")
    case_id, clock = await a_case(store), Clock()
    far = Far(failures=[Misconfigured("smtp_not_set")] * 5)
    await owe(store, "person", key, template="missed", case_id=case_id, params=DATED)
    await owe(store, "worker", case_id=case_id)  # news, which nobody tried to bring
    await deliver(store, far, clock)
    async with store.transaction() as tx:
        assert await outbox.troubles(tx) == {"config:smtp_not_set": 2}
    clock.move(days=31)
    await deliver(store, far, clock)
    async with store.transaction() as tx:
        troubles = await outbox.troubles(tx)
    assert troubles == {"expired:missed": 1, "expired:worker_news": 1}


async def test_news_that_was_overtaken_by_its_date_is_no_trouble(store: Store) -> None:
    await owe(store, "worker", case_id=await a_case(store))
    clock = Clock()
    clock.move(days=31)
    await deliver(store, Far(), clock)
    async with store.transaction() as tx:
        assert await outbox.troubles(tx) == {}
