"""A case's number is the same however its digits were grouped."""

import pytest

from app.domain.case_numbers import case_number


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("10000007", "10000007"),
        ("1000-0007", "10000007"),
        (" 1000 0007 ", "10000007"),
        ("1000\u20130007", "10000007"),
        ("১০০০-০০০৭", "10000007"),
        ("1000-000", "1000-000"),
        ("1000-00070", "1000-00070"),
        ("1000000²", "1000000²"),
        ("0123456789abcdef", "0123456789abcdef"),
        ("-" * 40 + "10000007", "-" * 40 + "10000007"),
        ("", ""),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed: str, expected: str) -> None:
    assert case_number(typed) == expected
