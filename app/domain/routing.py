"""Which body holds a case.

The policy names a body for each category. These reasons, in this order, give
the case to the partner instead; then a body that does not stand falls back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.domain.bodies import first_standing
from app.domain.case import CaseFile
from app.domain.directory import Directory
from app.domain.policy import Policy
from app.domain.taxonomy import Conflict, Route, Severity


@dataclass(frozen=True, slots=True)
class Routing:
    """A body and why it is that one.

    `why`: policy, no_site, danger, kept, conflict, fallback.
    """

    route: Route
    why: str


def policy_route(case: CaseFile, policy: Policy) -> Route:
    """Return the body that the policy names, before anybody is asked.

    A raised case that the partner handed back goes where its category goes
    when nobody raised it.
    """
    named = policy.entry(case.category, case.severity).route
    if case.is_released and not named.is_factory_side:
        return policy.entry(case.category).route
    return named


def _has_no_site(case: CaseFile, _policy: Policy) -> bool:
    return case.site is None


def _leaves_for_danger(case: CaseFile, policy: Policy) -> bool:
    """Only the category's own S1 entry may keep a raised case at the factory."""
    return case.is_raised and not policy.has_own_entry(case.category, Severity.S1)


def _is_kept(case: CaseFile, _policy: Policy) -> bool:
    return case.is_withheld


def _waits_on_conflict(case: CaseFile, _policy: Policy) -> bool:
    """Yes, don't know and silence are the same: somebody outside reads it."""
    return case.conflict != Conflict.NO and not case.is_released


BYPASSES: tuple[tuple[str, Callable[[CaseFile, Policy], bool]], ...] = (
    ("no_site", _has_no_site),
    ("danger", _leaves_for_danger),
    ("kept", _is_kept),
    ("conflict", _waits_on_conflict),
)


def wanted(case: CaseFile, policy: Policy) -> Routing:
    """Return where the case belongs, if every body were there."""
    named = policy_route(case, policy)
    if not named.is_factory_side:
        return Routing(named, "policy")
    for why, applies in BYPASSES:
        if applies(case, policy):
            return Routing(Route.PARTNER, why)
    return Routing(named, "policy")


def route(case: CaseFile, directory: Directory, day: date) -> Routing:
    """Return which body holds the case on `day`."""
    asked = wanted(case, directory.policy(case.policy_version))
    standing = first_standing(asked.route, case, directory, day)
    if standing == asked.route:
        return asked
    return Routing(standing, "fallback")
