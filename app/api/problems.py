"""What is answered in place of a result: RFC 9457, one form for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from app.domain.errors import BadInput, Busy, NotFound, Refused
from app.edge.problems import RETRY_AFTER_SECONDS

BASE = "/api/v1"
MEDIA_TYPE = "application/problem+json"
_MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; `detail` is what stands there when nothing else does."""

    name: str
    status: int
    title: str
    detail: str

    @property
    def type(self) -> str:
        return f"{BASE}#{self.name}"


UNAUTHORIZED = Kind(
    "unauthorized",
    401,
    "A token is needed",
    "Send Authorization: Bearer with a token that holds.",
)
FORBIDDEN = Kind(
    "forbidden", 403, "The token is not for this", "The token lacks the scope for this."
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "Not found",
    "There is nothing here that you may see.",
)
REFUSED = Kind("refused", 409, "Not possible now", "The rules do not allow this act.")
TOO_LARGE = Kind("too-large", 413, "Too large", "Send less than 256 kB.")
MALFORMED = Kind(
    "malformed", 422, "Not understood", "Something in the request is not of its form."
)
TOO_MANY = Kind(
    "too-many", 429, "Too many requests", "Wait as long as Retry-After says."
)
BUSY = Kind("busy", 503, "Busy", "Try again in a moment.")

KINDS: tuple[Kind, ...] = (
    UNAUTHORIZED,
    FORBIDDEN,
    NOT_FOUND,
    REFUSED,
    TOO_LARGE,
    MALFORMED,
    TOO_MANY,
    BUSY,
)

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Problem(Exception):
    """A problem that a route meets itself."""

    def __init__(self, kind: Kind, detail: str = "", **headers: str) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.detail = detail
        self.headers = {n.replace("_", "-"): v for n, v in headers.items()}


def body_of(kind: Kind, detail: str = "", **more: Any) -> dict[str, Any]:
    return {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.detail,
        **more,
    }


def answer(
    kind: Kind,
    detail: str = "",
    headers: Mapping[str, str] = _NO_HEADERS,
    **more: Any,
) -> Response:
    return JSONResponse(
        body_of(kind, detail, **more), kind.status, dict(headers), MEDIA_TYPE
    )


def answer_to(error: Exception) -> Response | None:
    """Return what an expected error answers; None for a fault of ours.

    What is not there and what is not hers are the same to the byte.
    """
    match error:
        case Problem():
            return answer(error.kind, error.detail, error.headers)
        case NotFound():
            return answer(NOT_FOUND)
        case Refused():
            return answer(REFUSED, str(error))
        case BadInput():
            return answer(MALFORMED, str(error))
        case RequestValidationError():
            return answer(MALFORMED, errors=_places(error))
        case HTTPException() if error.status_code == HTTPStatus.BAD_REQUEST:
            # A body that is no text at all: FastAPI does not get as far as 422.
            return answer(MALFORMED)
        case Busy():
            return answer(BUSY, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    return None


def _places(error: RequestValidationError) -> list[dict[str, str]]:
    """Return where what was amiss; never what was sent."""
    return [
        {
            "at": ".".join(str(part) for part in found["loc"]),
            "says": str(found["msg"]),
        }
        for found in error.errors()[:_MOST_FIELDS]
    ]
