"""The gateway of a demo: nothing leaves the machine, everything can be read."""

from typing import assert_never

from app.gateways.webhook import body_of
from app.outbox.owed import Call, Hook, Mail, Parcel, Receipt, Text

_CALL_FROM = "(A call from "


class Console:
    """Takes every message and hands back what it would have looked like."""

    async def send(self, parcel: Parcel) -> Receipt:
        return Receipt(status="sent", shown=shown(parcel))


def is_call(shown: str) -> bool:
    """Tell whether what is shown was no text but a call: it is heard, not read."""
    return shown.startswith(_CALL_FROM)


def shown(parcel: Parcel) -> str:
    """Return a message as a demo page shows it; a phone number never shows."""
    match parcel:
        case Text(body=body):
            return body
        case Call(sender=sender):
            return f"{_CALL_FROM}{sender}.)"
        case Mail(to=to, subject=subject, body=body):
            return f"To: {to}\nSubject: {subject}\n\n{body}"
        case Hook(url=url):
            return f"POST {url}\n\n{body_of(parcel)}"
    assert_never(parcel)
