"""Calls that come in and calls that are placed, and who is on the phone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from app.simulator.carrier.caller import Caller, ScriptError
from app.simulator.carrier.calls import ANONYMOUS, Call
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.recordings import Recordings

_DIAL_AFTER = 1.0  # seconds from the API's answer to the first ring


@dataclass(slots=True)
class NumberConfig:
    """What one of our numbers does; blank where nothing is set."""

    voice_url: str = ""
    voice_fallback_url: str = ""
    status_callback: str = ""
    sms_url: str = ""
    sms_fallback_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An outbound call as it is asked for through the API."""

    sender: str
    to: str
    url: str
    twiml: str
    method: str
    fallback_url: str
    status_callback: str
    events: frozenset[str]
    ring_seconds: float
    detects: str


class Desk:
    """All calls of the account, by sid."""

    def __init__(
        self,
        exchange: Exchange,
        recordings: Recordings,
        numbers: Mapping[str, NumberConfig],
        length_of: Callable[[str], float],
    ) -> None:
        self._exchange = exchange
        self._recordings = recordings
        self._numbers = numbers
        self._length_of = length_of
        self._callers: dict[str, Caller] = {}
        self.on_ring: Callable[[Caller], Awaitable[None]] | None = None

    def all(self) -> list[Caller]:
        """Return every call, oldest first."""
        return list(self._callers.values())

    def get(self, sid: str) -> Caller | None:
        return self._callers.get(sid)

    def ring(self, sender: str | None, to: str) -> Caller:
        """Let a phone dial one of our numbers; None withholds its own."""
        if to not in self._numbers:
            raise ScriptError("that is none of the network's numbers")
        number = self._numbers[to]
        return self._add(
            Call(
                sid=self._exchange.new_sid("CA"),
                order=len(self._callers) + 1,
                sender=sender or ANONYMOUS,
                to=to,
                direction="inbound",
                created_at=self._exchange.clock.now(),
                url=number.voice_url,
                fallback_url=number.voice_fallback_url,
                status_callback=number.status_callback,
            )
        )

    def place(self, order: Order) -> Call:
        """Take a call through the API; it rings a second later."""
        caller = self._add(
            Call(
                sid=self._exchange.new_sid("CA"),
                order=len(self._callers) + 1,
                sender=order.sender,
                to=order.to,
                direction="outbound-api",
                created_at=self._exchange.clock.now(),
                url=order.url,
                method=order.method,
                twiml=order.twiml,
                fallback_url=order.fallback_url,
                status_callback=order.status_callback,
                events=order.events,
                ring_seconds=order.ring_seconds,
                detects=order.detects,
            )
        )

        async def dial() -> None:
            if caller.is_over:
                return
            caller.start_ringing()
            self._exchange.clock.spawn(self._ringing(caller), holds_time=False)

        self._exchange.clock.after(_DIAL_AFTER, dial)
        return caller.call

    def _add(self, call: Call) -> Caller:
        caller = Caller(self._exchange, self._recordings, call, self._length)
        self._callers[call.sid] = caller
        self._exchange.note(f"{call.sid[:8]} {call.direction}")
        return caller

    async def _ringing(self, caller: Caller) -> None:
        if self.on_ring is None:
            await caller.let_ring()
        else:
            await self.on_ring(caller)

    def _length(self, url: str) -> float:
        """Return the seconds of a sound; a recording of ours knows its own."""
        name = url.rpartition("/")[2].partition("?")[0].partition(".")[0]
        recording = self._recordings.get(name)
        return self._length_of(url) if recording is None else recording.seconds
