"""From a verb on the command line to the command that the rules know."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import typer

from app.domain.commands import VERBS, StaffVerb
from app.domain.directory import Person
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
    }
    values: dict[str, Any] = {"note": extras.note}
    for field in fields(made):
        if field.name == "note":
            continue
        option, value = offered[field.name]
        if value is None and field.name != "next_on":
            raise typer.BadParameter(f"{verb} needs {option}.")
        values[field.name] = value
    return made(**values)


def _one_of(kind: Any, word: str | None, option: str) -> Any:
    if word is None:
        return None
    try:
        return kind(word.upper())
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise typer.BadParameter(f"{option}: one of {known}.") from None
