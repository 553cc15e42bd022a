"""What people chose holds for what is sent: daily, not at night, and by text too."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.actions.deliver import ALONE, deliver_due
from app.actions.preferences import choose
from app.domain.wishes import AT_ONCE, Wishes, parse_wishes
from app.outbox.settlement import Transient
from app.store.engine import Store
from tests.workers.debts import AT, Clock, Far, Plain, a_case, a_person, owe, row_of

QUARTER = timedelta(minutes=15)
# The readers' clocks stand at half past nine in the morning, five and a half
# hours before that of the world.
EVENING = datetime(2026, 9, 1, 13, 0, tzinfo=UTC)  # half past six
MORNING = datetime(2026, 9, 2, 1, 30, tzinfo=UTC)  # seven
DUE = AT + timedelta(days=4)
DAILY = parse_wishes("18:30", "", by_text=False)
QUIET = parse_wishes("", "21:00-07:00", by_text=False)
BY_TEXT = parse_wishes("18:30", "", by_text=True)
PHONE = "+8801811111111"


async def go(store: Store, far: Far, clock: Clock, **how: Any) -> None:
    while await deliver_due(
        store, far, Plain(), at_clock=clock, **{"window": QUARTER, **how}
    ):
        pass


async def a_reader(store: Store, wishes: Wishes, **how: Any) -> str:
    key = await a_person(store, **{"email": "member@example.org", **how})
    await wish(store, key, wishes, AT)
    return key


async def wish(store: Store, key: str, wishes: Wishes, at: datetime) -> None:
    person = (await store.directory()).person(UUID(key))
    assert person is not None
    await choose(store, person, wishes, at=at)


async def a_notice(
    store: Store,
    key: str,
    at: datetime = AT,
    *,
    template: str = "case_new",
    severity: str = "S3",
    due_at: datetime = DUE,
) -> UUID:
    case_id = await a_case(store)
    number = await store.pool.fetchval(
        "UPDATE cases SET severity = $2 WHERE id = $1 RETURNING number",
        case_id,
        severity,
    )
    params = {"number": number, "clock": "acknowledge", "due_at": due_at.isoformat()}
    row = await owe(
        store, "person", key, template=template, case_id=case_id, params=params
    )
    await store.pool.execute(
        "UPDATE outbox SET created_at = $2, next_at = $2 WHERE id = $1", row, at
    )
    return row


async def run(store: Store, far: Far, clock: Clock, until: datetime) -> None:
    """Let the clock go from one owed moment to the next, as workers do."""
    while True:
        await go(store, far, clock)
        found = await store.pool.fetchval("SELECT min(next_at) FROM outbox")
        if found is None or found > until:
            break
        clock.at = max(clock.at, found)
    clock.at = until
    await go(store, far, clock)


async def test_whoever_chose_an_hour_gets_one_mail_a_day_at_it(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    for hours in range(5):
        clock.at = AT + timedelta(hours=hours)
        await a_notice(store, key, clock.at)
        await go(store, far, clock)
    assert far.mails == []
    await run(store, far, clock, EVENING - timedelta(seconds=1))
    assert far.mails == []
    await run(store, far, clock, EVENING)
    assert [mail.subject for mail in far.mails] == ["[en] Notices waiting for you: 5"]
    await a_notice(store, key, clock.move(minutes=1))
    await run(store, far, clock, EVENING + timedelta(hours=23))
    assert len(far.mails) == 1
    await run(store, far, clock, EVENING + timedelta(days=1))
    assert len(far.mails) == 2


async def test_a_choice_sends_nothing_before_it_may_be_told(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    await a_notice(store, key)
    later = await a_notice(store, key)
    await store.pool.execute(
        "UPDATE outbox SET next_at = $2 WHERE id = $1", later, AT + timedelta(hours=8)
    )
    await go(store, far, clock)
    assert far.mails == []
    await wish(store, key, AT_ONCE, clock.move(minutes=1))
    await go(store, far, clock)
    assert len(far.mails) == 1  # what was put down for the hour, and only that
    assert (await row_of(store, later))["next_at"] == AT + timedelta(hours=8)


async def test_at_night_it_waits_for_the_morning(store: Store) -> None:
    night = datetime(2026, 9, 1, 17, 0, tzinfo=UTC)
    clock, far, key = Clock(night), Far(), await a_reader(store, QUIET)
    for _ in range(3):
        await a_notice(store, key, clock.at)
        await go(store, far, clock)
    await run(store, far, clock, MORNING - timedelta(seconds=1))
    assert far.mails == []
    await run(store, far, clock, MORNING)
    assert len(far.mails) == 1


async def test_waiting_is_no_attempt(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    row = await a_notice(store, key)
    await run(store, far, clock, EVENING - timedelta(minutes=1))
    waiting = await row_of(store, row)
    assert (waiting["attempt"], waiting["state"]) == (0, "owed")
    assert waiting["lease_until"] is None
    await run(store, far, clock, EVENING)
    assert (await row_of(store, row))["attempt"] == 1


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"severity": "S1"}, id="a-grave-case"),
        pytest.param({"template": "not_solved"}, id="the-workers-no"),
        pytest.param({"due_at": EVENING - timedelta(hours=1)}, id="due-before-that"),
    ],
)
async def test_what_cannot_wait_goes_at_once_and_without_the_rest(
    store: Store, how: dict[str, Any]
) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    waits = [await a_notice(store, key) for _ in range(2)]
    urgent = await a_notice(store, key, **how)
    await go(store, far, clock)
    assert len(far.mails) == 1
    assert (await row_of(store, urgent))["state"] == "sent"
    assert [(await row_of(store, row))["state"] for row in waits] == ["owed"] * 2
    await run(store, far, clock, EVENING)
    assert far.mails[1].subject == "[en] Notices waiting for you: 2"


async def test_a_case_that_becomes_grave_waits_no_longer_than_a_quarter(
    store: Store,
) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    row = await a_notice(store, key)
    await go(store, far, clock)
    await store.pool.execute("UPDATE cases SET severity = 'S1'")
    await run(store, far, clock, AT + QUARTER)
    assert (await row_of(store, row))["state"] == "sent"


async def test_whoever_chooses_otherwise_is_told_of_what_waits(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    await a_notice(store, key)
    await go(store, far, clock)
    await wish(store, key, AT_ONCE, clock.at)
    await go(store, far, clock)
    assert len(far.mails) == 1


async def test_the_choice_of_one_is_nobody_elses(store: Store) -> None:
    far, other = Far(), await a_person(store, email="other@example.org")
    key = await a_reader(store, DAILY)
    await a_notice(store, key)
    await a_notice(store, other)
    await go(store, far, Clock())
    assert [mail.to for mail in far.mails] == ["other@example.org"]


async def test_without_a_window_the_hour_holds_as_well(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    for _ in range(2):
        await a_notice(store, key)
    await go(store, far, clock, window=ALONE)
    assert far.mails == []
    clock.at = EVENING
    await go(store, far, clock, window=ALONE)
    assert len(far.mails) == 1


async def test_what_nobody_can_read_holds_up_nothing(store: Store) -> None:
    far, key = Far(), await a_reader(store, DAILY)
    await store.pool.execute("UPDATE preference SET daily_at = 'soon'")
    await a_notice(store, key)
    await go(store, far, Clock())
    assert len(far.mails) == 1


async def test_an_urgent_mail_has_a_text_beside_it_once(store: Store) -> None:
    far, key = (
        Far(failures=[Transient(451)]),
        await a_reader(store, BY_TEXT, phone=PHONE),
    )
    clock = Clock()
    await a_notice(store, key, severity="S1")
    await go(store, far, clock)
    await run(store, far, clock, AT + timedelta(hours=1))
    assert len(far.mails) == 2  # refused once, and taken
    assert [text.to for text in far.texts] == [PHONE]
    assert "something is waiting for you" in far.texts[0].body
    assert not any(digit in far.texts[0].body for digit in "0123456789")


async def test_what_can_wait_comes_by_mail_alone(store: Store) -> None:
    clock, far = Clock(), Far()
    key = await a_reader(store, BY_TEXT, phone=PHONE)
    await a_notice(store, key)
    await run(store, far, clock, EVENING)
    assert (len(far.mails), len(far.texts)) == (1, 0)


async def test_nobody_is_texted_who_did_not_choose_it(store: Store) -> None:
    far, key = Far(), await a_reader(store, DAILY, phone=PHONE)
    await a_notice(store, key, severity="S1")
    await go(store, far, Clock())
    assert (len(far.mails), len(far.texts)) == (1, 0)


async def test_who_has_a_phone_alone_is_texted_at_the_hour(store: Store) -> None:
    clock, far = Clock(), Far()
    key = await a_reader(store, DAILY, email="", phone=PHONE)
    for _ in range(3):
        await a_notice(store, key)
    await run(store, far, clock, EVENING)
    assert len(far.texts) == 1
    assert "things waiting for you: 3" in far.texts[0].body


async def test_who_works_by_text_is_told_how_to_see_it(store: Store) -> None:
    far, key = Far(), await a_person(store, phone=PHONE)
    await store.pool.execute(
        "INSERT INTO account (person_id, pin_hash, takes_codes, tries, created_at)"
        " VALUES ($1, '\\x00', false, 0, $2)",
        UUID(key),
        AT,
    )
    await a_notice(store, key)
    await go(store, far, Clock())
    assert far.texts[0].body.endswith("Send LIST and your PIN.")


async def test_many_workers_at_once_send_one_mail(store: Store) -> None:
    clock, far, key = Clock(), Far(), await a_reader(store, DAILY)
    for _ in range(12):
        await a_notice(store, key)
    await go(store, far, clock)
    clock.at = EVENING
    await asyncio.gather(*(go(store, far, clock) for _ in range(6)))
    assert [mail.subject for mail in far.mails] == ["[en] Notices waiting for you: 12"]


@pytest.mark.parametrize(
    ("is_whole", "leads"),
    [
        pytest.param(True, True, id="who-can-sign-in"),
        pytest.param(False, False, id="who-has-not-joined"),
    ],
)
async def test_a_mail_leads_to_the_case(
    store: Store, is_whole: bool, leads: bool
) -> None:
    far, key = Far(), await a_person(store, email="member@example.org")
    await store.pool.execute(
        "INSERT INTO account (person_id, password_hash, takes_codes, tries, created_at)"
        " VALUES ($1, 'x', $2, 0, $3)",
        UUID(key),
        is_whole,
        AT,
    )
    await a_notice(store, key)
    await go(store, far, Clock(), base_url="https://line.example")
    (mail,) = far.mails
    number = await store.pool.fetchval("SELECT number FROM cases")
    link = f"https://line.example/room/cases/{number}"
    assert (link in mail.body) is leads
    assert f"threadline cases act {number}" in mail.body
