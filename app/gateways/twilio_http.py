"""Twilio's own client over httpx, pointed at Twilio or whoever speaks like it.

The SDK's asynchronous client ignores its time limit and never sends JSON
(twilio 9.13), and the SDK has no setting for another base URL: hence this one.
"""

import logging
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
# The request never left, so nothing can have come of it.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class HttpxTwilio(AsyncHttpClient):  # type: ignore[misc]  # twilio ships no types
    """An HTTP client for `twilio.rest.Client` in which requests time out."""

    def __init__(self, api_base: str = "", client: httpx.AsyncClient | None = None):
        super().__init__(logging.getLogger("twilio.http"), is_async=True)
        self._base = api_base
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT)

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request; raise httpx's own errors where none comes back."""
        wants_json = (headers or {}).get("Content-Type") == "application/json"
        answer = await self._client.request(
            method,
            rebase(uri, self._base),
            params=params,
            data=None if wants_json else data,
            json=data if wants_json else None,
            headers=headers,
            auth=auth,
            timeout=TIMEOUT if timeout is None else timeout,
            follow_redirects=allow_redirects,
        )
        return Response(answer.status_code, answer.text, answer.headers)

    async def aclose(self) -> None:
        await self._client.aclose()


def rebase(uri: str, base: str) -> str:
    """Return Twilio's URL moved to another base, path prefix included."""
    if not base:
        return uri
    theirs, ours = urlsplit(uri), urlsplit(base)
    path = ours.path.rstrip("/") + theirs.path
    return urlunsplit((ours.scheme, ours.netloc, path, theirs.query, ""))
