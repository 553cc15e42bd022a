"""A simulated phone: its texts go in through the real, signed webhook."""

import uuid
from xml.etree import ElementTree

import httpx

from app.domain.errors import ThreadlineError
from app.runtime.settings import Settings
from app.simulator.sign import signature, text_form
from app.wording.segments import segments

SMS_PATH = "/twilio/sms"

# Twilio waits this long for an answer before it takes the fallback URL.
_PATIENCE = 15.0

_REASONS = {
    403: "the signature was refused: is PUBLIC_BASE_URL or TWILIO_AUTH_TOKEN"
    " another one than the server's?",
    400: "the form was refused as unfit",
    404: "there is no hotline at that address",
}


class NotAnswered(ThreadlineError):
    """The hotline took the text badly; the message says what to look at."""


async def send_text(
    client: httpx.AsyncClient,
    settings: Settings,
    sender: str,
    body: str,
    to: str,
    *,
    message_sid: str | None = None,
) -> list[str]:
    """Post one text as Twilio would and return the texts that came back.

    It goes to the client's base URL where that has one, else to
    `PUBLIC_BASE_URL`; it is signed for the latter either way, as behind a
    proxy. The same `message_sid` twice is a repeat of the same text.
    Raise `NotAnswered` where the hotline cannot be reached or refuses.
    """
    form = text_form(
        sender=sender,
        to=to,
        body=body,
        account_sid=settings.twilio_account_sid,
        message_sid=message_sid or new_message_sid(),
        segments=segments(body).parts,
    )
    public = settings.public_base_url.rstrip("/") + SMS_PATH
    try:
        answer = await client.post(
            SMS_PATH if str(client.base_url) else public,
            data=form,
            headers=_headers(public, form, settings.twilio_auth_tokens[0]),
            timeout=_PATIENCE,
        )
    except httpx.HTTPError as error:
        # The error's own text may quote the request; its kind is enough.
        raise NotAnswered(
            f"the hotline does not answer ({type(error).__name__}): is it running?"
        ) from None
    if answer.status_code != httpx.codes.OK:
        reason = _REASONS.get(answer.status_code, "the hotline failed")
        raise NotAnswered(f"{reason} ({answer.status_code})")
    return messages(answer.content)


def new_message_sid() -> str:
    """Return a fresh MessageSid: exactly Twilio's 34 characters."""
    return f"SM{uuid.uuid4().hex}"


def messages(twiml: bytes) -> list[str]:
    """Return the texts of a TwiML answer; an empty `<Response/>` has none.

    Raise `NotAnswered` where a carrier would report error 12100 or 12200.
    """
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 - our own server's
    except ElementTree.ParseError:
        raise NotAnswered("the answer is not XML (Twilio's error 12100)") from None
    if root.tag != "Response" or any(verb.tag != "Message" for verb in root):
        raise NotAnswered("the answer is no TwiML for a text (Twilio's error 12200)")
    return [_text_of(verb) for verb in root]


def _text_of(message: ElementTree.Element) -> str:
    bodies = message.findall("Body")
    if not bodies:
        return message.text or ""
    return "".join(body.text or "" for body in bodies)


def _headers(url: str, form: dict[str, str], auth_token: str) -> dict[str, str]:
    return {
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        "X-Home-Region": "us1",
        "X-Twilio-Signature": signature(url, form, auth_token),
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "Accept": "*/*",
    }
