"""Remediation: forced and child labour only, and never without a next date."""

from datetime import date, timedelta

from app.domain.authority import Refusal
from app.domain.clocks import IMPLIED, end_of, meet, put_once_more
from app.domain.commands import Remediate, Review
from app.domain.draft import Draft
from app.domain.notices import tell_worker
from app.domain.pausing import end_pause
from app.domain.taxonomy import REMEDIATED, Clock, State

# A review farther off than this is none.
FARTHEST_REVIEW = timedelta(days=366)
AFTER_A_MISS = timedelta(days=7)


def remediate(draft: Draft, command: Remediate, to: State) -> None:
    """Remediation runs under the partner's eyes until a dated review.

    The plan is there by now; the promise to resolve stands until it is met.
    """
    if draft.case.category not in REMEDIATED:
        raise Refusal(
            "not_remediated", "Only FORC and CHLD cases stand in remediation."
        )
    _need_date_to_come(draft, command.review_on)
    end_pause(draft)
    draft.change(state=to)
    draft.record(
        "remediation.begun", command.note, review_on=command.review_on.isoformat()
    )
    meet(draft, *IMPLIED, Clock.PLAN)
    _set_review(draft, command.review_on)
    tell_worker(draft)


def review(draft: Draft, command: Review, _to: State) -> None:
    """A review was held; remediation goes on, so it has a next one."""
    if command.next_on is None:
        raise Refusal(
            "no_next_review", "Give the date of the next review, or resolve the case."
        )
    _need_date_to_come(draft, command.next_on)
    meet(draft, Clock.REVIEW)
    draft.record("case.reviewed", command.note, next_on=command.next_on.isoformat())
    _set_review(draft, command.next_on)


def review_again(draft: Draft) -> None:
    """A date was missed: the next is a week away, until a review is held.

    Not where a later one is set already, or remediation is over.
    """
    review = draft.case.deadline(Clock.REVIEW)
    is_set = review is not None and review.is_running
    if draft.case.state == State.IN_REMEDIATION and not is_set:
        _set_review(draft, draft.day + AFTER_A_MISS)


def _set_review(draft: Draft, day: date) -> None:
    put_once_more(draft, Clock.REVIEW, end_of(day, draft))


def _need_date_to_come(draft: Draft, day: date) -> None:
    if not draft.day < day <= draft.day + FARTHEST_REVIEW:
        raise Refusal("review_date", "The review must be on a day within a year.")
