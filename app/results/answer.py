"""How a page of results goes out: for everybody, and the same for everybody."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

# One stylesheet and the charts, from here; no script, no form, no icon to ask for.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
# A chart carries the colours of a dark page with it.
OF_PICTURES = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " frame-ancestors 'none'"
)
SOON_STALE = "public, max-age=300"
FOR_GOOD = "public, max-age=31536000, immutable"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent, plain and pressed, and the tag that it is known by."""

    content: bytes
    kind: str
    etag: str
    pressed: bytes = b""  # empty where it is pressed in itself
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, content: bytes, kind: str, *, is_dense: bool = False, **headers: str
    ) -> "Body":
        return cls(
            content,
            kind,
            f'W/"{sha256(content).hexdigest()[:20]}"',
            b"" if is_dense else gzip.compress(content, 6, mtime=0),
            {name.replace("_", "-"): value for name, value in headers.items()},
        )


def answer(
    request: Request,
    body: Body,
    *,
    status: int = 200,
    cache: str = SOON_STALE,
    policy: str = POLICY,
) -> Response:
    """Return the body, or 304 to a browser that has it already."""
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": cache,
        "ETag": body.etag,
        "Vary": "Accept-Encoding, Accept-Language",
        **body.headers,
    }
    known = request.headers.get("if-none-match", "")
    if status == 200 and body.etag in (each.strip() for each in known.split(",")):
        return Response(status_code=304, headers=headers)
    content = body.content
    if body.pressed and "gzip" in request.headers.get("accept-encoding", ""):
        content = body.pressed
        headers["Content-Encoding"] = "gzip"
    return Response(content, status, headers, body.kind)
