"""What a line does beside a plain call, from the phone to the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.actions.act_on_case import act_on_case
from app.actions.call_back import call_was_made, number_to_call, wishes
from app.actions.deliver import deliver_due
from app.actions.import_directory import import_directory
from app.actions.play_back import listen
from app.actions.take_studio import take_prompts
from app.conversation.calls.spoken import PROMPTS
from app.directory_files.kinds import Kind
from app.domain.commands import Acknowledge, Resolve, Start, Summarise, Tell, Transcribe
from app.domain.directory import Person
from app.domain.errors import Busy, NotFound, Refused
from app.gateways.send import Gateways
from app.simulator.carrier.network import Caller, NumberConfig, Wanted
from app.simulator.sign import signature
from app.store.engine import Store
from app.store.ledger import verify
from app.store.prompts import Sounds, StudioPass, open_studio
from tests.builders import GAZIPUR
from tests.calls.carrier import Carrier
from tests.calls.telephone import (
    ACCOUNT,
    BASE,
    EVENING,
    TOKEN,
    WORKER,
    Telephone,
    catalog,
    manifest,
    prompts_of,
    spoken_numbers,
    telephone,
)
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, IMPORTED, as_csv

MISSED_LINE, STUDIO_LINE = "+15550100777", "+15550100666"
MORNING = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)  # 15:00 in Dhaka


async def add_number(store: Store, number: str, voice: str) -> None:
    row = (number, "BD", "twilio", "bn;en", "no", voice, "", "")
    await import_directory(
        store, Kind.NUMBERS, as_csv(Kind.NUMBERS, [row]), at=IMPORTED
    )


async def person(store: Store, name: str) -> Person:
    directory = await store.directory()
    return next(p for p in directory.people if p.name == name)


class Rung:
    """What the carrier rings on our behalf."""

    def __init__(self, line: Telephone) -> None:
        self.calls: list[Caller] = []
        line.network.on_ring = self.ring

    async def ring(self, caller: Caller) -> None:
        self.calls.append(caller)


async def deliver(line: Telephone, carrier: Carrier) -> None:
    """Send what is owed now, calls through the carrier, mails to nobody."""

    class NoMail:
        async def send(self, parcel: Any) -> Any:
            from app.outbox.owed import Receipt

            return Receipt("mail")

        async def aclose(self) -> None: ...

    gateways = Gateways(
        sms=None,
        mail=NoMail(),
        webhook=None,
        voice=carrier.voice,  # type: ignore[arg-type]
    )
    while await deliver_due(line.store, gateways, catalog(), at_clock=line.clock.now):
        pass
    await line.clock.advance(5)


async def a_spoken_case(line: Telephone, *, reach: str = "1") -> tuple[str, str]:
    """Speak on the English line about pay in Gazipur; return number and PIN."""
    caller = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("1", None, "1", "4", GAZIPUR, "1", "2"):
        if keys is None:
            await caller.speak(9)
        else:
            await caller.press(keys)
    await caller.listen()
    number, pin = spoken_numbers(prompts_of(caller.upcoming))
    await caller.press(pin)
    await caller.press(reach)
    if reach != "3":
        await caller.press("4")
    await caller.listen()
    assert caller.is_over
    return number, pin


# --------------------------------------------------------------- one step, once


async def post(line: Telephone, path: str, **form: str) -> bytes:
    """Post one signed form about a call, as the carrier does."""
    whole = {
        "CallSid": "CA" + "1" * 32,
        "AccountSid": ACCOUNT,
        "From": WORKER,
        "To": ENGLISH_LINE,
        "CallStatus": "in-progress",
        "Direction": "inbound",
        **form,
    }
    signed = {"X-Twilio-Signature": signature(f"{BASE}{path}", whole, TOKEN)}
    answer = await line.client.post(path, data=whole, headers=signed)
    assert answer.status_code in (200, 204), answer.status_code
    return answer.content


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


# ------------------------------------------------------------------ who may hear


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


# --------------------------------------------------------------- a missed call


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


# ------------------------------------------------------------- news, by a call


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


# ---------------------------------------------------------- a person calls back


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


# ------------------------------------------------------------------ no voice


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


# ------------------------------------------------------------- out of order


@asynccontextmanager
async def out_of_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    @asynccontextmanager
    async def busy(*_: Any) -> AsyncIterator[Any]:
        raise Busy("down")
        yield

    with monkeypatch.context() as broken:
        broken.setattr(Store, "transaction", busy)
        yield


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


# ---------------------------------------------------------------- the studio


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


# ------------------------------------------------------- many people, one phone


async def to_the_pin(caller: Caller) -> tuple[str, str]:
    """Speak and leave out every question; return number and PIN."""
    await caller.press("1")
    await caller.speak(9)
    for keys in ("1", "#", "#", "#"):
        await caller.press(keys)
    await caller.listen()
    return spoken_numbers(prompts_of(caller.upcoming))


async def test_a_call_that_goes_on_is_nobody_elses(line: Telephone) -> None:
    """A switchboard shows one number for many: each has a call of their own."""
    first = await line.ring(WORKER, ENGLISH_LINE)
    await to_the_pin(first)
    second = await line.ring(WORKER, ENGLISH_LINE)
    await second.listen()
    assert prompts_of(second.upcoming)[0] == "welcome"


async def test_what_was_said_once_is_not_said_to_who_rings_next(
    line: Telephone,
) -> None:
    """Neither number and PIN, nor may a "no" bring it nearer to the factory."""
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await to_the_pin(caller)
    await caller.hang_up()
    await line.clock.advance(60)
    other = await line.ring(WORKER, ENGLISH_LINE)
    await other.press("1")
    await other.listen()
    assert "pin_is" not in prompts_of(other.heard + other.upcoming)
    assert other.is_over


async def test_a_no_on_a_resumed_call_waits_for_the_partner(line: Telephone) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await caller.press("1")
    await caller.speak(9, then="hang_up")
    await line.clock.advance(60)
    other = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("1", "1", "4", GAZIPUR, "1", "2"):
        await other.press(keys)
    await other.hang_up()
    assert (await line.case())["route"] == "partner"
    assert "conflict" not in await line.detail()


async def test_a_late_report_wakes_nothing_that_is_over(line: Telephone) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await caller.press("1")
    await caller.speak(9, then="hang_up")
    await line.clock.advance(60)
    again = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("1", "1", "#", "#", "#"):
        await again.press(keys)
    await again.listen()
    _, pin = spoken_numbers(prompts_of(again.upcoming))
    await again.press(pin)
    await again.press("3")
    await line.clock.advance(3600)
    late = {"CallSid": caller.sid, "RecordingSid": "RE" + "2" * 32}
    told = {"RecordingStatus": "completed", "RecordingDuration": "4", **late}
    await post(line, "/twilio/voice/recording", **told)
    third = await line.ring(WORKER, ENGLISH_LINE)
    await third.listen()
    assert prompts_of(third.upcoming)[0] == "welcome"
    assert len(await line.cases()) == 1
    assert len(await line.recordings()) == 2


async def test_a_stranger_who_guesses_makes_no_other_phone_wait(
    line: Telephone,
) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    number, pin = await to_the_pin(caller)
    await caller.hang_up()
    for count in range(4):
        guesser = await line.ring("+8801999999999", ENGLISH_LINE)
        await guesser.press("9")
        for guess in range(3):
            await guesser.press(number)
            await guesser.press(f"{count}{guess}0000")
        await guesser.hang_up()
    borrowed = await line.ring("+8801777777777", ENGLISH_LINE)
    for keys in ("9", number, pin):
        await borrowed.press(keys)
    await borrowed.listen()
    assert prompts_of(borrowed.upcoming)[0] == "status_received"


async def test_two_workers_of_one_phone_may_both_be_called(line: Telephone) -> None:
    for part in ("1", "3"):
        caller = await line.ring(WORKER, ENGLISH_LINE)
        await caller.press("0")
        await caller.press(part)
        await caller.hang_up()
        await line.clock.advance(3600)
    partner = await person(line.store, "partner-bd")
    found = await wishes(line.store, by=partner, at=line.clock.now())
    assert [wish.part for wish in found] == ["morning", "evening"]


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


async def test_the_partner_is_asked_to_write_a_voice_down(line: Telephone) -> None:
    number, _ = await a_spoken_case(line)
    rows = await line.store.pool.fetch(
        "SELECT p.name FROM outbox o JOIN person p ON p.id::text = o.recipient_key"
        " WHERE o.template = 'voice_new'"
    )
    assert number
    assert {row["name"] for row in rows} == {"partner-bd", "partner-bd-2"}
