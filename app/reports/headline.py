"""The sentence that the page begins with, made of what is told and nothing else."""

from app.reports.book import Book
from app.reports.words import M_, Words
from app.statistics.model import Cell, Dimension, Told

_FIGURES = (
    *("complaints", "resolved", "confirmed", "declared"),
    *("confirmation_unrecorded", "active_sites", "resolve_hours_median"),
)

_RESOLVED_IN = M_(
    "{resolved} of {complaints} complaints received in {factories} in {period} "
    "resolved: {how}."
)
_RESOLVED = M_(
    "{resolved} of {complaints} complaints received in {period} resolved: {how}."
)
_NONE_RESOLVED = M_(
    "{complaints} complaints were received in {period}, and none of them is resolved "
    "yet."
)
_FEW_RESOLVED = M_(
    "{complaints} complaints were received in {period}; fewer than {threshold} of "
    "them are resolved."
)
_UNTOLD_RESOLVED = M_(
    "{complaints} complaints were received in {period}; how many are resolved is not "
    "told, so that nobody can be found."
)
_UNRECORDED_RESOLVED = M_(
    "{complaints} complaints were received in {period}; how many were resolved was "
    "not recorded."
)
_NO_COMPLAINT = M_("No complaint was received in {period}.")
_FEW = M_(
    "Fewer than {threshold} complaints were received in {period}; no more is told of "
    "them, so that nobody can be found."
)
_UNTOLD = M_(
    "How many complaints were received in {period} is not told, so that nobody can be "
    "found."
)
_UNRECORDED = M_("How many complaints were received in {period} was not recorded.")
_NOTHING = M_("Nothing was published of complaints received in {period}.")

_CONFIRMED = M_("{n} confirmed by workers")
_CONFIRMED_FEW = M_("fewer than {threshold} confirmed by workers")
_DECLARED = M_("{n} declared only")
_DECLARED_FEW = M_("fewer than {threshold} declared only")
_SPLIT_UNTOLD = M_(
    "how many workers confirmed it is not told, so that nobody can be found"
)
_SPLIT_UNRECORDED = M_("whether the workers confirmed it was not recorded")
_SPLIT_PARTLY = M_("of {n} it was not recorded whether the worker confirmed")
_MEDIAN = M_("median {time}")
_MEDIAN_UNRECORDED = M_("the time it took was not recorded")
_MEDIAN_UNTOLD = M_("the time it took is not told, so that nobody can be found")


def headline(book: Book, words: Words) -> str:
    """Say how many complaints were received, resolved, confirmed, and how fast.

    Every number in it is a told cell, the period or the threshold.
    """
    period = words.period(book.period)
    threshold = book.issue.threshold
    complaints = book.cell("complaints")
    if complaints is None or complaints.told is Told.NONE:
        return words.say(_NOTHING, period=period)
    if complaints.told is Told.FEWER:
        return words.say(_FEW, period=period, threshold=threshold)
    if complaints.told is Told.UNRECORDED:
        return words.say(_UNRECORDED, period=period)
    number = book.number("complaints")
    if number is None:
        return words.say(_UNTOLD, period=period)
    if number == 0:
        return words.say(_NO_COMPLAINT, period=period)
    return _of_resolved(book, words, number, period)


def figures_of(book: Book) -> tuple[str, ...]:
    """Return the figures that the sentence may be made of."""
    found = (figure for figure in _FIGURES if book.cell(figure))
    return tuple(
        each for each in found if each != "active_sites" or _knows_every_site(book)
    )


def _of_resolved(book: Book, words: Words, complaints: float, period: str) -> str:
    resolved = book.cell("resolved")
    number = book.number("resolved")
    if number:
        return _with_places(book, words, complaints, number, period)
    if number == 0:
        return words.say(_NONE_RESOLVED, complaints=complaints, period=period)
    told = resolved.told if resolved else Told.WITHHELD
    if told is Told.FEWER:
        return words.say(
            _FEW_RESOLVED,
            complaints=complaints,
            period=period,
            threshold=book.issue.threshold,
        )
    message = _UNRECORDED_RESOLVED if told is Told.UNRECORDED else _UNTOLD_RESOLVED
    return words.say(message, complaints=complaints, period=period)


def _with_places(
    book: Book, words: Words, complaints: float, resolved: float, period: str
) -> str:
    how = "; ".join((*_split(book, words), *_time(book, words)))
    sites = book.number("active_sites")
    if not sites or not _knows_every_site(book):
        return words.say(
            _RESOLVED, resolved=resolved, complaints=complaints, period=period, how=how
        )
    return words.say(
        _RESOLVED_IN,
        resolved=resolved,
        complaints=complaints,
        factories=words.count("{n} factory", "{n} factories", sites),
        period=period,
        how=how,
    )


def _knows_every_site(book: Book) -> bool:
    """Tell whether no complaint is of a site that is not counted.

    Sites are counted by what their committees know: neither what was kept from
    them nor a sensitive complaint makes a site one of them.
    """
    sensitive = [
        cell
        for cell in book.cells_of(Dimension.COUNTRY, ("sensitive_complaints",))
        if cell.told is not Told.UNRECORDED
    ]
    if any(cell.told is not Told.EXACT or cell.number for cell in sensitive):
        return False
    return book.is_all_history or (bool(sensitive) and book.number("bypassed") == 0)


def _split(book: Book, words: Words) -> tuple[str, ...]:
    """Say who says that they are resolved, and of how many nobody wrote it down."""
    declared = book.number("declared")
    unrecorded = book.number("confirmation_unrecorded")
    is_all = book.number("resolved") == unrecorded
    told = {cell.told for cell in _both(book)}
    if (unrecorded and is_all) or told == {Told.UNRECORDED}:
        return (words.say(_SPLIT_UNRECORDED),)
    parts = tuple(
        _part(book.cell(figure), words, book.issue.threshold, exact, few)
        for figure, exact, few in (
            ("confirmed", _CONFIRMED, _CONFIRMED_FEW),
            ("declared", _DECLARED, _DECLARED_FEW),
        )
    )
    spoken = tuple(part for part in parts if part)
    if not spoken:
        return (words.say(_SPLIT_UNTOLD),)
    if unrecorded and declared is not None:
        return (*spoken, words.say(_SPLIT_PARTLY, n=unrecorded))
    return spoken


def _both(book: Book) -> list[Cell]:
    found = (book.cell("confirmed"), book.cell("declared"))
    return [cell for cell in found if cell]


def _part(cell: Cell | None, words: Words, threshold: int, exact: str, few: str) -> str:
    if cell is None:
        return ""
    if cell.told is Told.EXACT and cell.number is not None:
        return words.say(exact, n=cell.number)
    return words.say(few, threshold=threshold) if cell.told is Told.FEWER else ""


def _time(book: Book, words: Words) -> tuple[str, ...]:
    cell = book.cell("resolve_hours_median")
    if cell is None or cell.told is Told.NONE:
        return ()
    if cell.told is Told.EXACT and cell.number is not None:
        return (words.say(_MEDIAN, time=words.days(cell.number)),)
    is_unrecorded = cell.told is Told.UNRECORDED
    return (words.say(_MEDIAN_UNRECORDED if is_unrecorded else _MEDIAN_UNTOLD),)
