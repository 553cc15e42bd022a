"""Digits of every script, shown and spoken."""

import pytest

from app.wording.digits import group, speak_digits, to_ascii


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("০১২৩৪৫৬৭৮৯", id="Bengali"),
        pytest.param("०१२३४५६७८९", id="Devanagari"),
        pytest.param("௦௧௨௩௪௫௬௭௮௯", id="Tamil"),
        pytest.param("٠١٢٣٤٥٦٧٨٩", id="Arabic-Indic"),
        pytest.param("۰۱۲۳۴۵۶۷۸۹", id="Extended Arabic-Indic"),
        pytest.param("୦୧୨୩୪୫୬୭୮୯", id="Odia"),
        pytest.param("".join(chr(0xFF10 + n) for n in range(10)), id="fullwidth"),
        pytest.param("0123456789", id="ASCII"),
    ],
)
def test_to_ascii(typed):
    assert to_ascii(f"{typed}x") == "0123456789x"


def test_letters_and_tamil_tens_stay_as_they_are():
    assert to_ascii("கடை ௰ ক½²") == "கடை ௰ ক½²"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        pytest.param("12345678", "1234-5678", id="a case number is grouped 4-4"),
        pytest.param("00000001", "0000-0001", id="zeros stay"),
        pytest.param("123456", "123456", id="a PIN stays whole"),
        pytest.param("999", "999", id="an emergency number stays whole"),
    ],
)
def test_group(number, shown):
    assert group(number) == shown


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        pytest.param("1234-5678", "1, 2, 3, 4, 5, 6, 7, 8", id="without the dash"),
        pytest.param("১২৩", "1, 2, 3", id="Bengali digits"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_speak_digits(number, spoken):
    assert speak_digits(number) == spoken
