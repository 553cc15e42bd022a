"""What callers said, as the carrier keeps it."""

import io
import math
import wave
from array import array
from dataclasses import dataclass, field
from datetime import datetime

from app.simulator.carrier.calls import Call
from app.simulator.carrier.clock import Work
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.forms import API_VERSION, recording_form
from app.simulator.carrier.twiml import Record
from app.simulator.carrier.webhooks import Delivery

RATE = 8000  # samples a second
TOO_SHORT = 16101
SILENT = 16102

# A recording with less speech than this (seconds) is absent.
_SHORTEST = 1.0
# From the end of a recording to its callback, in seconds.
_AT_WORK = 2.0


@dataclass(slots=True, kw_only=True)
class Recording:
    """One recording; an absent one has a row, an error code and no sound."""

    sid: str
    order: int
    call_sid: str
    seconds: int
    started_at: datetime
    created_at: datetime
    status: str = "processing"
    error_code: int = 0
    deleted: bool = False
    given: bytes | None = field(default=None, repr=False)

    @property
    def audio(self) -> bytes:
        """The sound as a WAV file; a tone of its own where none was given."""
        return self.given if self.given is not None else tone(self.sid, self.seconds)


class Recordings:
    """All recordings of the account, by sid."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._all: dict[str, Recording] = {}

    def all(self) -> list[Recording]:
        """Return every recording, also absent and deleted ones, oldest first."""
        return list(self._all.values())

    def get(self, sid: str) -> Recording | None:
        """Return a recording that is still there, or None."""
        found = self._all.get(sid)
        return None if found is None or found.deleted else found

    def url(self, sid: str) -> str:
        """Return the `RecordingUrl` of webhooks: no suffix, never signed."""
        base, account = self._exchange.api_base, self._exchange.account_sid
        return f"{base}/{API_VERSION}/Accounts/{account}/Recordings/{sid}"

    def take(
        self,
        call: Call,
        verb: Record,
        *,
        spoken: float,
        length: float,
        started_at: datetime,
        audio: bytes | None,
        callback: str,
    ) -> Recording:
        """Keep what was recorded; its callback comes where it was asked for.

        `spoken` are the seconds of speech in it, `length` those of the file.
        """
        error = SILENT if spoken <= 0 else TOO_SHORT if spoken < _SHORTEST else 0
        recording = Recording(
            sid=self._exchange.new_sid("RE"),
            order=len(self._all) + 1,
            call_sid=call.sid,
            seconds=0 if error else math.floor(length + 0.5),
            started_at=started_at,
            created_at=self._exchange.clock.now(),
            error_code=error,
            given=audio,
        )
        self._all[recording.sid] = recording
        status = "absent" if error else "completed"
        self._exchange.note(f"recording {status} {recording.seconds} s")
        self._exchange.clock.after(_AT_WORK / 2, self._finishing(recording, status))
        if callback and status in verb.events:
            form = recording_form(
                account_sid=self._exchange.account_sid,
                call_sid=call.sid,
                recording_sid=recording.sid,
                url=self.url(recording.sid),
                status=status,
                seconds=recording.seconds,
                error_code=error,
                started_at=started_at,
            )
            delivery = Delivery(url=callback, form=form, subject=recording.sid)
            self._exchange.call_back(delivery, after=_AT_WORK)
        return recording

    def _finishing(self, recording: Recording, status: str) -> Work:
        async def finish() -> None:
            recording.status = status

        return finish


def tone(name: str, seconds: float) -> bytes:
    """Return a WAV file, 8 kHz 16 bit mono, whose pitch hangs on the name."""
    pitch = 300 + int.from_bytes(name.encode()[-3:], "big") % 900
    second = array(
        "h", (round(6000 * math.sin(math.tau * pitch * n / RATE)) for n in range(RATE))
    )
    return wav(second * math.floor(seconds) + second[: round(seconds % 1 * RATE)])


def wav(samples: "array[int]") -> bytes:
    """Return 16 bit samples as a WAV file of 8 kHz, mono."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return made.getvalue()
