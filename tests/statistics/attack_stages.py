"""The attack on tables in a ring: severity, quarter, outcome and how one stage went.

Any two of them are told together somewhere, so that no block can stand for itself:
each crossing of all four is an unknown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from app.statistics.model import CaseFacts, Cell, Stage
from tests.statistics.attack import PARTS, Attack, part_of
from tests.statistics.solving import Solver, Vector

_KEPT = ("in_time", "late", "running")
_OUTCOMES = {
    "complaints": PARTS,
    "resolved": PARTS[:2],
    **{part: (part,) for part in PARTS},
}
Ring = tuple[str, str, str, str]  # severity, quarter, part, how the stage went


@dataclass
class StageAttack(Attack):
    """One year's unknowns of one stage, in each of some states."""

    stage: str = "resolve"
    rings: Sequence[Ring] = ()

    @classmethod
    def of_stage(
        cls, histories: Sequence[Sequence[CaseFacts]], year: str, k: int, stage: str
    ) -> "StageAttack":
        held = [
            [one for one in history if one.is_complaint and one.quarter[:4] == year]
            for history in histories
        ]
        cases = [one for each in held for one in each]
        severities = sorted({one.severity for one in cases})
        pieces = sorted({one.quarter for one in cases})
        rings = list(product(severities, pieces, PARTS, (*_KEPT, "")))
        at = {ring: n for n, ring in enumerate(rings)}
        states = [np.zeros(len(rings)) for _ in held]
        for state, each in zip(states, held, strict=True):
            for one in each:
                time = one.stages.get(Stage(stage))
                word = "" if time is None or time.kept is None else time.kept.value
                state[at[one.severity, one.quarter, part_of(one), word]] += 1
        true = np.concatenate(states)
        solver = Solver(true, 0 * true, np.zeros(len(true), dtype=bool))
        return cls(year, {}, k, [], states, solver, stage=stage, rings=rings)

    def mask(self, cell: Cell) -> Vector | None:
        kept = cell.figure.removeprefix(f"{self.stage}_")
        is_stage = kept != cell.figure and kept in _KEPT
        is_here = cell.period[:4] == self.year and cell.by in ("", "severity")
        if not is_here or not (is_stage or cell.figure in _OUTCOMES):
            return None
        parts = _OUTCOMES.get(cell.figure, PARTS)
        return np.array(
            [
                (not cell.by or severity == cell.value)
                and cell.period in (self.year, piece)
                and part in parts
                and (not is_stage or how == kept)
                for severity, piece, part, how in self.rings
            ],
            dtype=float,
        )

    def _crossings(self) -> Iterator[tuple[tuple[str, ...], Vector]]:
        for count in (2, 3, 4):
            for columns in combinations(range(4), count):
                held: dict[tuple[str, ...], list[int]] = {}
                for n, ring in enumerate(self.rings):
                    key = tuple(ring[column] for column in columns)
                    held.setdefault((str(columns), *key), []).append(n)
                for name, places in sorted(held.items()):
                    mask = np.zeros(len(self.rings))
                    mask[places] = 1
                    yield name, mask
