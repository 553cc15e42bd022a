"""The demo's pages. They send nothing themselves: the phone goes through the
signed webhook, the buttons through the same action as the command line.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files as packaged
from typing import Any
from urllib.parse import urlsplit

import httpx
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.actions.act_on_case import act_on_case
from app.demo.beside import BUTTONS, beside
from app.demo.handset import SIMS, Handset, handsets
from app.demo.programme import codes
from app.domain.commands import VERBS
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.hosts import is_loopback
from app.edge.deps import Parts
from app.simulator.phone import NotAnswered, send_text
from app.store.readers.demo import made_at, newest_case, tallies

# Only what this page itself brings: no inline script or style, no third party.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STATIC = {
    "demo.css": "text/css; charset=utf-8",
    "demo.js": "text/javascript; charset=utf-8",
    "thread.svg": "image/svg+xml",
}
_LONGEST_TEXT = 1600  # Twilio's own limit


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """What the demo's pages stand on; `client` reaches this very server."""

    parts: Parts
    client: httpx.AsyncClient

    async def page(self, _request: Request) -> Response:
        """Show the phone, the suggestions and the programme's sites."""
        store = self.parts.store
        directory = await store.directory()
        async with store.transaction() as tx:
            made = await made_at(tx.connection)
            counted = {row.site: row for row in await tallies(tx.connection)}
        html = _TEMPLATES.get_template("demo.html").render(
            made=made.isoformat(),
            sims=SIMS,
            phones=_PHONES.values(),
            languages=_LANGUAGES,
            sites=_by_region(directory),
            counted=counted,
        )
        return Response(html, media_type="text/html", headers=_HEADERS)

    async def text(self, request: Request) -> Response:
        """Send one text from a demo phone and return what came back."""
        form = await _json(request)
        phone, number = _phone(form)
        body = str(form.get("body", "")).encode("utf-8", "replace").decode()
        if len(body) > _LONGEST_TEXT:
            raise BadInput("the text is too long for a phone")
        try:
            answers = await send_text(
                self.client, self.parts.settings, number, body, phone.hotline
            )
        except NotAnswered as error:
            return JSONResponse({"problem": str(error)}, 502, _HEADERS)
        return JSONResponse({"answers": answers}, headers=_HEADERS)

    async def state(self, request: Request) -> Response:
        """Return what stands beside the phone now."""
        _, number = _phone(request.query_params)
        store, at = self.parts.store, self.parts.now()
        directory = await store.directory()
        async with store.transaction() as tx:
            case = await newest_case(tx.connection, store.keyring.phone_tag(number))
        shown = beside(case, directory, at) if case is not None else None
        return JSONResponse({"now": at.isoformat(), "case": shown}, headers=_HEADERS)

    async def act(self, request: Request) -> Response:
        """Do one thing in the place of somebody who may, or say why not."""
        form = await _json(request)
        store, verb = self.parts.store, str(form.get("verb"))
        person = _person(await store.directory(), str(form.get("by")))
        if verb not in BUTTONS or person is None:
            raise BadInput("there is no such button")
        try:
            done = await act_on_case(
                store,
                str(form.get("handle")),
                VERBS[verb](note="From the demo page."),
                by=person,
                at=self.parts.now(),
                through="demo",
            )
        except (Refused, NotFound) as refusal:
            return JSONResponse({"notice": str(refusal)}, headers=_HEADERS)
        self.parts.ring()
        notice = done.notice or f"Done, as {person.name}."
        return JSONResponse({"notice": notice}, headers=_HEADERS)


def demo_routes(room: DemoRoom) -> list[Route]:
    """Return the demo's addresses, the bare `/` among them."""
    return [
        Route("/", _to_demo),
        Route("/demo", room.page),
        Route("/demo/static/{name}", _static),
        Route("/demo/text", _answering(room.text), methods=["POST"]),
        Route("/demo/state", _answering(room.state)),
        Route("/demo/act", _answering(room.act), methods=["POST"]),
    ]


Endpoint = Callable[[Request], Awaitable[Response]]


def _answering(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        if not _is_at_home(request):
            return Response(status_code=403, headers=_HEADERS)
        try:
            return await endpoint(request)
        except BadInput as error:
            return JSONResponse({"problem": str(error)}, 400, _HEADERS)

    return answer


def _is_at_home(request: Request) -> bool:
    """Tell whether the page was asked for by this machine's own name.

    A site that lets its name point here, or a tunnel to this port, would else
    read the demo's mails and act in it.
    """
    names = [urlsplit(f"//{request.headers.get('host', '')}").hostname]
    origin = request.headers.get("origin")
    if origin is not None:
        names.append(urlsplit(origin).hostname)
    return all(is_loopback(name) for name in names)


async def _to_demo(_request: Request) -> Response:
    return RedirectResponse("/demo", headers=_HEADERS)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response(status_code=404, headers=_HEADERS)
    content = packaged("app.demo").joinpath("pages", name).read_bytes()
    return Response(content, media_type=_STATIC[name], headers=_HEADERS)


async def _json(request: Request) -> dict[str, Any]:
    """Return the body's object. Only JSON: another site's form cannot send it."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip() != "application/json":
        raise BadInput("the body must be JSON")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise BadInput("the body must be JSON") from None
    if not isinstance(body, dict):
        raise BadInput("the body must be an object")
    return body


def _phone(asked: Any) -> tuple[Handset, str]:
    """Return the handset asked for and its number; both come from the page."""
    phone = _PHONES.get(str(asked.get("phone", "")))
    sim = str(asked.get("sim", ""))
    if phone is None or not sim.isascii() or not sim.isdigit() or len(sim) > _SIM:
        raise BadInput("there is no such phone")
    return phone, phone.number(int(sim))


def _person(directory: Directory, email: str) -> Person | None:
    return next((p for p in directory.people if email and p.email == email), None)


def _by_region(directory: Directory) -> list[Any]:
    return sorted(directory.sites.values(), key=lambda s: (s.country, s.region, s.name))


_SIM = 12  # digits
_HEADERS = {"Content-Security-Policy": _POLICY}
_LANGUAGES = {"bn": "বাংলা", "hi": "हिन्दी", "ta": "தமிழ்", "en": "English"}
_PHONES = handsets(codes())
_TEMPLATES = Environment(
    loader=PackageLoader("app.demo", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
