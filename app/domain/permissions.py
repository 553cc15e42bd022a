"""The one table of who may see and do what: role by relation by verb by field.

A role is what somebody is in the programme, a relation (`Hat`) what they are to
this one case, today. What is not written here is not allowed: a new field, verb
or page is nobody's until a line of this file gives it to somebody. Postgres
keeps the rows apart once more (`migrations/…_the_rooms.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.authority import Hat
from app.domain.taxonomy import Role

COMMITTEES = frozenset({Role.COMMITTEE, Role.INTERNAL_COMMITTEE, Role.SAFETY_COMMITTEE})


class Field(StrEnum):
    """What of a case can be looked at, in portions that are given as a whole."""

    NUMBER = "number"
    PLACE = "place"  # the site, or what it may be
    KIND = "kind"  # category and severity
    STANDING = "standing"  # state, route, by when what is due
    CLOCKS = "clocks"  # every clock with its basis
    DAY = "day"  # the day on which it came
    MOMENT = "moment"  # the minute, which may tell who was on a break
    LANGUAGE = "language"  # in which to answer, and how the worker is reached
    RELEASED = "released"  # her words as the partner let them go
    WORDS = "words"  # her words as they came
    VOICE = "voice"  # recordings
    FILES = "files"
    TOLD = "told"  # what was said to the worker
    HISTORY = "history"  # who did what and when
    NOTES = "notes"  # what they wrote beside it
    LAW = "law"  # the clocks of the law, consent, the formal way
    CLIMBED = "climbed"  # who was told, and who answered
    CONFLICT = "conflict"  # whether it is about somebody on the committee
    PEOPLE = "people"  # how many are recused, who is drawn, who took it
    RECUSED = "recused"  # who is recused, by name
    REMEDIES = "remedies"
    BUNDLE = "bundle"  # what brands may read, already cut
    THREAD = "thread"  # what brands wrote to one another


@dataclass(frozen=True, slots=True)
class Grant:
    """These roles, when they stand so to a case, may do and see this."""

    roles: frozenset[Role]
    relation: Hat
    does: frozenset[str]
    sees: frozenset[Field]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLAIN = frozenset(
    {
        *(Field.NUMBER, Field.PLACE, Field.KIND, Field.STANDING, Field.CLOCKS),
        *(Field.DAY, Field.HISTORY),
    }
)
_OF_BODY = _PLAIN | {
    *(Field.RELEASED, Field.TOLD, Field.NOTES, Field.CLIMBED, Field.PEOPLE),
    *(Field.REMEDIES, Field.LANGUAGE),
}
_OUTSIDE = _OF_BODY | {
    *(Field.MOMENT, Field.WORDS, Field.LAW, Field.CONFLICT, Field.BUNDLE),
    *(Field.THREAD, Field.RECUSED),
}

_WORKS_IT = """
acknowledge start plan propose resolve category severity resume exclude recuse take
ask tell note happened answer remedy
"""
_TENDS_IT = """
category severity refer unfounded no-contact withdraw remediate review pause resume
recalculate release release-words release-told hand-back take-over exclude include site
release-to-brand attempt undo-withdraw note happened formal extend answer transcribe
summarise translate tell ask reopen join unjoin remedy brand-word
"""
_SEES_TO_IT = """
category severity review pause resume recalculate exclude include site attempt
undo-withdraw note happened extend answer tell ask reopen remedy brand-word
release-words release-told transcribe
"""

GRANTS: tuple[Grant, ...] = (
    Grant(COMMITTEES, Hat.HOLDER, _words(_WORKS_IT + "hand-to-partner"), _OF_BODY),
    Grant(
        frozenset({Role.PARTNER}),
        Hat.PARTNER,
        _words(_TENDS_IT + "listen open-files"),
        _OUTSIDE | {Field.VOICE, Field.FILES},
    ),
    Grant(frozenset({Role.PARTNER}), Hat.HOLDER, _words(_WORKS_IT), frozenset()),
    Grant(frozenset({Role.ADMIN}), Hat.SECRETARIAT, _words(_SEES_TO_IT), _OUTSIDE),
    Grant(frozenset({Role.ADMIN}), Hat.HOLDER, _words(_WORKS_IT), frozenset()),
    Grant(
        frozenset({Role.FACTORY_HEAD}),
        Hat.TOLD,
        _words("answer"),
        _PLAIN | {Field.CLIMBED},
    ),
    Grant(
        frozenset({Role.BRAND}),
        Hat.TOLD,
        _words("answer"),
        frozenset(),
    ),
    Grant(
        frozenset({Role.BRAND}),
        Hat.BRAND,
        _words("promise brand-word hand-lead remedy"),
        frozenset({Field.BUNDLE, Field.THREAD, Field.REMEDIES}),
    ),
    # Partner, secretariat and body are told as well: they answer as what they are.
    Grant(
        COMMITTEES | {Role.PARTNER, Role.ADMIN},
        Hat.TOLD,
        _words("answer"),
        frozenset(),
    ),
)

# Which pages of the rooms a role has at all; what stands on them is another line.
_EVERYBODY = frozenset(Role)
_BODIES = COMMITTEES | {Role.PARTNER, Role.ADMIN}
PAGES: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "today": _EVERYBODY,
        "me": _EVERYBODY,
        "me-notices": _EVERYBODY,
        "me-tokens": _EVERYBODY,
        "cases": _BODIES | {Role.FACTORY_HEAD},
        "case": _BODIES | {Role.FACTORY_HEAD},
        "case-act": _BODIES | {Role.FACTORY_HEAD},
        "committee": COMMITTEES | {Role.FACTORY_HEAD, Role.PARTNER},
        "listen": frozenset({Role.PARTNER}),
        "files": frozenset({Role.PARTNER}),
        "triage": frozenset({Role.PARTNER}),
        "release": frozenset({Role.PARTNER, Role.ADMIN}),
        "clusters": frozenset({Role.PARTNER}),
        "brand": frozenset({Role.BRAND}),
        "brand-hooks": frozenset({Role.BRAND}),
        "brand-bundle": frozenset({Role.PARTNER, Role.ADMIN}),
        "indicators": frozenset({Role.PARTNER, Role.ADMIN}),
        "admin": frozenset({Role.ADMIN}),
        "figures": _EVERYBODY,
        "auditor": frozenset({Role.AUDITOR}),
    }
)


def verbs(role: Role, worn: Iterable[Hat]) -> frozenset[str]:
    """Return what somebody of that role and these relations may do to a case."""
    return frozenset().union(*(g.does for g in _of(role, worn)))


def relations_that(verb: str) -> frozenset[Hat]:
    """Return the relations in which somebody of some role may do this."""
    return frozenset(grant.relation for grant in GRANTS if verb in grant.does)


def fields(role: Role, worn: Iterable[Hat]) -> frozenset[Field]:
    """Return what they may look at; nothing is somebody's by default."""
    return frozenset().union(*(g.sees for g in _of(role, worn)))


def may_see(role: Role, field: Field) -> bool:
    """Tell whether the role sees this of a case in any relation at all."""
    return any(role in grant.roles and field in grant.sees for grant in GRANTS)


def may_open(role: Role, page: str) -> bool:
    """Tell whether the role has this page; one that is not listed is nobody's."""
    return role in PAGES.get(page, frozenset())


def _of(role: Role, worn: Iterable[Hat]) -> list[Grant]:
    hats = frozenset(worn)
    return [g for g in GRANTS if role in g.roles and g.relation in hats]
