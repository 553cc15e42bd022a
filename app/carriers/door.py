"""Whether a request comes from the carrier, and where it knocks."""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import quote, unquote_plus

from app.carriers.model import Carrier, Seal, Secret
from app.carriers.templates import filled
from app.carriers.wire import Knock

_PATHS = {
    "texts": "/sms/{name}",
    "reports": "/sms/{name}/reports",
    "calls": "/calls/{name}",
}


# How far the time of a sealed request may be from our clock; later it is a replay.
FRESH = timedelta(minutes=5)


def is_let_in(
    carrier: Carrier,
    knock: Knock,
    variables: Mapping[str, str],
    *,
    at: datetime,
) -> bool:
    """Tell whether everything that the file asks for is there.

    A secret that is blank lets nobody in. Where a request came from is asked
    beside the secret, never in its place. `at` is what time it is.
    """
    door = carrier.door
    if door is None or (door.secret is None and door.seal is None):
        return False
    values = {**carrier.defaults, **variables}
    is_known = _is_from(knock.source, door.networks, values)
    if door.secret is not None:
        is_known &= _has_secret(door.secret, knock, values)
    if door.seal is not None:
        is_known &= _is_sealed(door.seal, knock, values)
        is_known &= _is_fresh(door.seal, knock, at)
    return is_known


def path_of(carrier: Carrier, variables: Mapping[str, str], kind: str) -> str:
    """Return where a carrier knocks with texts, reports or calls.

    It has the secret in it where the path is the secret's place.
    """
    path = _PATHS[kind].format(name=carrier.name)
    secret = carrier.door.secret if carrier.door else None
    if secret is None or secret.place != "path":
        return path
    value = filled(secret.value, {**carrier.defaults, **variables}) or ""
    return f"{path}/k/{quote(value, safe='')}"


def secret_field(carrier: Carrier, variables: Mapping[str, str]) -> str:
    """Return the secret as a field of an address; blank where it is elsewhere."""
    secret = carrier.door.secret if carrier.door else None
    if secret is None or secret.place != "query":
        return ""
    value = filled(secret.value, {**carrier.defaults, **variables}) or ""
    return f"{quote(secret.name, safe='')}={quote(value, safe='')}"


def _has_secret(secret: Secret, knock: Knock, values: Mapping[str, str]) -> bool:
    wanted = filled(secret.value, values)
    if not wanted or (secret.place == "basic" and ":" in (wanted[0], wanted[-1])):
        return False
    return _is_same(_given(secret, knock), wanted)


def _given(secret: Secret, knock: Knock) -> str:
    if secret.place == "path":
        return knock.secret
    if secret.place == "header":
        return knock.header(secret.name)
    if secret.place == "basic":
        return _basic(knock.header("authorization"))
    pairs = [pair.partition("=") for pair in knock.query.decode("latin-1").split("&")]
    values = [value for name, _, value in pairs if unquote_plus(name) == secret.name]
    return unquote_plus(values[0]) if len(values) == 1 else ""


def _basic(header: str) -> str:
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(given, validate=True).decode("utf-8", "backslashreplace")
    except (Error, ValueError):
        return ""


def _is_sealed(seal: Seal, knock: Knock, values: Mapping[str, str]) -> bool:
    key = filled(seal.key, values)
    time = knock.header(seal.timestamp) if seal.timestamp else ""
    if not key or (seal.timestamp and not time):
        return False
    before, _, after = seal.over.partition("{body}")
    signed = b"".join(
        (
            before.replace("{timestamp}", time).encode(),
            knock.body,
            after.replace("{timestamp}", time).encode(),
        )
    )
    made = hmac.digest(key.encode(), signed, seal.algorithm)
    text = made.hex() if seal.encoding == "hex" else b64encode(made).decode()
    return _is_same(knock.header(seal.header), seal.prefix + text)


def _is_fresh(seal: Seal, knock: Knock, at: datetime) -> bool:
    if not seal.timestamp:
        return True
    sealed_at = _instant(knock.header(seal.timestamp))
    return sealed_at is not None and abs(at - sealed_at) <= FRESH


def _instant(written: str) -> datetime | None:
    """Read seconds or milliseconds since 1970, or ISO 8601 with its zone."""
    try:
        if re.fullmatch(r"[0-9]{1,13}", written):
            number = int(written)
            seconds = number / 1000 if len(written) > 11 else number
            return datetime.fromtimestamp(seconds, UTC)
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(
        given.encode("utf-8", "backslashreplace"), wanted.encode()
    )


def _is_from(
    source: str, templates: tuple[str, ...], values: Mapping[str, str]
) -> bool:
    filled_in = [filled(template, values) or "" for template in templates]
    try:
        networks = [network for text in filled_in for network in networks_in(text)]
        return not networks or any(ip_address(source) in each for each in networks)
    except ValueError:
        return False


def networks_in(text: str) -> list[IPv4Network | IPv6Network]:
    """Read networks with blanks or commas between them; raise `ValueError`."""
    return [ip_network(each, strict=False) for each in text.replace(",", " ").split()]
