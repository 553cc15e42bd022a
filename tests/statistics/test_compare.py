from app.statistics.compare import Change, Periods, changes, periods
from app.statistics.model import Cell, Told


def cell(
    number: float | None, *, period: str = "2026", told: Told = Told.EXACT
) -> Cell:
    return Cell(period, "", "", "complaints", number, told)


def test_what_two_releases_say_alike_is_no_change():
    assert changes([cell(83)], [cell(83)]) == []


def test_a_moved_number_tells_by_how_much():
    (change,) = changes([cell(83)], [cell(95)])
    assert change == Change("2026", "", "", "complaints", cell(83), cell(95))
    assert change.difference == 12


def test_what_is_not_told_has_no_difference():
    (change,) = changes([cell(None, told=Told.FEWER)], [cell(12)])
    assert change.difference is None


def test_a_number_behind_a_word_is_never_read():
    """A cell that is not told must not give its number away, were it there."""
    hidden = Cell("2026", "", "", "complaints", 4, Told.FEWER)
    assert changes([hidden], [cell(None, told=Told.FEWER)]) == []


def test_a_new_period_is_no_change_of_an_old_one():
    assert changes([cell(83)], [cell(83), cell(4, period="2027")]) == []


def test_a_cell_that_is_gone_is_told():
    other = Cell("2026", "", "", "resolved", 10, Told.EXACT)
    (change,) = changes([cell(83), other], [cell(83)])
    assert (change.figure, change.after) == ("resolved", None)


def test_periods_of_one_release_alone_are_named_and_are_no_changes():
    before = [cell(83), cell(4, period="2025")]
    after = [cell(83), cell(4, period="2027")]
    assert changes(before, after) == []
    assert periods(before, after) == Periods(("2027",), ("2025",))
