"""A language is spoken by a voice of its own, or by none."""

import pytest

from app.domain.taxonomy import LANGUAGES
from app.wording.voices import Voice, voice_for

KAJAL = Voice("Polly.Kajal-Neural", "en-IN")


@pytest.mark.parametrize(
    ("language", "country", "voice"),
    [
        pytest.param(
            *("bn", "IN", Voice("Google.bn-IN-Wavenet-A", "bn-IN")), id="Kolkata"
        ),
        pytest.param("bn", "BD", None, id="nobody-speaks-the-Bengali-of-Dhaka"),
        pytest.param("bn", "", None, id="a-country-that-is-not-known"),
        pytest.param(
            *("ta", "IN", Voice("Google.ta-IN-Wavenet-A", "ta-IN")), id="Tiruppur"
        ),
        pytest.param("ta", "LK", None, id="another-Tamil"),
        pytest.param(
            *("hi", "IN", Voice("Google.hi-IN-Wavenet-A", "hi-IN")), id="Delhi"
        ),
        pytest.param("en", "IN", KAJAL, id="English-in-India"),
        pytest.param("en", "BD", KAJAL, id="English-in-Bangladesh"),
        pytest.param("or", "IN", None, id="a-language-without-a-voice"),
    ],
)
def test_who_speaks(language: str, country: str, voice: Voice | None) -> None:
    assert voice_for(language, country) == voice


@pytest.mark.parametrize("country", ["IN", "BD", "LK"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_read_by_a_foreign_voice(language: str, country: str) -> None:
    voice = voice_for(language, country)
    if voice is not None:
        assert voice.tag.split("-")[0] == language
        assert voice.name.startswith("Polly.") or f".{voice.tag}-" in voice.name
