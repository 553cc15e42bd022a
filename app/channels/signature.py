"""The provider's signature: nothing unsigned gets past it.

Twilio signs `URL + sorted(name + value)` with no delimiters, time or nonce,
so a good signature says only that these characters came from the provider:
what they mean is checked afterwards, in the channel's `wire`. The computation
equals `twilio.request_validator` (tests hold it against that one); it is our
own because the hot path can then use one HMAC call a candidate and a
comparison in constant time.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import SplitResult, parse_qs, urlsplit

SIGNATURE_HEADER = "x-twilio-signature"
SETTINGS_HEADER = "x-twilio-webhooks-signature-settings"

Fields = Sequence[tuple[str, str]]

_DEFAULT_PORTS = {"http": 80, "https": 443}


def signed_text(fields: Fields) -> str:
    """Return the form as it is signed: sorted, and each pair only once."""
    return "".join(name + value for name, value in sorted(set(fields)))


@dataclass(frozen=True, slots=True)
class Received:
    """What of a request the signature speaks about, as it came off the wire."""

    path: bytes  # still percent-encoded, without the query
    query: bytes
    signatures: Sequence[bytes]  # each header of that name
    settings: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Verifier:
    """The secrets that may sign, and the address that they sign.

    `bases` is the public address with and without its port, because the
    provider signs now the one and now the other.
    """

    bases: tuple[str, ...]
    tokens: tuple[bytes, ...] = field(repr=False)
    shared_keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(
        cls,
        public_base_url: str,
        tokens: Iterable[str],
        shared_keys: Mapping[str, str] | None = None,
    ) -> "Verifier":
        """Build from settings; a blank secret is no secret and never signs."""
        return cls(
            bases=_bases(public_base_url),
            tokens=tuple(token.encode() for token in tokens if token),
            shared_keys={
                key: secret.encode()
                for key, secret in (shared_keys or {}).items()
                if key and secret
            },
        )

    def is_signed(self, received: Received, fields: Fields) -> bool:
        """Say whether the provider signed this address with this form."""
        return self._has_signed(received, signed_text(fields))

    def is_signed_body(self, received: Received, body: bytes) -> bool:
        """Say the same of a JSON body, whose hash stands in the signed query."""
        query = parse_qs(received.query.decode("latin-1"))
        claimed = query.get("bodySHA256", [""])[0].encode()
        is_same = hmac.compare_digest(sha256(body).hexdigest().encode(), claimed)
        return self._has_signed(received, "") and is_same

    def _has_signed(self, received: Received, form: str) -> bool:
        secrets = self._secrets(received.settings)
        if secrets is None or len(received.signatures) != 1:
            return False
        algorithm, keys = secrets
        target = received.path.decode("latin-1")
        if received.query:
            target += "?" + received.query.decode("latin-1")
        rest = (target + form).encode("utf-8", "replace")
        given, found = received.signatures[0], False
        for base in self.bases:
            signed = base.encode() + rest
            for key in keys:
                made = b64encode(hmac.digest(key, signed, algorithm))
                # Every candidate is tried: the time taken tells nothing.
                found |= hmac.compare_digest(made, given)
        return found

    def _secrets(
        self, settings: Sequence[bytes]
    ) -> tuple[str, tuple[bytes, ...]] | None:
        """Return the algorithm and the secrets that the header may choose.

        The auth token signs with SHA-1, a shared key with SHA-256 and with
        nothing weaker: a header that pairs them otherwise is refused, so that
        it can never talk us down.
        """
        if not settings:
            return "sha1", self.tokens
        named = _named(settings)
        if named is None:
            return None
        algorithm, key = (
            named.get("algorithm", "HMAC_SHA1").upper(),
            named.get("key", ""),
        )
        if algorithm == "HMAC_SHA1" and not key:
            return "sha1", self.tokens
        if algorithm == "HMAC_SHA256" and key in self.shared_keys:
            return "sha256", (self.shared_keys[key],)
        return None


def _named(settings: Sequence[bytes]) -> dict[str, str] | None:
    """Read `key=<id>,algorithm=<name>`; None where a name comes twice."""
    parts = [part for line in settings for part in line.decode("latin-1").split(",")]
    named: dict[str, str] = {}
    for part in parts:
        name, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or not value:
            continue
        if name in named:
            return None
        named[name] = value
    return named


def _bases(public_base_url: str) -> tuple[str, ...]:
    """Return the address with and without its port.

    A fragment (`#rc=3&rp=all`, Twilio's connection overrides) is never part of
    what is signed. A port that is not the scheme's own is dropped as well in
    one of the two, as the SDK does.
    """
    url = urlsplit(public_base_url)
    host = url.netloc.rpartition("@")[2]
    bracket = host.rfind("]")  # an IPv6 address has colons of its own
    colon = host.find(":", bracket + 1)
    bare = url.netloc if colon < 0 else url.netloc[: colon - len(host)]
    port = url.port or _DEFAULT_PORTS.get(url.scheme, 80)
    with_port = url.netloc if colon >= 0 else f"{bare}:{port}"
    return tuple(_address(url, netloc) for netloc in dict.fromkeys((bare, with_port)))


def _address(url: SplitResult, netloc: str) -> str:
    return f"{url.scheme}://{netloc}{url.path.rstrip('/')}"
