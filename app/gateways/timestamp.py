"""A stamp on a head by somebody whose clock is not ours (RFC 3161)."""

import hashlib

import httpx
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    decode_timestamp_response,
)

from app.outbox.settlement import Misconfigured, Transient

_TIMEOUT = 20.0
_MOST = 64 * 1024  # bytes; a token with its certificates has some five thousand
_GIVEN = frozenset({PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS})


class TimestampAuthority:
    """Asks one authority for a token over the digest of what is stamped."""

    def __init__(self, url: str, client: httpx.AsyncClient | None = None) -> None:
        self._url = url
        self._client = client or httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)

    async def stamp(self, body: bytes) -> bytes:
        """Return the token, which is for the very digest that was sent.

        The authority learns the digest and nothing else. Raise `Transient` or
        `Misconfigured` where there is none.
        """
        request = (
            TimestampRequestBuilder()
            .data(body)
            .hash_algorithm(HashAlgorithm.SHA256)
            .build()
        )
        try:
            answer = await self._client.post(
                self._url,
                content=request.as_bytes(),
                headers={"Content-Type": "application/timestamp-query"},
            )
        except httpx.HTTPError as lost:
            raise Transient(type(lost).__name__) from None
        if answer.status_code >= 500:
            raise Transient(answer.status_code)
        if not answer.is_success or len(answer.content) > _MOST:
            raise Misconfigured(answer.status_code)
        return _token_in(answer.content, body, request.nonce)

    async def aclose(self) -> None:
        await self._client.aclose()


def _token_in(content: bytes, body: bytes, nonce: int | None) -> bytes:
    try:
        said = decode_timestamp_response(content)
        if PKIStatus(said.status) not in _GIVEN:
            raise Misconfigured("timestamp_refused")
        info, token = said.tst_info, said.time_stamp_token()
    except ValueError:
        raise Misconfigured("timestamp_unreadable") from None
    if info.message_imprint.message != hashlib.sha256(body).digest():
        raise Misconfigured("timestamp_of_another")
    if info.nonce != nonce:
        raise Misconfigured("timestamp_repeated")
    return token
