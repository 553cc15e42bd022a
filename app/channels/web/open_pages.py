"""Pages that belong to no talk: rights at work, and the check of a receipt."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.actions.show_page import Prove
from app.channels.web.answer import PUBLIC, answer
from app.channels.web.routes import WebDoor
from app.channels.web.wire import read_page
from app.conversation.pages.session import Proof
from app.edge.throttle import Throttle, network_of
from app.receipts.qr import qr_svg
from app.receipts.receipt import Finding, Receipt, Signer, verify_address
from app.rights.book import Chapter, Topic, load_rights


@dataclass(frozen=True, slots=True)
class OpenPages:
    """What anybody may look at."""

    door: WebDoor
    signer: Signer
    throttle: Throttle = field(default_factory=Throttle)

    async def rights(self, request: Request) -> Response:
        """List the topics."""
        language = await self._language(request)
        topics = [(topic.slug, topic.title) for topic in load_rights(language)]
        page = self.door.look.plain("rights", language, "/rights", topics=topics)
        return answer(request, page, cache=PUBLIC)

    async def right(self, request: Request) -> Response:
        """Show one topic, in each country where the programme works."""
        language = await self._language(request)
        slug = request.path_params["slug"]
        found = next((t for t in load_rights(language) if t.slug == slug), None)
        if found is None:
            page = self.door.look.plain(
                "trouble", language, "/rights", what="gone", kept={}
            )
            return answer(request, page, status=404)
        page = self.door.look.plain(
            "right",
            language,
            f"/rights/{slug}",
            topic=found.title,
            version=found.version,
            countries=[
                (self.door.look.country(code, language), *_told(found.countries[code]))
                for code in await self._countries(found)
            ],
        )
        return answer(request, page, cache=PUBLIC)

    async def verify(self, request: Request) -> Response:
        """Say of a receipt whether it is genuine, and nothing else.

        No case is looked up: a number that was made up is refused in the same
        way whether there is such a case or not.
        """
        language = await self._language(request)
        given = request.query_params.get("r", "")
        if request.method == "POST":
            with self.door.room.seat() as seat:
                form = await read_page(request, seat)
            given = form.fields.get("receipt", "").strip()
            short = [form.fields.get(name, "") for name in ("number", "day", "code")]
            given = given or " ".join(short).strip()
            chosen = form.fields.get("l", "")
            language = chosen if chosen in self.door.look.languages else language
        verdict, receipt = self._judge(request, given[:2000])
        page = self.door.look.plain(
            "verify",
            language,
            "/verify",
            verdict=verdict,
            number=receipt.number if receipt else "",
            day=receipt.day if receipt else "",
        )
        return answer(request, page)

    def _judge(self, request: Request, given: str) -> tuple[str, Receipt | None]:
        if not given:
            return "", None
        network, now = network_of(request.scope), asyncio.get_running_loop().time()
        if not self.throttle.may_try(network, now):
            return "slow", None
        reading = self.signer.read(given)
        if reading.finding is not Finding.GENUINE:
            self.throttle.note_wrong(network, now)
            return "wrong", None
        return "right", reading.receipt

    async def _language(self, request: Request) -> str:
        return self.door.language(request, await self.door.parts.store.directory())

    async def _countries(self, topic: Topic) -> Sequence[str]:
        """Return the programme's countries; all of them where it has none yet."""
        directory = await self.door.parts.store.directory()
        own = {site.country for site in directory.sites.values()}
        return [code for code in topic.countries if code in own] or [*topic.countries]


def _told(chapter: Chapter) -> tuple[str, Sequence[tuple[str, ...]], str]:
    """Return a chapter as its page shows it: short, the points, what can be done."""
    points = [
        (point.text, source.title, source.url, source.confidence)
        for point in chapter.points
        for source in (point.source,)
    ]
    return chapter.short, points, chapter.next


def prover(signer: Signer, base_url: str) -> Prove:
    """Return what makes the dated receipt of a case."""

    def prove(number: str, day: date) -> Proof:
        receipt = Receipt(number, day)
        signed = signer.sign(receipt)
        address = verify_address(base_url, signed)
        return Proof(
            day=day,
            text=signed,
            code=signer.check_code(receipt),
            address=f"{base_url}/verify",
            picture=qr_svg(address, number),
        )

    return prove


def open_routes(pages: OpenPages) -> list[BaseRoute]:
    """Return the addresses that belong to no talk."""
    guarded = pages.door.guarded
    return [
        Route("/rights", guarded(pages.rights), methods=["GET"]),
        Route("/rights/{slug}", guarded(pages.right), methods=["GET"]),
        Route("/verify", guarded(pages.verify), methods=["GET", "POST"]),
    ]
