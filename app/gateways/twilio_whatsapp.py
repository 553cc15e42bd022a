"""WhatsApp through Twilio's Messages resource.

Within a day of a person's last message free words go out. After that only a
template does, which Meta has approved; its ContentSid is looked up by the words.
"""

import json

from app.gateways.twilio_sms import TwilioSms
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import Misconfigured, Permanent

NAME = "whatsapp"
PREFIX = "whatsapp:"
OUTSIDE_THE_WINDOW = "63016"
_NO_SUCH_NUMBER = "21211"


class TwilioWhatsApp(TwilioSms):
    """Sends to whoever wrote by WhatsApp, from the number to which they wrote."""

    def can_send(self, text: Text) -> bool:
        return text.is_whatsapp

    async def send(self, text: Text) -> Receipt:
        """Hand it over, as free words where WhatsApp lets them through.

        Raise `Misconfigured` where it needs a template and has none: it waits.
        """
        words = {"body": text.body} if text.is_in_window else self._template(text)
        await text.on_try(self.name)
        try:
            return await self._create(text, words)
        except Misconfigured as refused:
            if refused.code != OUTSIDE_THE_WINDOW or not text.is_in_window:
                raise
        except Permanent as refused:
            if refused.code == _NO_SUCH_NUMBER and not _is_a_number(text.to):
                # Ids without a number are not yet taken: not her fault.
                raise Misconfigured("hidden_number") from None
            raise
        # The day had ended after all; nothing was taken.
        return await self._create(text, self._template(text))

    def _template(self, text: Text) -> dict[str, str]:
        """Return the registered words; each variable is given, or samples go out."""
        content_sid = text.templates.get(self.name)
        if content_sid is None:
            raise Misconfigured("no_template")
        values = {
            str(place): _in_one_line(value)
            for place, value in enumerate(text.values, start=1)
        }
        return {
            "content_sid": content_sid,
            "content_variables": json.dumps(values, ensure_ascii=False),
        }

    def _to(self, text: Text) -> str:
        return PREFIX + text.to.removeprefix(PREFIX)

    def _from(self, text: Text) -> dict[str, str]:
        own = text.line if _is_a_number(text.line) else self._sender
        return {"from_": f"{PREFIX}{own}"}


def _is_a_number(written: str) -> bool:
    return written.startswith("+")


def _in_one_line(value: str) -> str:
    """Return it as a variable may be: one line, single blanks, never empty."""
    return " ".join(value.split()) or "-"
