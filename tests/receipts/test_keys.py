"""The public key is written so that a slip in it is seen."""

import pytest
from hypothesis import given, strategies as st

from app.receipts.keys import PublicKey, Purpose, SigningKey
from app.receipts.letters import fold

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PUBLIC = SigningKey(bytes(range(32))).public


@given(st.binary(min_size=32, max_size=32))
def test_a_public_key_is_read_as_it_was_written(raw: bytes) -> None:
    key = PublicKey(raw)
    assert PublicKey.read(str(key)) == key
    assert PublicKey.read(f" {str(key).lower().replace('-', chr(10))} ") == key


def test_any_other_letter_of_a_public_key_is_seen() -> None:
    written = str(PUBLIC)
    for at, letter in enumerate(written):
        for other in LETTERS:
            if fold(other) != fold(letter):
                assert PublicKey.read(written[:at] + other + written[at + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("TLK1-", id="a-mark-alone"),
        pytest.param(str(PUBLIC)[:-1], id="cut-off"),
        pytest.param(str(PUBLIC) + "0", id="too-long"),
        pytest.param(str(PUBLIC).replace("TLK1", "TL1"), id="another-mark"),
        pytest.param("ключ", id="other-letters"),
    ],
)
def test_what_is_no_public_key(text: str) -> None:
    assert PublicKey.read(text) is None


@given(
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=40),
    st.binary(max_size=70),
)
def test_no_bytes_are_a_signature_by_chance(
    raw: bytes, message: bytes, signature: bytes
) -> None:
    """Not every 32 bytes are a point of the curve; nothing is raised for it."""
    assert not PublicKey(raw).has_signed(Purpose.RECEIPT, message, signature)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SigningKey(bytes(length))


def test_secrets_are_not_shown() -> None:
    secret = bytes(range(32))
    shown = repr(SigningKey(secret)) + str(SigningKey(secret))
    assert repr(secret) not in shown
    assert secret.hex() not in shown
    assert not hasattr(SigningKey(secret), "__dict__")
