"""The handset in the browser: its page, and what its keys and voice do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import httpx
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from app.demo.at_home import (
    HEADERS,
    LANGUAGES,
    PHONES,
    answering,
    content_type,
    json_of,
    phone_of,
)
from app.demo.handset import SIMS, Example
from app.demo.line import CARRIER_PATH, Ending, Line, network_of
from app.demo.places import NUMBERS
from app.demo.programme import codes
from app.domain.directory import Directory
from app.domain.errors import BadInput
from app.edge.deps import Parts
from app.store.readers.demo import made_at
from app.store.readers.demo_voices import voices
from app.wording.sounds import Manifest

_LOCALES = Path(__file__).resolve().parents[2] / "locales"

# The whole service lets no page have the microphone; this one needs it.
_PAGE_HEADERS = {
    **HEADERS,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_KEYS = (
    *(("1", ""), ("2", "abc"), ("3", "def"), ("4", "ghi"), ("5", "jkl"), ("6", "mno")),
    *(("7", "pqrs"), ("8", "tuv"), ("9", "wxyz"), ("*", ""), ("0", "+"), ("#", "")),
)
_CLIPS = (
    Example(
        "bn",
        "তিন মাস ধরে ওভারটাইমের টাকা পাই না। বললে সুপারভাইজার গালি দেয়।",
        "For three months no overtime pay. If we say so, the supervisor swears at us.",
    ),
    Example(
        "hi",
        "तीन महीने से ओवरटाइम का पैसा नहीं मिला। पूछने पर सुपरवाइज़र डाँटता है।",
        "For three months no overtime pay. When we ask, the supervisor scolds us.",
    ),
    Example(
        "ta",
        "மூன்று மாதமாக ஓவர்டைம் பணம் தரவில்லை. கேட்டால் சூப்பர்வைசர் திட்டுகிறார்.",
        "For three months no overtime pay. When we ask, the supervisor scolds us.",
    ),
    Example(
        "en",
        "For three months we have not had our overtime pay. When we ask, the"
        " supervisor shouts.",
        "",
    ),
)


@dataclass(frozen=True, slots=True)
class PhoneRoom:
    """What the handset stands on."""

    parts: Parts
    line: Line

    async def page(self, _request: Request) -> Response:
        """Show the phone, the slip of paper, and the other side."""
        async with self.parts.store.transaction() as tx:
            made = await made_at(tx.connection)
        html = _TEMPLATES.get_template("phone.html").render(
            made=made.isoformat(),
            sims=SIMS,
            phones=PHONES.values(),
            languages=LANGUAGES,
            posters=_posters(await self.parts.store.directory()),
            contacts=_CONTACTS,
            spoken=_SPOKEN,
            keys=_KEYS,
            clips=_CLIPS,
        )
        return Response(html, media_type="text/html", headers=_PAGE_HEADERS)

    async def call(self, request: Request) -> Response:
        """Ring one of the hotline's numbers from a demo phone."""
        form = await json_of(request)
        phone, number = phone_of(form)
        hotline = str(form.get("hotline", ""))
        if hotline not in {contact["number"] for contact in _CONTACTS[phone.key]}:
            raise BadInput("this phone does not know that number")
        return _said(await self.line.call(number, hotline))

    async def keys(self, request: Request) -> Response:
        form = await json_of(request)
        return _said(await self.line.keys(_call(form), str(form.get("keys", ""))))

    async def wait(self, request: Request) -> Response:
        return _said(await self.line.wait(_call(await json_of(request))))

    async def voice(self, request: Request) -> Response:
        """Take a piece of speech. A WAV: another site's form cannot send one."""
        if content_type(request) != "audio/wav":
            raise BadInput("the body must be a WAV file")
        then = request.query_params.get("then")
        if then is not None and then not in get_args(Ending):
            raise BadInput("speech ends with hash, hang_up or silence")
        said = await self.line.voice(
            _call(request.query_params),
            await request.body(),
            cast("Ending | None", then),
        )
        return _said(said or {})

    async def hang_up(self, request: Request) -> Response:
        await self.line.hang_up(_call(await json_of(request)))
        return _said({})

    async def ringing(self, request: Request) -> Response:
        """Return the call that rings now, and how long the voice messages are."""
        _, number = phone_of(await json_of(request))
        store = self.parts.store
        async with store.transaction() as tx:
            spoken = await voices(tx.connection, store.keyring.phone_tag(number))
        shown = [{"at": at.isoformat(), "seconds": seconds} for at, seconds in spoken]
        return _said({"ringing": self.line.ringing(number), "voices": shown})

    async def answer(self, request: Request) -> Response:
        form = await json_of(request)
        _, number = phone_of(form)
        return _said(await self.line.answer(number, _call(form)))

    async def reject(self, request: Request) -> Response:
        form = await json_of(request)
        _, number = phone_of(form)
        self.line.reject(number, _call(form))
        return _said({})


def phone_routes(parts: Parts, client: httpx.AsyncClient) -> list[BaseRoute]:
    """Return the handset's addresses, and the API of its network."""
    manifest = Manifest.load(_LOCALES)
    network = network_of(parts.settings, client, manifest, now=parts.now)
    room = PhoneRoom(parts, Line(network, manifest, now=parts.now))
    return [*room_routes(room), Mount(CARRIER_PATH, app=network.rest)]


def room_routes(room: PhoneRoom) -> list[Route]:
    """Return the addresses of the page and of its keys."""
    steps = {
        "call": room.call,
        "keys": room.keys,
        "wait": room.wait,
        "voice": room.voice,
        "hang_up": room.hang_up,
        "ringing": room.ringing,
        "answer": room.answer,
        "reject": room.reject,
    }
    return [
        Route("/demo/phone", room.page),
        *(
            Route(f"/demo/phone/{name}", answering(step), methods=["POST"])
            for name, step in steps.items()
        ),
    ]


def _said(values: dict[str, Any]) -> Response:
    return JSONResponse(values, headers=HEADERS)


def _call(asked: Any) -> str:
    return str(asked.get("call", ""))


def _posters(directory: Directory) -> list[tuple[str, str, str]]:
    """Return a factory for each phone, with the code that its poster shows."""
    known = codes()
    shown = (("bd", known["megher_alo"]), ("in", known["nilavoli"]))
    return [
        (key, directory.sites[code].name, code)
        for key, code in shown
        if code in directory.sites
    ]


def _contacts(hotline: str) -> list[dict[str, str]]:
    """Return the numbers of a phone's country, the helpline first."""
    country = next(row[1] for row in NUMBERS if row[0] == hotline)
    kinds = {
        "answer": ("Helpline", "Speak at any hour"),
        "missed_call": ("Missed call", "Free: it rings you back"),
    }
    return [
        {"number": row[0], "name": kinds[row[5]][0], "note": kinds[row[5]][1]}
        for row in NUMBERS
        if row[1] == country
    ]


_SPOKEN = {
    phone.key: next(row[3] for row in NUMBERS if row[0] == phone.hotline)
    for phone in PHONES.values()
}
_CONTACTS = {phone.key: _contacts(phone.hotline) for phone in PHONES.values()}
_TEMPLATES = Environment(
    loader=PackageLoader("app.demo", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
