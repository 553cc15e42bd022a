"""A provider's signed form, made as Twilio makes it.

Written from Twilio's description and not with Twilio's library, so that the
service's own check is tried against a second opinion.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

# Twilio's order on the wire, many of them blank outside North America.
_ORDER = (
    "ToCountry",
    "ToState",
    "SmsMessageSid",
    "NumMedia",
    "ToCity",
    "FromZip",
    "SmsSid",
    "FromState",
    "SmsStatus",
    "FromCity",
    "Body",
    "FromCountry",
    "To",
    "ToZip",
    "NumSegments",
    "MessageSid",
    "AccountSid",
    "From",
    "ApiVersion",
)

# Longest first: what a number's beginning says about its country.
_COUNTRIES = (("880", "BD"), ("91", "IN"), ("1", "US"))

_WHATSAPP = "whatsapp:"


def text_form(
    *,
    sender: str,
    to: str,
    body: str,
    account_sid: str,
    message_sid: str,
    segments: int,
) -> dict[str, str]:
    """Return the 19 fields of an inbound text, in Twilio's order."""
    known = {
        "ToCountry": country_of(to),
        "FromCountry": country_of(sender),
        "SmsMessageSid": message_sid,
        "SmsSid": message_sid,
        "MessageSid": message_sid,
        "AccountSid": account_sid,
        "SmsStatus": "received",
        "NumMedia": "0",
        "NumSegments": str(segments),
        "Body": body,
        "From": sender,
        "To": to,
        "ApiVersion": "2010-04-01",
    }
    return {name: known.get(name, "") for name in _ORDER}


def signature(url: str, form: Mapping[str, str], auth_token: str) -> str:
    """Return `X-Twilio-Signature`: HMAC-SHA1 over the URL and sorted fields.

    A fragment is an instruction to Twilio about the connection and is not
    part of what is signed.
    """
    signed = url.partition("#")[0] + "".join(
        f"{name}{value}" for name, value in sorted(form.items())
    )
    digest = hmac.digest(auth_token.encode(), signed.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode("ascii")


def country_of(phone: str) -> str:
    """Return the country that Twilio would name; blank where it knows none."""
    digits = phone.removeprefix(_WHATSAPP).lstrip("+")
    for start, country in _COUNTRIES:
        if digits.startswith(start):
            return country
    return ""
