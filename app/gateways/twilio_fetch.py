"""One file of an account's, fetched whole.

It may be handed out by another host, which must not see our token: each hop is
judged here, so `client` must follow no redirect by itself.
"""

from collections.abc import Callable

import httpx

from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    NotYet,
    Transient,
    failure_of,
)

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_HOPS = 5


def without_redirects() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)


async def fetched(
    client: httpx.AsyncClient,
    home: httpx.URL,
    *,
    auth: httpx.BasicAuth,
    largest: int,
    may_go: Callable[[httpx.URL], bool],
) -> bytes:
    """Return what lies at `home`; the token goes to its origin and nowhere else.

    `may_go` tells whether a redirect may be followed. Raise `NotYet` while the
    carrier answers 404, `BadContent` beyond `largest` bytes, else what failed.
    """
    url = home
    try:
        for _ in range(_HOPS):
            own = auth if _is_same_origin(home, url) else None
            async with client.stream("GET", url, auth=own) as answer:
                if not answer.has_redirect_location:
                    return await _read(answer, largest)
                url = url.join(answer.headers["Location"])
            if not may_go(url):
                raise Misconfigured("redirect")
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as lost:
        raise Transient(type(lost).__name__) from None
    raise Transient("redirects")


async def _read(answer: httpx.Response, largest: int) -> bytes:
    if answer.status_code == 404:
        raise NotYet(404)
    if not answer.is_success:
        raise why_not_had(answer.status_code)
    content = bytearray()
    async for piece in answer.aiter_bytes():
        content += piece
        if len(content) > largest:
            raise BadContent("too_large")
    if not content:
        raise NotYet("empty")
    return bytes(content)


def why_not_had(status: int) -> GatewayError:
    """Return the failure that a refused file is: a setting, or it may pass."""
    failure = failure_of(None, status)
    return failure if isinstance(failure, Misconfigured) else Transient(status)


def _is_same_origin(home: httpx.URL, url: httpx.URL) -> bool:
    return (home.scheme, home.host, home.port) == (url.scheme, url.host, url.port)
