"""Media that came with a message: fetched from Twilio, then deleted there.

The address comes from a webhook. Only one of our account's own media at the API's
host is asked for; a redirect leads to another host, which must not see our token.
"""

import re

import httpx

from app.gateways.twilio_http import rebase
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    NotYet,
    Transient,
    failure_of,
)

LARGEST = 16 * 1024 * 1024  # bytes; WhatsApp carries no more
_HOPS = 5
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_TWILIO = "https://api.twilio.com"
_SID = r"[A-Za-z0-9-]{1,64}"
_PATH = re.compile(
    rf"(?:/.*)?(/2010-04-01/Accounts/({_SID})/Messages/{_SID}/Media/{_SID})"
)


class TwilioMedia:
    """Reads and deletes what was sent to one account."""

    def __init__(
        self,
        *,
        api_base: str,
        account_sid: str,
        auth_token: str,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._base = api_base
        self._account = account_sid
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        # Each hop is judged here, so that the token never travels on.
        self._client = client or httpx.AsyncClient(
            timeout=_TIMEOUT, follow_redirects=False
        )

    async def fetch(self, address: str) -> bytes:
        """Return the file that a webhook named.

        Raise `NotYet` while the carrier answers 404, `BadContent` where it is
        none of our media or has more than `LARGEST` bytes, else what failed.
        """
        home = url = self._ours(address)
        try:
            for _ in range(_HOPS):
                auth = self._auth if _is_same_origin(home, url) else None
                async with self._client.stream("GET", url, auth=auth) as answer:
                    if not answer.has_redirect_location:
                        return await _read(answer)
                    url = url.join(answer.headers["Location"])
                if not _is_safe(home, url):
                    raise Misconfigured("redirect")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as lost:
            raise Transient(type(lost).__name__) from None
        raise Transient("redirects")

    async def delete(self, address: str) -> None:
        """Have the carrier destroy its copy; one that is gone is destroyed."""
        try:
            url = self._ours(address)
        except BadContent:
            return  # It is none of the account's: there is nothing to delete.
        try:
            answer = await self._client.delete(f"{url}.json", auth=self._auth)
        except httpx.HTTPError as lost:
            raise Transient(type(lost).__name__) from None
        if answer.status_code not in (204, 404):
            raise _why_not(answer.status_code)

    def _ours(self, address: str) -> httpx.URL:
        """Return where the medium lies at the API that we were told to use."""
        try:
            named = httpx.URL(address)
        except httpx.InvalidURL:
            raise BadContent("address") from None
        found = _PATH.fullmatch(named.path)
        hosts = {httpx.URL(each).host for each in (_TWILIO, self._base) if each}
        if found is None or found[2] != self._account or named.host not in hosts:
            raise BadContent("address")
        return httpx.URL(rebase(f"{_TWILIO}{found[1]}", self._base))

    async def aclose(self) -> None:
        await self._client.aclose()


async def _read(answer: httpx.Response) -> bytes:
    if answer.status_code == 404:
        raise NotYet(404)
    if not answer.is_success:
        raise _why_not(answer.status_code)
    content = bytearray()
    async for piece in answer.aiter_bytes():
        content += piece
        if len(content) > LARGEST:
            raise BadContent("too_large")
    if not content:
        raise NotYet("empty")
    return bytes(content)


def _why_not(status: int) -> GatewayError:
    failure = failure_of(None, status)
    return failure if isinstance(failure, Misconfigured) else Transient(status)


def _is_same_origin(home: httpx.URL, url: httpx.URL) -> bool:
    return (home.scheme, home.host, home.port) == (url.scheme, url.host, url.port)


def _is_safe(home: httpx.URL, url: httpx.URL) -> bool:
    """Tell whether a picture may travel so: never less hidden than it set out."""
    return url.scheme == "https" or (url.scheme == "http" == home.scheme)
