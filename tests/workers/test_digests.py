"""Several notices to one person become one message: none lost, none twice."""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.actions.deliver import deliver_due
from app.actions.forget import forget
from app.actions.record_delivery import record_delivery
from app.outbox.owed import LEASE, Mail, Parcel, Receipt
from app.outbox.settlement import (
    Misconfigured,
    OptedOut,
    OutcomeUnknown,
    Permanent,
    Transient,
)
from app.store.engine import Store
from tests.workers.debts import (
    AT,
    SITE,
    Clock,
    Far,
    Plain,
    a_case,
    a_person,
    deliver,
    owe,
    row_of,
)

QUARTER = timedelta(minutes=15)
DUE = AT + timedelta(days=2)


class Killed(BaseException):
    """What a process meets that is killed while a message is under way."""


async def a_member(store: Store, **how: Any) -> str:
    return await a_person(store, **{"email": "member@example.org", **how})


async def a_notice(
    store: Store,
    key: str,
    *,
    case_id: UUID | None = None,
    template: str = "case_new",
    **params: Any,
) -> UUID:
    """Owe a person a notice of a case of its own, due now."""
    case_id = case_id or await a_case(store)
    number = await store.pool.fetchval("SELECT number FROM cases WHERE id=$1", case_id)
    known = {
        "number": number,
        "site": SITE,
        "clock": "acknowledge",
        "due_at": DUE.isoformat(),
    }
    return await owe(
        store,
        "person",
        key,
        template=template,
        case_id=case_id,
        params={**known, **params},
    )


async def notices(store: Store, key: str, count: int) -> list[UUID]:
    return [await a_notice(store, key) for _ in range(count)]


async def go(store: Store, far: Far, clock: Clock) -> None:
    while await deliver(store, far, clock, window=QUARTER):
        pass


async def states(store: Store) -> Counter[tuple[str, str | None]]:
    rows = await store.pool.fetch("SELECT state, last_error FROM outbox")
    return Counter(tuple(row) for row in rows)


async def by_state(store: Store) -> dict[str, int]:
    rows = await store.pool.fetch("SELECT state, count(*) FROM outbox GROUP BY 1")
    return {row["state"]: row["count"] for row in rows}


async def numbers(store: Store, ids: list[UUID]) -> set[str]:
    rows = await store.pool.fetch(
        "SELECT params ->> 'number' AS n FROM outbox WHERE id = ANY($1)", ids
    )
    return {row["n"] for row in rows}


@pytest.mark.parametrize("count", [1, 2, 12, 60])
async def test_what_is_due_for_one_person_is_one_mail(store: Store, count: int) -> None:
    far, key = Far(), await a_member(store)
    ids = await notices(store, key, count)
    await go(store, far, Clock())
    (mail,) = far.mails
    assert all(number in mail.body for number in await numbers(store, ids))
    assert await states(store) == {("sent", None): count}
    rows = await store.pool.fetch("SELECT DISTINCT provider_id, sent_at FROM outbox")
    assert [tuple(row) for row in rows] == [(f"SM{mail.owed_id.hex}", AT)]
    assert mail.owed_id in ids


async def test_a_mail_has_no_more_than_can_be_read(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    await notices(store, key, 130)
    await go(store, far, clock)
    assert await states(store) == {("sent", None): 100, ("owed", None): 30}
    clock.move(minutes=15)
    await go(store, far, clock)
    assert [mail.subject for mail in far.mails] == [
        "[en] Notices waiting for you: 100",
        "[en] Notices waiting for you: 30",
    ]


async def test_the_first_goes_at_once_and_a_burst_waits_a_quarter(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    await a_notice(store, key)
    await go(store, far, clock)
    for _ in range(14):
        clock.move(minutes=1)
        await a_notice(store, key)
        await go(store, far, clock)
    assert len(far.mails) == 1
    clock.move(minutes=1)
    await go(store, far, clock)
    assert far.mails[1].subject == "[en] Notices waiting for you: 14"
    clock.move(minutes=15)
    await a_notice(store, key)
    await go(store, far, clock)
    assert len(far.mails) == 3  # a quarter of an hour later at once again


async def test_each_person_has_a_turn_of_their_own(store: Store) -> None:
    far = Far()
    keys = [await a_member(store, email=f"m{n}@example.org") for n in range(3)]
    for key in keys:
        await notices(store, key, 2)
    await go(store, far, Clock())
    assert Counter(mail.to for mail in far.mails) == {
        f"m{n}@example.org": 1 for n in range(3)
    }


async def test_without_a_window_each_is_a_mail_of_its_own(store: Store) -> None:
    far, key = Far(), await a_member(store)
    await notices(store, key, 3)
    await deliver(store, far, Clock())
    assert len(far.mails) == 3


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param(
            "UPDATE cases SET severity = 'S1' WHERE id = $1", {}, id="a-grave-case"
        ),
        pytest.param(
            "UPDATE cases SET category = 'GBVH' WHERE id = $1", {}, id="a-protected-one"
        ),
        pytest.param(
            "UPDATE cases SET severity = 'S3' WHERE id = $1",
            {"template": "case_handed", "reason": "danger"},
            id="a-life-in-danger",
        ),
        pytest.param(
            "UPDATE cases SET severity = 'S3' WHERE id = $1",
            {"template": "not_solved", "count": 1},
            id="the-workers-no",
        ),
    ],
)
async def test_what_cannot_wait_goes_at_once_and_alone(
    store: Store, statement: str, told: dict[str, Any]
) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    await notices(store, key, 2)
    await go(store, far, clock)
    clock.move(minutes=1)
    case_id = await a_case(store)
    await store.pool.execute(statement, case_id)
    urgent = await a_notice(store, key, case_id=case_id, **told)
    await notices(store, key, 2)
    await go(store, far, clock)
    first, second = far.mails
    assert "waiting" in first.subject
    assert second.owed_id == urgent
    assert "waiting" not in second.subject


async def test_what_falls_due_within_the_window_does_not_wait(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    await a_notice(store, key)
    await go(store, far, clock)
    clock.move(minutes=1)
    soon = (clock.at + timedelta(minutes=10)).isoformat()
    await a_notice(store, key)
    await a_notice(store, key, due_at=soon)
    await go(store, far, clock)
    assert far.mails[1].subject == "[en] Notices waiting for you: 2"


async def test_the_head_of_the_factory_is_told_of_each_by_itself(store: Store) -> None:
    far, key = Far(), await a_member(store, role="factory_head")
    for _ in range(3):
        await a_notice(store, key, template="missed", rung="factory_head")
    await go(store, far, Clock())
    assert len(far.mails) == 3


# ------------------------------------------------------------- it fails


@pytest.mark.parametrize(
    ("error", "state", "mails"),
    [
        pytest.param(Transient(451), "owed", [2, 3], id="not-taken-it-is-mixed-anew"),
        pytest.param(Misconfigured(1), "owed", [2, 3], id="so-where-we-are-at-fault"),
        pytest.param(
            OutcomeUnknown("x"), "unknown", [2, 1, 2], id="lost-it-goes-alike"
        ),
        pytest.param(RuntimeError("x"), "unknown", [2, 1, 2], id="our-bug-loses-none"),
        pytest.param(Permanent(550), "failed", [2, 1], id="no-such-address-ends-all"),
        pytest.param(OptedOut(21610), "dropped", [2, 1], id="an-opt-out-ends-all"),
    ],
)
async def test_one_failure_is_that_of_all(
    store: Store, error: Exception, state: str, mails: list[int]
) -> None:
    """A third notice comes nine seconds later, and is due before the next try."""
    clock, far, key = Clock(), Far(failures=[error]), await a_member(store)
    await notices(store, key, 2)
    await go(store, far, clock)
    assert await by_state(store) == {state: 2}
    third = await a_notice(store, key)
    await store.pool.execute(
        "UPDATE outbox SET next_at = $2 WHERE id = $1", third, AT + timedelta(seconds=9)
    )
    clock.move(minutes=15)
    await go(store, far, clock)
    assert [mail.body.count("A new case") for mail in far.mails] == mails
    if state == "unknown":
        # Word for word, under the same Message-ID.
        assert far.mails[2] == far.mails[0]
    over = {state: 2, "sent": 1} if state in ("failed", "dropped") else {"sent": 3}
    assert await by_state(store) == over


async def test_a_mail_that_may_be_out_is_never_mixed_anew(store: Store) -> None:
    """Lost first and refused then, it keeps its id, and so its words.

    A reader's program shows one mail of an id: under the old one a new notice
    would reach nobody.
    """
    failures = [OutcomeUnknown("x"), Transient(451)]
    clock, far, key = Clock(), Far(failures=list(failures)), await a_member(store)
    await a_notice(store, key)
    await go(store, far, clock)
    clock.move(seconds=30)
    await go(store, far, clock)
    await a_notice(store, key)
    for _ in range(3):
        clock.move(minutes=15)
        await go(store, far, clock)
    assert len({mail.owed_id for mail in far.mails}) == 2
    assert all(mail.body.count("A new case") == 1 for mail in far.mails)
    assert await by_state(store) == {"sent": 2}


async def test_it_is_tried_again_for_all_at_the_same_time(store: Store) -> None:
    clock, far, key = Clock(), Far(failures=[Transient(451)]), await a_member(store)
    ids = await notices(store, key, 3)
    await go(store, far, clock)
    rows = [await row_of(store, each) for each in ids]
    assert {row["next_at"] for row in rows} == {AT + timedelta(seconds=30)}
    assert {(row["attempt"], row["digest"]) for row in rows} == {(1, None)}
    clock.move(seconds=30)
    await go(store, far, clock)
    assert await states(store) == {("sent", None): 3}
    assert len(far.mails) == 2


async def test_a_week_without_a_mail_server_ends_in_a_few_mails(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    far.failures = [Transient(421)] * 10_000
    for hour in range(24 * 7):
        await a_notice(store, key)
        await store.pool.execute(
            "UPDATE outbox SET next_at = $1 WHERE attempt = 0 AND next_at < $1",
            clock.at,
        )
        await go(store, far, clock)
        clock.move(hours=1)
        assert hour < 24 or len(far.sent) > hour // 2
    far.failures, far.sent = [], []
    for _ in range(8):
        await go(store, far, clock)
        clock.move(minutes=15)
    assert len(far.mails) == 2
    assert await states(store) == {("sent", None): 24 * 7}


# ------------------------------------------------------------- a worker dies


async def dies_while_sending(store: Store, clock: Clock) -> Mail:
    """Let a worker send and be killed before it says so; return what it sent."""

    async def strike(_parcel: Parcel) -> None:
        raise Killed

    far = Far(before_answer=strike)
    with pytest.raises(Killed):
        await deliver(store, far, clock, window=QUARTER)
    (mail,) = far.mails
    clock.move(seconds=LEASE.total_seconds())
    return mail


async def test_killed_between_sending_and_settling_it_goes_again_alike(
    store: Store,
) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    await notices(store, key, 12)
    first = await dies_while_sending(store, clock)
    await notices(store, key, 5)
    await go(store, far, clock)
    assert far.mails == [first]
    clock.move(minutes=15)
    await go(store, far, clock)
    assert far.mails[1].subject == "[en] Notices waiting for you: 5"
    assert await states(store) == {("sent", None): 17}


async def test_who_was_recused_since_is_left_out_of_what_goes_again(
    store: Store,
) -> None:
    """Whichever of them it is, the one that carries the message as well."""
    clock, key = Clock(), await a_member(store)
    ids = await notices(store, key, 3)
    first = await dies_while_sending(store, clock)
    for gone in (first.owed_id, next(i for i in ids if i != first.owed_id)):
        row = await row_of(store, gone)
        await store.pool.execute(
            "UPDATE cases SET detail = jsonb_set(detail, '{excluded}',"
            " to_jsonb($2::text[])) WHERE id = $1",
            row["case_id"],
            [key],
        )
    far = Far()
    await go(store, far, clock)
    (mail,) = far.mails
    assert mail.owed_id == first.owed_id
    assert mail.subject.startswith("[en] New case")
    assert await states(store) == {("skipped", "excluded"): 2, ("sent", None): 1}


async def test_where_all_have_been_overtaken_nothing_goes_again(store: Store) -> None:
    clock, key, far = Clock(), await a_member(store), Far()
    await notices(store, key, 3)
    await dies_while_sending(store, clock)
    await store.pool.execute("UPDATE cases SET route = 'partner'")
    await go(store, far, clock)
    assert far.sent == []
    assert await states(store) == {("skipped", "moved"): 3}


async def test_where_the_carrying_row_is_forgotten_the_others_still_go(
    store: Store,
) -> None:
    clock, key, far = Clock(), await a_member(store), Far()
    await notices(store, key, 3)
    first = await dies_while_sending(store, clock)
    row = await row_of(store, first.owed_id)
    admin = await a_person(store, email="admin@example.org", role="admin", org=())
    await store.pool.execute(
        "UPDATE cases SET state = 'closed_declared', closed_at = opened_at"
        " WHERE id = $1",
        row["case_id"],
    )
    by = next(p for p in (await store.directory()).people if str(p.id) == admin)
    number = await store.pool.fetchval(
        "SELECT number FROM cases WHERE id = $1", row["case_id"]
    )
    await forget(store, number, by=by, at=clock.at, through="test")
    await go(store, far, clock)
    told = await states(store)
    assert told["dropped", None] == 1
    assert sum(n for (state, _), n in told.items() if state == "sent") == 2


async def test_three_workers_send_one_mail_a_person_and_each_notice_once(
    store: Store,
) -> None:
    far = Far()
    for n in range(6):
        key = await a_member(store, email=f"m{n}@example.org")
        await notices(store, key, 10)

    async def work(clock: Clock) -> None:
        while await deliver_due(
            store, far, Plain(), at_clock=clock, limit=7, window=QUARTER
        ):
            pass

    clock = Clock()
    for _ in range(3):
        await asyncio.gather(*(work(clock) for _ in range(3)))
        clock.move(minutes=15)
    assert await states(store) == {("sent", None): 60}
    assert sum(mail.body.count("A new case") for mail in far.mails) == 60
    # What another worker held while one gathered is told a window later.
    assert max(Counter(mail.to for mail in far.mails).values()) <= 1 + 3


# ------------------------------------------------------------- by text


async def test_whoever_has_no_mail_gets_one_text(store: Store) -> None:
    far, key = Far(), await a_member(store, email="", phone="+8801800000002")
    await notices(store, key, 12)
    await go(store, far, Clock())
    (text,) = far.texts
    assert text.body == (
        "[en] Threadline: things waiting for you: 12. The nearest date is"
        " 2026-09-03. Please look at them today."
    )
    assert await states(store) == {("sent", None): 12}


async def test_a_lost_text_is_looked_up_once_for_all(store: Store) -> None:
    clock, far = Clock(), Far(failures=[OutcomeUnknown("ReadTimeout")])
    key = await a_member(store, email="", phone="+8801800000002")
    await notices(store, key, 3)
    await go(store, far, clock)
    far.on_account = [Receipt("SM-found", "delivered")]
    clock.move(seconds=30)
    await go(store, far, clock)
    assert (len(far.sent), far.looked_up) == (1, [AT])
    rows = await store.pool.fetch("SELECT state, provider_id, delivery FROM outbox")
    assert {tuple(row) for row in rows} == {("sent", "SM-found", "delivered")}


async def texted(store: Store) -> tuple[Clock, Far, UUID, str]:
    clock, far = Clock(), Far()
    key = await a_member(store, email="", phone="+8801800000002")
    await notices(store, key, 3)
    await go(store, far, clock)
    (text,) = far.texts
    return clock, far, text.owed_id, f"SM{text.owed_id.hex}"


async def heard(
    store: Store, status: str, sid: str, owed_id: UUID, code: str | None = None
) -> bool:
    return await record_delivery(
        store,
        provider_id=sid,
        owed_id=owed_id,
        status=status,
        error_code=code,
        at=AT + timedelta(seconds=20),
    )


async def test_the_carriers_word_is_on_every_row_of_the_text(store: Store) -> None:
    _, _, owed_id, sid = await texted(store)
    assert await heard(store, "delivered", sid, owed_id)
    assert not await heard(store, "sent", sid, owed_id)
    rows = await store.pool.fetch("SELECT DISTINCT state, delivery FROM outbox")
    assert [tuple(row) for row in rows] == [("sent", "delivered")]


async def test_a_word_that_comes_before_our_own_answer_settles_all(
    store: Store,
) -> None:
    clock, key = Clock(), await a_member(store, email="", phone="+8801800000002")
    await notices(store, key, 3)

    async def overtake(parcel: Parcel) -> None:
        await heard(store, "sent", f"SM{parcel.owed_id.hex}", parcel.owed_id)

    far = Far(before_answer=overtake)
    await go(store, far, clock)
    rows = await store.pool.fetch("SELECT DISTINCT state, provider_id FROM outbox")
    assert [tuple(r) for r in rows] == [("sent", f"SM{far.texts[0].owed_id.hex}")]


async def test_a_text_that_did_not_arrive_is_owed_for_all_again(store: Store) -> None:
    clock, far, owed_id, sid = await texted(store)
    assert await heard(store, "undelivered", sid, owed_id, "30003")
    assert await by_state(store) == {"owed": 3}
    clock.move(minutes=15)
    await go(store, far, clock)
    assert len(far.texts) == 2
    assert await by_state(store) == {"sent": 3}


async def test_a_text_refused_for_good_is_refused_for_all(store: Store) -> None:
    _, _, owed_id, sid = await texted(store)
    assert await heard(store, "failed", sid, owed_id, "21610")
    assert await states(store) == {("dropped", "opted_out:21610"): 3}
    assert await store.pool.fetchval("SELECT count(*) FROM opt_out") == 1


# ------------------------------------------------------------- what is stale


async def test_a_reminder_that_falls_due_while_it_waits_is_never_sent(
    store: Store,
) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    await a_notice(store, key)
    await go(store, far, clock)
    ends = AT + QUARTER + timedelta(minutes=1)
    late = await a_reminder(store, key, due_at=ends)
    clock.move(minutes=1)
    await go(store, far, clock)
    assert (await row_of(store, late))["next_at"] == AT + QUARTER
    clock.move(minutes=20)
    await go(store, far, clock)
    assert len(far.mails) == 1
    assert (await row_of(store, late))["state"] == "expired"


async def a_reminder(store: Store, key: str, *, due_at: datetime) -> UUID:
    case_id = await a_case(store)
    await store.pool.execute(
        "INSERT INTO deadline (case_id, name, round, opened_at, due_at)"
        " VALUES ($1, 'acknowledge', 0, $2, $3)",
        case_id,
        AT,
        due_at,
    )
    owed_id = await a_notice(
        store,
        key,
        case_id=case_id,
        template="reminder",
        due_at=due_at.isoformat(),
        percent=80,
    )
    await store.pool.execute(
        "UPDATE outbox SET expires_at = $2 WHERE id = $1", owed_id, due_at
    )
    return owed_id


async def test_a_lead_that_has_expired_still_carries_the_others(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    lead = await a_reminder(store, key, due_at=AT + timedelta(seconds=50))
    await notices(store, key, 2)
    await store.pool.execute(
        "UPDATE outbox SET next_at = next_at - interval '1 s' WHERE id = $1", lead
    )
    first = await dies_while_sending(store, clock)
    assert first.owed_id == lead
    await go(store, far, clock)
    (mail,) = far.mails
    assert mail.owed_id == lead
    assert mail.body.count("A new case") == 2
    assert await states(store) == {("expired", "stale"): 1, ("sent", None): 2}


async def test_the_older_row_is_not_lost_where_the_reader_is_no_more(
    store: Store,
) -> None:
    clock, far, key = Clock(), Far(), await a_member(store)
    await notices(store, key, 3)
    await dies_while_sending(store, clock)
    await store.pool.execute("UPDATE person SET until = $1", date(2026, 8, 31))
    await store.pool.execute("UPDATE directory_version SET version = version + 1")
    await go(store, far, clock)
    assert far.sent == []
    assert await states(store) == {("skipped", "term_over"): 3}
