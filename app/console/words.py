"""What things are called in the rooms: names for codes, for the catalogues.

A sentence of its own stands beside the page that says it; here is what several
pages name.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from app.domain.taxonomy import Category, Clock, Role, Route, Severity, Side, State
from app.domain.validity import Lack, Missing
from app.wording.line import N_, Line

CATEGORIES: Mapping[str, str] = {
    Category.WAGE: N_("Wages and pay"),
    Category.HOUR: N_("Working hours and leave"),
    Category.SOCS: N_("Social security"),
    Category.MATC: N_("Maternity and childcare"),
    Category.GBVH: N_("Sexual harassment, gender-based violence"),
    Category.ABUS: N_("Abuse and threats"),
    Category.CHLD: N_("Child labour, young workers"),
    Category.FORC: N_("Forced or bonded labour"),
    Category.OSHS: N_("Safety and health"),
    Category.WASH: N_("Water, toilets, food"),
    Category.TERM: N_("Dismissal and contract"),
    Category.FOAS: N_("Union and committee rights"),
    Category.DISC: N_("Discrimination"),
    Category.DORM: N_("Hostel and transport"),
    Category.RETA: N_("Reprisal for a complaint"),
    Category.CRIS: N_("Somebody's life is in danger"),
    Category.INFO: N_("Question or suggestion"),
    Category.OTHR: N_("Not sorted yet"),
}

SEVERITIES: Mapping[str, str] = {
    Severity.S1: N_("S1 critical"),
    Severity.S2: N_("S2 high"),
    Severity.S3: N_("S3 medium"),
    Severity.S4: N_("S4 low"),
}

STATES: Mapping[str, str] = {
    State.RECEIVED: N_("New, nobody has read it"),
    State.ACKNOWLEDGED: N_("Read"),
    State.IN_REVIEW: N_("Being looked into"),
    State.REMEDY_PROPOSED: N_("A remedy is proposed"),
    State.RESOLVED: N_("Declared solved, the worker is asked"),
    State.IN_REMEDIATION: N_("In remediation"),
    State.REOPENED: N_("Open again"),
    State.CLOSED_CONFIRMED: N_("Closed, the worker says it is solved"),
    State.CLOSED_DECLARED: N_("Closed as declared, the worker did not answer"),
    State.CLOSED_UNFOUNDED: N_("Closed, nothing was found"),
    State.CLOSED_WITHDRAWN: N_("Closed, withdrawn"),
    State.CLOSED_REFERRED: N_("Closed, referred to an authority"),
    State.CLOSED_NO_CONTACT: N_("Closed, the worker could not be reached"),
}

CLOCKS: Mapping[str, str] = {
    Clock.ACKNOWLEDGE: N_("Acknowledge"),
    Clock.FIRST_ACTION: N_("First action"),
    Clock.RESOLVE: N_("Resolve"),
    Clock.PLAN: N_("Remediation plan"),
    Clock.REVIEW: N_("Next review"),
    Clock.CONFIRMATION: N_("The worker's word"),
    Clock.WITHDRAWAL: N_("Withdrawal takes effect"),
    Clock.CHECK_30: N_("Question about reprisals after 30 days"),
    Clock.CHECK_90: N_("Question about reprisals after 90 days"),
    Clock.CHECK_ANSWER: N_("The worker's answer about reprisals"),
}

ROUTES: Mapping[str, str] = {
    Route.COMMITTEE: N_("Committee"),
    Route.INTERNAL_COMMITTEE: N_("Internal committee"),
    Route.SAFETY_COMMITTEE: N_("Safety committee"),
    Route.PARTNER: N_("Partner"),
    Route.SECRETARIAT: N_("Secretariat"),
}

ROLES: Mapping[str, str] = {
    Role.COMMITTEE: N_("Committee member"),
    Role.INTERNAL_COMMITTEE: N_("Member of the internal committee"),
    Role.SAFETY_COMMITTEE: N_("Member of the safety committee"),
    Role.FACTORY_HEAD: N_("Head of the factory"),
    Role.PARTNER: N_("Partner"),
    Role.BRAND: N_("Brand"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMIN: N_("Secretariat"),
}

SIDES: Mapping[str, str] = {
    Side.WORKER: N_("For the workers"),
    Side.MANAGEMENT: N_("For the management"),
    Side.NEUTRAL: N_("Neutral"),
}

CHANNELS: Mapping[str, str] = {
    "sms": N_("Text message"),
    "voice": N_("Telephone"),
    "web": N_("Web page"),
    "paper": N_("Paper or visit"),
}

# `have` and `need` are members; of women the percentage.
LACKS: Mapping[Missing, str] = {
    Missing.MEMBERS: N_("Members: {have}, at least {need} are needed."),
    Missing.MOST: N_("Members: {have}, at most {need} may sit."),
    Missing.WORKERS: N_("Members for the workers: {have}, {need} are needed."),
    Missing.PARITY: N_("For the workers: {have}, for the management: {need}."),
    Missing.WOMEN: N_("Women: {have} %, at least {need} % are needed."),
    Missing.SEX: N_("Of {have} members nobody recorded whether they are women."),
    Missing.CHAIR: N_("Nobody presides."),
    Missing.WOMAN_CHAIR: N_("No woman presides."),
    Missing.EXTERNAL: N_("Members from outside: {have}, {need} are needed."),
    Missing.QUORUM: N_("Members: {have}; to decide, {need} must be there."),
    Missing.TERM: N_("A term ended on {day} and the place is empty."),
}

_MINUTES_LEFT = N_("{count} working minutes left")
_LAST_HOUR = N_("less than an hour of working time left")
_HOURS_LEFT = N_("{count} working hours left")
_DAYS_LEFT = N_("{count} working days left")
_NONE_LEFT = N_("no working time left")
_LATE_HOURS = N_("{count} hours late")
_LATE_DAYS = N_("{count} days late")

# Longer than a working day in any calendar: beyond it one counts in days.
_DAY = timedelta(hours=8)


def lack_says(lack: Lack, day: date | str | None) -> Line:
    """Say what a committee lacks; `day` is the lack's own, or it in words."""
    params = {"have": lack.have, "need": lack.need, "day": day}
    message = LACKS[lack.code]
    return Line(message, {n: v for n, v in params.items() if f"{{{n}}}" in message})


def time_left(
    left: timedelta, *, late: timedelta | None = None, to_hour: bool = False
) -> Line:
    """Return working time left in words, rounded down; `late` by the clock.

    `to_hour`: without minutes.

    Working days are of eight hours, as the calendar's own differ by the day.
    """
    if late is not None:
        days, hours = late.days, int(late.total_seconds() // 3600)
        return (
            Line(_LATE_DAYS, {"count": days})
            if days >= 2
            else Line(_LATE_HOURS, {"count": hours})
        )
    if left <= timedelta(0):
        return Line(_NONE_LEFT, {})
    if left < timedelta(hours=1) and to_hour:
        return Line(_LAST_HOUR)
    if left < timedelta(hours=1):
        return Line(_MINUTES_LEFT, {"count": int(left.total_seconds() // 60)})
    if left < 3 * _DAY:
        return Line(_HOURS_LEFT, {"count": int(left.total_seconds() // 3600)})
    return Line(_DAYS_LEFT, {"count": left // _DAY})
