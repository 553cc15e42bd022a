"""Somebody who wants to know who complained, and has every told number.

Each kind of complaint that there could be is an unknown; each told cell says what
some of them come to, or how little. What an unknown, or a sum of some, can be at
least and at most is a linear programme: one that can be one number only is found.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from app.domain.directory import Site
from app.statistics.measures import is_factory
from app.statistics.model import SENSITIVE, CaseFacts, Cell, Outcome, Stage, Told

Atom = tuple[str, ...]
PARTS = ("confirmed", "declared", "not_resolved")
_OF_PART: Mapping[str, frozenset[str]] = {
    "complaints": frozenset(PARTS),
    "sensitive_complaints": frozenset(PARTS),
    "bypassed": frozenset(PARTS),
    "resolved": frozenset(PARTS[:2]),
    **{part: frozenset({part}) for part in PARTS},
}
_EPSILON = 1e-6


def part_of(facts: CaseFacts) -> str:
    known = {Outcome.CONFIRMED: PARTS[0], Outcome.DECLARED: PARTS[1]}
    return known.get(facts.outcome, PARTS[2])


def place_of(facts: CaseFacts) -> Atom:
    """Return (country, what it is, site): of a site's committee, or of none."""
    if is_factory(facts):
        return facts.country, "site", facts.site or ""
    way = "not" if facts.route.endswith("committee") else "bypassed"
    kind = "sensitive" if facts.is_sensitive else "other"
    return facts.country, f"{kind}-{way}", ""


def _matrix(rows: Sequence[np.ndarray]) -> Any:
    return csr_matrix(np.array(rows)) if rows else None


def _is_like(names: Sequence[int], key: Atom) -> Callable[[Atom], bool]:
    return lambda atom: tuple(atom[n] for n in names) == key


@dataclass(frozen=True)
class Guess:
    """A number that was not told, and what it really is."""

    name: Atom
    atoms: np.ndarray
    true: int
    own: int = 0


@dataclass
class Attack:
    """One year's unknowns: places, categories, quarters and outcomes, jointly."""

    year: str
    sites: Mapping[str, Site]
    atoms: list[Atom]
    true: np.ndarray
    k: int
    rows: list[np.ndarray] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)
    upper_rows: list[np.ndarray] = field(default_factory=list)
    uppers: list[float] = field(default_factory=list)
    own: np.ndarray = field(default_factory=lambda: np.zeros(0))
    fixed: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    known: tuple[int, int] = (0, 0)
    equal: Any = None
    under: Any = None

    @classmethod
    def on(
        cls,
        history: Iterable[CaseFacts],
        sites: Mapping[str, Site],
        year: str,
        k: int,
        *,
        insider: str = "",
    ) -> "Attack":
        cases = [one for one in history if one.is_complaint and one.quarter[:4] == year]
        countries = sorted({one.country for one in cases} | {"BD", "IN"})
        places = [(s.country, "site", s.code) for s in sites.values()]
        places += [
            (country, f"{kind}-{way}", "")
            for country, kind, way in product(
                countries, ("other", "sensitive"), ("bypassed", "not")
            )
        ]
        categories = sorted({one.category for one in cases})
        pieces = [*(f"{year}-Q{n}" for n in (1, 2, 3, 4))]
        if any(one.is_of_year for one in cases):
            pieces.append(year)
        atoms = [
            (*place, category, piece, part)
            for place in places
            for category in categories
            if (category in SENSITIVE) == place[1].startswith("sensitive")
            for piece in pieces
            for part in PARTS
        ]
        at = {atom: n for n, atom in enumerate(atoms)}
        true, own = np.zeros(len(atoms)), np.zeros(len(atoms))
        for one in cases:
            place = place_of(one)
            n = at[(*place, one.category, one.quarter, part_of(one))]
            true[n] += 1
            own[n] += bool(insider) and place[2] == insider
        fixed = np.array([bool(insider) and atom[2] == insider for atom in atoms])
        return cls(year, sites, atoms, true, k, own=own, fixed=fixed)

    def where(self, is_one: Callable[[Atom], bool]) -> np.ndarray:
        return np.array([is_one(atom) for atom in self.atoms], dtype=float)

    def mask(self, cell: Cell) -> np.ndarray | None:
        """Return what a cell is the sum of; None: of nothing that is asked here."""
        parts = _OF_PART.get(cell.figure)
        is_here = cell.period in (self.year, *(f"{self.year}-Q{n}" for n in range(5)))
        test = self._test(cell)
        if parts is None or not is_here or test is None:
            return None
        return self.where(
            lambda atom: (
                test(atom) and atom[5] in parts and cell.period in (self.year, atom[4])
            )
        )

    def of_brand(self, cell: Cell, sites: frozenset[str]) -> np.ndarray | None:
        parts = _OF_PART.get(cell.figure)
        if parts is None or not cell.period.startswith(self.year):
            return None
        return self.where(
            lambda a: (
                a[2] in sites and a[5] in parts and cell.period in (self.year, a[4])
            )
        )

    def _test(self, cell: Cell) -> Callable[[Atom], bool] | None:
        value = cell.value
        if cell.figure == "bypassed":
            return lambda atom: atom[1].endswith("bypassed")
        if cell.figure == "sensitive_complaints":
            return lambda a: a[1].startswith("sensitive") and value in ("", a[0])
        sites = self.sites
        tests: Mapping[str, Callable[[Atom], bool]] = {
            "": lambda atom: True,
            "country": lambda atom: atom[0] == value,
            "category": lambda atom: atom[3] == value,
            "site": lambda atom: atom[2] == value,
            "region": lambda a: a[2] != "" and sites[a[2]].region == value,
            "kind": lambda a: a[2] != "" and sites[a[2]].kind.value == value,
            "tier": lambda a: a[2] != "" and str(sites[a[2]].tier) == value,
        }
        return tests.get(cell.by)

    def hear(self, cells: Iterable[Cell]) -> list[Guess]:
        """Take in every told number; return what was kept back, to be guessed."""
        held = list(cells)
        told_noughts = {
            (cell.period, cell.by, cell.figure)
            for cell in held
            if cell.told is Told.EXACT and cell.number == 0
        }
        guesses: list[Guess] = []
        for cell in held:
            mask = self.mask(cell) if cell.as_of is None else None
            if mask is None:
                continue
            if cell.told is Told.EXACT and cell.number is not None:
                assert cell.number == mask @ self.true, cell
                self.rows.append(mask)
                self.sums.append(float(cell.number))
                continue
            if cell.told is Told.FEWER:
                assert mask @ self.true < self.k, cell
                self._bound(mask, self.k - 1)
                if (cell.period, cell.by, cell.figure) in told_noughts:
                    self._bound(-mask, -1)
            name = (cell.period, cell.by, cell.value, cell.figure)
            guesses.append(self.guess(name, mask))
        return guesses

    def _bound(self, mask: np.ndarray, most: float) -> None:
        self.upper_rows.append(mask)
        self.uppers.append(most)

    def guess(self, name: Atom, mask: np.ndarray) -> Guess:
        return Guess(name, mask, round(mask @ self.true), round(mask @ self.own))

    def small(self, most: int) -> list[Guess]:
        """Return crossings that no table tells: who is few in them."""
        wanted: dict[Atom, np.ndarray] = {}
        for names in ((2, 3), (2, 4), (3, 4), (2, 5), (1, 3), (0, 3, 4), (2, 3, 4, 5)):
            for atom, number in zip(self.atoms, self.true, strict=True):
                if number:
                    key = tuple(atom[n] for n in names)
                    wanted.setdefault(
                        (str(names), *key),
                        self.where(
                            lambda a, n=names, k=key: tuple(a[i] for i in n) == k
                        ),
                    )
        found = [self.guess(name, mask) for name, mask in sorted(wanted.items())]
        few = [one for one in found if 0 < one.true - one.own < self.k]
        return few[:: max(1, len(few) // most)]

    def found(self, guesses: Sequence[Guess], *, tries: int = 12) -> list[Guess]:
        """Return the guesses that can be one number alone, if that is of few."""
        few = [one for one in guesses if 0 < one.true - one.own < self.k]
        if not few:
            return []
        least = np.array([float(one.true) for one in few])
        most = least.copy()
        dice = np.random.default_rng(len(few))
        for _ in range(tries):
            open_ = [n for n in range(len(few)) if most[n] - least[n] < 1 - _EPSILON]
            if not open_:
                return []
            for sign in (1, -1):
                weights = sign * dice.uniform(0.5, 1.5, len(open_))
                if dice.random() < 0.7:
                    weights *= dice.choice([-1, 1], len(open_))
                solved = self._solve(
                    sum(w * few[n].atoms for w, n in zip(weights, open_, strict=True))
                )
                values = np.array([one.atoms @ solved for one in few])
                least, most = np.minimum(least, values), np.maximum(most, values)
        return [
            few[n]
            for n in range(len(few))
            if most[n] - least[n] < 1 - _EPSILON and self._is_one(few[n])
        ]

    def _is_one(self, guess: Guess) -> bool:
        low = guess.atoms @ self._solve(guess.atoms)
        high = guess.atoms @ self._solve(-guess.atoms)
        return math.ceil(low - _EPSILON) >= math.floor(high + _EPSILON)

    def _solve(self, objective: np.ndarray) -> np.ndarray:
        bounds = [
            (own, own if is_fixed else None)
            for own, is_fixed in zip(self.own, self.fixed, strict=True)
        ]
        if self.known != (len(self.rows), len(self.upper_rows)):
            self.known = (len(self.rows), len(self.upper_rows))
            self.equal, self.under = _matrix(self.rows), _matrix(self.upper_rows)
        solved = linprog(
            objective,
            A_eq=self.equal,
            b_eq=self.sums or None,
            A_ub=self.under,
            b_ub=self.uppers or None,
            bounds=bounds,
            method="highs",
        )
        if solved.status == 3:  # without a bound: so it is not one number
            return self.true + 1000 * (objective < 0) * ~self.fixed
        assert solved.status == 0, solved.message
        return np.asarray(solved.x)


@dataclass
class StageAttack(Attack):
    """The same of severities, quarters, outcomes and one stage: tables in a ring."""

    stage: str = "resolve"

    @classmethod
    def of_stage(
        cls, history: Iterable[CaseFacts], year: str, k: int, stage: str
    ) -> "StageAttack":
        cases = [one for one in history if one.is_complaint and one.quarter[:4] == year]
        severities = sorted({one.severity for one in cases})
        pieces = sorted({one.quarter for one in cases})
        kept = ("in_time", "late", "running", "")
        atoms: list[Atom] = list(product(severities, pieces, PARTS, kept))
        at = {atom: n for n, atom in enumerate(atoms)}
        true = np.zeros(len(atoms))
        for one in cases:
            time = one.stages.get(Stage(stage))
            word = "" if time is None or time.kept is None else time.kept.value
            true[at[one.severity, one.quarter, part_of(one), word]] += 1
        nothing = np.zeros(len(atoms))
        free = np.zeros(len(atoms), dtype=bool)
        return cls(year, {}, atoms, true, k, own=nothing, fixed=free, stage=stage)

    def mask(self, cell: Cell) -> np.ndarray | None:
        of_stage = cell.figure.removeprefix(f"{self.stage}_")
        parts = _OF_PART.get(cell.figure, frozenset(PARTS))
        is_stage = (
            of_stage in ("in_time", "late", "running") and of_stage != cell.figure
        )
        is_here = cell.period[:4] == self.year and cell.by in ("", "severity")
        is_outcome = cell.figure in ("complaints", "resolved", *PARTS)
        if not is_here or not (is_stage or is_outcome):
            return None
        return self.where(
            lambda a: (
                (not cell.by or a[0] == cell.value)
                and cell.period in (self.year, a[1])
                and a[2] in parts
                and (not is_stage or a[3] == of_stage)
            )
        )

    def small(self, most: int) -> list[Guess]:
        found = []
        for names in ((0, 1), (0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3), (0, 1, 2, 3)):
            keys = sorted({tuple(atom[n] for n in names) for atom in self.atoms})
            for key in keys:
                mask = self.where(_is_like(names, key))
                found.append(self.guess((str(names), *key), mask))
        few = [one for one in found if 0 < one.true < self.k]
        return few[:: max(1, len(few) // most)]
