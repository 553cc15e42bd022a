"""What sets a ladder off: a missed promise, a worker's no, danger, a cluster.

Which rungs there are, who stands on them and how long they may keep silent is
the policy's (`app.domain.ladder`); this says when one is set off, and which.
"""

from app.domain import bodies, notices
from app.domain.case import (
    CLIMBED,
    SECRETARIAT_ALERTED,
    SILENT,
    CaseFile,
    Deadline,
)
from app.domain.climbing import climb, wait_again
from app.domain.draft import Draft, to_people
from app.domain.ladder import Rung, Trigger
from app.domain.occasions import Occasion
from app.domain.rungs import addresses, reach, ways_to_brands
from app.domain.taxonomy import PROTECTED, Category, Clock

_GIVEN = frozenset({"case_new", "case_handed"})
# Of these no count is shown to anybody: too grave, no complaint, or no kind.
UNCOUNTED = PROTECTED | {Category.CRIS, Category.INFO, Category.OTHR}


def climb_missed(draft: Draft, clock: Deadline, *, is_second: bool) -> None:
    """Tell everybody who must hear that this clock was missed.

    `is_second`: it is a first action, and the same site's committee missed one
    before, within 90 days.
    """
    heard: set[str] = set()
    missed = Occasion(Trigger.MISSED, clock.name, clock.round)
    climb(draft, missed, heard=heard)
    if is_second:
        twice = Occasion(Trigger.MISSED_TWICE, clock.name, clock.round)
        climb(draft, twice, heard=heard)


def climb_review(draft: Draft, review: Deadline) -> None:
    """A partner let the date of a review pass: once for each date."""
    climb(draft, Occasion(Trigger.REVIEW_MISSED, review.name, review.round))


def climb_not_solved(draft: Draft, ended: CaseFile) -> None:
    """Tell whoever stands above the one that declared it solved.

    `ended`: the case as it was when she said so. A committee that has signed
    nothing had it declared by the partner; from the second no on it does not
    matter who did.
    """
    case = draft.case
    is_above = ended.declared_by > 0 or (
        case.route.is_factory_side and not ended.signatures
    )
    trigger = Trigger.NOT_SOLVED_ABOVE if is_above else Trigger.NOT_SOLVED
    if case.not_solved > 1:
        trigger = Trigger.REOPENED_TWICE
    occasion = Occasion(trigger, Clock.CONFIRMATION.value, case.round)
    climb(draft, occasion, heard=_given_now(draft))


def tell_contested(draft: Draft, *, was_ended_above: bool) -> None:
    """The worker opens again what nobody had declared solved.

    `was_ended_above`: a partner ended it. The body is told by itself that it
    has the case, so it hears nothing more of it here.
    """
    trigger = Trigger.CONTESTED_ABOVE if was_ended_above else Trigger.CONTESTED
    body = to_people(bodies.body(draft.case, draft.directory, draft.day))
    occasion = Occasion(trigger, Clock.CONFIRMATION.value, draft.case.round)
    climb(draft, occasion, heard=addresses(body, draft.directory))


def alert(draft: Draft) -> None:
    """Tell the brands at once, without content, where the policy says so.

    Each brand once in a case's life. Where no brand may or can be told the
    secretariat is, once. A closed case never escalates.
    """
    case = draft.case
    if case.state.is_closed or not draft.entry.brand_alert:
        return
    occasion = Occasion(Trigger.S1, "alert", len(case.alerted))
    if reach(draft, Rung.BRAND).rung is Rung.BRAND:
        _alert_brands(draft, occasion)
    elif not case.alerted - {CLIMBED, SILENT}:
        climb(draft, occasion, heard=_given_now(draft))
        draft.change(alerted=draft.case.alerted | {SECRETARIAT_ALERTED})


def alert_reopened(draft: Draft, ended: CaseFile) -> None:
    """Alert who was not, as danger may have come while the case was closed.

    Brands that knew and had not answered when it ended are waited for again.
    """
    alert(draft)
    if draft.entry.brand_alert:
        wait_again(draft, Trigger.S1, ended)


def _given_now(draft: Draft) -> set[str]:
    """Return the addresses that this same act gives the case to.

    They hear of it by that, and not once more.
    """
    given = [o.recipient for o in draft.owed.values() if o.template in _GIVEN]
    return addresses(given, draft.directory)


def _alert_brands(draft: Draft, occasion: Occasion) -> None:
    ways = ways_to_brands(draft)
    alerted = draft.case.alerted
    known = [to for brand, way in ways if brand.slug in alerted for to in way]
    untold = {brand.slug for brand, way in ways if way} - alerted
    if untold:
        climb(draft, occasion, heard=addresses(known, draft.directory))
        draft.change(alerted=draft.case.alerted | untold)


def may_cluster(case: CaseFile) -> bool:
    """Return whether cases like this one are counted together."""
    is_counted = case.category not in UNCOUNTED and case.site is not None
    return is_counted and notices.may_reach_brands(case)


def climb_cluster(draft: Draft, cases: int) -> None:
    """Tell of many cases of one kind at one site, where it is a cluster.

    `cases`: how many were opened there within the policy's time, this one
    among them, and nobody was told of them yet.
    """
    cluster = draft.policy.cluster
    if cluster is not None and cases >= cluster.cases and may_cluster(draft.case):
        climb(draft, Occasion(Trigger.CLUSTER, draft.case.category.value, 0))
