"""Where the signing key comes from, and that every process has the same."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping

import pytest

from app.receipts.receipt import Signer
from app.runtime.settings import SettingsError, read_settings

KEY, NEWER, SIGNING = (
    urlsafe_b64encode(bytes(range(start, start + 32))).decode() for start in (0, 32, 64)
)
WHOLE: Mapping[str, str] = {
    "PUBLIC_BASE_URL": "https://hotline.example.org/",
    "THREADLINE_KEYS": KEY,
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "current",
}


def signing_key(**more: str) -> bytes:
    return read_settings({**WHOLE, **more}).signing_key


def test_a_key_that_is_given_is_taken() -> None:
    assert signing_key(THREADLINE_SIGNING_KEY=SIGNING) == bytes(range(64, 96))
    bare = SIGNING.rstrip("=")
    assert signing_key(THREADLINE_SIGNING_KEY=f" {bare} ") == bytes(range(64, 96))


def test_blank_it_follows_from_the_pepper_and_is_none_of_the_other_secrets() -> None:
    settings = read_settings({**WHOLE, "THREADLINE_SIGNING_KEY": " "})
    assert settings.signing_key == signing_key()
    assert len(settings.signing_key) == 32
    assert settings.signing_key not in (settings.pepper, *settings.keys)


def test_it_outlives_a_new_key_that_seals() -> None:
    assert signing_key() == signing_key(THREADLINE_KEYS=f"{NEWER},{KEY}")
    pepper = "sixteen-or-more-of-them"
    assert signing_key(THREADLINE_PEPPER=pepper) == signing_key(
        THREADLINE_PEPPER=pepper, THREADLINE_KEYS=NEWER
    )


def test_two_programmes_have_two() -> None:
    found = {
        signing_key(),
        signing_key(THREADLINE_KEYS=NEWER),
        signing_key(THREADLINE_PEPPER="sixteen-or-more-of-them"),
        signing_key(THREADLINE_SIGNING_KEY=SIGNING),
    }
    assert len({str(Signer(key).public_key) for key in found}) == 4


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("secret", id="a-word"),
        pytest.param(f"{KEY},{NEWER}", id="two-keys"),
        pytest.param(KEY[:-4], id="too-short"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        signing_key(THREADLINE_SIGNING_KEY=value)
    (problem,) = refused.value.problems
    assert problem.startswith("THREADLINE_SIGNING_KEY is no urlsafe base64 of 32 bytes")
    assert value not in problem


def test_it_is_not_shown() -> None:
    settings = read_settings({**WHOLE, "THREADLINE_SIGNING_KEY": SIGNING})
    assert repr(settings.signing_key) not in repr(settings)
    assert "signing_key" not in repr(settings)
