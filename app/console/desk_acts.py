"""From a form on the partner's desk to the command that the rules know."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from app.console.frame import Visit
from app.domain import commands as verbs
from app.domain.commands import StaffVerb
from app.domain.durations import parse_term
from app.domain.errors import BadInput, NotFound
from app.domain.laws import Happening
from app.domain.taxonomy import Category, Severity
from app.wording.line import N_

_Choice = TypeVar("_Choice", Category, Severity, Happening)

# What the desk does by itself; every other verb has its form on the case's page.
MADE: Mapping[str, Callable[[Visit, str], StaffVerb]] = {
    "transcribe": lambda visit, note: verbs.Transcribe(_sound(visit), note=note),
    "summarise": lambda _, note: verbs.Summarise(note=note),
    "translate": lambda visit, note: verbs.Translate(
        visit.said("language", most=2), note=note
    ),
    "category": lambda visit, note: verbs.SetCategory(
        _one_of(Category, visit.said("category", most=8)), note=note
    ),
    "severity": lambda visit, note: verbs.SetSeverity(
        _one_of(Severity, visit.said("severity", most=8)), note=note
    ),
    "site": lambda visit, note: verbs.SetSite(_site(visit), note=note),
    "release": lambda _, note: verbs.Release(note=note),
    "hand-back": lambda _, note: verbs.HandBack(note=note),
    "take-over": lambda _, note: verbs.TakeOver(note=note),
    "release-to-brand": lambda _, note: verbs.ReleaseToBrand(note=note),
    "attempt": lambda _, note: verbs.Attempt(note=note),
    "join": lambda visit, note: verbs.Join(digits(visit.said("into")), note=note),
    "unjoin": lambda _, note: verbs.Unjoin(note=note),
    "formal": lambda visit, note: verbs.Formal(_day(visit), note=note),
    "happened": lambda visit, note: verbs.Happened(
        _one_of(Happening, visit.said("what", most=40)), _day(visit), note=note
    ),
    "extend": lambda visit, note: verbs.Extend(
        visit.said("law", most=60), parse_term(visit.said("by", most=12)), note=note
    ),
}

LONGEST = 12_000  # characters of what somebody words here

# What cannot be taken back from who has seen it by then.
_GRAVE = frozenset({"release", "release-to-brand", "formal"})

# Said on the page that follows.
DONE: Mapping[str, str] = {
    "transcribe": N_("Written down. No committee reads it."),
    "summarise": N_("The summary is kept. No committee reads it."),
    "translate": N_("The translation is kept. No committee reads it."),
    "category": N_("The category is set."),
    "severity": N_("The severity is set."),
    "site": N_("The site is set."),
    "release": N_("The committee has the case now."),
    "hand-back": N_("The committee has the case back."),
    "take-over": N_("You keep the case now. The committee sees it no more."),
    "release-to-brand": N_("Brands may read now what this case is about."),
    "attempt": N_("The attempt is on record."),
    "join": N_("The case goes with the other one now."),
    "unjoin": N_("The case goes its own way again, with promises of its own."),
    "formal": N_("The written complaint is on record; its terms of the law run."),
    "happened": N_("It is on record."),
    "extend": N_("The term is longer now, as the law allows."),
}


def command_in(visit: Visit, verb: str) -> StaffVerb:
    """Return the command; `BadInput` names what is missing, in a whole sentence."""
    made = MADE.get(verb)
    if made is None:
        raise NotFound("There is no such step.")
    if verb in _GRAVE and not visit.said("sure"):
        raise BadInput("Tick the box to say that you mean it.")
    return made(visit, visit.words("note", most=LONGEST))


def digits(number: str) -> str:
    """Take a number as it is written down: grouped, in any script's digits."""
    return "".join(str(int(c)) for c in number if c.isdecimal())[:8]


def _sound(visit: Visit) -> UUID | None:
    given = visit.said("sound", most=40)
    try:
        return UUID(given) if given else None
    except ValueError:
        raise BadInput("Choose one of the list.") from None


def _site(visit: Visit) -> str:
    return digits(visit.said("code", most=20)) or visit.said("site", most=6)


def _day(visit: Visit) -> date | None:
    given = visit.said("on", most=10)
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadInput("The day is not a date: write it as year-month-day.") from None


def _one_of(kind: type[_Choice], word: str) -> _Choice:
    try:
        return kind(word)
    except ValueError:
        raise BadInput("Choose one of the list.") from None
