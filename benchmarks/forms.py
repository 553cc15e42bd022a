"""Texts that open cases, as the provider posts them: signed, with 19 fields."""

import secrets
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from struct import pack
from urllib.parse import urlencode

from app.demo.places import BANGLADESH_LINE
from app.demo.programme import codes
from app.simulator.phone import new_message_sid
from app.simulator.sign import signature, text_form
from app.wording.segments import segments
from benchmarks.ground import ACCOUNT_SID

PATH = "/twilio/sms"

# What is wrong, of five topics, in the two languages of the line.
WORDS = (
    "আমার তিন মাসের ওভারটাইমের টাকা বাকি, চাইলে ধমক দেয়",
    "The toilets on the second floor are locked during the shift",
    "সুপারভাইজার প্রতিদিন গালি দেয়, মেয়েরা কাঁদে",
    "They have not paid my wages for two months",
    "আগুন লাগলে বের হওয়ার দরজা তালা মারা থাকে",
    "We must stay until ten at night and nobody asks us",
)

_phones = count(1)


def texts() -> Iterator[tuple[str, str]]:
    """Yield a sender that nobody had before, and a text with a site's code."""
    places = sorted(codes().values())
    for n in _phones:
        sender = f"+88017{n:08d}"
        yield sender, f"{WORDS[n % len(WORDS)]} {places[n % len(places)]}"


def request(sender: str, body: str, *, port: int, token: str) -> bytes:
    """Return one POST as it goes over the wire."""
    form = text_form(
        sender=sender,
        to=BANGLADESH_LINE,
        body=body,
        account_sid=ACCOUNT_SID,
        message_sid=new_message_sid(),
        segments=segments(body).parts,
    )
    url = f"http://127.0.0.1:{port}{PATH}"
    content = urlencode(form).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "User-Agent: TwilioProxy/1.1\r\n"
        f"I-Twilio-Idempotency-Token: {secrets.token_hex(16)}\r\n"
        f"X-Twilio-Signature: {signature(url, form, token)}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        "Accept: */*\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def write_requests(path: Path, number: int, *, port: int, token: str) -> None:
    """Write requests for `benchmarks.client`, each behind its length."""
    with path.open("wb") as file:
        for _, (sender, body) in zip(range(number), texts(), strict=False):
            made = request(sender, body, port=port, token=token)
            file.write(pack(">I", len(made)) + made)
