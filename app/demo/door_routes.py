"""Into the demo's rooms without a password: one button a person.

Nowhere but in a demo's database does `seat_in_demo` make a session.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.actions.sessions import seat_in_demo
from app.console.frame import keep_session
from app.demo.at_home import FORM_HEADERS, is_own_form
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput
from app.domain.taxonomy import Role
from app.edge.deps import Parts

_SECONDS = 12 * 3600
# Whose rooms are shown first, and how the page calls them.
_OFFICES = (
    (Role.PARTNER, "The neutral partners"),
    (Role.BRAND, "The brands"),
    (Role.ADMIN, "The secretariat"),
    (Role.AUDITOR, "The auditors"),
)


@dataclass(frozen=True, slots=True)
class DoorRoom:
    """The list of who may be entered as, and the way in."""

    parts: Parts

    async def page(self, request: Request) -> Response:
        if not is_own_form(request):
            return Response(status_code=403, headers=FORM_HEADERS)
        directory = await self.parts.store.directory()
        today = self.parts.now().date()
        serving = [p for p in directory.people if p.serves_on(today)]
        html = _TEMPLATE.render(
            offices=[
                (name, [p for p in serving if p.role is role])
                for role, name in _OFFICES
            ],
            factories=_by_site(directory, serving),
        )
        return Response(html, media_type="text/html", headers=FORM_HEADERS)

    async def enter(self, request: Request) -> Response:
        """Sit down as that person; the browser is sent on to her room."""
        if not is_own_form(request):
            return Response(status_code=403, headers=FORM_HEADERS)
        form = await request.form(max_fields=4, max_files=0)
        directory = await self.parts.store.directory()
        wanted = str(form.get("person", ""))
        person = next((p for p in directory.people if str(p.id) == wanted), None)
        if person is None:
            raise BadInput("there is nobody of that name in the demo")
        secret = await seat_in_demo(self.parts.store, person, self.parts.now())
        answered = Response(status_code=303, headers={"Location": "/room"})
        keep_session(answered, secret, _SECONDS)
        return answered


def door_routes(room: DoorRoom) -> list[BaseRoute]:
    return [
        Route("/demo/rooms", room.page, methods=["GET"]),
        Route("/demo/rooms", room.enter, methods=["POST"]),
    ]


def _by_site(
    directory: Directory, serving: Sequence[Person]
) -> list[tuple[str, list[Person]]]:
    """Return each site's name with the people of its bodies."""
    found = []
    for site in sorted(directory.sites.values(), key=lambda s: (s.country, s.name)):
        here = [p for p in serving if p.role.is_factory_side and site.code in p.org]
        if here:
            found.append((f"{site.name}, {site.region} ({site.code})", here))
    return found


_TEMPLATE = Environment(
    loader=PackageLoader("app.demo", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("rooms.html")
