"""A receipt is known again in any writing, and no altered one is."""

from datetime import date, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import example, given, strategies as st

from app.domain.reference import with_check
from app.receipts.keys import Purpose, SigningKey
from app.receipts.letters import fold, read, write
from app.receipts.receipt import (
    Finding,
    Reading,
    Receipt,
    Signer,
    is_short,
    read_receipt,
    verify_address,
)

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
OURS, THEIRS = Signer(bytes(range(32))), Signer(bytes(range(1, 33)))
RECEIPT = Receipt(with_check("4821345"), date(2026, 12, 1))
FULL = OURS.sign(RECEIPT)
CODE = OURS.check_code(RECEIPT)
SHORT = f"{RECEIPT.number}20261201{CODE}"
GENUINE = Reading(Finding.GENUINE, RECEIPT)

receipts = st.builds(
    Receipt,
    st.integers(1_000_000, 9_999_999).map(str).map(with_check),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
secrets = st.binary(min_size=32, max_size=32)


def finding(text: str) -> Finding:
    return OURS.read(text).finding


def test_a_receipt_as_it_has_been_given_out_stays_what_it_is() -> None:
    """Whoever holds one from last year must still be believed."""
    assert FULL == (
        "TL1-48213457-20261201-V6E8A58M-QQ05JZ22EYY96DTQSGHQ7VK102MY5WGTTAZGEMV"
        "DMGXPFX2BD7FR1YGA0FASK5Z8Y8ZCZMADAZR6YVPG7WKMAR99202J91V5ZR69J2R"
    )
    assert CODE == "4083670429"
    assert str(OURS.public_key) == (
        "TLK1-V6E8A58M-TQDEAMW9W5V25STVD0NKGQ2TDPKDX09CP7MEFAFVH8NS6RM1A8RG"
    )


def test_anybody_can_check_one_with_nothing_of_ours() -> None:
    """What is signed is what README says; this raises where it is not."""
    letters = FULL.split("-")[-1]
    bits = "".join(f"{LETTERS.index(letter):05b}" for letter in letters)
    signature = int(bits[:512], 2).to_bytes(64, "big")
    key = Ed25519PublicKey.from_public_bytes(OURS.public_key.raw)
    message = f"threadline receipt 1|{RECEIPT.number}|20261201"
    key.verify(signature, message.encode())


@given(receipts, secrets)
def test_what_is_signed_is_known_again_in_both_forms(
    receipt: Receipt, secret: bytes
) -> None:
    signer = Signer(secret)
    full, code = signer.sign(receipt), signer.check_code(receipt)
    known = Reading(Finding.GENUINE, receipt)
    assert read_receipt(full, signer.public_key) == known
    assert signer.read(full) == known
    assert signer.read(verify_address("https://hotline.example.org", full)) == known
    assert signer.read(f"{receipt.number} {receipt.day} {code}") == known
    assert signer.read(f"{receipt.number} {receipt.day:%d.%m.%Y} {code}") == known
    assert (len(full), len(code), code.isdecimal()) == (134, 10, True)


@given(receipts, secrets, secrets)
def test_no_programme_knows_the_receipts_of_another(
    receipt: Receipt, one: bytes, other: bytes
) -> None:
    if one == other:
        return
    full, code = Signer(one).sign(receipt), Signer(one).check_code(receipt)
    second = Signer(other)
    assert second.read(full) == Reading(Finding.OTHER_KEY)
    relabelled = full.replace(Signer(one).public_key.id, second.public_key.id)
    assert second.read(relabelled) == Reading(Finding.FALSE)
    short = f"{receipt.number} {receipt.day} {code}"
    assert second.read(short) == Reading(Finding.FALSE)


def test_any_other_letter_in_any_place_is_refused() -> None:
    for at, letter in enumerate(FULL):
        for other in LETTERS:
            changed = FULL[:at] + other + FULL[at + 1 :]
            if fold(other) != fold(letter):
                assert OURS.read(changed).finding is not Finding.GENUINE
                assert OURS.read(changed).receipt is None


def test_any_letter_lost_doubled_or_swapped_is_refused() -> None:
    for at, letter in enumerate(FULL):
        lost = FULL[:at] + FULL[at + 1 :]
        doubled = FULL[:at] + letter + FULL[at:]
        swapped = FULL[:at] + FULL[at + 1 : at + 2] + letter + FULL[at + 2 :]
        for changed in (lost, doubled, swapped):
            is_same = fold(changed) == fold(FULL)  # only a dash was moved
            assert (finding(changed) is Finding.GENUINE) is is_same


@given(st.integers(0, len(FULL) - 1), st.characters())
@example(0, "=")
@example(1, "1")
@example(5, "o")
@example(3, "\N{EN DASH}")
def test_any_sign_in_any_place_is_refused_where_it_reads_otherwise(
    at: int, sign: str
) -> None:
    changed = FULL[:at] + sign + FULL[at + 1 :]
    is_same = fold(changed) == fold(FULL)
    assert (finding(changed) is Finding.GENUINE) is is_same


def test_any_other_digit_of_the_short_form_is_refused() -> None:
    assert OURS.read(SHORT) == GENUINE
    for at, digit in enumerate(SHORT):
        for other in "0123456789":
            changed = SHORT[:at] + other + SHORT[at + 1 :]
            if other != digit:
                assert OURS.read(changed).receipt is None
        for wrong in (SHORT[:at] + SHORT[at + 1 :], SHORT[:at] + digit + SHORT[at:]):
            assert finding(wrong) is Finding.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FULL.lower(), id="in-small-letters"),
        pytest.param(f"  {FULL}\n", id="with-blanks-around-it"),
        pytest.param(FULL.replace("-", ""), id="without-dashes"),
        pytest.param(FULL.replace("-", " \N{EM DASH} "), id="with-long-dashes"),
        pytest.param(
            "\r\n".join(FULL[i : i + 30] for i in range(0, 134, 30)), id="wrapped"
        ),
        pytest.param("\N{SOFT HYPHEN}".join(FULL), id="with-soft-hyphens"),
        pytest.param(FULL.replace("0", "O").replace("1", "l"), id="as-it-looks"),
        pytest.param(f"https://x.example/verify?r={FULL}", id="as-an-address"),
        pytest.param(SHORT, id="short-in-one"),
        pytest.param(f"4821-3457 2026-12-01 {CODE}", id="short-grouped"),
        pytest.param(f"48213457 01/12/2026 {CODE}", id="short-day-first"),
        pytest.param(
            SHORT.translate({ord("0") + n: chr(0x09E6 + n) for n in range(10)}),
            id="short-in-bengali",
        ),
        pytest.param(
            SHORT.translate({ord("0") + n: chr(0x0966 + n) for n in range(10)}),
            id="short-in-hindi",
        ),
        pytest.param(
            SHORT.translate({ord("0") + n: chr(0x0BE6 + n) for n in range(10)}),
            id="short-in-tamil",
        ),
    ],
)
def test_it_is_known_in_every_writing(text: str) -> None:
    assert OURS.read(text) == GENUINE


OTHER_DAY = FULL.replace("20261201", "20261202")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", Finding.MALFORMED, id="nothing"),
        pytest.param("my complaint", Finding.MALFORMED, id="words"),
        pytest.param(FULL[:-1], Finding.MALFORMED, id="cut-off"),
        pytest.param("TL2" + FULL[3:], Finding.MALFORMED, id="a-form-we-do-not-have"),
        pytest.param(
            FULL.replace(RECEIPT.number, "48213455"),
            Finding.MALFORMED,
            id="a-number-that-cannot-be",
        ),
        pytest.param(
            FULL.replace("20261201", "20261301"), Finding.MALFORMED, id="no-such-day"
        ),
        pytest.param(
            FULL.replace("20261201", "01122026"),
            Finding.MALFORMED,
            id="in-full-the-year-is-first",
        ),
        pytest.param(OTHER_DAY, Finding.FALSE, id="another-day"),
        pytest.param(
            FULL.replace(RECEIPT.number, with_check("4821346")),
            Finding.FALSE,
            id="another-number",
        ),
        pytest.param(THEIRS.sign(RECEIPT), Finding.OTHER_KEY, id="another-programme"),
        pytest.param(SHORT[:16] + "0" * 10, Finding.FALSE, id="a-guessed-code"),
        pytest.param("48213455" + SHORT[8:], Finding.MALFORMED, id="short-with-a-slip"),
    ],
)
def test_why_not(text: str, why: Finding) -> None:
    assert OURS.read(text) == Reading(why)


@given(st.one_of(st.text(), st.text(LETTERS, min_size=130, max_size=130)))
def test_nothing_that_is_pasted_is_too_much(text: str) -> None:
    assert OURS.read(text).receipt is None


@given(st.text("0123456789 -০१௨", min_size=26))
def test_digits_at_random_are_no_receipt(text: str) -> None:
    assert OURS.read(text).receipt is None


def test_the_short_form_is_nothing_to_a_public_key() -> None:
    assert is_short(f"{RECEIPT.number} 2026-12-01 {CODE}")
    assert not is_short(FULL)
    assert read_receipt(SHORT, OURS.public_key) == Reading(Finding.MALFORMED)


def test_no_digit_of_a_code_is_likelier_than_another() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(2_000)]
    codes = [OURS.check_code(Receipt(RECEIPT.number, day)) for day in days]
    assert len(set(codes)) == len(codes)
    for place in range(10):
        shares = [sum(code[place] == digit for code in codes) for digit in LETTERS[:10]]
        assert 130 < min(shares) <= max(shares) < 270  # 200, and five deviations


@pytest.mark.parametrize(
    ("number", "day"),
    [
        pytest.param("48213455", date(2026, 12, 1), id="a-wrong-check-digit"),
        pytest.param("482170", date(2026, 12, 1), id="a-site-code"),
        pytest.param("", date(2026, 12, 1), id="nothing"),
        pytest.param(RECEIPT.number, date(1999, 12, 31), id="before-there-were-any"),
    ],
)
def test_what_no_receipt_is_made_for(number: str, day: date) -> None:
    with pytest.raises(ValueError, match="a case number and a day"):
        Receipt(number, day)


def test_a_signature_serves_for_its_purpose_only() -> None:
    key = SigningKey(bytes(range(32)))
    message = b"48213457|20261201"
    signature = key.sign(Purpose.RECEIPT, message)
    assert key.public.has_signed(Purpose.RECEIPT, message, signature)
    public = Ed25519PublicKey.from_public_bytes(key.public.raw)
    for bare in (message, b"|" + message, b"threadline receipt 1" + message):
        with pytest.raises(InvalidSignature):
            public.verify(signature, bare)
    assert all(b"|" not in purpose.value for purpose in Purpose)


@given(st.binary(max_size=80))
def test_bytes_are_written_one_way_only(data: bytes) -> None:
    letters = write(data)
    assert read(letters) == data
    assert set(letters) <= set(LETTERS)
    assert fold(letters.lower()) == letters
    for other in LETTERS:
        if letters and other != letters[-1]:
            assert read(letters[:-1] + other) != data


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
