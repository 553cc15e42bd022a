"""What was put right, and what the programme did beside complaints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.remedies import Kind
from app.reports.book import said
from app.reports.document import Column, Row, Said, Section, Table
from app.reports.labels import label
from app.reports.pieces import Desk, bars_of, finished, largest_first, tables
from app.reports.words import M_
from app.statistics.model import Cell, Told

_REMEDIES = M_("What was put right")
_REMEDIES_SAID = M_(
    "Remedies that were done, and how many workers had something of them. One action "
    "may help hundreds: so both are told."
)
_REMEDY = M_("Remedy")
_DONE = M_("Done")
_PEOPLE = M_("Workers who had something of it")
_NO_REMEDIES = M_("No remedy was published of this period.")
_NONE_RECORDED = M_("No remedy was recorded of this period.")
_OF_YEARS = M_("Remedies are told of whole years, and of no quarter.")
YEAR_RUNS = M_(
    "The tables and the remedies of {year} are told when that year has ended; until "
    "then the whole programme is told quarter by quarter."
)
_PAID = M_("Paid to workers by currency")
_AMOUNT = M_("Amount")

_INDICATORS = M_("What the programme did")
_INDICATORS_SAID = M_(
    "Entered by the partners of the programme, each with where it can be looked up; "
    "these are no counts of complaints."
)
_INDICATOR = M_("What")
_NUMBER = M_("Number")
_PERIOD = M_("Period")
_EVIDENCE = M_("Where it can be looked up")
_NO_EVIDENCE = M_("asked of the programme")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of when an indicator tells, both days included, and where it is written."""

    first: str
    last: str
    source: str


def remedies(desk: Desk) -> Section:
    """Tell of remedies by their kind, with those who had something of them."""
    table = _remedies(desk)
    words = desk.say(_REMEDIES_SAID) if table else _why_none(desk)
    return Section(
        "remedies", desk.say(_REMEDIES), (words,), tables(table, _money(desk))
    )


def _why_none(desk: Desk) -> str:
    """Say why there is no remedy: only of a year that is over there is none."""
    period = desk.book.period
    if not desk.book.issue.is_over(period):
        return desk.say(YEAR_RUNS, year=desk.words.period(period[:4]))
    if "-" in period:
        return desk.say(_OF_YEARS)
    return desk.say(_NONE_RECORDED if desk.book.is_all_history else _NO_REMEDIES)


def _remedies(desk: Desk) -> Table | None:
    kept: list[Cell] = []
    rows = []
    for kind in Kind:
        figures = (f"beneficiaries_{kind}", f"remedy_{kind}")
        found = [desk.book.cell(figure) for figure in figures]
        cells = [cell for cell in found if cell]
        if not any(cell.number or cell.told is not Told.EXACT for cell in cells):
            continue
        kept += cells
        named = label("remedy", kind, desk.words)
        rows.append(desk.row(named, figures, figures[0]))
    if not rows:
        return None
    ordered = largest_first(rows)
    return finished(
        desk,
        Table(
            name="remedies",
            title=desk.say(_REMEDIES),
            head=desk.say(_REMEDY),
            columns=(Column(desk.say(_PEOPLE)), Column(desk.say(_DONE))),
            rows=ordered,
            cells=tuple(kept),
        ),
        bars=bars_of(ordered, ("",)),
    )


def _money(desk: Desk) -> Table | None:
    cells = desk.book.by("currency")
    if not cells:
        return None
    rows = tuple(
        Row(
            f"{label('remedy', cell.figure.removeprefix('amount_'), desk.words)}, "
            f"{cell.value}",
            (said(cell, desk.words, desk.threshold),),
            cell.figure,
        )
        for cell in cells
    )
    return Table(
        name="paid",
        title=desk.say(_PAID),
        head=desk.say(_REMEDY),
        columns=(Column(desk.say(_AMOUNT)),),
        rows=rows,
        cells=tuple(cells),
    )


def programme(desk: Desk) -> Section | None:
    """Tell what partners entered, each number with its evidence."""
    known = evidence_of(desk.book.issue.detail)
    cells = entered(desk)
    if not cells:
        return None
    rows = tuple(_row(desk, cell, known.get(_key(cell))) for cell in cells)
    table = Table(
        name="indicators",
        title=desk.say(_INDICATORS),
        head=desk.say(_INDICATOR),
        columns=(
            Column(desk.say(_NUMBER)),
            Column(desk.say(_PERIOD)),
            Column(desk.say(_EVIDENCE), is_long=True),
        ),
        rows=rows,
        cells=tuple(cells),
    )
    return Section(
        "programme", desk.say(_INDICATORS), (desk.say(_INDICATORS_SAID),), (table,)
    )


def entered(desk: Desk) -> list[Cell]:
    """Return the indicators that tell of any day of the period."""
    known = evidence_of(desk.book.issue.detail)
    return [
        cell
        for cell in desk.book.issue.cells
        if cell.figure.startswith("indicator_")
        and _touches(cell, known, desk.book.period)
    ]


def name_of(desk: Desk, cell: Cell) -> str:
    """Return what an indicator counts."""
    return label("indicator", _key(cell)[1], desk.words)


def _row(desk: Desk, cell: Cell, known: Evidence | None) -> Row:
    told = said(cell, desk.words, desk.threshold)
    span = (
        desk.words.span(known.first, known.last)
        if known
        else desk.words.period(cell.period)
    )
    source = known.source if known else desk.say(_NO_EVIDENCE)
    return Row(
        name_of(desk, cell),
        (told, _words(span), _words(source)),
        cell.figure,
    )


def _words(text: str) -> Said:
    return Said(text, is_words=True)


def evidence_of(detail: Mapping[str, Any]) -> dict[tuple[str, str], Evidence]:
    """Return what a release keeps beside its indicators, by period and indicator.

    Of several that were added up: the whole time, and every source once.
    """
    found: dict[tuple[str, str], Evidence] = {}
    for entry in detail.get("indicators", []):
        key = (entry["period"], entry["value"])
        one = Evidence(entry["from"], entry["to"], entry["evidence"])
        held = found.get(key)
        if held:
            sources = dict.fromkeys((*held.source.split("; "), one.source))
            one = Evidence(
                min(held.first, one.first), max(held.last, one.last), "; ".join(sources)
            )
        found[key] = one
    return found


def _touches(
    cell: Cell, known: Mapping[tuple[str, str], Evidence], period: str
) -> bool:
    """Tell whether an indicator tells of any day of a period."""
    first, last = _months(period)
    evidence = known.get(_key(cell))
    if evidence is None:
        since, until = _months(cell.period)
        return since <= last and first <= until
    return evidence.first[:7] <= last and first <= evidence.last[:7]


def _months(period: str) -> tuple[str, str]:
    """Return the first and the last month of a year or a quarter."""
    year, _, quarter = period.partition("-Q")
    if not quarter:
        return f"{year}-01", f"{year}-12"
    return f"{year}-{int(quarter) * 3 - 2:02}", f"{year}-{int(quarter) * 3:02}"


def _key(cell: Cell) -> tuple[str, str]:
    """Return the period and the indicator, after a colon the topic of a training."""
    kind = cell.figure.removeprefix("indicator_")
    return cell.period, f"{kind}:{cell.value}" if cell.value else kind
