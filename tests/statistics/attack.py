"""Somebody who wants to know who complained, and has every told number.

What complaints there could be is cut into blocks of unknowns: by place and category,
by severity, channel, language and who filed it, each by quarter and outcome, and by
each further number that is told of the whole. Blocks share the complaints of their
quarters and outcomes. Since what is told is of one block at a time, that allows as
much as all crossings of all blocks would. Of several releases each state is a vector
of its own; what is said of an earlier one is a sum of that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise, product

import numpy as np

from app.domain.directory import Site
from app.statistics.definitions import FIGURES, Way
from app.statistics.measures import MEASURES, PARTITIONS, contribution, is_factory
from app.statistics.model import SENSITIVE, CaseFacts, Cell, Outcome, Told
from tests.statistics.solving import Guess, Solver, Vector

PARTS = ("confirmed", "declared", "not_resolved")
_OF_PART: Mapping[str, tuple[str, ...]] = {
    "complaints": PARTS,
    "sensitive_complaints": PARTS,
    "bypassed": PARTS,
    "resolved": PARTS[:2],
    **{part: (part,) for part in PARTS},
}
SIMPLE = ("severity", "channel", "language", "filer")
_COUNTED = {name: held for name, held in PARTITIONS.items() if name != "bypassed"}
_SAID_OF = {"rung_brand": "brand_asked"}  # told of those that were asked
_WHOLE_OF = {"brand_asked": "brand", "reprisal_asked": "asked"}
_REST = "rest"
_NO_REST = ("outcome", "merged")
History = Sequence[CaseFacts]


@dataclass(frozen=True, slots=True)
class Atom:
    """One unknown: the complaints of a block that share all of this."""

    block: str
    piece: str  # a quarter, or the year where no more is known
    part: str = ""
    country: str = ""
    kind: str = ""
    site: str = ""
    category: str = ""
    value: str = ""

    @property
    def is_sensitive(self) -> bool:
        return self.category in SENSITIVE or self.kind.startswith("sensitive")


def part_of(facts: CaseFacts) -> str:
    known = {Outcome.CONFIRMED: PARTS[0], Outcome.DECLARED: PARTS[1]}
    return known.get(facts.outcome, PARTS[2])


def place_of(facts: CaseFacts) -> tuple[str, str, str]:
    """Return (country, what it is, site): of a site's committee, or of none."""
    if is_factory(facts):
        return facts.country, "site", facts.site or ""
    way = "not" if facts.route.endswith("committee") else "bypassed"
    kind = "sensitive" if facts.is_sensitive else "other"
    return facts.country, f"{kind}-{way}", ""


def atoms_of(facts: CaseFacts, *, is_joint: bool) -> Iterator[Atom]:
    """Yield the unknowns, one of each block, in which a complaint is counted."""
    piece, part = facts.quarter, part_of(facts)
    country, kind, site = place_of(facts)
    place = Atom("place", piece, part, country, kind, site)
    yield replace(place, category=facts.category) if is_joint else place
    if not is_joint:
        yield Atom("category", piece, part, category=facts.category)
    for by in SIMPLE:
        yield Atom(by, piece, part, value=getattr(facts, by))
    added = dict(zip(MEASURES, contribution(facts), strict=True))
    for name, (whole, parts) in _COUNTED.items():
        if added[whole]:
            held = [measure for measure in parts if added[measure]]
            yield Atom(name, piece, value=held[0] if held else _REST)


@dataclass
class Attack:
    """One year's unknowns in each of some states, and who attacks them."""

    year: str
    sites: Mapping[str, Site]
    k: int
    atoms: list[Atom]
    states: list[Vector]
    solver: Solver
    columns: Mapping[str, Vector] = field(default_factory=dict)
    moments: Sequence[datetime] = ()

    @classmethod
    def on(
        cls,
        histories: Sequence[History],
        sites: Mapping[str, Site],
        year: str,
        k: int,
        *,
        insider: str = "",
        is_joint: bool = False,
    ) -> "Attack":
        """Return the unknowns of complaints as they stood at each release."""
        held = [
            [one for one in history if one.is_complaint and one.quarter[:4] == year]
            for history in histories
        ]
        atoms = list(_atoms([one for each in held for one in each], sites, is_joint))
        at = {atom: n for n, atom in enumerate(atoms)}
        size = len(atoms)
        states = [np.zeros(size) for _ in held]
        own = [np.zeros(size) for _ in held]
        for state, known, cases in zip(states, own, held, strict=True):
            for one in cases:
                is_own = bool(insider) and place_of(one)[2] == insider
                for atom in atoms_of(one, is_joint=is_joint):
                    state[at[atom]] += 1
                    known[at[atom]] += is_own
        fixed = [bool(insider) and atom.site == insider for atom in atoms]
        solver = Solver(
            np.concatenate(states), np.concatenate(own), np.array(fixed * len(held))
        )
        made = cls(year, sites, k, atoms, states, solver, _columns(atoms))
        made._link(is_joint)
        return made

    # ---------------------------------------------------------------- the sums

    def _link(self, is_joint: bool) -> None:
        """Let all blocks be of the same complaints."""
        pieces = sorted({atom.piece for atom in self.atoms})
        for piece, part in product(pieces, PARTS):
            place = self._of(block="place", piece=piece, part=part)
            for by in SIMPLE:
                self._same(place, self._of(block=by, piece=piece, part=part))
            if not is_joint:
                for grave in (True, False):
                    where = {"piece": piece, "part": part, "is_sensitive": grave}
                    self._same(
                        self._of(block="place", **where),
                        self._of(block="category", **where),
                    )
            ended = [o for o in Outcome if (o if o in PARTS else PARTS[2]) == part]
            self._same(place, self._any("outcome", ended) & self._of(piece=piece))
        for piece, (name, (whole, _)) in product(pieces, _COUNTED.items()):
            if whole == "complaints":
                above = self._of(block="place", piece=piece)
            elif whole in PARTS:
                above = self._of(block="place", piece=piece, part=whole)
            else:
                above = self._of(block=_WHOLE_OF[whole], piece=piece, value=whole)
            self._same(above, self._of(block=name, piece=piece))

    def _same(self, one: Vector, other: Vector) -> None:
        for state in range(len(self.states)):
            self.solver.is_sum(self.spread(one * 1.0 - other, state), 0)

    def knows_that_cases_only_end(self) -> None:
        """Take in that nothing moved between states but from open to solved."""
        groups: dict[Atom, list[int]] = {}
        for n, atom in enumerate(self.atoms):
            if atom.part:
                groups.setdefault(replace(atom, part=""), []).append(n)
        for before, after in pairwise(range(len(self.states))):
            for group in groups.values():
                every = np.zeros(len(self.atoms))
                every[group] = 1
                step = self.spread(every, after) - self.spread(every, before)
                self.solver.is_sum(step, 0)
                for n in group:
                    if self.atoms[n].part != PARTS[2]:
                        one = np.zeros(len(self.atoms))
                        one[n] = 1
                        step = self.spread(one, before) - self.spread(one, after)
                        self.solver.is_at_most(step, 0)

    def spread(self, weights: Vector, state: int) -> Vector:
        """Return weights over the unknowns of all states."""
        size = len(self.states[0])
        found = np.zeros(size * len(self.states))
        found[state * size : (state + 1) * size] = weights
        return found

    def _of(self, **wanted: str | bool) -> Vector:
        found = np.ones(len(self.atoms), dtype=bool)
        for column, value in wanted.items():
            found &= self.columns[column] == value
        return found

    def _any(self, block: str, values: Iterable[str]) -> Vector:
        return self._of(block=block) & np.isin(self.columns["value"], list(values))

    # ---------------------------------------------------------------- the cells

    def mask(self, cell: Cell) -> Vector | None:
        """Return what a cell is the sum of; None: of nothing that is asked here."""
        if cell.period == self.year:
            when = np.ones(len(self.atoms), dtype=bool)
        elif cell.period[:4] == self.year:
            when = self._of(piece=cell.period)
        else:
            return None
        what = self._what(cell)
        return None if what is None else (when & what).astype(float)

    def _what(self, cell: Cell) -> Vector | None:
        parts = _OF_PART.get(cell.figure)
        if parts is None:
            return self._counted(cell)
        where = self._where(cell)
        if where is None:
            return None
        return where & np.isin(self.columns["part"], parts)

    def _counted(self, cell: Cell) -> Vector | None:
        """Return a sum of measures of the whole programme."""
        figure = FIGURES.get(cell.figure)
        if cell.by or figure is None or figure.way is not Way.SUM:
            return None
        found = np.zeros(len(self.atoms), dtype=bool)
        for measure in figure.measures:
            measure = _SAID_OF.get(measure, measure)
            blocks = [name for name, (_, parts) in _COUNTED.items() if measure in parts]
            if not blocks:
                return None
            found |= self._of(block=blocks[0], value=measure)
        return found

    def _where(self, cell: Cell) -> Vector | None:
        place = self._of(block="place")
        if cell.figure == "bypassed":
            ways = [kind for kind in self.columns["kind"] if kind.endswith("bypassed")]
            return place & np.isin(self.columns["kind"], ways)
        if cell.figure == "sensitive_complaints":
            return self._of(block="place", country=cell.value, is_sensitive=True)
        if not cell.by:
            return place
        if cell.by in SIMPLE:
            return self._of(block=cell.by, value=cell.value)
        if cell.by == "category":
            blocks = self.columns["block"]
            block = "category" if "category" in blocks else "place"
            return self._of(block=block, category=cell.value)
        if cell.by in ("country", "site"):
            return self._of(block="place", **{cell.by: cell.value})
        of_site: Mapping[str, Callable[[Site], str]] = {
            "region": lambda site: site.region,
            "kind": lambda site: site.kind.value,
            "tier": lambda site: str(site.tier),
        }
        if cell.by not in of_site:
            return None
        value_of = of_site[cell.by]
        codes = [s.code for s in self.sites.values() if value_of(s) == cell.value]
        return self.of_sites(codes)

    def of_sites(self, codes: Iterable[str]) -> Vector:
        return self._of(block="place") & np.isin(self.columns["site"], list(codes))

    def hear_brand(self, cell: Cell, codes: Iterable[str]) -> None:
        """Take in what a brand is told of its sites together."""
        whole = self.mask(replace(cell, by="", value=""))
        if whole is not None and cell.number is not None:
            mask = whole * self.of_sites(codes)
            if cell.figure in _OF_PART:
                self.solver.is_sum(self.spread(mask, 0), cell.number)

    # ------------------------------------------------------------- what is told

    def hear(
        self, releases: Sequence[Iterable[Cell]], moments: Sequence[datetime] = ()
    ) -> list[Guess]:
        """Take in every told number; return what was kept back, to be guessed.

        `moments`: when each release was made.
        """
        self.moments = moments
        guesses: list[Guess] = []
        for state, release in enumerate(releases):
            guesses += self._hear(state, list(release))
        return guesses

    def _hear(self, state: int, cells: Sequence[Cell]) -> Iterator[Guess]:
        noughts = {
            (cell.period, cell.by, cell.figure)
            for cell in cells
            if cell.told is Told.EXACT and cell.number == 0
        }
        numbers = {
            (cell.period, cell.by, cell.value, cell.figure): cell.number
            for cell in cells
            if cell.told is Told.EXACT
        }
        for cell in cells:
            mask = self.mask(cell)
            if mask is None:
                continue
            if cell.told is Told.EXACT and cell.number is not None:
                self._is_told(state, cell, mask, numbers)
                continue
            if cell.told is Told.FEWER:
                has_nought = (cell.period, cell.by, cell.figure) in noughts
                self._is_few(state, mask, has_nought=has_nought)
            name = (str(state), cell.period, cell.by, cell.value, cell.figure)
            yield self.solver.guess(name, self.spread(mask, state))

    def _is_told(
        self,
        state: int,
        cell: Cell,
        mask: Vector,
        numbers: Mapping[tuple[str, str, str, str], float | None],
    ) -> None:
        number = cell.number or 0
        if cell.as_of is None:
            assert mask @ self.states[state] == number, cell
            self.solver.is_sum(self.spread(mask, state), number)
            return
        dated = [n for n in range(state) if self.moments[n] == cell.as_of]
        if cell.period == self.year and not cell.by:
            # It is what its quarters say and a rest, which was so at some time.
            for n in range(1, 5):
                quarter = replace(cell, period=f"{self.year}-Q{n}")
                told = numbers.get((quarter.period, cell.by, cell.value, cell.figure))
                within = self.mask(quarter)
                if told is not None and within is not None:
                    number -= told
                    mask = mask * (1 - within)
            dated = [n for n in range(state + 1) if mask @ self.states[n] == number]
        assert dated, cell
        self.solver.is_sum(self.spread(mask, dated[0]), number)

    def _is_few(self, state: int, mask: Vector, *, has_nought: bool) -> None:
        true = [n for n in range(state + 1) if mask @ self.states[n] < self.k]
        assert true, mask
        self.solver.is_at_most(self.spread(mask, true[-1]), self.k - 1)
        if has_nought and true[-1] == state:
            self.solver.is_at_most(self.spread(-mask, state), -1)

    # ------------------------------------------------------------ what is asked

    def small(self, most: int) -> list[Guess]:
        """Return crossings that no table tells: who is few in them."""
        few = [
            guess
            for name, mask in self._crossings()
            for state in range(len(self.states))
            for guess in (
                self.solver.guess((str(state), *name), self.spread(mask, state)),
            )
            if guess.is_of_few(self.k)
        ]
        return few[:: max(1, len(few) // most)]

    def moved(self, most: int) -> list[Guess]:
        """Return how much the smallest parts moved between two states."""
        few = [
            guess
            for name, mask in self._crossings()
            for before, after in pairwise(range(len(self.states)))
            for guess in (
                self.solver.guess(
                    (f"{before}-{after}", *name),
                    self.spread(mask, after) - self.spread(mask, before),
                ),
            )
            if guess.is_of_few(self.k)
        ]
        return few[:: max(1, len(few) // most)]

    def _crossings(self) -> Iterator[tuple[tuple[str, ...], Vector]]:
        found: dict[tuple[str, ...], list[int]] = {}
        for n, atom in enumerate(self.atoms):
            whole = (atom.country, atom.kind, atom.site, atom.category, atom.value)
            keys = {whole}
            if atom.block == "place":
                keys |= {
                    ("", atom.kind, atom.site, "", ""),
                    ("", atom.kind, "", atom.category, ""),
                    (atom.country, "", "", atom.category, ""),
                    ("", "", "", atom.category, ""),
                }
            for key in keys:
                for piece, part in product({"", atom.piece}, {"", atom.part}):
                    found.setdefault((atom.block, *key, piece, part), []).append(n)
        for name, places in sorted(found.items()):
            mask = np.zeros(len(self.atoms))
            mask[places] = 1
            yield name, mask

    def found(self, guesses: Sequence[Guess]) -> list[Guess]:
        return self.solver.found(guesses, self.k)


def _columns(atoms: Sequence[Atom]) -> Mapping[str, Vector]:
    names = ("block", "piece", "part", "country", "kind", "site", "category", "value")
    return {
        "is_sensitive": np.array([atom.is_sensitive for atom in atoms]),
        **{name: np.array([getattr(atom, name) for atom in atoms]) for name in names},
    }


def _atoms(
    cases: Sequence[CaseFacts], sites: Mapping[str, Site], is_joint: bool
) -> Iterator[Atom]:
    """Yield every unknown there may be of a year."""
    pieces = sorted({one.quarter for one in cases})
    categories = sorted({one.category for one in cases})
    countries = sorted({one.country for one in cases})
    places = [(site.country, "site", site.code) for site in sites.values()]
    kinds = product(("other", "sensitive"), ("bypassed", "not"))
    places += [(c, f"{a}-{b}", "") for c, (a, b) in product(countries, list(kinds))]
    for piece, part in product(pieces, PARTS):
        for place in places:
            grave = place[1].startswith("sensitive")
            if is_joint:
                for category in categories:
                    if (category in SENSITIVE) == grave:
                        yield Atom("place", piece, part, *place, category=category)
            else:
                yield Atom("place", piece, part, *place)
        if not is_joint:
            for category in categories:
                yield Atom("category", piece, part, category=category)
        for by in SIMPLE:
            for value in sorted({getattr(one, by) for one in cases}):
                yield Atom(by, piece, part, value=value)
    for piece, (name, (_, parts)) in product(pieces, _COUNTED.items()):
        yield from (Atom(name, piece, value=part) for part in parts)
        if name not in _NO_REST:
            yield Atom(name, piece, value=_REST)
