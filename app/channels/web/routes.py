"""The web form's addresses.

Pages are answered to the request that sent the one before: one request a page
on a slow line, and nothing of a talk in an address that a browser remembers.
A page carries its token in the form, so that no cookie is needed and no other
site can send one in the worker's place.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.actions.follow_page import Shut, follow_page, leave_page, new_token
from app.actions.keep_files import Scrub, keep_files, once_each, why_none_fits
from app.actions.page import SentPage
from app.actions.show_page import Prove, door_page, first_page, show_page
from app.actions.take_page import Taken, take_page
from app.channels.web.answer import FOR_GOOD, MENDABLE, answer
from app.channels.web.look import Look
from app.channels.web.wire import (
    Form,
    Malformed,
    Room,
    TooLarge,
    accepted,
    is_of_ours,
    read_page,
)
from app.conversation.pages import lines
from app.conversation.pages.session import At, Shown
from app.domain.directory import Directory
from app.domain.errors import Busy
from app.edge.deps import Parts
from app.edge.problems import RETRY_AFTER_SECONDS
from app.edge.throttle import Throttle, network_of
from app.scrubbing.scrub import scrub
from app.wording.line import Line

# A wrong PIN and a right one are answered after the same time.
_DOOR_SECONDS = 0.4
_MOST_TYPED = 20_000  # characters of one field
_UTC = ZoneInfo("UTC")  # where a page has no dates

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class WebDoor:
    """Where pages come in, and what they stand on."""

    parts: Parts
    look: Look
    prove: Prove
    leave_to: str
    scrub: Scrub = scrub
    throttle: Throttle = field(default_factory=Throttle)
    room: Room = field(default_factory=Room)
    door_seconds: float = field(default_factory=lambda: _DOOR_SECONDS)

    # ------------------------------------------------------------- the first page

    async def first(self, request: Request) -> Response:
        """Show the first page, at the place whose poster was scanned."""
        directory = await self.parts.store.directory()
        code = request.path_params.get("code", "")
        sent = SentPage(
            token=new_token(),
            turn=0,
            fields={
                "site": code if code in directory.sites else "",
                "for": "other" if request.query_params.get("for") == "other" else "",
            },
            language=self.language(request, directory, code),
        )
        shown = first_page(directory, sent)
        return answer(request, self.look.page(shown, _UTC), cache=MENDABLE)

    async def send_first(self, request: Request) -> Response:
        """Take what is wrong: a case from this moment on."""
        with self.room.seat() as seat:
            form = await read_page(request, seat)
            sent = self._sent(request, form, turn=0)
            if not self._is_ours(request):
                # Another site sent it in her name: she is to look at it first.
                directory = await self.parts.store.directory()
                anew = replace(sent, token=new_token())
                shown = first_page(directory, anew, keeps_typed=True)
                return answer(request, self.look.page(shown, _UTC))
            return await self._take(request, sent, form)

    async def send(self, request: Request) -> Response:
        """Take the answer to any later page."""
        with self.room.seat() as seat:
            form = await read_page(request, seat)
            turn = form.fields.get("turn", "")
            is_turn = re.fullmatch("[0-9]{1,5}", turn)
            sent = self._sent(request, form, turn=int(turn) if is_turn else 1)
            if not self._is_ours(request):
                return self._trouble(request, "lost", sent)
            return await self._take(request, sent, form)

    def _is_ours(self, request: Request) -> bool:
        return is_of_ours(request, self.parts.settings.public_base_url)

    async def _take(self, request: Request, sent: SentPage, form: Form) -> Response:
        scrub = once_each(self.scrub)
        try:
            if _has_files_alone(sent):
                why = await why_none_fits(form.files, scrub=scrub)
                if why:
                    return await self._show(request, sent, Taken(), why)
            taken = await take_page(self.parts.store, sent, at=self.parts.now())
        except Busy:
            return self._trouble(request, "busy", sent, status=503)
        if taken.owed:
            self.parts.ring()
        self._count(taken)
        if taken.is_gone:
            return self._trouble(request, "lost", sent)
        try:
            notes = [*taken.notes, *await self._keep(taken, form, scrub)]
            if taken.is_over and not notes:
                over = Shown(At.OVER, sent.language, new_token(), 0)
                return answer(request, self.look.page(over, _UTC))
            if taken.is_over:
                return self._door(request, sent, notes)
            return await self._show(request, sent, taken, notes)
        except Busy:
            return self._trouble(request, "half", sent, status=503)

    async def _keep(self, taken: Taken, form: Form, scrub: Scrub) -> tuple[Line, ...]:
        """Keep what came along; her words are safe by now, whatever it holds."""
        if taken.case_id is None or not form.files:
            return ()
        parts = self.parts
        said = await keep_files(
            parts.store, taken.case_id, form.files, scrub=scrub, at=parts.now()
        )
        parts.ring()
        return said

    async def _show(
        self, request: Request, sent: SentPage, taken: Taken, notes: Sequence[Line]
    ) -> Response:
        parts = self.parts
        if taken.case_id is None:
            directory = await parts.store.directory()
            shown = first_page(directory, sent, notes=notes, keeps_typed=True)
            return answer(request, self.look.page(shown, _UTC))
        showing = await show_page(
            parts.store,
            sent,
            notes=notes,
            at=parts.now(),
            prove=self.prove,
            address=f"{parts.settings.public_base_url}/follow",
            keeps_typed=taken.is_unmoved,
        )
        if showing is None:
            return self._door(request, sent, notes)
        return answer(request, self.look.page(showing.shown, showing.zone))

    # --------------------------------------------------------------- the follow-up

    async def door(self, request: Request) -> Response:
        """Ask for number and PIN."""
        directory = await self.parts.store.directory()
        sent = SentPage("", 0, {}, language=self.language(request, directory))
        return self._door(request, sent, ())

    async def open(self, request: Request) -> Response:
        """Open a case to whoever has its number and PIN.

        Right or wrong, the answer takes as long; what is wrong is not told.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        with self.room.seat() as seat:
            form = await read_page(request, seat)
        network = network_of(request.scope)
        tag = self.throttle.tag(network, started)
        sent = self._sent(request, form, turn=0, network=tag)
        if not self._is_ours(request):
            return self._door(request, SentPage("", 0, {}, language=sent.language), ())
        if sent.get("speak"):
            return self._door(request, sent, ())
        if not self.throttle.may_try(network, started):
            return self._door(request, sent, (lines.TOO_OFTEN,))
        found = await follow_page(self.parts.store, sent, at=self.parts.now())
        if isinstance(found, Shut):
            if found.is_wrong:
                self.throttle.note_wrong(network, started)
            reply = self._door(request, sent, (found.why,))
        else:
            talk = SentPage(sent.token, 1, {}, language=sent.language)
            reply = await self._show(request, talk, Taken(case_id=found), ())
        await asyncio.sleep(max(0.0, started + self.door_seconds - loop.time()))
        return reply

    async def leave(self, request: Request) -> Response:
        """Go at once to a page that anybody might look at; end the talk."""
        language = "en"
        if request.method == "POST":
            with self.room.seat() as seat:
                form = await read_page(request, seat)
            sent = self._sent(request, form, turn=0)
            language = sent.language
            # Where it cannot be written she goes all the same; the talk rests.
            with suppress(Busy):
                await leave_page(self.parts.store, sent.token)
        page = self.look.plain("left", language, "/leave", to=self.leave_to)
        return answer(request, page, headers={"Clear-Site-Data": '"cache"'})

    # ---------------------------------------------------------------------- help

    def language(self, request: Request, directory: Directory, code: str = "") -> str:
        """Return the language of a page: chosen, the browser's own, the place's.

        A browser in English says little on a borrowed phone.
        """
        served = directory.default_languages
        chosen = request.query_params.get("l", "")
        if chosen in served:
            return chosen
        asked = accepted(request.headers.get("accept-language", ""), served)
        site = directory.sites.get(code)
        spoken = (
            tuple(each for each in site.languages if each in served) if site else ()
        )
        for each in asked:
            if each != "en" and (not spoken or each in spoken):
                return each
        return (*spoken, *asked, *served)[0]

    def _sent(
        self,
        request: Request,
        form: Form,
        *,
        turn: int,
        network: bytes | None = None,
    ) -> SentPage:
        fields = {
            # Its name differs from page to page, so that no browser fills in what
            # was typed on an earlier one.
            "words" if name.startswith("words-") else name: value[:_MOST_TYPED]
            for name, value in form.fields.items()
        }
        served = self.look.languages
        asked = accepted(request.headers.get("accept-language", ""), served)
        language = fields.get("speak") or fields.get("l", "")
        return SentPage(
            token=fields.pop("talk", "")[:64] or new_token(),
            turn=turn,
            fields=fields,
            has_files=bool(form.files),
            language=language if language in served else (*asked, *served)[0],
            network=network,
        )

    def _door(
        self, request: Request, sent: SentPage, notes: Sequence[Line]
    ) -> Response:
        page = self.look.page(door_page(sent, new_token(), notes), _UTC)
        return answer(request, page)

    def _trouble(
        self,
        request: Request,
        what: str,
        sent: SentPage | None = None,
        *,
        status: int = 200,
    ) -> Response:
        """Say what to do; what she wrote is there to be sent once more."""
        kept = dict(sent.fields) if sent else {}
        if what == "lost":  # sent anew, it is a complaint of its own
            kept = {name: kept[name] for name in ("words", "l") if name in kept}
        elif sent:
            kept |= {"talk": sent.token, "turn": str(sent.turn)}
        language = sent.language if sent else self._asked(request)
        page = self.look.plain("trouble", language, "/", what=what, kept=kept)
        more = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
        return answer(request, page, status=status, headers=more)

    def _asked(self, request: Request) -> str:
        served = self.look.languages
        asked = accepted(request.headers.get("accept-language", ""), served)
        return (*asked, *served)[0]

    def _count(self, taken: Taken) -> None:
        metrics = self.parts.metrics
        metrics.turns.labels("web").inc()
        if taken.is_new or taken.contact:
            metrics.contacts.labels(taken.contact or "case").inc()

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Answer what goes wrong with a page that says what to do."""

        async def safe(request: Request) -> Response:
            try:
                return await endpoint(request)
            except TooLarge:
                return self._trouble(request, "too-large", status=413)
            except (Malformed, TimeoutError):
                return self._trouble(request, "lost", status=400)
            except Busy:
                return self._trouble(request, "busy", status=503)

        return safe

    async def style(self, request: Request) -> Response:
        return answer(request, self.look.style, cache=FOR_GOOD, media_type="text/css")


def _has_files_alone(sent: SentPage) -> bool:
    is_told = sent.get("words") or sent.get("topic")
    return sent.turn == 0 and sent.has_files and not is_told


def web_routes(door: WebDoor) -> list[BaseRoute]:
    """Return every address of the form and of the follow-up."""

    def at(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(path, door.guarded(endpoint), methods=list(methods))

    return [
        at("/", door.first, "GET"),
        at("/", door.send_first, "POST"),
        at("/s/{code}", door.first, "GET"),
        at("/talk", door.send, "POST"),
        at("/follow", door.door, "GET"),
        at("/follow", door.open, "POST"),
        at("/leave", door.leave, "GET", "POST"),
        Route("/web.css", door.style, methods=["GET"]),
    ]
