"""Remediation: forced and child labour only, and never without a next date."""

from datetime import date, datetime, time, timedelta

from app.domain.authority import Refusal
from app.domain.bodies import body
from app.domain.case import Deadline
from app.domain.clocks import IMPLIED, end_of, meet, put_once_more
from app.domain.commands import Remediate, Review
from app.domain.draft import Draft, to_people
from app.domain.durations import Duration, later_by
from app.domain.notices import dated, tell_worker
from app.domain.pausing import end_pause
from app.domain.taxonomy import REMEDIATED, Category, Clock, State
from app.domain.transitions import following

# A review farther off than this is none.
FARTHEST_REVIEW = timedelta(days=366)
AFTER_A_MISS = timedelta(days=7)
# A child's case is looked at every month, give or take a few days.
MONTHLY = Duration(1, "mo")
GRACE = timedelta(days=3)


def remediate(draft: Draft, command: Remediate, to: State) -> None:
    """Remediation runs under the partner's eyes until a dated review.

    The plan is there by now; the promise to resolve stands until it is met.
    """
    if draft.case.category not in REMEDIATED:
        raise Refusal(
            "not_remediated", "Only FORC and CHLD cases stand in remediation."
        )
    review_on = _next_review(draft, command.review_on)
    end_pause(draft)
    draft.change(state=to)
    draft.record("remediation.begun", command.note, review_on=review_on.isoformat())
    meet(draft, *IMPLIED, Clock.PLAN)
    _set_review(draft, review_on)
    tell_worker(draft)


def review(draft: Draft, command: Review, _to: State) -> None:
    """A review was held; remediation goes on, so it has a next one."""
    next_on = _next_review(draft, command.next_on)
    meet(draft, Clock.REVIEW)
    draft.record("case.reviewed", command.note, next_on=next_on.isoformat())
    _set_review(draft, next_on)


def keep_child(draft: Draft) -> None:
    """Nobody said that it is solved: the child's case goes on, month by month."""
    draft.change(state=following(draft.case.state, "child-stays"))
    review_on = _next_review(draft, None)
    draft.record("child.kept", review_on=review_on.isoformat())
    clock = _set_review(draft, review_on)
    people = body(draft.case, draft.directory, draft.day)
    draft.owe(
        "case_handed",
        to_people(people),
        {**dated(draft.case, clock), "reason": "stays"},
        occasion=f"stays:{clock.round}",
    )
    tell_worker(draft)


def review_again(draft: Draft) -> None:
    """A date was missed: the next is a week away, until a review is held.

    Not where a later one is set already, or remediation is over.
    """
    review = draft.case.deadline(Clock.REVIEW)
    is_set = review is not None and review.is_running
    if draft.case.state == State.IN_REMEDIATION and not is_set:
        _set_review(draft, draft.day + AFTER_A_MISS)


def _set_review(draft: Draft, day: date) -> Deadline:
    return put_once_more(draft, Clock.REVIEW, end_of(day, draft))


def _next_review(draft: Draft, day: date | None) -> date:
    """Return the day given, where it may be; a child's is else a month away."""
    is_child = draft.case.category is Category.CHLD
    month = later_by(datetime.combine(draft.day, time()), MONTHLY).date()
    if day is None and is_child:
        return month
    if day is None:
        raise Refusal(
            "no_next_review", "Give the date of the next review, or resolve the case."
        )
    farthest = month + GRACE if is_child else draft.day + FARTHEST_REVIEW
    if not draft.day < day <= farthest:
        within = "a month" if is_child else "a year"
        raise Refusal("review_date", f"The review must be on a day within {within}.")
    return day
