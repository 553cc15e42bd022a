"""One id a request, one log line an outcome, and no fault that leaks."""

import secrets
import traceback
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.metrics import Metrics

log = structlog.get_logger()

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestId:
    """The outermost layer: names the request and tells how it ended.

    A fault is answered with 500 here and goes no further: the server's own
    report would print the exception's message, which may hold what a worker
    said. Only its type and place are logged.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        started = perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_named)
            except Exception as error:  # noqa: BLE001 - the last place to stop it
                self._tell_fault(scope, error)
                if status:
                    raise ConnectionAbortedError("half an answer") from None
                await _answer_500(send_named)
            finally:
                self._tell_done(scope, status, perf_counter() - started)

    def _tell_done(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._metrics.seconds.labels(route).observe(seconds)
        if route not in _QUIET or status >= 400:
            log.info(
                "request.done",
                route=route,
                method=scope["method"] if scope["method"] in _METHODS else "other",
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )

    def _tell_fault(self, scope: Scope, error: Exception) -> None:
        kind = type(error).__name__
        self._metrics.faults.labels(kind).inc()
        log.error(
            "request.failed", route=route_of(scope), error=kind, place=_where(error)
        )


def route_of(scope: Scope) -> str:
    """Return the route's template; never the path, which may name a case."""
    if "route" in scope:
        return getattr(scope["route"], "path", "unmatched")
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return "unmatched"
    # FastAPI notes the route only of its own kind, not of Starlette's.
    routes = scope["app"].router.routes
    paths = (r.path for r in routes if getattr(r, "endpoint", None) is endpoint)
    return next(paths, "unmatched")


def _where(error: Exception) -> str:
    """Return the innermost place as file:line, without a word of the message."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "unknown"
    innermost = frames[-1]
    return f"{innermost.filename.rpartition('/')[2]}:{innermost.lineno}"


async def _answer_500(send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 500,
            "headers": [(b"content-length", b"0")],
        }
    )
    await send({"type": "http.response.body", "body": b""})
