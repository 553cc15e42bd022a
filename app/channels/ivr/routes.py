"""Calls as Twilio reports them: every step, every recording, every end."""

import random
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.actions.hear_recording import hear_recording
from app.actions.owe_ring_back import call_limits, owe_ring_back
from app.actions.play_back import play_back
from app.actions.record_call_end import record_call_end
from app.actions.take_call import UNVOICED, HeardCall, Render, take_call
from app.actions.take_studio import take_studio
from app.actions.take_turn import Answer
from app.channels.ivr.render import HANG_UP, NOTHING, REJECT, out_of_order
from app.channels.ivr.wire import (
    Asked,
    read_asked,
    read_call,
    read_end,
    read_failed,
    read_recording,
)
from app.channels.signature import Fields, Verifier
from app.channels.signed import Endpoint, guarded, signed_fields
from app.domain.directory import HotlineNumber
from app.domain.errors import Busy
from app.domain.taxonomy import LANGUAGES
from app.edge.deps import Parts
from app.wording.sounds import Book

TWIML = "text/xml; charset=utf-8"
_FOR_EVER = "public, max-age=31536000, immutable"


class Sounds(Protocol):
    """What can be spoken; see `app.store.prompts`."""

    @property
    def latest(self) -> Book: ...

    async def at(self, tx: Any, version: int) -> Book: ...

    async def now(self, tx: Any) -> Book: ...

    async def bytes_of(self, store: Any, name: str) -> tuple[bytes, str] | None: ...


@dataclass(frozen=True, slots=True)
class VoiceDoor:
    """Where calls come in: what verifies them, and what speaks."""

    parts: Parts
    verifier: Verifier
    sounds: Sounds
    render: Render

    async def begin(self, request: Request) -> Response:
        """Pick up, or reject a missed call before it costs anybody anything.

        With a debt in the address it is our own call that was picked up.
        """
        fields = await signed_fields(request, self.verifier)
        return await self._begin(fields, read_asked(request.scope["query_string"]))

    async def _begin(self, fields: Fields, asked: Asked) -> Response:
        call = self._call(fields, Asked(owed_id=asked.owed_id))
        if asked.owed_id is not None:
            return await self._begin_ours(call, fields)
        try:
            directory = await self.parts.store.directory()
            number = directory.number(call.dialled)
            # Whoever withholds the number could never be called back.
            if number.voice == "missed_call" and call.sender is not None:
                return await self._missed(call, number)
        except Busy:
            return self._unwritten(call)
        if number.voice == "none":
            return _twiml(REJECT)
        return await self._take(call, is_studio=number.voice == "studio")

    async def _missed(self, call: HeardCall, number: HotlineNumber) -> Response:
        parts = self.parts
        is_owed = await owe_ring_back(
            parts.store,
            sender=call.sender,
            hotline=number,
            call_sid=call.sid,
            at=parts.now(),
            chance=random.SystemRandom(),
            limits=call_limits(parts.settings),
        )
        if is_owed:
            parts.ring()
        return _twiml(REJECT)

    async def _begin_ours(self, call: HeardCall, fields: Fields) -> Response:
        """Somebody, or a machine, picked up a call that we made."""
        asked = Asked(owed_id=call.owed_id)
        try:
            if call.is_machine:
                await self._end(fields, asked, "completed")
            answer = await self._hear(call)
            if answer.contact == UNVOICED and not answer.is_repeat:
                # Nothing could be said: nobody was reached.
                await self._end(fields, asked, "failed")
        except Busy:
            return self._unwritten(call)
        return _twiml(answer.body)

    async def step(self, request: Request) -> Response:
        """Hear keys, a silence, or what was spoken."""
        fields = await signed_fields(request, self.verifier)
        asked = read_asked(request.scope["query_string"])
        call = self._call(fields, asked)
        return await self._take(call, is_studio=asked.is_studio)

    async def fall_back(self, request: Request) -> Response:
        """Answer in the place of an address of ours that failed."""
        fields = await signed_fields(request, self.verifier)
        path, query = read_failed(fields)
        asked = read_asked(query)
        if path.endswith("/twilio/voice/turn") and asked.turn is not None:
            call = self._call(fields, asked)
            return await self._take(call, is_studio=asked.is_studio)
        return await self._begin(fields, asked)

    async def hear_recording(self, request: Request) -> Response:
        """Keep what was spoken, whether or not the call could tell of it."""
        parts = self.parts
        fields = await signed_fields(request, self.verifier)
        report = read_recording(fields, account_sid=self._account)
        if report is not None:
            is_news = await hear_recording(
                parts.store,
                sid=report.sid,
                call_sid=report.call_sid,
                seconds=report.seconds,
                at=parts.now(),
            )
            if is_news:
                parts.ring()
        return Response(status_code=204)

    async def end(self, request: Request) -> Response:
        """Note how a call stands or ended."""
        fields = await signed_fields(request, self.verifier)
        asked = read_asked(request.scope["query_string"])
        await self._end(fields, asked)
        return Response(status_code=204)

    async def _end(
        self, fields: Fields, asked: Asked, status: str | None = None
    ) -> None:
        end = read_end(fields, asked, account_sid=self._account)
        is_news = await record_call_end(
            self.parts.store,
            call_sid=end.call_sid,
            owed_id=end.owed_id,
            status=status or end.status,
            answered_by=end.answered_by,
            at=self.parts.now(),
        )
        if is_news:
            self.parts.ring()

    async def play_back(self, request: Request) -> Response:
        """Let the caller hear what they said; the address is their key."""
        token = request.path_params["token"]
        audio = await play_back(self.parts.store, token, at=self.parts.now())
        if audio is None:
            return Response(status_code=404)
        return Response(audio, media_type="audio/wav")

    async def prompt(self, request: Request) -> Response:
        """Give a sound file: its name is its content's, so it never changes."""
        name = request.path_params["name"]
        found = await self.sounds.bytes_of(self.parts.store, name)
        if found is None:
            return Response(status_code=404)
        audio, kind = found
        return Response(audio, media_type=kind, headers={"Cache-Control": _FOR_EVER})

    # ------------------------------------------------------------ one step

    async def _take(self, call: HeardCall, *, is_studio: bool = False) -> Response:
        try:
            if is_studio:
                return await self._record_prompts(call)
            return _twiml((await self._hear(call)).body)
        except Busy:
            return self._unwritten(call)

    async def _hear(self, call: HeardCall) -> Answer:
        parts = self.parts
        answer = await take_call(
            parts.store,
            call,
            sounds=self.sounds,
            render=self.render,
            at=parts.now(),
        )
        if answer.owed:
            parts.ring()
        if answer.is_repeat:
            parts.metrics.repeats.labels("voice").inc()
        else:
            parts.metrics.turns.labels("voice").inc()
            if call.turn is None:
                parts.metrics.contacts.labels(answer.contact or "call").inc()
        return answer

    async def _record_prompts(self, call: HeardCall) -> Response:
        body, is_owed = await take_studio(
            self.parts.store,
            call,
            sounds=self.sounds,
            render=self.render,
            at=self.parts.now(),
        )
        if is_owed:
            self.parts.ring()
        return _twiml(body)

    def _call(self, fields: Fields, asked: Asked) -> HeardCall:
        return read_call(fields, asked, account_sid=self._account)

    def _unwritten(self, call: HeardCall) -> Response:
        """Nothing can be written: the voice is kept where it is, for later.

        Nobody who picked up our own call is asked to speak, and a missed call
        is rejected as ever: it must cost nothing.
        """
        if call.is_ours:
            return _twiml(HANG_UP)
        known = self.parts.store.known_directory
        voice = known.number(call.dialled).voice if known else "answer"
        is_first = call.turn is None and call.sender is not None
        if is_first and voice == "missed_call":
            return _twiml(REJECT)
        base = self.parts.settings.public_base_url
        return _twiml(out_of_order(base, self.sounds.latest, LANGUAGES))

    @property
    def _account(self) -> str:
        return self.parts.settings.twilio_account_sid


def _twiml(body: bytes) -> Response:
    return Response(body, media_type=TWIML)


def voice_routes(door: VoiceDoor) -> list[Route]:
    """Return the addresses that the provider is told, and those it finds in them."""

    def post(path: str, endpoint: Endpoint) -> Route:
        return Route(
            path, guarded(door.parts.metrics, endpoint, _unfit), methods=["POST"]
        )

    return [
        post("/twilio/voice", door.begin),
        post("/twilio/voice/out", door.begin),
        post("/twilio/voice/turn", door.step),
        post("/twilio/voice/fallback", door.fall_back),
        post("/twilio/voice/recording", door.hear_recording),
        post("/twilio/voice/status", door.end),
        Route("/twilio/voice/replay/{token}", door.play_back),
        Route("/prompts/{name}", door.prompt),
    ]


def _unfit() -> Response:
    return Response(NOTHING, 400, media_type=TWIML)
