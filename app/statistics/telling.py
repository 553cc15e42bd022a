"""One axis of one year: which of its sets are told, and how far.

What is told nests: of a set whose complaints are told its outcomes may be told,
and of one whose outcomes are told those of its quarters, never the other way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.statistics.axes import ALL, BY_SENSITIVE, Axis, Candidate, Key, Keys
from app.statistics.cohorts import Part, Slot, Year, measured
from app.statistics.measures import NOT_RESOLVED, RESOLVED_OUTCOMES
from app.statistics.model import Dimension, Kept, Stage, Told
from app.statistics.suppression import Blocks, Counted, may_say_fewer

Row = tuple[str, str]  # a table and one of its values

_RESOLVED = measured("resolved", *RESOLVED_OUTCOMES)
_NOT_RESOLVED = measured("not_resolved", *NOT_RESOLVED)
_BOTH = tuple(measured(name) for name in RESOLVED_OUTCOMES)
# How finely outcomes are told, the finest first; one for a whole axis.
LEVELS: Mapping[str, tuple[Part, ...]] = {
    "declared": (*_BOTH, _NOT_RESOLVED),
    "resolved": (_RESOLVED, _NOT_RESOLVED),
}
STAGES: Mapping[str, tuple[Part, ...]] = {
    stage.value: (
        *(measured(f"{stage}_{kept}") for kept in Kept),
        Part("", ("complaints",), tuple(f"{stage}_{kept}" for kept in Kept)),
    )
    for stage in Stage
}
# Tables whose untold values may be called small: no other is of the same sets.
_SAY_FEWER: frozenset[str] = frozenset(Dimension) - {
    *(Dimension.COUNTRY, Dimension.REGION, Dimension.KIND, Dimension.TIER),
}
_LEAST_SLACK = 2
_NEVER = 9
# The tables of places are of the same complaints: those first are told furthest.
_ORDER: Mapping[str, int] = {
    by: place
    for place, by in enumerate(
        (
            *(Dimension.COUNTRY, "", BY_SENSITIVE, Dimension.SITE),
            *(Dimension.KIND, Dimension.TIER, Dimension.REGION),
        )
    )
}


@dataclass(frozen=True, slots=True)
class AxisTold:
    """What is told of an axis; rows that are in none of these are not told."""

    year: str
    complaints: Mapping[Row, int] = field(default_factory=dict)
    fewer: frozenset[Row] = frozenset()
    withheld: frozenset[Row] = frozenset()
    level: str = ""
    outcomes: Mapping[Row, Mapping[str, int]] = field(default_factory=dict)
    stages: Mapping[str, Mapping[Row, Mapping[str, int]]] = field(default_factory=dict)
    quarters: Mapping[Row, Mapping[str, Mapping[str, int]]] = field(
        default_factory=dict
    )
    is_apart: frozenset[str] = frozenset()  # families in which `apart` was told

    def word(self, row: Row) -> Told:
        if row in self.complaints:
            return Told.EXACT
        return Told.FEWER if row in self.fewer else Told.WITHHELD


@dataclass(frozen=True, slots=True)
class Seeds:
    """What was told before, of this axis and year: it is tried first, in order."""

    rows: Mapping[Row, int] = field(default_factory=dict)  # lower numbers first
    outcomes: frozenset[Row] = frozenset()
    level: str = ""  # blank: none was chosen yet
    stages: Mapping[str, frozenset[Row]] = field(default_factory=dict)
    quarters: frozenset[Row] = frozenset()


@dataclass(frozen=True, slots=True)
class _Family:
    """Sets that are told with the same numbers, and those numbers."""

    blocks: Blocks[Key]
    told: tuple[Candidate, ...]
    parts: tuple[Part, ...]
    is_apart: bool

    def numbers(self, candidate: Candidate) -> tuple[int, ...]:
        return self.blocks.of(candidate.keys).n

    def named(self) -> dict[Row, dict[str, int]]:
        """Return the numbers of each set by the name of the part."""
        return {
            _row(one): {
                part.name: number
                for part, number in zip(self.parts, self.numbers(one), strict=True)
                if part.name
            }
            for one in self.told
        }


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis being told: what is common to all its families."""

    axis: Axis
    k: int
    apart: Keys
    must: frozenset[str] | None

    def family(
        self,
        title: str,
        parts: tuple[Part, ...],
        candidates: Sequence[Candidate],
        first: Iterable[Row] = (),
        pieces: Sequence[str | None] = (None,),
    ) -> _Family | None:
        """Tell what may be told of these parts; None where not even the whole may."""
        slots: list[Slot] = [(piece, part) for piece in pieces for part in parts]
        blocks: Blocks[Key] = Blocks(
            self.axis.items(slots), self.k, width=len(slots), refuses=self.axis.refuses
        )
        if not blocks.is_open:
            return None
        is_apart = (self.must is None or title in self.must) and blocks.tell(self.apart)
        if self.must is not None and title in self.must and not is_apart:
            return None
        before = frozenset(first)
        order = sorted(candidates, key=lambda one: _row(one) not in before)
        told = tuple(
            one
            for one in order
            if (is_apart or not one.keys or not one.keys <= self.apart)
            and blocks.tell(one.keys)
        )
        return _Family(blocks, told, parts, is_apart)


def tell_axis(
    year: Year,
    axis: Axis,
    k: int,
    whole: Mapping[str, frozenset[str]],
    seeds: Seeds,
    *,
    apart: Keys = frozenset(),
    must: frozenset[str] | None = None,
) -> AxisTold:
    """Return what is told of one axis of a closed year.

    `whole`: in which periods each node of the whole programme is told; no table
    tells what the whole does not. `apart` is a set that is told before all others
    where it may be; in the families that `must` names it has to be, or nothing is
    told there, and in those that it does not name it is told nowhere.
    """
    name = year.name
    nothing = AxisTold(name, withheld=frozenset(_row(one) for one in axis.candidates))
    if name not in whole["complaints"]:
        return nothing
    telling = _Axis(axis, k, apart, must)
    sizes = axis.items([(None, ALL)])
    ordered = sorted(axis.candidates, key=lambda one: _rank(one, seeds, sizes))
    base = telling.family("complaints", (ALL,), ordered, seeds.rows)
    if base is None:
        return nothing
    base = _without_noughts(base, ordered)
    deeper = tuple(one for one in base.told if not one.is_once)
    level, outcomes = _outcomes(telling, name, whole, seeds, deeper)
    quarters = _quarters(telling, year, whole, seeds, level, outcomes, deeper)
    staged = {
        stage: telling.family(
            stage,
            parts,
            [one for one in deeper if one.by != BY_SENSITIVE],
            seeds.stages.get(stage, ()),
        )
        for stage, parts in STAGES.items()
        if name in whole[stage]
    }
    told = {_row(one): base.numbers(one)[0] for one in base.told}
    fewer = frozenset(_fewer(base, ordered, k)) - told.keys()
    families = {"complaints": base, "outcomes": outcomes, "quarters": quarters}
    return AxisTold(
        year=name,
        complaints=told,
        fewer=fewer,
        withheld=frozenset(_row(one) for one in ordered) - fewer - told.keys(),
        level=level,
        outcomes=outcomes.named() if outcomes else {},
        stages={stage: one.named() for stage, one in staged.items() if one},
        quarters=_by_quarter(quarters, year) if quarters else {},
        is_apart=frozenset(title for title, f in families.items() if f and f.is_apart),
    )


def _row(candidate: Candidate) -> Row:
    return candidate.by, candidate.value


def _rank(
    one: Candidate, seeds: Seeds, sizes: Mapping[Key, Counted]
) -> tuple[int, int, int, str]:
    """Return the order of trying: what was told before, the table, the greater."""
    size = sum(sizes[key].n[0] for key in one.keys if key in sizes)
    before = seeds.rows.get(_row(one), _NEVER)
    return before, _ORDER.get(one.by, len(_ORDER)), -size, one.value


def _without_noughts(base: _Family, candidates: Sequence[Candidate]) -> _Family:
    """Leave out who has nothing, where telling so would tell what the others have.

    Who is not told has one at least once every nought is told: of ten that have
    ten together each would have one.
    """
    told = frozenset(base.told)
    hidden: set[str] = set()
    for by in {one.by for one in candidates}:
        untold = [one for one in candidates if one.by == by and one not in told]
        for block in base.blocks.blocks:
            held = [base.numbers(one)[0] for one in untold if one.keys <= block]
            nonzero = [number for number in held if number > 0]
            if nonzero and base.blocks.of(block).n[0] - len(nonzero) < _LEAST_SLACK:
                hidden.add(by)
    return replace(
        base,
        told=tuple(
            one for one in base.told if one.by not in hidden or base.numbers(one)[0] > 0
        ),
    )


def _outcomes(
    telling: _Axis,
    year: str,
    whole: Mapping[str, frozenset[str]],
    seeds: Seeds,
    candidates: Sequence[Candidate],
) -> tuple[str, _Family | None]:
    """Return the level at which most numbers of outcomes are told, and those."""
    best: tuple[str, _Family | None] = ("", None)
    most = 0
    for level, parts in LEVELS.items():
        if year not in whole[level] or (seeds.level and seeds.level != level):
            continue
        family = telling.family("outcomes", parts, candidates, seeds.outcomes)
        numbers = 0 if family is None else len(family.told) * len(parts)
        if numbers > most:
            best, most = (level, family), numbers
    return best


def _quarters(
    telling: _Axis,
    year: Year,
    whole: Mapping[str, frozenset[str]],
    seeds: Seeds,
    level: str,
    outcomes: _Family | None,
    candidates: Sequence[Candidate],
) -> _Family | None:
    """Return what is told of every quarter: with the outcomes where they are told."""
    node = level or "complaints"
    if any(quarter not in whole[node] for quarter in year.quarters):
        return None
    return telling.family(
        "quarters",
        LEVELS[level] if level else (ALL,),
        outcomes.told if outcomes else candidates,
        seeds.quarters,
        year.pieces,
    )


def _by_quarter(family: _Family, year: Year) -> dict[Row, dict[str, dict[str, int]]]:
    width = len(family.parts)
    found: dict[Row, dict[str, dict[str, int]]] = {}
    for one in family.told:
        numbers = family.numbers(one)
        found[_row(one)] = {
            piece: {
                part.name: numbers[place * width + at]
                for at, part in enumerate(family.parts)
            }
            for place, piece in enumerate(year.pieces)
            if piece != year.name
        }
    return found


def _fewer(base: _Family, candidates: Sequence[Candidate], k: int) -> Iterable[Row]:
    """Yield the untold values that may be called small."""
    told = frozenset(base.told)
    for by in sorted({one.by for one in candidates} & _SAY_FEWER):
        untold = [one for one in candidates if one.by == by and one not in told]
        for block in base.blocks.blocks:
            members = [one for one in untold if one.keys and one.keys <= block]
            named = frozenset(key for one in members for key in one.keys)
            others = [base.blocks.of((key,)) for key in sorted(block - named)]
            counts = [base.blocks.of(one.keys) for one in members]
            if may_say_fewer(counts, k, others=others):
                yield from (
                    _row(one)
                    for one, count in zip(members, counts, strict=True)
                    if count.n[0] < k
                )
