"""Inbound texts and delivery reports, as Twilio posts them.

Plain Starlette routes over the raw body: FastAPI's `Form()` loses blank
fields and turns a missing one into JSON.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.actions.record_delivery import record_delivery
from app.actions.staff_text import hear_text
from app.actions.take_turn import Answer, HeardText, Render
from app.carriers.abilities import TWILIO, HasAbilities, must_be_registered
from app.channels.form import is_uuid
from app.channels.signature import Verifier
from app.channels.signed import Endpoint, guarded, signed_fields
from app.channels.sms.render import NOTHING
from app.channels.sms.wire import read_report, read_text
from app.edge.deps import Parts
from app.edge.metrics import Metrics

TWIML = "text/xml; charset=utf-8"


class TakeTurn(Protocol):
    async def __call__(
        self,
        store: Any,
        heard: HeardText,
        *,
        provider_id: str,
        render: Render,
        at: datetime,
    ) -> Answer: ...


class RecordDelivery(Protocol):
    async def __call__(
        self,
        store: Any,
        *,
        provider_id: str,
        owed_id: UUID | None,
        status: str,
        error_code: str | None,
        at: datetime,
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class SmsDoor:
    """Where texts come in: what verifies them, and the actions they lead to."""

    parts: Parts
    verifier: Verifier
    render: Render
    take_turn: TakeTurn = hear_text
    record_delivery: RecordDelivery = record_delivery
    # Of a platform that speaks as Twilio does and stands beside it.
    provider: str = ""
    account_sid: str = ""
    # Whose interface it is, where that has no field for a registered text's id: what
    # must be registered is owed, worded by this.
    carrier: HasAbilities | None = None
    listed: Render | None = None

    @property
    def account(self) -> str:
        return self.account_sid or self.parts.settings.twilio_account_sid

    def known_as(self, provider_id: str) -> str:
        """Return by which id of ours a message counts, no other carrier's."""
        return f"{self.provider}:{provider_id}" if self.provider else provider_id

    async def receive_text(self, request: Request) -> Response:
        """Hear one text and answer it in the same response.

        A retry or the fallback URL can bring the same MessageSid again; it
        gets the first answer back and opens nothing.
        """
        parts, fields = self.parts, await signed_fields(request, self.verifier)
        text = read_text(fields, account_sid=self.account)
        heard, render = self._where_lawful(text.heard)
        answer = await self.take_turn(
            parts.store,
            heard,
            provider_id=self.known_as(text.provider_id),
            render=render,
            at=parts.now(),
        )
        if answer.owed:
            parts.ring()
        count_turn(parts.metrics, heard, answer)
        said = b"" if heard.carrier else answer.body
        return Response(said or NOTHING, media_type=TWIML)

    def _where_lawful(self, heard: HeardText) -> tuple[HeardText, Render]:
        """Return what was heard and how it is worded: answered here, or owed.

        An answer in a document carries no id. Where the law of her country wants
        one, another carrier may bring the answer, by `SMS_ROUTES`; else none comes.
        """
        if self.carrier is None or self.listed is None or heard.sender is None:
            return heard, self.render
        if not must_be_registered(self.carrier, heard.sender):
            return heard, self.render
        name = self.provider or TWILIO
        return replace(heard, carrier=name, takes_free_text=False), self.listed

    async def receive_report(self, request: Request) -> Response:
        """Record what the carrier says became of a message of ours."""
        parts, fields = self.parts, await signed_fields(request, self.verifier)
        query = request.scope["query_string"]
        report = read_report(fields, query, account_sid=self.account)
        is_news = await self.record_delivery(
            parts.store,
            provider_id=self.known_as(report.provider_id),
            owed_id=report.owed_id,
            status=report.status,
            error_code=report.error_code,
            at=parts.now(),
        )
        parts.metrics.deliveries.labels("noted" if is_news else "ignored").inc()
        if is_uuid(self.account):
            # Somleng brings again whatever is answered with no document.
            return Response(NOTHING, media_type=TWIML)
        return Response(status_code=204)


def count_turn(metrics: Metrics, heard: HeardText, answer: Answer) -> None:
    """Count a text once, and apart from it how often it is brought again."""
    if answer.is_repeat:
        metrics.repeats.labels(heard.channel).inc()
        return
    metrics.turns.labels(heard.channel).inc()
    metrics.contacts.labels(answer.contact or "case").inc()


def sms_routes(door: SmsDoor) -> list[Route]:
    """Return the three addresses that the provider is told."""
    return [
        Route("/twilio/sms", _guarded(door, door.receive_text), methods=["POST"]),
        # The same from the fallback URL, with ErrorCode and ErrorUrl added.
        Route(
            "/twilio/sms/fallback",
            _guarded(door, door.receive_text),
            methods=["POST"],
        ),
        Route(
            "/twilio/sms/status",
            _guarded(door, door.receive_report),
            methods=["POST"],
        ),
    ]


def platform_routes(door: SmsDoor) -> list[Route]:
    """Return the two addresses that a platform beside Twilio is told."""
    path = f"/sms/{door.provider}"
    return [
        Route(path, _guarded(door, door.receive_text), methods=["POST"]),
        Route(f"{path}/reports", _guarded(door, door.receive_report), methods=["POST"]),
    ]


def _guarded(door: SmsDoor, endpoint: Endpoint) -> Endpoint:
    def unfit() -> Response:
        return Response(NOTHING, 400, media_type=TWIML)

    return guarded(door.parts.metrics, endpoint, unfit)
