"""The secretariat records what an auditor may take away, and ends it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.reports.age import new_identity
from app.store import mandates
from app.store.audit import events
from app.store.engine import Store
from tests.rooms.admin_desk import Desk, open_desk

PAGE = "/room/admin/mandates"
RECIPIENT = new_identity()[1]


@pytest.fixture
async def desk(store: Store, root: Path) -> AsyncIterator[Desk]:
    async with open_desk(store, root) as opened:
        yield opened


async def record(desk: Desk, *, status: int = 200, **more: str) -> str:
    directory = await desk.store.directory()
    auditor = next(p for p in directory.people if p.role == "auditor")
    fields = {
        "auditor": str(auditor.id),
        "covers": "482170; in",
        "since": "2026-01-01",
        "until": "2027-12-31",
        "purpose": "Yearly audit",
        "recipient": RECIPIENT,
        **more,
    }
    return await desk.post(PAGE, status=status, **fields)


async def test_a_mandate_is_recorded_shown_and_ended(desk: Desk) -> None:
    assert "not of which time" in await desk.get(PAGE)
    html = await record(desk)
    assert "482170, IN" in html
    assert "Yearly audit" in html
    async with desk.store.transaction() as tx:
        (kept,) = await mandates.all_of(tx)
    assert (kept.sites, kept.countries) == (("482170",), ("IN",))
    assert kept.recorded_by == str(desk.person.id)
    html = await desk.post(f"{PAGE}/{kept.id}/end")
    assert "ended " in html
    assert "End this mandate" not in html
    async with desk.store.transaction() as tx:
        written = [e.kind for e in await events(tx, kind="mandate")]
        (kept,) = await mandates.all_of(tx)
    assert written == ["mandate.ended", "mandate.recorded"]
    assert kept.ended_at is not None
    kinds = await desk.store.pool.fetch(
        "SELECT kind FROM ledger_event ORDER BY seq DESC LIMIT 2"
    )
    assert [row["kind"] for row in kinds] == ["mandate.ended", "mandate.recorded"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        pytest.param({"recipient": "age1nothing"}, "no age public key", id="no-key"),
        pytest.param({"recipient": new_identity()[0]}, "a secret key", id="secret"),
        pytest.param({"covers": "999999"}, "no site's code", id="no-site"),
        pytest.param({"covers": "XX"}, "no site in XX", id="no-country"),
        pytest.param({"covers": ";"}, "or * for the whole", id="nothing"),
        pytest.param({"until": "2025-01-01"}, "on or after", id="backwards"),
        pytest.param({"until": "2031-01-01"}, "1098 days at most", id="too-long"),
        pytest.param({"since": "soon"}, "year, month and day", id="no-day"),
        pytest.param({"purpose": ""}, "what the mandate is for", id="no-purpose"),
        pytest.param({"auditor": "x"}, "Choose an auditor", id="nobody"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost(
    desk: Desk, wrong: dict[str, str], why: str
) -> None:
    await desk.get(PAGE)
    html = await record(desk, status=400, **wrong)
    assert why in html
    assert 'value="Yearly audit"' in html or "purpose" in wrong
    async with desk.store.transaction() as tx:
        assert await mandates.all_of(tx) == []


async def test_the_same_form_twice_records_once(desk: Desk) -> None:
    await desk.get(PAGE)
    await record(desk, once="0" * 32, covers="*")
    html = await record(desk, status=409, once="0" * 32, covers="*")
    assert "came twice" in html
    async with desk.store.transaction() as tx:
        (kept,) = await mandates.all_of(tx)
    assert kept.is_of_programme


async def test_only_the_secretariat_sees_them(store: Store, root: Path) -> None:
    for who in ("auditor", "partner-bd", "norda-buyer"):
        async with open_desk(store, root, who) as other:
            await other.get(PAGE, status=404)


async def test_a_mandate_that_is_not_there_is_missing(desk: Desk) -> None:
    await desk.get(PAGE)
    await desk.post(f"{PAGE}/nothing/end", status=404)
    await desk.get(PAGE)
    await desk.post(f"{PAGE}/00000000-0000-0000-0000-000000000000/end", status=404)
