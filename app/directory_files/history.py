"""history.csv: complaints that were logged before Threadline, on paper or in sheets.

A blank cell says that nobody wrote it down, and stays so: of the outcome, the
place, the kind and the day nothing is guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.directory_files.countries import COUNTRIES
from app.directory_files.problems import Problem, shown
from app.directory_files.record import Known, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.table import Columns, read_rows
from app.domain.directory import Directory
from app.domain.errors import BadInput
from app.domain.remedies import Finished, Kind, finished, need_paid
from app.domain.taxonomy import LANGUAGES, Category, Route, Severity

COLUMNS = Columns(
    needed=("ref", "received", "site", "country", "category", "outcome"),
    optional=(
        *("source", "former_site", "severity", "route", "channel", "language"),
        *("filer", "confirmed", "resolved_on", "escalated_to", "affected"),
        *("remedy_kind", "beneficiaries", "amount", "currency"),
    ),
)
CHANNELS = ("paper", "spreadsheet", "phone", "letter", "visit", "box", "other")
FILERS = ("worker", "relative", "friend", "union", "ngo", "partner", "other")
# How a complaint stood in the end; `resolved` where the word alone was written.
RESOLVED = "resolved"
OUTCOMES = (
    *(RESOLVED, "confirmed", "declared", "in_remediation", "referred", "withdrawn"),
    *("unfounded", "no_contact", "open"),
)
SOLVED = frozenset({RESOLVED, "confirmed", "declared"})
# A row that was a mistake: what an earlier file said of it counts no more.
STRUCK = "struck"
RUNGS = {"head": "factory_head", "brand": "brand"}
FORMER = "~"  # no code of a site begins so

_EXACT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile("([0-9]{4})-([0-9]{2})")
_QUARTER = re.compile("([0-9]{4})-Q([1-4])")
_YEAR = re.compile("[0-9]{4}")
_YEARS = range(1970, 2200)  # others are slips of the hand
_LONGEST = 80
_TWO_SITES = "write one of site and former_site, and leave the other blank"


@dataclass(frozen=True, slots=True)
class When:
    """When a complaint came, as far as it was written down."""

    day: date  # the first one that it may be
    is_exact: bool = False
    is_of_year: bool = False  # no more than the year is known


@dataclass(frozen=True, slots=True)
class Remedied:
    """What was put right, as somebody wrote it down."""

    kind: Kind
    beneficiaries: int | None
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Logged:
    """One complaint as it was logged; blank: nobody recorded it."""

    row: int
    source: str
    ref: str
    when: When
    site: str  # a code; a site that is none of the programme's begins with `FORMER`
    country: str
    category: str
    severity: str
    route: str
    channel: str
    language: str
    filer: str
    outcome: str  # one of `OUTCOMES`, or `STRUCK`
    confirmed: bool | None
    resolved_on: date | None
    rung: str
    affected: int
    remedy: Remedied | None


def read_history(content: bytes, known: Known, *, source: str = "") -> list[Logged]:
    """Read the file; `source` names it where its rows do not say where they are from.

    Raise `ImportRefused` with every problem of every row.
    """
    found: list[Problem] = []
    rows = read_rows(content, COLUMNS, found=found)
    logged = [_logged(row, known, source) for row in rows]
    refuse_repeats(
        (
            (row, (one.source, one.ref) if one.ref else "")
            for row, one in zip(rows, logged, strict=True)
        ),
        "ref",
    )
    refuse_problems(rows, found)
    return logged


def _logged(row: Row, known: Known, source: str) -> Logged:
    site, country = _place(row, known.directory)
    category = _choice(row, "category", Category, upper=True)
    when = _when(row, known.today)
    outcome = row.choice("outcome", (*OUTCOMES, STRUCK))
    return Logged(
        row=row.number,
        source=_short(row, "source") or source,
        ref=_short(row, "ref", is_needed=True),
        when=when or When(known.today),
        site=site,
        country=country,
        category=category,
        severity=_severity(row, known, category),
        route=_choice(row, "route", Route) or Route.COMMITTEE.value,
        channel=_choice(row, "channel", CHANNELS),
        language=_choice(row, "language", LANGUAGES),
        filer=_choice(row, "filer", FILERS),
        outcome=outcome,
        confirmed=_confirmed(row, outcome),
        resolved_on=_resolved_on(row, when, outcome, known.today),
        rung=RUNGS.get(_choice(row, "escalated_to", RUNGS), ""),
        affected=row.whole("affected", at_least=1) or 1,
        remedy=_remedy(row),
    )


def _short(row: Row, column: str, *, is_needed: bool = False) -> str:
    value = row.needed(column) if is_needed else row.text(column)
    if len(value) > _LONGEST:
        row.wrong(column, f"write at most {_LONGEST} characters")
    return value


def _choice(row: Row, column: str, words: Iterable[str], *, upper: bool = False) -> str:
    """Return one of `words`, or blank: nobody recorded it."""
    value = row.text(column)
    if not value:
        return ""
    value = value.upper() if upper else value.lower()
    allowed = [str(word) for word in words]
    if value not in allowed:
        row.wrong(column, f"write one of: {', '.join(allowed)}; or leave it blank")
        return ""
    return value


def _place(row: Row, directory: Directory) -> tuple[str, str]:
    """Return the site and its country, each blank where nobody recorded it."""
    text, former = row.text("site"), _short(row, "former_site")
    country = row.text("country").upper()
    if country and country not in COUNTRIES:
        row.wrong("country", "write the country's two letters (ISO 3166-1), as BD")
        country = ""
    if text and former:
        row.wrong("former_site", _TWO_SITES)
    if former:
        return f"{FORMER}{former}", country
    if not text:
        return "", country
    codes = [
        code for code, site in directory.sites.items() if text in (code, site.os_id)
    ]
    if len(codes) != 1:
        row.wrong(
            "site",
            f"{shown(text)} is no site of the programme: write its code or OS ID, or"
            " its name as former_site",
        )
        return "", country
    own = directory.sites[codes[0]].country
    if country and country != own:
        row.wrong("country", f"the site is in {own}: write that, or leave it blank")
    return codes[0], own


def _severity(row: Row, known: Known, category: str) -> str:
    """Return the severity; where only the category is known, the policy's first."""
    value = _choice(row, "severity", Severity, upper=True)
    if value or not category:
        return value
    policy = known.directory.policies[-1]
    return policy.default_severity(Category(category)).value


def _when(row: Row, today: date) -> When | None:
    """Return when it came: a day, a month, a quarter or a year."""
    text = row.needed("received")
    when = _parsed(text.upper()) if text else None
    if text and when is None:
        row.wrong(
            "received",
            f"{shown(text)} is no date: write 2019-04-30, 2019-04, 2019-Q2 or 2019",
        )
    if when is not None and when.day > today:
        row.wrong("received", "this day is still to come")
    return when


def _parsed(text: str) -> When | None:
    try:
        if _EXACT.fullmatch(text):
            when = When(date.fromisoformat(text), is_exact=True)
        elif quarter := _QUARTER.fullmatch(text):
            when = When(date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1))
        elif month := _MONTH.fullmatch(text):
            when = When(date(int(month[1]), int(month[2]), 1))
        elif _YEAR.fullmatch(text):
            when = When(date(int(text), 1, 1), is_of_year=True)
        else:
            return None
    except ValueError:
        return None
    return when if when.day.year in _YEARS else None


def _confirmed(row: Row, outcome: str) -> bool | None:
    """Return whether she said herself that it was solved; None: not recorded."""
    value = _choice(row, "confirmed", ("yes", "no"))
    if outcome == "confirmed" and value == "no":
        row.wrong("confirmed", "the outcome says that she did: mend one of both")
    if outcome == "declared" and value == "yes":
        row.wrong("confirmed", "then its outcome is confirmed: mend one of both")
    if value and outcome not in SOLVED:
        row.wrong("confirmed", "leave it blank: the complaint was not resolved")
    return {"yes": True, "no": False}.get(value)


def _resolved_on(row: Row, when: When | None, outcome: str, today: date) -> date | None:
    day = row.day("resolved_on")
    if day is None:
        return None
    if outcome not in SOLVED:
        row.wrong("resolved_on", "leave it blank: the complaint was not resolved")
    if when is not None and day < when.day:
        row.wrong("resolved_on", "this day is before the one on which it came")
    if day > today:
        row.wrong("resolved_on", "this day is still to come")
    return day


def _remedy(row: Row) -> Remedied | None:
    kind = _choice(row, "remedy_kind", Kind)
    people, amount, currency = (
        row.text(column) for column in ("beneficiaries", "amount", "currency")
    )
    if not kind:
        if people or amount or currency:
            row.wrong("remedy_kind", "say what was put right, or leave the rest blank")
        return None
    helped = _said(row, "beneficiaries", Kind(kind), people)
    paid = _said(row, "amount", Kind(kind), "", amount, currency)
    return Remedied(Kind(kind), helped.beneficiaries, paid.amount, paid.currency)


def _said(row: Row, column: str, kind: Kind, *said: str) -> Finished:
    """Return what a form of the rooms would read, or note why it would not."""
    try:
        done = finished("-", *said)
        need_paid(kind, done)
    except BadInput as error:
        row.wrong(column, str(error))
        return Finished("", None)
    return done
