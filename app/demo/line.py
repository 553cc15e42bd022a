"""The demo phone's calls over the simulated network; alone to know its interface.

Calls live in memory: at most `MOST` of them, none for longer than `LONGEST`.
"""

import asyncio
import io
import secrets
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from app.demo.captions import Audible, Captions
from app.demo.places import NUMBERS
from app.domain.errors import BadInput, Busy, NotFound
from app.runtime.settings import Settings
from app.simulator.carrier.network import (
    Caller,
    Network,
    NumberConfig,
    ScriptError,
    VirtualClock,
    Wanted,
)
from app.simulator.carrier.twiml import Gather, Record
from app.wording.sounds import Manifest

CARRIER_PATH = "/demo/carrier"
MOST = 24
LONGEST = timedelta(minutes=10)
RATE = 8000  # samples a second, of two bytes
MOST_SOUND = 2_500_000  # bytes of one recording, two and a half minutes
RINGS = 25.0  # seconds until a phone that nobody answers falls silent
_KEYS = frozenset("0123456789*#")
_MOST_KEYS = 32
_USUAL = 3.0  # seconds of a sound that nobody knows
_SOON = 0.1  # seconds: no key is pressed sooner, nor later than that before the end

Shown = dict[str, Any]
Ending = Literal["hash", "hang_up", "silence"]


@dataclass(slots=True)
class _Held:
    """One call as the page holds it."""

    caller: Caller
    captions: Captions
    at: datetime
    told: int = 0  # of what was heard
    sound: bytearray = field(default_factory=bytearray)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def seconds_into_menu(self, now: datetime) -> float | None:
        """Return how long the menu has been heard; None where none is.

        A key that comes early spares the network the rest of the prompts:
        else its clock would run ahead of the wall, and everything that is to
        happen later would wait until the wall has caught up.
        """
        menu, prompts = self.caller.waiting_at, self.caller.upcoming
        if not isinstance(menu, Gather) or not prompts:
            return None
        patience = sum(one.seconds for one in prompts) + menu.timeout - _SOON
        return min(max((now - prompts[0].at).total_seconds(), _SOON), patience)

    def skip_what_was_told(self) -> None:
        """Count what was heard of a menu as told: it was, before its key."""
        self.told = len(self.caller.heard)

    def news(self) -> list[Audible]:
        """Return what was heard since, and the prompts of the menu that waits."""
        heard = self.caller.heard[self.told :]
        self.told += len(heard)
        return [
            *(Audible(one.kind, one.what, one.seconds) for one in heard),
            *(Audible(o.kind, o.what, o.seconds, True) for o in self.caller.upcoming),
        ]


@dataclass(slots=True)
class _Ringing:
    """A call to a demo phone that waits for its owner."""

    caller: Caller
    decided: asyncio.Future[bool]


class Line:
    """What a demo phone can do with the network."""

    def __init__(
        self, network: Network, manifest: Manifest, *, now: Callable[[], datetime]
    ) -> None:
        self._network = network
        self._manifest = manifest
        self._now = now
        self._held: dict[str, _Held] = {}
        self._ringing: dict[str, tuple[str, _Ringing]] = {}
        self._keeping_up: asyncio.Task[None] | None = None
        network.on_ring = self._ring

    async def call(self, number: str, hotline: str) -> Shown:
        """Ring the hotline and listen until something is wanted."""
        self._keep_up()
        await self._clear()
        return await self._listen(self._hold(await self._network.ring(number, hotline)))

    async def keys(self, call: str, keys: str) -> Shown:
        """Press keys, one after the other, and listen on."""
        if not keys or len(keys) > _MOST_KEYS or not set(keys) <= _KEYS:
            raise BadInput("a phone has the keys 0 to 9, * and #")
        held = self._find(call)
        async with held.lock:
            with _in_order():
                into = held.seconds_into_menu(self._now())
                await held.caller.press(keys, after=into)
                held.skip_what_was_told()
            return await self._listen(call)

    async def wait(self, call: str) -> Shown:
        """Press nothing until the line gives up waiting."""
        held = self._find(call)
        async with held.lock:
            with _in_order():
                await held.caller.wait()
                held.skip_what_was_told()
            return await self._listen(call)

    async def voice(self, call: str, piece: bytes, then: Ending | None) -> Shown | None:
        """Take a piece of speech, a WAV; with `then` it is the last one."""
        held = self._find(call)
        async with held.lock:
            held.sound += samples_of(piece)
            if len(held.sound) > MOST_SOUND:
                raise BadInput("that is longer than this demo records")
            if then is None:
                return None
            spoken, held.sound = bytes(held.sound), bytearray()
            with _in_order():
                await held.caller.speak(
                    len(spoken) / RATE / 2, then=then, audio=wav_of(spoken)
                )
            if then == "hang_up":
                self._held.pop(call, None)
                return None
            return await self._listen(call)

    async def hang_up(self, call: str) -> None:
        """End the call; one that is over already is none."""
        held = self._held.pop(call, None)
        if held is not None:
            async with held.lock:
                await held.caller.hang_up()

    def ringing(self, number: str) -> Shown | None:
        """Return the call that rings on this phone now."""
        self._keep_up()
        found = self._ringing.get(number)
        if found is None or found[1].caller.is_over:
            return None
        return {"call": found[0], "from": found[1].caller.call.sender}

    async def answer(self, number: str, call: str) -> Shown:
        """Answer what rings and listen."""
        ringing = self._take(number, call)
        await self._clear()
        ringing.decided.set_result(True)
        with _in_order():
            await ringing.caller.answer()
        return await self._listen(self._hold(ringing.caller))

    def reject(self, number: str, call: str) -> None:
        self._take(number, call).decided.set_result(False)

    # ------------------------------------------------------------- inside

    async def _ring(self, caller: Caller) -> None:
        """Ring on a demo phone until its owner decides or time is up."""
        number = caller.call.to
        if number in self._ringing or self._is_talking(number):
            await caller.busy()
            return
        decided = asyncio.get_running_loop().create_future()
        ringing = _Ringing(caller, decided)
        self._ringing[number] = (secrets.token_hex(8), ringing)
        try:
            is_answered = await asyncio.wait_for(decided, RINGS)
        except TimeoutError:
            await caller.let_ring()
            return
        finally:
            self._ringing.pop(number, None)
        if not is_answered:
            await caller.busy()

    def _take(self, number: str, call: str) -> _Ringing:
        found = self._ringing.get(number)
        if found is None or found[0] != call or found[1].decided.done():
            raise NotFound("it rings no more")
        del self._ringing[number]
        return found[1]

    def _is_talking(self, number: str) -> bool:
        return any(
            number in (held.caller.call.sender, held.caller.call.to)
            for held in self._held.values()
        )

    def _hold(self, caller: Caller) -> str:
        call = secrets.token_hex(8)
        self._held[call] = _Held(caller, Captions(self._manifest), self._now())
        return call

    def _find(self, call: str) -> _Held:
        held = self._held.get(call)
        if held is None:
            raise NotFound("this call is over")
        return held

    async def _listen(self, call: str) -> Shown:
        held = self._find(call)
        with _in_order():
            wanted = await held.caller.listen()
        if wanted is Wanted.NOTHING:
            self._held.pop(call, None)
        return {
            "call": call,
            "said": held.captions.of(held.news()),
            "wanted": _wanted(held.caller),
        }

    async def _clear(self) -> None:
        """Hang up what was forgotten, and make room for one more."""
        oldest_first = sorted(self._held, key=lambda call: self._held[call].at)
        over = [c for c in oldest_first if self._now() - self._held[c].at > LONGEST]
        over += oldest_first[: max(0, len(oldest_first) - MOST + 1)]
        for call in dict.fromkeys(over):
            await self.hang_up(call)
        if len(self._held) >= MOST:
            raise Busy("too many calls at once")

    def _keep_up(self) -> None:
        """Let the network's clock follow the wall's, from the first use on."""
        if self._keeping_up is None or self._keeping_up.done():
            self._keeping_up = asyncio.create_task(self._network.clock.keep_up())


@contextmanager
def _in_order() -> Iterator[None]:
    """What a call has no place for, because it ended or went on, is not found."""
    try:
        yield
    except ScriptError:
        raise NotFound("the call has gone on without that") from None


def _wanted(caller: Caller) -> Shown:
    match caller.waiting_at:
        case Gather() as gather:
            return {
                "wanted": "keys",
                "num_digits": gather.num_digits,
                "finish_on_key": gather.finish_on_key,
                "timeout": gather.timeout,
            }
        case Record() as record:
            return {
                "wanted": "voice",
                "finish_on_key": record.finish_on_key,
                "timeout": record.timeout,
                "max_seconds": record.max_length,
            }
    return {"wanted": "nothing", "status": caller.status}


def network_of(
    settings: Settings,
    client: httpx.AsyncClient,
    manifest: Manifest,
    *,
    now: Callable[[], datetime],
) -> Network:
    """Return the network around this demo; its API is to be had at `CARRIER_PATH`.

    `client` reaches the demo itself. The seed is another one each time, for
    the demo remembers the ids of calls for longer than this process lives.
    """
    public = settings.public_base_url.rstrip("/")
    network = Network(
        account_sid=settings.twilio_account_sid,
        auth_token=next(iter(settings.twilio_auth_tokens), ""),
        client=client,
        public_base_url=public,
        clock=VirtualClock(now(), wall=now),
        seed=secrets.randbits(64),
        length_of=_lengths(manifest),
        api_base=public + CARRIER_PATH,
    )
    for row in NUMBERS:
        network.numbers[row[0]] = NumberConfig(
            voice_url=f"{public}/twilio/voice",
            voice_fallback_url=f"{public}/twilio/voice/fallback",
            status_callback=f"{public}/twilio/voice/status",
            sms_url=f"{public}/twilio/sms",
        )
    return network


def _lengths(manifest: Manifest) -> Callable[[str], float]:
    sounds = (*manifest.synthetic.values(), *manifest.recorded.values())
    seconds = {sound.name: sound.seconds for sound in sounds}
    return lambda url: seconds.get(urlsplit(url).path.rsplit("/", 1)[-1], _USUAL)


def samples_of(piece: bytes) -> bytes:
    """Return a WAV's samples; raise BadInput unless it is 8 kHz, 16 bit, mono."""
    try:
        with wave.open(io.BytesIO(piece)) as file:
            form = (file.getframerate(), file.getsampwidth(), file.getnchannels())
            samples: bytes = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        raise BadInput("the sound is no WAV file") from None
    if form != (RATE, 2, 1):
        raise BadInput("the sound must be 8 kHz, 16 bit, one channel")
    return samples


def wav_of(samples: bytes) -> bytes:
    """Return a WAV file of 8 kHz, 16 bit, one channel."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
    return made.getvalue()
