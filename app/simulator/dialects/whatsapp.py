"""WhatsApp as Twilio carries it: free words for a day, then only templates.

`contents` are the approved templates, ContentSid -> words with {{1}} in them.
What is outside the window is taken and fails with 63016 a moment later. Voice
notes and pictures lie in the account until they are deleted; whoever asks for one
with the account's token is sent on to a store that wants none.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.simulator.dialects.dialect import Endpoint
from app.simulator.dialects.twilio_like import TwilioLike
from app.simulator.dialects.wires import Answered, Phoned, Sent, Setup

API_BASE = "https://api.twilio.com"  # as webhooks call it, wherever it is
STORE = "https://media.store.example"
WINDOW = timedelta(hours=24)
OUTSIDE = "63016"
_ADDRESS = re.compile(r"whatsapp:(\+[0-9]{7,15}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})")
_CONTENT = re.compile(r"HX[0-9a-f]{32}")
_MEDIA = "/2010-04-01/Accounts/{account}/Messages/{message}/Media"


@dataclass(frozen=True, slots=True)
class Medium:
    """One file that came with a message."""

    sid: str
    media_type: str
    content: bytes = field(repr=False)


class WhatsApp(TwilioLike):
    """`account`: sid and token of Twilio; phones are written whatsapp:+…"""

    name = "whatsapp"
    waits = ()  # Twilio tries again only where no connection came about

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.contents: dict[str, str] = {}
        self.media: dict[str, Medium] = {}
        self._heard: dict[str, datetime] = {}
        self._sent_along: dict[str, list[Medium]] = {}

    async def send_media(
        self, phone: str, to: str, *files: tuple[str, bytes], text: str = ""
    ) -> list[str]:
        """Send files, each with its type, and words with them, if any."""
        message_id = "MM" + self.new_id()[2:]
        along = [Medium("ME" + self.new_id()[2:], *file) for file in files]
        self.media |= {medium.sid: medium for medium in along}
        self._sent_along[message_id] = along
        return await self.text(phone, to, text, message_id=message_id)

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        return {
            **super().endpoints(),
            f"{_MEDIA}/{{sid}}": {"GET": self._show},
            f"{_MEDIA}/{{sid}}.json": {"DELETE": self._destroy},
            "/stored/{sid}": {"GET": self._stored},
        }

    async def _show(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "20003")
        medium = self.media.get(request.path_params["sid"])
        if medium is None:
            return self._error(404, "20404", "The resource was not found"), ()
        return RedirectResponse(f"{STORE}/stored/{medium.sid}", 307), ()

    async def _stored(self, request: Request) -> Answered:
        if "authorization" in request.headers:
            return self.refuse(Response(status_code=400), "a token at the store")
        medium = self.media.get(request.path_params["sid"])
        if medium is None:
            return Response(status_code=403), ()
        return Response(medium.content, media_type=medium.media_type), ()

    async def _destroy(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "20003")
        if self.media.pop(request.path_params["sid"], None) is None:
            return self._error(404, "20404", "The resource was not found"), ()
        return Response(status_code=204), ()

    def new_id(self) -> str:
        return f"SM{self._names.getrandbits(128):032x}"

    def statuses(self, sent: Sent) -> Sequence[str]:
        return ("failed",) if sent.fate else ("sent", "delivered", "read")

    def text_form(self, phoned: Phoned) -> dict[str, str]:
        self._heard[phoned.phone] = phoned.at
        form = {
            "SmsMessageSid": phoned.id,
            "NumMedia": "0",
            "ProfileName": "A worker",
            "MessageType": "text",
            "SmsSid": phoned.id,
            "WaId": phoned.phone.removeprefix("whatsapp:+"),
            "SmsStatus": "received",
            "Body": phoned.text,
            "To": phoned.to,
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "MessageSid": phoned.id,
            "AccountSid": self.setup.account["sid"],
            "From": phoned.phone,
            "ApiVersion": "2010-04-01",
        }
        if "+" not in phoned.phone:
            # A hidden number: there is only the id that this business knows.
            del form["WaId"]
            form["ExternalUserId"] = phoned.phone
        return form | self._media_form(phoned)

    def _media_form(self, phoned: Phoned) -> dict[str, str]:
        along = self._sent_along.get(phoned.id, [])
        if not along:
            return {}
        account = self.setup.account["sid"]
        path = _MEDIA.format(account=account, message=phoned.id)
        form = {
            "NumMedia": str(len(along)),
            "MessageType": along[0].media_type.partition("/")[0],
        }
        for place, medium in enumerate(along):
            form[f"MediaContentType{place}"] = medium.media_type
            form[f"MediaUrl{place}"] = f"{API_BASE}{path}/{medium.sid}"
        return form

    def report_form(self, sent: Sent, status: str) -> dict[str, str]:
        form = {"ErrorCode": sent.fate} if sent.fate else {}
        return form | {
            "SmsSid": sent.id,
            "SmsStatus": status,
            "MessageStatus": status,
            "ChannelToAddress": sent.to.removeprefix("whatsapp:")[:-4] + "XXXX",
            "To": sent.to,
            "ChannelPrefix": "whatsapp",
            "MessageSid": sent.id,
            "AccountSid": self.setup.account["sid"],
            "From": sent.sender,
            "ApiVersion": "2010-04-01",
        }

    def why_refused(self, form: Mapping[str, str]) -> tuple[str, str] | None:
        if not _ADDRESS.fullmatch(form["To"]):
            return "21211", "The 'To' number is not a valid phone number."
        if "From" in form and not _ADDRESS.fullmatch(form["From"]):
            return "63007", "There is no channel with the specified 'From' address"
        content = form.get("ContentSid", "")
        if not content and not form.get("Body"):
            return "21602", "Message body is required."
        if content and not _CONTENT.fullmatch(content):
            return "21656", "The ContentSid is invalid"
        return None

    def words(self, form: Mapping[str, str]) -> str:
        words = self.contents.get(form.get("ContentSid", ""))
        if words is None:
            return form.get("Body", "")
        values = json.loads(form.get("ContentVariables") or "{}")
        for name, value in values.items():
            words = words.replace(f"{{{{{name}}}}}", value)
        return words

    def fate(self, form: Mapping[str, str]) -> str:
        if form.get("ContentSid"):
            return "" if form["ContentSid"] in self.contents else OUTSIDE
        heard = self._heard.get(form["To"])
        is_open = heard is not None and self.setup.now() - heard <= WINDOW
        return "" if is_open else OUTSIDE
