"""Infobip, after its SMS API v3 and its inbound format MO_JSON_2.

Numbers have no plus. A text is told by the id that we chose for it, in reports
and in the logs; the same id twice is two texts unless the account refuses it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.simulator.dialects.dialect import Dialect, Endpoint
from app.simulator.dialects.wires import Answered, Asked, Phoned, Sent
from app.wording.segments import segments

Json = dict[str, Any]

# id -> group id, group, name
_STATUS = {
    "2": (3, "DELIVERED", "DELIVERED_TO_OPERATOR"),
    "4": (2, "UNDELIVERABLE", "UNDELIVERABLE_REJECTED_OPERATOR"),
    "5": (3, "DELIVERED", "DELIVERED_TO_HANDSET"),
    "9": (2, "UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED"),
    "10": (5, "REJECTED", "REJECTED_DND"),
    "12": (5, "REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"),
    "14": (5, "REJECTED", "REJECTED_DESTINATION_BLOCKLISTED"),
    "15": (4, "EXPIRED", "EXPIRED_EXPIRED"),
    "23": (5, "REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID"),
    "26": (1, "PENDING", "PENDING_ACCEPTED"),
    "52": (5, "REJECTED", "REJECTED_DESTINATION"),
}
AT_OPERATOR, DELIVERED, DND, BLOCKED = "2", "5", "10", "14"
DUPLICATE, NO_NUMBER = "23", "52"
UNDELIVERED, EXPIRED, PENDING = "9", "15", "26"
_DELIVERED, _REJECTED = 3, 5  # groups
# What is refused in the very answer and not by a report.
_AT_ONCE = ("12", DUPLICATE, NO_NUMBER)
_MOST_BYTES = 4000


class Infobip(Dialect):
    """`account`: key; idempotent "yes" where it refuses an id twice."""

    name = "infobip"
    waits = (60, 120, 240)
    report_waits = (60, 120, 240)

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        return {
            "/sms/3/messages": {"POST": self._send},
            "/sms/3/logs": {"GET": self._logs},
        }

    def text_request(self, phoned: Phoned) -> Asked:
        told = {
            "messageId": phoned.id,
            "from": phoned.phone.removeprefix("+"),
            "to": phoned.to.removeprefix("+"),
            "text": phoned.text,
            "cleanText": phoned.text,
            "keyword": "",
            "receivedAt": _at(phoned.at),
            "smsCount": segments(phoned.text).parts,
            "price": {"pricePerMessage": 0, "currency": "EUR"},
            "callbackData": "",
        }
        whole = {"results": [told], "messageCount": 1, "pendingMessageCount": 0}
        return Asked("POST", self.setup.texts_url, _JSON, _bytes(whole))

    def report_requests(self, sent: Sent) -> Sequence[Asked]:
        """Return the end; before it, where asked for, that the operator has it."""
        fates = [sent.fate or DELIVERED]
        if sent.extra.get("intermediate"):
            fates.insert(0, AT_OPERATOR)
        return [self._one_report(sent, fate) for fate in fates if sent.report_to]

    def _one_report(self, sent: Sent, fate: str) -> Asked:
        told = self._told(sent, fate)
        told |= {"to": told.pop("destination"), "callbackData": sent.ours}
        return Asked("POST", sent.report_to, _JSON, _bytes({"results": [told]}))

    def busy(self) -> Response:
        return _error(429, "E429", "Too many requests")

    async def _send(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "401")
        try:
            whole = json.loads(await request.body())
            taken = [self._read(message) for message in whole["messages"]]
        except (ValueError, KeyError, TypeError, IndexError) as unfit:
            why = f"Bad request ({type(unfit).__name__})"
            return self.refuse(_error(400, "E400", why), why)
        sent = [one for one in taken if one.fate not in _AT_ONCE]
        self.refusals += [_STATUS[o.fate][2] for o in taken if o.fate in _AT_ONCE]
        told = [
            {
                "messageId": one.id,
                "status": _status(one.fate if one.fate in _AT_ONCE else PENDING),
                "destination": one.to.removeprefix("+"),
                "details": {"messageCount": segments(one.text).parts},
            }
            for one in taken
        ]
        return JSONResponse({"bulkId": self.new_id(), "messages": told}), sent

    def _read(self, message: Json) -> Sent:
        """Return a message of a request; raise what its form lacks."""
        (destination,) = message["destinations"]
        webhooks = message.get("webhooks", {})
        delivery = webhooks.get("delivery", {})
        text, to = message["content"]["text"], destination["to"]
        if not isinstance(text, str) or not text or len(text.encode()) > _MOST_BYTES:
            raise ValueError("text")
        if webhooks and webhooks.get("contentType", "application/json") != (
            "application/json"
        ):
            raise ValueError("contentType")
        dlt = message.get("options", {}).get("regional", {}).get("indiaDlt")
        if dlt is not None and not dlt["principalEntityId"]:
            raise ValueError("principalEntityId")
        ours = destination.get("messageId") or self.new_id()
        return Sent(
            id=ours,
            to=f"+{to.removeprefix('+')}",
            sender=str(message["sender"]),
            text=text,
            at=self.setup.now(),
            report_to=delivery.get("url", ""),
            ours=webhooks.get("callbackData", ""),
            template=(dlt or {}).get("contentTemplateId", ""),
            fate=self._fate(ours, to),
            extra={"intermediate": "yes"} if delivery.get("intermediateReport") else {},
        )

    def _fate(self, ours: str, to: str) -> str:
        if ours in self.books and self.setup.account.get("idempotent") == "yes":
            return DUPLICATE
        digits = to.removeprefix("+")
        if not digits.isdecimal() or not 8 <= len(digits) <= 15:
            return NO_NUMBER
        return DND if f"+{digits}" in self.opted_out else ""

    async def _logs(self, request: Request) -> Answered:
        """List what was sent, by id or by phone; the newest first."""
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "401")
        asked = request.query_params
        listed = asked.getlist("messageId") or asked.getlist("messageIds")
        wanted = [one for each in listed for one in each.split(",")]
        phone = asked.get("destination", "")
        found = [
            sent
            for sent in reversed(self.books.values())
            if (not wanted or sent.id in wanted)
            and (not phone or sent.to.removeprefix("+") == phone.removeprefix("+"))
        ]
        told = [
            {
                **self._told(sent, sent.fate or DELIVERED),
                "content": {"text": sent.text},
            }
            for sent in found
        ]
        return JSONResponse({"results": told, "cursor": {"limit": 100}}), ()

    def _told(self, sent: Sent, fate: str) -> Json:
        # What was never handed to an operator has no error of a handset.
        is_well = _STATUS[fate][0] in (_DELIVERED, _REJECTED)
        return {
            "bulkId": sent.id,
            "price": {"pricePerMessage": 0, "currency": "EUR"},
            "status": _status(fate),
            "error": {
                "groupId": 0 if is_well else 1,
                "groupName": "OK" if is_well else "HANDSET_ERRORS",
                "id": 0 if is_well else 27,
                "name": "NO_ERROR" if is_well else "EC_ABSENT_SUBSCRIBER",
                "description": "No Error" if is_well else "Absent subscriber",
                "permanent": False,
            },
            "messageId": sent.id,
            "destination": sent.to.removeprefix("+"),
            "sender": sent.sender,
            "sentAt": _at(sent.at),
            "doneAt": _at(sent.at),
            "messageCount": segments(sent.text).parts,
        }

    def _stranger(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "").encode()
        if compare_digest(given, f"App {self.setup.account['key']}".encode()):
            return None
        return _error(401, "E401", "The request lacks valid authentication credentials")


_JSON: Mapping[str, str] = {
    "Content-Type": "application/json;charset=UTF-8",
    "User-Agent": "Infobip",
}


def _status(code: str) -> Json:
    group_id, group, name = _STATUS[code]
    return {
        "groupId": group_id,
        "groupName": group,
        "id": int(code),
        "name": name,
        "description": name.replace("_", " ").capitalize(),
    }


def _error(status: int, code: str, description: str) -> Response:
    told = {
        "errorCode": code,
        "description": description,
        "action": "Check the request",
        "violations": [],
        "resources": [],
    }
    return JSONResponse(told, status)


def _bytes(told: Json) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000{at:%z}"
