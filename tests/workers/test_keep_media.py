"""A voice note or picture is brought home, sealed, and then gone at the carrier."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.actions.forget import forget
from app.actions.keep_media import keep_due
from app.actions.take_turn import HeardText, take_turn
from app.domain.taxonomy import Role
from app.outbox.settlement import BadContent, GatewayError, Misconfigured, NotYet
from app.scrubbing.scrub import scrub
from app.scrubbing.verdict import Clean, Kind, Unfit, Why
from app.store import attachments, media
from app.store.changes import Changes
from app.store.engine import Store
from app.store.ledger import open_facts, verify
from app.store.media import LEASE
from tests.builders import person
from tests.scrubbing.making import MARK, noted_photo, sound
from tests.workers.debts import AT, PHONE, Clock

LINE = "+8809600000000"
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME"


@dataclass
class Carrier:
    """The far side: files by their address, or failures in their order."""

    files: dict[str, bytes] = field(default_factory=dict)
    failures: list[BaseException] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    async def fetch(self, address: str) -> bytes:
        self.fetched.append(address)
        await self._answer()
        return self.files[address]

    async def delete(self, address: str) -> None:
        await self._answer()
        self.deleted.append(address)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.failures:
            raise self.failures.pop(0)


async def as_it_is(content: bytes) -> Clean:
    """Look at nothing: what begins with "unfit:" is refused for what follows."""
    if content.startswith(b"unfit:"):
        raise Unfit(Why(content.removeprefix(b"unfit:").decode()))
    return Clean(Kind.PHOTO, "image/jpeg", content)


async def heard(
    store: Store, *media_types: str, words: str = "", message_id: str = "MM1"
) -> UUID:
    """Let a worker write with media; return her case."""
    text = HeardText(
        PHONE,
        LINE,
        words,
        "whatsapp",
        tuple(f"{kind} {URL}{place}" for place, kind in enumerate(media_types)),
    )
    answer = await take_turn(
        store,
        text,
        provider_id=message_id,
        render=lambda said, _language, _zone: str(len(said)).encode(),
        at=AT,
        chance=Random(7),
    )
    assert answer.owed
    found: UUID = await store.pool.fetchval("SELECT id FROM cases")
    return found


async def keep(store: Store, carrier: Carrier, clock: Clock | None = None) -> int:
    return await keep_due(store, carrier, as_it_is, at_clock=clock or Clock())


async def rows(store: Store) -> list[Any]:
    return list(await store.pool.fetch("SELECT * FROM medium ORDER BY id"))


async def words_of(store: Store, case_id: UUID) -> list[str]:
    key = await data_key(store, case_id)
    found = await store.pool.fetch(
        "SELECT id, body FROM message WHERE direction = 'in' ORDER BY at, id"
    )
    return [key.open_text(row["body"], f"message|body|{row['id']}") for row in found]


async def data_key(store: Store, case_id: UUID) -> Any:
    wrapped = await store.pool.fetchval(
        "SELECT data_key FROM cases WHERE id = $1", case_id
    )
    return store.keyring.unwrap(wrapped, case_id)


async def files_of(store: Store, case_id: UUID) -> list[tuple[str, str, bytes | None]]:
    key = await data_key(store, case_id)
    async with store.transaction() as tx:
        kept = await attachments.of_case(tx, case_id)
    return [(r["kind"], r["media_type"], attachments.opened(key, r)) for r in kept]


async def told(store: Store, case_id: UUID, kind: str) -> list[dict[str, Any]]:
    """Return the facts of every event of that kind."""
    key = await data_key(store, case_id)
    found = await store.pool.fetch(
        "SELECT sealed FROM ledger_event WHERE case_id = $1 AND kind = $2",
        case_id,
        kind,
    )
    return [
        {f.name: json.loads(f.value) for f in open_facts(row["sealed"], case_id, key)}
        for row in found
    ]


async def test_a_voice_note_alone_is_a_complaint_that_can_be_listened_to(
    store: Store,
) -> None:
    case_id = await heard(store, "audio/ogg;codecs=opus")
    case = await store.pool.fetchrow("SELECT category, channel FROM cases")
    assert tuple(case) == ("OTHR", "whatsapp")
    assert await words_of(store, case_id) == ["[voice]"]

    note = sound("ogg", "libopus", 48_000)
    carrier = Carrier({f"{URL}0": note})
    assert await keep_due(store, carrier, scrub, at_clock=Clock()) == 1
    [(kind, media_type, content)] = await files_of(store, case_id)
    assert (kind, media_type) == ("voice", "audio/mpeg")
    assert content
    assert MARK.encode() not in content
    detail = json.loads(await store.pool.fetchval("SELECT detail::text FROM cases"))
    assert detail["is_unheard"] is True
    assert carrier.deleted == []

    assert await keep(store, carrier) == 1
    [row] = await rows(store)
    assert (row["state"], row["url_sealed"], row["next_at"]) == ("kept", None, None)
    assert (carrier.fetched, carrier.deleted) == ([f"{URL}0"], [f"{URL}0"])
    assert await keep(store, carrier) == 0
    assert (await verify(store)).ok


async def test_a_picture_with_words_keeps_both_and_no_trace_of_either_maker(
    store: Store,
) -> None:
    case_id = await heard(store, "image/jpeg", words="The stairs are locked.")
    carrier = Carrier({f"{URL}0": noted_photo()})
    await keep_due(store, carrier, scrub, at_clock=Clock())
    [(kind, _, content)] = await files_of(store, case_id)
    assert (kind, MARK.encode() in (content or b"")) == ("photo", False)
    assert await words_of(store, case_id) == ["The stairs are locked.\n[photo]"]


async def test_the_carriers_address_is_sealed_and_in_no_message(store: Store) -> None:
    await heard(store, "image/png", "application/pdf", "video/mp4", "text/vcard")
    found = await rows(store)
    assert [row["kind"] for row in found] == ["photo", "paper", "video", "file"]
    assert all(b"twilio" not in row["url_sealed"] for row in found)
    dumped = await store.pool.fetch("SELECT body FROM message")
    assert all(b"api.twilio" not in row["body"] for row in dumped)
    case_id = found[0]["case_id"]
    assert await words_of(store, case_id) == ["[photo]\n[paper]\n[video]\n[file]"]


async def test_a_place_is_kept_beside_the_words_and_read_as_none(
    store: Store,
) -> None:
    """Degrees hold digits that look like a site's code."""
    place = "Gate 2 23.482170, 90.412345"
    await take_turn(
        store,
        HeardText(PHONE, LINE, "", "whatsapp", place=place),
        provider_id="SM1",
        render=lambda _said, _language, _zone: b"",
        at=AT,
        chance=Random(7),
    )
    case = await store.pool.fetchrow("SELECT id, site FROM cases")
    assert case["site"] is None
    assert await words_of(store, case["id"]) == [f"[place] {place}"]
    assert await rows(store) == []


async def test_media_that_belong_to_no_case_are_only_deleted(store: Store) -> None:
    changes = Changes()
    line = f"image/png {URL}0"
    media.owe(changes, store.keyring, [line], case_id=None, at=AT)
    async with store.transaction() as tx:
        await changes.flush(tx)
    carrier = Carrier()
    assert await keep(store, carrier) == 1
    [row] = await rows(store)
    assert (row["state"], row["url_sealed"]) == ("gone", None)
    assert (carrier.fetched, carrier.deleted) == ([], [f"{URL}0"])


async def test_a_repeat_owes_nothing_twice(store: Store) -> None:
    await heard(store, "image/png")
    answer = await take_turn(
        store,
        HeardText(PHONE, LINE, "", "whatsapp", (f"image/png {URL}0",)),
        provider_id="MM1",
        render=lambda _said, _language, _zone: b"",
        at=AT,
        chance=Random(7),
    )
    assert (answer.is_repeat, answer.owed) == (True, False)
    assert len(await rows(store)) == 1


@pytest.mark.parametrize(
    ("file", "failure", "why"),
    [
        pytest.param(b"unfit:video", None, "video", id="a-film"),
        pytest.param(b"unfit:unknown", None, "unknown", id="nothing-we-know"),
        pytest.param(b"", BadContent("too_large"), "too_large", id="too-large"),
        pytest.param(b"", BadContent("address"), "address", id="none-of-ours"),
    ],
)
async def test_what_cannot_be_kept_is_said_in_the_case_and_deleted(
    store: Store, file: bytes, failure: GatewayError | None, why: str
) -> None:
    case_id = await heard(store, "video/mp4")
    carrier = Carrier({f"{URL}0": file}, failures=[failure] if failure else [])
    while await keep(store, carrier):
        pass
    assert await files_of(store, case_id) == []
    expected = {"file": "video", "why": why, "actor": "system"}
    assert await told(store, case_id, "file.refused") == [expected]
    [row] = await rows(store)
    assert (row["state"], row["url_sealed"]) == ("refused", None)
    assert carrier.deleted == [f"{URL}0"]
    assert (await verify(store)).ok


async def test_one_that_had_no_place_for_looking_is_tried_again(store: Store) -> None:
    case_id = await heard(store, "image/png")
    carrier, clock = Carrier({f"{URL}0": b"unfit:busy"}), Clock()
    await keep(store, carrier, clock)
    [row] = await rows(store)
    assert (row["state"], row["last_error"]) == ("owed", "transient:busy")
    carrier.files[f"{URL}0"] = b"a photo"
    clock.at = row["next_at"]
    await keep(store, carrier, clock)
    assert await files_of(store, case_id) == [("photo", "image/jpeg", b"a photo")]


async def test_media_that_lag_are_asked_for_ever_less_and_given_up_after_three_days(
    store: Store,
) -> None:
    case_id, clock = await heard(store, "image/png"), Clock()
    carrier, waits = Carrier(failures=[NotYet(404)] * 200), []
    while (row := (await rows(store))[0])["next_at"] is not None:
        waits.append((row["next_at"] - clock.at).total_seconds())
        clock.at = row["next_at"]
        await keep(store, carrier, clock)
    assert waits[:8] == [0, 2, 5, 15, 60, 300, 900, 3600]
    assert timedelta(days=3) <= clock.at - AT < timedelta(days=3, hours=1)
    assert (row["state"], row["last_error"]) == ("lost", "not_yet:404")
    [said] = await told(store, case_id, "file.lost")
    assert said["file"] == "photo"


async def test_the_same_file_twice_is_kept_once(store: Store) -> None:
    case_id = await heard(store, "image/png", "image/png")
    carrier = Carrier({f"{URL}0": b"a photo", f"{URL}1": b"a photo"})
    while await keep(store, carrier):
        pass
    assert len(await files_of(store, case_id)) == 1
    assert sorted(carrier.deleted) == [f"{URL}0", f"{URL}1"]


async def test_a_case_that_is_full_has_nothing_more_fetched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_OF_A_CASE", 0)
    case_id, carrier = await heard(store, "image/png"), Carrier()
    await keep(store, carrier)
    assert carrier.fetched == []
    assert [each["why"] for each in await told(store, case_id, "file.refused")] == [
        "full"
    ]


async def test_a_worker_whose_lease_ran_out_writes_nothing(store: Store) -> None:
    case_id, clock = await heard(store, "image/png"), Clock()
    quick = Carrier({f"{URL}0": b"a photo"})

    async def overtaken() -> None:
        slow.meanwhile = None
        clock.move(seconds=LEASE.total_seconds())
        await keep(store, quick, clock)

    slow = Carrier({f"{URL}0": b"another"}, meanwhile=overtaken)
    await keep(store, slow, clock)
    assert await files_of(store, case_id) == [("photo", "image/jpeg", b"a photo")]
    assert len(await told(store, case_id, "file.added")) == 1
    assert (await verify(store)).ok


@pytest.mark.parametrize("when", ["before", "meanwhile", "after"])
async def test_of_a_forgotten_case_nothing_stays_here_or_there(
    store: Store, when: str
) -> None:
    case_id = await heard(store, "image/png")
    number = await store.pool.fetchval(
        "UPDATE cases SET state = 'closed_declared', closed_at = $1 RETURNING number",
        AT,
    )
    admin = person("admin", Role.ADMIN)

    async def forgotten() -> None:
        carrier.meanwhile = None
        await forget(store, number, by=admin, at=AT, through="cli")

    carrier = Carrier({f"{URL}0": b"a photo"})
    if when == "before":
        await forgotten()
    elif when == "meanwhile":
        carrier.meanwhile = forgotten
    else:
        await keep(store, carrier)
        await forgotten()
    while await keep(store, carrier):
        pass
    [row] = await rows(store)
    assert (row["state"], row["url_sealed"]) == ("gone", None)
    assert carrier.deleted == [f"{URL}0"]
    content = await store.pool.fetch(
        "SELECT content FROM attachment WHERE case_id = $1", case_id
    )
    assert all(each["content"] is None for each in content)


async def test_what_cannot_be_sealed_waits_at_the_carrier(store: Store) -> None:
    case_id = await heard(store, "image/png")
    key = await store.pool.fetchval("SELECT data_key FROM cases")
    await store.pool.execute("UPDATE cases SET data_key = '\\x00000000ffff'")
    clock, carrier = Clock(), Carrier({f"{URL}0": b"a photo"})
    await keep(store, carrier, clock)
    [row] = await rows(store)
    assert (row["state"], row["last_error"]) == ("owed", "config:key")
    await store.pool.execute("UPDATE cases SET data_key = $1", key)
    clock.at = row["next_at"]
    await keep(store, carrier, clock)
    assert await files_of(store, case_id) == [("photo", "image/jpeg", b"a photo")]


async def test_deleting_is_tried_for_ever_at_most_hourly(store: Store) -> None:
    clock = Clock()
    await heard(store, "image/png")
    await keep(store, Carrier({f"{URL}0": b"a photo"}), clock)
    carrier, waits = Carrier(failures=[Misconfigured(20003)] * 40), []
    for _ in range(40):
        await keep(store, carrier, clock)
        [row] = await rows(store)
        waits.append((row["next_at"] - clock.at).total_seconds())
        clock.at = row["next_at"]
    assert waits[:6] == [15, 60, 300, 900, 3600, 3600]
    await keep(store, carrier, clock)
    assert carrier.deleted == [f"{URL}0"]


async def test_how_they_stand_is_known_to_the_doctor(store: Store) -> None:
    await heard(store, "image/png")
    async with store.transaction() as tx:
        stands = await media.standing(tx)
    assert (stands.owed, stands.owed_since, stands.at_carrier) == (1, AT, 1)
