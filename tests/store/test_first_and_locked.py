"""A first text without a lock beside one that holds it: still one case."""

import asyncio

from app.actions import take_turn as action
from app.actions.take_turn import HeardText
from app.store import conversations
from tests.stories.telling import Telling

PHONE = "+8801700000055"


async def test_a_first_text_between_read_and_write_of_another(
    talk: Telling, monkeypatch
) -> None:
    """One text names a number and is heard locked; while it has read nothing
    yet written, the phone's plain first text comes through."""
    read = conversations.read
    was_read, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx, provider_id, *rest, **more):
        known = await read(tx, provider_id, *rest, **more)
        if rest[1] and not was_read.is_set():
            was_read.set()
            await may_go_on.wait()
        return known

    monkeypatch.setattr(action.conversations, "read", slow)
    named = asyncio.create_task(_hear(talk, "4526-9635 no pay for three months", "a"))
    await was_read.wait()
    await _hear(talk, "the supervisor hits us", "b")
    may_go_on.set()
    await named
    count = await talk.store.pool.fetchval("SELECT count(*) FROM cases")
    said = await talk.store.pool.fetchval(
        "SELECT count(*) FROM message WHERE direction = 'in'"
    )
    assert (count, said) == (1, 2)


async def test_numbers_that_are_all_taken_are_drawn_again(talk: Telling) -> None:
    class Worn:
        """Draws the same numbers until it is asked for the second time."""

        def __init__(self) -> None:
            self.drawn = 0

        def randrange(self, start: int, stop: int, /) -> int:
            self.drawn += 1
            return start + (7 if self.drawn < 12 else self.drawn * 999_983) % (
                stop - start
            )

    for i in range(2):
        await _hear(
            talk, "no pay for three months", f"w{i}", f"+88017000001{i}", Worn()
        )
    assert await talk.store.pool.fetchval("SELECT count(*) FROM cases") == 2


async def _hear(talk, body, provider_id, phone=PHONE, chance=None) -> None:
    heard = HeardText(phone, "+15550100880", body, "sms")
    await action.take_turn(
        talk.store,
        heard,
        provider_id=provider_id,
        render=lambda *_: b"",
        at=talk.at,
        chance=chance,
    )


async def test_an_act_between_read_and_write_of_a_talk_from_another_phone(
    talk: Telling, monkeypatch
) -> None:
    """A case proved from another phone is locked as well: what staff do
    meanwhile is not written over."""
    ticket = await talk.open("482170 no pay for three months", "2", "no")
    other = "+8801700000066"
    await _hear(talk, f"STATUS {ticket.number} {ticket.pin}", "s", other)
    hold = action.hold_known
    seen: list[str] = []

    def noting(store, row):
        seen.append(row["number"])
        return hold(store, row)

    loaded: list[str] = []
    load = action.load

    async def locking(store, tx, number):
        loaded.append(number)
        return await load(store, tx, number)

    monkeypatch.setattr(action, "hold_known", noting)
    monkeypatch.setattr(action, "load", locking)
    await _hear(talk, "they hit us again today at the gate", "t", other)
    assert seen == loaded == [ticket.number]


async def test_a_language_can_be_chosen_on_a_phone_without_a_case(
    talk: Telling,
) -> None:
    said: list[str] = []

    def render(_lines, language, _zone):
        said.append(language)
        return b""

    for i, body in enumerate(("hello", "LANGUAGE", "3", "hello")):
        heard = HeardText(PHONE, "+15550100880", body, "sms")
        await action.take_turn(
            talk.store, heard, provider_id=f"l{i}", render=render, at=talk.at
        )
    assert len(set(said[2:])) == 1
    assert said[2] != said[0]
