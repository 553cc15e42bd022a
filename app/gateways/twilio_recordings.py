"""Recordings at Twilio: fetched, deleted, and looked through for lost ones.

Media may answer 404 for a while after the webhook, lies behind Basic auth and
may be handed out by another host, which must not see our token.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from app.domain.phones import is_a_phone
from app.gateways.twilio_fetch import fetched, without_redirects
from app.gateways.twilio_http import HttpxTwilio, rebase
from app.gateways.twilio_refusals import why_not_read
from app.outbox.settlement import BadContent, Misconfigured, NotYet, Transient

LARGEST = 20 * 1024 * 1024  # bytes; an hour of WAV has 57 MB, of MP3 far less
_PAGE = 200
# Where a recording was made by our own <Record>, and not by another product's.
_OURS = "RecordVerb"


@dataclass(frozen=True, slots=True)
class Listed:
    """One recording as the account lists it; `status` is Twilio's."""

    sid: str
    call_sid: str
    seconds: int
    at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Parties:
    """Who called whom, and how the call stands, as the carrier knows it."""

    sender: str | None = field(repr=False)  # None: withheld, or no number
    dialled: str = field(repr=False)
    direction: str  # inbound, outbound-api, …
    status: str = ""
    answered_by: str | None = None


class TwilioRecordings:
    """Reads and deletes one account's recordings."""

    def __init__(
        self,
        http: HttpxTwilio,
        *,
        api_base: str,
        account_sid: str,
        auth_token: str,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._http = http
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._account = rebase(
            f"https://api.twilio.com/2010-04-01/Accounts/{account_sid}", api_base
        )
        self._media = client or without_redirects()
        self._client = Client(account_sid, auth_token, http_client=http)

    async def fetch(self, sid: str) -> bytes:
        """Return the sound as WAV, or as MP3 where the WAV is too large.

        Raise `NotYet` while the carrier answers 404, `BadContent` where even
        the MP3 has more than `LARGEST` bytes, else what failed.
        """
        address = f"{self._account}/Recordings/{sid}"
        try:
            return await self._get(f"{address}.wav")
        except BadContent:
            return await self._get(f"{address}.mp3")

    async def _get(self, address: str) -> bytes:
        return await fetched(
            self._media,
            httpx.URL(address),
            auth=self._auth,
            largest=LARGEST,
            may_go=lambda url: url.scheme in ("http", "https"),
        )

    async def delete(self, sid: str) -> None:
        """Have the carrier destroy its copy; one that is gone is destroyed.

        Raise `Misconfigured` where the platform cannot delete: Somleng has no
        such verb, and a person must ask whoever runs it.
        """
        try:
            is_done = await self._client.recordings(sid).delete_async()
        except TwilioRestException as refused:
            if refused.status != 404:
                raise why_not_read(refused) from None
            await self._need_gone(sid)
            return
        except (httpx.HTTPError, TwilioException, ValueError) as lost:
            raise Transient(type(lost).__name__) from None
        if not is_done:
            raise Transient("not_deleted")

    async def _need_gone(self, sid: str) -> None:
        """Tell a recording that is not there from a verb that is not."""
        try:
            await self._client.recordings(sid).fetch_async()
        except TwilioRestException as refused:
            if refused.status == 404:
                return
            raise why_not_read(refused) from None
        except (httpx.HTTPError, TwilioException, ValueError) as lost:
            raise Transient(type(lost).__name__) from None
        raise Misconfigured("cannot_delete")

    async def listed(self, since: datetime) -> tuple[Listed, ...]:
        """Return what <Record> has recorded since then, every page of it."""
        found = await _reading(
            lambda: self._client.recordings.list_async(
                date_created_after=since.astimezone(UTC), page_size=_PAGE
            )
        )
        return tuple(
            Listed(r.sid, r.call_sid, _whole(r.duration), r.date_created, r.status)
            for r in found
            if r.sid and r.call_sid and r.date_created and r.source == _OURS
        )

    async def parties(self, call_sid: str) -> Parties:
        """Return between whom a call was; raise `NotYet` where it is unknown."""
        try:
            call = await _reading(lambda: self._client.calls(call_sid).fetch_async())
        except Misconfigured as failure:
            if failure.code in ("404", "20404"):
                raise NotYet(failure.code) from None
            raise
        # `from` is no name in Python, so the SDK calls it `_from`.
        return Parties(
            _caller(call._from or ""),
            call.to or "",
            call.direction or "",
            call.status or "",
            call.answered_by or None,
        )

    async def aclose(self) -> None:
        await self._media.aclose()
        await self._http.aclose()


async def _reading(read: Callable[[], Any]) -> Any:
    try:
        return await read()
    except TwilioException as refused:
        raise why_not_read(refused) from None
    except (httpx.HTTPError, ValueError) as lost:
        raise Transient(type(lost).__name__) from None


def _caller(raw: str) -> str | None:
    return raw if is_a_phone(raw) else None


def _whole(duration: str | None) -> int:
    """Return whole seconds; -1, as Twilio says while it runs, and none, are 0."""
    try:
        return max(int(duration or 0), 0)
    except ValueError:
        return 0
