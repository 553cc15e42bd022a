"""The ladder: who hears of a missed promise, and of a worker's no.

Level 0 is the body; above it stands the factory's head on committee routes
and the secretariat on every other, where nobody at the factory may learn of
it; above them every brand that buys from the site.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.domain import bodies, notices
from app.domain.case import (
    CLIMBED,
    SECRETARIAT_ALERTED,
    CaseFile,
    Deadline,
    Escalation,
    Recipient,
)
from app.domain.draft import Draft, to_people
from app.domain.taxonomy import Clock, Route


class Rung(StrEnum):
    COMMITTEE = "committee"  # the whole body again, whichever committee it is
    PARTNER = "partner"
    FACTORY_HEAD = "factory_head"
    SECRETARIAT = "secretariat"
    BRAND = "brand"


COMMITTEES = "committees"
MISSED: Mapping[tuple[Clock, str], tuple[Rung, ...]] = MappingProxyType(
    {
        (Clock.ACKNOWLEDGE, COMMITTEES): (Rung.COMMITTEE, Rung.PARTNER),
        (Clock.FIRST_ACTION, COMMITTEES): (Rung.FACTORY_HEAD,),
        (Clock.PLAN, COMMITTEES): (Rung.FACTORY_HEAD,),
        (Clock.RESOLVE, COMMITTEES): (Rung.BRAND,),
        # A partner's own missed clocks go to the secretariat as well.
        (Clock.ACKNOWLEDGE, Route.PARTNER): (Rung.PARTNER, Rung.SECRETARIAT),
        (Clock.FIRST_ACTION, Route.PARTNER): (Rung.SECRETARIAT,),
        (Clock.PLAN, Route.PARTNER): (Rung.SECRETARIAT,),
        (Clock.RESOLVE, Route.PARTNER): (Rung.BRAND, Rung.SECRETARIAT),
        (Clock.ACKNOWLEDGE, Route.SECRETARIAT): (Rung.SECRETARIAT,),
        (Clock.FIRST_ACTION, Route.SECRETARIAT): (Rung.SECRETARIAT,),
        (Clock.PLAN, Route.SECRETARIAT): (Rung.SECRETARIAT,),
        (Clock.RESOLVE, Route.SECRETARIAT): (Rung.BRAND,),
    }
)

# From the body upwards; whoever declared a case solved stands on one of them.
LADDERS: Mapping[str, tuple[Rung, ...]] = MappingProxyType(
    {
        COMMITTEES: (Rung.COMMITTEE, Rung.FACTORY_HEAD, Rung.BRAND),
        Route.PARTNER: (Rung.PARTNER, Rung.SECRETARIAT, Rung.BRAND),
        Route.SECRETARIAT: (Rung.SECRETARIAT, Rung.BRAND),
    }
)

# Where nobody stands on a rung, who stands in.
STAND_IN: Mapping[Rung, Rung] = MappingProxyType(
    {
        Rung.FACTORY_HEAD: Rung.PARTNER,
        Rung.COMMITTEE: Rung.PARTNER,
        Rung.PARTNER: Rung.SECRETARIAT,
        Rung.BRAND: Rung.SECRETARIAT,
    }
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung on which somebody stands, and who."""

    rung: Rung
    recipients: tuple[Recipient, ...]


def ladder_of(route: Route) -> str:
    return COMMITTEES if route.is_factory_side else route.value


def rungs_missed(clock: Clock, route: Route, *, is_second: bool) -> tuple[Rung, ...]:
    """Return who hears that a policy clock was missed.

    `is_second`: the same site's committee missed its first action before,
    within 90 days, and it is a committee that missed it now.
    """
    rungs = MISSED[(clock, ladder_of(route))]
    return (*rungs, Rung.BRAND) if is_second else rungs


def rung_above(case: CaseFile, ended: CaseFile) -> Rung:
    """Return who hears the worker's no: one above who declared it solved.

    `ended`: the case as it was when she said so. From the second no on it is
    the brands, whoever declared it.
    """
    ladder = LADDERS[ladder_of(case.route)]
    if case.not_solved > 1:
        return ladder[-1]
    if case.route.is_factory_side and not ended.signatures:
        return Rung.SECRETARIAT  # It came to the committee after a partner's word.
    return ladder[min(ended.declared_by + 1, len(ladder) - 1)]


def reach(draft: Draft, rung: Rung, brand_day: date) -> Reached:
    """Return who stands on a rung today, else who stands in for them.

    Brands are those that bought from the site on `brand_day`; a case that
    may not reach them, or that has none, climbs to the secretariat instead.
    """
    found = _standing_on(draft, rung, brand_day)
    while not found and rung in STAND_IN:
        rung = STAND_IN[rung]
        found = _standing_on(draft, rung, brand_day)
    return Reached(rung, found)


def _standing_on(draft: Draft, rung: Rung, brand_day: date) -> tuple[Recipient, ...]:
    case, directory, day = draft.case, draft.directory, draft.day
    match rung:
        case Rung.COMMITTEE:
            return to_people(bodies.body(case, directory, day))
        case Rung.PARTNER:
            return to_people(bodies.partners(case, directory, day))
        case Rung.FACTORY_HEAD:
            return to_people(bodies.factory_heads(case, directory, day))
        case Rung.SECRETARIAT:
            return to_people(bodies.secretariat(case, directory, day))
        case Rung.BRAND:
            return _brands(draft, brand_day)


def _brands(draft: Draft, brand_day: date) -> tuple[Recipient, ...]:
    case, directory = draft.case, draft.directory
    if not notices.may_reach_brands(case):
        return ()
    return tuple(
        to
        for brand in directory.brands_sourcing(case.site, brand_day)
        for to in notices.to_brand(brand, case, directory, draft.day)
    )


def climb_missed(draft: Draft, clock: Deadline, *, is_second: bool) -> None:
    """Tell everybody who must hear that this clock was missed."""
    told: set[Rung] = set()
    due_day = draft.local_day(clock.due_at)
    for rung in rungs_missed(clock.name, draft.case.route, is_second=is_second):
        reached = reach(draft, rung, due_day)
        if reached.rung in told:
            continue
        told.add(reached.rung)
        # The brands hear of a missed first action only as a second one.
        reason = "second_miss" if is_second and rung == Rung.BRAND else "missed"
        _step(draft, clock.name.value, clock.round, reached, reason)
        _owe_missed(draft, clock, reached, reason)


def _step(draft: Draft, clock: str, round: int, reached: Reached, reason: str) -> None:
    draft.climb(
        Escalation(clock, round, reached.rung.value, reason, reached.recipients)
    )
    if reached.rung == Rung.SECRETARIAT and reason != "alert":
        draft.change(alerted=draft.case.alerted | {CLIMBED})


def _owe_missed(draft: Draft, clock: Deadline, reached: Reached, reason: str) -> None:
    template: str
    params: Mapping[str, Any]
    if reached.rung == Rung.BRAND and notices.is_veiled(draft.case):
        template = "brand_missed_protected"
        params = notices.veiled_params(draft, clock)
    elif reason == "second_miss":
        template = "second_miss"
        params = notices.missed_params(draft, clock)
    elif reached.rung == Rung.BRAND:
        template = "brand_missed"
        params = notices.missed_params(draft, clock)
    else:
        template = "missed"
        params = {**notices.dated(draft.case, clock), "rung": reached.rung.value}
    occasion = f"{clock.name.value}:{clock.round}"
    draft.owe(template, reached.recipients, params, occasion=occasion)


def climb_review(draft: Draft, review: Deadline) -> None:
    """A partner let the date of a review pass: once for each date."""
    params = {**notices.named(draft.case), "due_at": review.due_at.isoformat()}
    for reached in _once_each(draft, Rung.PARTNER, Rung.SECRETARIAT):
        _step(draft, review.name.value, review.round, reached, "review_missed")
        occasion = f"{review.round}"
        draft.owe("review_missed", reached.recipients, params, occasion=occasion)


def _once_each(draft: Draft, *rungs: Rung) -> list[Reached]:
    """Return who stands on these rungs, a stand-in for two of them once."""
    found = [reach(draft, rung, draft.day) for rung in rungs]
    return list({reached.rung: reached for reached in found}.values())


def climb_not_solved(draft: Draft, ended: CaseFile) -> None:
    """Tell one rung above the one that declared it solved."""
    case = draft.case
    reached = reach(draft, rung_above(case, ended), draft.day)
    _step(draft, Clock.CONFIRMATION.value, case.round, reached, "not_solved")
    occasion = f"not_solved:{case.round}"
    if reached.rung == Rung.BRAND and notices.is_veiled(case):
        params = notices.alert_params(draft)
        draft.owe("brand_alert", reached.recipients, params, occasion=occasion)
        return
    params = {**notices.named(case), "count": case.not_solved}
    draft.owe("not_solved", reached.recipients, params, occasion=occasion)


def tell_contested(draft: Draft, *, was_ended_above: bool) -> None:
    """The worker opens again what nobody had declared solved.

    `was_ended_above`: a partner ended it, so the secretariat hears of it too.
    Nobody at the factory does beyond the body, which is told that it has it.
    """
    case = draft.case
    rungs = [Rung.PARTNER, *([Rung.SECRETARIAT] if was_ended_above else [])]
    body = to_people(bodies.body(case, draft.directory, draft.day))
    for reached in _once_each(draft, *rungs):
        if reached.recipients == body:
            continue
        _step(draft, Clock.CONFIRMATION.value, case.round, reached, "not_solved")
        params = {**notices.named(case), "count": case.not_solved}
        occasion = f"not_solved:{case.round}"
        draft.owe("not_solved", reached.recipients, params, occasion=occasion)


def alert(draft: Draft) -> None:
    """Tell the brands at once, without content, where the policy says so.

    Each brand once in a case's life. Where no brand may or can be told the
    secretariat is, once. A closed case never escalates.
    """
    if draft.case.state.is_closed or not draft.entry.brand_alert:
        return
    reached = reach(draft, Rung.BRAND, draft.day)
    if reached.rung == Rung.BRAND:
        _alert_brands(draft)
    elif not draft.case.alerted - {CLIMBED}:
        _alert_secretariat(draft, reached)


def _alert_brands(draft: Draft) -> None:
    case, directory = draft.case, draft.directory
    brands = directory.brands_sourcing(case.site, draft.day)
    untold = [brand for brand in brands if brand.slug not in case.alerted]
    recipients = tuple(
        to
        for brand in untold
        for to in notices.to_brand(brand, case, directory, draft.day)
    )
    if not recipients:
        return
    _step(draft, "alert", len(case.alerted), Reached(Rung.BRAND, recipients), "alert")
    params = notices.alert_params(draft)
    draft.owe("brand_alert", recipients, params, occasion="alert")
    draft.change(alerted=case.alerted | {brand.slug for brand in untold})


def _alert_secretariat(draft: Draft, reached: Reached) -> None:
    _step(draft, "alert", 0, reached, "alert")
    people = bodies.secretariat(draft.case, draft.directory, draft.day)
    notices.tell_new(draft, people, "alert")
    draft.change(alerted=draft.case.alerted | {SECRETARIAT_ALERTED})
