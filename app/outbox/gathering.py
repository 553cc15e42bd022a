"""Which notices become one message, and when it goes.

The first notice to a person goes out at once, and with it whatever else is due
for them. What comes within the window after that waits for its end and goes
out as one message again. What cannot wait goes at once and alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.directory import Person
from app.domain.taxonomy import PROTECTED, Category, Role, Route, Severity

# Notices about the daily work on a case.
GATHERED = frozenset(
    {
        *("case_new", "case_handed", "reminder", "missed", "review_missed"),
        *("worker_wrote", "voice_new", "file_new", "worker_unreachable"),
    }
)
# To the body that holds the case these are its own; above it they are escalations.
_CLIMBING = frozenset({"missed", "review_missed"})
# A mail with more of them would not be read; the others follow in the next.
MOST = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """What of one notice decides whether it may wait for others."""

    template: str
    reason: str  # why the case was handed over; blank otherwise
    severity: Severity
    category: Category
    route: Route  # the body that holds the case now
    owed_at: datetime
    due_at: datetime | None  # by when something must be done
    awaits_answer: bool = False  # a rung's own timer runs until its reader answers


def may_gather(person: Person, notice: Notice) -> bool:
    """Tell whether it may be one of several in one message to this person.

    Never where somebody may be in danger, nor of a protected case, which beside
    others would say more than alone; nor what a person who stands above the
    body is told, or must answer: an escalation is read by itself.
    """
    return (
        notice.template in GATHERED
        and notice.reason != "danger"
        and not notice.awaits_answer
        and notice.severity != Severity.S1
        and notice.category not in PROTECTED
        and (notice.template not in _CLIMBING or _is_of_body(person, notice.route))
    )


def _is_of_body(person: Person, route: Route) -> bool:
    if route is Route.SECRETARIAT:
        return person.role is Role.ADMIN
    return person.role.value == route.value


def when_to_send(
    person: Person,
    notice: Notice,
    at: datetime,
    *,
    free_at: datetime | None,
    window: timedelta,
) -> datetime:
    """Return when a notice that is due at `at` goes out to this person.

    `free_at` is when the window after the last gathered message to them ends;
    None: there was none. A date that comes before that is told of at once, and
    no notice waits for longer than one window after it came to be owed.
    """
    if not may_gather(person, notice) or free_at is None or free_at <= at:
        return at
    if notice.due_at is not None and at < notice.due_at <= free_at:
        return at
    return max(at, min(free_at, notice.owed_at + window))
