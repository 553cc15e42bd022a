"""The telephone network in a box.

Calls and texts go in here, webhooks go out to the service under test, and the
carrier's API answers at `Network.rest`. Same seed, plan and script: same sids,
same failures. A service that remembers for longer than the network lives must
meet another seed each time, or it meets sids that it knows.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
from starlette.applications import Starlette

from app.simulator.carrier.caller import Caller, ScriptError, Wanted
from app.simulator.carrier.clock import VirtualClock
from app.simulator.carrier.desk import Desk, NumberConfig
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.faults import FaultPlan
from app.simulator.carrier.leg import APPLICATION_ERROR, Heard
from app.simulator.carrier.messages import Message, Messages
from app.simulator.carrier.recordings import Recording, Recordings
from app.simulator.carrier.rest import build_rest
from app.simulator.carrier.somleng import SOMLENG
from app.simulator.carrier.webhooks import Wire

__all__ = [
    "APPLICATION_ERROR",
    "Caller",
    "FaultPlan",
    "Heard",
    "Network",
    "NumberConfig",
    "ScriptError",
    "VirtualClock",
    "Wanted",
]

API_BASE = "https://api.twilio.com"

_USUAL_SECONDS = 3.0  # of a sound file


class Network:
    """A carrier with one account.

    Webhooks under `public_base_url` are signed as such and go through
    `client`, to their path where it has a base URL. `length_of` gives the
    seconds of a sound file by its URL; `api_base` is where webhooks say that
    recordings are. `flavour` is "somleng" for that platform's calls and texts.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        client: httpx.AsyncClient,
        public_base_url: str,
        clock: VirtualClock,
        seed: int = 0,
        faults: FaultPlan | None = None,
        length_of: Callable[[str], float] | None = None,
        api_base: str = API_BASE,
        flavour: str = "twilio",
    ) -> None:
        self.clock = clock
        self.numbers: dict[str, NumberConfig] = {}
        self._exchange = Exchange(
            Wire(client, public_base_url=public_base_url, auth_token=auth_token),
            account_sid=account_sid,
            auth_token=auth_token,
            api_base=api_base,
            clock=clock,
            seed=seed,
            plan=faults or FaultPlan(),
            is_somleng=flavour == SOMLENG,
        )
        self._recordings = Recordings(self._exchange)
        self._messages = Messages(self._exchange)
        self._desk = Desk(
            self._exchange,
            self._recordings,
            self.numbers,
            length_of or (lambda _url: _USUAL_SECONDS),
        )
        self.rest: Starlette = build_rest(
            self._exchange, self._desk, self._messages, self._recordings, self.numbers
        )

    async def ring(self, sender: str | None, to: str) -> Caller:
        """Let a phone dial one of `numbers`; a sender of None is withheld.

        Nothing is asked of the service before the caller's first verb.
        """
        return self._desk.ring(sender, to)

    async def text(
        self,
        sender: str,
        to: str,
        body: str,
        *,
        message_sid: str | None = None,
        times: int = 1,
    ) -> list[str]:
        """Send a text to one of `numbers`; return what comes back to the phone.

        STOP, START and HELP are answered by the carrier too. `times` posts
        the same text again and again; the first answer is the one that counts.
        """
        if to not in self.numbers:
            raise ScriptError("that is none of the network's numbers")
        number = self.numbers[to]
        with self.clock.acting():
            text = self._messages.receive(sender, to, body, message_sid=message_sid)
            back = self._messages.canned(body)
            for turn in range(times if number.sms_url else 0):
                replies = await self._messages.post(
                    text, number.sms_url, number.sms_fallback_url
                )
                if turn == 0:
                    back += [r for r in replies if self._messages.reply(sender, to, r)]
        return back

    @property
    def on_ring(self) -> Callable[[Caller], Awaitable[None]] | None:
        """Who answers outbound calls; without anybody they ring out."""
        return self._desk.on_ring

    @on_ring.setter
    def on_ring(self, called: Callable[[Caller], Awaitable[None]] | None) -> None:
        self._desk.on_ring = called

    @property
    def on_text(self) -> Callable[[Message], Awaitable[None]] | None:
        """What is told when one of our texts reaches a phone."""
        return self._messages.on_text

    @on_text.setter
    def on_text(self, told: Callable[[Message], Awaitable[None]] | None) -> None:
        self._messages.on_text = told

    @property
    def log(self) -> list[tuple[datetime, str]]:
        """Everything that happened, with its virtual time."""
        return self._exchange.log

    @property
    def recordings(self) -> list[Recording]:
        """Every recording ever made, absent and deleted ones too."""
        return self._recordings.all()

    @property
    def messages(self) -> list[Message]:
        """Every text in and out, deleted ones too."""
        return self._messages.all()

    @property
    def callers(self) -> list[Caller]:
        """Every call ever made, in and out, oldest first."""
        return self._desk.all()

    @property
    def opted_out(self) -> set[tuple[str, str]]:
        """Pairs (phone, our number) between which no text goes out."""
        return self._messages.opted_out

    @property
    def fates(self) -> dict[str, int]:
        """Error codes by phone: 2xxxx refuses a text at once, 3xxxx later."""
        return self._messages.fates
