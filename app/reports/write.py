"""The results of a period in one language, from its cells to the last sentence."""

from collections.abc import Mapping

from app.reports.book import Book, Issue
from app.reports.document import Document, Fact, Section
from app.reports.headline import figures_of, headline
from app.reports.kept import afterwards, climbing, on_time
from app.reports.labels import Place
from app.reports.measured_by import others, scorecard
from app.reports.pieces import Desk
from app.reports.received import (
    YEAR_ONLY,
    by_each,
    outcomes,
    over_time,
    places,
    received,
)
from app.reports.remedied import YEAR_RUNS, programme, remedies
from app.reports.words import M_, Words
from app.statistics.definitions import FIGURES
from app.statistics.model import Dimension, Told

ADDRESS = "/results/definitions"
TITLE = M_("Results of the workers' helpline")
_TITLE_OF = M_("Results of the workers' helpline, {period}")
_OF_HISTORY = M_(
    "These figures include complaints that were logged before Threadline, on paper or "
    "in lists, and taken over as they were written down."
)
_GAPS = M_("What the original records do not say")
_GAPS_SAID = M_(
    "Of these nothing was written down at the time, and nothing is guessed:"
)
_GAPS_LIST = (
    (M_("whether the worker confirmed that it was solved"), "confirmation_unrecorded"),
    (M_("how long it took until resolved"), "resolve_hours_median"),
    (M_("whether promises were kept in time"), "resolve_on_time_share"),
    (M_("whether it was escalated, and to whom"), "escalated_brand"),
    (M_("whether it was opened again"), "reopened"),
    (M_("whether anybody made the worker pay for it"), "reprisal_asked"),
    (M_("how often the clocks were paused"), "paused"),
)
_GAP_DAY = M_("on which day of the year it was received")
_GAP_TABLES = (
    (M_("what it was about"), Dimension.CATEGORY),
    (M_("how grave it was"), Dimension.SEVERITY),
    (M_("in which country it was"), Dimension.COUNTRY),
    (M_("by which way and in which language it came"), Dimension.CHANNEL),
    (M_("who filed it"), Dimension.FILER),
)
_GAP_MEANING = M_('what exactly was meant by "resolved"')

_PERIOD = M_("Period")
_PERIOD_SAID = M_(
    "Period shown: {period}. A complaint belongs to the period in which it was "
    "received, by the date at its factory; how it stands is told as of {day}."
)
_DEFINITIONS = M_("Definitions")
_DEFINITIONS_SAID = M_(
    "Version {version}. The exact wording of every figure stands on a page of its own, "
    "in English: {address}"
)
_SUPPRESSION = M_("What is not told")
_SUPPRESSION_SAID = M_(
    "No number from 1 to {most} of complaints is told, and none from which one could "
    'be reckoned: there it says "fewer than {threshold}" or "not told". Sites with '
    "fewer than 50 workers are never told of. The quarter that is still running is "
    "never told."
)
_ZONE = M_("Time zone")
_ZONE_SAID = M_(
    "Days are those of the factory's own time zone; the time of the release is in UTC."
)
_RELEASE = M_("Release")
_RELEASE_SAID = M_("Number {number} of {day}")
_DIGEST = M_("SHA-256 of all its figures")
_HISTORY = M_("Before Threadline")
_NO_HISTORY = M_("No complaints from before Threadline are counted here.")


def document(
    issue: Issue, period: str, words: Words, places_known: Mapping[str, Place]
) -> Document:
    """Write the results of one period; everything in it follows from the cells."""
    desk = Desk(Book(issue, period), words, places_known)
    name = words.period(period)
    said = [headline(desk.book, words)]
    if desk.book.may_miss_some:
        said.append(words.say(YEAR_ONLY))
    if desk.book.has_history:
        said.append(words.say(_OF_HISTORY))
    if not issue.is_over(period):
        said.append(words.say(YEAR_RUNS, year=words.period(period[:4])))
    return Document(
        language=words.language,
        period=period,
        period_name=name,
        title=words.say(_TITLE_OF, period=name),
        headline=tuple(said),
        sections=tuple(section for section in _sections(desk) if section),
        method=_method(desk, name),
        headline_figures=figures_of(desk.book),
    )


def _sections(desk: Desk) -> tuple[Section | None, ...]:
    made = (
        outcomes(desk),
        _gaps(desk),
        over_time(desk),
        places(desk),
        remedies(desk),
        programme(desk),
        received(desk),
        on_time(desk),
        climbing(desk),
        afterwards(desk),
        *by_each(desk),
    )
    kept = (section for section in made if section and _says_anything(section))
    return (*kept, scorecard(desk), others(desk))


def _says_anything(section: Section) -> bool:
    cells = [cell for table in section.tables for cell in table.cells]
    is_spoken = any(cell.told is not Told.UNRECORDED for cell in cells)
    return is_spoken or section.id in ("remedies", "gaps")


def _gaps(desk: Desk) -> Section | None:
    """Name plainly what nobody wrote down, where history is in the figures."""
    if not desk.book.has_history:
        return None
    missing = [
        desk.say(message) for message, figure in _GAPS_LIST if _is_gap(desk, figure)
    ]
    if desk.book.has_only_years:
        missing.append(desk.say(_GAP_DAY))
    missing += [
        desk.say(message)
        for message, by in _GAP_TABLES
        if desk.book.cell("complaints", by, "")
    ]
    if not missing:
        return None
    missing.append(desk.say(_GAP_MEANING))
    return Section(
        "gaps", desk.say(_GAPS), (f"{desk.say(_GAPS_SAID)} {'; '.join(missing)}.",)
    )


def _is_gap(desk: Desk, figure: str) -> bool:
    cell = desk.book.cell(figure)
    if cell is None:
        return False
    if figure == "confirmation_unrecorded":
        return bool(cell.number)
    return cell.told is Told.UNRECORDED


def _method(desk: Desk, period: str) -> tuple[Fact, ...]:
    issue = desk.book.issue
    day = desk.words.day(issue.as_of)
    history = _OF_HISTORY if desk.book.has_history else _NO_HISTORY
    facts = (
        (_PERIOD, desk.say(_PERIOD_SAID, period=period, day=day)),
        (_DEFINITIONS, _defined(desk)),
        (
            _SUPPRESSION,
            desk.say(
                _SUPPRESSION_SAID,
                most=issue.threshold - 1,
                threshold=issue.threshold,
            ),
        ),
        (_HISTORY, desk.say(history)),
        (_ZONE, desk.say(_ZONE_SAID)),
        (_RELEASE, desk.say(_RELEASE_SAID, number=issue.number, day=day)),
        (_DIGEST, issue.sha256),
    )
    return tuple(Fact(desk.say(label), text) for label, text in facts)


def _defined(desk: Desk) -> str:
    version = desk.book.issue.definitions
    return desk.say(_DEFINITIONS_SAID, version=version, address=ADDRESS)


def rule_of(figure: str) -> str:
    """Return the exact rule of a figure, in English."""
    return FIGURES[figure].rule if figure in FIGURES else ""
