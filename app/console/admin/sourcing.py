"""Who buys from whom: the chain from a brand to its mills, with dates and shares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from starlette.responses import Response

from app.actions.edit_programme import save_row
from app.console.admin.forms import (
    Choice,
    Field,
    cells_of,
    form_page,
    paged,
    wrong_of,
)
from app.console.frame import Door, Place, Visit
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.directory_files.sourcing import ALWAYS
from app.domain.directory import Brand, Directory, Site, Sourcing
from app.domain.errors import NotFound
from app.store.readers import programme
from app.wording.line import N_, Line

PAGE = "/room/admin/sourcing"
_FIRST = 12  # sites of a brand, where all brands are listed
_SITE_HINT = N_("The six digits of its code")
_SAVED = N_("It is saved. Cases that are open keep the chain of their first day.")


@dataclass(frozen=True, slots=True)
class Node:
    """One site that a brand buys from, and what it buys through it."""

    row: Sourcing
    site: Site | None
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """One brand's chain as it holds, and what has ended or not begun."""

    brand: Brand
    nodes: tuple[Node, ...]
    others: tuple[Sourcing, ...]


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _save),
        Place("GET", f"{PAGE}/one", "admin", _one),
    )


def tree_of(brand: Brand, directory: Directory, day: date) -> Tree:
    """Return what a brand buys: directly first, and under each what came through."""
    rows = [row for row in directory.sourcing if row.brand == brand.slug]
    holding = [row for row in rows if row.holds_on(day)]
    direct = [row for row in holding if not row.through]
    tops = {row.site for row in direct}
    nodes = [
        _node(row, [r for r in holding if r.through == row.site], directory)
        for row in direct
    ]
    # What comes through a site from which nothing is bought directly.
    nodes += [
        _node(row, [], directory)
        for row in holding
        if row.through and row.through not in tops
    ]
    others = sorted(
        (row for row in rows if not row.holds_on(day)),
        key=lambda row: row.until or row.since,
        reverse=True,
    )
    return Tree(brand, tuple(nodes), tuple(others))


def _node(row: Sourcing, through: Iterable[Sourcing], directory: Directory) -> Node:
    children = tuple(_node(child, (), directory) for child in through)
    return Node(row, directory.sites.get(row.site), children)


def since_of(row: Sourcing) -> date | None:
    return None if row.since == ALWAYS else row.since


async def _list(visit: Visit) -> Response:
    """Show the brands, each with the first of its sites; or all of one brand's."""
    directory, most = visit.directory, _FIRST
    only = directory.brands.get(visit.asked("brand"))
    if only is None:
        shown, pages = paged(visit, list(directory.brands.values()), size=10)
        trees = [tree_of(brand, directory, visit.day) for brand in shown]
    else:
        tree = tree_of(only, directory, visit.day)
        query = f"brand={quote(only.slug)}"
        nodes, pages = paged(visit, tree.nodes, query=query)
        trees, most = [replace(tree, nodes=tuple(nodes))], len(nodes)
    return visit.page(
        "admin_sourcing.html",
        trees=trees,
        most=most,
        pages=pages,
        since_of=since_of,
        sites=directory.sites,
    )


async def _one(visit: Visit) -> Response:
    """Show one relation's form, or an empty one for a new relation."""
    brand = visit.asked("brand")
    if not visit.asked("site"):
        return _form(visit, {"brand": brand}, is_new=True)
    since = visit.asked("from")
    try:
        begins = date.fromisoformat(since) if since else ALWAYS
    except ValueError:
        raise NotFound("There is no such relation.") from None
    key = (brand, visit.asked("site"), visit.asked("through"), begins)
    async with visit.store.transaction() as tx:
        cells = await programme.cells(tx, Kind.SOURCING, *key)
    if cells is None:
        raise NotFound("There is no such relation.")
    return _form(visit, cells, is_new=False)


async def _save(visit: Visit) -> Response:
    is_new = visit.said("is_new") == "yes"
    fields = _fields(visit, is_new=is_new)
    cells = cells_of(visit, fields)
    if cells["share"] and cells["share"][-1:] != "%":
        cells["share"] += "%"
    try:
        await save_row(
            visit.store,
            Kind.SOURCING,
            cells,
            by=visit.person,
            at=visit.at,
            is_new=visit.said("is_new") == "yes",
        )
    except ImportRefused as refusal:
        return _form(visit, cells, is_new=is_new, refusal=refusal)
    return visit.see_other(PAGE, Line(_SAVED, {}))


def _form(
    visit: Visit,
    cells: Mapping[str, str],
    *,
    is_new: bool,
    refusal: ImportRefused | None = None,
) -> Response:
    fields = _fields(visit, is_new=is_new)
    return form_page(
        visit,
        "admin_relation.html",
        fields,
        cells,
        wrong=wrong_of(refusal, fields) if refusal else None,
        action=PAGE,
        is_new=is_new,
        today=visit.day.isoformat(),
    )


def _fields(visit: Visit, *, is_new: bool) -> tuple[Field, ...]:
    """Return the form's fields; what tells a relation apart is not changed."""
    brands = tuple(Choice(b.slug, name=b.name) for b in visit.directory.brands.values())
    kind = "text" if is_new else "fixed"
    return (
        Field("brand", N_("Brand"), kind="choice" if is_new else kind, choices=brands),
        Field("site", N_("Site"), _SITE_HINT if is_new else "", kind, is_needed=is_new),
        Field(
            "through",
            N_("Through"),
            N_("The code of the site that buys from it; blank: the brand itself")
            if is_new
            else "",
            kind,
        ),
        Field(
            "from",
            N_("First day"),
            N_("Blank: since always") if is_new else "",
            kind="date" if is_new else kind,
        ),
        Field("to", N_("Last day"), N_("Blank: it goes on"), kind="date"),
        Field("share", N_("Share of the site's output, of a hundred"), kind="text"),
    )
