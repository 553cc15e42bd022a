"""SSL Wireless (Bangladesh), after its push API 3: it only takes texts.

No text comes in, no report and no look-up is documented. The id that we choose
holds for a day: the same one again is refused, so a repeat does no harm.
"""

import json
import re
from datetime import timedelta, timezone
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.simulator.dialects.dialect import Dialect, Endpoint
from app.simulator.dialects.wires import Answered, Sent
from app.wording.segments import Encoding, segments

Json = dict[str, Any]

_DHAKA = timezone(timedelta(hours=6))
_ID = re.compile(r"[A-Za-z0-9]{1,20}")
_PHONE = re.compile(r"(?:88)?(01[3-9]\d{8})")
_LONGEST = 1000  # characters
_FIELDS = ("api_token", "sid", "msisdn", "sms", "csms_id")


class SslWireless(Dialect):
    """`account`: token, sid."""

    name = "sslwireless"
    can_text = False

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        return {"/api/v3/send-sms": {"POST": self._send}}

    def report_requests(self, _sent: Sent) -> tuple[()]:
        return ()

    def busy(self) -> Response:
        return _failed(4029, "Too many requests")

    async def _send(self, request: Request) -> Answered:
        try:
            given = json.loads(await request.body())
            asked = {name: str(given[name]) for name in _FIELDS}
        except (ValueError, KeyError, TypeError):
            return self._refuse(4022, "Parameter missing")
        account = self.setup.account
        if not compare_digest(asked["api_token"].encode(), account["token"].encode()):
            return self._refuse(4001, "Unauthorized")
        if asked["sid"] != account["sid"]:
            return self._refuse(4002, "SID not permitted")
        if not _ID.fullmatch(asked["csms_id"]):
            return self._refuse(4020, "Invalid CSMS ID")
        phone = _PHONE.fullmatch(asked["msisdn"])
        if phone is None:
            return self._refuse(4025, "Invalid MSISDN")
        if f"+88{phone[1]}" in self.opted_out:
            return self._refuse(4026, "Blocked MSISDN")
        if not asked["sms"] or len(asked["sms"]) > _LONGEST:
            return self._refuse(4027, "Message length exceeded")
        now = self.setup.now()
        key = f"{now.astimezone(_DHAKA):%Y-%m-%d} {asked['csms_id']}"
        if key in self.books:
            return self._refuse(4023, "Duplicate CSMS ID")
        sent = Sent(
            id=key,
            to=f"+88{phone[1]}",
            sender=asked["sid"],
            text=asked["sms"],
            at=now,
            ours=asked["csms_id"],
        )
        return JSONResponse(self._taken(sent, phone[1])), (sent,)

    def _taken(self, sent: Sent, phone: str) -> Json:
        is_wide = segments(sent.text).encoding is Encoding.UCS2
        told = {
            "sms_status": "SUCCESS",
            "status_message": "Success",
            "msisdn": f"88{phone}",
            "sms_type": "BN" if is_wide else "EN",
            "sms_body": sent.text,
            "csms_id": sent.ours,
            "reference_id": self.new_id()[:19],
        }
        return {
            "status": "SUCCESS",
            "status_code": 200,
            "error_message": "",
            "smsinfo": [told],
        }

    def _refuse(self, code: int, why: str) -> Answered:
        return self.refuse(_failed(code, why), f"{code} {why}")


def _failed(code: int, why: str) -> Response:
    """Return a refusal: its HTTP status is 200 all the same."""
    told = {"status": "FAILED", "status_code": code, "error_message": why}
    return JSONResponse({**told, "smsinfo": []})
