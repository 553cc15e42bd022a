"""Mail over SMTP: plain text, no tracking, the same Message-ID each time."""

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from app.outbox.owed import Mail, Receipt, public_id
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Transient,
)

_SCHEMES = ("smtp", "smtps", "smtp+starttls")
_TIMEOUT = 10.0  # seconds for each step of the dialogue
# Login refused, login required, encryption required (RFC 4954, RFC 3207).
_LOGIN_CODES = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where mail is handed in, read from SMTP_URL."""

    host: str
    port: int | None
    username: str | None = field(repr=False)
    password: str | None = field(repr=False)
    use_tls: bool
    start_tls: bool | None  # None: where the server offers it
    sender: str


def parse_smtp_url(url: str, public_base_url: str) -> Smtp:
    """Read `smtp://user:pass@host:port?starttls=1&from=…`, or `smtps://…`.

    `smtp+starttls://` says the same as `starttls=1`.
    The sender is `from`, else a user name that is an address, else
    `threadline@` the host of PUBLIC_BASE_URL. Raise ValueError, without the
    URL in it, where it is no such thing.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError("SMTP_URL must be smtp://host:port or smtps://host:port")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    username = unquote(parts.username) if parts.username else None
    use_tls = parts.scheme == "smtps"
    start_tls = {"smtp": None, "smtps": False, "smtp+starttls": True}[parts.scheme]
    if parts.scheme == "smtp" and "starttls" in asked:
        start_tls = asked["starttls"] not in ("0", "false", "no")
    sender = asked.get("from") or (
        username
        if username and "@" in username
        else f"threadline@{host_of(public_base_url)}"
    )
    return Smtp(
        host=parts.hostname,
        port=parts.port,
        username=username,
        password=unquote(parts.password) if parts.password else None,
        use_tls=use_tls,
        start_tls=start_tls,
        sender=sender,
    )


def host_of(public_base_url: str) -> str:
    return urlsplit(public_base_url).hostname or "localhost"


class SmtpMail:
    """Sends mails, each over a connection of its own."""

    def __init__(self, smtp_url: str, public_base_url: str) -> None:
        self._smtp = parse_smtp_url(smtp_url, public_base_url)
        self._domain = host_of(public_base_url)

    async def send(self, mail: Mail) -> Receipt:
        """Hand one mail in; a copy may arrive twice, under one Message-ID."""
        message = compose(mail, sender=self._smtp.sender, domain=self._domain)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._smtp.host,
                port=self._smtp.port,
                username=self._smtp.username,
                password=self._smtp.password,
                use_tls=self._smtp.use_tls,
                start_tls=self._smtp.start_tls,
                local_hostname=self._domain,
                timeout=_TIMEOUT,
            )
        except (aiosmtplib.SMTPException, OSError) as lost:
            raise failure_in(lost) from None
        return Receipt(provider_id=message["Message-ID"])


def compose(mail: Mail, *, sender: str, domain: str) -> EmailMessage:
    """Return the mail as it goes over the wire; alike at every attempt of an hour.

    Neither header may tell when it came to be owed: that can be the minute of a
    complaint.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{public_id(mail.owed_id)}@{domain}>"
    # RFC 3834: nobody's out-of-office should answer a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def failure_in(error: Exception) -> GatewayError:
    """Return the class of an SMTP failure.

    4yz answers are worth another try, 5yz are not (RFC 5321 §4.2.1), save
    where they are about us: a login, an unencrypted line, our own sender.
    """
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_]):
            return failure_in(first)
        case aiosmtplib.SMTPResponseException(code=code) if 400 <= code < 500:
            return Transient(code)
        case aiosmtplib.SMTPResponseException(code=code) if code in _LOGIN_CODES:
            return Misconfigured(code)
        case aiosmtplib.SMTPRecipientRefused(code=code):
            return Permanent(code)
        case aiosmtplib.SMTPDataError(code=code):
            return BadContent(code)
        case aiosmtplib.SMTPResponseException(code=code):
            return Misconfigured(code)
        case aiosmtplib.SMTPNotSupported() | ssl.SSLError():
            return Misconfigured(type(error).__name__)
        case aiosmtplib.SMTPConnectError() | ConnectionRefusedError():
            return Transient(type(error).__name__)
    return OutcomeUnknown(type(error).__name__)
