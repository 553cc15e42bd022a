"""What can be done to messages, calls and recordings through the API."""

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.simulator.carrier.calls import Call
from app.simulator.carrier.desk import Desk, NumberConfig, Order
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.messages import MAGIC_FROM, Message, Messages
from app.simulator.carrier.pages import is_within, matches, page_of
from app.simulator.carrier.recordings import Recording, Recordings
from app.simulator.carrier.shapes import (
    Json,
    call_json,
    call_recording_json,
    message_json,
    recording_json,
)

_PHONE = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}")
_LONGEST_BODY = 1600
_LONGEST_TWIML = 4000
_IN_FLIGHT = frozenset({"accepted", "queued", "sending"})
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def refused(status: int, code: int, message: str) -> JSONResponse:
    """Return an error as the API words it."""
    return JSONResponse(
        {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        },
        status,
    )


def _missing() -> JSONResponse:
    return refused(404, 20404, "The requested resource was not found")


async def _fields(request: Request) -> dict[str, str]:
    """Return the form; of a repeated field, every value with blanks between."""
    form = await request.form()
    return {name: " ".join(str(value) for value in form.getlist(name)) for name in form}


class MessageResource:
    """Texts: sent, listed, looked up, redacted, deleted."""

    def __init__(
        self,
        exchange: Exchange,
        messages: Messages,
        numbers: Mapping[str, NumberConfig],
    ) -> None:
        self._exchange = exchange
        self._messages = messages
        self._numbers = numbers

    async def create(self, request: Request) -> Response:
        form = await _fields(request)
        to, body = form.get("To", ""), form.get("Body", "")
        service = form.get("MessagingServiceSid", "")
        sender = form.get("From") or (next(iter(self._numbers), "") if service else "")
        if (wrong := self._wrong(sender, to, body)) is not None:
            code, why = wrong
            return refused(400, code, why)
        made = self._messages.create(
            sender,
            to,
            body,
            service_sid=service,
            callback=form.get("StatusCallback", ""),
        )
        return JSONResponse(self._shape(made), 201)

    def _wrong(self, sender: str, to: str, body: str) -> tuple[int, str] | None:
        if not to:
            return 21604, "A 'To' phone number is required"
        if not _PHONE.fullmatch(to):
            return 21211, "Invalid 'To' Phone Number"
        if not sender:
            return 21603, "A 'From' phone number is required"
        code = self._messages.refusal(sender, to)
        if code is not None:
            return code, "The message was refused"
        if sender not in self._numbers and sender not in MAGIC_FROM:
            return 21606, "The 'From' phone number is not a number of this account"
        if not body:
            return 21602, "Message body is required"
        if len(body) > _LONGEST_BODY:
            return 21617, "The concatenated message body exceeds the limit"
        return None

    async def listing(self, request: Request) -> Response:
        found = (
            message
            for message in self._messages.all()
            if not message.deleted
            and matches(request, To=message.to, From=message.sender)
            and is_within(request, "DateSent", message.sent_at)
        )
        return JSONResponse(page_of(request, "messages", found, self._shape))

    async def fetch(self, request: Request) -> Response:
        message = self._messages.get(request.path_params["sid"])
        return _missing() if message is None else JSONResponse(self._shape(message))

    async def update(self, request: Request) -> Response:
        """Redact by a blank body, or cancel what is not sent yet."""
        message = self._messages.get(request.path_params["sid"])
        if message is None:
            return _missing()
        form = await _fields(request)
        if form.get("Body"):
            return refused(400, 20001, "Body can only be blanked")
        if form.get("Status") == "canceled":
            if message.status not in _IN_FLIGHT:
                return refused(400, 30409, "It cannot be canceled any more")
            message.status = "canceled"
        if "Body" in form:
            message.body = ""
        return JSONResponse(self._shape(message))

    async def delete(self, request: Request) -> Response:
        message = self._messages.get(request.path_params["sid"])
        if message is None:
            return _missing()
        if message.status in _IN_FLIGHT:
            return refused(409, 20009, "It cannot be deleted while it is in flight")
        message.deleted = True
        return Response(status_code=204)

    def _shape(self, message: Message) -> Json:
        return message_json(message, self._exchange.account_sid)


class CallResource:
    """Calls: placed, listed, looked up, ended."""

    def __init__(
        self, exchange: Exchange, desk: Desk, numbers: Mapping[str, NumberConfig]
    ) -> None:
        self._exchange = exchange
        self._desk = desk
        self._numbers = numbers

    async def create(self, request: Request) -> Response:
        form = await _fields(request)
        if (wrong := self._wrong(form)) is not None:
            code, why = wrong
            return refused(400, code, why)
        events = frozenset(form.get("StatusCallbackEvent", "completed").split())
        order = Order(
            sender=form["From"],
            to=form["To"],
            url=form.get("Url", ""),
            twiml=form.get("Twiml", ""),
            method=form.get("Method", "POST"),
            fallback_url=form.get("FallbackUrl", ""),
            status_callback=form.get("StatusCallback", ""),
            events=events & _EVENTS,
            ring_seconds=float(form.get("Timeout", "60")),
            detects=form.get("MachineDetection", ""),
        )
        return JSONResponse(self._shape(self._desk.place(order)), 201)

    def _wrong(self, form: Mapping[str, str]) -> tuple[int, str] | None:
        to, sender = form.get("To", ""), form.get("From", "")
        if not to:
            return 21201, "No 'To' number is specified"
        if not sender:
            return 21213, "'From' is required"
        if not _PHONE.fullmatch(to):
            return 21211, "Invalid 'To' Phone Number"
        if sender not in self._numbers:
            return 21210, "'From' is not a number of this account"
        twiml, url = form.get("Twiml", ""), form.get("Url", "")
        if len(twiml) > _LONGEST_TWIML:
            return 32018, "Twiml is too long"
        if not twiml and not url.startswith(("http://", "https://")):
            return 21205, "Url is not a valid URL"
        if form.get("MachineDetection", "Enable") not in ("Enable", "DetectMessageEnd"):
            return 21262, "MachineDetection has the wrong value"
        return None

    async def listing(self, request: Request) -> Response:
        found = (
            caller.call
            for caller in self._desk.all()
            if matches(
                request,
                To=caller.call.to,
                From=caller.call.sender,
                Status=caller.call.status,
            )
            and is_within(request, "StartTime", caller.call.started_at)
            and is_within(request, "EndTime", caller.call.ended_at)
        )
        return JSONResponse(page_of(request, "calls", found, self._shape))

    async def fetch(self, request: Request) -> Response:
        caller = self._desk.get(request.path_params["sid"])
        return _missing() if caller is None else JSONResponse(self._shape(caller.call))

    async def update(self, request: Request) -> Response:
        """Cancel a call that is not answered, or end one that is."""
        caller = self._desk.get(request.path_params["sid"])
        if caller is None:
            return _missing()
        status = (await _fields(request)).get("Status", "")
        if status not in ("canceled", "completed"):
            return refused(400, 21218, "Status is canceled or completed")
        if caller.is_over:
            return refused(400, 21220, "The call is not in progress")
        if status == "canceled" and caller.call.answered_at is not None:
            return refused(400, 21220, "The call is answered already")
        is_answered = caller.call.answered_at is not None
        caller.end_by_carrier("completed" if is_answered else "canceled")
        return JSONResponse(self._shape(caller.call))

    def _shape(self, call: Call) -> Json:
        return call_json(call, self._exchange.account_sid)


class RecordingResource:
    """Recordings: listed, looked up, deleted."""

    def __init__(self, exchange: Exchange, recordings: Recordings) -> None:
        self._exchange = exchange
        self._recordings = recordings

    async def listing(self, request: Request) -> Response:
        found = self._found(request, request.query_params.get("CallSid"))
        return JSONResponse(page_of(request, "recordings", found, self._shape))

    async def listing_of_call(self, request: Request) -> Response:
        found = self._found(request, request.path_params["call"])
        account = self._exchange.account_sid
        return JSONResponse(
            page_of(
                request, "recordings", found, lambda r: call_recording_json(r, account)
            )
        )

    async def fetch(self, request: Request) -> Response:
        recording = self._recordings.get(request.path_params["sid"])
        return _missing() if recording is None else JSONResponse(self._shape(recording))

    async def delete(self, request: Request) -> Response:
        recording = self._recordings.get(request.path_params["sid"])
        if recording is None:
            return _missing()
        recording.deleted = True
        return Response(status_code=204)

    def _found(self, request: Request, call_sid: str | None) -> list[Recording]:
        return [
            recording
            for recording in self._recordings.all()
            if not recording.deleted
            and call_sid in (None, recording.call_sid)
            and is_within(request, "DateCreated", recording.created_at)
        ]

    def _shape(self, recording: Recording) -> Json:
        url = self._recordings.url(recording.sid)
        return recording_json(recording, self._exchange.account_sid, url)
