"""Indicators: entered with their source, never changed, withdrawn by whoever may."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.actions.indicators import (
    all_indicators,
    enter_indicator,
    withdraw_indicator,
)
from app.domain.directory import Person
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.indicators import Entered, IndicatorKind, Topic, Unit, entered
from app.domain.taxonomy import Role
from app.store.engine import Store
from app.store.ledger import verify
from tests.builders import GAZIPUR, PROGRAMME
from tests.store.conftest import NOON

TODAY = date(2026, 12, 1)
FORM = {
    "kind": "workers_trained",
    "value": "3500",
    "period_from": "2026-01-01",
    "period_to": "2026-11-30",
    "evidence": "Lists of attendance,  January to November 2026",
    "topic": "wash",
    "site": GAZIPUR,
}


def form(**cells: str) -> Entered:
    return entered(**{**FORM, **cells}, directory=PROGRAMME, today=TODAY)


async def people(store: Store, role: Role) -> list[Person]:
    return [p for p in (await store.directory()).people if p.role is role]


async def enter(store: Store, by: Person | None, **how: Any) -> UUID:
    return await enter_indicator(store, form(), by=by, at=NOON, **how)


async def kinds(store: Store) -> list[str]:
    rows = await store.pool.fetch(
        "SELECT kind FROM ledger_event WHERE kind LIKE 'indicator.%' ORDER BY seq"
    )
    return [row["kind"] for row in rows]


def test_a_form_is_read_as_it_was_meant() -> None:
    assert form() == Entered(
        kind=IndicatorKind.WORKERS_TRAINED,
        value=3500,
        period_from=date(2026, 1, 1),
        period_to=date(2026, 11, 30),
        evidence="Lists of attendance, January to November 2026",
        topic=Topic.WASH,
        site=GAZIPUR,
    )
    assert form().unit is Unit.PEOPLE


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        pytest.param({"kind": "joy"}, "Choose what was counted.", id="no-kind"),
        pytest.param({"value": "3,500"}, "Give the number in digits", id="a-comma"),
        pytest.param({"value": "9" * 15}, "Give the number in digits", id="too-many"),
        pytest.param({"value": ""}, "Give the number in digits", id="no-number"),
        pytest.param({"period_to": "2025-12-31"}, "exchange the two", id="backwards"),
        pytest.param({"period_to": "2026-12-02"}, "still to come", id="to-come"),
        pytest.param({"period_from": "1 May"}, "Give both days", id="no-date"),
        pytest.param({"evidence": "  "}, "Say where one can look it up", id="unproved"),
        pytest.param({"evidence": "x" * 501}, "Write at most 500", id="too-long"),
        pytest.param({"site": "999999"}, "leave the site out", id="unknown-site"),
        pytest.param({"topic": "yoga"}, "A topic is said of trainings", id="no-topic"),
        pytest.param(
            {"kind": "workers_reached"},
            "A topic is said of trainings",
            id="no-training",
        ),
    ],
)
def test_a_form_that_is_not_fit_says_what_to_do(
    cells: dict[str, str], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        form(**cells)


async def test_what_was_entered_is_kept_told_and_in_the_ledger(store: Store) -> None:
    partner = (await people(store, Role.PARTNER))[0]
    new = await enter(store, partner)
    (found,) = await all_indicators(store)
    assert (found.id, found.entered, found.by) == (new, form(), partner.id)
    assert (found.at, found.withdrawn_at, found.is_history) == (NOON, None, False)
    assert await kinds(store) == ["indicator.entered"]
    audited = await store.pool.fetchrow(
        "SELECT * FROM audit_event ORDER BY at DESC, id DESC"
    )
    assert audited["kind"] == "indicator.entered"
    assert json.loads(audited["detail"]) == {"key": str(new)}
    assert (await verify(store)).problems == []


async def test_one_that_is_entered_again_by_its_id_or_form_is_one(store: Store) -> None:
    same = uuid4()
    assert await enter(store, None, id=same) == same
    assert await enter(store, None, id=same) == same
    admin = (await people(store, Role.ADMIN))[0]
    await enter(store, admin, once="a-mark")
    with pytest.raises(Refused, match="came twice"):
        await enter(store, admin, once="a-mark")
    assert len(await all_indicators(store)) == 2
    assert await kinds(store) == ["indicator.entered"] * 2


async def test_her_own_or_any_as_the_secretariat_is_withdrawn_once(
    store: Store,
) -> None:
    one, other = (await people(store, Role.PARTNER))[:2]
    admin = (await people(store, Role.ADMIN))[0]
    hers, others = await enter(store, one), await enter(store, other)
    with pytest.raises(Refused, match="Whoever entered it"):
        await withdraw_indicator(store, others, by=one, at=NOON)
    await withdraw_indicator(store, hers, by=one, at=NOON)
    await withdraw_indicator(store, others, by=admin, at=NOON)
    with pytest.raises(Refused, match="withdrawn before"):
        await withdraw_indicator(store, hers, by=one, at=NOON)
    with pytest.raises(NotFound):
        await withdraw_indicator(store, uuid4(), by=admin, at=NOON)
    assert all(each.withdrawn_at == NOON for each in await all_indicators(store))
    assert await kinds(store) == [
        *["indicator.entered"] * 2,
        *["indicator.withdrawn"] * 2,
    ]
