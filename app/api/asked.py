"""What several operations ask for: who it is, a number, a page, a key."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Security
from fastapi.security import HTTPBearer
from pydantic import BeforeValidator
from starlette.requests import Request

from app.api.door import ApiRoute, Caller
from app.api.problems import BASE
from app.domain.case_numbers import case_number

_bearer = HTTPBearer(
    scheme_name="token",
    auto_error=False,
    description="A token made at /room/me/tokens; it begins with tl_.",
)


def _caller(request: Request) -> Caller:
    """Return who sent it: `ApiRoute` let her in before this was asked."""
    caller: Caller = request.state.caller
    return caller


def operations() -> APIRouter:
    """Return a router whose operations stand behind the door."""
    return APIRouter(
        prefix=BASE, route_class=ApiRoute, dependencies=[Security(_bearer)]
    )


Who = Annotated[Caller, Depends(_caller)]
OneNumber = Annotated[
    str,
    BeforeValidator(case_number),
    Path(
        pattern=r"^[0-9]{8}$",
        description="The eight digits of a case; a dash between them is left out.",
        examples=["10000007"],
    ),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_.:-]{1,128}$",
        description="Sent again with the same key, it is done once and answered"
        " twice. Kept for two days.",
        examples=["7c0a6f5e-1d2b-4b57-9a3e-0f6f6f0d6a11"],
    ),
]
After = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_-]{1,400}$",
        description="What the page before gave as next.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=100, description="At most so many.")]
