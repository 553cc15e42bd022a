"""Kannel 1.4.5, after its User's Guide and a trial: smsbox between us and an operator.

`texts_url` is the get-url of the sms-service with Kannel's escapes (%p, %a, …);
what we answer is the text back. Out by `/cgi-bin/sendsms`, reports by fetching
the dlr-url that came with the text.
"""

import re
from collections.abc import Mapping, Sequence
from hmac import compare_digest
from urllib.parse import parse_qsl, quote, quote_plus
from uuid import UUID

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.simulator.dialects.dialect import Dialect, Endpoint
from app.simulator.dialects.wires import Answered, Asked, Phoned, Sent
from app.wording.segments import GSM7_BASIC, GSM7_EXTENDED, Encoding, segments

DELIVERED, UNDELIVERED, BUFFERED, SUBMITTED, REJECTED = "1", "2", "4", "8", "16"
_TO = re.compile(r"[0-9+ -]+")
_HEADERS = ("username", "password", "from", "to", "coding", "dlr-mask", "dlr-url")
_DENIED = "Number(s) has/have been denied by white- and/or black-lists."
_POSTED = ("text/plain", "text/html", "text/vnd.wap.wml")


class Kannel(Dialect):
    """`account`: user, password, max_messages; alt_charset of the sms-service."""

    name = "kannel"
    waits = (10, 10, 10)  # http-request-retry = 3, http-queue-delay = 10

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        return {"/cgi-bin/sendsms": {"GET": self._send, "POST": self._send}}

    def is_taken(self, answer: httpx.Response) -> bool:
        """Tell whether Kannel is content: it takes no other 2xx than these."""
        return answer.status_code in (200, 202)

    def new_id(self) -> str:
        return str(UUID(int=self._names.getrandbits(128), version=4))

    def text_request(self, phoned: Phoned) -> Asked:
        is_wide = segments(phoned.text).encoding is Encoding.UCS2
        usual = "UTF-16BE" if is_wide else "UTF-8"
        charset = self.setup.account.get("alt_charset") or usual
        raw = phoned.text.encode(charset)
        url = _filled(
            self.setup.texts_url,
            {
                # All words, told apart by the bytes that are blanks in ASCII.
                "a": quote_plus(b" ".join(raw.split())),
                "b": quote_plus(raw),
                "p": quote_plus(phoned.phone),
                "q": quote_plus(phoned.phone),
                "P": quote_plus(phoned.to),
                "Q": quote_plus(phoned.to),
                "I": phoned.id,
                "t": quote_plus(f"{phoned.at:%Y-%m-%d %H:%M:%S}"),
                "T": str(int(phoned.at.timestamp())),
                "c": "2" if is_wide else "0",
                "C": charset,
                "i": "operator",
                "n": "threadline",
            },
        )
        return Asked("GET", url, {"User-Agent": "Kannel/1.4.5"})

    def replies_in(self, answer: httpx.Response) -> Sequence[str]:
        """Return the reply: plain text without the blanks round it, cut to fit.

        Without X-Kannel-Coding it leaves in seven bits.
        """
        kind, _, charset = answer.headers.get("content-type", "").partition("charset=")
        if kind.partition(";")[0].strip() != "text/plain":
            self.refusals.append("a reply that is no plain text: sent as 8-bit data")
            return [repr(answer.content)] if answer.content else []
        coding = answer.headers.get("x-kannel-coding", "0")
        text = _text(
            {
                "coding": coding.encode(),
                "charset": (charset.strip() or "utf-8").encode(),
                "text": answer.content.strip(),
            }
        )
        if text is None:
            self.refusals.append("a reply that cannot be read")
        return [self._cut(text)] if text else []

    def report_requests(self, sent: Sent) -> Sequence[Asked]:
        """Return what the mask asks for: handed to the operator, then the end."""
        first = REJECTED if sent.fate == REJECTED else SUBMITTED
        told = [first] if first == REJECTED else [first, sent.fate or DELIVERED]
        mask = int(sent.extra["dlr-mask"])
        return [
            Asked(
                "GET",
                _filled(
                    sent.report_to,
                    {
                        "d": value,
                        "I": sent.id,
                        "F": f"{UUID(sent.id).int % 10**10:010d}",
                        "A": quote("ACK/" if value == SUBMITTED else "", safe=""),
                        "p": quote_plus(sent.to),
                        "P": quote_plus(sent.sender),
                        "i": "operator",
                        "n": "threadline",
                    },
                ),
                {"User-Agent": "Kannel/1.4.5"},
            )
            for value in told
            if sent.report_to and mask & int(value)
        ]

    def busy(self) -> Response:
        return HTMLResponse("Temporal failure, try again later.", 503)

    async def _send(self, request: Request) -> Answered:
        given = await _given(request)
        account = self.setup.account
        if given is None:
            return self._refuse(400, "Invalid content-type")
        user, password = (
            given.get(name) or given.get(short) or b""
            for name, short in (("username", "user"), ("password", "pass"))
        )
        if not (
            compare_digest(user, account["user"].encode())
            and compare_digest(password, account["password"].encode())
        ):
            return self._refuse(403, "Authorization failed for sendsms")
        to = given.get("to", b"").decode("latin-1")
        sender = given.get("from", b"").decode("utf-8", "replace")
        if not to.strip():
            return self._refuse(400, "Missing receiver number, rejected")
        if not _TO.fullmatch(to) or len(to.split()) > 1:
            return self._refuse(400, _DENIED)
        if not sender:
            return self._refuse(400, "Sender missing and no global set, rejected")
        text = _text(given)
        if text is None:
            return self._refuse(400, "Charset or body misformed, rejected")
        mask = given.get("dlr-mask", b"0").decode("latin-1")
        sent = Sent(
            id=self.new_id(),
            to="+" + to.strip().lstrip("+").removeprefix("00"),
            sender=sender,
            text=self._cut(text),
            at=self.setup.now(),
            report_to=given.get("dlr-url", b"").decode("latin-1"),
            extra={"dlr-mask": mask if mask.isdecimal() else "0"},
        )
        return HTMLResponse("0: Accepted for delivery", 202), (sent,)

    def _refuse(self, status: int, why: str) -> Answered:
        return self.refuse(HTMLResponse(why, status), why)

    def _cut(self, text: str) -> str:
        """Return as much as max-messages lets through."""
        most = int(self.setup.account.get("max_messages", "1"))
        while segments(text).parts > most:
            self.refusals.append("a text longer than max-messages: cut")
            text = text[: len(text) * most // segments(text).parts]
        return text


async def _given(request: Request) -> Mapping[str, bytes] | None:
    """Return the request's values as bytes; None of a body that is not taken."""
    if request.method == "GET":
        raw = request.url.query
        pairs = parse_qsl(raw, keep_blank_values=True, encoding="latin-1")
        return {name: value.encode("latin-1") for name, value in pairs}
    kind, _, charset = request.headers.get("content-type", "").partition("charset=")
    if kind.partition(";")[0].strip() not in _POSTED:
        return None
    headers = {
        name: request.headers[f"x-kannel-{name}"].encode("latin-1")
        for name in _HEADERS
        if f"x-kannel-{name}" in request.headers
    }
    charset = charset.strip() or "utf-8"
    return {
        **headers,
        "text": await request.body(),
        "charset": charset.encode("latin-1"),
    }


def _text(given: Mapping[str, bytes]) -> str | None:
    """Return what the phone will show; None where the bytes cannot be read.

    In 7 bits every letter that GSM does not have becomes a question mark.
    """
    coding = given.get("coding", b"0").decode("latin-1") or "0"
    if coding not in ("0", "2"):
        return None
    usual = b"utf-16-be" if coding == "2" else b"utf-8"
    try:
        charset = (given.get("charset") or usual).decode("ascii")
        text = given.get("text", b"").decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None
    if coding == "2":
        return text
    known = GSM7_BASIC | GSM7_EXTENDED
    return "".join(letter if letter in known else "?" for letter in text)


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Fill in Kannel's escapes; what it does not know it leaves as it stands.

    A percent sign before two hexadecimal digits would be an escape too, so a
    URL that is already quoted is mangled, as Kannel mangles it.
    """
    return re.sub(
        r"%(.)", lambda found: values.get(found[1], found[0]), template, flags=re.DOTALL
    )
