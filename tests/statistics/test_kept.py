"""What moves beside the sums between releases gives nobody away."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.statistics.kept import Kept, as_json, from_json, places_then
from app.statistics.model import Told
from app.statistics.suppression import Counted
from tests.statistics.beside import (
    Programme,
    Remedies,
    complaints,
    of_sites,
    places,
)

SITES = ("A", "B", "C")
MANY = of_sites(dict.fromkeys(SITES, 40))
EIGHT = [Remedies(site, 8, amount=Decimal(40000)) for site in SITES]


def told(programme: Programme, figure: str = "remedy_back_pay") -> list[float | None]:
    return [one.number(figure) for one in (programme.public, programme.auditor)]


def released(*remedies: list[Remedies]) -> Programme:
    programme = Programme()
    for held in remedies:
        programme.release(MANY, places(SITES), remedies=held)
    return programme


def amount(programme: Programme) -> float | None:
    return programme.public.number("amount_back_pay", by="currency", value="BDT")


def test_money_does_not_move_by_the_pay_of_one_worker() -> None:
    one_more = [*EIGHT, Remedies("C", 1, amount=Decimal(7350))]
    programme = released(EIGHT, one_more)
    assert amount(programme) == 120000
    cell = programme.public.cells["2026", "currency", "BDT", "amount_back_pay"]
    assert cell.as_of is not None


def test_money_that_is_put_right_without_anybody_more_stands() -> None:
    corrected = [replace(EIGHT[0], amount=Decimal(41000)), *EIGHT[1:]]
    assert amount(released(EIGHT, corrected)) == 120000


def test_money_moves_with_many_more() -> None:
    more = [Remedies(site, 10, amount=Decimal(10)) for site in SITES]
    programme = released(EIGHT, [*EIGHT, *more])
    assert amount(programme) == 120030
    assert told(programme) == [54, 54]


def test_who_made_nine_herself_does_not_find_the_tenth() -> None:
    more = [Remedies("A", 9), Remedies("C", 1)]
    assert told(released(EIGHT, [*EIGHT, *more])) == [24, 24]


def test_nobody_subtracts_what_another_audience_was_told() -> None:
    """Auditors read 32 of the second release, so the third tells nobody 35."""
    programme = released(EIGHT, [*EIGHT, Remedies("B", 8)])
    assert told(programme) == [24, 32]
    more = [*EIGHT, Remedies("B", 11)]
    programme.release(MANY, places(SITES), remedies=more)
    assert told(programme) == [24, 32]


@pytest.mark.parametrize("steps", [(0, 8, 11), (0, 9, 18), (0, 4, 12, 16)])
def test_no_two_numbers_of_any_audience_differ_by_few(steps: tuple[int, ...]) -> None:
    programme = Programme()
    by_public: set[float] = set()
    by_anybody: set[float] = set()
    for number in steps:
        more = [Remedies("B", number)] if number else []
        programme.release(MANY, places(SITES), remedies=[*EIGHT, *more])
        public, auditor = told(programme)
        assert public is not None
        assert auditor is not None
        by_public.add(public)
        by_anybody |= {public, auditor}
        assert all(one == public or abs(one - public) >= 10 for one in by_public)
        assert all(one == auditor or abs(one - auditor) >= 5 for one in by_anybody)


UNEVEN = dict(
    zip(
        ("A1", "A2", "A3", "A4", "A5", "C", "D", "E", "F", "G", "H"),
        (5, 5, 5, 5, 5, 3, 60, 40, 6, 7, 7),
        strict=True,
    )
)
OWN = frozenset({"A1", "A2", "A3", "A4", "A5"})


def test_a_brand_that_buys_from_one_site_more_is_not_told_of_it() -> None:
    programme, on = Programme(), places(tuple(UNEVEN))
    programme.release(of_sites(UNEVEN), on, brands=[("x", OWN)])
    more = [*of_sites(UNEVEN), *complaints("D", 40, 60)]
    programme.release(more, on, brands=[("x", OWN | {"C"})])
    assert programme.public.number("complaints", by="brand", value="x") == 25
    assert programme.public.number("complaints", by="site", value="D") == 100


def test_a_brand_that_is_new_is_told_of_its_sites() -> None:
    programme, on = Programme(), places(tuple(UNEVEN))
    programme.release(of_sites(UNEVEN), on)
    programme.release(of_sites(UNEVEN), on, brands=[("x", OWN)])
    assert programme.public.number("complaints", by="brand", value="x") == 25


@pytest.mark.parametrize("audience", ["public", "auditor"])
def test_a_site_that_moves_between_regions_takes_no_number_along(audience: str) -> None:
    regions = {site: "N" if site in OWN else "S" for site in UNEVEN}
    programme = Programme()
    programme.release(of_sites(UNEVEN), places(tuple(UNEVEN), regions=regions))
    more = [*of_sites(UNEVEN), *complaints("D", 40, 60)]
    programme.release(more, places(tuple(UNEVEN), regions={**regions, "C": "N"}))
    read = getattr(programme, audience)
    assert read.number("complaints", by="region", value="N") == 25
    assert read.number("resolved", by="region", value="N") == 25
    assert read.number("complaints", by="region", value="S") == 163


def test_a_site_that_came_later_stands_for_itself() -> None:
    kept = [Kept(places(("A",)))]
    then = places_then(kept, places(("A", "B"), workers={"A": 900}))
    assert (then["A"].workers, then["A"].region) == (500, "North")
    assert (then["B"].region, then["B"].kind, then["B"].country) == ("", "", "BD")


def test_of_what_is_not_told_nobody_learns_that_history_is_in_it() -> None:
    history = of_sites({"S0": 100, "S1": 100})
    paper = [
        replace(one, is_history=True)
        for n in range(11)
        for one in complaints(f"T{n}", 1, n)
    ]
    programme = Programme()
    programme.release(
        [*history, *paper], places(("S0", "S1", *(f"T{n}" for n in range(14))))
    )
    for read in (programme.public, programme.auditor):
        cells = read.cells.values()
        hinting = {cell.told for cell in cells if cell.has_history}
        assert hinting <= {Told.EXACT, Told.UNRECORDED}
        assert read.cells["2026", "", "", "complaints"].has_history


def test_what_is_kept_is_read_as_it_was_written() -> None:
    kept = Kept(
        places(("A", "B"), workers={"B": None}),
        {"x": frozenset({"A"})},
        {("remedy", "repair", ""): Counted((9,), {"A": (4,)})},
    )
    assert from_json(as_json(kept)) == kept
