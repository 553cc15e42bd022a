"""The worker's side of a call's story: fetching, deleting, finding, calling."""

from dataclasses import dataclass, field

import httpx

from app.actions.hear_recording import hear_recording
from app.actions.keep_recordings import keep_due
from app.actions.reconcile_recordings import Memory, reconcile
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_recordings import TwilioRecordings
from app.gateways.twilio_voice import TwilioVoice
from app.outbox.settlement import GatewayError
from tests.calls.telephone import ACCOUNT, BASE, TOKEN, Telephone

API = "https://api.twilio.com"


@dataclass
class Carrier:
    """Our worker's hands at the carrier's API, on the line's own clock."""

    line: Telephone
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(app=self.line.network.rest)
        self.client = httpx.AsyncClient(transport=transport, base_url=API)
        http = HttpxTwilio("", self.client)
        self.recordings = TwilioRecordings(
            http, api_base="", account_sid=ACCOUNT, auth_token=TOKEN, client=self.client
        )
        self.voice = TwilioVoice(
            http, account_sid=ACCOUNT, auth_token=TOKEN, public_base_url=BASE
        )

    async def bring_home(self) -> None:
        """Fetch and delete whatever is due, as the worker's pulse does."""
        clock = self.line.clock.now
        while await keep_due(self.line.store, self.recordings, at_clock=clock):
            pass

    async def look_through(self) -> int:
        """Take in what the carrier knows and never told us of."""
        try:
            return await reconcile(
                self.line.store,
                self.recordings,
                hear_recording,
                at=self.line.clock.now(),
                memory=self.memory,
            )
        except GatewayError:
            return 0  # The worker looks again a minute later.

    async def live(self, seconds: float, *, every: float = 60.0) -> None:
        """Let time pass, the worker's pulses in it."""
        left = seconds
        while left > 0:
            await self.line.clock.advance(min(every, left))
            await self.bring_home()
            await self.look_through()
            await self.bring_home()
            left -= every
