"""What the law's happenings and duties are called on the partner's desk."""

from collections.abc import Mapping

from app.domain.durations import Duration
from app.domain.laws import Happening, Who
from app.wording.line import N_, Line

HAPPENINGS: Mapping[Happening, str] = {
    Happening.OPENED: N_("The case came"),
    Happening.FORMAL: N_("She complained in writing"),
    Happening.INCIDENT: N_("It happened"),
    Happening.KNOWLEDGE: N_("She learnt of the cause"),
    Happening.WAGE_DUE: N_("The wage was due"),
    Happening.WAGE_PERIOD_ENDED: N_("The wage period ended"),
    Happening.EMPLOYMENT_ENDED: N_("Her employment ended"),
    Happening.APPOINTED: N_("She was appointed"),
    Happening.GRIEVANCE_SENT: N_("Her grievance was sent in writing"),
    Happening.CONCILIATION_ASKED: N_("Conciliation was asked for"),
    Happening.COURT_ASKED: N_("The court was asked"),
    Happening.APPEALED: N_("An appeal was made"),
    Happening.COPY_SENT: N_("A copy was sent to the person complained of"),
    Happening.REPLY_RECEIVED: N_("The reply was received"),
    Happening.INQUIRY_ENDED: N_("The inquiry ended"),
    Happening.REPORT_SENT: N_("The report was sent"),
    Happening.EMPLOYER_ACTED: N_("The employer acted on it"),
    Happening.DECISION: N_("A decision was given"),
    Happening.APPEAL_DECIDED: N_("The appeal was decided"),
    Happening.WAGES_PAID: N_("The wages were paid"),
    Happening.DUES_PAID: N_("The dues were paid"),
    Happening.CONTRIBUTION_PAID: N_("The contribution was paid"),
    Happening.REGISTERED: N_("She was registered"),
    Happening.CHILD_ASSESSED: N_("The child's situation was assessed"),
    Happening.CHILD_SEXUAL_OFFENCE: N_("It may be a sexual offence against a child"),
    Happening.NO_SEXUAL_OFFENCE: N_("There is no sign of a sexual offence"),
    Happening.AUTHORITY_TOLD: N_("The police or the child's authority was told"),
    Happening.COUNSEL_REASON: N_("Counsel says why they need not be told"),
}

WHO: Mapping[Who, str] = {
    Who.WORKER: N_("The worker"),
    Who.COMMITTEE: N_("The committee"),
    Who.EMPLOYER: N_("The employer"),
    Who.RESPONDENT: N_("The person complained of"),
    Who.PROGRAMME: N_("We, everybody of the programme"),
    Who.AUTHORITY: N_("The authority"),
    Who.BRAND: N_("The brand"),
}

CONFIDENCE: Mapping[str, str] = {
    "A": N_("text of the law or an official page seen"),
    "B": N_("secondary source seen"),
    "C": N_("general knowledge"),
}

_HOURS = N_("{count} hours left")
_DAYS = N_("{count} days left")
_WORKING_DAYS = N_("{count} working days left")


def law_left(left: Duration) -> Line:
    """Return what is left of a term of the law, in its own measure."""
    said = {"h": _HOURS, "wd": _WORKING_DAYS}.get(left.unit, _DAYS)
    return Line(said, {"count": left.amount})
