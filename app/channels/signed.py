"""A form that its provider has signed, read; nothing unsigned gets past it."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from app.channels.form import read_form
from app.channels.signature import (
    SETTINGS_HEADER,
    SIGNATURE_HEADER,
    Fields,
    Received,
    Verifier,
)
from app.domain.errors import BadInput
from app.edge.metrics import Metrics
from app.edge.request_id import route_of


class Unsigned(Exception):
    """The provider did not sign this; it leaves no trace but a counter."""


Endpoint = Callable[[Request], Awaitable[Response]]


async def signed_fields(request: Request, verifier: Verifier) -> Fields:
    """Return the form if the provider signed it.

    A signed JSON body is no form of ours, but it is not a forgery either.
    """
    body = await request.body()
    headers = request.headers
    received = received_by(request)
    if headers.get("content-type", "").startswith("application/json"):
        if not verifier.is_signed_body(received, body):
            raise Unsigned
        raise BadInput("the body is not a form")
    fields = read_form(body)
    if not verifier.is_signed(received, fields):
        raise Unsigned
    return fields


def received_by(request: Request) -> Received:
    """Return path, query and signature headers exactly as they came."""
    headers, scope = request.headers, request.scope
    return Received(
        path=scope.get("raw_path") or scope["path"].encode(),
        query=scope["query_string"],
        signatures=[v.encode("latin-1") for v in headers.getlist(SIGNATURE_HEADER)],
        settings=[v.encode("latin-1") for v in headers.getlist(SETTINGS_HEADER)],
    )


def guarded(
    metrics: Metrics, endpoint: Endpoint, unfit: Callable[[], Response]
) -> Endpoint:
    """Answer what is not signed with 403 and what is unfit as told, and count."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Unsigned:
            metrics.signatures_refused.labels(route_of(request.scope)).inc()
            return Response(status_code=403)
        except BadInput:
            metrics.forms_unfit.labels(route_of(request.scope)).inc()
            return unfit()

    return answer
