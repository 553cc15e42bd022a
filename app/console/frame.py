"""What stands around every page of the rooms: who comes, with what, and may she.

A room's module offers `places(door)`. Each `Place` names the page that it is
(`permissions.PAGES`); a handler runs only for somebody who has signed in with
both factors, whose role has that page, and, where something is sent, whose
browser sent it from a page of ours. Everything else is answered here, and what
somebody may not open is answered like what is not there.
"""

import base64
import gzip
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.actions.sessions import Sitting, sitting_of
from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.console.look import Look
from app.console.nav import here, nav
from app.domain.case_numbers import case_number
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput, Busy, NotFound, Refused
from app.domain.permissions import may_open
from app.domain.whereabouts import day_of, zone_of
from app.edge.deps import Parts
from app.edge.problems import RETRY_AFTER_SECONDS
from app.edge.throttle import Paced, Throttle
from app.store.accounts import DEVICES_KEPT
from app.store.engine import Store, Transaction
from app.wording.catalog import WordingError
from app.wording.line import Line

log = structlog.get_logger()

COOKIE = "__Host-room"
# Which browser it is, for longer than a session; it opens nothing.
KNOWN_COOKIE = "__Host-known"
_NOTE = "__Host-note"
_NOTE_SECONDS = 60
# Pages load one stylesheet of ours and play sounds of ours; nothing else.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A page of the rooms, in what a header may hold; a backslash is a slash to some.
_OURS = re.compile(r"/room(?:[/?#][\x21-\x5b\x5d-\x7e]*)?")
# The fields in which somebody words something.
_WORDED = ("note", "word", "action", "evidence")
# The parts of an address that name a case.
_OF_CASES = ("number", "handle")
_MOST_FIELDS = 500
_MOST_FILES = 4


@dataclass(frozen=True, slots=True)
class Door:
    """Where the staff come in, and what their rooms stand on."""

    parts: Parts
    look: Look
    throttle: Throttle = field(default_factory=Throttle)
    paced: Paced = field(default_factory=Paced)

    @property
    def store(self) -> Store:
        return self.parts.store


@dataclass(frozen=True)
class Visit:
    """One request to a room, by somebody who may be there."""

    door: Door
    request: Request
    at: datetime
    directory: Directory
    sitting: Sitting | None  # None only at a place that is open to everybody
    secret: str  # the session's cookie, blank without one
    form: FormData = field(default_factory=FormData, repr=False)
    note: Line | None = None  # what the page before has to say

    @property
    def store(self) -> Store:
        return self.door.parts.store

    @property
    def carriers(self) -> Mapping[str, Carrier]:
        """The carriers of which there is a file, the operator's own among them."""
        return on_shelf(self.door.parts.settings.sms_folder)

    @property
    def person(self) -> Person:
        """Who it is; only where the place is not open to everybody."""
        assert self.sitting is not None
        return self.sitting.person

    @property
    def path(self) -> Mapping[str, str]:
        """The parts of the address that its pattern names.

        The number of a case stands there as pages show it, or without the dash.
        """
        found = {n: clean(str(v)) for n, v in self.request.path_params.items()}
        return {n: case_number(v) if n in _OF_CASES else v for n, v in found.items()}

    @cached_property
    def language(self) -> str:
        if self.sitting is not None:
            return self.sitting.language
        asked = self.request.query_params.get("l", "")
        if asked in self.door.look.languages:
            return asked
        for part in self.request.headers.get("accept-language", "").split(",")[:8]:
            code = part.split(";")[0].strip().lower().partition("-")[0]
            if code in self.door.look.languages:
                return code
        return "en"

    @cached_property
    def day(self) -> date:
        """The local day at the person's place: on which her terms are read."""
        return day_of(self.person, self.directory, self.at)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of her place, for times that belong to no case."""
        return zone_of(self.person, self.directory)

    @property
    def known(self) -> str:
        """Return what the browser keeps since it last came in; blank: nothing."""
        return self.request.cookies.get(KNOWN_COOKIE, "")

    @cached_property
    def token(self) -> str:
        """What every form of this session carries in its field `t`."""
        return sha256(b"form|" + self.secret.encode()).hexdigest()[:32]

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction that sees only what this person may see."""
        return self.store.as_person(self.person.id, day=self.day)

    def said(self, name: str, *, most: int = 4000) -> str:
        """Return one field of the form, trimmed; blank where it was not sent.

        For what is short by its nature; what somebody worded is read by `words`.
        """
        return self.typed(name)[:most]

    def words(self, name: str, *, most: int) -> str:
        """Return what somebody worded: whole, or refused; never cut."""
        text = self.typed(name)
        if len(text) > most:
            raise BadInput(
                f"This is too long: {len(text)} characters, {most} are the most."
                " Leave something out, or send it in two."
            )
        return text

    def typed(self, name: str) -> str:
        """Return a field as it was typed, however long, to be shown again."""
        value = self.form.get(name, "")
        if not isinstance(value, str):
            return ""
        return clean(value).replace("\r\n", "\n").strip()

    def all_said(self, name: str) -> tuple[str, ...]:
        return tuple(clean(v) for v in self.form.getlist(name) if isinstance(v, str))

    async def file(self, name: str) -> bytes | None:
        value = self.form.get(name)
        return await value.read() if isinstance(value, UploadFile) else None

    def asked(self, name: str) -> str:
        """Return one part of the query; blank where there is none."""
        return clean(self.request.query_params.get(name, "")).strip()

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page of this room; see `Look.page` for what a template has.

        Beside that: `visit`, `person`, `t` (the form's token), `note`, and `once`, by
        which a form that comes twice is known; see `app.console.mark`.
        """
        html = self.door.look.page(
            template,
            self.language,
            **{
                "visit": self,
                "nav": nav,
                "here": here,
                "person": self.sitting.person if self.sitting else None,
                "t": self.token,
                "note": self.note,
                "once": uuid4().hex,
                "zone": self.zone if self.sitting else ZoneInfo("UTC"),
                **values,
            },
        )
        answered = answer(self.request, html, status=status)
        if self.note is not None:
            _forget(answered, _NOTE)
        return answered

    def see_other(self, path: str, note: Line | None = None) -> Response:
        """Send the browser on to a page of ours after something was done.

        `note` is said once on that page. It travels in a cookie of its own, and
        never holds a word of a worker's.
        """
        answered = Response(status_code=303, headers={"Location": path})
        if note is not None:
            said = json.dumps([note.message, _plain(note.params)])
            _set(
                answered,
                _NOTE,
                base64.urlsafe_b64encode(said.encode()).decode(),
                _NOTE_SECONDS,
            )
        return answered

    def missing(self) -> Response:
        """Answer what is not there, or not hers: the same in each case."""
        return self.page("missing.html", status=404)


Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a room: `name` is a key of `permissions.PAGES`.

    Blank: open to everybody; the handler looks at `visit.sitting` itself.
    """

    method: str  # GET or POST
    path: str
    name: str
    handler: Handler


def routes(door: Door, places: Sequence[Place]) -> list[BaseRoute]:
    """Return the routes of these places, each behind the frame."""
    style = Route("/room.css", _style(door), methods=["GET"])
    return [
        style,
        *(Route(p.path, _behind(door, p), methods=[p.method]) for p in places),
    ]


def _style(door: Door) -> Callable[[Request], Awaitable[Response]]:
    async def style(request: Request) -> Response:
        return answer(
            request,
            door.look.style,
            media_type="text/css; charset=utf-8",
            cache="public, max-age=31536000, immutable",
        )

    return style


def _behind(door: Door, place: Place) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await _open(door, place, request)
        except Busy:
            return Response(
                "Busy. Please try again in a moment.",
                503,
                {"Retry-After": str(RETRY_AFTER_SECONDS)},
            )

    return answered


async def _open(door: Door, place: Place, request: Request) -> Response:
    secret = request.cookies.get(COOKIE, "")
    at = door.parts.now()
    sitting = await sitting_of(door.store, secret, at) if secret else None
    visit = Visit(
        door=door,
        request=request,
        at=at,
        directory=await door.store.directory(),
        sitting=sitting,
        secret=secret if sitting else "",
        note=_note_of(request, door.look),
    )
    if place.name and (sitting is None or not sitting.is_whole):
        return _to_the_door(request, has_begun=sitting is not None)
    if place.name and not may_open(visit.person.role, place.name):
        return visit.missing()
    if request.method == "POST":
        if not is_of_ours(request, door.parts.settings.public_base_url):
            return visit.page("stale.html", status=403)
        form = await request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS)
        visit = _with_form(visit, form)
        given = visit.said("t")
        if sitting is not None and not hmac.compare_digest(
            given.encode(), visit.token.encode()
        ):
            await form.close()
            return visit.page("stale.html", status=403)
    try:
        return await place.handler(visit)
    except NotFound:
        return visit.missing()
    except (Refused, BadInput) as refusal:
        return refused(visit, refusal)
    finally:
        await visit.form.close()


def refused(visit: Visit, why: Refused | BadInput) -> Response:
    """Say why nothing was done, beside whatever was worded for it."""
    return visit.page(
        "refused.html",
        status=status_of(why),
        why=Line(str(why)) if visit.door.look.knows(str(why)) else str(why),
        kept=[text for name in _WORDED if (text := visit.typed(name))],
    )


def status_of(why: Refused | BadInput) -> int:
    return 400 if isinstance(why, BadInput) else 409


def clean(text: str) -> str:
    """Leave out what neither a page nor the database can hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _with_form(visit: Visit, form: FormData) -> Visit:
    return Visit(
        door=visit.door,
        request=visit.request,
        at=visit.at,
        directory=visit.directory,
        sitting=visit.sitting,
        secret=visit.secret,
        form=form,
        note=visit.note,
    )


def _to_the_door(request: Request, *, has_begun: bool) -> Response:
    """Ask who it is; what was looked for is opened after that."""
    place = "/in/second" if has_begun else "/in"
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = f"?to={quote(wanted, safe='')}" if request.method == "GET" else ""
    return Response(status_code=303, headers={"Location": f"{place}{to}"})


def way_back(to: str) -> str:
    """Return where to go after signing in: a page of ours, whatever was asked."""
    return to if _OURS.fullmatch(to) else "/room"


def is_of_ours(request: Request, base_url: str) -> bool:
    """Tell whether a page of ours sent it; silence counts as no.

    Every browser that knows our cookie's prefix says one of the two.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin", "")
    base = urlsplit(base_url)
    own = {
        f"{base.scheme}://{base.netloc}",
        f"{request.url.scheme}://{request.headers.get('host')}",
    }
    return origin in own


def keep_session(response: Response, secret: str, seconds: int) -> None:
    """Give the browser the session's cookie."""
    _set(response, COOKIE, secret, seconds)


def keep_known(response: Response, known: str) -> None:
    """Let the browser be known for long; see `app.actions.known_devices`."""
    _set(response, KNOWN_COOKIE, known, int(DEVICES_KEPT.total_seconds()))


def end_session(response: Response) -> None:
    _forget(response, COOKIE)


def answer(
    request: Request,
    body: str | bytes,
    *,
    status: int = 200,
    media_type: str = "text/html; charset=utf-8",
    cache: str = "no-store",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the page, compressed where the browser takes that."""
    content = body.encode() if isinstance(body, str) else body
    kept = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": cache,
        "Vary": "Accept-Encoding, Cookie",
        **(headers or {}),
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, 6, mtime=0)
        kept["Content-Encoding"] = "gzip"
    return Response(content, status, kept, media_type)


def _note_of(request: Request, look: Look) -> Line | None:
    """Return what the page before had to say, if it is a sentence of ours."""
    raw = request.cookies.get(_NOTE)
    if not raw:
        return None
    try:
        message, params = json.loads(base64.urlsafe_b64decode(raw.encode()))
        if not look.knows(message):
            return None
        line = Line(message, {str(k): str(v) for k, v in params.items()})
        for language in look.languages:
            look.say(line, language=language)
        return line
    except (ValueError, AttributeError, TypeError, RecursionError, WordingError):
        return None


def _plain(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True,
        samesite="lax",
    )  # fmt: skip


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
