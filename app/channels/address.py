"""Who wrote or called, and on which line, as far as it can be answered."""

import re
from dataclasses import dataclass

from app.domain.errors import BadInput
from app.domain.phones import E164, WITHHELD

# What carriers put where a number was withheld, beside the numbers for it.
_WITHHELD = WITHHELD | frozenset(
    ("", "anonymous", "blocked", "private", "restricted", "unavailable", "unknown")
)
_INTERNATIONAL_WITHOUT_PLUS = re.compile(r"[1-9][0-9]{10,14}")
_DIGITS = re.compile(r"\+?[0-9]{1,15}")
_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9 &._-]{0,14}")
_BUSINESS_SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")

WHATSAPP = "whatsapp"
SMS = "sms"


@dataclass(frozen=True, slots=True)
class Address:
    """`sender` None: nobody who could be answered, never the same person twice."""

    sender: str | None
    dialled: str
    channel: str


def read_address(raw_from: str, raw_to: str) -> Address:
    """Read a form's From and To; `BadInput` where either is no address at all.

    WhatsApp prefixes both, but now and then leaves it off From; then To tells.
    """
    from_whatsapp, from_rest = _without_prefix(raw_from)
    to_whatsapp, to_rest = _without_prefix(raw_to)
    dialled = _number(to_rest)
    if dialled is None and not _NAMED.fullmatch(to_rest):
        raise BadInput("To is not a number")
    is_whatsapp = from_whatsapp or to_whatsapp
    return Address(
        sender=_sender(from_rest, is_whatsapp=is_whatsapp),
        dialled=dialled or to_rest,
        channel=WHATSAPP if is_whatsapp else SMS,
    )


def _without_prefix(raw: str) -> tuple[bool, str]:
    trimmed = raw.strip(" ")
    if trimmed[:9].lower() == "whatsapp:":
        return True, trimmed[9:].strip(" ")
    return False, trimmed


def _number(trimmed: str) -> str | None:
    """Return a number as it is dialled, in E.164 where that is certain."""
    if _INTERNATIONAL_WITHOUT_PLUS.fullmatch(trimmed):
        # An unescaped plus is a space in a form; ten digits and fewer could
        # be a local number and are left alone.
        return "+" + trimmed
    return trimmed if _DIGITS.fullmatch(trimmed) else None


def _sender(trimmed: str, *, is_whatsapp: bool) -> str | None:
    """Return whom to answer; None for withheld numbers, short codes and names."""
    if trimmed.removeprefix("+").lower() in _WITHHELD:
        return None
    if is_whatsapp and _BUSINESS_SCOPED.fullmatch(trimmed):
        return f"whatsapp:{trimmed}"
    number = _number(trimmed)
    if number is not None:
        return number if E164.fullmatch(number) else None
    if _NAMED.fullmatch(trimmed):
        return None
    raise BadInput("From is not a number")
