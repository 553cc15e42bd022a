"""Every number of a release is the one that is counted the plain way."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings

from app.statistics.definitions import FIGURES
from app.statistics.model import Cell, Told
from app.statistics.release import build, by_key
from tests.statistics.brute_force import NOTHING, Key, figures, number
from tests.statistics.summing import exact_of
from tests.statistics.worlds import World, a_world, worlds

PUBLIC, AUDITORS = 10, 5
EVERYTHING = 1  # under this threshold next to nothing is kept back


def told(world: World, k: int, first: Iterable[Cell] = ()) -> tuple[Cell, ...]:
    """Return a first release: all it tells is of now."""
    held = [by_key(first)] if first else []
    return build(exact_of(world), k, first=held, brands=world.brands)


def compared(cells: Iterable[Cell], true: dict[Key, float | None]) -> dict[str, float]:
    """Compare every number; return by figure the greatest that was told."""
    found: dict[str, float] = {}
    for cell in cells:
        if cell.told is Told.EXACT:
            key = (cell.period, str(cell.by), cell.value, cell.figure)
            assert cell.number == number(true, key), cell
            assert cell.number is not None
            assert cell.as_of is None
            found[cell.figure] = max(found.get(cell.figure, 0), cell.number)
        else:
            assert cell.number is None, cell
    return found


@pytest.mark.parametrize("seed", range(6))
def test_every_number_that_is_told_is_the_true_one(seed: int) -> None:
    world = a_world(seed, 600)
    true = figures(world)
    public = told(world, PUBLIC)
    assert len(compared(public, true)) > 60
    assert len(compared(told(world, AUDITORS, public), true)) > 60


@settings(deadline=None, max_examples=20)
@given(worlds())
def test_so_it_is_where_nothing_is_few(world: World) -> None:
    compared(told(world, EVERYTHING), figures(world))


def test_no_figure_is_left_out() -> None:
    """Each of the definitions is told of something in one of these programmes."""
    found: dict[str, float] = {}
    for seed in range(4):
        world = a_world(seed, 300)
        for figure, greatest in compared(
            told(world, EVERYTHING), figures(world)
        ).items():
            found[figure] = max(found.get(figure, 0), greatest)
    assert {figure for figure, greatest in found.items() if greatest} == set(FIGURES)


def test_brute_force_knows_the_figures_that_are_defined() -> None:
    true = figures(a_world(2, 300))
    assert {key[3] for key in true} | NOTHING.keys() == set(FIGURES)
