"""A forgotten case: the chain verifies, and nobody can guess what it was.

The attacker holds the whole database, every programme key and the pepper, and
a dictionary of everything that the facts could be.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from app.actions.forget import forget
from app.actions.read_case import read_case
from app.domain.commands import Unfounded
from app.domain.errors import NotFound, Refused
from app.domain.ledger import SALT_BYTES, Fact, canonical, leaf
from app.domain.taxonomy import Category, Conflict, Route, Severity
from app.store import ledger
from app.store.engine import Store
from app.store.ledger import open_facts, verify
from app.store.sealing import CannotOpen, DataKey, Keyring
from tests.builders import GAZIPUR
from tests.conftest import as_owner
from tests.store.test_turn import everything
from tests.stories.programme import DINDIGUL, ENGLISH_LINE, TIRUPPUR
from tests.stories.telling import Telling, Ticket

MASTER = bytes(range(32))  # the one key of the tests' keyring


async def closed_case(talk: Telling, phone: str = "+8801712345678") -> Ticket:
    ticket = await talk.open(
        "482170 three months no overtime pay", "1", "no", line=ENGLISH_LINE, phone=phone
    )
    await talk.act(ticket.number, Unfounded(note="nothing found"), "partner-bd")
    return ticket


async def forgotten(talk: Telling) -> tuple[Ticket, list[Any]]:
    ticket = await closed_case(talk)
    admin = next(p for p in (await talk.store.directory()).people if p.name == "admin")
    await forget(talk.store, ticket.number, by=admin, at=talk.at, through="test")
    return ticket, await events_of(talk.store, ticket)


async def events_of(store: Store, ticket: Ticket) -> list[Any]:
    return list(
        await store.pool.fetch(
            "SELECT e.* FROM ledger_event e JOIN cases c ON c.id = e.case_id"
            " WHERE c.number = $1 ORDER BY e.seq",
            ticket.number,
        )
    )


# -------------------------------------------------------------------- attack


def dictionary(opened: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every guess at an opening's facts, all else being known.

    The attacker is even given the facts that are not being guessed.
    """
    for category, conflict, site in itertools.product(
        Category,
        [None, *Conflict],
        [None, GAZIPUR, TIRUPPUR, DINDIGUL],
    ):
        yield {
            **opened,
            "category": category.value,
            "conflict": conflict.value if conflict else None,
            "site": site,
        }


def salts(event: Mapping[str, Any], master: bytes) -> Iterator[bytes]:
    """Yield every salt that somebody without the case's key could try."""
    known = (
        *(bytes(SALT_BYTES), event["leaf"], event["hash"], event["sealed"][:32]),
        *(event["sealed"][-32:], event["case_id"].bytes, master),
        *(str(event["seq"]).encode(), event["at"].isoformat().encode()),
    )
    yield from (k for k in known if len(k) == SALT_BYTES)
    yield from (hashlib.sha256(k).digest() for k in known)
    yield from (hashlib.sha256(master + k).digest() for k in known)


def is_confirmed(
    event: Mapping[str, Any], values: Mapping[str, Any], tried: Iterable[bytes]
) -> bool:
    """Return whether some salt, for all facts alike, makes the event's leaf."""
    return any(
        leaf(
            event["case_id"],
            event["at"],
            event["kind"],
            [Fact(n, canonical(values[n]), salt) for n in sorted(values)],
        )
        == event["leaf"]
        for salt in tried
    )


def facts_known_to_the_attacker() -> dict[str, Any]:
    return {
        "actor": "worker",
        "category_was_guessed": True,
        "channel": "sms",
        "country": "BD",
        "due": {},
        "is_raised": False,
        "language": "en",
        "policy": "2026-01-01",
        "route": Route.PARTNER.value,
        "severity": Severity.S3.value,
        "why": "conflict",
    }


async def test_no_guess_at_a_forgotten_case_can_be_confirmed(talk: Telling) -> None:
    _, events = await forgotten(talk)
    opened = next(e for e in events if e["kind"] == "case.opened")
    guesses = list(dictionary(facts_known_to_the_attacker()))
    assert len(guesses) == 18 * 4 * 4
    tried = list(salts(opened, MASTER))
    assert not [g for g in guesses if is_confirmed(opened, g, tried)]
    # Nor a single fact of any event, should a commitment lie about somewhere.
    dump = str(await everything(talk.store))
    for guess, salt in itertools.product(guesses[:64], tried):
        for name in ("category", "conflict", "site"):
            made = Fact(name, canonical(guess[name]), salt).commitment()
            assert made.hex() not in dump


async def test_the_attack_works_where_the_salts_are_known(
    talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the test above would prove nothing."""
    monkeypatch.setattr(ledger, "os", SimpleNamespace(urandom=bytes))
    ticket = await talk.open("482170 no overtime pay", "1", line=ENGLISH_LINE)
    opened = (await events_of(talk.store, ticket))[0]
    assert opened["kind"] == "case.opened"
    key = await _data_key(talk.store, ticket)
    facts = open_facts(opened["sealed"], opened["case_id"], key)
    known = {fact.name: json.loads(fact.value) for fact in facts}
    confirmed = [
        guess
        for guess in dictionary(known)
        if is_confirmed(opened, guess, salts(opened, MASTER))
    ]
    assert confirmed == [known]
    assert (known["category"], known["site"]) == ("WAGE", GAZIPUR)


async def _data_key(store: Store, ticket: Ticket) -> DataKey:
    row = await store.pool.fetchrow(
        "SELECT id, data_key FROM cases WHERE number = $1", ticket.number
    )
    return store.keyring.unwrap(row["data_key"], row["id"])


async def test_no_key_of_the_programme_opens_what_is_left(
    talk: Telling, keyring: Keyring
) -> None:
    ticket, events = await forgotten(talk)
    case = await talk.case(ticket.number)
    assert case["data_key"] is case["phone_tag"] is case["phone_sealed"] is None
    contexts = [f"ledger_event|sealed|{case['id']}", f"cases|data_key|{case['id']}"]
    for event, context in itertools.product(events, contexts):
        for key in (DataKey(MASTER), DataKey(bytes(32))):
            with pytest.raises(CannotOpen):
                key.open(event["sealed"], context)
        with pytest.raises(CannotOpen):
            keyring.open(event["sealed"], context)


async def test_the_chain_verifies_and_the_other_cases_live_on(talk: Telling) -> None:
    other = await talk.open(
        "482170 the toilets are locked", line=ENGLISH_LINE, phone="+8801700000001"
    )
    ticket, events = await forgotten(talk)
    verdict = await verify(talk.store)
    assert verdict.ok, verdict.problems
    assert events[-1]["kind"] == "case.forgotten"
    # Still: not one event of it can be taken out or changed.
    async with as_owner(talk.store) as owner:
        await owner.execute("ALTER TABLE ledger_event DISABLE TRIGGER ledger_guard")
        await owner.execute(
            "UPDATE ledger_event SET kind = 'x' WHERE seq = $1", events[0]["seq"]
        )
    assert (await talk.case(other.number))["data_key"] is not None
    assert ticket.number != other.number


async def test_two_alike_events_have_nothing_in_common(talk: Telling) -> None:
    one = await closed_case(talk)
    other = await closed_case(talk, "+8801700000001")
    leaves = [e["leaf"] for t in (one, other) for e in await events_of(talk.store, t)]
    assert len(set(leaves)) == len(leaves)
    key = await _data_key(talk.store, one)
    used = [
        fact.salt
        for event in await events_of(talk.store, one)
        for fact in open_facts(event["sealed"], event["case_id"], key)
    ]
    assert len(set(used)) == len(used)
    assert {len(salt) for salt in used} == {SALT_BYTES}


async def test_nothing_that_is_left_tells_how_the_conflict_was_answered(
    talk: Telling,
) -> None:
    """Yes and don't know lead the same way; the rows must not differ."""
    left = []
    for n, answer in enumerate(("1", "3")):
        phone = f"+880170000000{n}"
        ticket = await talk.open(
            "482170 three months no overtime pay",
            answer,
            "no",
            phone=phone,
            line=ENGLISH_LINE,
        )
        await talk.act(ticket.number, Unfounded(note="nothing found"), "partner-bd")
        admin = next(
            p for p in (await talk.store.directory()).people if p.name == "admin"
        )
        await forget(talk.store, ticket.number, by=admin, at=talk.at, through="test")
        case = dict(await talk.case(ticket.number))
        for unlike in ("id", "number", "pin_hash"):
            case.pop(unlike)
        kinds = [e["kind"] for e in await events_of(talk.store, ticket)]
        owed = [
            (d.template, d.to, {**d.params, "number": ""}, d.state)
            for d in sorted(
                await talk.owed(ticket.number), key=lambda d: (d.told, d.to)
            )
        ]
        left.append((case, kinds, owed))
    assert left[0] == left[1]


async def test_what_was_owed_about_it_no_longer_says_why(talk: Telling) -> None:
    """A row that says "handed over: conflict" would tell what the key hid."""
    ticket, _ = await forgotten(talk)
    assert {debt.state for debt in await talk.owed(ticket.number)} <= {
        "sent",
        "dropped",
        "expired",
    }
    assert [d.params for d in await talk.owed(ticket.number) if d.params] == []


async def test_nobody_reads_it_any_more_and_the_phone_is_a_strangers(
    talk: Telling,
) -> None:
    ticket, _ = await forgotten(talk)
    partner = next(
        p for p in (await talk.store.directory()).people if p.name == "partner-bd"
    )
    with pytest.raises(NotFound):
        await read_case(
            talk.store, ticket.number, by=partner, reason="x", at=talk.at, through="t"
        )
    mine = await talk.text(f"STATUS {ticket.pin}", line=ENGLISH_LINE)
    theirs = await talk.text(
        f"STATUS {ticket.pin}", line=ENGLISH_LINE, phone="+8801700000009"
    )
    assert mine == theirs
    with_number = f"STATUS {ticket.number} {ticket.pin}"
    assert await talk.text(with_number, line=ENGLISH_LINE) == theirs


async def test_only_the_secretariat_forgets_and_only_what_is_closed(
    talk: Telling,
) -> None:
    ticket = await talk.open("482170 no overtime pay", "1", line=ENGLISH_LINE)
    people = {p.name: p for p in (await talk.store.directory()).people}
    how: dict[str, Any] = {"at": talk.at, "through": "test"}
    with pytest.raises(Refused, match="closed"):
        await forget(talk.store, ticket.number, by=people["admin"], **how)
    with pytest.raises(Refused, match="secretariat"):
        await forget(talk.store, ticket.number, by=people["partner-bd"], **how)


def test_a_leaf_commits_to_every_part_of_an_event() -> None:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    fact = Fact("site", '"482170"', bytes(32))
    other = Fact("site", '"482171"', bytes(32))
    one, two = UUID(int=1), UUID(int=2)
    leaves = {
        leaf(one, at, "k", [fact]),
        leaf(two, at, "k", [fact]),
        leaf(one, at.replace(microsecond=1), "k", [fact]),
        leaf(one, at, "l", [fact]),
        leaf(one, at, "k", [other]),
        leaf(one, at, "k", []),
    }
    assert len(leaves) == 6
