"""What a machine's token may be for, by the role of the person it acts as."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.errors import BadInput
from app.domain.permissions import COMMITTEES
from app.domain.taxonomy import Role


class Scope(StrEnum):
    """One portion of the API; a token has those that it was made with."""

    CASES_READ = "cases:read"
    CASES_ACT = "cases:act"
    BRAND_READ = "brand:read"
    BRAND_ACT = "brand:act"
    HOOKS_READ = "hooks:read"
    PROGRAMME_READ = "programme:read"


_CASES = (Scope.CASES_READ, Scope.CASES_ACT)
_BODY: Mapping[Role, tuple[Scope, ...]] = dict.fromkeys(COMMITTEES, _CASES)

# In the order in which a page offers them; a role that is not here has no API.
SCOPES: Mapping[Role, tuple[Scope, ...]] = MappingProxyType(
    {
        **_BODY,
        Role.FACTORY_HEAD: _CASES,
        Role.PARTNER: (*_CASES, Scope.PROGRAMME_READ),
        Role.ADMIN: (*_CASES, Scope.HOOKS_READ, Scope.PROGRAMME_READ),
        Role.BRAND: (
            *(Scope.BRAND_READ, Scope.BRAND_ACT, Scope.HOOKS_READ),
            Scope.PROGRAMME_READ,
        ),
        Role.AUDITOR: (Scope.PROGRAMME_READ,),
    }
)

PREFIX = "tl_"
_SECRET = re.compile(r"tl_[A-Za-z0-9_-]{43}")
LONGEST_NAME = 60
MOST_DAYS = 365
MOST_TOKENS = 20  # of one person at a time


def is_token(text: str) -> bool:
    """Tell whether a text has the form of a token, whoever made it up."""
    return _SECRET.fullmatch(text) is not None


def may_have(role: Role, scope: Scope) -> bool:
    return scope in SCOPES.get(role, ())


def scopes_of(role: Role, wanted: Iterable[str]) -> tuple[Scope, ...]:
    """Return the scopes that were asked for; at least one, each the role's own."""
    asked = set(wanted)
    offered = SCOPES.get(role, ())
    strange = sorted(asked - {scope.value for scope in offered})
    if strange or not asked:
        known = ", ".join(scope.value for scope in offered) or "none"
        raise BadInput(f"Choose what the token is for: {known}.")
    return tuple(scope for scope in offered if scope.value in asked)


def name_of(text: str) -> str:
    """Return a token's name without what surrounds it."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(f"Give the token a name of at most {LONGEST_NAME} characters.")
    return name


def lifetime(days: int) -> timedelta:
    """Return how long a token of so many days lasts."""
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A token lasts from 1 to {MOST_DAYS} days.")
    return timedelta(days=days)
