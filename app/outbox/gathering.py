"""Which notices become one message, and when it goes.

The first notice to a person goes out at once, and with it whatever else is due
for them. What comes within the window after that waits for its end and goes
out as one message again. What cannot wait goes at once and alone.

Whoever chose an hour of the day is told of the daily work at that hour, and
within their quiet hours of none of it. Nobody who never chose waits for longer.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.calendar import instant
from app.domain.directory import Person
from app.domain.quiet import after_quiet
from app.domain.taxonomy import PROTECTED, Category, Role, Route, Severity
from app.domain.wishes import AT_ONCE, Wishes

# Notices about the daily work on a case.
GATHERED = frozenset(
    {
        *("case_new", "case_handed", "reminder", "missed", "review_missed"),
        *("worker_wrote", "voice_new", "file_new", "worker_unreachable"),
        *("words_wait", "words_released"),
    }
)
# A voice that nobody has heard may tell of danger: it waits for no hour of the day.
_HEARD_SOON = frozenset({"voice_new"})
# To the body that holds the case these are its own; above it they are escalations.
_CLIMBING = frozenset({"missed", "review_missed"})
# A mail with more of them would not be read; the others follow in the next.
MOST = 100
# A notice that waits for its hour is looked at again: its case may have become
# grave, or its date have been moved to before that hour.
LOOK_AGAIN = timedelta(minutes=15)


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
    wishes: Wishes = AT_ONCE,
    zone: ZoneInfo | None = None,
) -> datetime:
    """Return when a notice that is due at `at` goes out to this person.

    `free_at` is when the window after the last gathered message to them ends;
    None: there was none. A date that comes before that is told of at once, and
    no notice waits for longer than one window after it came to be owed, unless
    this person chose so: then it waits for their hour and for the end of their
    quiet hours, in `zone`, as far as its date allows.
    """
    if not may_gather(person, notice):
        return at
    may_choose = zone is not None and notice.template not in _HEARD_SOON
    chosen = _chosen(wishes, notice, at, zone) if zone and may_choose else at
    turn = max(at, free_at or at)
    if notice.due_at is not None and at < notice.due_at <= max(chosen, turn):
        return at
    return max(at, chosen, min(turn, notice.owed_at + window))


def _chosen(wishes: Wishes, notice: Notice, at: datetime, zone: ZoneInfo) -> datetime:
    """Return the hour that the person chose, once after it came to be owed."""
    then = at
    if wishes.daily_at is not None:
        then = max(at, _next_hour(notice.owed_at, wishes.daily_at, zone))
    return after_quiet(then, zone, wishes.quiet)


def _next_hour(after: datetime, hour: time, zone: ZoneInfo) -> datetime:
    """Return the first instant from `after` on at which a clock there shows it."""
    day = after.astimezone(zone).date()
    days = (datetime.combine(day + timedelta(days=n), hour) for n in range(3))
    return next(then for each in days if (then := instant(each, zone)) >= after)


def look_at(at: datetime, then: datetime) -> datetime:
    """Return when a notice that waits until `then` is looked at next.

    At the full quarter of an hour, so that all that waits for one person is
    looked at together.
    """
    gone = (at - datetime.min.replace(tzinfo=at.tzinfo)) % LOOK_AGAIN
    return min(then, at + LOOK_AGAIN - gone)
