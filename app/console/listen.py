"""Voices in the partner's room: played on the page, and never handed out.

Every start of a listening is in the ledger with what it was for. The sound is
sent in the ranges that a player asks for, is stored nowhere on the way, and is
no page: it may load and run nothing.
"""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.actions.stream_voice import Purpose, say_purpose, stream_voice
from app.console.frame import Door, Place, Visit
from app.domain.errors import NotFound
from app.wording.line import N_, Line

_VOICE = "/room/cases/{number}/voice"

PURPOSES = {
    Purpose.WRITE_DOWN: N_("To write down what she says"),
    Purpose.TRANSLATE: N_("To translate it"),
    Purpose.CHECK: N_("To check what was written down"),
    Purpose.DANGER: N_("To judge whether she is in danger"),
    Purpose.ANSWER: N_("To answer her"),
}
_KEPT = N_("Kept. Each time you listen or open a file, it stands in the history.")

_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("POST", _VOICE, "listen", _say_purpose),
        Place("GET", f"{_VOICE}/{{id}}", "listen", _listen),
    )


async def _say_purpose(visit: Visit) -> Response:
    assert visit.sitting is not None
    number = visit.path["number"]
    await say_purpose(
        visit.store,
        number,
        visit.said("purpose", most=60),
        by=visit.person,
        day=visit.day,
        session_id=visit.sitting.id,
    )
    return visit.see_other(f"/room/cases/{number}/desk#heard", Line(_KEPT, {}))


async def _listen(visit: Visit) -> Response:
    assert visit.sitting is not None
    first, _ = asked_range(visit.request)
    found = await stream_voice(
        visit.store,
        visit.path["number"],
        id_in(visit),
        by=visit.person,
        day=visit.day,
        session_id=visit.sitting.id,
        is_start=first == 0,
        at=visit.at,
    )
    return in_ranges(visit.request, found.content, found.media_type)


def id_in(visit: Visit) -> UUID:
    try:
        return UUID(visit.path["id"])
    except ValueError:
        raise NotFound("There is no such recording.") from None


def asked_range(request: Request) -> tuple[int, int | None]:
    """Return from where and up to which byte is asked; what is not plain is all.

    Players ask for one range; several, or the last bytes, are answered with the
    whole, as they may be.
    """
    unit, _, asked = request.headers.get("range", "").partition("=")
    first, dash, last = asked.partition("-")
    is_plain = unit == "bytes" and dash and _is_number(first)
    if not is_plain or not (last == "" or _is_number(last)):
        return 0, None
    return int(first), int(last) if last else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def in_ranges(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    disposition: str = "inline",
) -> Response:
    """Return the bytes, or the range of them that was asked for."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": disposition,
        "Content-Security-Policy": _SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    size = len(content)
    first, last = asked_range(request)
    if (first, last) == (0, None) and not request.headers.get("range"):
        return Response(content, 200, headers, media_type)
    last = size - 1 if last is None else min(last, size - 1)
    if first > last:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(b"", 416, headers, media_type)
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(content[first : last + 1], 206, headers, media_type)
