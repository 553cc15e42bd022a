"""What the carrier posts, field by field, in its order and with its blanks.

After Twilio's descriptions and captured bodies. A field that the carrier does
not know is sent blank, and a service that drops blanks fails the signature.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from app.simulator.carrier.calls import Call
from app.simulator.sign import country_of

API_VERSION = "2010-04-01"

_ENDS = ("Caller", "Called", "From", "To")
_PARTS = ("City", "State", "Zip", "Country")
_CALL_ORDER = (
    *("CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion"),
    *("Direction", "ForwardedFrom", "CallerName", "ParentCallSid"),
    *("Caller", "Called"),
    *(f"{end}{part}" for end in _ENDS for part in _PARTS),
)


def call_form(
    call: Call, account_sid: str, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what is posted about a call, `extra` last."""
    known = {
        "CallSid": call.sid,
        "AccountSid": account_sid,
        "CallStatus": call.status,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
    }
    for name, number in (
        ("From", call.sender),
        ("To", call.to),
        ("Caller", call.sender),
        ("Called", call.to),
    ):
        known[name] = number
        known[f"{name}Country"] = country_of(number)
    form = {name: known.get(name, "") for name in _CALL_ORDER}
    if call.answered_by:
        form["AnsweredBy"] = call.answered_by
    return {**form, **(extra or {})}


def status_form(
    call: Call, account_sid: str, *, status: str, sequence: int, at: datetime
) -> dict[str, str]:
    """Return a call's status callback; durations only at the end of a call."""
    extra = {
        "CallStatus": status,
        "Timestamp": format_datetime(at.astimezone(UTC)),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
    }
    if call.ended_at is not None and status == call.status:
        extra["CallDuration"] = str(call.seconds)
        extra["Duration"] = str(-(-call.seconds // 60))
    return call_form(call, account_sid, extra)


def recording_form(
    *,
    account_sid: str,
    call_sid: str,
    recording_sid: str,
    url: str,
    status: str,
    seconds: int,
    error_code: int,
    started_at: datetime,
) -> dict[str, str]:
    """Return a recording's status callback. It names neither From nor To."""
    return {
        "RecordingSource": "RecordVerb",
        "RecordingSid": recording_sid,
        "RecordingUrl": url,
        "RecordingStatus": status,
        "RecordingChannels": "1",
        "ErrorCode": str(error_code),
        "CallSid": call_sid,
        "RecordingStartTime": format_datetime(started_at.astimezone(UTC)),
        "AccountSid": account_sid,
        "RecordingDuration": str(seconds),
    }


def delivery_form(
    *,
    account_sid: str,
    message_sid: str,
    sender: str,
    to: str,
    status: str,
    error_code: int | None,
    service_sid: str,
    done_at: datetime,
) -> dict[str, str]:
    """Return a message's delivery callback; it says nothing of its own time.

    The network's own time, where it comes, is local and without seconds.
    """
    form = {}
    if status in ("delivered", "undelivered"):
        form["RawDlrDoneDate"] = f"{done_at:%y%m%d%H%M}"
    if error_code is not None:
        form["ErrorCode"] = str(error_code)
    form |= {
        "SmsSid": message_sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": to,
        "MessageSid": message_sid,
        "AccountSid": account_sid,
        "From": sender,
        "ApiVersion": API_VERSION,
    }
    if service_sid:
        form["MessagingServiceSid"] = service_sid
    return form
