"""One call walked through its documents, verb by verb, in virtual time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urljoin

from app.domain.errors import ThreadlineError
from app.simulator.carrier.calls import Call
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.forms import call_form, status_form
from app.simulator.carrier.grammar import TwimlError
from app.simulator.carrier.somleng import refuse_unknown
from app.simulator.carrier.twiml import (
    Gather,
    Hangup,
    Pause,
    Play,
    Prompt,
    Record,
    Redirect,
    Reject,
    Say,
    Verb,
    read_voice,
)
from app.simulator.carrier.webhooks import Delivery, HookFailed

# What the carrier says in English, whoever calls, before it hangs up.
APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."

_BEEP_SECONDS = 0.5
_TONE_SECONDS = 0.2
_WAIT_SECONDS = 0.5  # a `w` among the tones
_LETTERS_A_SECOND = 14
_MOST_LOOPS = 1000
# Documents one after the other in which no time goes by.
_MOST_JUMPS = 50
_TOO_MANY_JUMPS = 11215
_LONGEST_CALL = timedelta(hours=4)
# From an event in a call to its status callback, in seconds.
_STATUS_AFTER = 0.2


class HungUp(ThreadlineError):
    """The call ended in the midst of something."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came out of the earpiece, for how long, and whether it was cut."""

    at: datetime
    kind: Literal["play", "say", "pause", "tone", "beep"]
    what: str  # a URL, words, or keys
    seconds: float
    cut: bool = False


class Leg:
    """The carrier's side of a call; `Caller` is the side of the person."""

    def __init__(
        self,
        exchange: Exchange,
        call: Call,
        length_of: Callable[[str], float],
    ) -> None:
        self.call = call
        self.heard: list[Heard] = []
        self._exchange = exchange
        self._length_of = length_of
        self._url = call.url
        self._verbs: tuple[Verb, ...] | None = None
        self._next = 0
        self._at: Gather | Record | None = None
        self._since = exchange.clock.now()
        self._hangs_up_at: datetime | None = None
        self._jumps = 0
        self._has_asked = False

    @property
    def is_over(self) -> bool:
        return self.call.is_over

    async def _walk(self) -> None:
        """Go on until a key or a voice is wanted, or the call is over."""
        if self._verbs is None and not self.is_over:
            await self._open()
        while self._verbs is not None and not self.is_over and self._at is None:
            if self._next >= len(self._verbs):
                self._note("the document ends here")
                self._end("completed")
                return
            verb = self._verbs[self._next]
            self._next += 1
            await self._obey(verb)

    async def _open(self) -> None:
        """Ask what to do; an inbound call is answered unless it is rejected."""
        call = self.call
        self._has_asked = True
        if call.direction == "inbound":
            call.status = "ringing"
            call.started_at = self._exchange.clock.now()
        if call.twiml:
            self._verbs = self._given(call.twiml)
        else:
            await self._fetch(call.url, call.method, {})
        if call.answered_at is None:
            match self._verbs:
                case (Reject(reason), *_):
                    self._note(f"rejected, {reason}")
                    self._end("busy" if reason == "busy" else "no-answer")
                case _:
                    self._answered()

    def _given(self, twiml: str) -> tuple[Verb, ...]:
        try:
            return read_voice("text/xml", twiml.encode())
        except TwimlError as wrong:
            self._note(f"error {wrong}")
            return (Say(APPLICATION_ERROR), Hangup())

    def _answered(self) -> None:
        self.call.status = "in-progress"
        self.call.answered_at = self._exchange.clock.now()
        self._note("answered")
        self._tell("answered")

    async def _obey(self, verb: Verb) -> None:
        match verb:
            case Play() | Say() | Pause():
                await self._hear(verb)
            case Gather():
                self._want(verb)
            case Record():
                if verb.plays_beep:
                    await self._sound("beep", "", _BEEP_SECONDS)
                self._want(verb)
            case Redirect(url, method):
                await self._fetch(url, method, {})
            case Hangup():
                self._note("<Hangup>")
                self._end("completed")
            case Reject():
                self._note("<Reject> after the answer only hangs up")
                self._end("completed")

    def _want(self, verb: Gather | Record) -> None:
        self._at = verb
        self._since = self._exchange.clock.now()
        self._note(f"<{type(verb).__name__}>")

    async def _fetch(
        self, url: str | None, method: str, extra: Mapping[str, str]
    ) -> None:
        """Ask for the next document; what fails goes to the fallback URL."""
        address = urljoin(self._url, url or "") if self._url else url or ""
        form = call_form(self.call, self._exchange.account_sid, extra)
        self._at, self._next = None, 0
        self._jumps += 1
        try:
            if self._jumps > _MOST_JUMPS:
                raise HookFailed(_TOO_MANY_JUMPS, "round and round")
            self._verbs = await self._ask(address, method, form)
        except (HookFailed, TwimlError) as wrong:
            self._note(f"error {wrong}")
            self._verbs = await self._fall_back(address, form, wrong.code)

    async def _ask(
        self, address: str, method: str, form: Mapping[str, str]
    ) -> tuple[Verb, ...]:
        answer = await self._exchange.send(
            Delivery(url=address, form=form, method=method, subject=self.call.sid),
            sleep=self._pass,
        )
        verbs = read_voice(answer.content_type, answer.body)
        if self._exchange.is_somleng:
            refuse_unknown(verbs)
        self._url = address
        return verbs

    async def _fall_back(
        self, address: str, form: Mapping[str, str], code: int
    ) -> tuple[Verb, ...]:
        fallback = self.call.fallback_url
        if fallback and self._jumps <= _MOST_JUMPS:
            error_url = address.partition("#")[0]
            told = {**form, "ErrorCode": str(code), "ErrorUrl": error_url}
            try:
                return await self._ask(fallback, "POST", told)
            except (HookFailed, TwimlError) as wrong:
                self._note(f"error {wrong} at the fallback")
        return (Say(APPLICATION_ERROR), Hangup())

    async def _post_last(
        self, url: str | None, method: str, extra: Mapping[str, str]
    ) -> None:
        """Report to an action after the end; nobody walks its answer."""
        form = call_form(self.call, self._exchange.account_sid, extra)
        delivery = Delivery(
            url=urljoin(self._url, url or ""),
            form=form,
            method=method,
            subject=self.call.sid,
        )
        try:
            await self._exchange.send(delivery)
        except HookFailed as failed:
            self._note(f"error {failed} after the end")

    async def _hear(self, prompt: Prompt, until: datetime | None = None) -> bool:
        """Play it, to its end or until then; tell whether it was heard out."""
        seconds = self.seconds_of(prompt)
        match prompt:
            case Play(url, _, digits) if digits:
                return await self._sound("tone", digits, seconds, until)
            case Play(url):
                what = urljoin(self._url, url)
                return await self._sound("play", what, seconds, until)
            case Say(text):
                return await self._sound("say", text, seconds, until)
            case Pause():
                return await self._sound("pause", "", seconds, until)

    async def _sound(
        self,
        kind: Literal["play", "say", "pause", "tone", "beep"],
        what: str,
        seconds: float,
        until: datetime | None = None,
    ) -> bool:
        begun = self._exchange.clock.now()
        ends = begun + timedelta(seconds=seconds)
        stops = ends if until is None else min(ends, until)
        try:
            await self._pass_until(stops)
        finally:
            lasted = (self._exchange.clock.now() - begun).total_seconds()
            is_cut = lasted < seconds - 1e-6
            self.heard.append(Heard(begun, kind, what, min(lasted, seconds), is_cut))
        if seconds > 0:
            self._jumps = 0
        return stops == ends

    def seconds_of(self, prompt: Prompt) -> float:
        """Return how long it lasts; an endless loop ends after 1,000 rounds."""
        match prompt:
            case Pause(seconds):
                return seconds
            case Say(text, _, _, loop):
                return max(1.0, len(text) / _LETTERS_A_SECOND) * (loop or _MOST_LOOPS)
            case Play(_, _, digits) if digits:
                waits = sum(key in "wW" for key in digits)
                return waits * _WAIT_SECONDS + (len(digits) - waits) * _TONE_SECONDS
            case Play(url, loop):
                return self._length_of(urljoin(self._url, url)) * (loop or _MOST_LOOPS)

    async def _pass(self, seconds: float) -> None:
        if seconds > 0:
            now = self._exchange.clock.now()
            await self._pass_until(now + timedelta(seconds=seconds))

    async def _pass_until(self, when: datetime) -> None:
        """Let time go by; raise `HungUp` where the call ends before that."""
        ends = [when]
        if self._hangs_up_at is not None:
            ends.append(self._hangs_up_at)
        if self.call.answered_at is not None:
            ends.append(self.call.answered_at + _LONGEST_CALL)
        await self._exchange.clock.sleep_until(min(ends))
        if self.is_over or min(ends) < when:
            raise HungUp

    def _is_too_long(self) -> bool:
        answered = self.call.answered_at
        if answered is None or self.is_over:
            return False
        return self._exchange.clock.now() >= answered + _LONGEST_CALL

    def _end(self, status: str) -> None:
        """End the call for everybody; the second end of a call is none."""
        if self.is_over:
            return
        self.call.status = status
        self.call.ended_at = self._exchange.clock.now()
        self._note(status)
        self._tell("completed")

    def _tell(self, event: str) -> None:
        """Owe a status callback where this event was asked for."""
        call = self.call
        if not call.status_callback or event not in call.events:
            return
        status = {"answered": "in-progress"}.get(event, event)
        form = status_form(
            call,
            self._exchange.account_sid,
            status=call.status if event == "completed" else status,
            sequence=call.told,
            at=self._exchange.clock.now(),
        )
        call.told += 1
        delivery = Delivery(url=call.status_callback, form=form, subject=call.sid)
        self._exchange.call_back(delivery, after=_STATUS_AFTER)

    def _note(self, what: str) -> None:
        self._exchange.note(f"{self.call.sid[:8]} {what}")
