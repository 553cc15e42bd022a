"""A dated receipt that a worker can show to another body.

It says that this hotline received the complaint of this number on this day at
its place, and nothing else. In full it is signed and can be checked by anybody
with the public key, without the hotline and without a network. For paper and
texts there is a short form of digits, which only the hotline can check.

Neither asks the database: a check tells nothing of whether a case is open,
was closed or was forgotten, and a number that somebody made up is refused in
the same way whether a case has it or not.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from hmac import compare_digest

from app.domain.reference import is_valid
from app.receipts.keys import PublicKey, Purpose, SigningKey
from app.receipts.letters import fold, read, write

_MARK = "TL1"
_NUMBER_DIGITS = 8
_DAY_DIGITS = 8
_CODE_DIGITS = 10
_ID_LETTERS = 8
_SIGNATURE_LETTERS = 103  # 64 bytes
_SHORT = (_NUMBER_DIGITS, _DAY_DIGITS, _CODE_DIGITS)
_FULL = (len(_MARK), _NUMBER_DIGITS, _DAY_DIGITS, _ID_LETTERS, _SIGNATURE_LETTERS)
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is confirmed: a case's number, and its day where the worker is."""

    number: str
    day: date

    def __post_init__(self) -> None:
        if not _is_case_number(self.number) or not _is_of_our_time(self.day):
            raise ValueError("a receipt is for a case number and a day from 2000 on")


class Finding(Enum):
    """What a receipt turned out to be."""

    GENUINE = "genuine"
    MALFORMED = "malformed"  # no receipt, or not the whole of one
    OTHER_KEY = "other key"  # it names a key that is not this one
    FALSE = "false"  # number, day or signature was altered or made up


@dataclass(frozen=True, slots=True)
class Reading:
    """The finding, and what is confirmed: only where the receipt is genuine."""

    finding: Finding
    receipt: Receipt | None = None


class Signer:
    """Gives receipts out and knows its own again, in either form."""

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        self._key = SigningKey(secret)

    @property
    def public_key(self) -> PublicKey:
        """Return what others check by; `str` of it is what they are given."""
        return self._key.public

    def sign(self, receipt: Receipt) -> str:
        """Return the full form: one line, the same each time it is asked for."""
        signature = self._key.sign(Purpose.RECEIPT, _message(receipt))
        parts = (receipt.number, _digits(receipt.day), self._key.public.id)
        return "-".join((_MARK, *parts, write(signature)))

    def check_code(self, receipt: Receipt) -> str:
        """Return the ten digits that stand beside number and day."""
        return self._key.code(Purpose.RECEIPT, _message(receipt), digits=_CODE_DIGITS)

    def read(self, text: str) -> Reading:
        """Check either form, however it was typed or pasted."""
        if not is_short(text):
            return read_receipt(text, self._key.public)
        number, day, code = _cut(fold(text), _SHORT)
        claimed = _claimed(number, _day(day) or _day(_year_first(day)))
        if claimed is None:
            return Reading(Finding.MALFORMED)
        if not self._key.is_code(Purpose.RECEIPT, _message(claimed), code):
            return Reading(Finding.FALSE)
        return Reading(Finding.GENUINE, claimed)


def read_receipt(text: str, key: PublicKey) -> Reading:
    """Check a full receipt, or the address that carries one, by the public key."""
    folded = fold(text.rpartition("=")[2])
    if len(folded) != sum(_FULL):
        return Reading(Finding.MALFORMED)
    mark, number, day, key_id, letters = _cut(folded, _FULL)
    claimed, signature = _claimed(number, _day(day)), read(letters)
    if mark != fold(_MARK) or claimed is None or signature is None:
        return Reading(Finding.MALFORMED)
    if not compare_digest(key_id.encode(), key.id.encode()):
        return Reading(Finding.OTHER_KEY)
    if not key.has_signed(Purpose.RECEIPT, _message(claimed), signature):
        return Reading(Finding.FALSE)
    return Reading(Finding.GENUINE, claimed)


def is_short(text: str) -> bool:
    """Tell whether `text` is number, day and check code, and nothing else."""
    folded = fold(text)
    return len(folded) == sum(_SHORT) and _DIGITS.issuperset(folded)


def verify_address(base_url: str, signed: str) -> str:
    """Return where a full receipt is checked by whoever scans it."""
    return f"{base_url}/verify?r={signed}"


def _message(receipt: Receipt) -> bytes:
    return f"{receipt.number}|{_digits(receipt.day)}".encode()


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _claimed(number: str, day: date | None) -> Receipt | None:
    if day is None or not _is_case_number(number):
        return None
    return Receipt(number, day)


def _day(digits: str) -> date | None:
    """Read YYYYMMDD."""
    try:
        day = date.fromisoformat(digits)
    except ValueError:
        return None
    return day if digits == _digits(day) and _is_of_our_time(day) else None


def _year_first(digits: str) -> str:
    """Turn DDMMYYYY round, as days are written by hand.

    In this century no eight digits are a day both ways: the 20 of the year
    would stand where the other has its month.
    """
    return digits[4:] + digits[2:4] + digits[:2]


def _is_of_our_time(day: date) -> bool:
    return day.year // 100 == 20


def _is_case_number(number: str) -> bool:
    return len(number) == _NUMBER_DIGITS and is_valid(number)


def _cut(text: str, lengths: tuple[int, ...]) -> list[str]:
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return [text[at : at + n] for at, n in zip(starts, lengths, strict=True)]
