"""A quarter in which nobody could complain has no nought."""

from app.statistics.cohorts import Merged, before_the_line
from app.statistics.measures import MEASURES

CLOSED = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")


def came(quarter: str, **counts: int) -> Merged:
    numbers = tuple(counts.get(name, 0) for name in MEASURES)
    return Merged(quarter, "", "", None, True, numbers)


def old(quarter: str) -> Merged:
    return came(quarter, complaints=12, history=12)


def test_what_is_older_than_the_line_is_left_out_unless_a_list_tells_of_it() -> None:
    sums = [old("2025-Q2"), came("2025-Q4", complaints=3)]
    assert before_the_line(sums, CLOSED) == {"2025-Q1", "2025-Q3"}


def test_where_a_list_is_all_there_is_no_other_quarter_is_told_of() -> None:
    assert before_the_line([old("2025-Q2")], CLOSED) == {*CLOSED} - {"2025-Q2"}


def test_a_quarter_of_the_line_without_complaints_is_a_nought() -> None:
    sums = [came("2025-Q1", complaints=3), came("2026-Q1", complaints=1)]
    assert before_the_line(sums, CLOSED) == frozenset()


def test_a_question_or_a_contact_shows_that_there_was_a_line() -> None:
    assert before_the_line([came("2025-Q3", info=1)], CLOSED) == {"2025-Q1", "2025-Q2"}
    sums = [came("2026-Q1", complaints=2)]
    assert before_the_line(sums, CLOSED, reached={"2025-Q2"}) == {"2025-Q1"}
