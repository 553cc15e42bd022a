"""Signed webhooks, received by a real server and the standard's verifier."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook

from app.gateways.webhook import BrandWebhook, failure_in, is_public
from app.outbox.owed import Hook, public_id
from app.outbox.settlement import GatewayError, Misconfigured, Permanent, Transient
from app.runtime.clock import now

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtMTIzNA=="


@dataclass
class Brand:
    """A brand's endpoint: keeps what it hears, answers as it is told."""

    status: int = 204
    url: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")[1:-2]
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append((headers, body))
        location = "Location: http://127.0.0.1:1/\r\n" if self.status == 302 else ""
        writer.write(
            f"HTTP/1.1 {self.status} X\r\n{location}Content-Length: 0\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def brand() -> AsyncIterator[Brand]:
    receiver = Brand()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=1"
    yield receiver
    server.close()


@pytest.fixture
async def gateway() -> AsyncIterator[BrandWebhook]:
    opened = BrandWebhook(may_reach_loopback=True)
    yield opened
    await opened.aclose()


def hook(url: str, **changes: Any) -> Hook:
    usual = Hook(
        owed_id=UUID("0190d9a4-0000-7000-8000-000000000001"),
        url=url,
        secret=SECRET,
        type="brand_missed_protected",
        data={"country": "BD", "clock": "resolve"},
        at=datetime(2026, 9, 1, 4, 0, tzinfo=UTC),
        sent_at=now(),
    )
    return replace(usual, **changes)


async def test_the_standards_own_verifier_accepts_it(
    gateway: BrandWebhook, brand: Brand
) -> None:
    await gateway.send(hook(brand.url))
    ((headers, body),) = brand.heard
    Webhook(SECRET).verify(body, headers)
    owed_id = UUID("0190d9a4-0000-7000-8000-000000000001")
    assert headers["webhook-id"] == str(public_id(owed_id))
    assert json.loads(body) == {
        "type": "brand_missed_protected",
        "timestamp": "2026-09-01T04:00:00+00:00",
        "data": {"country": "BD", "clock": "resolve"},
    }


async def test_a_name_is_kept_as_the_host_though_an_address_is_dialled(
    gateway: BrandWebhook, brand: Brand
) -> None:
    named = brand.url.replace("127.0.0.1", "localhost")
    await gateway.send(hook(named))
    assert brand.heard[0][0]["host"].startswith("localhost:")


async def test_a_redirect_is_not_followed(gateway: BrandWebhook, brand: Brand) -> None:
    brand.status = 302
    with pytest.raises(Misconfigured):
        await gateway.send(hook(brand.url))
    assert len(brand.heard) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(410, Permanent, id="gone-is-for-ever"),
        pytest.param(404, Misconfigured, id="a-wrong-path-can-be-mended"),
        pytest.param(401, Misconfigured, id="a-wrong-secret-too"),
        pytest.param(429, Transient, id="too-many"),
        pytest.param(500, Transient, id="a-broken-receiver"),
    ],
)
def test_failure_in(status: int, kind: type[GatewayError]) -> None:
    assert type(failure_in(status)) is kind


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("https://10.0.0.8/hook", "private_address", id="a-private-net"),
        pytest.param(
            "https://169.254.169.254/", "private_address", id="cloud-metadata"
        ),
        pytest.param("https://[fd00::1]/", "private_address", id="a-private-ipv6-net"),
        pytest.param("https://127.0.0.1/", "private_address", id="loopback-unallowed"),
        pytest.param("https://[::ffff:127.0.0.1]/", "private_address", id="mapped"),
        pytest.param("https://0.0.0.0/", "private_address", id="this-very-host"),
        pytest.param("http://93.184.215.14/", "not_https", id="an-open-line"),
        pytest.param("ftp://93.184.215.14/", "url", id="another-protocol"),
        pytest.param("https:///hook", "url", id="no-host"),
        pytest.param("https://[::1/hook", "url", id="no-url-at-all"),
    ],
)
async def test_addresses_that_are_never_dialled(url: str, code: str) -> None:
    gateway = BrandWebhook(may_reach_loopback=False)
    with pytest.raises(Misconfigured) as refused:
        await gateway.send(hook(url))
    await gateway.aclose()
    assert refused.value.code == code


async def test_with_loopback_allowed_other_private_nets_stay_shut(
    gateway: BrandWebhook,
) -> None:
    with pytest.raises(Misconfigured):
        await gateway.send(hook("https://192.168.1.1/"))


async def test_a_secret_that_is_none_is_a_setting_to_mend(
    gateway: BrandWebhook, brand: Brand
) -> None:
    with pytest.raises(Misconfigured) as refused:
        await gateway.send(hook(brand.url, secret="whsec_"))
    assert refused.value.code == "secret"


async def test_nobody_listening_is_tried_again(gateway: BrandWebhook) -> None:
    with pytest.raises(Transient):
        await gateway.send(hook("http://127.0.0.1:9/"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:220:1::1", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::ffff:93.184.215.14", True),
        ("fe80::1", False),
    ],
)
def test_is_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public
