"""Exotel (India), after developer.exotel.com and its support articles.

Texts come in as JSON (support article 3000121074), go out by v1 `Sms/send`, and
a report comes once they are done for good. There is no look-up by our own id.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.simulator.dialects.dialect import Dialect, Endpoint
from app.simulator.dialects.wires import Answered, Asked, Phoned, Sent, basic
from app.wording.segments import Encoding, segments

_INDIA = timezone(timedelta(hours=5, minutes=30))
_FORM = "application/x-www-form-urlencoded"
_ACCOUNT = "/v1/Accounts/{account}"
_LONGEST = 2000  # characters
_SMS_TYPES = ("", "transactional", "transactional_opt_in", "promotional")

# code -> how the operators call it; 2000x is a text that landed
DELIVERED, DND, STOPPED = "20005", "23005", "23020"
BAD_NUMBER, AWAY, NO_ENTITY, NO_TEMPLATE = "23010", "23035", "23081", "23182"
_WORDS = {
    DELIVERED: ("sent", "DELIVERED_TO_HANDSET"),
    DND: ("failed_dnd", "FAILED_REJECTED_DND"),
    STOPPED: ("failed_dnd", "FAILED_REJECTED_BLACKLIST"),
    BAD_NUMBER: ("failed", "FAILED_INVALID_DESTINATION_NUMBER"),
    AWAY: ("failed", "FAILED_SUBSCRIBER_UNAVAILABLE"),
    NO_ENTITY: ("failed", "ENTITY_BLOCKED_BY_DLT"),
    NO_TEMPLATE: ("failed", "DLT_TEMPLATE_NOT_FOUND"),
}


class Exotel(Dialect):
    """`account`: sid, key, token, and entity: its DLT id, else any will do."""

    name = "exotel"
    waits = (30, 120, 600)
    report_waits = (15, 15)

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        return {
            f"{_ACCOUNT}/Sms/send.json": {"POST": self._send},
            f"{_ACCOUNT}/SMS/Messages/{{sid}}.json": {"GET": self._fetch},
        }

    def text_request(self, phoned: Phoned) -> Asked:
        told = {
            "SmsSid": phoned.id,
            "Direction": "incoming",
            "Sender": phoned.phone,
            "ReceivedOn": phoned.to,
            "MessageBody": phoned.text,
            "ReceivedTime": f"{phoned.at:%Y-%m-%dT%H:%M:%SZ}",
        }
        content = json.dumps(told, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        return Asked("POST", self.setup.texts_url, headers, content)

    def call_request(self, phoned: Phoned) -> Asked:
        """Return what the Passthru applet asks: a GET with the call in its query."""
        began = f"{phoned.at.astimezone(_INDIA):%Y-%m-%d %H:%M:%S}"
        told = {
            "CallSid": phoned.id,
            "CallFrom": _at_home(phoned.phone),
            "CallTo": _at_home(phoned.to),
            "Direction": "incoming",
            "Created": f"{phoned.at.astimezone(_INDIA):%a, %d %b %Y %H:%M:%S}",
            "DialCallDuration": "0",
            "StartTime": began,
            "EndTime": "1970-01-01 05:30:00",
            "CallType": "call-attempt",
            "DialWhomNumber": "",
            "flow_id": "11754",
            "tenant_id": "1409",
            "From": _at_home(phoned.phone),
            "To": _at_home(phoned.to),
            "CurrentTime": began,
        }
        url = self.setup.calls_url
        joint = "&" if "?" in url else "?"
        return Asked("GET", f"{url}{joint}{urlencode(told)}")

    def report_requests(self, sent: Sent) -> Sequence[Asked]:
        """Return the one report, which comes when all is over."""
        if not sent.report_to:
            return ()
        status, detail = _words(sent.fate)
        told = {
            "SmsSid": sent.id,
            "To": _at_home(sent.to),
            "Status": status,
            "SmsUnits": str(segments(sent.text).parts),
            "DetailedStatus": detail,
            "DetailedStatusCode": sent.fate or DELIVERED,
            "DateSent": _at(sent.at),
        }
        if sent.ours:
            told["CustomField"] = sent.ours
        headers = {"Content-Type": _FORM}
        return (Asked("POST", sent.report_to, headers, urlencode(told).encode()),)

    def busy(self) -> Response:
        return _refused(429, "Too Many Requests")

    async def _send(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "401")
        if request.headers.get("content-type", "").partition(";")[0] != _FORM:
            return self.refuse(_refused(400, "Invalid Parameters"), "no form")
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        to, text = _abroad(form.get("To", "")), form.get("Body", "")
        if why := _why_unfit(form, to, text):
            return self.refuse(_refused(400, why), why)
        sent = Sent(
            id=self.new_id(),
            to=to,
            sender=form["From"],
            text=text,
            at=self.setup.now(),
            report_to=form.get("StatusCallback", ""),
            ours=form.get("CustomField", ""),
            template=form.get("DltTemplateId", ""),
            fate=self._dlt_fate(form, to),
        )
        return JSONResponse({"SMSMessage": self._resource(sent, "queued")}), (sent,)

    def _dlt_fate(self, form: dict[str, str], to: str) -> str:
        """Return why the operators will not carry it; they say so afterwards."""
        if to in self.opted_out:
            return STOPPED
        if not to.startswith("+91"):
            return ""
        entity = self.setup.account.get("entity", "")
        given = form.get("DltEntityId", "")
        if not given or (entity and given != entity):
            return NO_ENTITY
        return "" if form.get("DltTemplateId") else NO_TEMPLATE

    async def _fetch(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "401")
        sent = self.books.get(request.path_params["sid"])
        if sent is None:
            return Response("No matching results", media_type="text/plain"), ()
        status, _ = _words(sent.fate)
        return JSONResponse({"SMSMessage": self._resource(sent, status)}), ()

    def _resource(self, sent: Sent, status: str) -> dict[str, Any]:
        is_over = status != "queued"
        code, detail = (21010, "PENDING_TO_OPERATOR")
        if is_over:
            code, detail = int(sent.fate or DELIVERED), _words(sent.fate)[1]
        account = self.setup.account["sid"]
        return {
            "Sid": sent.id,
            "AccountSid": account,
            "From": f"/{sent.sender}",
            "To": _at_home(sent.to),
            "DateCreated": _at(sent.at),
            "DateUpdated": _at(sent.at),
            "DateSent": _at(sent.at) if is_over else None,
            "Body": sent.text,
            "Direction": "outbound-api",
            "Uri": f"/v1/Accounts/{account}/SMS/Messages/{sent.id}.json",
            "ApiVersion": None,
            "Price": None,
            "Status": status,
            "DetailedStatusCode": code,
            "DetailedStatus": detail,
            "SmsUnits": None,
        }

    def _stranger(self, request: Request) -> Response | None:
        account = self.setup.account
        expected = basic(account["key"], account["token"])
        given = request.headers.get("authorization", "")
        if not compare_digest(given.encode(), expected.encode()):
            return _refused(401, "Authentication failed")
        if request.path_params["account"] != account["sid"]:
            return _refused(403, "Account is not active")
        return None


def _why_unfit(form: dict[str, str], to: str, text: str) -> str:
    encoding = form.get("EncodingType", "plain")
    needs_unicode = segments(text).encoding is Encoding.UCS2
    refusals = {
        "Missing required parameter: From": not form.get("From"),
        "Invalid Recipient": not to,
        "Message body cannot be empty.": not text,
        "Invalid Parameters": len(text) > _LONGEST
        or form.get("SmsType", "") not in _SMS_TYPES
        or encoding not in ("plain", "unicode"),
        "Message contains Unicode characters but EncodingType is set to 'plain'.": (
            needs_unicode and encoding == "plain"
        ),
    }
    return next((why for why, is_so in refusals.items() if is_so), "")


def _words(fate: str) -> tuple[str, str]:
    return _WORDS.get(fate or DELIVERED, ("failed", "FAILED_UNKNOWN_ERROR"))


def _abroad(number: str) -> str:
    """Return the phone as E.164; blank where Exotel would not know it."""
    digits = number.removeprefix("+")
    if not digits.isdecimal() or not 10 <= len(digits) <= 15:
        return ""
    if number.startswith("+"):
        return number
    return f"+91{digits[-10:]}" if len(digits) <= 12 else f"+{digits}"


def _at_home(number: str) -> str:
    """Return the number as Exotel writes it: Indian ones behind a 0."""
    return f"0{number.removeprefix('+91')}" if number.startswith("+91") else number


def _at(at: datetime) -> str:
    return f"{at.astimezone(_INDIA):%Y-%m-%d %H:%M:%S}"


def _refused(status: int, message: str) -> Response:
    told = {"RestException": {"Status": status, "Message": message}}
    return JSONResponse(told, status)
