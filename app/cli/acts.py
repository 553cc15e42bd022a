"""From a verb on the command line to the command that the rules know."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

import typer

from app.domain.commands import VERBS, StaffVerb
from app.domain.directory import Person
from app.domain.durations import Duration, parse_term
from app.domain.errors import BadInput
from app.domain.laws import Happening
from app.domain.taxonomy import Category, Severity


@dataclass(frozen=True, slots=True)
class Extras:
    """What the options gave beside the verb."""

    note: str
    person: Person | None
    site: str | None
    category: str | None
    severity: str | None
    review_on: date | None
    policy: str = ""
    what: str | None = None
    on: date | None = None
    law: str | None = None
    by: str | None = None
    into: str | None = None
    language: str | None = None
    held: UUID | None = None
    sound: UUID | None = None


FORGET = "forget"


def check_verb(verb: str) -> None:
    if verb not in VERBS and verb != FORGET:
        raise typer.BadParameter(
            f"{verb!r} is no verb. Verbs: {', '.join(sorted([*VERBS, FORGET]))}."
        )


def command_for(verb: str, extras: Extras) -> StaffVerb:
    """Return the command; a usage error names the option that is missing."""
    made = VERBS[verb]
    offered: dict[str, tuple[str, Any]] = {
        "person": ("--person", extras.person and extras.person.id),
        "second": ("--person", extras.person and extras.person.id),
        "site": ("--site", extras.site),
        "category": ("--category", _one_of(Category, extras.category, "--category")),
        "severity": ("--severity", _one_of(Severity, extras.severity, "--severity")),
        "review_on": ("--review", extras.review_on),
        "next_on": ("--review", extras.review_on),
        "policy": ("--policy", extras.policy),
        "what": ("--what", _one_of(Happening, extras.what, "--what")),
        "on": ("--on", extras.on),
        "law": ("--law", extras.law and extras.law.upper()),
        "by": ("--by", _term(extras.by)),
        "into": ("--into", extras.into),
        "language": ("--language", extras.language),
        "held": ("--held", extras.held),
        "sound": ("--sound", extras.sound),
    }
    values: dict[str, Any] = {"note": extras.note}
    for field in fields(made):
        if field.name in _OF_PAGES:
            continue
        option, value = offered[field.name]
        if value is None and field.name not in _MAY_BE_MISSING:
            raise typer.BadParameter(f"{verb} needs {option}.")
        values[field.name] = value
    return made(**values)


# The note is there already; only a page offers prepared sentences, and says what
# it showed; what else is kept of the case is looked up.
_OF_PAGES = frozenset({"note", "is_phrase", "seen", "is_all", "is_last"})
# The rules say what a day that is not given means, or ask for it.
_MAY_BE_MISSING = frozenset({"next_on", "on", "review_on", "sound"})


def _term(text: str | None) -> Duration | None:
    if text is None:
        return None
    try:
        return parse_term(text)
    except BadInput as problem:
        raise typer.BadParameter(f"--by: {problem}") from None


def _one_of(kind: Any, word: str | None, option: str) -> Any:
    if word is None:
        return None
    try:
        return next(m for m in kind if m.value == word or m.value == word.upper())
    except StopIteration:
        known = ", ".join(member.value for member in kind)
        raise typer.BadParameter(f"{option}: one of {known}.") from None
