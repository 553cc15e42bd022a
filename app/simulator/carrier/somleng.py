"""How Somleng differs from Twilio, whose interface it speaks; after its source.

UUIDs for sids, fewer fields, no blank ones, fewer verbs, and no way to delete a
recording.
"""

from collections.abc import Iterable, Mapping

from app.simulator.carrier.grammar import TwimlError
from app.simulator.carrier.twiml import Gather, Pause, Verb

SOMLENG = "somleng"
INVALID_ELEMENT = 12200

_FIELDS = frozenset(
    {
        *("AccountSid", "ApiVersion", "From", "To", "ErrorCode", "ErrorUrl"),
        # of texts
        *("MessageSid", "Body", "NumMedia", "ReferralNumMedia", "MessageStatus"),
        # of calls
        *("CallSid", "CallStatus", "Caller", "Called", "Direction", "Digits"),
        *("CallDuration", "CallbackSource", "Timestamp", "SequenceNumber"),
        # of recordings
        *("RecordingSid", "RecordingUrl", "RecordingStatus", "RecordingDuration"),
        *("RecordingChannels", "RecordingStartTime", "RecordingSource"),
    }
)
# What the action of <Record> is not told.
_NOT_OF_AN_ACTION = frozenset({"RecordingSid", "Digits"})


def somleng_form(form: Mapping[str, str]) -> dict[str, str]:
    """Return what Somleng would post of a form of Twilio's."""
    is_action = "RecordingUrl" in form and "RecordingStatus" not in form
    left_out = _NOT_OF_AN_ACTION if is_action else frozenset()
    return {
        name: value
        for name, value in form.items()
        if name in _FIELDS - left_out and (value or name == "Body")
    }


def refuse_unknown(verbs: Iterable[Verb]) -> None:
    """Raise `TwimlError` at a verb that Somleng does not know."""
    for verb in verbs:
        within = verb.prompts if isinstance(verb, Gather) else (verb,)
        if any(isinstance(each, Pause) for each in within):
            raise TwimlError(INVALID_ELEMENT, "Invalid element")
