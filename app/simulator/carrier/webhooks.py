"""A webhook on its way: signed, tried again, repeated, lost.

Twilio's "connection overrides" stand in the URL's fragment; the defaults are
one more try, and only where no connection came about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import httpx

from app.domain.errors import ThreadlineError
from app.simulator.sign import signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook to make; `subject` is the call or message it tells of."""

    url: str
    form: Mapping[str, str]
    subject: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes


class HookFailed(ThreadlineError):
    """No try brought an answer that could be used."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


class TryFailed(ThreadlineError):
    """One try failed; `kind` as retry policies name it: ct, rt, 4xx, 5xx."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Rules:
    """How long to wait (seconds) and when to try again."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def retry(self, kind: str) -> bool:
        return kind in self.policy or "all" in self.policy

    def seconds_of(self, kind: str) -> float:
        """Return how long the caller waits for a try that fails like this."""
        return {"ct": self.connect, "rt": self.read}.get(kind, 0.0)


_LIMITS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
# Of the real clock, whatever the rules say of the virtual one.
_PATIENCE = 15.0
_POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


def rules_of(url: str) -> tuple[str, Rules]:
    """Return the URL without its fragment, and the rules in the fragment.

    What the carrier would not take is left at its default.
    """
    bare, _, fragment = url.partition("#")
    given = dict(part.partition("=")[::2] for part in fragment.split("&") if part)
    numbers = {
        name: int(given[name])
        for name, (least, most) in _LIMITS.items()
        if given.get(name, "").isdecimal() and least <= int(given[name]) <= most
    }
    usual = Rules()
    policy = frozenset(given.get("rp", "").split(",")) & _POLICIES
    return bare, Rules(
        connect=numbers.get("ct", 5000) / 1000,
        read=numbers.get("rt", 15_000) / 1000,
        total=numbers.get("tt", 15_000) / 1000,
        retries=numbers.get("rc", usual.retries),
        policy=policy or usual.policy,
    )


class Wire:
    """Posts to the service under test, and to no other place."""

    def __init__(
        self, client: httpx.AsyncClient, *, public_base_url: str, auth_token: str
    ) -> None:
        self._client = client
        self._public = public_base_url.rstrip("/")
        self._auth_token = auth_token

    async def post(self, url: str, delivery: Delivery, token: str) -> Answer:
        """Make one signed request; raise `TryFailed` where no answer comes.

        A GET has the form in its query, which is then part of what is signed.
        """
        form = dict(delivery.form)
        if delivery.method == "GET":
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
            form = {}
        path = url.removeprefix(self._public)
        if path == url or path[:1] not in ("", "/", "?"):
            raise TryFailed("ct")
        try:
            answer = await self._client.request(
                delivery.method,
                (path or "/") if str(self._client.base_url) else url,
                content=urlencode(form) if delivery.method == "POST" else None,
                headers=self._headers(url, form, delivery.method, token),
                timeout=_PATIENCE,
                follow_redirects=False,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise TryFailed("ct") from None
        except httpx.HTTPError:
            raise TryFailed("rt") from None
        content_type = answer.headers.get("content-type", "")
        return Answer(answer.status_code, content_type, answer.content)

    def _headers(
        self, url: str, form: dict[str, str], method: str, token: str
    ) -> dict[str, str]:
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": token,
            "X-Home-Region": "us1",
            "X-Twilio-Signature": signature(url, form, self._auth_token),
            "Accept": "*/*",
        }
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        return headers
