"""The whole programme, quarter by quarter and by year: which numbers are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.statistics.cohorts import Part, Year, counted, measured
from app.statistics.measures import (
    NOT_RESOLVED,
    PARTITIONS,
    RESOLVED_OUTCOMES,
    RUNGS,
)
from app.statistics.suppression import Blocks, Counted, is_tellable, total

ALL = "complaints"


@dataclass(frozen=True, slots=True)
class Node:
    """One number and the parts it is cut into, told together or not at all."""

    name: str
    parts: tuple[Part, ...]
    under: str = ""  # the node without which this one is not told


def _resolved() -> Part:
    return measured("resolved", *RESOLVED_OUTCOMES)


def _not_resolved() -> Part:
    return measured("not_resolved", *NOT_RESOLVED)


def _nodes() -> Iterator[Node]:
    yield Node(ALL, (measured(ALL),))
    yield Node(
        "affected",
        (measured("people_affected", "affected"), Part("", ("affected",), (ALL,))),
        under=ALL,
    )
    yield Node("merged", (measured("cases"), measured("parts")), under=ALL)
    yield Node("info", (measured("info"),), under=ALL)
    yield Node("resolved", (_resolved(), _not_resolved()), under=ALL)
    yield Node(
        "declared",
        tuple(measured(name) for name in RESOLVED_OUTCOMES),
        under="resolved",
    )
    yield Node("ends", tuple(measured(name) for name in NOT_RESOLVED), under="resolved")
    above = {"complaints": ALL, "declared": "declared"}
    left_out = {"outcome", "merged", "bypassed"}
    asked = {"brand_asked": "brand", "reprisal_asked": "asked"}
    for name, (whole, parts) in PARTITIONS.items():
        if name not in left_out:
            named = tuple(measured(_ID.get(part, part), part) for part in parts)
            rest = Part("", (whole,), parts)
            yield Node(name, (*named, rest), under={**above, **asked}[whole])


# The measures whose figures have names of their own.
_ID: Mapping[str, str] = {
    **{name: f"escalated_{name.removeprefix('rung_')}" for name in RUNGS},
    "brand_asked": "escalated_brand",
    "unrecorded": "confirmation_unrecorded",
}

NODES: tuple[Node, ...] = tuple(_nodes())


@dataclass(frozen=True, slots=True)
class Split:
    """A node of one year: its numbers in each period, and where they are told."""

    node: Node
    numbers: Mapping[str, Counted]  # by period; that of the year is its name
    told: frozenset[str]
    alone: frozenset[int] = frozenset()  # parts of the year told where not all are


def tell_whole(year: Year, k: int, seeds: Mapping[str, frozenset[str]]) -> list[Split]:
    """Return every node of the year, with the periods in which it may be told.

    `seeds`: by node the periods in which it was told before: these come first.
    """
    done: dict[str, Split] = {}
    for node in NODES:
        within = done[node.under].told if node.under else frozenset(_periods(year))
        before = seeds.get(node.name, frozenset())
        done[node.name] = _tell(year, node, k, within, before)
    return list(done.values())


def _periods(year: Year) -> tuple[str, ...]:
    return (*year.quarters, year.name) if year.is_closed else year.quarters


def _tell(
    year: Year, node: Node, k: int, within: frozenset[str], seeds: frozenset[str]
) -> Split:
    width = len(node.parts)
    pieces = {
        piece: counted(
            (row for row in year.table("") if row.quarter == piece),
            [(piece, part) for part in node.parts],
            year.wide,
        )
        for piece in year.pieces
    }
    everything = total(pieces.values(), width)
    numbers = {**pieces, year.name: everything} if year.is_closed else pieces
    quarters = [quarter for quarter in year.quarters if quarter in within]
    if year.is_closed and year.name in within:
        told = _with_year(year, pieces, quarters, k, seeds)
    else:
        told = _one_by_one(year, pieces, frozenset(quarters), k, seeds)
    alone: frozenset[int] = frozenset()
    if node.name == "ends" and year.name in within - told:
        rest = everything - total((pieces[quarter] for quarter in told), width)
        alone = _parts_alone(everything, rest, k)
    return Split(node, numbers, told, alone)


def tell_pieces(
    year: Year, pieces: Mapping[str, Counted], k: int, before: frozenset[str]
) -> frozenset[str]:
    """Return the periods of which these numbers may be told, the year among them."""
    if year.is_closed:
        return _with_year(year, pieces, year.quarters, k, before)
    return _one_by_one(year, pieces, frozenset(year.quarters), k, before)


def _with_year(
    year: Year,
    pieces: Mapping[str, Counted],
    quarters: Sequence[str],
    k: int,
    seeds: frozenset[str],
) -> frozenset[str]:
    """Return the year and the quarters that may be told beside it.

    Where the quarters that were told before do not leave enough for it, they are
    told and it is not.
    """
    width = len(next(iter(pieces.values())).n)
    blocks: Blocks[str] = Blocks(pieces, k, width=width)
    before = [quarter for quarter in quarters if quarter in seeds]
    if not blocks.is_open or not all(blocks.tell(frozenset({q})) for q in before):
        return _one_by_one(year, pieces, frozenset(quarters), k, seeds)
    rest = sorted(
        (quarter for quarter in quarters if quarter not in seeds),
        key=lambda quarter: (-pieces[quarter].n[0], quarter),
    )
    told = [quarter for quarter in rest if blocks.tell(frozenset({quarter}))]
    return frozenset({year.name, *before, *told})


def _one_by_one(
    year: Year,
    pieces: Mapping[str, Counted],
    within: frozenset[str],
    k: int,
    seeds: frozenset[str],
) -> frozenset[str]:
    """Return the quarters that are told as they close, before the year does.

    What is not told waits, and no quarter is told after it until what waits is
    enough: else the year could never be told.
    """
    told: set[str] = set()
    width = len(next(iter(pieces.values())).n) if pieces else 0
    waiting = total((), width)
    for quarter in year.quarters:
        if quarter not in within:
            continue
        number = pieces[quarter]
        may = is_tellable(number, k) and is_tellable(waiting, k)
        if is_tellable(number, k) and (may or quarter in seeds):
            told.add(quarter)
        else:
            waiting += number
    return frozenset(told)


def _parts_alone(everything: Counted, rest: Counted, k: int) -> frozenset[int]:
    """Return the parts of a year that may be told where not each of them may.

    `rest`: what the quarters that are told leave of it.
    """
    items = {
        place: Counted(
            (everything.n[place], rest.n[place]),
            {
                site: (own[place], rest.by_site[site][place])
                for site, own in everything.by_site.items()
            },
        )
        for place in range(len(everything.n))
    }
    blocks: Blocks[int] = Blocks(items, k, width=2)
    order = sorted(items, key=lambda place: (-items[place].n[0], place))
    return frozenset(p for p in order if blocks.tell(frozenset({p})))
