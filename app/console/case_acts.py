"""From a form on the page of a case to the command that the rules know.

Each form says in a line what happens and who will see it. What cannot be taken
back asks once whether it is meant, and shows the page anew where somebody else
has acted since it was drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.console.frame import Visit
from app.domain import commands as verbs
from app.domain.commands import StaffVerb
from app.domain.errors import NotFound
from app.store.readers.rooms import CasePage
from app.wording.line import N_, Line
from app.wording.phrasings import phrasings

LONGEST = 4000


class Wrong(Exception):
    """A field is missing or cannot be read; `says` tells what to do."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = Line(says)


@dataclass(frozen=True, slots=True)
class Form:
    """How one verb stands on the page."""

    name: str  # what the button says
    says: str  # what happens, and who will see it
    note: str = ""  # the label of the words it takes; blank: none
    needs_note: bool = False
    is_grave: bool = False  # cannot be taken back by whoever does it
    extra: str = ""  # day, second, person: what else it takes
    done: str = ""  # said on the page that follows
    group: str = "work"  # work, people, end


_NOTED = N_("It is on record.")

FORMS: Mapping[str, Form] = {
    "acknowledge": Form(
        N_("Take up the case"),
        N_("The worker hears that somebody has read it. The clock for this stops."),
        done=N_("The case is taken up."),
    ),
    "take": Form(
        N_("I work on it"),
        N_("The others of your body see your name here. The worker does not."),
        done=N_("You work on this case now."),
    ),
    "start": Form(
        N_("Record the first action"),
        N_(
            "The worker hears that it is being looked into. Your words are read by"
            " your body and the partner, never by the worker."
        ),
        note=N_("What was done"),
        needs_note=True,
        done=N_("The first action is on record."),
    ),
    "plan": Form(
        N_("Record the plan"),
        N_("Your body and the partner read it. The clock for the plan stops."),
        note=N_("The plan to put things right"),
        needs_note=True,
        done=N_("The plan is on record."),
    ),
    "propose": Form(
        N_("Propose a remedy"),
        N_(
            "The worker hears that there is news. Your body and the partner read"
            " these words; write to the worker as well what is proposed."
        ),
        note=N_("The remedy"),
        needs_note=True,
        done=N_("The remedy is proposed. Tell the worker what it is."),
    ),
    "resolve": Form(
        N_("Declare it solved"),
        N_(
            "On a committee both sides sign: one of the workers' side and one of"
            " management's. Then the worker is asked whether it is solved; her no"
            " opens it again."
        ),
        note=N_("What was done, in a sentence"),
        needs_note=True,
        is_grave=True,
        done=N_("The case is declared solved. The worker is asked."),
    ),
    "review": Form(
        N_("The review was held"),
        N_("The case stays in remediation until the next review."),
        note=N_("What the review found"),
        extra="day",
        done=N_("The review is on record."),
    ),
    "remediate": Form(
        N_("Keep it in remediation"),
        N_("The case stays open, with a dated review."),
        note=N_("Why"),
        extra="day",
        done=N_("The case is in remediation."),
    ),
    "answer": Form(
        N_("Say that you act on it"),
        N_("It stops the clock for your answer. The case itself runs on."),
        note=N_("What you do about it"),
        needs_note=True,
        done=N_("Your answer is on record."),
    ),
    "note": Form(
        N_("Write an internal note"),
        N_("Your body and the partner read it. The worker never does."),
        note=N_("The note"),
        needs_note=True,
        done=N_("The note is kept."),
    ),
    "pause": Form(
        N_("Let the clocks wait for the worker"),
        N_("Seven days in all. A second person is told and must agree."),
        note=N_("Why"),
        needs_note=True,
        extra="second",
        done=N_("The clocks wait."),
    ),
    "resume": Form(
        N_("Let the clocks run again"),
        N_("The dates are reckoned anew."),
        done=N_("The clocks run again."),
    ),
    "reopen": Form(
        N_("Open the case again"),
        N_("First action and solution are promised anew. The worker hears of it."),
        note=N_("Why"),
        needs_note=True,
        done=N_("The case is open again."),
    ),
    "undo-withdraw": Form(
        N_("It is not taken back"),
        N_("The case goes on. The worker hears that there is news."),
        note=N_("What the worker said"),
        done=_NOTED,
    ),
    "recuse": Form(
        N_("I have an interest in this case"),
        N_(
            "You will not see this case any more, nor hear of it. An alternate may"
            " be drawn. Nobody asks you why. Only the partner can undo it."
        ),
        is_grave=True,
        done=N_("You will hear nothing more of that case. Thank you for saying so."),
        group="people",
    ),
    "hand-to-partner": Form(
        N_("Hand the case to the partner"),
        N_(
            "The committee sees the case no more. The partner works it from now on"
            " and reads your reason. Only the partner can give it back."
        ),
        note=N_("The reason"),
        needs_note=True,
        is_grave=True,
        done=N_("The partner has the case now."),
        group="people",
    ),
    "exclude": Form(
        N_("Somebody must not sit on it"),
        N_(
            "This person sees nothing of the case any more, nor any count or"
            " search that holds it. An alternate may be drawn."
        ),
        note=N_("Why"),
        extra="person",
        done=N_("This person does not sit on the case any more."),
        group="people",
    ),
    "include": Form(
        N_("Let somebody sit on it again"),
        N_("This person sees the case again, where it is with her body."),
        note=N_("Why"),
        extra="recused",
        done=N_("This person may sit on the case again."),
        group="people",
    ),
    "refer": Form(
        N_("Another authority takes it"),
        N_("The case ends. The worker hears that there is news."),
        note=N_("Which authority, and why"),
        needs_note=True,
        is_grave=True,
        done=N_("The case has ended: referred."),
        group="end",
    ),
    "unfounded": Form(
        N_("Nothing was found"),
        N_("The case ends. The worker hears of it and may say no for thirty days."),
        note=N_("Why"),
        needs_note=True,
        is_grave=True,
        done=N_("The case has ended: nothing was found."),
        group="end",
    ),
    "no-contact": Form(
        N_("The worker could not be reached"),
        N_("It needs attempts on three days. The case ends."),
        note=N_("Why"),
        needs_note=True,
        is_grave=True,
        done=N_("The case has ended: nobody was reached."),
        group="end",
    ),
    "withdraw": Form(
        N_("The worker takes it back"),
        N_("The case ends. Say how you know that it is the worker's own wish."),
        note=N_("How you know"),
        needs_note=True,
        is_grave=True,
        done=N_("The case has ended: withdrawn."),
        group="end",
    ),
    "tell": Form(
        N_("Write to the worker"), "", note=N_("Your message"), needs_note=True
    ),
    "ask": Form(N_("Ask the worker"), "", note=N_("Your question"), needs_note=True),
    "release-told": Form(
        N_("Send it to the worker"),
        N_("The worker reads it as it stands here."),
        note=N_("The message"),
        needs_note=True,
        done=N_("The worker can read it now."),
    ),
}

TOLD = N_("The worker can read it now.")
HELD = N_("The partner reads this first. Then it goes to the worker.")
SIGNED_WORKER = N_(
    "Signed. It takes effect when a member of the workers' side has signed too."
)
SIGNED_MANAGEMENT = N_(
    "Signed. It takes effect when a member of management's side has signed too."
)
SIGNED_ALREADY = N_(
    "Your side has signed already. It takes effect when the other side has signed too."
)
_WRITE = N_("Write something first.")
_CHOOSE = N_("Choose one of the sentences, or write your own.")
_PERSON = N_("Choose who it is.")
_DAY = N_("Choose the day.")
_SURE = N_("Tick the box to say that you mean it.")
_LONG = N_("This is too long. Leave something out.")


def command_of(visit: Visit, page: CasePage, verb: str) -> StaffVerb:
    """Return the command that a form asks for; raise `Wrong` where it is not whole."""
    form = FORMS[verb]
    if verb in ("tell", "ask"):
        return _spoken(visit, page, verb)
    note = visit.said("note", most=LONGEST + 1)
    if len(note) > LONGEST:
        raise Wrong(_LONG)
    if form.needs_note and not note:
        raise Wrong(_WRITE)
    if form.is_grave and not visit.said("sure"):
        raise Wrong(_SURE)
    return _MADE.get(verb, _plain)(visit, verb, note)


def phrase_of(visit: Visit, page: CasePage) -> tuple[str, bool, bool]:
    """Return the words, whether they are a prepared sentence, and whether it asks."""
    chosen = phrasings().get(visit.said("phrase", most=40))
    if chosen is not None:
        return chosen.text(page.language or "en"), True, chosen.asks
    own = visit.said("note", most=LONGEST + 1)
    if len(own) > LONGEST:
        raise Wrong(_LONG)
    if not own:
        raise Wrong(_CHOOSE)
    return own, False, visit.said("asks") == "yes"


def _spoken(visit: Visit, page: CasePage, verb: str) -> StaffVerb:
    text, is_phrase, asks = phrase_of(visit, page)
    # What asks is an open question of the case; a case that has ended has none.
    if (asks or verb == "ask") and page.may("ask"):
        return verbs.Ask(note=text, is_phrase=is_phrase)
    return verbs.Tell(note=text, is_phrase=is_phrase)


def _plain(_visit: Visit, verb: str, note: str) -> StaffVerb:
    return verbs.VERBS[verb](note=note)


def _day(visit: Visit) -> date:
    try:
        return date.fromisoformat(visit.said("day", most=10))
    except ValueError:
        raise Wrong(_DAY) from None


def _person(visit: Visit) -> UUID:
    try:
        return UUID(visit.said("person", most=40))
    except ValueError:
        raise Wrong(_PERSON) from None


def _held(visit: Visit) -> UUID:
    try:
        return UUID(visit.said("held", most=40))
    except ValueError:
        raise NotFound("There is no such message.") from None


_MADE: Mapping[str, Callable[[Visit, str, str], StaffVerb]] = {
    "review": lambda v, _, note: verbs.Review(_day(v), note=note),
    "remediate": lambda v, _, note: verbs.Remediate(_day(v), note=note),
    "pause": lambda v, _, note: verbs.Pause(_person(v), note=note),
    "exclude": lambda v, _, note: verbs.Exclude(_person(v), note=note),
    "include": lambda v, _, note: verbs.Include(_person(v), note=note),
    "release-told": lambda v, _, note: verbs.ReleaseTold(_held(v), note=note),
}
