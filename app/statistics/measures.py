"""What one case adds to the sums, and how figures are taken from them.

The rules in words stand in infra/definitions.md, the figures made of these
measures in `app.statistics.definitions`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.directory import Site
from app.domain.ladder import Rung
from app.domain.taxonomy import COMMITTEE_ROUTES
from app.statistics.model import CaseFacts, Dimension, Kept, Outcome, Stage

STAGE_KEPT: tuple[str, ...] = tuple(
    f"{stage}_{kept}" for stage in Stage for kept in Kept
)
REPRISAL_WORDS = ("yes", "no", "unsaid", "unanswered")
WAITING = "waiting"  # she was asked about reprisals, and may still answer

# The whole numbers that each case adds to the cells it is in, in the order of the
# columns of `stat_cell`. All but the first four are of complaints alone.
MEASURES: tuple[str, ...] = (
    *("cases", "complaints", "info", "parts", "affected", "history", "unrecorded"),
    *("confirmed", "declared", "in_remediation", "referred", "withdrawn"),
    *("unfounded", "no_contact", "open"),
    *STAGE_KEPT,
    *("rung_committee", "rung_partner", "rung_head"),
    *("rung_first_tier", "rung_secretariat", "rung_brand"),
    *("brand_asked", "brand_answered", "reopened"),
    *(f"reprisal_{word}" for word in REPRISAL_WORDS),
    *("reprisal_asked", "paused", "bypassed"),
)

OUTCOMES: tuple[str, ...] = tuple(outcome.value for outcome in Outcome)
RESOLVED_OUTCOMES: tuple[str, ...] = (Outcome.CONFIRMED, Outcome.DECLARED)
NOT_RESOLVED: tuple[str, ...] = tuple(
    name for name in OUTCOMES if name not in RESOLVED_OUTCOMES
)
# The parts of each whole. What they leave of it is a part as well, told as little.
PARTITIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "outcome": ("complaints", OUTCOMES),
        **{
            stage.value: ("complaints", tuple(f"{stage}_{kept}" for kept in Kept))
            for stage in Stage
        },
        **{
            rung: ("complaints", (f"rung_{rung}",))
            for rung in ("committee", "partner", "head", "first_tier", "secretariat")
        },
        "brand": ("complaints", ("brand_asked",)),
        "answered": ("brand_asked", ("brand_answered",)),
        "reopened": ("complaints", ("reopened",)),
        "asked": ("complaints", ("reprisal_asked",)),
        "reprisal": (
            "reprisal_asked",
            tuple(f"reprisal_{word}" for word in REPRISAL_WORDS),
        ),
        "paused": ("complaints", ("paused",)),
        "bypassed": ("complaints", ("bypassed",)),
        "unrecorded": ("declared", ("unrecorded",)),
        "history": ("complaints", ("history",)),
        "merged": ("complaints", ("cases", "parts")),
    }
)
RUNGS: Mapping[str, Rung] = {
    "rung_committee": Rung.COMMITTEE,
    "rung_partner": Rung.PARTNER,
    "rung_head": Rung.FACTORY_HEAD,
    "rung_first_tier": Rung.FIRST_TIER,
    "rung_secretariat": Rung.SECRETARIAT,
    "rung_brand": Rung.BRAND,
}


def is_factory(facts: CaseFacts) -> bool:
    """Tell whether the committee of a known site handles it, and it is not sensitive.

    A case that is no complaint is told apart by the same rule.
    """
    is_known = facts.site is not None and facts.route in COMMITTEE_ROUTES
    return is_known and not facts.is_sensitive


def contribution(facts: CaseFacts) -> tuple[int, ...]:
    """Return what the case adds to each of `MEASURES`."""
    added = _added(facts)
    return tuple(int(added.get(name, 0)) for name in MEASURES)


def _added(facts: CaseFacts) -> dict[str, int]:
    added: dict[str, int] = {
        "cases": facts.is_complaint and not facts.is_part,
        "info": facts.is_info,
        "parts": facts.is_complaint and facts.is_part,
        "affected": 0 if facts.is_info else facts.affected,
    }
    if not facts.is_complaint:
        return added
    for stage, time in facts.stages.items():
        if time.kept is not None:
            added[f"{stage}_{time.kept}"] = 1
    if facts.reprisal in REPRISAL_WORDS:
        added[f"reprisal_{facts.reprisal}"] = 1
    return {
        **added,
        **{name: rung in facts.rungs for name, rung in RUNGS.items()},
        "complaints": 1,
        "history": facts.is_history,
        "unrecorded": facts.is_unrecorded,
        facts.outcome.value: 1,
        "brand_asked": facts.brand_asked,
        "brand_answered": facts.brand_hours is not None,
        "reopened": facts.is_reopened,
        "reprisal_asked": facts.reprisal != "",
        "paused": facts.paused_hours > 0,
        "bypassed": facts.route not in COMMITTEE_ROUTES,
    }


def values_of(facts: CaseFacts, site: Site | None) -> Mapping[Dimension, str]:
    """Return in which value of each dimension the case counts.

    In none of those of committees, unless a committee handles it; `site` is its
    site in the directory, None where that knows it not.
    """
    values = {
        Dimension.COUNTRY: facts.country,
        Dimension.CATEGORY: facts.category,
        Dimension.SEVERITY: facts.severity,
        Dimension.CHANNEL: facts.channel,
        Dimension.LANGUAGE: facts.language,
        Dimension.FILER: facts.filer,
    }
    if is_factory(facts) and facts.site is not None:
        values[Dimension.SITE] = facts.site
        if site is not None:
            values[Dimension.REGION] = site.region
            values[Dimension.KIND] = site.kind.value
            values[Dimension.TIER] = str(site.tier)
    return values


def nearest_rank(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the smallest value that so many per cent do not exceed.

    `counts`: how often each value is there. None where there is none.
    """
    total = sum(counts.values())
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if counts[value] > 0 and 100 * seen >= percent * total:
            return value
    return None


def rate(part: int, whole: int, per: int = 100) -> float | None:
    """Return how many in `per` that is, in tenths, halves upwards; None of nothing."""
    if whole == 0:
        return None
    return (20 * per * part + whole) // (2 * whole) / 10


def taken(facts: CaseFacts, stage: str, clock: str) -> int | None:
    """Return the hours of one stage, or of the `brand` answer; None: none yet."""
    if not facts.is_complaint:
        return None
    if stage == "brand":
        return facts.brand_hours
    time = facts.stages.get(Stage(stage))
    if time is None:
        return None
    return time.hours if clock == "clock" else time.working
