"""Media that came with a message: fetched from Twilio, then deleted there.

The address comes from a webhook. Only one of our account's own media at the API's
host is asked for; a redirect leads to another host, which must not see our token.
"""

import re

import httpx

from app.gateways.twilio_fetch import fetched, why_not_had, without_redirects
from app.gateways.twilio_http import rebase
from app.outbox.settlement import BadContent, Transient

LARGEST = 16 * 1024 * 1024  # bytes; WhatsApp carries no more
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
        self._client = client or without_redirects()

    async def fetch(self, address: str) -> bytes:
        """Return the file that a webhook named.

        Raise `NotYet` while the carrier answers 404, `BadContent` where it is
        none of our media or has more than `LARGEST` bytes, else what failed.
        """
        home = self._ours(address)
        return await fetched(
            self._client,
            home,
            auth=self._auth,
            largest=LARGEST,
            may_go=lambda url: _is_safe(home, url),
        )

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
            raise why_not_had(answer.status_code)

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


def _is_safe(home: httpx.URL, url: httpx.URL) -> bool:
    """Tell whether a picture may travel so: never less hidden than it set out."""
    return url.scheme == "https" or (url.scheme == "http" == home.scheme)
