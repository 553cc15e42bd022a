"""Twilio's voice forms, read into what was heard on the line.

As with texts, the signed characters could be cut into other fields: what is
needed must be there once and exactly of its form, and the signed characters
may name no second call.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from app.actions.take_call import HeardCall
from app.channels.address import read_address
from app.channels.form import FIELD_NAME, UUID_FORM, owed_id_in, read_query
from app.channels.signature import Fields, signed_text
from app.conversation.calls.session import Keys, Spoke
from app.domain.errors import BadInput

LONGEST_PIECE = 120  # seconds; then the recording goes on in a new piece

_CALL_ID = re.compile(rf"CA[0-9a-f]{{32}}|{UUID_FORM}")
_NAMED_CALL = re.compile(rf"(?<!Parent)CallSid((?:CA[0-9a-f]{{32}})|{UUID_FORM})")
_RECORDING_ID = re.compile(rf"RE[0-9a-f]{{32}}|{UUID_FORM}")
_KEYS = re.compile(r"[0-9*#]{0,32}")
_TURN = re.compile(r"[0-9]{1,5}")
_SECONDS = re.compile(r"[0-9]{1,5}")
_STATUSES = frozenset(
    "queued ringing in-progress completed busy failed no-answer canceled".split()
)
_MACHINES = ("machine", "fax")


@dataclass(frozen=True, slots=True)
class CallEnd:
    """The carrier's word on how a call stands or ended."""

    call_sid: str
    owed_id: UUID | None
    status: str
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """The carrier's word on a recording; it names no parties."""

    sid: str
    call_sid: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the query of an address of ours says."""

    turn: int | None = None
    is_empty: bool = False
    owed_id: UUID | None = None
    is_studio: bool = False
    is_late: bool = False  # the beep for want of a database


def read_call(fields: Fields, asked: Asked, *, account_sid: str) -> HeardCall:
    """Read one step of a call; `BadInput` names the field, never its value."""
    form = _form(fields, account_sid)
    is_ours = form.get("Direction", "").startswith("outbound")
    here, there = ("From", "To") if is_ours else ("To", "From")
    dialled, sender = _parties(form.get(there, ""), form.get(here, ""))
    recording = _recording_id(form) if _has_recording(form) else None
    return HeardCall(
        sid=_call_id(form, fields),
        sender=sender,
        dialled=dialled,
        heard=None if asked.turn is None else _heard(form, asked),
        turn=asked.turn,
        recording=recording,
        owed_id=asked.owed_id,
        is_machine=_is_machine(form.get("AnsweredBy")),
        is_ours=is_ours,
    )


def read_end(fields: Fields, asked: Asked, *, account_sid: str) -> CallEnd:
    form = _form(fields, account_sid)
    status = form.get("CallStatus", "")
    if status not in _STATUSES:
        raise BadInput("CallStatus is unknown")
    return CallEnd(
        _call_id(form, fields), asked.owed_id, status, form.get("AnsweredBy") or None
    )


def read_recording(fields: Fields, *, account_sid: str) -> RecordingReport | None:
    """Read a recording's report; None where nothing was recorded."""
    form = _form(fields, account_sid)
    if form.get("RecordingStatus") != "completed":
        return None
    return RecordingReport(_recording_id(form), _call_id(form, fields), _seconds(form))


def read_asked(query: bytes) -> Asked:
    """Read the query that we put into an address: the turn, or the debt."""
    given = read_query(query)
    turn = given.get("s", "")
    return Asked(
        turn=int(turn) if _TURN.fullmatch(turn) else None,
        is_empty=given.get("empty") == "1",
        is_studio=given.get("d") == "studio",
        is_late=given.get("late") == "1",
        owed_id=owed_id_in(given),
    )


def read_failed(fields: Fields) -> tuple[str, bytes]:
    """Return path and query of the address that failed, from the fallback's form."""
    url = urlsplit(dict(fields).get("ErrorUrl", ""))
    return url.path, url.query.encode()


def _form(fields: Fields, account_sid: str) -> Mapping[str, str]:
    form: dict[str, str] = {}
    for name, value in fields:
        if not FIELD_NAME.fullmatch(name):
            raise BadInput("a field has no proper name")
        if name in form:
            raise BadInput("a field is there twice")
        form[name] = value
    if not account_sid or form.get("AccountSid") != account_sid:
        raise BadInput("AccountSid is not ours")
    return form


def _call_id(form: Mapping[str, str], fields: Fields) -> str:
    sid = form.get("CallSid", "")
    if not _CALL_ID.fullmatch(sid):
        raise BadInput("CallSid is not of its form")
    if set(_NAMED_CALL.findall(signed_text(fields))) != {sid}:
        raise BadInput("CallSid is there twice")
    return sid


def _has_recording(form: Mapping[str, str]) -> bool:
    return bool(form.get("RecordingSid") or form.get("RecordingUrl"))


def _recording_id(form: Mapping[str, str]) -> str:
    """Return the recording's id; Somleng names it by its address alone."""
    sid = form.get("RecordingSid") or form.get("RecordingUrl", "").rpartition("/")[2]
    if not _RECORDING_ID.fullmatch(sid):
        raise BadInput("RecordingSid is not of its form")
    return sid


def _parties(there: str, here: str) -> tuple[str, str | None]:
    """Return the dialled number and who is at the other end.

    Whoever cannot be read is a caller without a number: nobody is turned away
    for what their exchange puts there.
    """
    try:
        address = read_address(there, here)
    except BadInput:
        address = None
    if address is not None:
        return address.dialled, address.sender
    try:
        return read_address("anonymous", here).dialled, None
    except BadInput:
        return "unknown", None


def _heard(form: Mapping[str, str], asked: Asked) -> Keys | Spoke:
    keys = form.get("Digits", "")
    if asked.is_empty:
        # Nobody had asked for that beep: the call goes on where it stood.
        return Keys("*") if asked.is_late else Spoke(0)
    if _has_recording(form):
        seconds, hung_up = _seconds(form), keys == "hangup"
        is_full = seconds >= LONGEST_PIECE and not keys
        return Spoke(seconds, hung_up=hung_up, is_full=is_full)
    if keys == "hangup":
        return Spoke(0, hung_up=True)
    if not _KEYS.fullmatch(keys):
        raise BadInput("Digits are no keys")
    return Keys(keys)


def _seconds(form: Mapping[str, str]) -> int:
    told = form.get("RecordingDuration", "0")
    if not _SECONDS.fullmatch(told):
        raise BadInput("RecordingDuration is not a number")
    return int(told)


def _is_machine(answered_by: str | None) -> bool:
    return bool(answered_by) and str(answered_by).startswith(_MACHINES)
