"""Twilio's forms, read into what was heard.

A signature has no delimiters (SECURITY.md 0.3): the same signed characters
can be cut into other fields. So every required field must be there, once and
exactly of its form, and the signed characters may name no second message id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.actions.take_turn import HeardText
from app.channels.address import read_address
from app.channels.form import FIELD_NAME, UUID_FORM, owed_id_in, read_query
from app.channels.signature import Fields, signed_text
from app.channels.sms.body import clean_body, without_controls
from app.channels.sms.recut import KNOWN, refuse_recut
from app.domain.errors import BadInput

_MESSAGE_ID = re.compile(rf"(?:SM|MM)[0-9a-f]{{32}}|{UUID_FORM}")
_NAMED_ID = re.compile(rf"MessageSid((?:SM|MM)[0-9a-f]{{32}}|{UUID_FORM})")
# Of the message of ours that is answered: on WhatsApp it stands beside its own.
_ANSWERED = "OriginalRepliedMessageSid"
_MEDIA_URL = re.compile(r"[!-~]{1,2048}")
_CONTENT_TYPE = re.compile(r"[!-~]{1,128}")
_ERROR_CODE = re.compile(r"[0-9]{1,6}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_MOST_MEDIA = 10
_LONGEST_NAME = 200  # of a place

_STATUSES = frozenset(
    {
        "accepted",
        "scheduled",
        "queued",
        "sending",
        "sent",
        "delivered",
        "undelivered",
        "failed",
        "canceled",
        "read",
        "receiving",
        "received",
        "partially_delivered",
    }
)


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text message with the id under which it counts once."""

    provider_id: str
    heard: HeardText


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The carrier's word on a message of ours."""

    provider_id: str
    owed_id: UUID | None
    status: str
    error_code: str | None


def read_text(fields: Fields, *, account_sid: str) -> InboundText:
    """Read an inbound message; `BadInput` names the field, never its value."""
    form = _form(fields, account_sid)
    provider_id = _message_id(form, fields)
    address = read_address(_required(form, "From"), _required(form, "To"))
    # A button or a list on WhatsApp may come with the chosen label alone.
    labels = (form.get(name) for name in ("Body", "ButtonText", "ListTitle"))
    return InboundText(
        provider_id,
        HeardText(
            sender=address.sender,
            dialled=address.dialled,
            body=clean_body(next(filter(None, labels), "")),
            channel=address.channel,
            media=_media(form),
            place=_place(form),
        ),
    )


def read_report(fields: Fields, query: bytes, *, account_sid: str) -> DeliveryReport:
    """Read a status callback; `m` in the query is the owed message's id."""
    form = _form(fields, account_sid)
    status = form.get("MessageStatus") or form.get("SmsStatus", "")
    if status not in _STATUSES:
        raise BadInput("MessageStatus is unknown")
    code = form.get("ErrorCode", "")
    if code and not _ERROR_CODE.fullmatch(code):
        raise BadInput("ErrorCode is not a number")
    return DeliveryReport(
        provider_id=_message_id(form, fields),
        owed_id=owed_id_in(read_query(query)),
        status=status,
        error_code=None if code in ("", "0") else code,
    )


def _form(fields: Fields, account_sid: str) -> Mapping[str, str]:
    """Return the fields by name, after what every form must satisfy."""
    form: dict[str, str] = {}
    for name, value in fields:
        if not FIELD_NAME.fullmatch(name):
            raise BadInput("a field has no proper name")
        if name in form and (name in KNOWN or name.startswith("Media")):
            raise BadInput(f"{name} is there twice")
        if form.get(name) == value:
            # The signature takes equal pairs for one: this is not what was sent.
            raise BadInput("a field is repeated")
        form[name] = value
    if not account_sid or form.get("AccountSid") != account_sid:
        raise BadInput("AccountSid is not ours")
    refuse_recut(fields, form, _media_count(form))
    return form


def _required(form: Mapping[str, str], name: str) -> str:
    try:
        return form[name]
    except KeyError:
        raise BadInput(f"{name} is missing") from None


def _message_id(form: Mapping[str, str], fields: Fields) -> str:
    """Return the MessageSid; refuse a form whose characters hold another one.

    However the signed characters are cut, a captured request keeps its own
    `MessageSid…` somewhere among them: hidden in a value, or across two.
    """
    provider_id = _required(form, "MessageSid")
    if not _MESSAGE_ID.fullmatch(provider_id):
        raise BadInput("MessageSid is not of its form")
    own = [
        (name, value)
        for name, value in fields
        if name != _ANSWERED or not _MESSAGE_ID.fullmatch(value)
    ]
    if set(_NAMED_ID.findall(signed_text(own))) != {provider_id}:
        raise BadInput("MessageSid is there twice")
    return provider_id


def _media_count(form: Mapping[str, str]) -> int:
    """Return NumMedia, 0 to 10; some platforms leave it out or blank."""
    count = form.get("NumMedia") or "0"
    if not re.fullmatch(r"[0-9]{1,2}", count) or int(count) > _MOST_MEDIA:
        raise BadInput("NumMedia is not 0 to 10")
    return int(count)


def _media(form: Mapping[str, str]) -> tuple[str, ...]:
    """Return what was attached, as "type url"."""
    return tuple(_attachment(form, index) for index in range(_media_count(form)))


def _attachment(form: Mapping[str, str], index: int) -> str:
    url = _required(form, f"MediaUrl{index}")
    kind = form.get(f"MediaContentType{index}") or "application/octet-stream"
    kind = kind.replace(" ", "")  # "audio/ogg; codecs=opus"
    if not _MEDIA_URL.fullmatch(url) or not _CONTENT_TYPE.fullmatch(kind):
        raise BadInput("a medium has no proper address or type")
    return f"{kind} {url}"


def _place(form: Mapping[str, str]) -> str:
    """Return where somebody says that they are: what it is called, and degrees.

    It is kept beside the words and never read as some: degrees look like codes.
    """
    degrees = [form.get(name, "") for name in ("Latitude", "Longitude")]
    if not all(_DEGREES.fullmatch(each) for each in degrees):
        return ""
    called = [
        without_controls(form.get(name, "")).replace("\n", " ").strip()[:_LONGEST_NAME]
        for name in ("Label", "Address")
    ]
    return " ".join(filter(None, [*dict.fromkeys(called), ", ".join(degrees)]))
