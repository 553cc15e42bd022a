"""Signed characters that were cut into other fields than were sent.

`Body` + `Msg` is signed like `Bod` + `yMsg`, and a field is signed like the
end of the one before it. What is required is missed by `wire`; here are the
fields that a form may lack, so that cutting one away shows as well.
"""

import re
from collections.abc import Mapping

from app.channels.signature import Fields
from app.domain.errors import BadInput

# Each of these comes at most once in a real form.
KNOWN = frozenset(
    {
        "AccountSid",
        "ApiVersion",
        "Body",
        "ButtonPayload",
        "ButtonText",
        "ChannelMetadata",
        "ErrorCode",
        "ErrorUrl",
        "ExternalUserId",
        "ExternalUserIdentifier",
        "From",
        "FromCity",
        "FromCountry",
        "FromState",
        "FromZip",
        "Latitude",
        "ListDescription",
        "ListId",
        "ListTitle",
        "Longitude",
        "MessageSid",
        "MessageStatus",
        "MessageType",
        "MessagingServiceSid",
        "NumMedia",
        "NumSegments",
        "OptOutType",
        "OriginalRepliedMessageSender",
        "OriginalRepliedMessageSid",
        "ParentExternalUserId",
        "ProfileName",
        "ProfileUsername",
        "ReferralNumMedia",
        "SmsMessageSid",
        "SmsSid",
        "SmsStatus",
        "To",
        "ToCity",
        "ToCountry",
        "ToState",
        "ToZip",
        "WaId",
    }
)
# People write these, and they may write anything; the metadata repeat them.
_WRITTEN = frozenset(
    {
        "Body",
        "ButtonPayload",
        "ButtonText",
        "ChannelMetadata",
        "ErrorUrl",
        "ListDescription",
        "ListId",
        "ListTitle",
        "ProfileName",
        "ProfileUsername",
    }
)
_MACHINE = KNOWN - _WRITTEN
# Sorted behind Body, so that it could have swallowed them; nobody writes such words.
_BEHIND_BODY = ("ButtonPayload", "ButtonText", "ExternalUserId")
_MEDIA = ("MediaUrl", "MediaContentType")
_MEDIUM = re.compile(r"Media(?:Url|ContentType)([0-9])")


def refuse_recut(fields: Fields, form: Mapping[str, str], media: int) -> None:
    """Raise `BadInput` where a field that is missing shows in another's place.

    A field of a name that we do not know is welcome, unless its characters
    begin with one that we know and that is not there.
    """
    absent = tuple(KNOWN - form.keys())
    for name, value in fields:
        signed = name + value
        if name not in KNOWN and signed.startswith(absent):
            raise BadInput("a field's name is cut")
        if signed.startswith(_MEDIA) and not _is_medium(name, media):
            raise BadInput("a medium's name is cut")
    values = "\n".join(value for name, value in form.items() if name in _MACHINE)
    body = form.get("Body", "")
    if any(name in values for name in absent) or any(
        name in body for name in _BEHIND_BODY if name not in form
    ):
        raise BadInput("a field holds another")


def _is_medium(name: str, media: int) -> bool:
    found = _MEDIUM.fullmatch(name)
    return found is not None and int(found[1]) < media
