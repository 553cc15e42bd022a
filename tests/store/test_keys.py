"""Changing the programme's keys: the first seals, all of them open."""

import os
from dataclasses import dataclass

import pytest

from app.actions.read_case import read_case
from app.store.engine import Store
from app.store.ledger import verify
from app.store.programme import found
from app.store.sealing import CannotOpen, Keyring
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import Telling

OLD, NEW = bytes(range(32)), os.urandom(32)
PEPPER = bytes(32)


@dataclass(frozen=True)
class Opened:
    store: Store

    def with_keys(self, *keys: bytes) -> Store:
        return Store(self.store.pool, Keyring(keys, PEPPER))


async def test_with_the_new_key_first_everything_old_opens(talk: Telling) -> None:
    await found(talk.store, as_demo=False, at=talk.at)
    ticket = await talk.open(
        "482170 three months no pay", "2", "yes", line=ENGLISH_LINE, sid="SM1"
    )
    first = await talk.answer(
        "482170 three months no pay", line=ENGLISH_LINE, sid="SM1"
    )
    rotated = Opened(talk.store).with_keys(NEW, OLD)
    after = Telling(rotated, talk.at)

    assert not (await found(rotated, as_demo=False, at=talk.at)).is_new
    verdict = await verify(rotated)
    assert (verdict.ok, verdict.cases) == (True, 1)
    again = await after.answer(
        "482170 three months no pay", line=ENGLISH_LINE, sid="SM1"
    )
    assert again.body == first.body
    partner = next(p for p in (await rotated.directory()).people if p.role == "partner")
    read = await read_case(
        rotated, ticket.number, by=partner, reason="care", at=talk.at, through="test"
    )
    assert any("three months no pay" in said.text for said in read.messages)
    status = await after.text(f"STATUS {ticket.pin}", line=ENGLISH_LINE)
    assert "news" in status
    await after.run(days=20, deliver=True)
    assert (await verify(rotated)).ok


async def test_what_is_sealed_now_is_sealed_under_the_new_key(talk: Telling) -> None:
    old = await talk.open("482170 three months no pay", line=ENGLISH_LINE)
    rotated = Opened(talk.store).with_keys(NEW, OLD)
    new = await Telling(rotated, talk.at).open(
        "482170 the toilets are locked", line=ENGLISH_LINE, phone="+8801700000001"
    )
    only_new = Keyring([NEW], PEPPER)
    rows = {
        row["number"]: row
        for row in await talk.store.pool.fetch("SELECT id, number, data_key FROM cases")
    }
    only_new.unwrap(rows[new.number]["data_key"], rows[new.number]["id"])
    with pytest.raises(CannotOpen):
        only_new.unwrap(rows[old.number]["data_key"], rows[old.number]["id"])


async def test_without_the_old_key_the_verdict_says_which_case_is_lost(
    talk: Telling,
) -> None:
    ticket = await talk.open("482170 three months no pay", line=ENGLISH_LINE)
    verdict = await verify(Opened(talk.store).with_keys(NEW))
    assert verdict.problems == [f"case {ticket.number}: its key does not open"]


async def test_a_case_whose_key_is_missing_does_not_silence_the_others(
    talk: Telling,
) -> None:
    """An old key was dropped too early: the living cases must still climb."""
    await talk.open("482170 three months no pay", "2", "no", line=ENGLISH_LINE)
    newer = Telling(Opened(talk.store).with_keys(NEW), talk.at)
    other = await newer.open(
        "482170 the toilets are locked",
        *("2", "no"),
        line=ENGLISH_LINE,
        phone="+8801700000001",
    )
    newer.at = talk.at.replace(day=8)
    await newer.sweep()
    missed = [d for d in await newer.owed(other.number) if d.template == "missed"]
    assert missed


async def test_a_text_from_a_phone_whose_old_case_does_not_open_is_still_heard(
    talk: Telling,
) -> None:
    await talk.open("482170 three months no pay", line=ENGLISH_LINE)
    newer = Telling(Opened(talk.store).with_keys(NEW), talk.at)
    answer = await newer.text("482170 the toilets are locked now", line=ENGLISH_LINE)
    assert answer
