"""Which machine voice may speak a language: its own one, or none.

Names are from the carrier's list of voices for `<Say>` (TELECOM.md 2.4). A
language that has no entry is silent: the carrier would otherwise let a foreign
voice spell its letters.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice as `<Say>` wants it: `voice` and `language`."""

    name: str
    tag: str


_EVERYWHERE = {
    "en": Voice("Polly.Kajal-Neural", "en-IN"),
    "hi": Voice("Google.hi-IN-Wavenet-A", "hi-IN"),
}
_IN_COUNTRY = {
    # Kolkata's Bengali is not Dhaka's, and there is no voice for bn-BD.
    ("bn", "IN"): Voice("Google.bn-IN-Wavenet-A", "bn-IN"),
    ("ta", "IN"): Voice("Google.ta-IN-Wavenet-A", "ta-IN"),
}


def voice_for(language: str, country: str) -> Voice | None:
    """Return the voice that is right for `language` in `country`, if any is."""
    return _IN_COUNTRY.get((language, country)) or _EVERYWHERE.get(language)
