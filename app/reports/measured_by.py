"""The eight criteria of UN Guiding Principle 31, and the numbers of others."""

from collections.abc import Mapping, Sequence

from app.domain.indicators import IndicatorKind
from app.domain.remedies import Kind
from app.reports.book import said
from app.reports.document import Column, Row, Said, Section, Table
from app.reports.labels import REMEDIES
from app.reports.pieces import Desk
from app.reports.received import ONLY_OURS
from app.reports.remedied import entered, name_of
from app.reports.words import M_
from app.statistics.model import Cell, Told

_UNGP = M_("Measured by the UN Guiding Principles")
_UNGP_SAID = M_(
    "Principle 31 asks eight things of a grievance mechanism. Beside each stand the "
    "figures that speak of it; where there is none, that is said."
)
_CRITERION = M_("Criterion")
_SPEAKS = M_("What speaks of it")
_NOT_MEASURED = M_("not measured")

# Each criterion with the figures that speak of it.
_CRITERIA: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "legitimate",
        M_("Legitimate: those it is for trust it"),
        (
            (M_("Kept from the factory's committees: {n}"), "bypassed_share"),
            (M_("Reprisals in 100 asked: {n}"), "reprisals_per_100"),
        ),
    ),
    (
        "accessible",
        M_("Accessible: known to all, with help against barriers"),
        (
            (M_("Contacts: {n}"), "contacts"),
            (M_("Complaints per 1,000 workers and year: {n}"), "complaints_per_1000"),
            (M_("Factories whose committee knows of complaints: {n}"), "active_sites"),
            (M_("Silent sites: {n}"), "silent_sites"),
        ),
    ),
    (
        "predictable",
        M_("Predictable: every step has its time"),
        (
            (M_("Acknowledged in time: {n}"), "acknowledge_on_time_share"),
            (M_("First action in time: {n}"), "first_action_on_time_share"),
            (M_("Resolved in time: {n}"), "resolve_on_time_share"),
            (M_("Nine in ten resolved within {n}"), "resolve_hours_p90"),
        ),
    ),
    ("equitable", M_("Equitable: advice and information for both sides"), ()),
    (
        "transparent",
        M_("Transparent: the complainant and the public are told"),
        ((M_("Asked about reprisals after the end: {n}"), "reprisal_asked"),),
    ),
    (
        "compatible",
        M_("Compatible with rights: the remedy is one for the worker"),
        (
            (M_("Resolved and confirmed by the worker: {n}"), "confirmation_rate"),
            (M_("Resolved, declared only: {n}"), "declared_rate"),
            (M_("Opened again: {n}"), "reopened_share"),
        ),
    ),
    ("learning", M_("A source of learning: causes are found and changed"), ()),
    ("dialogue", M_("Based on dialogue: workers are asked about its design"), ()),
)

# Where no number follows, what is said in its place stands after a colon.
_UNTOLD: Mapping[str, str] = {
    "resolve_hours_p90": M_("Nine in ten resolved within: {why}"),
}

# What was put right for whom, and what partners entered: where there is any.
_REMEDIES: Mapping[str, Sequence[tuple[str, str]]] = {
    "compatible": tuple((REMEDIES[kind], kind) for kind in Kind),
    "learning": tuple(
        (REMEDIES[kind], kind) for kind in (Kind.TRAINING, Kind.POLICY_CHANGE)
    ),
}
_INDICATORS: Mapping[str, Sequence[str]] = {
    "learning": tuple(
        f"indicator_{kind}"
        for kind in (IndicatorKind.WORKERS_TRAINED, IndicatorKind.CHILDREN_TRAINED)
    ),
    "dialogue": (f"indicator_{IndicatorKind.COMMITTEES_SET_UP}",),
}
_NOT_OF_HISTORY = ONLY_OURS | {"active_sites"}

_OTHERS = M_("What others publish")
_OTHERS_SAID = M_(
    "For context only: each of them counts in its own way, and none of these numbers "
    "can be compared with ours one to one."
)
_MECHANISM = M_("Mechanism")
_TOLD = M_("What it published")
_SOURCE = M_("Source")
_BENCHMARKS = (
    (
        "Amader Kotha, Bangladesh",
        M_("more than {share} % of the issues resolved, December 2014 to June 2018"),
        {"share": 80},
        "rmgbd.net, July 2018",
    ),
    (
        "Dindigul Agreement, Tamil Nadu",
        M_("{share} % of {n} grievances resolved, about {fast} % within a week, 2022"),
        {"share": 98, "n": 185, "fast": 90},
        "asia.floorwage.org, year 1 report",
    ),
    (
        "DIFE helpline, Bangladesh",
        M_("about {share} % of {n} complaints resolved"),
        {"share": 19, "n": 2387},
        "apparelresources.com",
    ),
)


def scorecard(desk: Desk) -> Section:
    """Put the figures beside the criteria; what has none is said not to be measured."""
    found = {name: _parts(desk, name, figures) for name, _, figures in _CRITERIA}
    rows = tuple(
        Row(desk.say(title), (_spoken(desk, [said for said, _ in found[name]]),))
        for name, title, _ in _CRITERIA
    )
    table = Table(
        name="ungp",
        title=desk.say(_UNGP),
        head=desk.say(_CRITERION),
        columns=(Column(desk.say(_SPEAKS)),),
        rows=rows,
        cells=tuple(
            dict.fromkeys(cell for parts in found.values() for _, cell in parts)
        ),
    )
    return Section("ungp", desk.say(_UNGP), (desk.say(_UNGP_SAID),), (table,))


def _parts(
    desk: Desk, name: str, figures: tuple[tuple[str, str], ...]
) -> list[tuple[Said, Cell]]:
    """Return what speaks of a criterion, each figure with its cell."""
    found = []
    for message, figure in figures:
        cell = desk.book.cell(figure)
        if cell is None or (desk.book.is_all_history and figure in _NOT_OF_HISTORY):
            continue
        told = desk.said(figure)
        text = (
            desk.say(_UNTOLD[figure], why=told.text)
            if told.number is None and figure in _UNTOLD
            else desk.say(message, n=told.text)
        )
        found.append((Said(text, is_words=True, figure=figure), cell))
    for message, kind in _REMEDIES.get(name, ()):
        cell = desk.book.cell(f"beneficiaries_{kind}")
        if cell and cell.told is Told.EXACT and cell.number:
            text = f"{desk.say(message)}: {desk.said(cell.figure).text}"
            found.append((Said(text, is_words=True, figure=cell.figure), cell))
    for cell in entered(desk):
        if cell.figure in _INDICATORS.get(name, ()):
            entry = said(cell, desk.words, desk.threshold)
            text = f"{name_of(desk, cell)}: {entry.text}"
            found.append((Said(text, is_words=True, figure=cell.figure), cell))
    return found


def _spoken(desk: Desk, parts: Sequence[Said]) -> Said:
    text = "; ".join(part.text for part in parts) or desk.say(_NOT_MEASURED)
    return Said(text, is_words=True, parts=tuple(parts))


def others(desk: Desk) -> Section:
    """Name what other mechanisms published, each with its source."""
    table = Table(
        name="others",
        title=desk.say(_OTHERS),
        head=desk.say(_MECHANISM),
        columns=(Column(desk.say(_TOLD)), Column(desk.say(_SOURCE), is_long=True)),
        rows=tuple(
            Row(name, (_words(desk.say(message, **numbers)), _words(source)))
            for name, message, numbers, source in _BENCHMARKS
        ),
    )
    return Section("others", desk.say(_OTHERS), (desk.say(_OTHERS_SAID),), (table,))


def _words(text: str) -> Said:
    return Said(text, is_words=True)
