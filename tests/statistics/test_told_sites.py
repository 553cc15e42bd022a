"""How many sites have complaints says of no site how many it has."""

from collections.abc import Mapping
from random import Random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from app.statistics.model import Cell, Told
from tests.statistics.beside import Programme, complaints, of_sites, places

UNEVEN = {"S00": 100, "S01": 100, **{f"S{n:02d}": 1 for n in range(2, 13)}}
FULL = 400  # more than any site has
_TABLES = frozenset({"", "country", "region", "kind", "tier", "site"})


def of_year(programme: Programme, figure: str) -> list[float | None]:
    read = (programme.public, programme.auditor)
    return [one.number(figure) for one in read]


def test_eleven_sites_of_one_are_not_counted() -> None:
    programme = Programme()
    programme.release(of_sites(UNEVEN), places(tuple(UNEVEN)))
    assert programme.public.number("complaints", by="kind", value="cmt") == 211
    assert of_year(programme, "active_sites") == [None, None]


def test_sites_that_have_many_are_counted_and_once_told_stand() -> None:
    codes = [f"S{n:02d}" for n in range(14)]
    history = of_sites(dict.fromkeys(codes[:12], 24))
    programme = Programme()
    programme.release(history, places(codes))
    assert of_year(programme, "active_sites") == [12, 12]
    programme.release([*history, *complaints("S12", 1)], places(codes))
    assert of_year(programme, "active_sites") == [12, 12]
    cell = programme.public.cells["2026", "", "", "active_sites"]
    assert cell.as_of is not None


@pytest.mark.parametrize("last", ["2026-Q1", "2026-Q3", "2026-Q4", "2027-Q1"])
def test_of_a_quarter_and_a_year_that_runs_no_sites_are_counted(last: str) -> None:
    codes = [f"S{n:02d}" for n in range(14)]
    programme = Programme()
    programme.release(of_sites(dict.fromkeys(codes, 24)), places(codes), last=last)
    told = {
        key[0]
        for key, cell in programme.auditor.cells.items()
        if key[3] == "active_sites" and cell.number is not None
    }
    assert told == ({"2026"} if last >= "2026-Q4" else set())


def quiet() -> dict[str, int]:
    return {"A": 40, "B": 40, "C": 40}


def test_silent_sites_are_those_of_enough_workers() -> None:
    """A site of 7 workers, or of nobody knows how many, is none of them."""
    codes = ("A", "B", "C", "V", "W", "X", "Z")
    on = places(codes, workers={"W": 6, "X": 7, "Z": None})
    programme = Programme()
    programme.release(of_sites(quiet()), on)
    assert of_year(programme, "silent_sites") == [1, 1]
    assert programme.public.number("silent_sites", period="2026-Q4") == 1
    assert programme.public.number("sites") == 7


def test_silent_sites_stand_once_they_are_told() -> None:
    codes = ("A", "B", "C", "V", "W")
    programme = Programme()
    programme.release(of_sites(quiet()), places(codes))
    assert of_year(programme, "silent_sites") == [2, 2]
    later = [*of_sites(quiet()), *complaints("W", 1, 3)]
    programme.release(later, places(codes))
    assert of_year(programme, "silent_sites") == [2, 2]
    programme.release(later, places(codes), last="2027-Q1")
    assert of_year(programme, "silent_sites") == [2, 2]


def test_silent_sites_are_not_told_beside_sites_of_one() -> None:
    programme = Programme()
    on = places((*UNEVEN, "V"))
    history = [c for s, n in UNEVEN.items() for c in complaints(s, n, first=3)]
    programme.release(history, on)
    assert of_year(programme, "silent_sites") == [None, None]


def test_the_only_site_that_is_not_silent_is_not_shown_by_those_that_are() -> None:
    counts = {"A": 1, "B": 1, "C": 8, "D": 1}
    programme = Programme()
    programme.release(of_sites(counts), places(tuple(counts)))
    assert of_year(programme, "silent_sites") == [None, None]


@pytest.mark.parametrize("seed", range(16))
def test_no_solver_finds_what_a_site_has(seed: int) -> None:
    """Whole numbers: told rows, who is called small, how many have any, who has none.

    Auditors know what the public is told as well.
    """
    dice = Random(seed)
    codes = [f"S{n:02d}" for n in range(dice.choice((4, 7, 11)))]
    counts = {code: dice.choice((0, 1, 1, 2, 4, 8, 12, 40)) for code in codes}
    regions = {code: dice.choice(("N", "S")) for code in codes}
    programme = Programme()
    on = places(codes, regions=regions)
    programme.release(of_sites(counts), on)
    both = (programme.public.cells, programme.auditor.cells)
    assert found(counts, regions, both[:1], (10,)) == []
    assert found(counts, regions, both, (10, 5)) == []


def test_the_solver_finds_them_where_they_are_told() -> None:
    """The attack is one: it finds eleven sites of one where all are counted."""
    programme = Programme()
    programme.release(of_sites(UNEVEN), places(tuple(UNEVEN)))
    key = ("2026", "", "", "active_sites")
    told = {**programme.public.cells, key: Cell(*key, 13, Told.EXACT)}
    regions = dict.fromkeys(UNEVEN, "North")
    assert len(found(UNEVEN, regions, [told], (10,))) == 11


def found(
    counts: Mapping[str, int],
    regions: Mapping[str, str],
    told: object,
    thresholds: tuple[int, ...],
) -> list[str]:
    """Return the sites of few of which these cells leave one number alone."""
    codes = sorted(counts)
    width = len(codes)
    sure: dict[str, float] = {}
    rows: list[tuple[np.ndarray, float, float]] = []
    low, high = np.zeros(2 * width), np.array([FULL] * width + [1] * width, float)
    for n in range(width):  # a site has some where it has one at least
        least, most = np.zeros(2 * width), np.zeros(2 * width)
        least[n], least[width + n] = 1, -1
        most[n], most[width + n] = 1, -FULL
        rows += [(least, 0, np.inf), (most, -np.inf, 0)]
    for cells, k in zip(told, thresholds, strict=False):  # type: ignore[call-overload]
        for (period, by, value, figure), cell in cells.items():
            is_here = by in _TABLES and figure in {"complaints", "active_sites"}
            if period != "2026" or not is_here:
                continue
            mask = np.array(
                [
                    by not in {"site", "region"}
                    or (by == "site" and code == value)
                    or (by == "region" and regions[code] == value)
                    for code in codes
                ],
                float,
            )
            nothing = np.zeros(width)
            if cell.told is Told.FEWER and by == "site":
                high[codes.index(value)] = min(high[codes.index(value)], k - 1)
            elif cell.number is None:
                continue
            elif figure == "complaints":
                rows.append((np.concatenate([mask, nothing]), cell.number, cell.number))
                if by == "site":
                    sure[value] = cell.number
            elif figure == "active_sites":
                ones = np.concatenate([nothing, np.ones(width)])
                rows.append((ones, cell.number, cell.number))
    matrix = np.array([row for row, _, _ in rows])
    only = LinearConstraint(
        matrix, [lo for _, lo, _ in rows], [hi for _, _, hi in rows]
    )
    pinned = []
    for n, code in enumerate(codes):
        if code in sure or not 0 < counts[code] < min(thresholds):
            continue
        aim = np.zeros(2 * width)
        aim[n] = 1
        ends = [
            milp(
                sign * aim,
                constraints=only,
                integrality=np.ones(2 * width),
                bounds=Bounds(low, high),
            ).x[n]
            for sign in (1, -1)
        ]
        if round(ends[0]) == round(ends[1]):
            pinned.append(code)
    return pinned
