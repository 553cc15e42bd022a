"""Jasmin, after its HTTP API's documentation: an SMPP gateway of one's own.

Texts come in as a form with the words in `binary` as the operator coded them,
and go out by `/send`; both ways anything but `ACK/Jasmin` is tried again.
"""

import binascii
import re
from collections.abc import Mapping, Sequence
from hmac import compare_digest
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.simulator.dialects.dialect import Dialect, Endpoint
from app.simulator.dialects.wires import Answered, Asked, Phoned, Sent
from app.wording.segments import Encoding, segments

DELIVERED, UNDELIVERED, EXPIRED, REFUSED = "DELIVRD", "UNDELIV", "EXPIRED", "REJECTD"
_NO_SUCH_NUMBER = "ESME_RINVDSTADR"
_WIDE, _USUAL = "8", "0"
# GSM 03.38 by its numbers: the operator's usual letters, one byte each.
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = dict(
    zip("\f^{}\\[~]|€", b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", strict=True)
)
_ACK = "ACK/Jasmin"
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/plain"}
_FIELDS: Mapping[str, re.Pattern[str]] = {
    "to": re.compile(r"\+?\d+"),
    "from": re.compile(r".*"),
    "coding": re.compile(r"[0-9]|10|13|14"),
    "username": re.compile(r".{1,16}"),
    "password": re.compile(r".{1,16}"),
    "priority": re.compile(r"[0-3]"),
    "validity-period": re.compile(r"\d+"),
    "dlr": re.compile(r"yes|no"),
    "dlr-url": re.compile(r"https?://.*"),
    "dlr-level": re.compile(r"[1-3]"),
    "dlr-method": re.compile(r"get|post", re.IGNORECASE),
    "tags": re.compile(r"[-a-zA-Z0-9,]*"),
    "content": re.compile(r".*", re.DOTALL),
    "hex-content": re.compile(r".*"),
}


class Jasmin(Dialect):
    """`account`: user, password."""

    name = "jasmin"
    waits = (30, 30, 30)  # retry_delay and max_retries of its configuration
    report_waits = (30, 30, 30)

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        return {"/send": {"GET": self._send, "POST": self._send}}

    def new_id(self) -> str:
        return str(UUID(int=self._names.getrandbits(128), version=4))

    def text_request(self, phoned: Phoned) -> Asked:
        is_wide = segments(phoned.text).encoding is Encoding.UCS2
        content = phoned.text.encode("utf-16-be") if is_wide else _gsm(phoned.text)
        told = {
            "id": phoned.id,
            "from": phoned.phone.removeprefix("+"),
            "to": phoned.to.removeprefix("+"),
            "origin-connector": "operator",
            "priority": "1",
            # Its papers say a number; on the wire it is the byte itself.
            "coding": b"\x08" if is_wide else b"\x00",
            "content": content,
            "binary": binascii.hexlify(content).decode("ascii"),
        }
        headers = {
            **_FORM,
            "User-Agent": "Jasmin gateway/1.0 deliverSmHttpThrower",
        }
        return Asked("POST", self.setup.texts_url, headers, urlencode(told).encode())

    def is_taken(self, answer: httpx.Response) -> bool:
        return answer.status_code == 200 and answer.text.strip() == _ACK

    def report_requests(self, sent: Sent) -> Sequence[Asked]:
        """Return what the asked level tells: the operator's answer, the phone's."""
        level = sent.extra.get("dlr-level", "")
        if not sent.report_to or not level:
            return ()
        is_unknown = sent.fate == _NO_SUCH_NUMBER
        first = {
            "id": sent.id,
            "level": "1",
            "message_status": _NO_SUCH_NUMBER if is_unknown else "ESME_ROK",
            "connector": "operator",
        }
        last = {
            **first,
            "level": "2",
            "id_smsc": str(UUID(sent.id).int % 10**6),
            "message_status": sent.fate or DELIVERED,
            "subdate": f"{sent.at:%y%m%d%H%M}",
            "donedate": f"{sent.at:%y%m%d%H%M}",
            "sub": "001",
            "dlvrd": "000" if sent.fate else "001",
            "err": "000",
            "text": "",
        }
        told = [first] if level in ("1", "3") else []
        if level in ("2", "3") and not is_unknown:
            told.append(last)
        return [self._thrown(sent, one) for one in told]

    def busy(self) -> Response:
        return PlainTextResponse('Error "User throughput exceeded"', 403)

    def _thrown(self, sent: Sent, told: Mapping[str, str]) -> Asked:
        headers = {**_FORM, "User-Agent": "Jasmin gateway/1.0 DLRThrower"}
        if sent.extra["dlr-method"].upper() == "GET":
            joint = "&" if "?" in sent.report_to else "?"
            return Asked("GET", f"{sent.report_to}{joint}{urlencode(told)}", headers)
        return Asked("POST", sent.report_to, headers, urlencode(told).encode())

    async def _send(self, request: Request) -> Answered:
        raw = request.url.query
        if request.method == "POST":
            raw = (await request.body()).decode("latin-1") or raw
        pairs = parse_qsl(raw, keep_blank_values=True, encoding="latin-1")
        given = dict(pairs)
        if why := _why_unfit(given):
            return self._refuse(400, why)
        account = self.setup.account
        if not (
            compare_digest(given["username"].encode(), account["user"].encode())
            and compare_digest(given["password"].encode(), account["password"].encode())
        ):
            return self._refuse(
                403, f"Authentication failure for username:{given['username']}"
            )
        text = _text(given)
        if text is None:
            return self._refuse(400, "Invalid hex-content data")
        asked = "dlr-url" in given
        sent = Sent(
            id=self.new_id(),
            to="+" + given["to"].removeprefix("+"),
            sender=given.get("from", ""),
            text=text,
            at=self.setup.now(),
            report_to=given.get("dlr-url", ""),
            extra={
                "dlr-level": given.get("dlr-level", "1") if asked else "",
                "dlr-method": given.get("dlr-method", "POST"),
            },
        )
        return PlainTextResponse(f'Success "{sent.id}"'), (sent,)

    def _refuse(self, status: int, why: str) -> Answered:
        return self.refuse(PlainTextResponse(f'Error "{why}"', status), why)


def _why_unfit(given: Mapping[str, str]) -> str:
    for name, value in given.items():
        if name not in _FIELDS:
            return f"Argument [{name}] is unknown."
        if not _FIELDS[name].fullmatch(value):
            return f"Argument [{name}] has an invalid value: [{value}]."
    for name in ("to", "username", "password"):
        if name not in given:
            return f"Mandatory argument [{name}] is not found."
    both = ("content" in given) + ("hex-content" in given)
    return "" if both == 1 else "content or hex-content not present."


def _text(given: Mapping[str, str]) -> str | None:
    """Return what the phone will show; None where the bytes cannot be read."""
    try:
        content = (
            bytes.fromhex(given["hex-content"])
            if "hex-content" in given
            else given["content"].encode("latin-1")
        )
        if given.get("coding", _USUAL) == _WIDE:
            return content.decode("utf-16-be")
        # Jasmin takes UTF-8 and writes it in the operator's seven bits.
        text = content.decode("utf-8")
    except ValueError:
        return None
    return "".join(each if each in _GSM or each in _ESCAPED else "?" for each in text)


def _gsm(text: str) -> bytes:
    return b"".join(
        b"\x1b" + bytes([_ESCAPED[each]])
        if each in _ESCAPED
        else bytes([_GSM.index(each)])
        for each in text
    )
