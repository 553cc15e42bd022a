"""What was received and how it ended: the whole, over time, and by each thing known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.reports.book import Book, said
from app.reports.document import Bar, Column, Row, Said, Section, Table
from app.reports.labels import DIMENSIONS, label
from app.reports.pieces import (
    Desk,
    bars_of,
    figures_table,
    finished,
    largest_first,
    tables,
)
from app.reports.words import M_
from app.statistics.model import WHOLE, Dimension, Told

MOST_QUARTERS = 12
MOST_ROWS = 25

_TREND = M_("Complaints over time")
_NEUTRAL = M_(
    "More complaints are not bad news: they come where workers know the line and trust "
    "it. Few can mean that nobody dares."
)
_QUARTER = M_("Quarter")
_YEAR = M_("Year")
YEAR_ONLY = M_(
    "Complaints of which only the year is known are counted in the year, and in no "
    "quarter."
)
_BY_YEAR = M_("Complaints by year")
_BY_QUARTER = M_("Complaints by quarter")
_COMPLAINTS = M_("Complaints")
_RESOLVED = M_("Resolved")
_CONFIRMED = M_("Confirmed by the worker")
_DECLARED = M_("Declared only")
_NOT_RESOLVED = M_("Not resolved")
_RATE = M_("Resolved, share")

_OUTCOMES = M_("How the complaints stand")
_COHORT = M_(
    "Every complaint received in the period counts, also those that are still open. "
    "Only what the worker confirmed or the body declared counts as resolved, and the "
    "two are told apart."
)
_OUTCOME_LINES = (
    (_CONFIRMED, "confirmed"),
    (_DECLARED, "declared"),
    (
        M_("Resolved; whether the worker confirmed was not recorded"),
        "confirmation_unrecorded",
    ),
    (_NOT_RESOLVED, "not_resolved"),
    (M_("Open"), "open"),
    (M_("In remediation"), "in_remediation"),
    (M_("Referred to somebody outside"), "referred"),
    (M_("Withdrawn by the worker"), "withdrawn"),
    (M_("Nothing was found to be wrong"), "unfounded"),
    (M_("Closed, the worker could not be reached"), "no_contact"),
)
_CHARTED = (0, 1, 4, 5, 6, 7, 8, 9)  # those that add up to the whole
_RATE_LINES = (
    (_RATE, "resolution_rate"),
    (M_("Confirmed by the worker, share"), "confirmation_rate"),
    (M_("Declared only, share"), "declared_rate"),
)
_RATES = M_("Shares of all complaints received")

_RECEIVED = M_("What reached the line")
_RECEIVED_LINES = (
    (M_("Contacts: calls, texts and forms"), "contacts"),
    (M_("Test calls"), "test_calls"),
    (M_("Cases, joined complaints counted as one"), "cases"),
    (M_("Questions"), "info"),
    (_COMPLAINTS, "complaints"),
    (M_("Complaints joined to another"), "parts"),
    (M_("People affected"), "people_affected"),
    (M_("Logged before Threadline"), "history"),
)
_PLACES = M_("Factories and committees")
COMMITTEES_KNOW = M_("Factories whose committee knows of complaints")
WITH_COMPLAINTS = M_("Sites with complaints")
_PLACE_LINES = (
    (M_("Sites in the programme"), "sites"),
    (COMMITTEES_KNOW, "active_sites"),
    (M_("Silent sites: no complaint in two quarters"), "silent_sites"),
    (M_("Complaints per 1,000 workers and year"), "complaints_per_1000"),
    (M_("Kept from the factory's committees"), "bypassed"),
    (M_("Kept from the factory's committees, share"), "bypassed_share"),
)
# Before Threadline nobody counted these, or there was nothing to count.
ONLY_OURS = frozenset(
    {
        *("contacts", "test_calls", "sites", "silent_sites"),
        *("bypassed", "bypassed_share"),
    }
)
_SILENCE = M_("A silent site is one to visit: trust may be missing, not grievances.")

_COMMITTEE_BASE = M_(
    "Counted here are only complaints that a factory's committee knows of: a factory "
    "must not find the others by taking away its own."
)
_MORE_ROWS = M_("Nothing can be told of the other {n}.")
_SENSITIVE = M_("Sensitive complaints by country")
_SENSITIVE_NOTE = M_(
    "Violence, children, forced labour, reprisals, discrimination, unions, lives in "
    "danger: told only by country and for no smaller part of the programme."
)
_PER_1000 = M_("Complaints per 1,000 workers and year: {what}")
_BASED_ON_COMMITTEES = (
    Dimension.REGION,
    Dimension.KIND,
    Dimension.TIER,
    Dimension.SITE,
)

# The finest level that a table tells, and what its chart is made of.
_LEVELS: Sequence[tuple[tuple[str, str], ...]] = (
    (
        (_CONFIRMED, "confirmed"),
        (_DECLARED, "declared"),
        (_NOT_RESOLVED, "not_resolved"),
    ),
    ((_RESOLVED, "resolved"), (_NOT_RESOLVED, "not_resolved")),
    ((_COMPLAINTS, "complaints"),),
)


# Told of each row as well: in the file of the table, not on the page.
_IN_THE_FILE = ("resolved", "confirmation_rate", "declared_rate")


def over_time(desk: Desk) -> Section:
    """Tell of complaints year by year and quarter by quarter, in one quiet colour."""
    issue = desk.book.issue
    years = [Book(issue, period) for period in reversed(issue.years)]
    quarters = [
        Book(issue, period) for period in reversed(issue.periods) if "-" in period
    ][-MOST_QUARTERS:]
    notes = []
    if any(book.has_history for book in years):
        notes.append(desk.say(YEAR_ONLY))
    return Section(
        "trend",
        desk.say(_TREND),
        (desk.say(_NEUTRAL),),
        tables(
            _timeline(desk, "years", _BY_YEAR, _YEAR, years, ()),
            _timeline(desk, "quarters", _BY_QUARTER, _QUARTER, quarters, notes),
        ),
    )


def _timeline(
    desk: Desk,
    name: str,
    title: str,
    head: str,
    books: list[Book],
    notes: Sequence[str],
) -> Table | None:
    lively = [book for book in books if not book.is_empty]
    if not lively:
        return None
    books = [
        book for book in books[books.index(lively[0]) :] if book.cell("complaints")
    ]
    figures = (("complaints", _COMPLAINTS), ("resolved", _RESOLVED))
    rows = tuple(
        Row(
            desk.words.quarter(book.period),
            tuple(
                said(book.cell(figure), desk.words, desk.threshold)
                for figure, _ in figures
            ),
        )
        for book in books
    )
    return finished(
        desk,
        Table(
            name=name,
            title=desk.say(title),
            head=desk.say(head),
            columns=tuple(Column(desk.say(word), figure) for figure, word in figures),
            rows=rows,
            notes=tuple(notes),
            cells=tuple(
                cell
                for book in books
                for cell in book.cells_of(WHOLE, [figure for figure, _ in figures])
            ),
        ),
        bars=[
            Bar(row.label, desk.say(_COMPLAINTS), row.said[0].number, row.said[0].text)
            for row in rows
        ],
        is_over_time=True,
    )


def outcomes(desk: Desk) -> Section:
    """Tell how the complaints of the period stand."""
    table = figures_table(
        desk, "outcomes", desk.say(_OUTCOMES), _OUTCOME_LINES, is_charted=False
    )
    if table:
        wanted = {_OUTCOME_LINES[index][1] for index in _CHARTED}
        rows = [row for row in table.rows if row.figure in wanted]
        table = finished(desk, table, bars=bars_of(rows, ("",)))
    rates = figures_table(
        desk, "rates", desk.say(_RATES), _RATE_LINES, is_charted=False
    )
    return Section(
        "outcomes", desk.say(_OUTCOMES), (desk.say(_COHORT),), tables(table, rates)
    )


def received(desk: Desk) -> Section:
    """Tell of contacts, cases and complaints, which are three different things."""
    return Section(
        "received",
        desk.say(_RECEIVED),
        (),
        tables(
            figures_table(
                desk,
                "received",
                desk.say(_RECEIVED),
                _ours(desk, _RECEIVED_LINES),
                is_charted=False,
            )
        ),
    )


def places(desk: Desk) -> Section:
    """Tell of the sites: those that are heard from, and the silent ones."""
    lines = _ours(desk, _PLACE_LINES)
    table = figures_table(desk, "places", desk.say(_PLACES), lines, is_charted=False)
    rows = table.rows if table else ()
    is_of_silent = any(row.figure == "silent_sites" for row in rows)
    return Section(
        "places",
        desk.say(_PLACES),
        (desk.say(_SILENCE),) if is_of_silent else (),
        tables(table, *_per_worker(desk)),
    )


def _ours(desk: Desk, lines: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Leave out what only Threadline counts, where it was not there yet."""
    if not desk.book.is_all_history:
        return lines
    return [
        (WITH_COMPLAINTS if label is COMMITTEES_KNOW else label, figure)
        for label, figure in lines
        if figure not in ONLY_OURS
    ]


def _per_worker(desk: Desk) -> Iterator[Table | None]:
    for by in (Dimension.COUNTRY, Dimension.REGION, Dimension.KIND, Dimension.TIER):
        name = "per_1000" if by is Dimension.COUNTRY else f"per-1000-{by}"
        title = desk.say(_PER_1000, what=desk.say(DIMENSIONS[by]))
        notes = [desk.say(_COMMITTEE_BASE)] if by in _BASED_ON_COMMITTEES else []
        yield _one_figure(desk, name, title, "complaints_per_1000", by, notes)


def _one_figure(
    desk: Desk, name: str, title: str, figure: str, by: Dimension, notes: Sequence[str]
) -> Table | None:
    """Return one figure by a thing complaints are told apart by, the largest first."""
    cells = desk.book.cells_of(by, (figure,))
    if not any(cell.value for cell in cells):
        return None
    rows = largest_first(
        Row(
            label(by, cell.value, desk.words),
            (said(cell, desk.words, desk.threshold),),
        )
        for cell in cells
    )
    return finished(
        desk,
        Table(
            name=name,
            title=title,
            head=desk.say(DIMENSIONS[by]),
            columns=(Column(desk.say(_COMPLAINTS), figure),),
            rows=rows,
            notes=tuple(notes),
            cells=cells,
            is_folded=by is not Dimension.COUNTRY,
        ),
        bars=bars_of(rows, ("",)) if by is Dimension.COUNTRY else (),
    )


def by_each(desk: Desk) -> tuple[Section, ...]:
    """Return a section for every dimension that anything was published by."""
    made = [(by, _by(desk, by)) for by in DIMENSIONS]
    sections = [
        Section(f"by-{by}", desk.say(DIMENSIONS[by]), (), tables(table))
        for by, table in made
        if table
    ]
    sensitive = _sensitive(desk)
    if sensitive:
        sections.append(
            Section(
                "sensitive",
                desk.say(_SENSITIVE),
                (desk.say(_SENSITIVE_NOTE),),
                (sensitive,),
            )
        )
    return tuple(sections)


def _sensitive(desk: Desk) -> Table | None:
    figure, by = "sensitive_complaints", Dimension.COUNTRY
    return _one_figure(desk, "sensitive", desk.say(_SENSITIVE), figure, by, ())


def _by(desk: Desk, by: str) -> Table | None:
    values = [v for v in desk.book.values(by) if desk.book.cell("complaints", by, v)]
    if not any(values):
        return None
    level = _level(desk, by)
    columns = [(_COMPLAINTS, "complaints"), *(p for p in level if p[1] != "complaints")]
    if desk.has(("resolution_rate",), by) and len(level) > 1:
        columns.append((_RATE, "resolution_rate"))
    figures = [figure for _, figure in columns]
    rows = largest_first(
        Row(
            label(by, value, desk.words, desk.places),
            tuple(_told_of(desk, figure, by, value) for figure in figures),
        )
        for value in values
    )
    notes = [desk.say(_COMMITTEE_BASE)] if by in _BASED_ON_COMMITTEES else []
    shown = rows
    if by in (Dimension.SITE, Dimension.REGION):
        shown = tuple(row for row in rows if row.said[0].is_told)[:MOST_ROWS]
        if len(shown) < len(rows):
            notes.append(desk.say(_MORE_ROWS, n=len(rows) - len(shown)))
    parts = [desk.say(word) for word, _ in level]
    at = 0 if len(level) == 1 else 1
    return finished(
        desk,
        Table(
            name=f"by-{by}",
            title=desk.say(DIMENSIONS[by]),
            head=desk.say(DIMENSIONS[by]),
            columns=tuple(Column(desk.say(word), figure) for word, figure in columns),
            rows=shown,
            notes=tuple(notes),
            cells=desk.book.cells_of(by, (*figures, *_IN_THE_FILE)),
        ),
        bars=[
            Bar(row.label, part, each.number, each.text)
            for row in shown
            for part, each in zip(parts, row.said[at : at + len(level)], strict=True)
        ],
    )


def _told_of(desk: Desk, figure: str, by: str, value: str) -> Said:
    """Say a part of a row; one that was not published is no more told than its whole.

    Of fewer than so many every part is fewer as well.
    """
    cell = desk.book.cell(figure, by, value)
    whole = desk.book.cell("complaints", by, value)
    if cell is None and whole is not None:
        is_count = figure != "resolution_rate"
        is_few = whole.told is Told.FEWER and is_count
        told = Told.FEWER if is_few else Told.WITHHELD
        cell = replace(whole, figure=figure, number=None, told=told, as_of=None)
    return said(cell, desk.words, desk.threshold)


def _level(desk: Desk, by: str) -> tuple[tuple[str, str], ...]:
    """Return the finest split of which the table tells at least one number."""
    for level in _LEVELS:
        cells = desk.book.cells_of(by, [level[0][1]])
        if any(cell.told is Told.EXACT for cell in cells):
            return level
    return _LEVELS[-1]
