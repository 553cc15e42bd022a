"""Texts between phones and our numbers, with the carrier's own opt-out list."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.simulator.carrier.clock import Work
from app.simulator.carrier.exchange import Exchange
from app.simulator.carrier.forms import delivery_form
from app.simulator.carrier.grammar import TwimlError
from app.simulator.carrier.twiml import read_texts
from app.simulator.carrier.webhooks import Delivery, HookFailed
from app.simulator.sign import text_form
from app.wording.segments import segments

# Single English words that Twilio takes for itself on a number of its own.
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})

_STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more"
    " messages from this number. Reply START to resubscribe."
)
_STARTED = (
    "You have successfully been re-subscribed to messages from this number."
    " Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
_HELPED = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."

# Numbers that Twilio keeps for tests: what sending to or from them gives.
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}

_SENT_AFTER, _DONE_AFTER = 1.0, 3.0  # seconds
_FIRST_ASYNC_ERROR = 30_000  # smaller codes refuse at once


@dataclass(slots=True, kw_only=True)
class Message:
    """One text in the carrier's books; `order` counts from 1."""

    sid: str
    order: int
    sender: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    direction: str  # inbound, outbound-api, outbound-reply
    created_at: datetime
    status: str
    service_sid: str = ""
    status_callback: str = ""
    error_code: int | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    deleted: bool = False

    @property
    def parts(self) -> int:
        return segments(self.body).parts


class Messages:
    """All texts of the account, by sid, and who wants no more of them."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._all: dict[str, Message] = {}
        self.opted_out: set[tuple[str, str]] = set()  # (phone, our number)
        self.fates: dict[str, int] = {}  # phone -> error code
        self.on_text: Callable[[Message], Awaitable[None]] | None = None

    def all(self) -> list[Message]:
        """Return every text, deleted ones too, oldest first."""
        return list(self._all.values())

    def get(self, sid: str) -> Message | None:
        """Return a text that is still there, or None."""
        found = self._all.get(sid)
        return None if found is None or found.deleted else found

    def refusal(self, sender: str, to: str) -> int | None:
        """Return why a text between these is refused at once, or None."""
        code = MAGIC_FROM.get(sender) or MAGIC_TO.get(to) or self.fates.get(to)
        if code is not None and code < _FIRST_ASYNC_ERROR:
            return code
        return 21610 if (to, sender) in self.opted_out else None

    def receive(
        self, sender: str, to: str, body: str, *, message_sid: str | None
    ) -> Message:
        """Keep an inbound text and obey its keyword."""
        kept = self._add(sender, to, body, "inbound", "received", sid=message_sid)
        word = body.strip().upper()
        if word in STOP:
            self.opted_out.add((sender, to))
        elif word in START:
            self.opted_out.discard((sender, to))
        return kept

    def canned(self, body: str) -> list[str]:
        """Return what the carrier itself answers to this text."""
        word = body.strip().upper()
        for words, reply in ((STOP, _STOPPED), (START, _STARTED), (HELP, _HELPED)):
            if word in words:
                return [reply]
        return []

    async def post(self, text: Message, url: str, fallback: str) -> list[str]:
        """Post an inbound text to a number's URL; return the replies."""
        form = text_form(
            sender=text.sender,
            to=text.to,
            body=text.body,
            account_sid=self._exchange.account_sid,
            message_sid=text.sid,
            segments=text.parts,
        )
        try:
            return await self._ask(url, form, text.sid)
        except (HookFailed, TwimlError) as wrong:
            self._exchange.note(f"error {wrong}")
            if not fallback:
                return []
            error_url = url.partition("#")[0]
            form |= {"ErrorCode": str(wrong.code), "ErrorUrl": error_url}
        try:
            return await self._ask(fallback, form, text.sid)
        except (HookFailed, TwimlError) as wrong:
            self._exchange.note(f"error {wrong} at the fallback")
            return []

    async def _ask(self, url: str, form: dict[str, str], sid: str) -> list[str]:
        answer = await self._exchange.send(Delivery(url=url, form=form, subject=sid))
        if not answer.body and answer.status == 204:
            return []
        return list(read_texts(answer.content_type, answer.body))

    def reply(self, to: str, sender: str, body: str) -> bool:
        """Send a reply from within an answer; tell whether it went out."""
        if self.refusal(sender, to) is not None:
            self._exchange.note("error 21610, a reply to who opted out")
            return False
        sent = self._add(sender, to, body, "outbound-reply", "queued")
        self._carry(sent)
        return True

    def create(
        self, sender: str, to: str, body: str, *, service_sid: str, callback: str
    ) -> Message:
        """Take a text through the API; it goes out a second later."""
        made = self._add(
            sender, to, body, "outbound-api", "accepted" if service_sid else "queued"
        )
        made.service_sid, made.status_callback = service_sid, callback
        self._carry(made)
        return made

    def _add(
        self,
        sender: str,
        to: str,
        body: str,
        direction: str,
        status: str,
        *,
        sid: str | None = None,
    ) -> Message:
        now = self._exchange.clock.now()
        message = Message(
            sid=sid or self._exchange.new_sid("SM"),
            order=len(self._all) + 1,
            sender=sender,
            to=to,
            body=body,
            direction=direction,
            created_at=now,
            status=status,
            sent_at=now if direction == "inbound" else None,
        )
        return self._all.setdefault(message.sid, message)

    def _carry(self, message: Message) -> None:
        """Bring a text out: sent, then delivered or undelivered."""
        clock = self._exchange.clock
        code = self.fates.get(message.to)

        def becoming(status: str) -> Work:
            async def become() -> None:
                if message.status != "canceled":
                    await self._become(message, status, code)

            return become

        clock.after(_SENT_AFTER, becoming("sent"))
        clock.after(_DONE_AFTER, becoming("undelivered" if code else "delivered"))

    async def _become(self, message: Message, status: str, code: int | None) -> None:
        now = self._exchange.clock.now()
        message.status, message.updated_at = status, now
        if status == "sent":
            message.sent_at = now
        if status == "undelivered":
            message.error_code = code
        self._exchange.note(f"text {message.sid[:8]} {status}")
        if status == "delivered" and self.on_text is not None:
            await self.on_text(message)
        if message.status_callback:
            form = delivery_form(
                account_sid=self._exchange.account_sid,
                message_sid=message.sid,
                sender=message.sender,
                to=message.to,
                status=status,
                error_code=message.error_code,
                service_sid=message.service_sid,
                done_at=now,
            )
            url = message.status_callback
            delivery = Delivery(url=url, form=form, subject=message.sid)
            self._exchange.call_back(delivery, after=0.1)
