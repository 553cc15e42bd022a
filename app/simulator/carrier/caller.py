"""One phone in one call: what it hears, and what its keys and voice do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from urllib.parse import urljoin

from app.domain.errors import ThreadlineError
from app.simulator.carrier.calls import Call
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.leg import Heard, HungUp, Leg
from app.simulator.carrier.recordings import Recordings
from app.simulator.carrier.twiml import Gather, Pause, Play, Record, Say

Then = Literal["hash", "silence", "hang_up", "limit"]

_BETWEEN_KEYS = 0.25  # seconds
_HELLO_SECONDS = 8.0  # how long an answering machine talks
_HUNG_UP = "hangup"  # as Twilio has it in `Digits`


class Wanted(StrEnum):
    """What the line waits for."""

    KEYS = "keys"
    VOICE = "voice"
    NOTHING = "nothing"  # the call is over


class ScriptError(ThreadlineError):
    """A person does what this call has no place for."""


class Caller(Leg):
    """A person on the phone. Nothing happens unless one of its verbs is called.

    `listen` stops at the beginning of a `<Gather>`, before its prompts, so
    that a key can cut them; `upcoming` has what they will be.
    """

    def __init__(
        self,
        exchange: Exchange,
        recordings: Recordings,
        call: Call,
        length_of: Callable[[str], float],
    ) -> None:
        super().__init__(exchange, call, length_of)
        self._recordings = recordings

    @property
    def sid(self) -> str:
        return self.call.sid

    @property
    def status(self) -> str:
        return self.call.status

    @property
    def wanted(self) -> Wanted:
        """What `listen` returned last."""
        if self.is_over or self._at is None:
            return Wanted.NOTHING
        return Wanted.KEYS if isinstance(self._at, Gather) else Wanted.VOICE

    @property
    def waiting_at(self) -> Gather | Record | None:
        """The verb that waits for this phone, with its limits."""
        return None if self.is_over else self._at

    @property
    def upcoming(self) -> list[Heard]:
        """What will be heard while keys are wanted, unless a key cuts it."""
        if self.is_over or not isinstance(self._at, Gather):
            return []
        found, at = [], self._since
        for prompt in self._at.prompts:
            seconds = self.seconds_of(prompt)
            match prompt:
                case Play(_, _, digits) if digits:
                    found.append(Heard(at, "tone", digits, seconds))
                case Play(url):
                    found.append(Heard(at, "play", urljoin(self._url, url), seconds))
                case Say(text):
                    found.append(Heard(at, "say", text, seconds))
                case Pause():
                    found.append(Heard(at, "pause", "", seconds))
            at += timedelta(seconds=seconds)
        return found

    async def listen(self) -> Wanted:
        """Hear the line out until it wants something or is dead."""
        with self._acting():
            self._is_answered()
            await self._walk()
        return self.wanted

    async def press(self, keys: str, *, after: float | None = None) -> None:
        """Press keys at a `<Gather>`, the first `after` seconds into it.

        Without `after` they come when the prompts have ended. A key during a
        `<Record>` ends it, or does nothing.
        """
        with self._acting():
            self._is_answered()
            await self._walk()
            if isinstance(self._at, Record):
                await self._record(self._at, after or 0.0, "key", key=keys[:1])
            elif isinstance(self._at, Gather) and not self.is_over:
                await self._collect(self._at, keys, after)
            else:
                raise ScriptError("nobody wants a key: the call is over")

    async def wait(self) -> None:
        """Stay silent until the line stops waiting."""
        with self._acting():
            self._is_answered()
            await self._idle()

    async def speak(
        self, seconds: float, *, then: Then = "hash", audio: bytes | None = None
    ) -> None:
        """Speak at a `<Record>`; raise `ScriptError` where none listens.

        `audio` is what the carrier keeps, instead of a tone as long as that.
        """
        with self._acting():
            self._is_answered()
            await self._walk()
            if not isinstance(self._at, Record):
                raise ScriptError(f"nobody listens: the line wants {self.wanted}")
            key = "#" if then == "hash" else ""
            await self._record(self._at, seconds, then, key=key, audio=audio)
            if then == "hang_up":
                await self._put_down()

    async def hang_up(self, *, after: float | None = None) -> None:
        """Hang up now, or after so many silent seconds, wherever that is.

        An inbound call that is not answered yet has rung all the same.
        """
        if self.is_over:
            return
        if after is not None:
            now = self._exchange.clock.now()
            self._hangs_up_at = now + timedelta(seconds=after)
            with self._acting():
                while not self.is_over:
                    await self._idle()
        with self._acting():
            await self._put_down()

    async def answer(self) -> None:
        """Take the call, as a person."""
        await self._take("human" if self.call.detects else "")

    async def machine(self) -> None:
        """Let an answering machine take it."""
        detects = self.call.detects
        with self._acting():
            if detects == "DetectMessageEnd":
                await self._pass(_HELLO_SECONDS)
        await self._take({"": "", "Enable": "machine_start"}.get(detects, _MESSAGE_END))

    async def let_ring(self) -> None:
        """Let it ring until the carrier gives up."""
        with self._acting():
            self._is_ringing()
            await self._pass(self.call.ring_seconds)
            self._end("no-answer")

    async def busy(self) -> None:
        """Be engaged, or push the call away."""
        with self._acting():
            self._is_ringing()
            self._end("busy")

    async def fail(self) -> None:
        """Be a number that no network can reach."""
        with self._acting():
            self._is_ringing()
            self._end("failed")

    def end_by_carrier(self, status: str) -> None:
        """End it from the network's side, as its API can."""
        self._end(status)

    def start_ringing(self) -> None:
        """Ring at the phone that is called."""
        self.call.status = "ringing"
        self.call.started_at = self._exchange.clock.now()
        self._note("rings")
        self._tell("initiated")
        self._tell("ringing")

    @contextmanager
    def _acting(self) -> Iterator[None]:
        with self._exchange.clock.acting():
            try:
                yield
            except HungUp:
                self._note("hung up in the midst")
                if self._is_too_long():
                    self._end("completed")

    async def _take(self, by: str) -> None:
        with self._acting():
            self._is_ringing()
            self.call.answered_by = by
            self._answered()

    def _is_ringing(self) -> None:
        if self.call.direction == "inbound" or self.call.status != "ringing":
            raise ScriptError("this phone does not ring")

    def _is_answered(self) -> None:
        if self.call.direction != "inbound" and self.call.status == "ringing":
            raise ScriptError("this phone rings: answer it first")

    async def _put_down(self) -> None:
        if self.is_over:
            return
        if self.call.answered_at is None:
            if not self._has_asked and self.call.direction == "inbound":
                self.call.status = "ringing"
                await self._post_last(self.call.url, self.call.method, {})
            self._end("no-answer" if self.call.direction == "inbound" else "busy")
        elif isinstance(self._at, Record):
            await self._record(self._at, 0.0, "hang_up")
        else:
            self._end("completed")

    async def _idle(self) -> None:
        await self._walk()
        if isinstance(self._at, Gather):
            await self._collect(self._at, "", None)
        elif isinstance(self._at, Record):
            await self._record(self._at, 0.0, "silence")

    async def _collect(self, gather: Gather, keys: str, after: float | None) -> None:
        first = None if after is None else self._since + timedelta(seconds=after)
        for prompt in gather.prompts:
            if not await self._hear(prompt, first):
                break
        gives_up = self._exchange.clock.now() + timedelta(seconds=gather.timeout)
        if keys and first is not None and first <= gives_up:
            await self._pass_until(first)
        elif not keys or first is not None:
            if keys:
                self._note("the keys came after the time-out")
            await self._pass_until(gives_up)
            await self._gathered(gather, "", "")
            return
        await self._press(gather, keys)

    async def _press(self, gather: Gather, keys: str) -> None:
        """Press them one by one until the line has heard enough."""
        self._jumps = 0
        digits, finish = "", gather.finish_on_key
        for number, key in enumerate(keys, 1):
            if number > 1:
                await self._pass(_BETWEEN_KEYS)
            if key != finish:
                digits += key
            if key == finish or len(digits) == gather.num_digits:
                if lost := len(keys) - number:
                    self._note(f"{lost} keys too many")
                await self._gathered(gather, digits, key if key == finish else "")
                return
        await self._pass(gather.timeout)
        await self._gathered(gather, digits, "")

    async def _gathered(self, gather: Gather, digits: str, finish: str) -> None:
        """Hand the keys on, or fall through where there are none.

        Where nothing was pressed `Digits` is absent; where only the finishing
        key was, it is blank. A service has to take both.
        """
        self._at = None
        self._note(f"{len(digits)} keys")
        if not digits and not gather.acts_on_empty:
            return
        extra = {"Digits": digits} if digits or finish else {}
        extra |= {"FinishedOnKey": finish, "msg": "Gather End"}
        await self._fetch(gather.action, gather.method, extra)

    async def _record(
        self,
        verb: Record,
        seconds: float,
        then: Then | Literal["key"],
        *,
        key: str = "",
        audio: bytes | None = None,
    ) -> None:
        since, self._at = self._since, None
        self._jumps = 0
        limit = since + timedelta(seconds=verb.max_length)
        speaks = verb.max_length if then == "limit" else seconds
        stops = min(limit, since + timedelta(seconds=speaks))
        digits = ""
        try:
            await self._pass_until(stops)
            if stops < limit:
                digits = await self._end_of_speech(verb, then, key, limit)
        except HungUp:
            digits = _HUNG_UP
        ended = self._exchange.clock.now()
        spoken = (min(stops, ended) - since).total_seconds()
        if then == "key":
            spoken = 0.0
        if digits == _HUNG_UP:
            self._end("completed")
        recording = self._recordings.take(
            self.call,
            verb,
            spoken=spoken,
            # A given sound is as long as it is, whatever the clock says meanwhile.
            length=spoken
            if verb.trims or audio is not None
            else (ended - since).total_seconds(),
            started_at=since,
            audio=audio,
            callback=urljoin(self._url, verb.callback) if verb.callback else "",
        )
        if recording.error_code:
            return
        extra = {
            "RecordingUrl": self._recordings.url(recording.sid),
            "RecordingSid": recording.sid,
            "RecordingDuration": str(recording.seconds),
        }
        if digits:
            extra["Digits"] = digits
        if digits == _HUNG_UP:
            await self._post_last(verb.action, verb.method, extra)
        else:
            await self._fetch(verb.action, verb.method, extra)

    async def _end_of_speech(
        self, verb: Record, then: str, key: str, limit: datetime
    ) -> str:
        """Return `Digits`: the key, `hangup`, or nothing after a silence."""
        if then == "hang_up":
            return _HUNG_UP
        if key and key in verb.finish_on_key:
            return key
        silence = self._exchange.clock.now() + timedelta(seconds=verb.timeout)
        await self._pass_until(min(silence, limit) if verb.timeout else limit)
        return ""


_MESSAGE_END = "machine_end_beep"
