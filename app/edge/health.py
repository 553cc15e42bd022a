"""Is it up, may traffic come, and how do its debts stand?"""

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.actions.closed_voices import closed_voices
from app.domain.errors import Busy
from app.edge.deps import Parts
from app.edge.pulse import Pulse, take_pulse

_BROKER_PATIENCE_SECONDS = 1.0


def health_routes(parts: Parts) -> list[Route]:
    """Return /healthz, /readyz and /metrics."""

    async def healthz(_request: Request) -> Response:
        """The process answers; nothing more is claimed."""
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        """Ready: the database answers and holds the schema of this code.

        The broker is only reported: Postgres remembers what is owed, so that
        without Redis everything still happens, if up to a sweep later. Nor does
        a language without a voice: its callers are recorded all the same.
        """
        pulse, broker = await asyncio.gather(
            take_pulse(parts.store, parts.now()), _broker_state(parts)
        )
        report = _readiness(pulse, broker, parts.schema_head)
        report["closed_voices"] = await _closed(parts) if pulse else None
        return JSONResponse(report, 200 if report["ready"] else 503)

    async def metrics(_request: Request) -> Response:
        pulse = await take_pulse(parts.store, parts.now())
        page = parts.metrics.page(pulse, bell_failures=parts.bell.failures)
        return Response(page, media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]


async def _closed(parts: Parts) -> list[str]:
    """Return number and language where callers of a language hear no words."""
    if parts.sounds is None:
        return []
    try:
        directory = await parts.store.directory()
        async with parts.store.transaction() as tx:
            book = await parts.sounds.now(tx)
    except Busy:
        return []
    return [f"{c.number} {c.language}" for c in closed_voices(directory, book)]


async def _broker_state(parts: Parts) -> str:
    if parts.broker is None:
        return "none"
    try:
        async with asyncio.timeout(_BROKER_PATIENCE_SECONDS):
            answers = await parts.broker()
    except OSError:  # a timeout is one
        answers = False
    return "ok" if answers else "absent"


def _readiness(
    pulse: Pulse | None, broker: str, head: str | None
) -> dict[str, bool | str | float | list[str] | None]:
    schema = pulse.schema if pulse else None
    is_migrated = schema is not None and head in (None, schema)
    return {
        "ready": pulse is not None and is_migrated,
        "database": "ok" if pulse else "absent",
        "broker": broker,
        "migrations": "ok" if is_migrated else "behind",
        "schema": schema,
        "schema_head": head,
        "owed_messages": pulse.owed if pulse else None,
        "oldest_owed_seconds": pulse.oldest_owed_seconds if pulse else None,
        "overdue_sweeps": pulse.overdue if pulse else None,
        "oldest_overdue_seconds": pulse.oldest_overdue_seconds if pulse else None,
    }
