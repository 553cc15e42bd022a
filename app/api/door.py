"""Who comes to the API, how often, and what her token is for.

All of that is settled before anything of the request is read.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, TypeVar
from uuid import UUID

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from app.actions.api_tokens import Bearer, bearer_of
from app.api import problems
from app.api.problems import Problem
from app.domain.scopes import Scope
from app.edge.deps import Parts
from app.store.engine import Store, Transaction

MOST_A_MINUTE = 120
_MINUTE = 60.0
_MOST_TOKENS = 4096
_SCHEME = "bearer"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Pace:
    """Counts a token's requests of the last minute; a process for itself."""

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        self._most = most
        self._seen: OrderedDict[UUID, deque[float]] = OrderedDict()

    def wait(self, token: UUID, now: float) -> int:
        """Count a request; return how many seconds too early it comes, else 0."""
        seen = self._seen.setdefault(token, deque(maxlen=self._most))
        self._seen.move_to_end(token)
        while len(self._seen) > _MOST_TOKENS:
            self._seen.popitem(last=False)
        if len(seen) == self._most and now - seen[0] < _MINUTE:
            return max(1, ceil(_MINUTE - (now - seen[0])))
        seen.append(now)
        return 0


@dataclass(frozen=True, slots=True)
class ApiDoor:
    """Where machines come in; kept at `app.state.api`."""

    parts: Parts
    pace: Pace = field(default_factory=Pace)
    seconds: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent this request, and what it stands on."""

    door: ApiDoor
    bearer: Bearer
    at: datetime

    @property
    def store(self) -> Store:
        return self.door.parts.store

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction that sees only what this person may see."""
        bearer = self.bearer
        return self.store.as_person(bearer.person.id, day=bearer.day)


def needs(scope: Scope | None) -> Callable[[Endpoint], Endpoint]:
    """Say which scope a token needs for an operation; None: any token will do."""

    def marked(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _NEEDS, scope)
        return endpoint

    return marked


_NEEDS = "needs_scope"


def scope_of(endpoint: Callable[..., Any]) -> Scope | None:
    """Return the scope that an operation needs; one that says none is a fault."""
    found: Scope | None = getattr(endpoint, _NEEDS)
    return found


class ApiRoute(APIRoute):
    """A route that lets nobody in without a token, and answers with problems."""

    def get_route_handler(
        self,
    ) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner, scope = super().get_route_handler(), scope_of(self.endpoint)
        known = frozenset(field.alias for field in self.dependant.query_params)

        async def handle(request: Request) -> Response:
            try:
                request.state.caller = await _admit(request, scope)
                _need_known(request, known)
                return await inner(request)
            except Exception as error:
                answer = problems.answer_to(error)
                if answer is None:
                    raise
                return answer

        return handle


def _need_known(request: Request, known: frozenset[str]) -> None:
    """A filter that is misspelt must not list everything."""
    if request.query_params.keys() - known:
        names = ", ".join(sorted(known)) or "none"
        raise Problem(problems.MALFORMED, f"Known in the query: {names}.")


async def _admit(request: Request, scope: Scope | None) -> Caller:
    door: ApiDoor = request.app.state.api
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    at = door.parts.now()
    bearer = None
    if scheme.lower() == _SCHEME:
        bearer = await bearer_of(door.parts.store, secret.strip(), at)
    if bearer is None:
        raise Problem(problems.UNAUTHORIZED, WWW_Authenticate="Bearer")
    wait = door.pace.wait(bearer.token_id, door.seconds())
    if wait:
        raise Problem(problems.TOO_MANY, Retry_After=str(wait))
    if scope is not None and scope not in bearer.scopes:
        raise Problem(
            problems.FORBIDDEN, f"The token lacks the scope {scope.value} for this."
        )
    return Caller(door, bearer, at)
