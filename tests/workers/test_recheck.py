"""What is owed is looked at once more at the moment of sending."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.outbox.settlement import OutcomeUnknown, Transient
from app.store.engine import Store
from tests.workers.debts import (
    AT,
    Clock,
    Far,
    a_brand,
    a_case,
    a_person,
    deliver,
    owe,
    row_of,
)

DAY = timedelta(days=1)
DUE = AT + 2 * DAY
REMINDED = {
    "number": "48213459",
    "site": "482170",
    "clock": "acknowledge",
    "due_at": DUE.isoformat(),
    "percent": 50,
}


async def a_clock(
    store: Store, case_id: UUID, name: str = "acknowledge", **changes: Any
) -> None:
    clock = {"round": 0, "due_at": DUE, "met_at": None, "missed_at": None, **changes}
    await store.pool.execute(
        "INSERT INTO deadline (case_id, name, round, opened_at, due_at, next_at,"
        " met_at, missed_at) VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
        case_id,
        name,
        clock["round"],
        AT,
        clock["due_at"],
        clock["met_at"],
        clock["missed_at"],
    )


async def a_reminder(store: Store, **more: Any) -> tuple[UUID, UUID, str]:
    """Owe a member the reminder of a clock that runs; return case, row, reader."""
    key = await a_person(store, email="member@example.org")
    case_id = await a_case(store)
    await a_clock(store, case_id)
    owed_id = await owe(
        store,
        "person",
        key,
        template="reminder",
        case_id=case_id,
        params={**REMINDED, **more},
    )
    return case_id, owed_id, key


async def outcome(store: Store, far: Far, owed_id: UUID) -> tuple[int, str, str | None]:
    row = await row_of(store, owed_id)
    return len(far.sent), row["state"], row["last_error"]


@pytest.mark.parametrize(
    ("statement", "sent", "state", "why"),
    [
        pytest.param("SELECT 1", 1, "sent", None, id="it-still-holds"),
        pytest.param(
            "UPDATE deadline SET met_at = opened_at",
            *(0, "skipped", "met"),
            id="it-has-been-done",
        ),
        pytest.param(
            "UPDATE deadline SET due_at = due_at + interval '1 day'",
            *(0, "skipped", "redated"),
            id="it-has-been-moved",
        ),
        pytest.param(
            "UPDATE cases SET state = 'closed_withdrawn'",
            *(0, "skipped", "over"),
            id="the-case-is-closed",
        ),
        pytest.param(
            "UPDATE cases SET state = 'resolved'",
            *(0, "skipped", "over"),
            id="it-was-declared-solved",
        ),
        pytest.param(
            "UPDATE cases SET route = 'partner'",
            *(0, "skipped", "moved"),
            id="the-partner-has-taken-it-over",
        ),
        pytest.param(
            "UPDATE cases SET detail = jsonb_set(detail, '{excluded}',"
            " (SELECT jsonb_agg(id) FROM person))",
            *(0, "skipped", "excluded"),
            id="its-reader-was-recused",
        ),
        pytest.param(
            "INSERT INTO deadline (case_id, name, round, opened_at, due_at)"
            " SELECT case_id, name, 1, opened_at, due_at + interval '9 days'"
            " FROM deadline",
            *(1, "sent", None),
            id="a-later-round-has-its-own",
        ),
    ],
)
async def test_a_reminder_is_sent_only_while_it_holds(
    store: Store, statement: str, sent: int, state: str, why: str | None
) -> None:
    far = Far()
    _, owed_id, _ = await a_reminder(store)
    await store.pool.execute(statement)
    await deliver(store, far, Clock())
    assert await outcome(store, far, owed_id) == (sent, state, why)
    assert (await row_of(store, owed_id))["next_at"] is None


async def test_a_reminder_whose_readers_term_is_over_is_skipped(store: Store) -> None:
    far = Far()
    _, owed_id, _ = await a_reminder(store)
    await store.pool.execute("UPDATE person SET until = $1", (AT - DAY).date())
    await store.pool.execute("UPDATE directory_version SET version = version + 1")
    await deliver(store, far, Clock())
    assert await outcome(store, far, owed_id) == (0, "skipped", "term_over")


async def test_a_partner_who_handed_the_case_back_is_reminded_no_more(
    store: Store,
) -> None:
    far, case_id = Far(), await a_case(store, route="partner")
    await a_clock(store, case_id)
    key = await a_person(store, email="p@x.example", role="partner", org=("BD",))
    owed_id = await owe(
        store,
        "person",
        key,
        template="reminder",
        case_id=case_id,
        params=REMINDED,
    )
    await store.pool.execute("UPDATE cases SET route = 'committee'")
    await deliver(store, far, Clock())
    assert await outcome(store, far, owed_id) == (0, "skipped", "moved")


async def test_it_is_looked_at_again_before_each_attempt(store: Store) -> None:
    clock, far = Clock(), Far(failures=[Transient(451)])
    _, owed_id, _ = await a_reminder(store)
    await deliver(store, far, clock)
    await store.pool.execute("UPDATE deadline SET met_at = opened_at")
    clock.move(seconds=30)
    await deliver(store, far, clock)
    assert await outcome(store, far, owed_id) == (1, "skipped", "met")


@pytest.mark.parametrize("role", ["committee", "factory_head"])
@pytest.mark.parametrize("told", ["missed", "not_solved", "case_handed"])
async def test_the_factory_learns_nothing_late_of_a_case_that_has_left_it(
    store: Store, role: str, told: str
) -> None:
    far, case_id = Far(), await a_case(store)
    key = await a_person(store, email="x@example.org", role=role)
    owed_id = await owe(
        store, "person", key, template=told, case_id=case_id, params=REMINDED
    )
    await store.pool.execute("UPDATE cases SET route = 'partner'")
    await deliver(store, far, Clock())
    assert await outcome(store, far, owed_id) == (0, "skipped", "moved")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deadline SET met_at = due_at + interval '1 hour'",
        "UPDATE cases SET route = 'partner'",
        "UPDATE cases SET state = 'closed_declared'",
    ],
)
async def test_an_escalation_that_happened_goes_out_all_the_same(
    store: Store, statement: str
) -> None:
    far, case_id = Far(), await a_case(store)
    await a_clock(store, case_id, missed_at=DUE)
    brand = await a_brand(store, url="https://norda.example/h", secret="whsec_eA==")
    admin = await a_person(store, email="admin@example.org", role="admin", org=())
    params = {**REMINDED, "country": "BD", "rung": "secretariat"}
    for kind, key, template in (
        ("brand", brand, "brand_missed"),
        ("person", admin, "missed"),
    ):
        await owe(store, kind, key, template=template, case_id=case_id, params=params)
    await store.pool.execute(statement)
    await deliver(store, far, Clock())
    assert {mail.to for mail in far.mails} == {
        "care@norda.example",
        "admin@example.org",
    }


async def test_nothing_goes_out_before_its_time(store: Store) -> None:
    clock, far = Clock(), Far()
    _, owed_id, _ = await a_reminder(store)
    await store.pool.execute("UPDATE outbox SET next_at = $1", AT + timedelta(hours=8))
    clock.move(hours=7, minutes=59)
    assert await deliver(store, far, clock) == 0
    clock.move(minutes=1)
    await deliver(store, far, clock)
    assert await outcome(store, far, owed_id) == (1, "sent", None)


@pytest.mark.parametrize("error", [Transient(429), OutcomeUnknown("x")])
async def test_a_text_is_not_tried_again_at_night(
    store: Store, error: Exception
) -> None:
    """What was first tried at 20:59:45 waits for 08:00, where the site is."""
    clock, far, case_id = Clock(), Far(failures=[error]), await a_case(store)
    key = await a_person(store, phone="+8801800000002")
    owed_id = await owe(
        store, "person", key, template="case_new", case_id=case_id, params=REMINDED
    )
    clock.move(hours=10, minutes=59, seconds=45)
    await deliver(store, far, clock)
    clock.move(seconds=30)
    await deliver(store, far, clock)
    row = await row_of(store, owed_id)
    assert len(far.sent) == 1
    assert row["next_at"] == AT + timedelta(hours=22)
    clock.at = row["next_at"]
    await deliver(store, far, clock)
    assert await outcome(store, far, owed_id) == (2, "sent", None)


async def test_of_a_grave_case_it_is_tried_again_at_any_hour(store: Store) -> None:
    clock, far, case_id = Clock(), Far(failures=[Transient(429)]), await a_case(store)
    await store.pool.execute("UPDATE cases SET severity = 'S1'")
    key = await a_person(store, phone="+8801800000002")
    await owe(
        store, "person", key, template="case_new", case_id=case_id, params=REMINDED
    )
    clock.move(hours=14)
    await deliver(store, far, clock)
    clock.move(seconds=30)
    await deliver(store, far, clock)
    assert len(far.sent) == 2


# Brands, and what they were told of.

TIRUPPUR = "615236"
LATE = {**REMINDED, "country": "BD", "lead": "Norda", "part": "alone"}
CORRECTED = f"UPDATE cases SET site = '{TIRUPPUR}', country = 'IN'"


async def a_missed_date(
    store: Store, template: str, **params: Any
) -> tuple[UUID, list[UUID]]:
    """Owe a brand, its webhook and its buyer a notice, as a climb leaves it."""
    case_id = await a_case(store)
    brand = await a_brand(store, url="https://norda.example/h", secret="whsec_eA==")
    buyer = await a_person(store, email="b@norda.example", role="brand", org=(brand,))
    await store.pool.execute(
        "INSERT INTO escalation (case_id, clock, round, rung, reason, at, site, route,"
        " recipients, step) VALUES ($1, 'resolve', 0, 'brand', 'missed', $2,"
        " '482170', 'committee', '[]', 0)",
        case_id,
        AT,
    )
    owed = [
        await owe(store, kind, key, template=template, case_id=case_id, params=params)
        for kind, key in (("brand", brand), ("brand_webhook", brand), ("person", buyer))
    ]
    return case_id, owed


async def buys_from(store: Store, site: str, since: date) -> None:
    await store.pool.execute(
        "INSERT INTO site (code, name, local_name, country, region, kind, tier, os_id,"
        " timezone, languages, weekly_rest, hours, hotline)"
        " VALUES ($1, 'A site', '', 'IN', '', 'garment', 1, '', 'Asia/Kolkata', '{ta}',"
        " 'sun', '09:00-18:00', '')",
        site,
    )
    await store.pool.execute(
        "INSERT INTO sourcing (brand, site, through, since) VALUES"
        " ('norda', $1, '', $2)",
        site,
        since,
    )
    await store.pool.execute("UPDATE directory_version SET version = version + 1")


async def outcomes(store: Store, owed: list[UUID]) -> set[tuple[str, str | None]]:
    rows = [await row_of(store, owed_id) for owed_id in owed]
    return {(row["state"], row["last_error"]) for row in rows}


@pytest.mark.parametrize(
    ("statement", "site", "since", "expected"),
    [
        pytest.param(
            CORRECTED, "482170", AT.date(), ("skipped", "moved"), id="of-another-site"
        ),
        pytest.param(
            CORRECTED,
            *(TIRUPPUR, AT.date() + DAY, ("skipped", "moved")),
            id="it-buys-there-only-since-the-complaint",
        ),
        pytest.param(
            CORRECTED, TIRUPPUR, AT.date(), ("sent", None), id="it-buys-there-too"
        ),
        pytest.param(
            "SELECT 1", TIRUPPUR, AT.date(), ("sent", None), id="nothing-was-corrected"
        ),
        pytest.param(
            "UPDATE cases SET site = NULL",
            *("482170", AT.date(), ("skipped", "moved")),
            id="nobody-knows-where",
        ),
    ],
)
@pytest.mark.parametrize("notice", ["brand_missed", "brand_alert"])
async def test_a_brand_hears_nothing_late_of_a_site_that_is_not_its_own(
    store: Store,
    notice: str,
    statement: str,
    site: str,
    since: date,
    expected: tuple[str, str | None],
) -> None:
    _, owed = await a_missed_date(store, notice, **LATE, partner=[])
    await buys_from(store, site, since)
    await store.pool.execute(statement)
    await deliver(store, Far(), Clock())
    assert await outcomes(store, owed) == {expected}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param("SELECT 1", ("sent", None), id="nobody-has-answered"),
        pytest.param(
            "UPDATE deadline SET met_at = opened_at WHERE name LIKE 'rung:%'",
            ("skipped", "met"),
            id="somebody-has",
        ),
        pytest.param(
            "UPDATE deadline SET met_at = opened_at WHERE name = 'resolve'",
            ("sent", None),
            id="the-promise-itself-is-something-else",
        ),
        pytest.param(
            "UPDATE deadline SET met_at = opened_at"
            " WHERE name LIKE 'rung:missed_twice:%'",
            ("sent", None),
            id="so-is-another-rung",
        ),
        pytest.param(
            "UPDATE cases SET state = 'resolved'",
            ("skipped", "over"),
            id="it-was-declared-solved",
        ),
    ],
)
async def test_a_brand_that_has_answered_is_not_reminded(
    store: Store, statement: str, expected: tuple[str, str | None]
) -> None:
    answer_by = (DUE + 5 * DAY).isoformat()
    case_id, owed = await a_missed_date(
        store, "brand_reminder", **LATE, answer_by=answer_by
    )
    await a_clock(store, case_id)
    other = "rung:missed_twice:first_action:0:committee"
    await a_clock(store, case_id, "resolve", due_at=DUE + 5 * DAY)
    await a_clock(store, case_id, other, due_at=DUE + 6 * DAY)
    timer = "rung:missed:resolve:0:committee"
    await a_clock(store, case_id, timer, round=1, due_at=DUE + 5 * DAY)
    await store.pool.execute(statement)
    await deliver(store, Far(), Clock())
    assert await outcomes(store, owed) == {expected}


@pytest.mark.parametrize(
    ("state", "expected"),
    [("received", ("sent", None)), ("resolved", ("skipped", "over"))],
)
async def test_that_brands_were_silent_is_moot_once_it_is_solved(
    store: Store, state: str, expected: tuple[str, str | None]
) -> None:
    case_id = await a_case(store)
    admin = await a_person(store, email="admin@example.org", role="admin", org=())
    params = {"number": "48213459", "site": "482170", "silent": "brand"}
    owed = await owe(
        store, "person", admin, template="silent", case_id=case_id, params=params
    )
    await store.pool.execute("UPDATE cases SET state = $1", state)
    await deliver(store, Far(), Clock())
    assert await outcomes(store, [owed]) == {expected}
