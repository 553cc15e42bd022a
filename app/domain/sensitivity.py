"""What a case is about, how grave, and where: raised by anyone, lowered by few.

Raising a sensitivity may be automatic; only a partner lowers one, and says
why. Due times not yet met are computed anew; they come later only then.
"""

from app.domain.authority import Hat, Refusal, hats
from app.domain.clocks import meet, start_round
from app.domain.closing import need_reason, run_again
from app.domain.commands import SetCategory, SetSeverity, SetSite, StaffVerb
from app.domain.draft import Draft
from app.domain.handover import Telling, as_handed, as_new, holding, reckon, rehome
from app.domain.notices import tell_worker
from app.domain.pausing import end_pause
from app.domain.policy import Policy
from app.domain.taxonomy import (
    PROTECTED,
    REMEDIATED,
    Category,
    Clock,
    Severity,
    State,
)
from app.domain.transitions import following

# What brands know nothing of, or next to nothing.
_KEPT = PROTECTED | {Category.CRIS}


def graver(one: Severity, other: Severity) -> Severity:
    return min(one, other, key=lambda severity: severity.rank)


def is_bypass(category: Category, policy: Policy) -> bool:
    """Return whether the policy keeps such cases from every committee."""
    return not policy.entry(category).route.is_factory_side


def is_lowering(old: Category, new: Category, policy: Policy) -> bool:
    """Return whether the new category guards the worker less than the old.

    INFO is no complaint in any statistics, so making a case one lowers it.
    """
    if old == new:
        return False
    return (
        (is_bypass(old, policy) and not is_bypass(new, policy))
        or (old in PROTECTED and new not in PROTECTED)
        or (old == Category.CRIS)
        or (new == Category.INFO)
    )


def set_site(draft: Draft, command: SetSite, _to: State) -> None:
    place(draft, command.site, note=command.note)


def place(draft: Draft, code: str, *, note: str = "") -> None:
    """It happened there: another calendar, perhaps another country and body."""
    site = draft.directory.sites.get(code)
    if site is None:
        raise Refusal("unknown_site", "There is no site with this code.")
    before, old = holding(draft), draft.case
    if old.site == code:
        return
    draft.change(site=code, country=site.country)
    draft.record("site.set", note, was=old.site, site=code, country=site.country)
    reckon(draft, old)
    rehome(draft, before, as_new)


def set_category(draft: Draft, command: SetCategory, _to: State) -> None:
    """A partner may set any category; the others only one that guards as well."""
    lowers = is_lowering(draft.case.category, command.category, draft.policy)
    severity = _default_or_graver(draft, command.category)
    lowers = lowers or severity.rank > draft.case.severity.rank
    if lowers and not _is_partner(draft):
        if is_lowering(draft.case.category, command.category, draft.policy):
            raise Refusal("lowering", "Only a partner makes a case less sensitive.")
        severity, lowers = draft.case.severity, False
    if lowers:
        need_reason(command)
    classify(draft, command.category, severity, is_lower=lowers, note=command.note)


def _default_or_graver(draft: Draft, category: Category) -> Severity:
    """Return the new category's own severity, unless a person or danger set one."""
    case, policy = draft.case, draft.policy
    default = policy.default_severity(category)
    if case.severity == policy.default_severity(case.category) and not case.is_raised:
        return default
    return graver(case.severity, default)


def classify(
    draft: Draft,
    category: Category,
    severity: Severity,
    *,
    is_lower: bool = False,
    note: str = "",
) -> None:
    """Give the case its category; its clocks and its body follow."""
    before, old = holding(draft), draft.case
    if (category, severity) == (old.category, old.severity):
        return
    _end_pause_if_critical(draft, severity)
    draft.change(category=category, severity=severity)
    if category in _KEPT and old.category not in _KEPT:
        draft.change(veiled_at=draft.at)
    draft.record(
        "category.set",
        note,
        was=old.category.value,
        category=category.value,
        severity=severity.value,
        is_lowered=is_lower,
    )
    _end_remediation(draft)
    reckon(draft, old, may_be_later=is_lower)
    rehome(draft, before, as_new)


def _end_remediation(draft: Draft) -> None:
    """What is neither forced nor child labour goes back to be looked into."""
    state = draft.case.state
    if state == State.IN_REMEDIATION and draft.case.category not in REMEDIATED:
        draft.change(state=following(state, "remediation-ends"))
        draft.record("remediation.ended")
        meet(draft, Clock.REVIEW)
        _promise_anew(draft)


def _promise_anew(draft: Draft) -> None:
    """Where a solution was declared once already, no clock would run any more."""
    resolve = draft.case.deadline(Clock.RESOLVE)
    if resolve is not None and resolve.met_at is not None:
        draft.change(round=draft.case.round + 1)
        start_round(draft)


def set_severity(draft: Draft, command: SetSeverity, _to: State) -> None:
    """Graver by anyone on the case; less grave by a partner, with a reason."""
    old = draft.case
    if command.severity == old.severity:
        raise Refusal("same", f"The case is {old.severity} already.")
    if command.severity.rank > old.severity.rank:
        _lower(draft, command)
    elif command.severity == Severity.S1:
        raise_to_critical(draft, as_handed("danger"), command=command)
    else:
        before = holding(draft)
        _set_severity(draft, command.severity, note=command.note)
        rehome(draft, before, as_new)


def _lower(draft: Draft, command: SetSeverity) -> None:
    """The case stays outside the factory until the partner hands it back."""
    if not _is_partner(draft):
        raise Refusal("lowering", "Only a partner makes a case less sensitive.")
    need_reason(command)
    before, case = holding(draft), draft.case
    is_kept = case.is_withheld or (case.is_raised and not case.route.is_factory_side)
    draft.change(is_raised=False, is_withheld=is_kept)
    _set_severity(draft, command.severity, note=command.note, is_lower=True)
    rehome(draft, before, as_new)


def raise_to_critical(
    draft: Draft, tell: Telling, *, command: StaffVerb | None = None
) -> None:
    """Danger, or a person, makes it S1: it leaves the committee at once.

    Also a case that was released or handed back before. Whoever holds it now
    is told, though it may be the same partner as before; the committee is not.
    One that was declared solved runs again: no clock of it would, and nothing
    would climb.
    """
    is_over = draft.case.state == State.RESOLVED
    if draft.case.is_raised and not is_over:
        return
    before = holding(draft)
    if is_over:
        run_again(draft, following(draft.case.state, "danger-reopens"))
    _end_pause_if_critical(draft, Severity.S1)
    draft.change(is_raised=True, is_released=False)
    _set_severity(draft, Severity.S1, note=command.note if command else "")
    rehome(draft, before, tell, always_tell=True)
    if is_over and command is not None:
        tell_worker(draft)


def _set_severity(
    draft: Draft, severity: Severity, *, note: str, is_lower: bool = False
) -> None:
    old = draft.case
    if severity == old.severity:
        return
    draft.change(severity=severity)
    draft.record(
        "severity.set",
        note,
        was=old.severity.value,
        severity=severity.value,
        is_lowered=is_lower,
    )
    reckon(draft, old, may_be_later=is_lower)


def _end_pause_if_critical(draft: Draft, severity: Severity) -> None:
    if severity == Severity.S1:
        end_pause(draft)


def _is_partner(draft: Draft) -> bool:
    person = draft.by.person
    if person is None:
        return False
    return Hat.PARTNER in hats(person, draft.case, draft.directory, draft.day)


def choose_topic(draft: Draft, chosen: Category) -> None:
    """Take the worker's own word for it, but never to guard her less.

    OTHR is not yet a category: whatever she picks is better than that. The
    severity stays the graver of the two.
    """
    case = draft.case
    is_triage = case.category == Category.OTHR
    lowers = is_lowering(case.category, chosen, draft.policy)
    if lowers and not is_triage:
        draft.record("topic.kept", chosen=chosen.value, kept=case.category.value)
        return
    severity = graver(case.severity, draft.policy.default_severity(chosen))
    classify(draft, chosen, severity)
