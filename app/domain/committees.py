"""Who may hold a case: recusals, and what only a partner gives or takes."""

from uuid import UUID

from app.domain.authority import Hat, Refusal, hats
from app.domain.closing import need_reason
from app.domain.commands import (
    Exclude,
    HandBack,
    HandToPartner,
    Include,
    Recuse,
    Release,
    ReleaseToBrand,
    TakeOver,
)
from app.domain.draft import Draft
from app.domain.handover import as_handed, as_new, draw, fall_back, holding, rehome
from app.domain.notices import may_reach_brands
from app.domain.routing import policy_route, route
from app.domain.taxonomy import PROTECTED, State


def exclude(draft: Draft, command: Exclude, _to: State) -> None:
    """Recuse a person; with too few left the case goes to the next body.

    A committee member recuses only herself: nobody on a committee decides who
    else sits on it.
    """
    case = draft.case
    if draft.directory.person(command.person) is None:
        raise Refusal("unknown_person", "There is no such person in the programme.")
    worn = hats(draft.person, case, draft.directory, draft.day)
    is_self = command.person == draft.person.id
    if not is_self and not worn & {Hat.PARTNER, Hat.SECRETARIAT}:
        raise Refusal("role", "A member recuses only herself; ask the partner.")
    leave_out(draft, command.person)
    draft.record("member.excluded", command.note, person=str(command.person))
    fall_back(draft)


def recuse(draft: Draft, command: Recuse, _to: State) -> None:
    """Somebody of the body steps away from the case; nobody asks her why."""
    leave_out(draft, draft.person.id)
    draft.record("member.excluded", command.note, person=str(draft.person.id))
    fall_back(draft)


def leave_out(draft: Draft, person: UUID) -> None:
    """Let nothing of hers count on this case any more."""
    case = draft.case
    draft.change(
        excluded=case.excluded | {person},
        signatures=tuple(s for s in case.signatures if s.person != person),
        taken_by=None if case.taken_by == person else case.taken_by,
    )


def include(draft: Draft, command: Include, _to: State) -> None:
    """Undo an exclusion; the case stays where it is until it is handed back."""
    if command.person not in draft.case.excluded:
        raise Refusal("not_excluded", "This person is not excluded from the case.")
    draft.change(excluded=draft.case.excluded - {command.person})
    draft.record("member.included", command.note, person=str(command.person))
    draw(draft)  # whoever sat in for her stands down


def release(draft: Draft, command: Release, _to: State) -> None:
    """The partner lets the committee have a case that waits on the conflict."""
    case = draft.case
    if case.is_raised or case.is_withheld:
        raise Refusal("raised", "This case was taken from the committee: hand-back.")
    _need_outside(draft)
    before = holding(draft)
    draft.change(is_released=True)
    _need_committee(draft)
    draft.record("case.released", command.note)
    rehome(draft, before, as_new)


def hand_back(draft: Draft, command: HandBack, _to: State) -> None:
    """The partner gives a case back to the committee that it was taken from."""
    need_reason(command)
    _need_outside(draft)
    before = holding(draft)
    draft.change(is_raised=False, is_withheld=False, is_released=True)
    _need_committee(draft)
    draft.record("case.handed_back", command.note)
    rehome(draft, before, as_handed("partner"))


def take_over(draft: Draft, command: TakeOver, _to: State) -> None:
    _leave_committee(draft, "case.taken_over", command.note, "partner")


def hand_to_partner(draft: Draft, command: HandToPartner, _to: State) -> None:
    """A committee that cannot or should not work it gives it away, and says why."""
    need_reason(command)
    _leave_committee(draft, "case.given_up", command.note, "committee")


def _leave_committee(draft: Draft, kind: str, note: str, why: str) -> None:
    if not draft.case.route.is_factory_side:
        raise Refusal("held", "No committee holds this case.")
    before = holding(draft)
    draft.change(is_withheld=True, is_released=False)
    draft.record(kind, note)
    rehome(draft, before, as_handed(why))


def _need_outside(draft: Draft) -> None:
    if draft.case.route.is_factory_side:
        raise Refusal("with_committee", "The committee holds this case already.")


def _need_committee(draft: Draft) -> None:
    """Refuse where no committee would get it: by the policy, or for want of one."""
    if not policy_route(draft.case, draft.policy).is_factory_side:
        raise Refusal("policy", "Cases of this kind are never a committee's.")
    if not route(draft.case, draft.directory, draft.day).route.is_factory_side:
        raise Refusal("no_committee", "The site has no committee that could take it.")


def release_to_brand(draft: Draft, command: ReleaseToBrand, _to: State) -> None:
    """From now on brands may read what a protected case is, where and when."""
    need_reason(command)
    if not may_reach_brands(draft.case) or draft.case.category not in PROTECTED:
        raise Refusal("not_veiled", "Nothing of this case is veiled from brands.")
    draft.change(is_released_to_brand=True)
    draft.record("case.released_to_brands", command.note)
