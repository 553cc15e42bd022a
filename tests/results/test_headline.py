"""The first sentence says what is told, and never a number that is not."""

import re
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from app.reports.book import Book
from app.reports.headline import headline
from app.reports.words import LANGUAGES, words_in
from app.statistics.model import Cell, Told
from tests.results.issues import THRESHOLD, cell, founding, issue, lively

FIGURES = (
    "complaints",
    "resolved",
    "confirmed",
    "declared",
    "confirmation_unrecorded",
    "active_sites",
    "bypassed",
    "resolve_hours_median",
)
SECRET = 424242  # what lies in a cell that is not told
_ZEROS = {0x09E6: "bn"}

# No committee was passed by, and no complaint of the year is sensitive.
NOTHING_KEPT = (
    cell("bypassed", 0, "2019"),
    cell("sensitive_complaints", 0, "2019", "country", "IN"),
)


def opened(*cells: Cell, period: str = "2019") -> Book:
    return Book(issue(iter(cells)), period)


def numbers_in(text: str) -> set[int]:
    """Return the numbers of a sentence, in whatever figures, without their commas."""
    plain = text.translate({zero + n: str(n) for zero in _ZEROS for n in range(10)})
    return {int(re.sub("[.,]", "", n)) for n in re.findall(r"\d[\d.,]*\d|\d", plain)}


def how_told() -> st.SearchStrategy[Cell | None]:
    told = st.builds(
        lambda figure, n: (figure, n, Told.EXACT),
        st.just(""),
        st.integers(0, 3000),
    )
    untold = st.builds(
        lambda figure, why: (figure, SECRET, why),
        st.just(""),
        st.sampled_from([each for each in Told if each is not Told.EXACT]),
    )
    return st.one_of(st.none(), told, untold)


@settings(max_examples=400, deadline=None)
@given(
    st.fixed_dictionaries({figure: how_told() for figure in FIGURES}),
    st.sampled_from(sorted(LANGUAGES)),
)
def test_no_number_that_is_not_told(found, language: str) -> None:
    cells = [
        Cell("2019", "", "", figure, each[1], each[2])
        for figure, each in found.items()
        if each
    ]
    book = opened(*cells)
    words = words_in(language)
    said = headline(book, words)
    told = {int(c.number or 0) for c in cells if c.told is Told.EXACT}
    days = {max(1, -(-number // 24)) for number in told}
    assert numbers_in(said) <= told | days | {2019, THRESHOLD}
    assert str(SECRET) not in said
    assert said.strip()
    assert "{" not in said


def test_the_walk_would_find_a_number() -> None:
    assert numbers_in("৮৩ of 1,234 and 12.000") == {83, 1234, 12000}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        pytest.param(
            (
                cell("complaints", 83, "2019"),
                cell("resolved", 83, "2019"),
                cell("confirmed", 60, "2019"),
                cell("declared", 23, "2019"),
                cell("active_sites", 13, "2019"),
                *NOTHING_KEPT,
                cell("resolve_hours_median", 170, "2019"),
            ),
            "83 of 83 complaints received in 13 factories in 2019 resolved: 60"
            " confirmed by workers; 23 declared only; median 8 days.",
            id="everything-told",
        ),
        pytest.param(
            (
                cell("complaints", 40, "2019"),
                cell("resolved", 30, "2019"),
                cell("confirmed", None, "2019"),
                cell("declared", None, "2019", told=Told.WITHHELD),
                cell("active_sites", 1, "2019"),
                *NOTHING_KEPT,
                cell("resolve_hours_median", 20, "2019"),
            ),
            "30 of 40 complaints received in 1 factory in 2019 resolved: fewer than 10"
            " confirmed by workers; median 1 day.",
            id="few-confirmed",
        ),
        pytest.param(
            (
                cell("complaints", 40, "2019"),
                cell("resolved", 30, "2019"),
                cell("confirmed", None, "2019", told=Told.WITHHELD),
                cell("declared", None, "2019", told=Told.WITHHELD),
                cell("resolve_hours_median", None, "2019", told=Told.WITHHELD),
            ),
            "30 of 40 complaints received in 2019 resolved: how many workers confirmed"
            " it is not told, so that nobody can be found; the time it took is not"
            " told, so that nobody can be found.",
            id="nothing-of-how",
        ),
        pytest.param(
            (
                cell("complaints", 40, "2019"),
                cell("resolved", 30, "2019"),
                cell("confirmed", 12, "2019"),
                cell("declared", 18, "2019"),
                cell("confirmation_unrecorded", 11, "2019"),
            ),
            "30 of 40 complaints received in 2019 resolved: 12 confirmed by workers; 18"
            " declared only; of 11 it was not recorded whether the worker confirmed.",
            id="partly-unrecorded",
        ),
        pytest.param(
            (cell("complaints", 40, "2019"), cell("resolved", 0, "2019")),
            "40 complaints were received in 2019, and none of them is resolved yet.",
            id="none-resolved",
        ),
        pytest.param(
            (cell("complaints", 40, "2019"), cell("resolved", None, "2019")),
            "40 complaints were received in 2019; fewer than 10 of them are resolved.",
            id="few-resolved",
        ),
        pytest.param(
            (cell("complaints", None, "2019"), cell("resolved", None, "2019")),
            "Fewer than 10 complaints were received in 2019; no more is told of them,"
            " so that nobody can be found.",
            id="few-complaints",
        ),
        pytest.param(
            (cell("complaints", None, "2019", told=Told.WITHHELD),),
            "How many complaints were received in 2019 is not told, so that nobody can"
            " be found.",
            id="complaints-withheld",
        ),
        pytest.param(
            (cell("complaints", 0, "2019"),),
            "No complaint was received in 2019.",
            id="no-complaints",
        ),
        pytest.param(
            (),
            "Nothing was published of complaints received in 2019.",
            id="nothing-published",
        ),
    ],
)
def test_the_headline(cells: tuple[Cell, ...], said: str) -> None:
    assert headline(opened(*cells), words_in("en")) == said


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param((), id="nothing-said-of-what-was-kept"),
        pytest.param((cell("bypassed", 12, "2019"), NOTHING_KEPT[1]), id="some-kept"),
        pytest.param((cell("bypassed", None, "2019"), NOTHING_KEPT[1]), id="few-kept"),
        pytest.param(
            (
                NOTHING_KEPT[0],
                cell("sensitive_complaints", 11, "2019", "country", "IN"),
            ),
            id="sensitive",
        ),
        pytest.param(
            (
                *NOTHING_KEPT,
                cell("sensitive_complaints", None, "2019", "country", "BD"),
            ),
            id="a-few-sensitive",
        ),
    ],
)
def test_no_number_of_factories_where_committees_do_not_know_of_all(
    kept: tuple[Cell, ...],
) -> None:
    told = (
        cell("complaints", 83, "2019"),
        cell("resolved", 40, "2019"),
        cell("confirmed", 40, "2019"),
        cell("active_sites", 13, "2019"),
    )
    said = headline(opened(*told, *kept), words_in("en"))
    assert said.startswith("40 of 83 complaints received in 2019 resolved:")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "83 of 83 complaints received in 13 factories in 2019 resolved: whether"
            " the workers confirmed it was not recorded; the time it took was not"
            " recorded.",
        ),
        (
            "nl",
            "83 van 83 klachten uit 13 fabrieken in 2019 opgelost: of de werknemers"
            " het hebben bevestigd is niet vastgelegd; hoelang het duurde is niet"
            " vastgelegd.",
        ),
        (
            "bn",
            "২০১৯ সময়ে ১৩টি কারখানা থেকে পাওয়া ৮৩টি অভিযোগের মধ্যে ৮৩টির সমাধান হয়েছে:"
            " শ্রমিকেরা নিশ্চিত করেছিলেন কি না, তা লেখা নেই; কত সময় লেগেছিল তা লেখা নেই।",
        ),
    ],
)
def test_the_founding_programme(language: str, said: str) -> None:
    told = headline(Book(founding(), "2019"), words_in(language))
    assert told == words_in(language)._respelt(said)


def test_every_language_says_every_period_of_a_release() -> None:
    published = lively()
    for language, period in product(LANGUAGES, published.periods):
        assert headline(Book(published, period), words_in(language))
