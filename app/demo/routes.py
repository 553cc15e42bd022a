"""The demo's pages. They send nothing themselves: the phone goes through the
signed webhook, the buttons through the same action as the command line.
"""

from dataclasses import dataclass
from importlib.resources import files as packaged
from typing import Any

import httpx
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.actions.act_on_case import act_on_case
from app.demo.at_home import HEADERS, LANGUAGES, PHONES, answering, json_of, phone_of
from app.demo.beside import BUTTONS, beside
from app.demo.carriers import DemoCarriers
from app.demo.handset import SIMS, Handset
from app.demo.phone_routes import phone_routes
from app.domain.commands import VERBS
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput, NotFound, Refused
from app.edge.deps import Parts
from app.simulator.phone import NotAnswered, send_text
from app.store.readers.demo import made_at, newest_case, tallies

_SCRIPT = "text/javascript; charset=utf-8"
_STATIC = {
    "demo.css": "text/css; charset=utf-8",
    "demo.js": _SCRIPT,
    "case.js": _SCRIPT,
    "phone.css": "text/css; charset=utf-8",
    "phone.js": _SCRIPT,
    "captions.js": _SCRIPT,
    "meter.js": _SCRIPT,
    "sound.js": _SCRIPT,
    "ear.js": _SCRIPT,
    **{f"clips/{language}.wav": "audio/wav" for language in LANGUAGES},
    "thread.svg": "image/svg+xml",
}
_LONGEST_TEXT = 1600  # Twilio's own limit
_TWILIO, _WHATSAPP = "twilio", "whatsapp"
_MOST_WAIT = 5.0  # seconds that a request for what arrived may stay


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """What the demo's pages stand on; `client` reaches this very server."""

    parts: Parts
    client: httpx.AsyncClient
    carriers: DemoCarriers

    @classmethod
    def of(cls, parts: Parts, client: httpx.AsyncClient) -> "DemoRoom":
        return cls(
            parts, client, DemoCarriers.of(parts.settings, client, now=parts.now)
        )

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
            phones=PHONES.values(),
            carriers={key: self.carriers.choices(key, directory) for key in PHONES},
            languages=LANGUAGES,
            sites=_by_region(directory),
            counted=counted,
        )
        return Response(html, media_type="text/html", headers=HEADERS)

    async def text(self, request: Request) -> Response:
        """Send one text from a demo phone and return what came back."""
        form = await json_of(request)
        phone, number = phone_of(form)
        body = str(form.get("body", "")).encode("utf-8", "replace").decode()
        if len(body) > _LONGEST_TEXT:
            raise BadInput("the text is too long for a phone")
        try:
            answers = await self._text(
                str(form.get("carrier", _TWILIO)), phone, number, body
            )
        except NotAnswered as error:
            return JSONResponse({"problem": str(error)}, 502, HEADERS)
        return JSONResponse({"answers": answers}, headers=HEADERS)

    async def _text(
        self, carrier: str, phone: Handset, number: str, body: str
    ) -> list[str]:
        """Return the answers that came in the same breath.

        What another carrier brings to the phone is asked for by `texts`.
        """
        if carrier in (_TWILIO, _WHATSAPP):
            mark = f"{_WHATSAPP}:" if carrier == _WHATSAPP else ""
            return await send_text(
                self.client,
                self.parts.settings,
                mark + number,
                body,
                mark + phone.hotline,
            )
        await self.carriers.text(carrier, phone.key, number, body)
        return []

    async def texts(self, request: Request) -> Response:
        """Return what carriers beside Twilio brought to a phone, after `after`.

        `wait` are the seconds for which the first may be waited for. A page
        has one of the demo's phones; the command line names any by `number`.
        """
        asked = request.query_params
        number = asked.get("number") or phone_of(asked)[1]
        after = _whole(asked.get("after", "0")) if self._is_known(asked) else 0
        wait = min(_whole(asked.get("wait", "0")), _MOST_WAIT)
        found = await self.carriers.texts(number, after, wait)
        told = {"life": self.carriers.life, "texts": found, "next": after + len(found)}
        return JSONResponse(told, headers=HEADERS)

    def _is_known(self, asked: Any) -> bool:
        """Tell whether the page counts what this process brought, no earlier one."""
        return asked.get("number") is not None or (
            asked.get("life") == self.carriers.life
        )

    async def state(self, request: Request) -> Response:
        """Return what stands beside the phone now."""
        _, number = phone_of(request.query_params)
        store, at = self.parts.store, self.parts.now()
        directory = await store.directory()
        async with store.transaction() as tx:
            case = await newest_case(tx.connection, store.keyring.phone_tag(number))
        shown = beside(case, directory, at) if case is not None else None
        return JSONResponse({"now": at.isoformat(), "case": shown}, headers=HEADERS)

    async def act(self, request: Request) -> Response:
        """Do one thing in the place of somebody who may, or say why not."""
        form = await json_of(request)
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
            return JSONResponse({"notice": str(refusal)}, headers=HEADERS)
        self.parts.ring()
        notice = done.notice or f"Done, as {person.name}."
        return JSONResponse({"notice": notice}, headers=HEADERS)


def demo_routes(room: DemoRoom) -> list[BaseRoute]:
    """Return the demo's addresses."""
    return [
        Route("/demo", room.page),
        Route("/demo/static/{name:path}", _static),
        Route("/demo/text", answering(room.text), methods=["POST"]),
        Route("/demo/texts", answering(room.texts)),
        Route("/demo/state", answering(room.state)),
        Route("/demo/act", answering(room.act), methods=["POST"]),
        *phone_routes(room.parts, room.client),
        *room.carriers.mounts(),
    ]


def _whole(given: str) -> int:
    if not given.isascii() or not given.isdecimal() or len(given) > 6:
        raise BadInput("that is no number")
    return int(given)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response(status_code=404, headers=HEADERS)
    content = packaged("app.demo").joinpath("pages", *name.split("/")).read_bytes()
    return Response(content, media_type=_STATIC[name], headers=HEADERS)


def _person(directory: Directory, email: str) -> Person | None:
    return next((p for p in directory.people if email and p.email == email), None)


def _by_region(directory: Directory) -> list[Any]:
    return sorted(directory.sites.values(), key=lambda s: (s.country, s.region, s.name))


_TEMPLATES = Environment(
    loader=PackageLoader("app.demo", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
