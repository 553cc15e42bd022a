"""Nobody answers, or somebody does: the rungs above a missed date, on Postgres."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.actions.sweep_deadlines import sweep_due
from app.domain.commands import Answer, Note, Resolve
from app.domain.errors import Refused
from app.outbox.owed import Mail
from app.store.engine import Store
from app.store.ledger import verify
from tests.builders import BRANDS_TOLD, SECRETARIAT
from tests.stories.conftest import NIGHT
from tests.stories.telling import DHAKA, Telling, Ticket

SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"
# They bought on the day of the complaint, whoever buys when it is past its date.
BRANDS = {*BRANDS_TOLD, "brand until-14"}
DUE = NIGHT + timedelta(days=14)
KESTO = ("care@kesto.example",)  # nobody's share is known: the first by name leads


async def missed(story: Telling, **how: Any) -> Ticket:
    """Open a case about pay and let time pass until the brands are told."""
    ticket = await story.open(SAID, "২", "না", **how)
    await story.run_until(DUE.replace(day=16, hour=9, minute=0), deliver=True)
    return ticket


async def rungs(store: Store) -> list[tuple[str, str, int, str | None]]:
    rows = await store.pool.fetch(
        "SELECT e.rung, e.step, e.reason, p.name FROM escalation e"
        " LEFT JOIN person p ON p.id::text = e.answered_by"
        " WHERE e.clock = 'resolve' ORDER BY e.step, e.rung"
    )
    return [(r["rung"], r["reason"], r["step"], r["name"]) for r in rows]


async def test_a_brand_is_silent_for_48_hours_then_five_days_then_the_secretariat(
    story: Telling, store: Store
) -> None:
    ticket = await missed(story)
    since = story.at
    await story.run(days=30, deliver=True)
    told = [d for d in await story.owed(ticket.number) if d.at >= since]
    assert {d.to for d in told if d.told == "brand_reminder resolve"} == BRANDS
    assert {d.to for d in told if d.told == "silent"} == SECRETARIAT
    # Told at seven on Wednesday; 48 hours; five working days without the Friday.
    times = {d.told: f"{d.at.astimezone(DHAKA):%a %d %b %H:%M}" for d in told}
    assert times == {
        "brand_reminder resolve": "Fri 18 Dec 07:00",
        "silent": "Wed 23 Dec 18:00",
    }
    assert await rungs(store) == [
        ("brand", "missed", 0, None),
        ("brand", "missed", 1, None),
        ("secretariat", "missed", 2, None),
    ]
    assert {d.state for d in await story.owed(ticket.number)} <= {"sent", "skipped"}
    verdict = await verify(store)
    assert verdict.ok, verdict.problems


async def test_brands_sleep_at_night_and_read_by_when_to_answer(
    story: Telling,
) -> None:
    await missed(story)
    late = [
        parcel
        for parcel in story.mouth.sent
        if isinstance(parcel, Mail) and "supply chain" in parcel.subject
    ]
    assert {mail.to for mail in late} >= {"care@kesto.example", "care@norda.example"}
    for mail in late:
        assert "answer --as" in mail.body
        assert "by Friday 18 December" in mail.body
        assert "07:00" not in mail.body
        assert ("please speak for all" in mail.body) is (mail.to in KESTO)


async def test_an_answer_stops_the_climb_and_the_promise_runs_on(
    story: Telling, store: Store
) -> None:
    ticket = await missed(story)
    before = (await story.clocks(ticket.number))["resolve"]
    story.at += timedelta(hours=1)
    acted = await story.act(ticket.number, Answer(note="We go there."), "norda-buyer")
    assert acted.case.state == "received"
    with pytest.raises(Refused, match="There is no case"):
        await story.act(ticket.number, Answer(), "norda-buyer")
    with pytest.raises(Refused, match="There is no case"):
        await story.act(ticket.number, Note(note="May I?"), "norda-buyer")
    assert (await story.clocks(ticket.number))["resolve"] == before
    since = story.at
    await story.run(days=30, deliver=True)
    assert await story.told(ticket.number, since) == {}
    assert await rungs(store) == [("brand", "missed", 0, "norda-buyer")]
    answered = await store.pool.fetchval(
        "SELECT answered_at FROM escalation WHERE answered_by IS NOT NULL"
    )
    assert answered == since
    verdict = await verify(store)
    assert verdict.ok, verdict.problems


async def test_what_is_solved_meanwhile_reminds_nobody(story: Telling) -> None:
    ticket = await missed(story)
    for name in ("gaz-com-w1", "gaz-com-m1"):
        await story.act(ticket.number, Resolve(note="paid"), name)
    since = story.at
    await story.run(days=10, deliver=True)
    assert await story.told(ticket.number, since) == {}


# Many of one kind.


async def test_five_cases_of_one_kind_are_told_once(
    story: Telling, store: Store
) -> None:
    numbers = []
    for phone in range(6):
        ticket = await story.open(SAID, "২", "না", phone=f"+880171200000{phone}")
        numbers.append(ticket.number)
        story.at += timedelta(minutes=10)
    await story.run(days=20)
    debts = [d for d in await story.owed() if d.template == "cluster"]
    assert {d.to for d in debts} == BRANDS
    assert len(debts) == len(BRANDS)
    for debt in debts:
        assert debt.params["count"] == 5
        assert not any(number in str(debt.params) for number in numbers)
    # A month later, with as many new ones, it is told again.
    story.at += timedelta(days=20)
    for phone in range(5):
        await story.open(SAID, "২", "না", phone=f"+880171300000{phone}")
    await story.run(days=4)
    again = [d for d in await story.owed() if d.template == "cluster"]
    assert len(again) == 2 * len(BRANDS)
    verdict = await verify(store)
    assert verdict.ok, verdict.problems


async def test_three_workers_that_come_upon_a_cluster_tell_of_it_once(
    story: Telling, store: Store
) -> None:
    for phone in range(9):
        await story.open(SAID, "২", "না", phone=f"+880171200000{phone}")
    story.at += timedelta(days=1)
    while any(
        swept.cases
        for swept in await asyncio.gather(
            *(sweep_due(store, at=story.at, limit=1) for _ in range(3))
        )
    ):
        pass
    debts = [d for d in await story.owed() if d.template == "cluster"]
    assert len(debts) == len(BRANDS)


async def test_four_cases_of_one_kind_are_nobodys_business(story: Telling) -> None:
    for phone in range(4):
        await story.open(SAID, "২", "না", phone=f"+880171200000{phone}")
    await story.open("৪৮২১৭০ টয়লেট নোংরা", "২", "না", phone="+8801712000009")
    await story.run(days=10)
    assert not [d for d in await story.owed() if d.template == "cluster"]


async def test_many_cases_of_a_protected_kind_are_never_counted(
    story: Telling,
) -> None:
    for phone in range(6):
        said = "৪৮২১৭০ সুপারভাইজার গায়ে হাত দেয়"
        await story.open(said, phone=f"+880171200000{phone}")
    await story.run(days=10)
    assert not [d for d in await story.owed() if d.template == "cluster"]
