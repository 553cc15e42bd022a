"""The figures in the rooms: what was published for whoever reads, and nothing else."""

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cached_property

from starlette.responses import Response

from app.console.frame import Door, Place, Visit, answer
from app.domain.errors import NotFound
from app.domain.taxonomy import Role
from app.reports import labels
from app.reports.book import Issue, said
from app.reports.document import Document, Table
from app.reports.words import LANGUAGES, Words, words_in
from app.reports.write import document, rule_of
from app.statistics.definitions import FIGURES
from app.statistics.model import Audience, Cell, Dimension, Told
from app.store import mandates, releases
from app.store.engine import Transaction
from app.store.readers.issues import of_period, over_time, places_of
from app.store.releases import for_brand

PAGE = "/room/figures"


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "figures", _figures),
        Place("GET", f"{PAGE}/{{table}}.csv", "figures", _csv),
    )


class Naming:
    """What periods, figures and values are called, in the visitor's language."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    @cached_property
    def words(self) -> Words:
        language = self._visit.language
        return words_in(language if language in LANGUAGES else "en")

    @cached_property
    def places(self) -> Mapping[str, labels.Place]:
        return places_of(self._visit.directory)

    def period(self, period: str) -> str:
        return self.words.quarter(period)

    def figure(self, figure: str) -> str:
        return FIGURES[figure].name if figure in FIGURES else figure

    def value(self, by: str, value: str) -> str:
        """Return what a row is about; of the whole programme a dash."""
        return labels.label(by, value, self.words, self.places) if by else "–"

    def said(self, cell: Cell | None, threshold: int) -> str:
        return said(cell, self.words, threshold).text

    def number(self, number: float) -> str:
        return self.words.number(number)


async def audience_of(tx: Transaction, visit: Visit) -> Audience:
    """Return whose release she reads: the auditors' under a mandate in force.

    That one has the lower threshold. Without a mandate an auditor reads what all do.
    """
    if visit.person.role is not Role.AUDITOR:
        return Audience.PUBLIC
    held = {each.person_id for each in await mandates.in_force(tx, visit.day)}
    return Audience.AUDITOR if visit.person.id in held else Audience.PUBLIC


async def _figures(visit: Visit) -> Response:
    naming = Naming(visit)
    async with visit.store.transaction() as tx:
        found = await _asked(tx, visit)
        if found is None:
            return visit.page("figures.html", issue=None, told=None, own=[], known=[])
        issue, known, period = found
        own = await _own(tx, visit, period)
    return visit.page(
        "figures.html",
        issue=issue,
        told=document(issue, period, naming.words, naming.places),
        own=own,
        naming=naming,
        known=known,
        period=period,
        rule_of=rule_of,
    )


async def _asked(
    tx: Transaction, visit: Visit
) -> tuple[Issue, tuple[str, ...], str] | None:
    """Return the newest release for her, its periods, and the one she asks for."""
    header = await releases.latest(tx, await audience_of(tx, visit))
    if header is None:
        return None
    told = await over_time(tx, header)
    asked = visit.asked("period")
    if asked and asked not in told.periods:
        raise NotFound("There is no such period.")
    period = asked or told.first_to_show()
    if period is None:
        return None
    return await of_period(tx, header, period), told.periods, period


async def _own(tx: Transaction, visit: Visit, period: str) -> list[Cell]:
    """Return what is told of her own: a brand's sites as one, a factory's site."""
    person = visit.person
    if person.role is Role.BRAND:
        return [
            cell
            for slug in person.org
            for cell in await releases.cells(
                tx, audience=for_brand(slug), periods=[period]
            )
        ]
    if person.role.is_factory_side:
        return await releases.cells(
            tx,
            audience=Audience.PUBLIC,
            periods=[period],
            by=[Dimension.SITE],
            values=list(person.org),
        )
    return []


async def _csv(visit: Visit) -> Response:
    """Return one table of the page as a file: codes, and numbers that are told."""
    name = visit.path["table"]
    async with visit.store.transaction() as tx:
        found = await _asked(tx, visit)
    if found is None:
        raise NotFound("Nothing was published yet.")
    issue, _, period = found
    naming = Naming(visit)
    told = document(issue, period, naming.words, naming.places)
    table = _table(told, name)
    return answer(
        visit.request,
        csv_of(table.cells, issue),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{period}.csv"',
        },
    )


def _table(told: Document, name: str) -> Table:
    found = next((table for table in told.tables if table.name == name), None)
    if found is None:
        raise NotFound("There is no such table.")
    return found


def csv_of(cells: Sequence[Cell], issue: Issue) -> str:
    """Return the cells as rows, each with its release and the threshold of that."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(
        (
            *("release", "period", "by", "value", "figure", "number", "told"),
            *("threshold", "as_of", "has_history"),
        )
    )
    for cell in cells:
        number = cell.number if cell.told is Told.EXACT else None
        writer.writerow(
            (
                issue.number,
                cell.period,
                cell.by,
                cell.value,
                cell.figure,
                "" if number is None else f"{number:.12g}",
                cell.told.value,
                issue.threshold,
                (cell.as_of or issue.as_of).isoformat(),
                "yes" if cell.has_history else "no",
            )
        )
    return lines.getvalue()
