"""Brands: how each is told, how quickly it answers, and who sits there."""

from collections.abc import Mapping

from starlette.responses import Response

from app.actions.edit_programme import save_row
from app.console.admin.forms import (
    Choice,
    Field,
    cells_of,
    form_page,
    wrong_of,
)
from app.console.frame import Door, Place, Visit
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.domain.answer_times import AnswerTimes, answer_times
from app.domain.directory import Brand
from app.domain.errors import NotFound
from app.domain.taxonomy import LANGUAGES
from app.store.readers import programme
from app.store.readers.brand import brand_rungs
from app.wording.line import N_, Line

PAGE = "/room/admin/brands"
NEW = "new"
_SAVED = N_("The brand {name} is saved.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _save),
        Place("GET", f"{PAGE}/{NEW}", "admin", _new),
        Place("GET", f"{PAGE}/{{slug}}", "admin", _one),
    )


async def _times(visit: Visit) -> Mapping[str, AnswerTimes]:
    async with visit.store.transaction() as tx:
        rungs = await brand_rungs(tx)
    return answer_times(rungs, visit.directory)


async def _list(visit: Visit) -> Response:
    return visit.page(
        "admin_brands.html",
        brands=list(visit.directory.brands.values())[:100],
        times=await _times(visit),
        day_now=visit.day,
        directory=visit.directory,
    )


async def _new(visit: Visit) -> Response:
    return await _form(visit, {"language": "en"}, None)


async def _one(visit: Visit) -> Response:
    brand = visit.directory.brands.get(visit.path["slug"])
    if brand is None:
        raise NotFound("There is no such brand.")
    async with visit.store.transaction() as tx:
        cells = await programme.cells(tx, Kind.BRANDS, brand.slug)
    return await _form(visit, cells or {}, brand)


async def _save(visit: Visit) -> Response:
    """A secret that was made is shown in the answer, this one time."""
    known = visit.directory.brands.get(visit.said("slug").lower())
    fields = _fields(visit, known)
    cells = cells_of(visit, fields)
    try:
        done = await save_row(
            visit.store,
            Kind.BRANDS,
            cells,
            by=visit.person,
            at=visit.at,
            is_new=visit.said("is_new") == "yes",
        )
    except ImportRefused as refusal:
        return await _form(visit, cells, known, refusal)
    secret = next(iter(done.secrets.values()), "")
    if secret:
        return visit.page("admin_secret.html", secret=secret, name=cells["name"])
    return visit.see_other(PAGE, Line(_SAVED, {"name": cells["name"]}))


async def _form(
    visit: Visit,
    cells: Mapping[str, str],
    brand: Brand | None,
    refusal: ImportRefused | None = None,
) -> Response:
    fields = _fields(visit, brand)
    times = (await _times(visit)).get(brand.slug) if brand else None
    people = visit.directory.brand_people(brand.slug, visit.day) if brand else []
    return form_page(
        visit,
        "admin_brand.html",
        fields,
        # What was typed for a secret is not sent back to the screen.
        {**cells, "webhook_secret": ""},
        wrong=wrong_of(refusal, fields) if refusal else None,
        action=PAGE,
        brand=brand,
        times=times,
        people=people,
    )


def _fields(visit: Visit, brand: Brand | None) -> tuple[Field, ...]:
    tongues = visit.door.look.catalog.language_name
    has_secret = brand is not None and brand.webhook_secret_sealed is not None
    return (
        Field(
            "slug",
            N_("Short name"),
            N_("Letters a to z, digits and dashes") if brand is None else "",
            kind="text" if brand is None else "fixed",
            is_needed=brand is None,
        ),
        Field("name", N_("Name"), is_needed=True),
        Field("email", N_("E-mail"), kind="email", is_needed=True),
        Field(
            "webhook_url",
            N_("Webhook address"),
            N_("An https address that is called at each escalation; blank: none"),
        ),
        Field(
            "webhook_secret",
            N_("Webhook secret"),
            N_("One is kept. Blank: it stays; it is never shown.")
            if has_secret
            else N_("Blank: one is made where there is an address, and shown once."),
            kind="secret",
        ),
        Field(
            "language",
            N_("Language"),
            kind="choice",
            choices=tuple(Choice(code, name=tongues(code)) for code in LANGUAGES),
        ),
    )
