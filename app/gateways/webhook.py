"""Signed webhooks to brands, as Standard Webhooks says (standardwebhooks.com).

The address is a brand's to give, so it is checked before anything is sent: it
must be a public one, and the connection goes to the very address that was
checked, whatever the name resolves to a moment later.
"""

import asyncio
import json
import ssl
from datetime import UTC
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from app.domain.hosts import is_loopback
from app.outbox.owed import Hook, Receipt, public_id
from app.outbox.settlement import GatewayError, Misconfigured, Permanent, Transient

_TIMEOUT = 10.0
_GONE = 410
_TRY_AGAIN = frozenset({408, 425, 429})
# Addresses that lead to another, embedded one: NAT64, 6to4, Teredo.
_TUNNELS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")))

Address = IPv4Address | IPv6Address


class BrandWebhook:
    """Posts one signed JSON document; any 2xx means taken."""

    def __init__(
        self, *, may_reach_loopback: bool, client: httpx.AsyncClient | None = None
    ) -> None:
        self._may_reach_loopback = may_reach_loopback
        # A proxy from the environment would resolve names again, unchecked.
        self._client = client or httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)

    async def send(self, hook: Hook) -> Receipt:
        """Send, or raise the failure; receivers know repeats by webhook-id."""
        url, address = await self._checked(hook.url)
        body = body_of(hook)
        try:
            answer = await self._client.post(
                url.copy_with(host=str(address)),
                content=body,
                headers={"Host": url.netloc.decode(), **signed(hook, body)},
                # TLS still asks for the certificate of the name, not the number.
                extensions={"sni_hostname": url.host},
                follow_redirects=False,
            )
        except httpx.ConnectError as error:
            if _is_about_tls(error):
                raise Misconfigured("tls") from None
            raise Transient("ConnectError") from None
        except httpx.HTTPError as lost:
            raise Transient(type(lost).__name__) from None
        if not answer.is_success:
            raise failure_in(answer.status_code)
        return Receipt(http_status=answer.status_code)

    async def _checked(self, text: str) -> tuple[httpx.URL, Address]:
        """Return the URL and the address to connect to; refuse private ones."""
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL:
            raise Misconfigured("url") from None
        if not url.host or url.scheme not in ("http", "https"):
            raise Misconfigured("url")
        addresses = await _resolve(url.host, url.port or 443)
        # Only where the URL itself says so: a name of somebody else's that
        # points here must not reach what listens on this machine.
        if self._may_reach_loopback and is_loopback(url.host):
            return url, addresses[0]
        if url.scheme != "https":
            raise Misconfigured("not_https")
        if not all(is_public(a) for a in addresses):
            raise Misconfigured("private_address")
        return url, addresses[0]

    async def aclose(self) -> None:
        await self._client.aclose()


async def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host,
            port,
            proto=6,  # TCP
        )
    except (OSError, UnicodeError):
        raise Transient("name_not_resolved") from None
    # A scope id (fe80::1%eth0) is no part of the address.
    return [ip_address(str(where[0]).split("%")[0]) for *_, where in found]


def _is_about_tls(error: BaseException | None) -> bool:
    """Tell whether a certificate was refused; httpx keeps that in the causes."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the open internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.teredo is not None or any(address in net for net in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast


def body_of(hook: Hook) -> str:
    return json.dumps(
        {"type": hook.type, "timestamp": hook.at.isoformat(), "data": hook.data},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def signed(hook: Hook, body: str) -> dict[str, str]:
    """Return the three headers by which the receiver knows it is from us."""
    message_id, sent_at = str(public_id(hook.owed_id)), hook.sent_at.astimezone(UTC)
    try:
        signature = Webhook(hook.secret).sign(message_id, sent_at, body)
    except (ValueError, EmptyWebhookSecretError):
        raise Misconfigured("secret") from None
    return {
        "Content-Type": "application/json",
        "User-Agent": "Threadline/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": signature,
    }


def failure_in(status: int) -> GatewayError:
    """Return what a receiver's refusal means; only 410 is meant for ever."""
    if status == _GONE:
        return Permanent(status)
    if status in _TRY_AGAIN or status >= 500:
        return Transient(status)
    return Misconfigured(status)
