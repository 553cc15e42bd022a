"""Texts, delivery reports and missed calls from carriers that a file describes.

Nothing here asks for a carrier's name: its file says how it shows who it is, where
the words stand and what it wants to hear. A carrier that is not in use is nowhere.
"""

import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.actions.hear_carried import Carried, hear_carried, note_answered
from app.actions.owe_ring_back import call_limits, owe_ring_back
from app.actions.record_delivery import record_delivery
from app.actions.stray_call import note_stray_call, why_stray
from app.actions.take_turn import HeardText
from app.carriers.abilities import must_be_registered
from app.carriers.door import is_let_in
from app.carriers.inbound import rang_in, reports_in, texts_in
from app.carriers.model import Carrier
from app.carriers.wire import Arrived, Knock, Rang, Reported, Told
from app.channels.address import SMS
from app.channels.signed import Endpoint, Unsigned
from app.channels.sms.body import without_controls
from app.channels.sms.render import Words, listed, plain
from app.channels.sms.routes import count_turn
from app.domain.errors import BadInput, Busy
from app.domain.phones import is_a_phone
from app.edge.deps import Parts
from app.edge.request_id import route_of

log = structlog.get_logger(__name__)

PLAIN = "text/plain; charset=utf-8"
NOTHING_MORE: Mapping[str, str] = {}
_LINE = re.compile(r"\+?[0-9]{1,15}|[A-Za-z0-9][A-Za-z0-9 &._-]{0,14}")

Hear = Callable[[Carrier, Knock], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class CarrierDoor:
    """Where carriers knock: those in use by name, and what they brought goes."""

    parts: Parts
    carriers: Mapping[str, Carrier]
    words: Words

    async def hear_texts(self, carrier: Carrier, knock: Knock) -> Response:
        """Hear each text once and answer, here or by requests of our own.

        Where one cannot be taken now the carrier is asked to bring all of them
        again; those that were heard are known by then. What cannot be read at all
        spoils no other: the request is called unfit when the others are heard.
        """
        told = texts_in(carrier, knock)
        texts = told.found
        said = [await self._hear(carrier, text) for text in texts]
        self._note_others(carrier, told, "text")
        answer = _acknowledged(carrier)
        if carrier.reply == "body":
            answer = _said(carrier, b"\n\n".join(filter(None, said)))
        # It runs when the answer is on its way: before that a repeat is one.
        answer.background = BackgroundTask(self._note_answered, carrier, texts)
        return answer

    async def _note_answered(self, carrier: Carrier, texts: Sequence[Arrived]) -> None:
        parts = self.parts
        try:
            for text in texts:
                await note_answered(
                    parts.store, _carried(carrier, text), at=parts.now()
                )
        except Busy:
            log.warning("text.answer_not_noted", provider=carrier.name)

    async def _hear(self, carrier: Carrier, text: Arrived) -> bytes:
        """Hear one text; return what the carrier is to be answered to it.

        A repeat is answered byte for byte as it was the first time.
        """
        parts = self.parts
        if text.unread:
            log.warning("text.unread", provider=carrier.name, reason=text.unread)
        carried = _carried(carrier, text)
        heard = carried.heard
        answer = await hear_carried(
            parts.store,
            carried,
            within=timedelta(seconds=carrier.repeat_seconds),
            render=listed(self.words) if heard.carrier else plain(self.words),
            at=parts.now(),
        )
        if answer.owed:
            parts.ring()
        count_turn(parts.metrics, heard, answer)
        return b"" if heard.carrier else answer.body

    async def hear_reports(self, carrier: Carrier, knock: Knock) -> Response:
        """Record what the carrier says became of texts of ours."""
        told = reports_in(carrier, knock)
        for report in told.found:
            is_news = await self._note(carrier, report)
            outcome = "noted" if is_news else "ignored"
            self.parts.metrics.deliveries.labels(outcome).inc()
        self._note_others(carrier, told, "report")
        return _acknowledged(carrier)

    def _note_others(self, carrier: Carrier, told: Told[Any], kind: str) -> None:
        """Count what was passed by; `BadInput` names what could not be read."""
        if told.passed_by:
            self._passed_by(carrier, kind, told.passed_by)
        if told.unfit:
            raise BadInput("; ".join(dict.fromkeys(told.unfit)))

    def _passed_by(self, carrier: Carrier, kind: str, count: int) -> None:
        log.warning("item.passed_by", provider=carrier.name, kind=kind, count=count)
        self.parts.metrics.passed_by.labels(kind).inc(count)

    async def _note(self, carrier: Carrier, told: Reported) -> bool:
        # A carrier that gives no id is told ours, and brings it back.
        given = told.provider_id or (told.ours and f"{told.ours}.{told.attempt or 1}")
        if not given:
            return False
        return await record_delivery(
            self.parts.store,
            provider_id=f"{carrier.name}:{given}",
            owed_id=UUID(told.ours) if told.ours else None,
            status=told.status,
            error_code=told.code or None,
            at=self.parts.now(),
            why=told.why.value if told.why else None,
        )

    async def hear_call(self, carrier: Carrier, knock: Knock) -> Response:
        """Owe the call that returns a missed one; a repeat of it adds nothing."""
        rang = rang_in(carrier, knock)
        if rang is None:
            self._passed_by(carrier, "call", 1)
        else:
            await self._owe_call(carrier, rang)
        return _acknowledged(carrier)

    async def _owe_call(self, carrier: Carrier, rang: Rang) -> None:
        parts = self.parts
        directory = await parts.store.directory()
        reason = why_stray(directory, rang.dialled, carrier.name)
        if reason:
            await self._note_stray(carrier, rang, reason)
            return
        is_owed = await owe_ring_back(
            parts.store,
            sender=rang.sender if is_a_phone(rang.sender) else None,
            hotline=directory.number(rang.dialled),
            call_sid=f"{carrier.name}:{rang.call_id}",
            at=parts.now(),
            chance=random.SystemRandom(),
            limits=call_limits(parts.settings),
        )
        if is_owed:
            parts.ring()

    async def _note_stray(self, carrier: Carrier, rang: Rang, reason: str) -> None:
        log.warning("call.not_returned", provider=carrier.name, reason=reason)
        if _LINE.fullmatch(rang.dialled):
            await note_stray_call(
                self.parts.store,
                dialled=rang.dialled,
                call_id=f"{carrier.name}:{rang.call_id}",
                reason=reason,
                at=self.parts.now(),
            )


def carrier_routes(door: CarrierDoor) -> list[Route]:
    """Return the addresses that carriers are told, with and without a secret."""
    return [
        route
        for path, hear, can in (
            ("/sms/{provider}", door.hear_texts, _hears),
            ("/sms/{provider}/reports", door.hear_reports, _has_reports),
            ("/calls/{provider}", door.hear_call, _rings),
        )
        for route in _routes(path, _guarded(door, hear, can))
    ]


def _routes(path: str, endpoint: Endpoint) -> list[Route]:
    methods = ["GET", "POST"]
    return [
        Route(path, endpoint, methods=methods),
        Route(f"{path}/k/{{secret}}", endpoint, methods=methods),
    ]


def _hears(carrier: Carrier) -> bool:
    return carrier.hears


def _has_reports(carrier: Carrier) -> bool:
    return carrier.has_reports


def _rings(carrier: Carrier) -> bool:
    return carrier.rings


def _guarded(door: CarrierDoor, hear: Hear, can: Callable[[Carrier], bool]) -> Endpoint:
    """Let in who shows the secret, and answer what is unfit as the file says."""
    metrics = door.parts.metrics

    async def answer(request: Request) -> Response:
        carrier = door.carriers.get(request.path_params["provider"])
        if carrier is None or not can(carrier):
            return Response(status_code=404)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in carrier.methods:
            allowed = {"allow": ", ".join(carrier.methods)}
            return Response(status_code=405, headers=allowed)
        try:
            return await _let_in(door, carrier, request, hear)
        except Unsigned:
            metrics.signatures_refused.labels(route_of(request.scope)).inc()
            return Response(status_code=403)
        except BadInput as unfit:
            metrics.forms_unfit.labels(route_of(request.scope)).inc()
            log.warning("form.unfit", provider=carrier.name, reason=str(unfit))
            return Response(status_code=carrier.unfit_status)

    return answer


async def _let_in(
    door: CarrierDoor, carrier: Carrier, request: Request, hear: Hear
) -> Response:
    knock = await _knock(request)
    variables = door.parts.settings.sms_variables.get(carrier.name, {})
    if not is_let_in(carrier, knock, variables, at=door.parts.now()):
        raise Unsigned
    if request.method == "HEAD":
        # Some look first whether anybody is there: that is no message yet.
        return _acknowledged(carrier)
    return await hear(carrier, knock)


async def _knock(request: Request) -> Knock:
    return Knock(
        method=request.method,
        query=request.scope["query_string"],
        headers=request.headers.items(),
        body=await request.body(),
        secret=request.path_params.get("secret", ""),
        source=request.client.host if request.client else "",
    )


def _carried(carrier: Carrier, text: Arrived) -> Carried:
    heard = _heard(carrier, text)
    return Carried(heard, carrier.name, text.message_id, text.stamp)


def _heard(carrier: Carrier, text: Arrived) -> HeardText:
    """Return what was heard, and how its answers go back.

    An answer in the carrier's own request has no place for the id under which it
    is registered: where the law wants one it is owed.
    """
    sender = text.sender if is_a_phone(text.sender) else None
    is_law = sender is not None and must_be_registered(carrier, sender)
    is_owed = carrier.reply != "body" or is_law
    is_free = carrier.may_send_free_text and not carrier.needs_template and not is_law
    return HeardText(
        sender=sender,
        dialled=text.recipient if _LINE.fullmatch(text.recipient) else "",
        body=without_controls(text.text),
        channel=SMS,
        carrier=carrier.name if is_owed else "",
        takes_free_text=is_free or not is_owed,
    )


def _said(carrier: Carrier, said: bytes) -> Response:
    alphabet = carrier.reply_headers(said.decode()) if said else {}
    return _answer(said, PLAIN, alphabet)


def _acknowledged(carrier: Carrier) -> Response:
    return _answer(carrier.acknowledgement, carrier.acknowledgement_type)


def _answer(
    content: bytes, content_type: str, more: Mapping[str, str] = NOTHING_MORE
) -> Response:
    # As its file says: Starlette would add a character set of its own.
    return Response(content, headers={"content-type": content_type, **more})
