"""What every simulated carrier does alike: ask, try again, take, carry, report."""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import count
from random import Random
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulator.carrier.caller import ScriptError
from app.simulator.carrier.faults import Fault, Faults, Kind
from app.simulator.dialects.wires import (
    Answered,
    Asked,
    Landed,
    Phoned,
    Sent,
    Setup,
)
from app.simulator.phone import NotAnswered

Endpoint = Callable[[Request], Awaitable[Answered]]

_OF_A_DELIVERY = (Kind.LOST, Kind.TWICE, Kind.TWICE_AT_ONCE)
_OF_A_TRY = (Kind.UNREACHABLE, Kind.ANSWER_LOST)
_OF_A_REPORT = (Kind.NEVER, Kind.LATE)
_OF_A_REQUEST = (
    *(Kind.TOO_MANY, Kind.SERVER_ERROR, Kind.TIMES_OUT, Kind.DONE_BUT_ERROR),
    *(Kind.EARLY, Kind.SLOW),
)
_PATIENCE = 15.0  # seconds of the real clock
_LANDS_AFTER = 1.0  # seconds of the carrier's


class Dialect(ABC):
    """One carrier. A text that it took lands at once or never, by `fates`.

    `arrived` is what stands on the phones, in order; `refusals` what was asked
    of it in vain, in its own words.
    """

    name: ClassVar[str]
    # How long it waits, in seconds, before each further try of a text to us.
    waits: ClassVar[tuple[float, ...]] = ()
    report_waits: ClassVar[tuple[float, ...]] = ()
    can_text: ClassVar[bool] = True  # whether phones reach us through it

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.arrived = setup.arrived
        self.books: dict[str, Sent] = {}
        self.refusals: list[str] = []
        self.fates: dict[str, str] = {}  # phone -> the carrier's own code
        self.opted_out: set[str] = set()
        self._faults = Faults(setup.plan, setup.seed)
        self._names = Random(f"{setup.seed} {self.name}")  # noqa: S311 - a replay
        self._turns = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self.rest = Starlette(routes=self._routes())

    # --- What each dialect says for itself ----------------------------------

    @abstractmethod
    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        """Return the API: path -> method -> endpoint."""

    def text_request(self, _phoned: Phoned) -> Asked:
        """Return how a phone's text is handed to us, where it is."""
        raise ScriptError(f"{self.name} brings no texts")

    def call_request(self, _phoned: Phoned) -> Asked:
        """Return how a missed call is told to us, where it is."""
        raise ScriptError(f"{self.name} tells of no missed calls")

    @abstractmethod
    def report_requests(self, sent: Sent) -> Sequence[Asked]:
        """Return what is told of a text of ours, in order; none if unasked."""

    def busy(self) -> Response:
        """Return the refusal of one request too many."""
        return Response(status_code=429)

    def is_taken(self, answer: httpx.Response) -> bool:
        """Tell whether our answer ends the tries."""
        return answer.is_success

    def replies_in(self, _answer: httpx.Response) -> Sequence[str]:
        """Return the texts to the phone that our answer holds."""
        return ()

    # --- From the phone to us ------------------------------------------------

    async def text(
        self, phone: str, to: str, text: str, *, message_id: str = "", times: int = 1
    ) -> list[str]:
        """Text one of our numbers; return what came back in the same breath.

        `times` hands over the same text again and again. Raise `NotAnswered`
        where no try was taken.
        """
        phoned = Phoned(message_id or self.new_id(), phone, to, text, self.setup.now())
        back: list[str] = []
        for turn in range(times):
            answer = await self._deliver(
                self.text_request(phoned), phoned.id, self.waits
            )
            if turn == 0:
                back = list(self.replies_in(answer))
                for reply in back:
                    self._land(phone, to, reply, f"reply to {phoned.id}")
        return back

    async def ring(self, phone: str, to: str, *, call_id: str = "") -> None:
        """Let a phone ring one of our numbers and hang up."""
        phoned = Phoned(call_id or self.new_id(), phone, to, at=self.setup.now())
        await self._deliver(self.call_request(phoned), phoned.id, self.waits)

    async def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def stop(self) -> None:
        """Drop whatever is still on its way."""
        for task in self._tasks:
            task.cancel()

    def at_phone(self, phone: str) -> list[str]:
        """Return the texts that stand on a phone, oldest first."""
        return [landed.text for landed in self.arrived if landed.phone == phone]

    def new_id(self) -> str:
        """Return a fresh id of the carrier's own."""
        return f"{self._names.getrandbits(128):032x}"

    async def _deliver(
        self, asked: Asked, subject: str, waits: Sequence[float]
    ) -> httpx.Response:
        """Hand a request to us, again and again as the carrier would."""
        path = urlsplit(asked.url).path
        fault = self._faults.draw(_OF_A_DELIVERY, path, subject)
        if fault is not None and fault.kind is Kind.LOST:
            raise NotAnswered("the carrier lost it")
        last: httpx.Response | None = None
        for wait in (*(waits if self.setup.tries_again else ()), None):
            last = await self._try(asked, subject, fault)
            if last is not None and self.is_taken(last):
                return last
            if wait is not None:
                await self._rest(wait)
        if last is None:
            raise NotAnswered("the hotline does not answer: is it running?")
        raise NotAnswered(
            f"the hotline did not take it ({last.status_code}): does SMS_PROVIDERS of"
            f" its web process name {self.name}, with the same variables?"
        )

    async def _try(
        self, asked: Asked, subject: str, repeat: Fault | None
    ) -> httpx.Response | None:
        fault = self._faults.draw(_OF_A_TRY, urlsplit(asked.url).path, subject)
        if fault is not None and fault.kind is Kind.UNREACHABLE:
            return None
        if repeat is not None and repeat.kind is Kind.TWICE_AT_ONCE:
            answer, _ = await asyncio.gather(self._ask(asked), self._ask(asked))
        else:
            answer = await self._ask(asked)
        if repeat is not None and repeat.kind is Kind.TWICE:
            self._later(repeat.seconds, self._again(asked))
        return None if fault is not None else answer

    async def _again(self, asked: Asked) -> None:
        await self._ask(asked)

    async def _ask(self, asked: Asked) -> httpx.Response | None:
        """Make one request; None where it brings no answer."""
        public, client = self.setup.public_base_url.rstrip("/"), self.setup.client
        path = asked.url.removeprefix(public)
        if path == asked.url or path[:1] not in ("", "/", "?"):
            self.refusals.append("a URL that is not the hotline's")
            return None
        try:
            return await client.request(
                asked.method,
                (path or "/") if str(client.base_url) else asked.url,
                headers=dict(asked.headers),
                content=asked.content,
                timeout=_PATIENCE,
                follow_redirects=False,
            )
        except httpx.HTTPError:
            return None

    # --- From us to the phone ------------------------------------------------

    def refuse(self, answer: Response, why: str) -> Answered:
        """Refuse a request and keep why, in the carrier's words."""
        self.refusals.append(why)
        return answer, ()

    def _routes(self) -> list[Route]:
        return [
            Route(path, self._guarded(path, by_method), methods=list(by_method))
            for path, by_method in self.endpoints().items()
        ]

    def _guarded(
        self, template: str, by_method: dict[str, Endpoint]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            """Fail as planned; what was taken is carried out whatever comes back."""
            method = "GET" if request.method == "HEAD" else request.method
            subject = f"{self.name} {method} {template}"
            fault = self._faults.draw(_OF_A_REQUEST, template, subject, method)
            kind = None if fault is None else fault.kind
            if kind is Kind.TOO_MANY:
                return self.busy()
            if kind is Kind.SERVER_ERROR:
                return Response(status_code=503)
            answer, taken = await by_method[method](request)
            for sent in taken:
                self.books[sent.id] = sent
                if kind is Kind.EARLY:
                    await self._carry(sent)
                else:
                    self._later(_LANDS_AFTER, self._carry(sent))
            if fault is not None and kind is Kind.SLOW:
                await self._rest(fault.seconds)
            if kind is Kind.TIMES_OUT:
                raise httpx.ReadTimeout("the carrier's answer was lost")
            if kind is Kind.DONE_BUT_ERROR:
                return Response("<html>Bad Gateway</html>", 502, media_type="text/html")
            return answer

        return endpoint

    async def _carry(self, sent: Sent) -> None:
        """Bring a text to its phone and say so."""
        sent.fate = sent.fate or self.fates.get(sent.to, "")
        if not sent.fate:
            self._land(sent.to, sent.sender, sent.text, sent.id)
        for asked in self.report_requests(sent):
            path = urlsplit(asked.url).path
            fault = self._faults.draw(_OF_A_REPORT, path, f"{sent.id} {path}")
            if fault is None:
                await self._report(asked, sent.id)
            elif fault.kind is Kind.LATE:
                self._later(fault.seconds, self._report(asked, sent.id))

    async def _report(self, asked: Asked, subject: str) -> None:
        try:
            await self._deliver(asked, subject, self.report_waits)
        except NotAnswered:
            self.refusals.append("a report that the hotline did not take")

    def _land(self, phone: str, sender: str, text: str, carrier_id: str) -> None:
        self.arrived.append(Landed(phone, sender, text, carrier_id, self.setup.now()))

    def _later(self, seconds: float, work: Coroutine[Any, Any, None]) -> None:
        async def wait_and_do() -> None:
            await self._rest(seconds)
            await work

        task = asyncio.create_task(wait_and_do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.setup.pace)


def copies(arrived: Sequence[Landed]) -> Counter[tuple[str, str]]:
    """Count how often each text stands on each phone."""
    return Counter((landed.phone, landed.text) for landed in arrived)
