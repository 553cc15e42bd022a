"""Somleng, after its source: Twilio's API with UUIDs and fewer fields.

The status of our answer is never looked at: only a broken connection or an
empty body brings the same text again. Codes of errors are strings.
"""

import re
from collections.abc import Mapping
from uuid import UUID

import httpx

from app.simulator.dialects.twilio_like import TwilioLike
from app.simulator.dialects.wires import Phoned, Sent

_PHONE = re.compile(r"\+?[0-9]{3,15}")


class Somleng(TwilioLike):
    """`account`: sid, a UUID, and token."""

    name = "somleng"
    waits = (30, 60, 120)
    report_waits = (30, 60, 120)
    refusal_status = 422

    def new_id(self) -> str:
        return str(UUID(int=self._names.getrandbits(128), version=4))

    def code(self, code: str) -> int | str:
        return code

    def is_taken(self, answer: httpx.Response) -> bool:
        return bool(answer.content.strip())

    def text_form(self, phoned: Phoned) -> dict[str, str]:
        return {
            "MessageSid": phoned.id,
            "AccountSid": self.setup.account["sid"],
            "From": phoned.phone,
            "To": phoned.to,
            "Body": phoned.text,
            "NumMedia": "0",
            "ReferralNumMedia": "0",
            "ApiVersion": "2010-04-01",
        }

    def report_form(self, sent: Sent, status: str) -> dict[str, str]:
        return {
            "MessageSid": sent.id,
            "AccountSid": self.setup.account["sid"],
            "From": sent.sender,
            "To": sent.to,
            "Body": sent.text,
            "NumMedia": "0",
            "ReferralNumMedia": "0",
            "ApiVersion": "2010-04-01",
            "MessageStatus": status,
        }

    def why_refused(self, form: Mapping[str, str]) -> tuple[str, str] | None:
        if not _PHONE.fullmatch(form["To"]):
            return "20422", "Validation error"
        if not form.get("Body"):
            return "20422", "Validation error"
        return None
