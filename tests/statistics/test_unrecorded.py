"""A nought that nobody recorded is not told as one."""

import pytest

from app.statistics.model import Cell, Told
from app.statistics.unrecorded import recorded

Key = tuple[str, str, str, str]


def cell(key: Key, number: float | None) -> Cell:
    told = Told.EXACT if number is not None else Told.FEWER
    return Cell(*key, number, told)


def said(*numbers: tuple[Key, float | None]) -> dict[Key, Cell]:
    cells = [cell(key, number) for key, number in numbers]
    found = recorded(cells, beside=cells)
    return {(c.period, c.by, c.value, c.figure): c for c in found}


def whole(figure: str, period: str = "2019") -> Key:
    return (period, "", "", figure)


QUARTERS = tuple(f"2019-Q{number}" for number in range(1, 5))


@pytest.mark.parametrize("figure", ["contacts", "bypassed", "bypassed_share", "sites"])
def test_a_nought_beside_old_complaints_alone_is_not_recorded(figure: str) -> None:
    of_old = said(
        *((whole(f), 83) for f in ("complaints", "history")), (whole(figure), 0)
    )
    assert of_old[whole(figure)].told is Told.UNRECORDED
    assert of_old[whole(figure)].number is None
    assert of_old[whole(figure)].has_history


@pytest.mark.parametrize(
    "figure", ["cases", "parts", "info", "sites", "silent_sites", "people_affected"]
)
def test_a_number_of_ours_beside_old_complaints_alone_is_not_recorded(
    figure: str,
) -> None:
    """83 of them are neither 83 people nor 83 cases, unless somebody wrote that."""
    old = [(whole(f), 83.0) for f in ("complaints", "history")]
    for number in (0, 13, 83, None):
        cell = said(*old, (whole(figure), number))[whole(figure)]
        assert (cell.number, cell.told) == (None, Told.UNRECORDED)
    mixed = said((whole("complaints"), 84), old[1], (whole(figure), 83))
    assert mixed[whole(figure)].number == 83


def test_people_are_told_where_the_list_has_more_than_one_for_each() -> None:
    old = [(whole(f), 83.0) for f in ("complaints", "history")]
    affected = said(*old, (whole("people_affected"), 240))[whole("people_affected")]
    assert (affected.number, affected.told) == (240, Told.EXACT)


@pytest.mark.parametrize("place", [("", ""), ("country", "IN"), ("tier", "1")])
def test_old_complaints_are_not_laid_on_the_workers_of_today(
    place: tuple[str, str],
) -> None:
    old = [(whole(f), 83.0) for f in ("complaints", "history")]
    key = ("2019", *place, "complaints_per_1000")
    assert said(*old, (key, 4.1))[key].told is Told.UNRECORDED


def test_what_was_counted_or_is_of_others_too_is_told() -> None:
    mixed = said(
        (whole("complaints"), 83), (whole("history"), 82), (whole("contacts"), 0)
    )
    assert mixed[whole("contacts")].number == 0
    counted = said(
        (whole("complaints"), 83), (whole("history"), 83), (whole("contacts"), 5)
    )
    assert counted[whole("contacts")].number == 5


def test_where_no_category_is_known_nobody_knows_the_sensitive_ones() -> None:
    key = ("2019", "country", "", "sensitive_complaints")
    blank = ("2019", "category", "", "complaints")
    assert (
        said((whole("complaints"), 83), (blank, 83), (key, 0))[key].told
        is Told.UNRECORDED
    )
    assert said((whole("complaints"), 83), (blank, 73), (key, 0))[key].number == 0


def test_a_quarter_without_any_is_not_told_where_some_have_no_quarter() -> None:
    quarters = [(whole("complaints", quarter), 0) for quarter in QUARTERS]
    found = said((whole("complaints"), 83), *quarters)
    assert found.keys() == {whole("complaints")}


def test_a_quarter_is_told_where_all_have_one_or_one_is_not_told() -> None:
    some = [
        (whole("complaints", q), n)
        for q, n in zip(QUARTERS, (0, 40, 20, 23), strict=True)
    ]
    assert whole("complaints", "2019-Q1") in said((whole("complaints"), 83), *some)
    untold = [*some[:3], (whole("complaints", QUARTERS[3]), None)]
    assert whole("complaints", "2019-Q1") in said((whole("complaints"), 83), *untold)
