"""The carrier's API (2010-04-01), as far as the service calls it."""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.simulator.carrier.desk import Desk, NumberConfig
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.faults import Kind
from app.simulator.carrier.messages import Messages
from app.simulator.carrier.recordings import Recordings
from app.simulator.carrier.resources import (
    CallResource,
    MessageResource,
    RecordingResource,
    refused,
)

# Another host, as storage behind a redirect is; it wants no authorization.
STORE = "https://media.store.example"

_OF_A_REQUEST = (Kind.TOO_MANY, Kind.SERVER_ERROR, Kind.TIMES_OUT)
_OF_MEDIA = (Kind.MEDIA_MISSING, Kind.MEDIA_MOVED)
_ACCOUNT = "/2010-04-01/Accounts/{account}"

Endpoint = Callable[[Request], Awaitable[Response]]


def build_rest(
    exchange: Exchange,
    desk: Desk,
    messages: Messages,
    recordings: Recordings,
    numbers: Mapping[str, NumberConfig],
) -> Starlette:
    """Return the API as an app; it can be mounted under any path.

    A request that is to time out is carried out and then raises
    `httpx.ReadTimeout`, which a client on an `ASGITransport` sees as its own;
    behind a real server it is a 500.
    """
    texts = MessageResource(exchange, messages, numbers)
    calls = CallResource(exchange, desk, numbers)
    sounds = RecordingResource(exchange, recordings)
    media = _Media(exchange, recordings)
    # Somleng has no such verb.
    destroy = _absent if exchange.is_somleng else sounds.delete
    table: list[tuple[str, dict[str, Endpoint]]] = [
        ("/Messages.json", {"GET": texts.listing, "POST": texts.create}),
        (
            "/Messages/{sid}.json",
            {"GET": texts.fetch, "POST": texts.update, "DELETE": texts.delete},
        ),
        ("/Calls.json", {"GET": calls.listing, "POST": calls.create}),
        ("/Calls/{sid}.json", {"GET": calls.fetch, "POST": calls.update}),
        ("/Calls/{call}/Recordings.json", {"GET": sounds.listing_of_call}),
        ("/Recordings.json", {"GET": sounds.listing}),
        ("/Recordings/{sid}.json", {"GET": sounds.fetch, "DELETE": destroy}),
        ("/Recordings/{sid}.wav", {"GET": media.fetch}),
        ("/Recordings/{sid}", {"GET": media.fetch}),
    ]
    routes = [
        Route(
            _ACCOUNT + path,
            _guarded(exchange, path, by_method),
            methods=list(by_method),
        )
        for path, by_method in table
    ]
    return Starlette(routes=[*routes, Route("/stored/{sid}.wav", media.stored)])


def _guarded(
    exchange: Exchange, template: str, by_method: Mapping[str, Endpoint]
) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        """Check who asks, fail as planned, and write it down."""
        with exchange.clock.acting():
            answer = await _answer(request)
        exchange.note(f"API {request.method} {template} {answer.status_code}")
        return answer

    async def _answer(request: Request) -> Response:
        if not _is_known(request, exchange):
            return refused(401, 20003, "Authenticate")
        if request.path_params["account"] != exchange.account_sid:
            return refused(404, 20404, "The requested resource was not found")
        subject = f"{request.method} {template}"
        fault = exchange.draw(_OF_A_REQUEST, request.url.path, subject, request.method)
        if fault is not None and fault.kind is Kind.TOO_MANY:
            busy = refused(429, 20429, "Too Many Requests")
            busy.headers["Retry-After"] = "1"
            return busy
        if fault is not None and fault.kind is Kind.SERVER_ERROR:
            return refused(503, 20503, "Service unavailable")
        try:
            answer = await by_method[_method(request)](request)
        except ValueError:
            return refused(400, 20001, "a parameter has the wrong form")
        if fault is not None:
            exchange.note(f"API {subject} {answer.status_code}, and no answer")
            raise httpx.ReadTimeout("the carrier's answer was lost")
        return answer

    return endpoint


async def _absent(_request: Request) -> Response:
    return refused(404, 20404, "The requested resource was not found")


def _method(request: Request) -> str:
    return "GET" if request.method == "HEAD" else request.method


def _is_known(request: Request, exchange: Exchange) -> bool:
    """Check Basic authorization with the account's sid and its token."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return False
    expected = f"{exchange.account_sid}:{exchange.auth_token}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(decoded, expected)


class _Media:
    """The sound of recordings: often late, sometimes elsewhere."""

    def __init__(self, exchange: Exchange, recordings: Recordings) -> None:
        self._exchange = exchange
        self._recordings = recordings

    async def fetch(self, request: Request) -> Response:
        sid = request.path_params["sid"]
        recording = self._recordings.get(sid)
        if recording is None or recording.status != "completed":
            return refused(404, 20404, "The requested resource was not found")
        fault = self._exchange.draw(_OF_MEDIA, request.url.path, sid)
        if fault is not None and fault.kind is Kind.MEDIA_MOVED:
            return RedirectResponse(f"{STORE}/stored/{sid}.wav", 307)
        if fault is not None:
            age = self._exchange.clock.now() - recording.created_at
            if not fault.seconds or age.total_seconds() < fault.seconds:
                return refused(404, 20404, "The requested resource was not found")
        return Response(recording.audio, media_type="audio/x-wav")

    async def stored(self, request: Request) -> Response:
        """Serve from storage, which takes no second way of authorization."""
        recording = self._recordings.get(request.path_params["sid"])
        if "authorization" in request.headers:
            self._exchange.note("the account's token went to another host")
            return Response("one way of authorization only", 400)
        if recording is None:
            return Response(status_code=404)
        return Response(recording.audio, media_type="audio/x-wav")
