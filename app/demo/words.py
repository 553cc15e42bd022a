"""How the demo page says what the engine knows, in plain English."""

from collections.abc import Mapping

from app.domain.taxonomy import Category, Clock, Route, State

STATES: Mapping[str, str] = {
    State.RECEIVED: "Received",
    State.ACKNOWLEDGED: "Acknowledged",
    State.IN_REVIEW: "In review",
    State.REMEDY_PROPOSED: "Remedy proposed",
    State.RESOLVED: "Declared solved, waits for the worker's word",
    State.IN_REMEDIATION: "In remediation",
    State.REOPENED: "Reopened",
    State.CLOSED_CONFIRMED: "Closed: the worker confirmed",
    State.CLOSED_DECLARED: "Closed: declared solved, not confirmed",
    State.CLOSED_UNFOUNDED: "Closed: unfounded",
    State.CLOSED_WITHDRAWN: "Closed: withdrawn",
    State.CLOSED_REFERRED: "Closed: referred",
    State.CLOSED_NO_CONTACT: "Closed: no contact",
}

ROUTES: Mapping[str, str] = {
    Route.COMMITTEE: "the worker-employer committee",
    Route.INTERNAL_COMMITTEE: "the internal committee",
    Route.SAFETY_COMMITTEE: "the safety committee",
    Route.PARTNER: "the partner, outside the factory",
    Route.SECRETARIAT: "the secretariat",
}

CATEGORIES: Mapping[str, str] = {
    Category.WAGE: "Wages and overtime pay",
    Category.HOUR: "Working hours and leave",
    Category.SOCS: "Social security",
    Category.MATC: "Maternity and childcare",
    Category.GBVH: "Sexual harassment, gender-based violence",
    Category.ABUS: "Abuse and threats",
    Category.CHLD: "Child labour, young workers",
    Category.FORC: "Forced labour",
    Category.OSHS: "Safety and health",
    Category.WASH: "Water, toilets, canteen",
    Category.TERM: "Dismissal and dues",
    Category.FOAS: "Union and committee rights",
    Category.DISC: "Discrimination",
    Category.DORM: "Hostel and transport",
    Category.RETA: "Reprisal",
    Category.CRIS: "A life in danger",
    Category.INFO: "Question",
    Category.OTHR: "Not sorted yet",
}

CLOCKS: Mapping[str, str] = {
    Clock.ACKNOWLEDGE: "Acknowledge",
    Clock.FIRST_ACTION: "First action",
    Clock.RESOLVE: "Resolve",
    Clock.PLAN: "Remediation plan",
    Clock.REVIEW: "Next review",
    Clock.CONFIRMATION: "The worker's word",
    Clock.WITHDRAWAL: "Withdrawal takes effect",
    Clock.CHECK_30: "Asked after 30 days whether she had to pay for it",
    Clock.CHECK_90: "Asked after 90 days whether she had to pay for it",
    Clock.CHECK_ANSWER: "Her answer to that",
    "alert": "Alert, at once",
    "not_solved": "The worker says that it is not solved",
}

RUNGS: Mapping[str, str] = {
    "committee": "The whole committee again",
    "partner": "The partner",
    "factory_head": "The head of the factory",
    "secretariat": "The programme's secretariat",
    "brand": "Every brand that buys there",
    "first_tier": "The factory that it sells to",
}

_HAPPENED: Mapping[str, str] = {
    "act.refused": "The rules refused an act",
    "callback.asked": "The worker asked to be called",
    "callback.done": "A person called the worker",
    "callback.number_read": "The partner looked at the number to be called",
    "calls.allowed": "The worker may be called",
    "calls.refused": "The worker may not be called",
    "case.acknowledged": "Somebody has read it",
    "case.closed": "The case was closed",
    "case.escalated": "It climbed a rung",
    "case.handed_back": "The partner handed it back to the committee",
    "case.entered": "A partner entered it from paper or a visit",
    "case.opened": "It became a case",
    "case.planned": "The remediation plan is there",
    "case.released": "The partner let the committee have it",
    "case.released_to_brands": "Brands may read what it is about",
    "case.reopened": "The case was opened again",
    "case.rerouted": "It went to another body",
    "case.resolved": "It was declared solved",
    "case.reviewed": "A review was held",
    "case.signed": "One side signed that it is solved",
    "case.started": "The first action was taken",
    "case.given_up": "The committee gave it to the partner",
    "case.taken": "One member works it for the others",
    "case.taken_over": "The partner took it over",
    "category.set": "What it is about was set",
    "clock.met": "A promise was kept",
    "clock.missed": "A promise was missed",
    "clock.moved": "A date was reckoned anew",
    "clock.reminded": "A reminder went out",
    "conflict.answered": "The worker said whether it is about one of them",
    "contact.attempted": "Somebody tried to reach the worker",
    "danger.raised": "Danger: the case was raised to S1",
    "language.set": "The worker chose a language",
    "member.excluded": "A member was left out of this case",
    "member.included": "A member was let in again",
    "rung.answered": "Somebody who was told acts on it",
    "rung.ended": "Nobody's answer is waited for any more",
    "rung.missed": "Nobody answered in time",
    "country.chosen": "The worker said in which country it is",
    "file.added": "The worker sent a photo, a voice or a paper",
    "file.refused": "A file that the worker sent could not be kept",
    "file.lost": "A file that the worker sent never came",
    "file.kept": "The file is kept, sealed",
    "file.opened": "The partner opened the worker's files",
    "filed.for_another": "Somebody filed it for the worker",
    "milestone.said": "A day was named that a partner has to confirm",
    "note.added": "A note was kept",
    "pin.renewed": "The worker has another PIN",
    "phone.given": "The worker gave a phone",
    "part.chosen": "The worker said when it suits",
    "pause.begun": "The clocks wait for the worker",
    "pause.ended": "The clocks run again",
    "recording.heard": "The partner listened to the worker",
    "recording.kept": "The voice was sealed, and deleted at the carrier",
    "recording.summarised": "The partner summed it up in English",
    "recording.transcribed": "The partner wrote down what was said",
    "remediation.begun": "Remediation began",
    "alternate.drawn": "An alternate sits in for somebody recused",
    "alternate.stood_down": "An alternate is not needed any more",
    "reprisal.asked": "The worker is asked whether she had to pay for it",
    "reprisal.checked": "The worker says that she had not, or nothing",
    "reprisal.reported": "The worker says that she had; that is a case of its own",
    "reprisal.unanswered": "The worker did not say whether she had to pay for it",
    "worker.asked": "A question waits for the worker",
    "remedy.proposed": "A remedy was proposed",
    "severity.set": "Its severity was set",
    "site.set": "The site was set",
    "site.suggested": "Sites were suggested to the partner",
    "solution.confirmed": "The worker says that it is solved",
    "solution.denied": "The worker says that it is not solved",
    "voice.spoken": "The worker spoke; the partner is asked to write it down",
    "worker.wrote_again": "Words came after it was closed: it runs again",
    "worker.took_over": "The worker made it hers, with a new PIN",
    "worker.rated": "The worker said how well it went",
    "worker.told": "A message waits for the worker",
    "text.added": "The worker wrote more",
    "text.heard": "What the worker wrote was sealed",
    "text.read": "Somebody read the text, and that is on record",
    "texts.allowed": "The worker allowed texts to this phone",
    "texts.refused": "The worker wants no texts to this phone",
    "topic.chosen": "The worker said what it is about",
    "topic.kept": "The graver of two subjects stays",
    "withdrawal.asked": "The worker wants to take it back",
    "withdrawal.lapsed": "The withdrawal came to nothing",
    "withdrawal.undone": "The withdrawal was taken back",
    "worker.answered": "The hotline answered",
}


def happened(kind: str) -> str:
    """Return an event in plain words; one without a sentence says its name."""
    known = _HAPPENED.get(kind)
    if known is not None:
        return known
    noun, _, verb = kind.partition(".")
    return f"{noun} {verb}".replace("_", " ").strip().capitalize()


def grouped(number: str) -> str:
    """Return a case number as it is said aloud, four digits and four."""
    return f"{number[:4]} {number[4:]}"
