"""Ed25519 and the programme's key as text, read by the stand-alone verifier."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings, strategies as st

from app.receipts.keys import PublicKey, SigningKey
from app.verifier.verify_ledger import (
    ORDER,
    P,
    Unreadable,
    is_signed,
    key_id,
    read_key,
    read_point,
)

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    pytest.param(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215"
        "90a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        id="nothing",
    ),
    pytest.param(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e4"
        "3e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        id="one-byte",
    ),
    pytest.param(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b53"
        "8d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        id="two-bytes",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(key: str, message: str, signature: str) -> None:
    raw, said, signed = map(bytes.fromhex, (key, message, signature))
    assert is_signed(raw, said, signed)
    assert not is_signed(raw, said + b"!", signed)
    scalar = int.from_bytes(signed[32:], "little")
    grown = signed[:32] + (scalar + ORDER).to_bytes(32, "little")
    assert not is_signed(raw, said, grown)  # the same point, written otherwise


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_it_agrees_with_the_library(secret: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    key, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert is_signed(key, message, signature)
    broken = bytearray(signature)
    broken[bit // 8] ^= 1 << bit % 8
    assert not is_signed(key, message, bytes(broken))
    assert not is_signed(key, message + b"\0", signature)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(P.to_bytes(32, "little"), id="y-is-not-reduced"),
        pytest.param((2).to_bytes(32, "little"), id="no-point-has-this-y"),
        pytest.param((1 | 1 << 255).to_bytes(32, "little"), id="minus-zero"),
    ],
)
def test_what_is_no_point_signs_nothing(data: bytes) -> None:
    assert read_point(data) is None
    assert not is_signed(data, b"", bytes(64))


def test_lengths_that_are_wrong_are_refused() -> None:
    key = SigningKey(bytes(32)).public.raw
    assert not is_signed(key[:31], b"", bytes(64))
    assert not is_signed(key, b"", bytes(63))


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_read_as_it_is_written(raw: bytes) -> None:
    public = PublicKey(raw)
    assert read_key(str(public)) == raw
    assert read_key(f" {str(public).lower()}\n") == raw
    assert key_id(raw) == public.id


@given(st.binary(min_size=32, max_size=32), st.integers(5, 65), st.integers(0, 31))
def test_a_slip_in_a_key_is_no_other_key(raw: bytes, at: int, letter: int) -> None:
    text = str(PublicKey(raw))
    other = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[letter]
    if text[at] in ("-", other):
        return
    with pytest.raises(Unreadable, match="no public key"):
        read_key(text[:at] + other + text[at + 1 :])
