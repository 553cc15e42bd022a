"""What is owed to those on a rung: which notice, with how little in it, and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.domain import notices
from app.domain.case import Deadline, Recipient
from app.domain.deadlines import due
from app.domain.draft import Draft
from app.domain.ladder import Rung, Step, Trigger, Wording
from app.domain.occasions import Occasion
from app.domain.quiet import after_quiet
from app.domain.rungs import Reached, ways_to_brands
from app.domain.taxonomy import PROTECTED, Severity


class Notice(NamedTuple):
    """A template and what it is worded with."""

    template: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """A rung that is told: how, its place, and those that kept silent below it."""

    step: Step
    number: int
    before: tuple[Step, ...] = ()


_CLOCKED = frozenset({Trigger.MISSED, Trigger.MISSED_TWICE, Trigger.REVIEW_MISSED})


@dataclass(frozen=True, slots=True)
class Times:
    """When a rung's notices may go out; None: at once. A webhook wakes nobody."""

    people: datetime | None
    hooks: datetime | None

    def of(self, to: Recipient) -> datetime | None:
        return self.hooks if to.kind == "brand_webhook" else self.people


def times(draft: Draft, step: Step) -> Times:
    """Return when those on a rung may be told; an S1 case waits for no morning."""
    hooks = draft.at
    if step.delay is not None:
        hooks = due(hooks, step.delay, draft.calendar).due_at
    people = waking(draft, hooks) if step.is_quiet else hooks
    return Times(
        people if people > draft.at else None, hooks if hooks > draft.at else None
    )


def waking(draft: Draft, at: datetime) -> datetime:
    """Return `at`, or the end of the quiet hours; an S1 case has none."""
    if draft.case.severity is Severity.S1:
        return at
    return after_quiet(at, draft.calendar.zone, draft.policy.quiet)


def owe(
    draft: Draft,
    occasion: Occasion,
    reached: Reached,
    telling: Telling,
    *,
    answer_by: datetime | None,
) -> None:
    """Owe everybody reached their notice, with the time by which to answer it."""
    template, params = _notice(draft, occasion, reached.rung, telling)
    may_answer = reached.rung is not Rung.FIRST_TIER and "number" in params
    if answer_by is not None and may_answer and template not in _CONTENT_FREE:
        params = {**params, "answer_by": answer_by.isoformat()}
    if template in _LED and reached.rung is Rung.BRAND:
        for those, led in _by_brand(draft, reached.recipients):
            _owe(draft, occasion, template, those, {**params, **led}, telling)
    else:
        _owe(draft, occasion, template, reached.recipients, params, telling)


_CONTENT_FREE = frozenset({"brand_alert", "brand_missed_protected"})
# What says to all brands which of them answers for the others.
_LED = frozenset(
    {"brand_missed", "brand_reminder", "second_miss", "not_solved", "cluster"}
)


def _owe(
    draft: Draft,
    occasion: Occasion,
    template: str,
    recipients: Iterable[Recipient],
    params: Mapping[str, Any],
    telling: Telling,
) -> None:
    key = _occasion(occasion, telling.number)
    when = times(draft, telling.step)
    for to in recipients:
        draft.owe(template, [to], params, occasion=key, not_before=when.of(to))


def _occasion(occasion: Occasion, step: int) -> str:
    """Return what keeps the keys of one debt apart.

    A first action missed again shares its first notice with the miss itself,
    so that nobody hears twice of it; the rungs above are of two ladders.
    """
    key = f"not_solved:{occasion.round}"
    match occasion.trigger:
        case Trigger.S1:
            key = "alert"
        case Trigger.REVIEW_MISSED:
            key = str(occasion.round)
        case Trigger.MISSED | Trigger.MISSED_TWICE | Trigger.CLUSTER:
            key = f"{occasion.clock}:{occasion.round}"
    if step and occasion.trigger is Trigger.MISSED_TWICE:
        key = f"again:{key}"
    return f"{key}:{step}" if step else key


def _by_brand(
    draft: Draft, recipients: Sequence[Recipient]
) -> Iterable[tuple[list[Recipient], Mapping[str, Any]]]:
    """Give each brand's recipients, and which brand leads: the first of them."""
    left = list(recipients)
    ways = ways_to_brands(draft)
    for brand, way in ways:
        those = [to for to in way if to in left]
        left = [to for to in left if to not in those]
        if those:
            lead = ways[0][0]
            is_alone = len(ways) == 1
            part = "alone" if is_alone else "lead" if brand == lead else "copy"
            yield those, {"lead": lead.name, "part": part}


def _notice(draft: Draft, occasion: Occasion, rung: Rung, telling: Telling) -> Notice:
    step, before = telling.step, telling.before
    earlier = {told for each in before for told in each.tell}
    if rung is Rung.BRAND:
        return _to_brand(draft, occasion, step, is_again=Rung.BRAND in earlier)
    if rung is Rung.FIRST_TIER:
        return Notice("first_tier_missed", {"site": draft.case.site or ""})
    if rung in (Rung.PARTNER, Rung.SECRETARIAT) and earlier:
        return Notice("silent", _silent(draft, before[-1]))
    if rung is Rung.FACTORY_HEAD and _is_general(draft, step):
        return _general(draft, rung)
    return _usual(draft, occasion, rung)


def _is_general(draft: Draft, step: Step) -> bool:
    """A protected case is no factory's head's to be told of by its number."""
    return step.wording is not Wording.NAMED or draft.case.category in PROTECTED


def _silent(draft: Draft, before: Step) -> Mapping[str, Any]:
    who = before.tell[0].value if len(before.tell) == 1 else ""
    return {**notices.named(draft.case), "silent": who}


def _to_brand(
    draft: Draft, occasion: Occasion, step: Step, *, is_again: bool
) -> Notice:
    """A reminder of what is veiled says the same as before, and no more."""
    case = draft.case
    is_veiled = notices.is_veiled(case) or step.wording is Wording.VEILED
    clock = _clock(draft, occasion)
    if occasion.trigger is Trigger.CLUSTER:
        return Notice("cluster", _cluster(draft))
    if occasion.trigger is Trigger.S1 or (is_veiled and clock is None):
        return Notice("brand_alert", notices.alert_params(draft))
    if is_veiled and clock is not None:
        return Notice("brand_missed_protected", notices.veiled_params(draft, clock))
    if step.wording is Wording.GENERAL:
        return _general(draft, Rung.BRAND)
    if is_again:
        told = {**notices.named(case), "country": case.country}
        late = notices.missed_params(draft, clock) if clock is not None else {}
        return Notice("brand_reminder", {**told, **late})
    return _usual(draft, occasion, Rung.BRAND)


def _general(draft: Draft, rung: Rung) -> Notice:
    place = {"site": draft.case.site or "", "country": draft.case.country}
    return Notice("missed_general", {**place, "rung": rung.value})


def _usual(draft: Draft, occasion: Occasion, rung: Rung) -> Notice:
    """Return the notice of what happened, for whoever may hear it named."""
    case, clock = draft.case, _clock(draft, occasion)
    named = notices.named(case)
    match occasion.trigger:
        case Trigger.S1:
            return Notice("case_new", notices.dated(case, notices.next_clock(case)))
        case Trigger.CLUSTER:
            return Notice("cluster", _cluster(draft))
        case Trigger.REVIEW_MISSED if clock is not None:
            due_at = clock.due_at.isoformat()
            return Notice("review_missed", {**named, "due_at": due_at})
        case Trigger.MISSED_TWICE if clock is not None:
            return Notice("second_miss", notices.missed_params(draft, clock))
        case Trigger.MISSED if clock is not None and rung is Rung.BRAND:
            return Notice("brand_missed", notices.missed_params(draft, clock))
        case Trigger.MISSED if clock is not None:
            dated = notices.dated(case, clock)
            return Notice("missed", {**dated, "rung": rung.value})
        case _:
            return Notice("not_solved", {**named, "count": case.not_solved})


def _clock(draft: Draft, occasion: Occasion) -> Deadline | None:
    """Return the clock that was missed, where the occasion is one."""
    if occasion.trigger not in _CLOCKED:
        return None
    return draft.case.deadline(occasion.clock, occasion.round)


def _cluster(draft: Draft) -> Mapping[str, Any]:
    """So many or more, and no number of any case."""
    case, cluster = draft.case, draft.policy.cluster
    if cluster is None:
        raise LookupError("a cluster without a policy for it")
    return {
        "site": case.site or "",
        "country": case.country,
        "category": case.category.value,
        "count": cluster.cases,
        "days": max(cluster.within.elapsed.days, 1),
    }
