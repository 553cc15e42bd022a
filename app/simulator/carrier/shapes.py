"""The API's resources as JSON, with every key that the published schema has."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from app.simulator.carrier.calls import Call
from app.simulator.carrier.forms import API_VERSION
from app.simulator.carrier.messages import Message
from app.simulator.carrier.recordings import Recording

Json = dict[str, Any]

_OF_A_CALL = (
    *("events", "notifications", "payments", "recordings", "siprec", "streams"),
    *("transcriptions", "user_defined_message_subscriptions", "user_defined_messages"),
)


def account_path(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}"


def message_json(message: Message, account_sid: str) -> Json:
    """Return `api.v2010.account.message`."""
    uri = f"{account_path(account_sid)}/Messages/{message.sid}"
    is_counted = not message.service_sid or message.sent_at is not None
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _date(message.created_at),
        "date_sent": _date(message.sent_at),
        "date_updated": _date(message.updated_at or message.created_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": None,
        "from": message.sender or None,
        "messaging_service_sid": message.service_sid or None,
        "num_media": "0",
        "num_segments": str(message.parts) if is_counted else "0",
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def call_json(call: Call, account_sid: str) -> Json:
    """Return `api.v2010.account.call`; blank durations while it goes on."""
    uri = f"{account_path(account_sid)}/Calls/{call.sid}"
    is_complete = call.status == "completed"
    return {
        "account_sid": account_sid,
        "answered_by": call.answered_by or None,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": _date(call.created_at),
        "date_updated": _date(call.ended_at or call.answered_at or call.created_at),
        "direction": call.direction,
        "duration": str(call.seconds) if is_complete else None,
        "end_time": _date(call.ended_at),
        "forwarded_from": None,
        "from": call.sender,
        "from_formatted": call.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": _date(call.started_at),
        "status": call.status,
        "subresource_uris": {
            part: f"{uri}/{''.join(word.title() for word in part.split('_'))}.json"
            for part in _OF_A_CALL
        },
        "to": call.to,
        "to_formatted": call.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def recording_json(recording: Recording, account_sid: str, media_url: str) -> Json:
    """Return `api.v2010.account.recording`."""
    uri = f"{account_path(account_sid)}/Recordings/{recording.sid}"
    return {
        **_recording(recording, account_sid),
        "media_url": media_url,
        "subresource_uris": {
            "add_on_results": f"{uri}/AddOnResults.json",
            "transcriptions": f"{uri}/Transcriptions.json",
        },
        "uri": f"{uri}.json",
    }


def call_recording_json(recording: Recording, account_sid: str) -> Json:
    """Return `api.v2010.account.call.call_recording`."""
    call = f"{account_path(account_sid)}/Calls/{recording.call_sid}"
    return {
        **_recording(recording, account_sid),
        "track": "inbound",
        "uri": f"{call}/Recordings/{recording.sid}.json",
    }


def _recording(recording: Recording, account_sid: str) -> Json:
    is_done = recording.status == "completed"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "channels": 1,
        "conference_sid": None,
        "date_created": _date(recording.created_at),
        "date_updated": _date(recording.created_at),
        "duration": str(recording.seconds) if is_done else None,
        "encryption_details": None,
        "error_code": recording.error_code or None,
        "price": None,
        "price_unit": "USD",
        "sid": recording.sid,
        "source": "RecordVerb",
        "start_time": _date(recording.started_at),
        "status": recording.status,
    }


def _date(at: datetime | None) -> str | None:
    return None if at is None else format_datetime(at.astimezone(UTC))
