"""What a line does beside a plain call, from the phone to the database."""

import asyncio
from array import array
from datetime import timedelta

import pytest

from app.actions.act_on_case import act_on_case
from app.actions.call_back import call_was_made, number_to_call, wishes
from app.actions.keep_words import voiced
from app.actions.play_back import listen
from app.actions.take_studio import take_prompts
from app.conversation.calls.spoken import PROMPTS
from app.domain.commands import Summarise, Tell, Transcribe
from app.domain.errors import BadInput, NotFound, Refused
from app.simulator.carrier.network import NumberConfig, Wanted
from app.simulator.sign import signature
from app.store import calls
from app.store.engine import Store
from app.store.ledger import verify
from app.store.prompts import Sounds, StudioPass, open_studio
from app.wording.audio import to_wav
from tests.calls.acting import (
    STUDIO_LINE,
    a_spoken_case,
    add_number,
    out_of_order,
    person,
    post,
    to_the_pin,
)
from tests.calls.carrier import Carrier
from tests.calls.telephone import (
    BASE,
    EVENING,
    WORKER,
    Telephone,
    catalog,
    manifest,
    prompts_of,
    telephone,
)
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE


async def test_a_step_that_comes_again_gets_the_same_bytes(line: Telephone) -> None:
    """However late, and from the fallback's address too; the case stays one."""
    first = await post(line, "/twilio/voice")
    assert await post(line, "/twilio/voice") == first
    record = await post(line, "/twilio/voice/turn?s=1", Digits="1")
    spoke = {
        "RecordingSid": "RE" + "1" * 32,
        "RecordingDuration": "7",
        "Digits": "#",
    }
    told = {"RecordingStatus": "completed", **spoke}
    await post(line, "/twilio/voice/recording", **told)
    after = await post(line, "/twilio/voice/turn?s=2", **spoke)
    await post(line, "/twilio/voice/recording", **told)
    assert await post(line, "/twilio/voice/turn?s=2", **spoke) == after
    topic = await post(line, "/twilio/voice/turn?s=3", Digits="1")
    assert await post(line, "/twilio/voice/turn?s=1", Digits="1") == record
    failed = f"{BASE}/twilio/voice/turn?s=3"
    again = await post(
        line, "/twilio/voice/fallback", Digits="1", ErrorCode="11200", ErrorUrl=failed
    )
    assert again == topic
    assert await post(line, "/twilio/voice") == first
    assert len(await line.cases()) == 1
    assert len(await line.recordings()) == 1
    assert (await verify(line.store)).problems == []


async def test_an_unsigned_request_leaves_no_trace(store: Store) -> None:
    async with telephone(store) as line:
        form = {"CallSid": "CA" + "0" * 32, "From": WORKER, "To": ENGLISH_LINE}
        client = line.client
        for path in ("", "/turn?s=1", "/recording", "/status", "/fallback", "/out"):
            answer = await client.post(f"/twilio/voice{path}", data=form)
            assert answer.status_code == 403
        forged = signature(f"{BASE}/twilio/voice", form, "another token")
        answer = await client.post(
            "/twilio/voice", data=form, headers={"X-Twilio-Signature": forged}
        )
        assert answer.status_code == 403
        assert await store.pool.fetchval("SELECT count(*) FROM call") == 0


async def test_only_the_partner_hears_a_voice(line: Telephone) -> None:
    number, _ = await a_spoken_case(line)
    await line.clock.drain()
    await Carrier(line).bring_home()
    partner = await person(line.store, "partner-bd")
    member = await person(line.store, "gaz-com-w1")
    brand = next(p for p in (await line.store.directory()).people if p.role == "brand")
    for other in (member, brand):
        with pytest.raises(NotFound):
            await listen(
                line.store, number, by=other, reason="x", at=EVENING, through="test"
            )
    with pytest.raises(Refused):
        await listen(
            line.store, number, by=partner, reason=" ", at=EVENING, through="test"
        )
    (heard,) = await listen(
        line.store,
        number,
        by=partner,
        reason="to write it down",
        at=EVENING,
        through="t",
    )
    assert heard.seconds == 9
    assert heard.audio is not None
    assert heard.audio.startswith(b"RIFF")
    kinds = [
        row["kind"]
        for row in await line.store.pool.fetch("SELECT kind FROM ledger_event")
    ]
    assert kinds.count("recording.heard") == 1
    stored = await line.store.pool.fetchval("SELECT audio FROM recording")
    assert heard.audio[:200] not in stored
    (at_carrier,) = line.network.recordings
    assert at_carrier.deleted


async def test_the_transcript_is_the_partners_to_write(line: Telephone) -> None:
    number, _ = await a_spoken_case(line)
    later = EVENING + timedelta(hours=1)
    with pytest.raises(Refused):
        await act_on_case(
            line.store,
            number,
            Transcribe(note="They do not pay us."),
            by="gaz-com-w1@example.org",
            at=later,
        )
    for command in (
        Transcribe(note="They do not pay us."),
        Summarise(note="Overtime is not paid."),
        Tell(note="The money comes on Sunday."),
    ):
        await act_on_case(
            line.store, number, command, by="partner-bd@example.org", at=later
        )
    rows = await line.store.pool.fetch("SELECT direction FROM message")
    kept = {row["direction"] for row in rows}
    assert kept == {"in", "transcript", "summary", "told"}
    assert (await verify(line.store)).problems == []
    await line.store.pool.execute("DELETE FROM message WHERE direction = 'transcript'")
    assert (await verify(line.store)).problems != []


async def test_a_wish_to_be_called_is_the_partners_to_pay(line: Telephone) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await caller.press("0")
    await caller.press("3")
    await caller.hang_up()
    partner = await person(line.store, "partner-bd")
    member = await person(line.store, "gaz-com-w1")
    assert await wishes(line.store, by=member, at=EVENING) == ()
    (wish,) = await wishes(line.store, by=partner, at=EVENING)
    assert wish.part == "evening"
    shown, phone = await number_to_call(
        line.store, wish.handle, by=partner, reason="to call", at=EVENING, through="t"
    )
    assert (shown, phone) == (wish, WORKER)
    with pytest.raises(NotFound):
        await number_to_call(
            line.store, wish.handle, by=member, reason="x", at=EVENING, through="t"
        )
    await call_was_made(
        line.store, wish.handle, by=partner, note="Spoke.", at=EVENING, through="t"
    )
    assert await wishes(line.store, by=partner, at=EVENING) == ()
    assert (await verify(line.store)).problems == []


async def test_without_a_voice_a_tone_and_the_beep(store: Store) -> None:
    """Bengali in Bangladesh has no right voice: closed, and yet recorded."""
    async with telephone(store, allow_synthetic_prompts=False) as line:
        ready = (await line.client.get("/readyz")).json()
        assert f"{DHAKA_LINE} bn" in ready["closed_voices"]
        assert ready["ready"] is True
        caller = await line.ring(WORKER, DHAKA_LINE)
        assert await caller.listen() is Wanted.KEYS
        for _ in range(3):
            await caller.wait()  # nobody could offer Bengali
        assert await caller.listen() is Wanted.VOICE
        assert prompts_of(caller.heard)[-2:] == ["tone", "beep"]
        await caller.speak(125, then="limit")
        assert await caller.listen() is Wanted.VOICE, "a long story goes on"
        await caller.speak(6, then="hang_up")
        await line.clock.drain()
        assert (await line.case())["language"] == "bn"
        assert len(await line.recordings()) == 2


async def test_a_voice_is_kept_while_nothing_can_be_written(
    line: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with out_of_order(line.store, monkeypatch):
        caller = await line.ring(WORKER, ENGLISH_LINE)
        assert await caller.listen() is Wanted.VOICE
        assert "out_of_order" in prompts_of(caller.heard)
        await caller.speak(8, then="hang_up")
        await line.clock.drain()
    assert await line.cases() == []
    carrier = Carrier(line)
    await carrier.live(300)
    (recording,) = await line.recordings()
    assert recording["state"] == "kept"
    assert recording["case_id"] == (await line.case())["id"]


async def test_a_speaker_records_prompts_by_phone(store: Store) -> None:
    await add_number(store, STUDIO_LINE, "studio")
    code = store.keyring.pin_hash("studio", "424242")
    async with store.transaction() as tx:
        lent = StudioPass("bn", "Salma")
        await open_studio(tx, code, lent, at=EVENING, to=EVENING + timedelta(days=1))
    async with telephone(store) as line:
        line.network.numbers[STUDIO_LINE] = NumberConfig(
            voice_url=f"{BASE}/twilio/voice"
        )
        caller = await line.ring("+8801999999999", STUDIO_LINE)
        await caller.press("111111")
        await caller.press("424242")
        assert await caller.listen() is Wanted.VOICE
        await caller.speak(3)  # sentence 1
        await caller.press("1")  # keep it
        await caller.speak(3)  # sentence 2
        await caller.press("2")  # once more
        await caller.speak(4)
        await caller.press("1")
        await caller.speak(2)  # sentence 3, and down
        await caller.hang_up()
        await line.clock.drain()
        carrier = Carrier(line)
        await carrier.bring_home()
        sounds = Sounds(manifest(), catalog(), PROMPTS, allow_synthetic=False)
        assert await take_prompts(store, sounds, at=line.clock.now()) == 2
        async with store.transaction() as tx:
            book = await sounds.now(tx)
        for prompt in book.script("bn")[:2]:
            found = book.sound(prompt, "bn")
            assert found is not None
            assert (found.voice, found.status) == ("Salma", "recorded")
        assert await line.cases() == []
        assert await take_prompts(store, sounds, at=line.clock.now()) == 0


async def test_the_partner_is_asked_to_write_a_voice_down(line: Telephone) -> None:
    number, _ = await a_spoken_case(line)
    rows = await line.store.pool.fetch(
        "SELECT p.name FROM outbox o JOIN person p ON p.id::text = o.recipient_key"
        " WHERE o.template = 'voice_new'"
    )
    assert number
    assert {row["name"] for row in rows} == {"partner-bd", "partner-bd-2"}


async def test_a_message_read_aloud_is_played_where_no_voice_could_read_it(
    line: Telephone,
) -> None:
    """Bengali in Bangladesh: no machine may read it, and a person may have."""
    caller = await line.ring(WORKER, DHAKA_LINE)
    await caller.press("1")
    number, pin = await to_the_pin(caller)
    await caller.press(pin)
    await caller.press("3")
    await line.clock.advance(3600)
    loud = array("h", [9000, -9000] * 4000)
    for voice, heard in ((None, "message_unread"), (voiced(to_wav(loud)), "replay")):
        await act_on_case(
            line.store,
            number,
            Tell(note="রবিবার টাকা আসবে।"),
            by="partner-bd@example.org",
            at=line.clock.now(),
            voice=voice,
        )
        await line.clock.advance(60)
        asking = await line.ring(WORKER, DHAKA_LINE)
        for keys in ("1", "9", number, pin, "1"):
            await asking.press(keys)
        await asking.listen()
        said = asking.upcoming
        assert heard in prompts_of(said)
        await asking.hang_up()
        await line.clock.advance(60)
    (played,) = [each.what for each in said if "/replay/" in each.what]
    answer = await line.client.get(played.removeprefix(BASE))
    assert (answer.status_code, answer.content[:4]) == (200, b"RIFF")
    guessed = played.removeprefix(BASE).replace("-", "-0", 1)
    assert (await line.client.get(guessed)).status_code == 404
    partner = await person(line.store, "partner-bd")
    heard_by_partner = await listen(
        line.store, number, by=partner, reason="x", at=line.clock.now(), through="t"
    )
    assert len(heard_by_partner) == 1, "a message to the worker is no worker's voice"
    assert (await verify(line.store)).problems == []


def test_a_message_that_cannot_be_played_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be played"):
        voiced(b"no sound at all")


async def test_a_case_that_was_opened_while_the_step_waited_is_locked(
    line: Telephone,
) -> None:
    """Report and step come at once: whoever is second must hold the case too."""
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await caller.press("1")
    tag = line.store.keyring.call_tag(caller.sid)
    phone = line.store.keyring.phone_tag(WORKER)
    at = line.clock.now()
    async with line.store.transaction() as first:
        await calls.lock(first, tag, phone, at)

        async def second() -> bool:
            async with line.store.transaction() as tx:
                await calls.lock(tx, tag, phone, at)
                number = await tx.connection.fetchval("SELECT number FROM cases")
                async with line.store.transaction() as sweep:
                    taken = await sweep.connection.fetchval(
                        "SELECT 1 FROM cases WHERE number = $1 FOR UPDATE SKIP LOCKED",
                        number,
                    )
                return taken is None

        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.3)  # it waits for the call by now
        await first.connection.execute(
            "INSERT INTO cases (id, number, pin_hash, data_key, phone_tag, country,"
            " category, severity, state, route, language, channel, hotline,"
            " policy_version, opened_at, detail) VALUES (gen_random_uuid(), '12345670',"
            " '', '', $1, 'BD', 'OTHR', 'S3', 'received', 'partner', 'en', 'voice', '',"
            " '2026-01-01', $2, '{}')",
            phone,
            at,
        )
        await first.connection.execute(
            "UPDATE call SET case_id = (SELECT id FROM cases) WHERE tag = $1", tag
        )
    assert await waiting
