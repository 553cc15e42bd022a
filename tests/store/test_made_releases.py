"""What a release keeps for the next: places, brands, remedies, who was silent."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.actions import publish as publishing
from app.actions.publish import Thresholds
from app.domain.directory import Directory
from app.statistics.axes import Place
from app.statistics.cohorts import years
from app.statistics.kept import packed, unpacked
from app.statistics.model import Audience, CaseFacts, Cell
from app.statistics.release import Exact, by_key
from app.store.releases import Header, for_brand
from tests.statistics.beside import Brands, Remedies, complaints, of_sites, places
from tests.statistics.summing import closed_until, sums

PUBLIC, AUDITOR = Audience.PUBLIC.value, Audience.AUDITOR.value
COUNTS = {"A1": 5, "A2": 5, "A3": 5, "A4": 5, "A5": 5, "C": 3, "D": 60, "E": 40}
COUNTS |= {"F": 6, "G": 7, "H": 7}
OWN = frozenset({"A1", "A2", "A3", "A4", "A5"})
NOBODY = Directory(1, {}, {}, (), (), {}, (), (), {})


class Book:
    """Releases one after the other, as the store would hand them on."""

    def __init__(self) -> None:
        self.number = 0
        self.heads: dict[str, Header] = {}
        self.cells: dict[str, tuple[Cell, ...]] = {}
        self.states: dict[str, tuple[bytes, ...]] = {}

    def release(
        self,
        history: Sequence[CaseFacts],
        on: Mapping[str, Place],
        *,
        brands: Brands = (),
        remedies: Sequence[Remedies] = (),
        last: str = "2026-Q4",
    ) -> None:
        audiences = {PUBLIC, AUDITOR, *(for_brand(slug) for slug, _ in brands)}
        read = publishing._Read(
            number=self.number,
            exact=Exact(sums(history), closed_until(last), on, remedies=remedies),
            seq=0,
            unopened=0,
            directory=NOBODY,
            before={
                one: (self.heads.get(one), self.cells.get(one, ()))
                for one in sorted(audiences | self.cells.keys())
            },
            states=self.states,
            brands=brands,
        )
        made = publishing._make(read, Thresholds(), lambda: False)
        assert made is not None
        self.number += 1
        at = datetime(2027, self.number, 1, tzinfo=UTC)
        for one, cells in made.cells.items():
            detail = made.detail[one]
            self.heads[one] = Header(self.number, one, at, 0, "", 10, b"", detail)
            self.cells[one] = cells
        for year, content in made.states.items():
            self.states[year] = (*self.states.get(year, ()), content)

    def number_of(
        self, figure: str, audience: str = PUBLIC, by: str = "", value: str = ""
    ) -> float | None:
        cell = by_key(self.cells[audience]).get(("2026", by, value, figure))
        return None if cell is None else cell.number


def test_a_brand_is_told_of_the_sites_it_had_when_it_was_first_told() -> None:
    book, on = Book(), places(tuple(COUNTS))
    book.release(of_sites(COUNTS), on, brands=[("x", OWN)])
    more = [*of_sites(COUNTS), *complaints("D", 40, 60)]
    book.release(more, on, brands=[("x", OWN | {"C"})])
    assert book.number_of("complaints", for_brand("x"), "brand", "x") == 25
    assert book.number_of("complaints", PUBLIC, "site", "D") == 100


def test_places_are_kept_as_they_were_through_any_number_of_releases() -> None:
    regions = {site: "N" if site in OWN else "S" for site in COUNTS}
    book = Book()
    book.release(of_sites(COUNTS), places(tuple(COUNTS), regions=regions))
    for count in (40, 80):
        more = [*of_sites(COUNTS), *complaints("D", count, 60)]
        on = places((*COUNTS, "NEW"), regions={**regions, "C": "N", "NEW": "N"})
        book.release(more, on)
        for audience in (PUBLIC, AUDITOR):
            number = book.number_of("complaints", audience, "region", "N")
            assert number == 25


def test_remedies_are_held_against_what_either_audience_was_told() -> None:
    book, on = Book(), places(("A", "B", "C"))
    history = of_sites(dict.fromkeys("ABC", 40))
    eight = [Remedies(site, 8) for site in "ABC"]
    for more in (0, 8, 11):
        book.release(history, on, remedies=[*eight, Remedies("B", more)])
    assert book.number_of("remedy_back_pay") == 24
    assert book.number_of("remedy_back_pay", AUDITOR) == 32


def test_silent_sites_are_named_once_and_none_of_few_workers() -> None:
    codes = ("A", "B", "C", "V", "W", "X")
    on = places(codes, workers={"X": 7})
    history = of_sites(dict.fromkeys("ABC", 40))
    book = Book()
    book.release(history, on)
    silent = {"silent": ["V", "W"], "silent_in": ["2026-Q3", "2026-Q4"]}
    assert book.heads[AUDITOR].detail.items() >= silent.items()
    assert "silent" not in book.heads[PUBLIC].detail
    later = [*history, *complaints("W", 1, 3)]
    book.release(later, on)
    assert book.heads[AUDITOR].detail.items() >= silent.items()
    book.release(later, on, last="2027-Q1")
    assert book.heads[AUDITOR].detail.items() >= silent.items()


def test_no_site_is_named_silent_where_the_others_have_few() -> None:
    counts = {"A": 1, "B": 1, "C": 8, "D": 1}
    book = Book()
    book.release(of_sites(counts), places(tuple(counts)))
    assert "silent" not in book.heads[AUDITOR].detail


def test_the_public_is_told_no_number_of_sites_that_auditors_are_not() -> None:
    """Of the eight that the public leaves, auditors' tables leave four of one each."""
    counts = {"S0": 40, "S1": 40, **{f"T{n}": 6 for n in range(4)}}
    counts |= {f"U{n}": 1 for n in range(4)}
    book = Book()
    book.release(of_sites(counts), places(tuple(counts)))
    told = [book.number_of("active_sites", one) for one in (PUBLIC, AUDITOR)]
    assert told == [None, None]


def test_a_state_is_read_as_it_was_kept() -> None:
    book, on = Book(), places(tuple(COUNTS))
    book.release(of_sites(COUNTS), on, brands=[("x", OWN)])
    (content,) = book.states["2026"]
    ((year,), kept) = unpacked(content)
    assert kept is not None
    assert kept.places == on
    assert kept.brands == {"x": OWN}
    (now,) = [
        one
        for one in years(sums(of_sites(COUNTS)), closed_until("2026-Q4"))
        if one.name == "2026"
    ]
    assert (year.quarters, year.wide) == (now.quarters, now.wide)
    assert packed(year, kept) == content
