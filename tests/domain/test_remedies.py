"""What a form says of a remedy: of which kind, and how much of back pay."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.errors import BadInput
from app.domain.remedies import Finished, Kind, finished, need_paid, planned

TODAY = date(2026, 12, 1)
PAID = Finished("Advice of the bank.", 41, Decimal("98400.50"), "BDT")


def kind_of(said: str) -> Kind:
    form = planned("price", "brand", "2026-12-31", "Pay.", today=TODAY, kind=said)
    return form.kind


def test_an_action_says_what_it_puts_right() -> None:
    assert kind_of("back_pay") is Kind.BACK_PAY
    assert kind_of("") is Kind.OTHER
    with pytest.raises(BadInput, match="from the list"):
        kind_of("bonus")


@pytest.mark.parametrize(
    ("amount", "currency", "comes_to"),
    [
        pytest.param("98400.50", "bdt", (Decimal("98400.50"), "BDT"), id="both"),
        pytest.param("98400", "INR", (Decimal(98400), "INR"), id="whole"),
        pytest.param("", "BDT", (None, None), id="a-currency-of-nothing"),
        pytest.param("", "", (None, None), id="unsaid"),
    ],
)
def test_an_amount_has_a_currency_or_is_not_said(
    amount: str, currency: str, comes_to: tuple[Decimal | None, str | None]
) -> None:
    done = finished("Seen.", "41", amount, currency)
    assert (done.amount, done.currency) == comes_to


@pytest.mark.parametrize(
    ("amount", "currency", "says"),
    [
        pytest.param("98,400", "BDT", "Give the amount", id="a-comma"),
        pytest.param("-5", "BDT", "Give the amount", id="less-than-nothing"),
        pytest.param("1.005", "BDT", "Give the amount", id="thousandths"),
        pytest.param("১০০", "BDT", "Give the amount", id="digits-of-another-script"),
        pytest.param("5", "", "Give the currency", id="of-nothing"),
        pytest.param("5", "Taka", "Give the currency", id="a-name"),
    ],
)
def test_an_amount_that_is_none_is_refused(
    amount: str, currency: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        finished("Seen.", "41", amount, currency)


@pytest.mark.parametrize("kind", list(Kind))
def test_only_of_back_pay_an_amount_is_said(kind: Kind) -> None:
    if kind is Kind.BACK_PAY:
        need_paid(kind, PAID)
        return
    with pytest.raises(BadInput):
        need_paid(kind, PAID)
