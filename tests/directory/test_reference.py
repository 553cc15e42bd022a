"""Check digits, and which numbers may be given out."""

from random import Random

import pytest

from app.domain.reference import (
    damm,
    is_issuable_code,
    is_valid,
    new_case_number,
    new_pin,
    new_site_code,
    why_not_issuable,
    with_check,
)

EVERY_VALID_CODE = [with_check(f"{number:05d}") for number in range(100_000)]
HUNDREDS = next(c for c in EVERY_VALID_CODE if c[-3] != "0" and c.endswith("00"))


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        pytest.param("572", "4", id="the-worked-example-of-damms-method"),
        pytest.param("0", "0", id="zero-checks-itself"),
        pytest.param("", "0", id="nothing-has-check-digit-zero"),
    ],
)
def test_damm(digits: str, check: str) -> None:
    assert damm(digits) == check


def test_every_single_wrong_digit_in_a_site_code_is_caught() -> None:
    for number, code in enumerate(EVERY_VALID_CODE):
        place = number % 6
        for wrong in "0123456789":
            if wrong != code[place]:
                assert not is_valid(code[:place] + wrong + code[place + 1 :])


def test_every_swap_of_neighbours_in_a_site_code_is_caught() -> None:
    for code in EVERY_VALID_CODE:
        for at in range(5):
            if code[at] != code[at + 1]:
                swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
                assert not is_valid(swapped)


def test_case_numbers_catch_every_slip_too() -> None:
    random = Random(8)
    for _ in range(500):
        number = new_case_number(random)
        slips = {
            number[:at] + wrong + number[at + 1 :]
            for at in range(8)
            for wrong in "0123456789"
        } | {
            number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            for at in range(7)
        }
        assert {slip for slip in slips if is_valid(slip)} == {number}


@pytest.mark.parametrize(
    "digits",
    [
        pytest.param("", id="nothing"),
        pytest.param("57 24", id="a-space-inside"),
        pytest.param("৫৭২৪", id="bengali-digits-are-made-ascii-before"),
        pytest.param("5725", id="a-wrong-check-digit"),
    ],
)
def test_what_is_not_valid(digits: str) -> None:
    assert not is_valid(digits)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param("572", "six digits", id="too-short"),
        pytest.param("57a24b", "six digits", id="letters"),
        pytest.param("482171", "should be", id="a-wrong-check-digit"),
        pytest.param("000000", "one digit", id="six-zeros"),
        pytest.param("045000", "amount", id="a-round-amount-in-thousands"),
        pytest.param(HUNDREDS, "amount", id="a-round-amount-in-hundreds"),
        pytest.param(with_check("31127"), "date", id="ddmmyy"),
        pytest.param(with_check("12317"), "date", id="mmddyy"),
        pytest.param(with_check("27123"), "date", id="yymmdd"),
    ],
)
def test_codes_that_are_never_issued(code: str, reason: str) -> None:
    assert reason in (why_not_issuable(code) or "")
    assert not is_issuable_code(code)


def test_the_issues_own_example_may_be_issued() -> None:
    assert why_not_issuable("482170") is None


def test_most_codes_may_be_issued() -> None:
    assert sum(map(is_issuable_code, EVERY_VALID_CODE)) > 85_000


def test_a_new_site_code_is_issuable_and_not_taken() -> None:
    taken: set[str] = set()
    random = Random(1)
    for _ in range(2_000):
        code = new_site_code(random, taken)
        assert is_issuable_code(code)
        assert code not in taken
        assert code[0] != "0"
        taken.add(code)


def test_a_pin_is_never_a_valid_site_code_nor_a_first_guess() -> None:
    class Drawn:
        """Offers bad PINs first."""

        def __init__(self) -> None:
            self.offers = [482170, 111111, 123456, 987654, 7, 482171]

        def randrange(self, _start: int, _stop: int, /) -> int:
            return self.offers.pop(0)

    drawn = Drawn()
    assert new_pin(drawn) == "000007"  # 7 in six digits fails the check
    assert new_pin(drawn) == "482171"


def test_case_numbers_are_eight_digits_and_never_start_with_zero() -> None:
    random = Random(2)
    numbers = {new_case_number(random) for _ in range(2_000)}
    assert all(len(n) == 8 and n[0] != "0" and is_valid(n) for n in numbers)
    assert len(numbers) > 1_990
