"""Whether a phone is one of those that a line serves."""

import pytest

from app.domain.phones import calling_code, is_at_home


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+8801712345678", "+880"),
        ("+919876543210", "+91"),
        ("+85512345678", "+855"),
        ("+9779841234567", "+977"),
        ("+15550100910", "+1"),
        ("+79161234567", "+7"),
        ("+201001234567", "+20"),
        ("+2126612345678", "+212"),
        ("+358401234567", "+358"),
        ("+4915112345678", "+49"),
        ("+420601123456", "+420"),
        ("+50370123456", "+503"),
        ("+842812345678", "+84"),
        ("+6281234567890", "+62"),
        ("+67570123456", "+675"),
        ("+8613812345678", "+86"),
        ("+94771234567", "+94"),
        ("+9647901234567", "+964"),
        ("+881612345678", "+881"),
        ("+8821655500000", "+882"),
        ("+870773123456", "+870"),
        ("+979123456789", "+979"),
    ],
)
def test_the_code_is_the_one_of_its_country_or_network(number: str, code: str) -> None:
    assert calling_code(number) == code


@pytest.mark.parametrize(
    ("phone", "country", "line", "is_one"),
    [
        pytest.param("+919876543210", "IN", "+15550100910", True, id="line-abroad"),
        pytest.param("+15550100911", "IN", "+15550100910", False, id="the-lines-own"),
        pytest.param("+919876543210", "BD", "+8809612345678", False, id="neighbour"),
        pytest.param("+85512345678", "KH", "+85523000000", True, id="elsewhere"),
        pytest.param("+881612345678", "KH", "+85523000000", False, id="satellite"),
        pytest.param("+979123456789", "IN", "+918047000000", False, id="premium"),
        pytest.param("+85512345678", "KH", "1234", False, id="a-short-code-says-none"),
    ],
)
def test_a_phone_is_of_the_country_that_the_line_serves(
    phone: str, country: str, line: str, is_one: bool
) -> None:
    assert is_at_home(phone, country, line) is is_one
