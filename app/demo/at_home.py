"""What guards the demo's addresses: only this machine, only JSON, only its phones."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.demo.handset import Handset, handsets
from app.demo.programme import codes
from app.domain.errors import BadInput, NotFound
from app.domain.hosts import is_loopback

# Only what a page itself brings: no inline script or style, no third party.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": _POLICY}
# Of the one page that sends forms.
FORM_HEADERS = {
    "Content-Security-Policy": _POLICY.replace(
        "form-action 'none'", "form-action 'self'"
    )
}
PHONES = handsets(codes())
LANGUAGES = {"bn": "বাংলা", "hi": "हिन्दी", "ta": "தமிழ்", "en": "English"}
_SIM = 12  # digits

Endpoint = Callable[[Request], Awaitable[Response]]


def answering(endpoint: Endpoint) -> Endpoint:
    """Let only this machine in, and say in JSON what was wrong with a request."""

    async def answer(request: Request) -> Response:
        if not is_at_home(request):
            return Response(status_code=403, headers=HEADERS)
        try:
            return await endpoint(request)
        except BadInput as error:
            return JSONResponse({"problem": str(error)}, 400, HEADERS)
        except NotFound as error:
            return JSONResponse({"problem": str(error)}, 404, HEADERS)

    return answer


def is_at_home(request: Request) -> bool:
    """Tell whether the page was asked for by this machine's own name.

    A site that lets its name point here, or a tunnel to this port, would else
    read the demo's mails and act in it.
    """
    names = [urlsplit(f"//{request.headers.get('host', '')}").hostname]
    origin = request.headers.get("origin")
    if origin is not None:
        names.append(urlsplit(origin).hostname)
    return all(is_loopback(name) for name in names)


def is_own_form(request: Request) -> bool:
    """Tell whether this machine's own page was asked for, or sent a form.

    Our pages let no referrer out, so that their forms come from the origin
    "null"; whose they are is then said by the browser's other header.
    """
    site = request.headers.get("sec-fetch-site", "none")
    is_ours = request.method == "GET" or site in ("same-origin", "none")
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    return is_loopback(host) and is_ours


async def json_of(request: Request) -> dict[str, Any]:
    """Return the body's object. Only JSON: another site's form cannot send it."""
    if content_type(request) != "application/json":
        raise BadInput("the body must be JSON")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise BadInput("the body must be JSON") from None
    if not isinstance(body, dict):
        raise BadInput("the body must be an object")
    return body


def content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip()


def phone_of(asked: Any) -> tuple[Handset, str]:
    """Return the handset asked for and its number; both come from the page."""
    phone = PHONES.get(str(asked.get("phone", "")))
    sim = str(asked.get("sim", ""))
    if phone is None or not sim.isascii() or not sim.isdigit() or len(sim) > _SIM:
        raise BadInput("there is no such phone")
    return phone, phone.number(int(sim))
