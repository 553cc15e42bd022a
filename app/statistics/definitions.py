"""Every figure that is published: what it counts, of what, and in which words.

`infra/definitions.md` says how a case comes to what is counted here. Whoever
changes what a figure means gives all of them a new version.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from app.domain.indicators import UNITS, IndicatorKind, Unit as Counted
from app.domain.remedies import Kind
from app.statistics.definition import ALL, VERSION, Definition, Spread, Unit, Way
from app.statistics.figures_of_complaints import of_complaints

__all__ = ["FIGURES", "VERSION", "Definition", "Spread", "Unit", "Way", "as_json"]

FORMAT = "threadline-definitions-1"


def _places() -> Iterator[Definition]:
    yield Definition(
        "sites",
        "Sites",
        "Sites in the programme's directory at the time of the release.",
        Unit.SITES,
        way=Way.COUNT,
    )
    yield Definition(
        "active_sites",
        "Sites with complaints",
        "Sites of which a complaint of the period is known to the site's committee;"
        " told of a year that is over, once, where it says of no site how many it has.",
        Unit.SITES,
        way=Way.COUNT,
    )
    yield Definition(
        "silent_sites",
        "Silent sites",
        "Sites of 50 workers and more of which no complaint of the last two quarters"
        " of the year is known to the site's committee: trust may be missing, not"
        " grievances.",
        Unit.SITES,
        way=Way.COUNT,
    )
    yield Definition(
        "complaints_per_1000",
        "Complaints per 1,000 workers and year",
        "Complaints received in the period by the workers of the sites, as imported"
        " when that number of complaints was first told, times 1,000; those of one"
        " quarter times four. By"
        " region, kind and tier, complaints that a committee knows by the workers of"
        " its sites.",
        Unit.PER_1000,
        way=Way.RATE,
        measures=ALL,
        spread=Spread.OWN,
        by="country, region, kind, tier",
    )
    yield Definition(
        "sensitive_complaints",
        "Sensitive complaints",
        "Complaints received in the period of violence or harassment, of children,"
        " forced labour, reprisals, discrimination, freedom of association, or a life"
        " in danger, told by country alone.",
        Unit.COMPLAINTS,
        measures=ALL,
        spread=Spread.OWN,
        by="country",
    )


_REMEDIES: Mapping[Kind, str] = {
    Kind.ESI_REGISTRATION: "ESI registrations",
    Kind.PF_REGISTRATION: "Provident Fund registrations",
    Kind.BACK_PAY: "back pay",
    Kind.REINSTATEMENT: "reinstatements",
    Kind.REPAIR: "repairs",
    Kind.LEAVE: "leave granted",
    Kind.MATERNITY: "maternity benefits",
    Kind.APOLOGY: "apologies",
    Kind.TRAINING: "training",
    Kind.POLICY_CHANGE: "changes of policy",
    Kind.REFERRAL: "referrals",
    Kind.OTHER: "other",
}
_INDICATORS: Mapping[IndicatorKind, str] = {
    IndicatorKind.WORKERS_REACHED: "Workers reached",
    IndicatorKind.WORKERS_TRAINED: "Workers trained",
    IndicatorKind.CHILDREN_TRAINED: "Children trained",
    IndicatorKind.SITES_AGE_VERIFICATION: "Sites with child-friendly age verification",
    IndicatorKind.ESI_REGISTRATIONS: "Workers registered with ESI",
    IndicatorKind.PF_REGISTRATIONS: "Workers registered with the Provident Fund",
    IndicatorKind.COMMITTEES_SET_UP: "Committees set up",
    IndicatorKind.CRECHES_OPENED: "Creches opened",
}


def _remedies() -> Iterator[Definition]:
    for kind, name in _REMEDIES.items():
        yield Definition(
            f"remedy_{kind}",
            f"Remedies: {name}",
            "Actions of this kind in remedy plans that are done, of complaints received"
            " in the period.",
            Unit.REMEDIES,
            way=Way.COUNT,
        )
        yield Definition(
            f"beneficiaries_{kind}",
            f"Beneficiaries: {name}",
            "Workers who had something of these remedies, as whoever did it recorded;"
            " one whom several helped is counted with each.",
            Unit.PEOPLE,
            way=Way.COUNT,
        )
        yield Definition(
            f"amount_{kind}",
            f"Paid: {name}",
            "Money that workers were paid by these remedies, as recorded, in each"
            " currency.",
            Unit.MONEY,
            way=Way.COUNT,
            spread=Spread.OWN,
            by="currency",
        )
    for indicator, name in _INDICATORS.items():
        yield Definition(
            f"indicator_{indicator}",
            name,
            "Entered by partners of the programme's own work, for periods that end in"
            " this one, each with its evidence; it is no count of cases.",
            Unit.SITES if UNITS[indicator] is Counted.SITES else Unit.PEOPLE,
            way=Way.COUNT,
            spread=Spread.OWN,
            by="topic",
        )


def _all() -> Iterator[Definition]:
    yield from of_complaints()
    yield from _places()
    yield from _remedies()


FIGURES: Mapping[str, Definition] = MappingProxyType({one.id: one for one in _all()})


def as_json() -> dict[str, Any]:
    """Return definitions.json: a closed form, the same for everybody."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "figures": [_plain(one) for one in FIGURES.values()],
    }


def _plain(one: Definition) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "name": one.name,
        "rule": one.rule,
        "unit": one.unit.value,
        "way": one.way.value,
        "measures": list(one.measures),
        "of": list(one.of),
        "stage": one.stage,
        "clock": one.clock,
        "told": one.spread.value,
        "by": one.by,
    }
