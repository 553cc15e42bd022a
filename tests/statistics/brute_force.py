"""Every figure counted the plain way, one list comprehension each.

Written from infra/definitions.md and not from the code: nothing of
`app.statistics.measures` is used, so that a slip there shows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from app.domain.directory import Site
from app.statistics.model import CaseFacts

Key = tuple[str, str, str, str]  # period, by, value, figure
Cases = Sequence[CaseFacts]

_SENSITIVE = ("GBVH", "CHLD", "RETA", "DISC", "FORC", "FOAS", "CRIS")
_COMMITTEES = ("committee", "internal_committee", "safety_committee")
_STAGES = ("acknowledge", "first_action", "resolve")


def figures(
    history: Iterable[CaseFacts], sites: Mapping[str, Site] | None = None
) -> dict[Key, float | None]:
    """Return every figure of cases, of every period and value, nothing kept back."""
    known = sites or {}
    all_cases = list(history)
    found: dict[Key, float | None] = {}
    for period in sorted({p for case in all_cases for p in periods(case)}):
        of_period = [case for case in all_cases if period in periods(case)]
        for (by, value), cases in tables(of_period, known).items():
            for figure, number in reckoned(cases).items():
                found[period, by, value, figure] = number
        for country in sorted({case.country for case in of_period}):
            grave = [
                case
                for case in of_period
                if case.country == country and case.category in _SENSITIVE
            ]
            if grave:
                key = (period, "sensitive", country, "sensitive_complaints")
                found[key] = len(grave)
    return found


def periods(case: CaseFacts) -> list[str]:
    year = str(case.received_on.year)
    if case.is_of_year:
        return [year]
    quarter = 1 + (case.received_on.month - 1) // 3
    return [year, f"{year}-Q{quarter}"]


def tables(
    cases: Cases, sites: Mapping[str, Site]
) -> dict[tuple[str, str], list[CaseFacts]]:
    """Return the cases of each value of each dimension, and of the whole."""
    found: dict[tuple[str, str], list[CaseFacts]] = {("", ""): list(cases)}
    for case in cases:
        values = [
            ("country", case.country),
            ("category", case.category),
            ("severity", case.severity),
            ("channel", case.channel),
            ("language", case.language),
            ("filer", case.filer),
        ]
        if is_known_to_a_committee(case):
            assert case.site is not None
            values.append(("site", case.site))
            site = sites.get(case.site)
            if site is not None:
                values += [("region", site.region), ("kind", str(site.kind))]
                values.append(("tier", str(site.tier)))
        for pair in values:
            found.setdefault(pair, []).append(case)
    return found


def is_known_to_a_committee(case: CaseFacts) -> bool:
    if case.site is None or case.category in _SENSITIVE:
        return False
    return case.route in _COMMITTEES


def reckoned(cases: Cases) -> dict[str, float | None]:
    """Return each figure of these cases by its id."""
    complaints = [case for case in cases if not case.is_info]

    def count(holds: Callable[[CaseFacts], bool]) -> int:
        return len([case for case in complaints if holds(case)])

    confirmed = count(lambda c: c.outcome == "confirmed")
    declared = count(lambda c: c.outcome == "declared")
    found: dict[str, float | None] = {
        "complaints": len(complaints),
        "parts": len([c for c in cases if c.is_part and not c.is_info]),
        "info": len([c for c in cases if c.is_info]),
        "cases": len([c for c in complaints if not c.is_part]),
        "people_affected": sum(c.affected for c in cases if not c.is_info),
        "history": count(lambda c: c.is_history),
        "confirmed": confirmed,
        "declared": declared,
        "resolved": confirmed + declared,
        "confirmation_unrecorded": count(lambda c: c.is_unrecorded),
        "not_resolved": len(complaints) - confirmed - declared,
        "in_remediation": count(lambda c: c.outcome == "in_remediation"),
        "referred": count(lambda c: c.outcome == "referred"),
        "withdrawn": count(lambda c: c.outcome == "withdrawn"),
        "unfounded": count(lambda c: c.outcome == "unfounded"),
        "no_contact": count(lambda c: c.outcome == "no_contact"),
        "open": count(lambda c: c.outcome == "open"),
        "resolution_rate": share(confirmed + declared, len(complaints)),
        "confirmation_rate": share(confirmed, len(complaints)),
        "declared_rate": share(declared, len(complaints)),
    }
    for stage in _STAGES:
        found |= _of_stage(stage, complaints)
    found |= _of_brands(complaints)
    for name, rung in (
        *((rung, rung) for rung in ("committee", "partner", "first_tier")),
        *(("head", "factory_head"), ("secretariat", "secretariat")),
    ):
        told = len([c for c in complaints if rung in c.rungs])
        found[f"escalated_{name}"] = told
        found[f"escalated_{name}_share"] = share(told, len(complaints))
    return found | _afterwards(complaints)


def _of_stage(stage: str, complaints: Cases) -> dict[str, float | None]:
    times = [c.stages[s] for c in complaints for s in c.stages if s.value == stage]
    in_time = len([t for t in times if t.kept == "in_time"])
    late = len([t for t in times if t.kept == "late"])
    found: dict[str, float | None] = {
        f"{stage}_in_time": in_time,
        f"{stage}_late": late,
        f"{stage}_running": len([t for t in times if t.kept == "running"]),
        f"{stage}_on_time_share": share(in_time, in_time + late),
    }
    for suffix, taken in (
        ("hours", [t.hours for t in times if t.hours is not None]),
        ("working", [t.working for t in times if t.working is not None]),
    ):
        found[f"{stage}_{suffix}_median"] = percentile(taken, 50)
        found[f"{stage}_{suffix}_p90"] = percentile(taken, 90)
    return found


def _of_brands(complaints: Cases) -> dict[str, float | None]:
    told = [c for c in complaints if "brand" in c.rungs]
    taken = [c.brand_hours for c in told if c.brand_hours is not None]
    return {
        "escalated_brand": len(told),
        "escalated_brand_share": share(len(told), len(complaints)),
        "brand_answered": len(taken),
        "brand_answer_share": share(len(taken), len(told)),
        "brand_hours_median": percentile(taken, 50),
        "brand_hours_p90": percentile(taken, 90),
    }


def _afterwards(complaints: Cases) -> dict[str, float | None]:
    said = [c.reprisal for c in complaints if c.reprisal]
    reopened = len([c for c in complaints if c.is_reopened])
    paused = len([c for c in complaints if c.paused_hours])
    bypassed = len([c for c in complaints if c.route not in _COMMITTEES])
    return {
        "reopened": reopened,
        "reopened_share": share(reopened, len(complaints)),
        "reprisal_asked": len(said),
        "reprisal_yes": said.count("yes"),
        "reprisal_no": said.count("no"),
        "reprisal_unsaid": said.count("unsaid"),
        "reprisal_unanswered": said.count("unanswered"),
        "reprisals_per_100": share(said.count("yes"), len(said)),
        "paused": paused,
        "paused_share": share(paused, len(complaints)),
        "bypassed": bypassed,
        "bypassed_share": share(bypassed, len(complaints)),
    }


def share(part: int, whole: int) -> float | None:
    """Return per cent in tenths, halves upwards, by exact fractions."""
    if not whole:
        return None
    exact = Fraction(1000 * part, whole) + Fraction(1, 2)
    return float(Decimal(floor(exact)) / 10)


def percentile(values: Sequence[int], percent: int) -> int | None:
    """Return the value at its nearest rank of the sorted list."""
    if not values:
        return None
    return sorted(values)[ceil(Fraction(percent * len(values), 100)) - 1]
