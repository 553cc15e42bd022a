"""Mail over a real SMTP dialogue on this machine."""

import asyncio
import email
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP

from app.gateways.mail import SmtpMail, compose, failure_in, parse_smtp_url
from app.outbox.owed import Mail, public_id
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Transient,
)

PUBLIC = "https://hotline.example:8443"
MAIL = Mail(
    UUID("0190d9a4-0000-7000-8000-000000000001"),
    "member@example.org",
    "নতুন অভিযোগ 48213459",
    "এই মামলাটি এখন আপনার কাছে।\n\nSite: 482170\n",
    datetime(2026, 9, 1, 4, 0, tzinfo=UTC),
)


class Postbox:
    """A mail server that keeps what it takes, or answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.rcpt_answer = ""
        self.data_answer = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        if self.data_answer.startswith("250"):
            content = email.message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(content, EmailMessage)
            self.taken.append(content)
        return self.data_answer


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
async def smtp_url(postbox: Postbox) -> AsyncIterator[str]:
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(postbox), "127.0.0.1", 0
    )
    yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_a_mail_arrives_whole_and_says_that_a_machine_sent_it(
    postbox: Postbox, smtp_url: str
) -> None:
    await SmtpMail(smtp_url, PUBLIC).send(MAIL)
    (taken,) = postbox.taken
    assert taken["To"] == "member@example.org"
    assert taken["From"] == "threadline@hotline.example"
    assert taken["Subject"] == MAIL.subject
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken["Date"] == "Tue, 01 Sep 2026 04:00:00 +0000"
    assert taken.get_content_type() == "text/plain"
    assert taken.get_content().replace("\r\n", "\n") == MAIL.body


async def test_a_mail_sent_twice_is_the_same_mail(
    postbox: Postbox, smtp_url: str
) -> None:
    gateway = SmtpMail(smtp_url, PUBLIC)
    await gateway.send(MAIL)
    await gateway.send(MAIL)
    once, twice = postbox.taken
    assert once["Message-ID"] == f"<{public_id(MAIL.owed_id)}@hotline.example>"
    assert once["Message-ID"] == twice["Message-ID"]
    assert once["Date"] == twice["Date"]


@pytest.mark.parametrize(
    ("rcpt", "data", "kind"),
    [
        pytest.param("550 no such user", "250 OK", Permanent, id="nobody-there"),
        pytest.param("450 greylisted", "250 OK", Transient, id="try-again-later"),
        pytest.param("", "554 looks like spam", BadContent, id="refused-words"),
        pytest.param("", "451 disk full", Transient, id="a-full-disk"),
        pytest.param("530 log in first", "250 OK", Misconfigured, id="no-login"),
    ],
)
async def test_why_a_mail_was_not_taken(
    postbox: Postbox, smtp_url: str, rcpt: str, data: str, kind: type[GatewayError]
) -> None:
    postbox.rcpt_answer, postbox.data_answer = rcpt, data
    with pytest.raises(GatewayError) as refused:
        await SmtpMail(smtp_url, PUBLIC).send(MAIL)
    assert type(refused.value) is kind
    assert "member@" not in repr(refused.value)


async def test_a_server_that_is_down_is_tried_again() -> None:
    with pytest.raises(Transient):
        await SmtpMail("smtp://127.0.0.1:9", PUBLIC).send(MAIL)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (aiosmtplib.SMTPAuthenticationError(535, "x"), Misconfigured),
        (aiosmtplib.SMTPSenderRefused(553, "x", "a@b"), Misconfigured),
        (aiosmtplib.SMTPNotSupported("x"), Misconfigured),
        (aiosmtplib.SMTPServerDisconnected("x"), OutcomeUnknown),
        (aiosmtplib.SMTPReadTimeoutError("x"), OutcomeUnknown),
        (aiosmtplib.SMTPConnectTimeoutError("x"), Transient),
    ],
)
def test_failure_in(error: Exception, kind: type[GatewayError]) -> None:
    assert type(failure_in(error)) is kind


@pytest.mark.parametrize(
    ("url", "host", "port", "use_tls", "start_tls", "sender"),
    [
        ("smtp://mx.example", "mx.example", None, False, None, "threadline@x.example"),
        ("smtps://mx.example:465", "mx.example", 465, True, False, None),
        ("smtp://mx.example:587?starttls=1", "mx.example", 587, False, True, None),
        ("smtp+starttls://mx.example:587", "mx.example", 587, False, True, None),
        ("smtp://mx.example?starttls=0", "mx.example", None, False, False, None),
        ("smtp://me%40a.example:p%2Fw@mx.example", "mx.example", None, False, None,
         "me@a.example"),
        ("smtp://u:p@mx.example?from=us@a.example", "mx.example", None, False, None,
         "us@a.example"),
    ],
)  # fmt: skip
def test_parse_smtp_url(
    url: str,
    host: str,
    port: int | None,
    use_tls: bool,
    start_tls: bool | None,
    sender: str | None,
) -> None:
    smtp = parse_smtp_url(url, "https://x.example")
    assert (smtp.host, smtp.port) == (host, port)
    assert (smtp.use_tls, smtp.start_tls) == (use_tls, start_tls)
    assert smtp.sender == (sender or "threadline@x.example")
    assert "p/w" not in repr(smtp)


def test_an_address_that_is_no_smtp_url_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="SMTP_URL") as refused:
        parse_smtp_url("https://user:secret@mx.example", PUBLIC)
    assert "secret" not in str(refused.value)


def test_a_line_break_never_becomes_a_header() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(
            replace(MAIL, subject="x\r\nBcc: all@example.org"), sender="a@b", domain="c"
        )
