"""How a page goes out: small, private, and closed to everything but itself."""

import gzip
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

# The pages load one stylesheet, and send forms to where they came from. The icon is
# an empty one in the page itself, so that no browser asks for another.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
PRIVATE = "no-store"
# A first page that a lost connection brought back still has what was typed in it.
MENDABLE = "private, no-cache"
PUBLIC = "public, max-age=3600"
FOR_GOOD = "public, max-age=31536000, immutable"


def answer(
    request: Request,
    body: str | bytes,
    *,
    cache: str = PRIVATE,
    status: int = 200,
    media_type: str = "text/html; charset=utf-8",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the page, compressed where the browser takes that.

    Nothing that a stranger chooses stands beside a secret in it: a page with a
    token answers only to who has the token (BREACH).
    """
    content = body.encode() if isinstance(body, str) else body
    kept = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": cache,
        "Vary": "Accept-Encoding, Accept-Language",
        **(headers or {}),
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, 6, mtime=0)
        kept["Content-Encoding"] = "gzip"
    return Response(content, status, kept, media_type)
