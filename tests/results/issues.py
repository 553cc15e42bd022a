"""Releases to write pages of: a lively programme, and the founding one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from app.reports.book import Issue
from app.reports.labels import Place
from app.statistics.definitions import FIGURES, Unit
from app.statistics.model import Cell, Told
from app.statistics.release import build
from app.store.figures.reading import RemedySum
from tests.statistics.histories import ground, some_cases
from tests.statistics.summing import exact

AS_OF = datetime(2027, 1, 6, 3, 0, tzinfo=UTC)
SHA = "0f" * 32
THRESHOLD = 10

PLACES = {
    "482170": Place("482170", "Meghna Knit", "BD", "garment", 1, "BD2019083D4E5F6"),
    "903311": Place("903311", "Vaigai Spinners", "IN", "spinning_mill", 2, ""),
}

_COUNTS = {
    "contacts": 2410,
    "test_calls": 310,
    "cases": 202,
    "complaints": 214,
    "info": 54,
    "parts": 12,
    "people_affected": 702,
    "resolved": 171,
    "confirmed": 118,
    "declared": 53,
    "not_resolved": 43,
    "open": 22,
    "unfounded": 11,
    "withdrawn": None,
    "acknowledge_in_time": 176,
    "acknowledge_late": 16,
    "acknowledge_running": 10,
    "first_action_in_time": 148,
    "first_action_late": 34,
    "first_action_running": 20,
    "resolve_in_time": 121,
    "resolve_late": 51,
    "resolve_running": 30,
    "acknowledge_on_time_share": 91.7,
    "first_action_on_time_share": 81.3,
    "resolve_on_time_share": 70.3,
    "acknowledge_hours_median": 19,
    "acknowledge_hours_p90": 44,
    "acknowledge_working_median": 6,
    "acknowledge_working_p90": 15,
    "first_action_hours_median": 70,
    "first_action_hours_p90": 160,
    "resolve_hours_median": 411,
    "resolve_hours_p90": 1209,
    "resolve_working_median": 121,
    "resolve_working_p90": 370,
    "resolution_rate": 79.9,
    "confirmation_rate": 55.1,
    "declared_rate": 24.8,
    "escalated_committee": 14,
    "escalated_committee_share": 6.5,
    "escalated_partner": 26,
    "escalated_partner_share": 12.1,
    "escalated_first_tier": None,
    "escalated_head": 48,
    "escalated_head_share": 22.4,
    "escalated_secretariat": 21,
    "escalated_brand": 13,
    "brand_answered": 12,
    "brand_answer_share": 92.3,
    "brand_hours_median": 63,
    "reopened": 14,
    "reopened_share": 6.5,
    "reprisal_asked": 120,
    "reprisal_no": 96,
    "reprisal_yes": None,
    "reprisal_unsaid": None,
    "reprisal_unanswered": 12,
    "reprisals_per_100": None,
    "paused": 31,
    "paused_share": 14.5,
    "bypassed": 37,
    "bypassed_share": 17.3,
    "sites": 24,
    "active_sites": 19,
    "silent_sites": 5,
    "complaints_per_1000": 6.4,
    "history": 0,
}


def cell(
    figure: str,
    number: float | None,
    period: str = "2026",
    by: str = "",
    value: str = "",
    told: Told | None = None,
    has_history: bool = False,
) -> Cell:
    """Return a cell: told where it has a number, else fewer than the threshold."""
    how = told or (Told.FEWER if number is None else Told.EXACT)
    return Cell(period, by, value, figure, number, how, None, has_history)


def issue(cells: Iterator[Cell], **detail: object) -> Issue:
    return Issue(3, AS_OF, "2026-12", THRESHOLD, SHA, tuple(cells), detail)


def lively() -> Issue:
    """A year with something of everything, and some of it not told."""
    return issue(
        _lively(),
        indicators=[
            {
                "period": "2026",
                "value": "workers_trained:child_rights",
                "evidence": "Attendance lists of READ, kept in Chennai, March 2026",
                "from": "2026-01-01",
                "to": "2026-03-31",
            }
        ],
    )


def _lively() -> Iterator[Cell]:
    for figure, number in _COUNTS.items():
        yield cell(figure, number)
    yield cell("referred", None, told=Told.WITHHELD)
    yield cell("first_action_working_median", None, told=Told.NONE)
    for index, (complaints, resolved) in enumerate(
        (
            (12, None),
            (31, 22),
            (None, None),
            (44, 30),
            (0, 0),
            (60, 51),
            (55, 40),
            (71, 50),
        )
    ):
        period = f"{2025 + index // 4}-Q{index % 4 + 1}"
        yield cell("complaints", complaints, period)
        yield cell("resolved", resolved, period)
    yield cell("complaints", 98, "2025")
    yield cell("resolved", 71, "2025")
    by_category = {
        "WAGE": (64, 41, 12, 11),
        "HOUR": (38, 20, 10, 8),
        "SOCS": (30, 21, 0, 9),
        "ABUS": (28, 14, 14, 0),
        "WASH": (19, 12, 7, 0),
        "DORM": (None, None, None, None),
    }
    figures = ("complaints", "confirmed", "declared", "not_resolved")
    for value, numbers in by_category.items():
        for figure, number in zip(figures, numbers, strict=True):
            told = Told.FEWER if number is None or 0 < number < 10 else Told.EXACT
            kept = number if told is Told.EXACT else None
            yield cell(figure, kept, by="category", value=value, told=told)
    for by, numbers in {
        "country": {"IN": 120, "BD": 94},
        "region": {"Tamil Nadu": 80, "Dhaka": 71, "Gazipur": None},
        "kind": {"garment": 102, "spinning_mill": 75},
        "tier": {"1": 102, "2": 75},
        "site": {"482170": 31, "903311": None},
        "severity": {"S1": 11, "S2": 40, "S3": 121, "S4": 42},
        "channel": {"voice": 130, "sms": 61, "web": 23},
        "language": {"bn": 94, "ta": 70, "hi": 30, "or": 20},
        "filer": {"worker": 190, "union": 14, "relative": 10},
    }.items():
        for value, number in numbers.items():
            yield cell("complaints", number, by=by, value=value)
            resolved = number - 10 if number and number >= 20 else None
            yield cell("resolved", resolved, by=by, value=value)
            yield cell("not_resolved", number and 10, by=by, value=value)
    for value, share in {"S1": 96, "S2": 81.5, "S3": 70, "S4": 88}.items():
        for stage in ("acknowledge", "first_action", "resolve"):
            yield cell(f"{stage}_on_time_share", share, by="severity", value=value)
    for by, values in _SHARED.items():
        for index, value in enumerate(values.split()):
            for stage in ("acknowledge", "first_action", "resolve"):
                share = 90 - 3.5 * index
                yield cell(f"{stage}_on_time_share", share, by=by, value=value)
    for by, values in {"country": "IN BD", "severity": "S1 S2 S3 S4"}.items():
        for index, value in enumerate(values.split()):
            yield from _times(by, value, 10 + 7 * index)
    for by, value, number in (
        *(("country", "IN", 5.1), ("country", "BD", 8.4)),
        *(("tier", "1", 6.6), ("tier", "2", 5.9)),
    ):
        yield cell("complaints_per_1000", number, by=by, value=value)
    yield cell("sensitive_complaints", 21, by="country", value="IN")
    yield cell("sensitive_complaints", 16, by="country", value="BD")
    for value, people, done in (
        ("esi_registration", 412, 3),
        ("pf_registration", 96, 2),
        ("back_pay", 141, 19),
        ("repair", None, 14),
    ):
        yield cell(f"beneficiaries_{value}", people)
        yield cell(f"remedy_{value}", done if done >= THRESHOLD else None)
    yield cell("amount_back_pay", 412500, by="currency", value="INR")
    yield cell("indicator_workers_trained", 812, by="topic", value="child_rights")
    yield cell("indicator_committees_set_up", 17)


# What is told of which values besides, as a closed year tells it.
_SHARED = {
    "country": "IN BD",
    "category": "WAGE HOUR SOCS ABUS WASH",
    "region": "Dhaka Gazipur",
    "kind": "garment spinning_mill",
    "tier": "1 2",
    "site": "482170",
    "channel": "voice sms web",
    "language": "bn ta hi or",
    "filer": "worker union relative",
}


def _times(by: str, value: str, hours: int) -> Iterator[Cell]:
    for stage in ("acknowledge", "first_action", "resolve"):
        for suffix, times in (("hours", 4), ("working", 1)):
            for rank in ("median", "p90"):
                hours += times
                yield cell(f"{stage}_{suffix}_{rank}", hours, by=by, value=value)


def built() -> Issue:
    """What is published of made-up cases of 2025 and of the first quarter of 2026."""
    on = ground(6, days=455)
    known = exact(some_cases(7, 1500, on), on.sites, "2026-Q1")
    remedies = [
        _remedies(site.code, kind, 40)
        for site in on.sites[:3]
        for kind in ("repair", "back_pay")
    ]
    few = _remedies(on.sites[0].code, "apology", 2)
    cells = build(replace(known, remedies=[*remedies, few]), THRESHOLD)
    return issue(iter(cells), quarters=sorted(known.closed))


def _remedies(site: str, kind: str, many: int) -> RemedySum:
    is_paid = kind == "back_pay"
    return RemedySum(
        quarter="2025-Q2",
        country="IN",
        site=site,
        kind=kind,
        is_done=True,
        is_sensitive=False,
        is_history=False,
        currency="INR" if is_paid else None,
        remedies=many,
        beneficiaries=many,
        unsaid=0,
        amount=Decimal(90_000 if is_paid else 0),
    )


def founding() -> Issue:
    """The programme that this one grew from: 83 complaints in 13 factories in 2019."""
    return issue(
        _founding(),
        indicators=[
            {
                "period": "2020",
                "value": value,
                "evidence": f"{said} (AGT, Remedies towards a better workplace)",
                "from": "2017-04-01",
                "to": "2020-03-31",
            }
            for value, _, said in _AGT
        ],
    )


_AGT = (
    ("workers_reached", 12000, "more than 12,000 workers"),
    ("sites_age_verification", 30, "30 factories and spinning mills"),
    ("esi_registrations", 400, "more than 400 workers"),
    ("workers_trained", 3500, "more than 3,500 workers"),
    ("children_trained", 2000, "almost 2,000 children"),
)


def _founding() -> Iterator[Cell]:
    for figure, number in (
        ("complaints", 83),
        ("history", 83),
        ("resolved", 83),
        ("confirmed", 0),
        ("declared", 83),
        ("not_resolved", 0),
        ("confirmation_unrecorded", 83),
        ("resolution_rate", 100),
        ("active_sites", 13),
        ("bypassed", None),
    ):
        told = Told.UNRECORDED if number is None else Told.EXACT
        yield cell(figure, number, "2019", told=told, has_history=True)
    for figure in FIGURES:
        is_time = FIGURES[figure].unit is Unit.HOURS
        others = ("resolve_on_time_share", "escalated_brand", "reopened")
        if is_time or figure in (*others, "reprisal_asked", "paused"):
            yield cell(figure, None, "2019", told=Told.UNRECORDED, has_history=True)
    yield cell("complaints", 83, "2019", "category", "", has_history=True)
    yield cell("contacts", 0, "2019")
    for quarter in range(1, 5):
        yield cell("complaints", 0, f"2019-Q{quarter}")
    for value, number, _ in _AGT:
        figure = f"indicator_{value}"
        yield cell(figure, number, "2020", has_history=True)
