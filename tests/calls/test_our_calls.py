"""Calls that we make: returned ones, and those with news."""

from datetime import timedelta

import pytest

from app.actions.act_on_case import act_on_case
from app.domain.commands import Acknowledge, Resolve, Start, Tell
from app.simulator.carrier.network import NumberConfig, Wanted
from app.store.engine import Store
from app.store.ledger import verify
from tests.calls.acting import (
    MISSED_LINE,
    MORNING,
    Rung,
    a_spoken_case,
    add_number,
    deliver,
    out_of_order,
)
from tests.calls.carrier import Carrier
from tests.calls.telephone import (
    BASE,
    WORKER,
    prompts_of,
    telephone,
)


async def test_a_missed_call_is_rejected_and_returned_once(store: Store) -> None:
    await add_number(store, MISSED_LINE, "missed_call")
    async with telephone(store, start=MORNING) as line:
        line.network.numbers[MISSED_LINE] = NumberConfig(
            voice_url=f"{BASE}/twilio/voice"
        )
        rung, carrier = Rung(line), Carrier(line)
        for _ in range(3):  # a burst
            caller = await line.ring(WORKER, MISSED_LINE)
            assert await caller.listen() is Wanted.NOTHING
            assert caller.heard == []
            assert caller.status in ("busy", "no-answer")
        await deliver(line, carrier)
        assert rung.calls == [], "not before ten seconds"
        await line.clock.advance(30)
        await deliver(line, carrier)
        (ours,) = rung.calls
        await ours.answer()
        await ours.listen()
        assert [p for p in prompts_of(ours.upcoming) if not p.startswith("digit")] == [
            "ring_back",
            "ring_back",
        ]
        await ours.press("1")
        await ours.press("1")
        assert await ours.listen() is Wanted.VOICE
        await ours.speak(4, then="hang_up")
        await line.clock.drain()
        assert (await line.case())["language"] == "bn"
        await line.clock.advance(3600)
        await deliver(line, carrier)
        assert len(rung.calls) == 1


async def test_a_machine_hears_nothing_and_the_phone_rings_thrice(store: Store) -> None:
    await add_number(store, MISSED_LINE, "missed_call")
    async with telephone(store, start=MORNING) as line:
        line.network.numbers[MISSED_LINE] = NumberConfig(
            voice_url=f"{BASE}/twilio/voice"
        )
        rung, carrier = Rung(line), Carrier(line)
        await (await line.ring(WORKER, MISSED_LINE)).listen()
        for _ in range(40):
            await line.clock.advance(180)
            await deliver(line, carrier)
            for ours in rung.calls:
                if not ours.is_over and ours.status in ("ringing", "queued"):
                    await ours.machine()
                    await ours.listen()
                    assert prompts_of(ours.heard) == []
            await line.clock.drain()
        assert len(rung.calls) == 3
        assert await store.pool.fetchval("SELECT count(*) FROM cases") == 0


async def test_news_comes_by_a_call_that_says_nothing_before_the_pin(
    store: Store,
) -> None:
    async with telephone(store, start=MORNING) as line:
        rung, carrier = Rung(line), Carrier(line)
        number, pin = await a_spoken_case(line, reach="1")
        at = line.clock.now() + timedelta(minutes=1)
        await line.clock.advance(60)
        who = "gaz-com-w1@example.org"
        await act_on_case(store, number, Acknowledge(), by=who, at=at)
        await deliver(line, carrier)
        (ours,) = rung.calls
        await ours.answer()
        await ours.listen()
        assert prompts_of(ours.upcoming) == ["our_call"]
        await ours.press("1")
        await ours.listen()
        assert prompts_of(ours.upcoming) == ["ask_pin"]
        await ours.press(pin)
        await ours.listen()
        said = prompts_of(ours.upcoming)
        assert said[:2] == ["status_acknowledged", "news_by"]
        await ours.hang_up()
        await line.clock.drain()
        await act_on_case(store, number, Start(), by=who, at=line.clock.now())
        for by in (who, "gaz-com-m1@example.org"):
            await act_on_case(store, number, Resolve(), by=by, at=line.clock.now())
        await deliver(line, carrier)
        *_, second = rung.calls
        assert second is not ours
        await second.answer()
        await second.press("1")
        await second.press(pin)
        await second.listen()
        assert prompts_of(second.upcoming)[:2] == ["status_resolved", "solved"]
        await second.press("1")
        await second.press("4")
        await line.clock.drain()
        case = await line.case()
        assert case["state"] == "closed_confirmed"
        assert (await line.detail())["rating"] == 4
        assert (await verify(store)).problems == []


async def test_somebody_else_who_picks_up_learns_nothing(store: Store) -> None:
    async with telephone(store, start=MORNING) as line:
        rung, carrier = Rung(line), Carrier(line)
        number, _ = await a_spoken_case(line, reach="1")
        who = "gaz-com-w1@example.org"
        await act_on_case(store, number, Acknowledge(), by=who, at=line.clock.now())
        await line.clock.advance(60)
        await deliver(line, carrier)
        (ours,) = rung.calls
        await ours.answer()
        await ours.press("1")
        await ours.press("000000")
        await ours.press("111111")
        await ours.listen()
        assert ours.is_over
        said = set(prompts_of(ours.heard))
        assert said <= {"our_call", "ask_pin", "another_time"}


async def test_nothing_is_said_to_a_phone_that_never_said_yes(store: Store) -> None:
    async with telephone(store, start=MORNING) as line:
        rung, carrier = Rung(line), Carrier(line)
        number, _ = await a_spoken_case(line, reach="3")
        who = "gaz-com-w1@example.org"
        await act_on_case(store, number, Acknowledge(), by=who, at=line.clock.now())
        await line.clock.advance(60)
        await deliver(line, carrier)
        assert rung.calls == []


async def test_a_withheld_number_on_a_missed_call_line_is_answered(
    store: Store,
) -> None:
    await add_number(store, MISSED_LINE, "missed_call")
    async with telephone(store, start=MORNING) as line:
        line.network.numbers[MISSED_LINE] = NumberConfig(
            voice_url=f"{BASE}/twilio/voice"
        )
        caller = await line.ring(None, MISSED_LINE)
        assert await caller.listen() is Wanted.KEYS


async def test_our_own_call_says_nothing_while_nothing_can_be_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telephone(store, start=MORNING) as line:
        rung, carrier = Rung(line), Carrier(line)
        number, _ = await a_spoken_case(line)
        who = "gaz-com-w1@example.org"
        await act_on_case(store, number, Acknowledge(), by=who, at=line.clock.now())
        await line.clock.advance(60)
        await deliver(line, carrier)
        (ours,) = rung.calls
        async with out_of_order(store, monkeypatch):
            await ours.answer()
            assert await ours.listen() is Wanted.NOTHING
            assert ours.heard == []
        row = await store.pool.fetchrow(
            "SELECT provider_id FROM outbox WHERE template = 'worker_news'"
        )
        await carrier.live(900)
        settled = await store.pool.fetchval(
            "SELECT provider_id FROM outbox WHERE template = 'worker_news'"
        )
        assert row is not None
        assert settled is None, "no id of the carrier's stays beside the case"


async def test_four_acts_at_night_are_one_call_and_none_once_they_were_heard(
    store: Store,
) -> None:
    async with telephone(store, start=MORNING) as line:
        rung, carrier = Rung(line), Carrier(line)
        number, pin = await a_spoken_case(line)
        who = "gaz-com-w1@example.org"
        await line.clock.advance(9 * 3600)  # after midnight in Dhaka
        for command in (Acknowledge(), Start(), Tell(note="Come."), Tell(note="Now.")):
            await line.clock.advance(60)
            at = line.clock.now()
            await act_on_case(store, number, command, by=who, at=at)
            await deliver(line, carrier)
        assert rung.calls == []
        await line.clock.advance(8 * 3600)
        await deliver(line, carrier)
        (ours,) = rung.calls
        await ours.answer()
        await ours.press("1")
        await ours.press(pin)
        await ours.hang_up()
        for _ in range(6):
            await line.clock.advance(1800)
            await deliver(line, carrier)
        assert len(rung.calls) == 1
