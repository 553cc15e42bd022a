"""Every figure counted the plain way, one list comprehension each.

Written from infra/definitions.md and not from the code: nothing of
`app.statistics.measures` is used, so that a slip there shows.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from app.domain.directory import Site
from app.statistics.model import CaseFacts
from tests.statistics.worlds import World

Key = tuple[str, str, str, str]  # period, by, value, figure
Cases = Sequence[CaseFacts]
Tables = dict[tuple[str, str], list[CaseFacts]]

_SENSITIVE = ("GBVH", "CHLD", "RETA", "DISC", "FORC", "FOAS", "CRIS")
_COMMITTEES = ("committee", "internal_committee", "safety_committee")
_STAGES = ("acknowledge", "first_action", "resolve")
_SMALLEST = 50  # workers of whom a number is told


def figures(world: World) -> dict[Key, float | None]:
    """Return every figure of a programme, of every period and value of a case's year.

    Nothing is kept back; what has no row here is that of no cases, see `number`.
    """
    found: dict[Key, float | None] = {}
    for period in sorted({p for case in world.history for p in periods(case)}):
        of_period = [case for case in world.history if period in periods(case)]
        for (by, value), cases in tables(of_period, world).items():
            for figure, n in reckoned(cases).items():
                found[period, by, value, figure] = n
    for period in every_period(world):
        of_period = [case for case in world.history if period in periods(case)]
        found |= _beside(period, of_period, world)
    for year in {str(one.period_to.year) for one in world.beside.indicators}:
        found |= _indicators(year, world)
    return found


def number(found: dict[Key, float | None], key: Key) -> float | None:
    """Return one of all figures; a `KeyError` where the definitions know it not."""
    return found[key] if key in found else NOTHING[key[3]]


def periods(case: CaseFacts) -> list[str]:
    year = str(case.received_on.year)
    if case.is_of_year:
        return [year]
    quarter = 1 + (case.received_on.month - 1) // 3
    return [year, f"{year}-Q{quarter}"]


def every_period(world: World) -> list[str]:
    """Return each year in which a case came, and its quarters."""
    years = sorted({str(case.received_on.year) for case in world.history})
    return [p for y in years for p in (y, *(f"{y}-Q{n}" for n in (1, 2, 3, 4)))]


def tables(cases: Cases, world: World) -> Tables:
    """Return the cases of each value of each dimension, and of the whole."""
    sites = {site.code: site for site in world.sites}
    found: Tables = {("", ""): list(cases)}
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
            values += [("brand", b) for b, own in world.brands if case.site in own]
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


def _beside(period: str, cases: Cases, world: World) -> dict[Key, float | None]:
    """Return what no table of cases tells: contacts, sites, remedies."""
    counters = [
        one
        for one in world.beside.counters
        if one.name.startswith("contact.") and period in days_of(one.day.isoformat())
    ]
    known = [c for c in cases if is_known_to_a_committee(c) and not c.is_info]
    found: dict[Key, float | None] = {
        (period, "", "", figure): n
        for figure, n in (
            ("contacts", sum(o.count for o in counters if o.name != "contact.test")),
            ("test_calls", sum(o.count for o in counters if o.name == "contact.test")),
            ("sites", len(world.sites)),
            ("active_sites", len({case.site for case in known})),
        )
    }
    if period[4:] in ("", "-Q4"):
        found[period, "", "", "silent_sites"] = _silent_sites(period[:4], world)
    for country in {case.country for case in cases}:
        grave = [c for c in cases if c.country == country and c.category in _SENSITIVE]
        key = (period, "country", country, "sensitive_complaints")
        found[key] = len([c for c in grave if not c.is_info])
    return found | _per_workers(period, cases, world) | _remedies(period, world)


def days_of(day: str) -> list[str]:
    """Return the year and the quarter of a day written as 2026-12-31."""
    quarters = {"Q1": "01 02 03", "Q2": "04 05 06", "Q3": "07 08 09", "Q4": "10 11 12"}
    named = [q for q, months in quarters.items() if day[5:7] in months.split()]
    return [day[:4], f"{day[:4]}-{named[0]}"]


def _silent_sites(year: str, world: World) -> int:
    last_two = (f"{year}-Q3", f"{year}-Q4")
    heard = [
        case.site
        for case in world.history
        if is_known_to_a_committee(case) and not case.is_info
        if any(quarter in last_two for quarter in periods(case))
    ]
    large = [site for site in world.sites if (site.workers or 0) >= _SMALLEST]
    return len([site for site in large if site.code not in heard])


def _per_workers(period: str, cases: Cases, world: World) -> dict[Key, float | None]:
    """Return complaints per 1,000 workers; None where the workers are not known."""
    of_place: dict[str, Callable[[Site], str]] = {
        "": lambda _: "",
        "country": lambda site: site.country,
        "region": lambda site: site.region,
        "kind": lambda site: str(site.kind),
        "tier": lambda site: str(site.tier),
    }
    told = tables(cases, world)
    found: dict[Key, float | None] = {}
    for by, value_of in of_place.items():
        for value in {value_of(site) for site in world.sites}:
            workers = [s.workers for s in world.sites if value_of(s) == value]
            known = [count for count in workers if count is not None]
            is_told = len(known) == len(workers) and sum(known) >= _SMALLEST
            held = [c for c in told.get((by, value), []) if not c.is_info]
            times = 4 if "-Q" in period else 1
            n = share(times * len(held), sum(known), 1000) if is_told else None
            found[period, by, value, "complaints_per_1000"] = n
    return found


def _remedies(period: str, world: World) -> dict[Key, float | None]:
    done = [
        one
        for one in world.beside.remedies
        if one.is_done and not one.case.is_info and period in periods(one.case)
    ]
    found: dict[Key, float | None] = {}
    for kind in {one.kind for one in done}:
        these = [one for one in done if one.kind == kind]
        helped = sum(one.beneficiaries or 0 for one in these)
        found[period, "", "", f"remedy_{kind}"] = len(these)
        found[period, "", "", f"beneficiaries_{kind}"] = helped
        for currency in {one.currency for one in these if one.currency}:
            paid = [one.amount or 0 for one in these if one.currency == currency]
            found[period, "currency", currency, f"amount_{kind}"] = float(sum(paid))
    return found


def _indicators(year: str, world: World) -> dict[Key, float | None]:
    """Return what was entered of periods that end in the year, each topic apart."""
    entered = [
        one for one in world.beside.indicators if one.period_to.isoformat()[:4] == year
    ]
    return {
        (year, "topic" if topic else "", topic, f"indicator_{kind}"): sum(
            one.value for one in entered if (one.kind, one.topic) == (kind, topic)
        )
        for kind, topic in {(one.kind, one.topic) for one in entered}
    }


def share(part: int, whole: int, per: int = 100) -> float | None:
    """Return how many in `per`, in tenths, halves upwards, by exact fractions."""
    if not whole:
        return None
    exact = Fraction(10 * per * part, whole) + Fraction(1, 2)
    return float(Decimal(floor(exact)) / 10)


def percentile(values: Sequence[int], percent: int) -> int | None:
    """Return the value at its nearest rank of the sorted list."""
    if not values:
        return None
    return sorted(values)[ceil(Fraction(percent * len(values), 100)) - 1]


# What is told of a value that no case has.
NOTHING: Mapping[str, float | None] = {
    **reckoned([]),
    **dict.fromkeys(("contacts", "test_calls", "sensitive_complaints"), 0),
    **dict.fromkeys(("sites", "active_sites", "silent_sites"), 0),
}
