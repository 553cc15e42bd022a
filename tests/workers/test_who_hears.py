"""Who is told is settled when a message is sent, not when it came to be owed."""

from datetime import date, timedelta

import pytest

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

NUMBER = "48213459"
NEW = {
    "number": NUMBER,
    "site": "482170",
    "clock": "acknowledge",
    "due_at": "2026-09-03T12:00:00+00:00",
}
DATED = {**NEW, "clock": "resolve"}


@pytest.mark.parametrize(
    ("role", "route", "hears"),
    [
        pytest.param("committee", "committee", True, id="the-committee-that-holds-it"),
        pytest.param("factory_head", "committee", True, id="the-head-above-it"),
        pytest.param("committee", "partner", False, id="a-committee-it-was-taken-from"),
        pytest.param(
            "factory_head", "partner", False, id="the-head-once-it-is-outside"
        ),
        pytest.param("partner", "partner", True, id="the-partner"),
        pytest.param("admin", "partner", True, id="the-secretariat"),
    ],
)
async def test_a_factory_that_no_longer_holds_the_case_is_told_nothing(
    store: Store, role: str, route: str, hears: bool
) -> None:
    key = await a_person(store, email="somebody@example.org", role=role)
    far, case_id = Far(), await a_case(store)
    owed_id = await owe(
        store, "person", key, template="missed", case_id=case_id, params=DATED
    )
    await store.pool.execute("UPDATE cases SET route = $1", route)
    await deliver(store, far, Clock())
    row = await row_of(store, owed_id)
    assert bool(far.sent) is hears
    assert (row["state"], row["last_error"]) == (
        ("sent", None) if hears else ("skipped", "moved")
    )


async def test_a_committee_of_another_site_is_told_nothing(store: Store) -> None:
    key = await a_person(store, email="member@example.org")
    far, case_id = Far(), await a_case(store)
    owed_id = await owe(
        store, "person", key, template="case_new", case_id=case_id, params=NEW
    )
    await store.pool.execute("UPDATE cases SET site = '110220'")
    await deliver(store, far, Clock())
    assert (far.sent, (await row_of(store, owed_id))["last_error"]) == ([], "moved")


@pytest.mark.parametrize(
    ("until", "sent"),
    [
        pytest.param(AT.date(), 1, id="on-the-last-day-of-the-term"),
        pytest.param(AT.date() - timedelta(days=1), 0, id="on-the-day-after"),
    ],
)
async def test_whoever_serves_no_longer_is_told_nothing(
    store: Store, until: date, sent: int
) -> None:
    key = await a_person(store, email="member@example.org", until=until)
    far, case_id = Far(), await a_case(store)
    owed_id = await owe(
        store, "person", key, template="case_new", case_id=case_id, params=NEW
    )
    await deliver(store, far, Clock())
    assert len(far.sent) == sent
    assert (await row_of(store, owed_id))["last_error"] == (
        None if sent else "term_over"
    )


async def owed_to_the_brand(store: Store, template: str, category: str) -> Far:
    """Owe a dated message while the case is open, then turn and deliver it."""
    brand = await a_brand(store, url="https://norda.example/h", secret="whsec_eA==")
    buyer = await a_person(
        store, email="buyer@norda.example", role="brand", org=("norda",)
    )
    await a_person(store, email="p@example.org", role="partner", org=("BD",))
    far, case_id = Far(), await a_case(store)
    params = {**DATED, "country": "BD", "count": 2}
    for kind, key in (("brand", brand), ("brand_webhook", brand), ("person", buyer)):
        await owe(store, kind, key, template=template, case_id=case_id, params=params)
    await store.pool.execute("UPDATE cases SET category = $1", category)
    await deliver(store, far, Clock())
    return far


async def test_no_brand_hears_of_a_life_in_danger_by_its_own_hand(store: Store) -> None:
    far = await owed_to_the_brand(store, "brand_missed", "CRIS")
    reasons = await store.pool.fetch("SELECT state, last_error FROM outbox")
    assert far.sent == []
    assert {tuple(row) for row in reasons} == {("dropped", "not_for_brands")}


@pytest.mark.parametrize("owed", ["brand_missed", "second_miss"])
async def test_a_case_that_became_protected_is_worded_as_one(
    store: Store, owed: str
) -> None:
    far = await owed_to_the_brand(store, owed, "GBVH")
    assert {mail.to for mail in far.mails} == {
        "care@norda.example",
        "buyer@norda.example",
    }
    for mail in far.mails:
        assert "protected case" in mail.subject
        assert "p@example.org" in mail.body
        assert "to have the case solved" in mail.body
        said = mail.subject + mail.body
        assert not [w for w in (NUMBER, "482170", "Sep", "GBVH") if w in said]
    (hook,) = far.hooks
    assert hook.type == "brand_missed_protected"
    assert hook.data == {
        "country": "BD",
        "clock": "resolve",
        "partner": ["p@example.org"],
    }


async def test_what_the_partner_has_released_is_told_as_it_is(store: Store) -> None:
    key = await a_brand(store, url="https://norda.example/h", secret="whsec_eA==")
    far = Far()
    case_id = await a_case(store, category="GBVH", is_released_to_brand=True)
    await owe(
        store, "brand", key, template="brand_missed", case_id=case_id, params=DATED
    )
    await deliver(store, far, Clock())
    assert NUMBER in far.mails[0].body


async def test_a_protected_alert_goes_out_without_the_number(store: Store) -> None:
    key = await a_brand(store, url="https://norda.example/h", secret="whsec_eA==")
    far, case_id = Far(), await a_case(store, category="DISC")
    params = {"number": NUMBER, "country": "BD", "partner": ["p@example.org"]}
    for kind in ("brand", "brand_webhook"):
        await owe(
            store, kind, key, template="brand_alert", case_id=case_id, params=params
        )
    await deliver(store, far, Clock())
    assert NUMBER not in far.mails[0].body
    assert "p@example.org" in far.mails[0].body
    assert set(far.hooks[0].data) == {"country", "partner"}


async def test_the_partner_reads_of_the_committee_only_while_one_holds_it(
    store: Store,
) -> None:
    key = await a_person(store, email="p@example.org", role="partner", org=("BD",))
    case_id, far = await a_case(store), Far()
    for route, occasion in (("committee", "1"), ("partner", "2")):
        await owe(
            store,
            "person",
            key,
            template="missed",
            case_id=case_id,
            params={**DATED, "rung": "partner"},
            occasion=occasion,
        )
        await store.pool.execute("UPDATE cases SET route = $1", route)
        await deliver(store, far, Clock())
    held, taken = far.mails
    assert "If the committee cannot act" in held.body
    assert "committee" not in taken.body
