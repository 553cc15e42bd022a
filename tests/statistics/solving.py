"""What unknown numbers can be at least and at most, by linear programmes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

Vector = Any  # an array of numbers, one for each unknown
_EPSILON = 1e-6
_MOST = 1e4  # nothing is as many


@dataclass(frozen=True)
class Guess:
    """A number that was not told, and what it really is; `own` of it is known."""

    name: tuple[str, ...]
    weights: Vector
    true: int
    own: int = 0

    def is_of_few(self, k: int) -> bool:
        return 0 < abs(self.true - self.own) < k


@dataclass
class Solver:
    """Unknowns that are not below nought, and what is known of their sums."""

    true: Vector
    own: Vector  # of each unknown at least so much is known to be there
    fixed: Vector  # whether that is all of it
    equal: list[Vector] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)
    under: list[Vector] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    _matrices: tuple[Any, Any] | None = None

    def is_sum(self, weights: Vector, number: float) -> None:
        assert weights @ self.true == number, (weights @ self.true, number)
        self._matrices = None
        self.equal.append(csr_matrix(weights))
        self.sums.append(float(number))

    def is_at_most(self, weights: Vector, number: float) -> None:
        assert weights @ self.true <= number, (weights @ self.true, number)
        self._matrices = None
        self.under.append(csr_matrix(weights))
        self.most.append(float(number))

    def guess(self, name: tuple[str, ...], weights: Vector) -> Guess:
        return Guess(name, weights, round(weights @ self.true), self.known_of(weights))

    def known_of(self, weights: Vector) -> int:
        return int(weights @ self.own)

    def found(
        self, guesses: Sequence[Guess], k: int, *, tries: int = 12
    ) -> list[Guess]:
        """Return the guesses that can be one number alone, if that is of few."""
        few = [one for one in guesses if one.is_of_few(k)]
        if not few:
            return []
        asked = csr_matrix(np.array([one.weights for one in few]))
        low = np.array([float(one.true) for one in few])
        high = low.copy()
        dice = np.random.default_rng(len(few))
        for _ in range(tries):
            shut = high - low < 1 - _EPSILON
            if not shut.any():
                return []
            wanted = dice.uniform(0.5, 1.5, len(few)) * shut
            if dice.random() < 0.7:
                wanted *= dice.choice([-1, 1], len(few))
            for sign in (1, -1):
                values = asked @ self._solve(sign * (wanted @ asked))
                low, high = np.minimum(low, values), np.maximum(high, values)
        left = [one for one, a, b in zip(few, low, high, strict=True) if b - a < 1]
        return [one for one in left if self._is_one(one)]

    def _is_one(self, guess: Guess) -> bool:
        low = guess.weights @ self._solve(guess.weights)
        high = guess.weights @ self._solve(-guess.weights)
        return bool(math.ceil(low - _EPSILON) >= math.floor(high + _EPSILON))

    def _solve(self, objective: Vector) -> Vector:
        if self._matrices is None:
            self._matrices = (
                vstack(self.equal, "csr") if self.equal else None,
                vstack(self.under, "csr") if self.under else None,
            )
        equal, under = self._matrices
        solved = linprog(
            objective,
            A_eq=equal,
            b_eq=self.sums or None,
            A_ub=under,
            b_ub=self.most or None,
            bounds=np.column_stack(
                (self.own, np.where(self.fixed, self.own, self.own + _MOST))
            ),
            method="highs",
        )
        assert solved.status == 0, solved.message
        return np.asarray(solved.x)
