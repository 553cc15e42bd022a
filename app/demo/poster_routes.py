"""The posters of the demo's sites, made when their button is pressed."""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.demo.at_home import HEADERS, answering
from app.domain.errors import BadInput
from app.edge.deps import Parts
from app.posters.of_site import sheet_of
from app.posters.sheet import Format, Sheet, pdf, png
from app.wording.catalog import Catalog

_MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class PosterRoom:
    """What a poster is made from."""

    parts: Parts
    catalog: Catalog

    async def poster(self, request: Request) -> Response:
        """Return a site's poster: `/demo/poster/CODE/a4.pdf`, or as a picture."""
        kind, _, ending = request.path_params["file"].partition(".")
        if kind not in set(Format) or ending not in _MEDIA_TYPES:
            raise BadInput("a poster is a3, a4, card or sticker, as .pdf or .png")
        directory = await self.parts.store.directory()
        base = self.parts.settings.public_base_url
        sheet = sheet_of(directory, request.path_params["code"], (), base)
        # Typesetting takes up to a second and must not keep a text waiting.
        content = await asyncio.to_thread(self._drawn, sheet, Format(kind), ending)
        return Response(content, media_type=_MEDIA_TYPES[ending], headers=HEADERS)

    def _drawn(self, sheet: Sheet, kind: Format, ending: str) -> bytes:
        if ending == "png":
            return png(sheet, kind, self.catalog)
        return pdf((sheet,), kind, self.catalog)


def poster_routes(room: PosterRoom) -> list[BaseRoute]:
    return [Route("/demo/poster/{code}/{file}", answering(room.poster))]
