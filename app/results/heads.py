"""The newest heads of the ledger, for anybody who wants to keep them."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.domain.heads import head_text
from app.domain.whole_number import whole_number
from app.edge.deps import Parts
from app.store import heads

_NEWEST = 48  # two days
_MOST = 10**9
_NO_SUCH = {"detail": "There is no head of this number: /heads lists the newest."}
_HEADERS = {
    "Access-Control-Allow-Origin": "*",  # a witness may read them from a page
    "X-Content-Type-Options": "nosniff",
}


def head_routes(parts: Parts) -> list[BaseRoute]:
    """Return /heads and /heads/{number}.json."""

    async def newest(_request: Request) -> Response:
        """List the newest heads, the newest first, each as its witnesses have it."""
        async with parts.store.transaction() as tx:
            found = await heads.latest(tx, _NEWEST)
        return JSONResponse(
            {"heads": [kept.file() for kept in found]},
            headers={**_HEADERS, "Cache-Control": "public, max-age=60"},
        )

    async def one(request: Request) -> Response:
        """Send one head, byte for byte as in a mail of it, once it was stamped too."""
        number = whole_number(request.path_params["number"], most=_MOST)
        kept = None
        if number is not None:
            async with parts.store.transaction() as tx:
                kept = await heads.numbered(tx, number)
        if kept is None:
            return JSONResponse(_NO_SUCH, 404, headers=_HEADERS)
        return Response(
            head_text(kept.file()),
            media_type="application/json",
            headers={**_HEADERS, "Cache-Control": "public, max-age=300"},
        )

    return [
        Route("/heads", newest, methods=["GET"]),
        Route("/heads/{number}.json", one, methods=["GET"]),
    ]
