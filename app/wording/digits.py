"""Digits as they are typed, shown and spoken."""

# The zero of each script; its nine other digits follow it in Unicode.
ZEROS = {
    "Arabic-Indic": 0x0660,
    "Extended Arabic-Indic": 0x06F0,
    "Devanagari": 0x0966,
    "Bengali": 0x09E6,
    "Gurmukhi": 0x0A66,
    "Gujarati": 0x0AE6,
    "Odia": 0x0B66,
    "Tamil": 0x0BE6,
    "Telugu": 0x0C66,
    "Kannada": 0x0CE6,
    "Malayalam": 0x0D66,
    "fullwidth": 0xFF10,
}
TO_ASCII = {zero + value: str(value) for zero in ZEROS.values() for value in range(10)}


def to_ascii(text: str) -> str:
    """Write the digits of every script that workers type as 0 to 9."""
    return text.translate(TO_ASCII)


def group(number: str) -> str:
    """Group eight digits 4-4 as a hotline number is shown; others stay whole."""
    return f"{number[:4]}-{number[4:]}" if len(number) == 8 else number


def speak_digits(number: str) -> str:
    """Set the digits apart so that a voice says them one by one: `1, 2, 3`."""
    return ", ".join(char for char in to_ascii(number) if char in "0123456789")
