"""What every part of the network shares: the time, the seed, the wire, the log."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

from app.simulator.carrier.clock import VirtualClock
from app.simulator.carrier.faults import Fault, FaultPlan, Faults, Kind
from app.simulator.carrier.somleng import somleng_form
from app.simulator.carrier.webhooks import (
    Answer,
    Delivery,
    HookFailed,
    TryFailed,
    Wire,
    rules_of,
)

Sleep = Callable[[float], Awaitable[None]]

_OF_A_DELIVERY = (Kind.LOST, Kind.TWICE, Kind.TWICE_AT_ONCE)
_OF_A_TRY = (Kind.UNREACHABLE, Kind.ANSWER_LOST)
_OF_A_CALLBACK = (Kind.NEVER, Kind.LATE)


class Exchange:
    """Posts what the carrier has to say, and fails as planned."""

    def __init__(
        self,
        wire: Wire,
        *,
        account_sid: str,
        auth_token: str,
        api_base: str,
        clock: VirtualClock,
        seed: int,
        plan: FaultPlan,
        is_somleng: bool = False,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.api_base = api_base.rstrip("/")
        self.clock = clock
        self.is_somleng = is_somleng
        self.log: list[tuple[datetime, str]] = []
        self._wire = wire
        self._names = Random(f"{seed} names")  # noqa: S311 - a replay, no secret
        self._faults = Faults(plan, seed)

    def note(self, what: str) -> None:
        """Write one line of the log, at this virtual moment."""
        self.log.append((self.clock.now(), what))

    def new_sid(self, prefix: str) -> str:
        """Return a fresh sid, the same at each replay: 34 characters, or a UUID."""
        chance = self._names.getrandbits(128)
        if self.is_somleng:
            return str(UUID(int=chance, version=4))
        return f"{prefix}{chance:032x}"

    def draw(
        self, kinds: Collection[Kind], path: str, subject: str, method: str = ""
    ) -> Fault | None:
        """Return what goes wrong here, and say so in the log."""
        fault = self._faults.draw(kinds, path, subject, method)
        if fault is not None:
            self.note(f"fault {fault.kind} {path}")
        return fault

    def call_back(self, delivery: Delivery, *, after: float) -> None:
        """Post a callback a little later. Nobody waits for its answer."""
        path = urlsplit(delivery.url).path
        fault = self.draw(_OF_A_CALLBACK, path, f"{delivery.subject} {path}")
        if fault is not None:
            if fault.kind is Kind.NEVER:
                return
            after += fault.seconds

        async def post() -> None:
            try:
                await self.send(delivery)
            except HookFailed as failed:
                self.note(f"error {failed} {path}")

        self.clock.after(after, post)

    async def send(self, delivery: Delivery, *, sleep: Sleep | None = None) -> Answer:
        """Deliver a webhook and return its answer, or raise `HookFailed`.

        It is tried again as the fragment of its URL says, always with the
        same idempotency token. A try that fails takes its virtual time, by
        `sleep` where somebody listens meanwhile.
        """
        sleep = sleep or self.clock.advance
        if self.is_somleng:
            delivery = replace(delivery, form=somleng_form(delivery.form))
        url, rules = rules_of(delivery.url)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise HookFailed(11100, "that is no URL")
        subject = f"{delivery.subject} {parts.path}"
        fault = self.draw(_OF_A_DELIVERY, parts.path, subject)
        if fault is not None and fault.kind is Kind.LOST:
            await sleep(min(rules.connect, rules.total))
            raise HookFailed(11200, "lost")
        token = self._token(subject)
        left = rules.total
        for tries_left in range(rules.retries, -1, -1):
            try:
                return await self._try(url, delivery, token, fault)
            except TryFailed as failed:
                self.note(f"failed {failed.kind} {parts.path}")
                took = min(rules.seconds_of(failed.kind), left)
                left -= took
                await sleep(took)
                if not (tries_left and left and rules.retry(failed.kind)):
                    raise HookFailed(11200, failed.kind) from None
        raise AssertionError("one try at least ends it")

    def _token(self, subject: str) -> str:
        return str(UUID(int=self._faults.chance(subject).getrandbits(128)))

    async def _try(
        self, url: str, delivery: Delivery, token: str, repeat: Fault | None
    ) -> Answer:
        path = urlsplit(url).path
        fault = self.draw(_OF_A_TRY, path, f"{delivery.subject} {path}")
        if fault is not None and fault.kind is Kind.UNREACHABLE:
            raise TryFailed("ct")
        answer = await self._deliver(url, delivery, token, repeat)
        if fault is not None:
            raise TryFailed("rt")
        if answer.status >= 300:
            raise TryFailed("5xx" if answer.status >= 500 else "4xx")
        return answer

    async def _deliver(
        self, url: str, delivery: Delivery, token: str, repeat: Fault | None
    ) -> Answer:
        """Post it, and post it again where the plan has it repeated."""
        path = urlsplit(url).path

        async def post() -> Answer:
            answer = await self._wire.post(url, delivery, token)
            self.note(f"{delivery.method} {path} {answer.status}")
            return answer

        async def again() -> None:
            try:
                await post()
            except TryFailed as failed:
                self.note(f"failed {failed.kind} {path}")

        if repeat is not None and repeat.kind is Kind.TWICE_AT_ONCE:
            answer, other = await asyncio.gather(post(), post())
            if answer.body != other.body:
                self.note(f"two copies of {path} had two answers")
            return answer
        answer = await post()
        if repeat is not None:
            self.clock.after(repeat.seconds, again)
        return answer
