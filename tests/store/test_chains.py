"""Each site's events in a chain of their own, and the head over all of them."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from app.actions.make_head import make_heads
from app.domain.commands import SetSite
from app.domain.heads import HOUR, digest
from app.domain.ledger import SALT_BYTES
from app.domain.merkle import NOTHING, Tree, blind, blinded, climbed, extended
from app.receipts.keys import Purpose, SigningKey
from app.store import chains, heads, programme_ledger
from app.store.engine import Store
from app.store.ledger import PROGRAMME, verify
from tests.builders import GAZIPUR
from tests.conftest import as_owner
from tests.stories.programme import DINDIGUL, ENGLISH_LINE, TIRUPPUR
from tests.stories.telling import Telling

SIGNING = SigningKey(bytes(range(32)))
AT_GAZIPUR = f"{GAZIPUR} the wages are late again"


async def head(talk: Telling, *, hours: int = 1) -> range:
    """Let an hour pass, and make what is owed then."""
    talk.at += timedelta(hours=hours)
    return await make_heads(talk.store, SIGNING, at=talk.at)


async def seqs_of(store: Store, site: str | None, kind: str = "site") -> list[int]:
    rows = await store.pool.fetch(
        "SELECT l.seq, l.n FROM ledger_link l JOIN ledger_chain k ON k.id = l.chain"
        " WHERE k.kind = $1 AND k.site IS NOT DISTINCT FROM $2 ORDER BY l.n",
        kind,
        site,
    )
    assert [row["n"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["seq"] for row in rows]


async def events_of(store: Store, number: str) -> list[int]:
    rows = await store.pool.fetch(
        "SELECT e.seq FROM ledger_event e JOIN cases c ON c.id = e.case_id"
        " WHERE c.number = $1 ORDER BY e.seq",
        number,
    )
    return [row["seq"] for row in rows]


async def leaves(store: Store, seqs: Sequence[int]) -> list[bytes]:
    rows = await store.pool.fetch(
        "SELECT seq, leaf FROM ledger_event WHERE seq = ANY($1)", list(seqs)
    )
    by_seq = {row["seq"]: row["leaf"] for row in rows}
    return [by_seq[seq] for seq in seqs]


async def test_every_event_is_in_the_chain_of_its_site(talk: Telling) -> None:
    first = await talk.open(AT_GAZIPUR, line=ENGLISH_LINE)
    other = await talk.open(
        f"{DINDIGUL} no water", line=ENGLISH_LINE, phone="+8801700000001"
    )
    nowhere = await talk.open(
        "the toilets are locked", line=ENGLISH_LINE, phone="+8801700000002"
    )
    async with talk.store.transaction() as tx:
        await programme_ledger.record(
            talk.store, tx, "export.made", {"rows": 1}, "system", talk.at
        )
    assert await head(talk) == range(1, 2)
    store = talk.store
    assert await seqs_of(store, GAZIPUR) == await events_of(store, first.number)
    assert await seqs_of(store, DINDIGUL) == await events_of(store, other.number)
    assert await seqs_of(store, None, "unplaced") == await events_of(
        store, nowhere.number
    )
    assert len(await seqs_of(store, None, "programme")) == 1
    count = await store.pool.fetchval("SELECT count(*) FROM ledger_event")
    linked = await store.pool.fetchval("SELECT count(DISTINCT seq) FROM ledger_link")
    assert linked == count
    assert (await verify(store)).ok


async def test_a_case_that_moves_brings_its_history_and_says_where_it_went(
    talk: Telling,
) -> None:
    stays = await talk.open(AT_GAZIPUR, line=ENGLISH_LINE)
    moves = await talk.open(
        f"{GAZIPUR} no water", line=ENGLISH_LINE, phone="+8801700000001"
    )
    await head(talk)
    before = await seqs_of(talk.store, GAZIPUR)
    await talk.act(moves.number, SetSite(TIRUPPUR, note="x"), "partner-bd")
    await head(talk)
    whole = await events_of(talk.store, moves.number)
    assert await seqs_of(talk.store, TIRUPPUR) == whole
    going = [seq for seq in whole if seq not in before]
    assert await seqs_of(talk.store, GAZIPUR) == [*before, *going]
    # What happens there afterwards is no business of the old chain.
    await talk.text("more: the pay is late", line=ENGLISH_LINE, phone="+8801700000001")
    await head(talk)
    assert await seqs_of(talk.store, GAZIPUR) == [*before, *going]
    later = await events_of(talk.store, moves.number)
    assert len(later) > len(whole)
    assert await seqs_of(talk.store, TIRUPPUR) == later
    # And back again: what it lacks comes along, in order.
    await talk.act(moves.number, SetSite(GAZIPUR, note="x"), "partner-tn")
    await head(talk)
    back = await events_of(talk.store, moves.number)
    own = set(await events_of(talk.store, stays.number))
    assert [s for s in await seqs_of(talk.store, GAZIPUR) if s not in own] == back
    assert await seqs_of(talk.store, TIRUPPUR) == back


async def test_a_head_commits_to_every_chain(talk: Telling) -> None:
    for n in range(4):
        phone = f"+88017000000{n:02}"
        site = (GAZIPUR, DINDIGUL)[n % 2]
        await talk.open(f"{site} no water", line=ENGLISH_LINE, phone=phone)
        await head(talk)
    await head(talk)
    store, before = talk.store, ""
    async with store.transaction() as tx:
        kept = [each async for each in heads.up_to(tx, 99)]
        held = await tx.connection.fetch("SELECT * FROM ledger_chain")
        assert [each.number for each in kept] == [1, 2, 3, 4, 5]
        for each in kept:
            body = json.loads(each.body)
            assert body["previous"] == before
            assert SIGNING.public.has_signed(Purpose.HEAD, each.body, each.signature)
            before = digest(each.body)
            secret = heads.secret_of(store, each)
            for row in held:
                tip = await chains.tip_at(tx, row["id"], each.number)
                seqs = await seqs_of(store, row["site"], row["kind"])
                assert extended(NOTHING, await leaves(store, seqs[: tip.n])) == tip
                tree = await a_tree(tx, secret, each)
                leaf = blinded(tip, blind(secret, row["position"]))
                path = tree.path(row["position"])
                root = climbed(leaf, row["position"], path).hex()
                assert root == body["root"]
    last = kept[-1]
    assert last.last_seq == await store.pool.fetchval("SELECT seq FROM ledger_head")


async def a_tree(tx: Any, secret: bytes, kept: heads.Kept) -> Any:
    tips = {}
    async for number, position, tip in chains.tips_by_head(tx):
        if number <= kept.number:
            tips[position] = tip
    return Tree(secret, kept.width, tips)


async def test_heads_of_hours_in_which_nothing_happened_look_like_others(
    talk: Telling,
) -> None:
    await head(talk)
    await talk.open(AT_GAZIPUR, line=ENGLISH_LINE)
    await head(talk)
    await head(talk)
    async with talk.store.transaction() as tx:
        kept = [each async for each in heads.up_to(tx, 3)]
    assert len({len(each.body) for each in kept[1:]}) == 1
    assert len({json.loads(each.body)["root"] for each in kept}) == 3
    for each in kept:
        assert GAZIPUR.encode() not in each.body
        assert set(json.loads(each.body)) == {
            *("format", "hour", "key", "number", "previous", "root"),
        }


async def test_missed_hours_are_made_up_one_head_each(talk: Telling) -> None:
    await head(talk)
    start: datetime = talk.at
    assert await head(talk, hours=0) == range(0)
    assert await head(talk, hours=5) == range(2, 7)
    hours = [
        row["hour"]
        for row in await talk.store.pool.fetch(
            "SELECT hour FROM ledger_root ORDER BY number"
        )
    ]
    full = start.replace(minute=0, second=0, microsecond=0)
    assert hours == [full + n * HOUR for n in range(6)]


async def test_two_workers_make_one_head(talk: Telling) -> None:
    await talk.open(AT_GAZIPUR, line=ENGLISH_LINE)
    for _ in range(5):
        talk.at += HOUR
        made = await asyncio.gather(
            *(make_heads(talk.store, SIGNING, at=talk.at) for _ in range(4))
        )
        assert sorted(map(len, made)) == [0, 0, 0, 1]
    count = await talk.store.pool.fetchval("SELECT count(*) FROM ledger_root")
    assert count == 5


async def test_what_fails_in_the_midst_leaves_nothing_behind(talk: Telling) -> None:
    await talk.open(AT_GAZIPUR, line=ENGLISH_LINE)
    async with as_owner(talk.store) as owner:
        await owner.execute(
            "ALTER TABLE ledger_witness ADD CONSTRAINT no CHECK (false) NOT VALID"
        )
    with pytest.raises(asyncpg.CheckViolationError):
        await head(talk)
    for table in ("ledger_chain", "ledger_link", "ledger_tip", "ledger_root"):
        assert await talk.store.pool.fetchval(f"SELECT count(*) FROM {table}") == 0
    async with as_owner(talk.store) as owner:
        await owner.execute("ALTER TABLE ledger_witness DROP CONSTRAINT no")
    assert len(await head(talk, hours=0)) == 1


# ------------------------------------------------------ the programme's own events


async def test_the_programmes_events_verify_and_are_seen_by_no_reader(
    talk: Telling,
) -> None:
    store = talk.store
    async with store.transaction() as tx:
        for n in range(3):
            await programme_ledger.record(
                store, tx, "indicator.entered", {"value": n}, "system", talk.at
            )
    assert await store.pool.fetchval("SELECT count(*) FROM programme_key") == 1
    verdict = await verify(store)
    assert (verdict.ok, verdict.events, verdict.cases) == (True, 3, 0)
    directory = await store.directory()
    for person in directory.people:
        async with store.as_person(person.id, day=talk.at.date()) as tx:
            assert not await tx.connection.fetch("SELECT seq FROM ledger_event")


@pytest.mark.parametrize(
    "tampered",
    [
        pytest.param("kind = 'indicator.withdrawn'", id="another-kind"),
        pytest.param("at = at + interval '1 day'", id="another-time"),
        pytest.param("sealed = sealed || 'x'", id="other-facts"),
    ],
)
async def test_a_changed_event_of_the_programme_shows(
    talk: Telling, tampered: str
) -> None:
    store = talk.store
    async with store.transaction() as tx:
        await programme_ledger.record(
            store, tx, "indicator.entered", {"value": 1}, "system", talk.at
        )
    async with as_owner(store) as owner:
        await owner.execute("ALTER TABLE ledger_event DISABLE TRIGGER ledger_guard")
        await owner.execute(f"UPDATE ledger_event SET {tampered}")
    assert not (await verify(store)).ok


async def test_two_at_once_make_one_key(talk: Telling) -> None:
    async def record() -> None:
        async with talk.store.transaction() as tx:
            await programme_ledger.record(
                talk.store, tx, "export.made", {}, "system", talk.at
            )

    await asyncio.gather(*(record() for _ in range(6)))
    assert await talk.store.pool.fetchval("SELECT count(*) FROM programme_key") == 1
    assert (await verify(talk.store)).ok
    rows = await talk.store.pool.fetch("SELECT case_id, leaf FROM ledger_event")
    assert {row["case_id"] for row in rows} == {PROGRAMME}
    assert {len(row["leaf"]) for row in rows} == {SALT_BYTES}


async def test_how_long_each_chain_is_is_asked_once_and_not_for_each_event(
    talk: Telling,
) -> None:
    """Asked again for every row, a first head over a long ledger would never end."""
    async with talk.store.transaction() as tx:
        rows = await tx.connection.fetch(f"EXPLAIN {chains._LINK}", 0, 9, PROGRAMME)
    plan = "\n".join(row[0] for row in rows)
    assert "CTE longest" in plan
