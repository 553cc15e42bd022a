"""Which attributes a verb of TwiML has, with which values, and what it holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import ThreadlineError

ANY_KEY = "1234567890*#"


class TwimlError(ThreadlineError):
    """A document that the carrier cannot follow, with Twilio's error code."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Shape:
    """A verb: its attributes with a pattern for each, and what goes inside."""

    attributes: Mapping[str, re.Pattern[str]]
    holds: frozenset[str] = frozenset()


def _one_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words))


_ANY = re.compile(r"(?s).*")
_URL = re.compile(r"\S*")
_METHOD = _one_of("GET", "POST")
_BOOLEAN = _one_of("true", "false")
_WHOLE = re.compile(r"[0-9]{1,5}")
_AT_LEAST_ONE = re.compile(r"[1-9][0-9]{0,4}")

_GATHER = {
    "action": _URL,
    "method": _METHOD,
    "input": _one_of("dtmf", "speech", "dtmf speech"),
    "numDigits": _AT_LEAST_ONE,
    "finishOnKey": re.compile(r"[0-9#*]?"),
    "timeout": _AT_LEAST_ONE,
    "actionOnEmptyResult": _BOOLEAN,
    "speechTimeout": re.compile(r"auto|[1-9][0-9]*"),
    "maxSpeechTime": _AT_LEAST_ONE,
    "language": re.compile(r"[A-Za-z-]+"),
    "hints": _ANY,
    "enhanced": _BOOLEAN,
    "speechModel": _ANY,
    "bargeIn": _BOOLEAN,
    "debug": _BOOLEAN,
    "profanityFilter": _BOOLEAN,
    "partialResultCallback": _URL,
    "partialResultCallbackMethod": _METHOD,
}
_RECORD = {
    "action": _URL,
    "method": _METHOD,
    "timeout": _WHOLE,
    "finishOnKey": re.compile(r"[0-9#*]*"),
    "maxLength": _AT_LEAST_ONE,
    "playBeep": _BOOLEAN,
    "trim": _one_of("trim-silence", "do-not-trim"),
    "recordingStatusCallback": _URL,
    "recordingStatusCallbackMethod": _METHOD,
    "recordingStatusCallbackEvent": re.compile(
        r"(in-progress|completed|absent)( (in-progress|completed|absent))*"
    ),
    "transcribe": _BOOLEAN,
    "transcribeCallback": _URL,
    "recordingConfigurationId": _ANY,
}
_PROMPTS = frozenset({"Play", "Say", "Pause"})

VERBS: Mapping[str, Shape] = {
    "Response": Shape(
        {},
        _PROMPTS | frozenset({"Gather", "Record", "Redirect", "Hangup", "Reject"}),
    ),
    "Gather": Shape(_GATHER, _PROMPTS),
    "Record": Shape(_RECORD),
    "Play": Shape({"loop": _WHOLE, "digits": re.compile(r"[0-9#*wW]+")}),
    "Say": Shape({"voice": _ANY, "language": _ANY, "loop": _WHOLE}),
    "Pause": Shape({"length": _WHOLE}),
    "Redirect": Shape({"method": _METHOD}),
    "Hangup": Shape({}),
    "Reject": Shape({"reason": _one_of("rejected", "busy")}),
    "Message": Shape(
        {
            "to": _ANY,
            "from": _ANY,
            "action": _URL,
            "method": _METHOD,
            "statusCallback": _URL,
        }
    ),
}

SSML = frozenset(
    "break emphasis lang p phoneme prosody s say-as sub w".split(),
)

# Languages whose default voice does not exist: without a right voice by name
# the carrier fails at run time, or lets a foreign voice read.
_NAMED_VOICE_ONLY = {
    "bn-IN": re.compile(r"Google\.bn-IN-\S+"),
    "ta-IN": re.compile(r"Google\.ta-IN-\S+"),
    "hi-IN": re.compile(r"Google\.hi-IN-\S+|Polly\.(Aditi|Kajal)\S*"),
    "en-IN": re.compile(r"Google\.en-IN-\S+|Polly\.(Raveena|Aditi|Kajal)\S*"),
}


def check_attributes(verb: str, given: Mapping[str, str]) -> None:
    """Raise 12200 for an attribute that the verb has not, or a wrong value."""
    for name, value in given.items():
        pattern = VERBS[verb].attributes.get(name)
        if pattern is None:
            raise TwimlError(12200, f"{name} in <{verb}>")
        if not pattern.fullmatch(value):
            raise TwimlError(12200, f"the value of {name} in <{verb}>")


def check_voice(voice: str, language: str) -> None:
    """Raise 13512 for a language of ours without a voice that speaks it.

    Bengali as spoken in Bangladesh has none at all.
    """
    if language == "bn-BD":
        raise TwimlError(13512, "no voice speaks bn-BD")
    right = _NAMED_VOICE_ONLY.get(language)
    if right is not None and not right.fullmatch(voice):
        raise TwimlError(13512, f"a voice that does not speak {language}")
