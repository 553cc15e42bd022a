"""What the web process serves of the API: its operations and its description."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files as packaged

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.api import problems
from app.api.openapi import OPERATIONS, document
from app.api.problems import BASE


def api_routes() -> list[BaseRoute]:
    """Return the routes; who serves them puts an `ApiDoor` at `app.state.api`."""
    return [
        Route(BASE, page, methods=["GET"]),
        Route(f"{BASE}/openapi.json", description, methods=["GET"]),
        *OPERATIONS,
    ]


async def description(_request: Request) -> Response:
    return JSONResponse(document())


async def page(_request: Request) -> Response:
    """The description as one plain page, for people; nothing on it runs."""
    html, policy = _page()
    return Response(
        html, 200, {"Content-Security-Policy": policy}, "text/html; charset=utf-8"
    )


@lru_cache(maxsize=1)
def _page() -> tuple[str, str]:
    """Return the page and the policy that lets its one style sheet in."""
    style = packaged("app.api").joinpath("pages", "v1.css").read_text("utf-8")
    templates = Environment(
        loader=PackageLoader("app.api", "pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = templates.get_template("v1.html").render(
        api=document(), kinds=problems.KINDS, style=style
    )
    known = b64encode(sha256(style.encode()).digest()).decode()
    return html, (
        f"default-src 'none'; style-src 'sha256-{known}'; img-src data:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
