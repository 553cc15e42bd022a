"""Carriers with Twilio's API: signed webhooks, TwiML back, `Messages` out."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.simulator.dialects.dialect import Dialect, Endpoint
from app.simulator.dialects.wires import Answered, Asked, Phoned, Sent, basic
from app.simulator.phone import NotAnswered, messages
from app.simulator.sign import signature
from app.wording.segments import segments

Json = dict[str, Any]

_MESSAGES = "/2010-04-01/Accounts/{account}/Messages"
_LONGEST = 1600  # characters


class TwilioLike(Dialect):
    """`account`: sid and token, as Twilio's."""

    refusal_status = 400

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        both: dict[str, Endpoint] = {"POST": self._create, "GET": self._list}
        one: dict[str, Endpoint] = {"GET": self._fetch}
        return {f"{_MESSAGES}.json": both, f"{_MESSAGES}/{{sid}}.json": one}

    @abstractmethod
    def text_form(self, phoned: Phoned) -> dict[str, str]:
        """Return the fields of an inbound text."""

    @abstractmethod
    def report_form(self, sent: Sent, status: str) -> dict[str, str]:
        """Return the fields of one report."""

    def statuses(self, sent: Sent) -> Sequence[str]:
        """Return what is reported of a text, in order."""
        return ("sent", "failed" if sent.fate else "delivered")

    @abstractmethod
    def why_refused(self, form: Mapping[str, str]) -> tuple[str, str] | None:
        """Return code and words of what this carrier alone would refuse."""

    def code(self, code: str) -> int | str:
        """Return a code as the carrier writes it in JSON."""
        return int(code)

    def words(self, form: Mapping[str, str]) -> str:
        """Return what will stand on the phone."""
        return form.get("Body", "")

    def fate(self, form: Mapping[str, str]) -> str:
        """Return the code by which it fails later; blank where it will land."""
        return "21610" if form["To"] in self.opted_out else ""

    def text_request(self, phoned: Phoned) -> Asked:
        return self._signed(self.setup.texts_url, self.text_form(phoned))

    def report_requests(self, sent: Sent) -> Sequence[Asked]:
        if not sent.report_to:
            return ()
        return [
            self._signed(sent.report_to, self.report_form(sent, status))
            for status in self.statuses(sent)
        ]

    def replies_in(self, answer: httpx.Response) -> Sequence[str]:
        try:
            return messages(answer.content)
        except NotAnswered:
            self.refusals.append("an answer that is no TwiML")
            return ()

    def busy(self) -> Response:
        return self._error(429, "20429", "Too Many Requests")

    def _signed(self, url: str, form: dict[str, str]) -> Asked:
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": signature(url, form, self.setup.account["token"]),
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        }
        return Asked("POST", url, headers, urlencode(form).encode())

    async def _create(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "20003")
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if (why := _why_unfit(form) or self.why_refused(form)) is not None:
            code, words = why
            return self.refuse(self._error(self.refusal_status, code, words), code)
        sent = Sent(
            id=self.new_id(),
            to=form["To"],
            sender=form.get("From") or form["MessagingServiceSid"],
            text=self.words(form),
            at=self.setup.now(),
            report_to=form.get("StatusCallback", ""),
            template=form.get("ContentSid", ""),
            fate=self.fate(form),
        )
        return JSONResponse(self._resource(sent, "queued"), 201), (sent,)

    async def _list(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "20003")
        asked = request.query_params
        found = [
            self._resource(sent, self.statuses(sent)[-1])
            for sent in reversed(self.books.values())
            if asked.get("To", sent.to) == sent.to
            and asked.get("From", sent.sender) == sent.sender
        ]
        path = request.url.path
        whole = {"messages": found, "next_page_uri": None, "page": 0, "uri": path}
        return JSONResponse({**whole, "page_size": 50, "first_page_uri": path}), ()

    async def _fetch(self, request: Request) -> Answered:
        if (wrong := self._stranger(request)) is not None:
            return self.refuse(wrong, "20003")
        sent = self.books.get(request.path_params["sid"])
        if sent is None:
            return self._error(404, "20404", "The resource was not found"), ()
        return JSONResponse(self._resource(sent, self.statuses(sent)[-1])), ()

    def _stranger(self, request: Request) -> Response | None:
        account = self.setup.account
        expected = basic(account["sid"], account["token"]).encode()
        given = request.headers.get("authorization", "").encode()
        if compare_digest(given, expected):
            return None
        return self._error(401, "20003", "Authenticate")

    def _resource(self, sent: Sent, status: str) -> Json:
        account, at = self.setup.account["sid"], format_datetime(sent.at)
        code = self.code(sent.fate) if status in ("failed", "undelivered") else None
        return {
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": sent.text,
            "date_created": at,
            "date_sent": None if status == "queued" else at,
            "date_updated": at,
            "direction": "outbound-api",
            "error_code": code,
            "error_message": None,
            "from": sent.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(segments(sent.text).parts),
            "price": None,
            "price_unit": None,
            "sid": sent.id,
            "status": status,
            "subresource_uris": {},
            "to": sent.to,
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{sent.id}.json",
        }

    def _error(self, status: int, code: str, words: str) -> Response:
        told = {
            "code": self.code(code),
            "message": words,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }
        return JSONResponse(told, status)


def _why_unfit(form: Mapping[str, str]) -> tuple[str, str] | None:
    if not form.get("To"):
        return "21604", "A 'To' phone number is required."
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return "21603", "A 'From' phone number is required."
    if len(form.get("Body", "")) > _LONGEST:
        return "21617", "The message body is too long."
    return None
