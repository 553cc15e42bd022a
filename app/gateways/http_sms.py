"""Texts through a carrier that a file describes, over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from app.carriers.abilities import must_be_registered
from app.carriers.door import path_of
from app.carriers.model import Carrier
from app.carriers.sending import found_in, outcome_of, request_for, search_for
from app.carriers.wire import Outgoing, Refused, Request, Taken
from app.domain.hosts import is_loopback
from app.gateways.twilio_http import NOT_SENT, TIMEOUT
from app.outbox.owed import Receipt, Text
from app.outbox.refused import refused
from app.outbox.settlement import (
    BadContent,
    Misconfigured,
    OutcomeUnknown,
    Transient,
)
from app.runtime.clock import now


class HttpSms:
    """One carrier, by its description and the variables of this installation."""

    def __init__(
        self,
        carrier: Carrier,
        variables: Mapping[str, str],
        *,
        public_base_url: str,
        is_demo: bool = False,
        client: httpx.AsyncClient | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._carrier = carrier
        self._variables = {**carrier.defaults, **variables}
        self._clock = clock
        path = path_of(carrier, variables, "reports")
        self._reports = public_base_url.rstrip("/") + path
        self._is_demo = is_demo
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT)

    @property
    def name(self) -> str:
        return self._carrier.name

    @property
    def repeats_safely(self) -> bool:
        return self._carrier.is_idempotent and not self._carrier.can_search

    def can_send(self, text: Text) -> bool:
        return self._carrier.can_send and self._carrier.may_send_to(text.to)

    async def send(self, text: Text) -> Receipt:
        """Hand one text over.

        Words that are not registered never go where only registered ones may:
        `Misconfigured` says so, and nothing is asked of the carrier.
        """
        outgoing = self._outgoing(text)
        if self._must_be_registered(text):
            self._refuse_unregistered(outgoing)
        if not self._carrier.holds(text.body):
            raise BadContent("too_long")
        request = request_for(self._carrier, outgoing, self._variables)
        self._refuse_the_world(request)
        await text.on_try(self.name)
        try:
            answer = await self._ask(request)
        except NOT_SENT as lost:
            raise Transient(type(lost).__name__) from None
        except (httpx.HTTPError, ValueError) as lost:
            raise OutcomeUnknown(type(lost).__name__) from None
        outcome = outcome_of(self._carrier, answer.status_code, answer.content)
        if isinstance(outcome, Refused):
            raise refused(outcome.why, outcome.code)
        return self._receipt(outgoing, outcome)

    async def find(self, text: Text, since: datetime) -> tuple[Receipt, ...]:
        """Ask after a text; what cannot be asked after waits for its report.

        Nothing is found where the carrier itself refuses our id a second time, as
        long as it does: then the same may be handed over again.
        """
        if self.repeats_safely and self._still_refuses(since):
            return ()
        outgoing = self._outgoing(text)
        request = search_for(self._carrier, outgoing, self._variables)
        if request is None:
            raise OutcomeUnknown("no_report")
        if not self._carrier.still_knows(since, self._clock()):
            raise OutcomeUnknown("too_old")
        self._refuse_the_world(request)
        try:
            answer = await self._ask(request)
        except (httpx.HTTPError, ValueError) as lost:
            raise OutcomeUnknown(type(lost).__name__) from None
        found = found_in(self._carrier, answer.status_code, answer.content)
        if isinstance(found, Refused):
            # Who may not look is not told that there is nothing.
            raise OutcomeUnknown(found.code)
        return tuple(self._receipt(outgoing, taken) for taken in found)

    def _must_be_registered(self, text: Text) -> bool:
        return self._carrier.needs_template or self._is_law(text.to)

    def _is_law(self, number: str) -> bool:
        """Tell whether the phone's country lets registered texts through alone."""
        return must_be_registered(self._carrier, number)

    def _refuse_unregistered(self, outgoing: Outgoing) -> None:
        """Where the law asks, it asks for the id of whoever registered as well."""
        if not outgoing.template:
            raise Misconfigured("no_template")
        if self._is_law(outgoing.to) and not self._variables.get("ENTITY_ID"):
            raise Misconfigured("no_entity")

    def _still_refuses(self, since: datetime) -> bool:
        """Tell whether an id of then is refused now."""
        if not self._carrier.idempotent_day:
            return True
        zone = ZoneInfo(self._carrier.idempotent_day)
        days = {at.astimezone(zone).date() for at in (since, self._clock())}
        return len(days) == 1

    def _outgoing(self, text: Text) -> Outgoing:
        is_ours = text.provider == self.name
        is_tried = text.tried_by == self.name and text.first_try > 0
        owed_id = str(text.owed_id)
        # Its ids go where they are asked for: elsewhere a gateway may know no field.
        template = text.templates.get(self.name, "")
        return Outgoing(
            id=owed_id,
            attempt=text.attempt,
            first=text.first_try if is_tried else text.attempt,
            to=text.to,
            sender=text.line if is_ours else self._variables.get("SENDER", ""),
            text=text.body,
            template=template if self._must_be_registered(text) else "",
            report_url=f"{self._reports}?m={owed_id}&a={text.attempt}",
            valid_minutes=text.valid_minutes,
        )

    def _receipt(self, outgoing: Outgoing, taken: Taken) -> Receipt:
        given = taken.provider_id or f"{outgoing.id}.{outgoing.attempt}"
        receipt = Receipt(f"{self.name}:{given}", taken.status)
        if taken.why is None:
            return receipt
        return replace(receipt, error_code=taken.code, why=taken.why.value)

    async def _ask(self, request: Request) -> httpx.Response:
        return await self._client.request(
            request.method,
            request.url,
            headers=list(request.headers),
            content=request.content,
        )

    def _refuse_the_world(self, request: Request) -> None:
        """In a demo texts reach this machine only."""
        if self._is_demo and not is_loopback(urlsplit(request.url).hostname):
            raise Misconfigured("demo")

    async def aclose(self) -> None:
        await self._client.aclose()
