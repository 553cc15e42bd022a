"""A site's posters, typeset when somebody asks for one."""

import asyncio

from starlette.responses import Response

from app.console.admin.sites import site_of
from app.console.frame import Door, Place, Visit, answer
from app.domain.errors import NotFound, Refused
from app.domain.taxonomy import LANGUAGES
from app.posters.of_site import sheet_of
from app.posters.sheet import IN_A_PICTURE, Format, Sheet, pdf, png
from app.wording.catalog import Catalog
from app.wording.line import N_

PAGE = "/room/admin/sites/{code}/posters"
_TYPES = {"pdf": "application/pdf", "png": "image/png"}
FORMATS = {
    Format.A3: N_("A3, for the wall"),
    Format.A4: N_("A4, for the wall"),
    Format.CARD: N_("Cards to carry, nine on a sheet"),
    Format.STICKER: N_("Stickers, eight on a sheet"),
}


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("GET", f"{PAGE}/{{file}}", "admin", _file),
    )


async def _list(visit: Visit) -> Response:
    site = site_of(visit)
    why, sheet = "", None
    try:
        sheet = _sheet(visit)
    except Refused as refusal:
        why = str(refusal)
    base = visit.door.parts.settings.public_base_url
    return visit.page(
        "admin_posters.html",
        site=site,
        sheet=sheet,
        why=why,
        formats=FORMATS,
        offered=LANGUAGES,
        chosen=sheet.languages if sheet else (),
        most=IN_A_PICTURE,
        is_open=not base.startswith("https://"),
        query="&".join(f"in={code}" for code in _languages(visit)),
    )


async def _file(visit: Visit) -> Response:
    site = site_of(visit)
    kind, _, ending = str(visit.path["file"]).partition(".")
    if kind not in set(Format) or ending not in _TYPES:
        raise NotFound("There is no such poster.")
    # Typesetting takes up to a second and must not keep a text waiting.
    content = await asyncio.to_thread(
        _drawn, _sheet(visit), Format(kind), ending, visit.door.look.catalog
    )
    name = f"posters-{site.code}-{kind}.{ending}"
    return answer(
        visit.request,
        content,
        media_type=_TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _sheet(visit: Visit) -> Sheet:
    base = visit.door.parts.settings.public_base_url
    return sheet_of(visit.directory, visit.path["code"], _languages(visit), base)


def _languages(visit: Visit) -> tuple[str, ...]:
    asked = visit.request.query_params.getlist("in")
    return tuple(code for code in LANGUAGES if code in asked)


def _drawn(sheet: Sheet, kind: Format, ending: str, catalog: Catalog) -> bytes:
    if ending == "png":
        return png(sheet, kind, catalog)
    return pdf((sheet,), kind, catalog)
