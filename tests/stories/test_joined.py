"""Complaints that go together, on the database: locks, a part that breaks, the end."""

from datetime import timedelta
from typing import Any

import pytest

from app.actions import follow_main as following
from app.actions.forget import forget
from app.actions.sweep_deadlines import sweep_due
from app.domain import commands as verbs
from app.domain.taxonomy import Severity
from app.store.ledger import verify
from tests.stories.telling import Telling, Ticket

SAID = "482170 three months no overtime money"
PHONES = ("+8801712345601", "+8801712345602", "+8801712345603")


async def opened(story: Telling) -> list[Ticket]:
    found = []
    for phone in PHONES:
        found.append(await story.open(SAID, "2", "yes", phone=phone))
        story.at += timedelta(minutes=5)
    return found


async def joined(story: Telling) -> tuple[Ticket, Ticket, Ticket]:
    """Return a main case, its part, and a case by itself."""
    main, part, alone = await opened(story)
    await story.act(part.number, verbs.Join(main.number), "partner-bd")
    return main, part, alone


async def was_struck(story: Telling, ticket: Ticket) -> bool:
    """Whether a sweep has seen that its first promise was missed."""
    found: bool = await story.store.pool.fetchval(
        "SELECT EXISTS (SELECT FROM ledger_event e JOIN cases c ON c.id = e.case_id"
        " WHERE c.number = $1 AND e.kind = 'clock.missed')",
        ticket.number,
    )
    return found


async def test_a_sweep_waits_for_no_part_in_other_hands(story: Telling) -> None:
    """The main case is left for the next sweep, and nothing else is."""
    main, part, alone = await joined(story)
    story.at += timedelta(days=2)
    async with story.store.pool.acquire() as other, other.transaction():
        await other.execute(
            "SELECT FROM cases WHERE number = $1 FOR UPDATE", part.number
        )
        await story.sweep()
        assert await was_struck(story, alone)
        assert not await was_struck(story, main)
    await story.sweep()
    assert await was_struck(story, main)


async def test_a_part_that_breaks_stops_its_main_case_alone(
    story: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, _, alone = await joined(story)

    def breaks(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(following, "concerns_parts", lambda *_: True)
    monkeypatch.setattr(following, "follow", breaks)
    story.at += timedelta(days=2)
    await story.sweep()
    assert await was_struck(story, alone)
    assert not await was_struck(story, main)
    assert (await sweep_due(story.store, at=story.at)).cases == 0
    monkeypatch.undo()
    story.at += timedelta(minutes=6)
    await story.sweep()
    assert await was_struck(story, main)
    assert (await verify(story.store)).problems == []


async def test_what_is_over_keeps_no_case_from_being_joined(story: Telling) -> None:
    main, part, other = await joined(story)
    await story.act(part.number, verbs.Withdraw(note="She asked."), "partner-bd")
    assert (await story.case(part.number))["joined_to"] is not None
    await story.act(main.number, verbs.Join(other.number), "partner-bd")
    assert (await story.case(main.number))["joined_to"] is not None
    assert (await story.case(part.number))["joined_to"] is None
    assert (await verify(story.store)).problems == []


async def test_what_is_forgotten_is_no_part(story: Telling) -> None:
    _, part, _ = await joined(story)
    await story.act(part.number, verbs.Withdraw(note="She asked."), "partner-bd")
    people = (await story.store.directory()).people
    admin = next(p for p in people if p.role == "admin")
    await forget(story.store, part.number, by=admin, at=story.at, through="test")
    assert (await story.case(part.number))["joined_to"] is None
    assert (await verify(story.store)).problems == []


async def test_a_main_case_that_becomes_less_grave_lets_its_part_go(
    story: Telling,
) -> None:
    main, part, _ = await joined(story)
    made_less = verbs.SetSeverity(Severity.S4, note="It is small.")
    await story.act(main.number, made_less, "partner-bd")
    row = await story.case(part.number)
    assert row["joined_to"] is None
    assert row["next_due_at"] is not None
    assert (await verify(story.store)).problems == []
