"""The gateway of a demo: nothing leaves the machine, everything can be read."""

from typing import assert_never

from app.gateways.webhook import body_of
from app.outbox.owed import Call, Hook, Mail, Parcel, Receipt, Text


class Console:
    """Takes every message and hands back what it would have looked like."""

    async def send(self, parcel: Parcel) -> Receipt:
        return Receipt(status="sent", shown=shown(parcel))


def shown(parcel: Parcel) -> str:
    """Return a message as a demo page shows it; a phone number never shows."""
    match parcel:
        case Text(body=body):
            return body
        case Call(sender=sender):
            return f"(A call from {sender}.)"
        case Mail(to=to, subject=subject, body=body):
            return f"To: {to}\nSubject: {subject}\n\n{body}"
        case Hook(url=url):
            return f"POST {url}\n\n{body_of(parcel)}"
    assert_never(parcel)
