"""From a refusal to a status; chosen once, here."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from app.domain.errors import BadInput, Busy, NotFound, Refused

RETRY_AFTER_SECONDS = 2

Handler = Callable[[Request, Exception], Awaitable[Response]]


def answer_problems(app: FastAPI) -> None:
    """Teach the application what each refusal answers.

    Whatever is not listed is a fault of ours and ends in `request_id`.
    """
    app.add_exception_handler(Refused, _answers(409, "refused"))
    app.add_exception_handler(NotFound, _answers(404, "not-found"))
    app.add_exception_handler(BadInput, _answers(400, "bad-input"))
    app.add_exception_handler(
        Busy,
        # Never the reason: it could name what was being written.
        _answers(503, "busy", headers={"Retry-After": str(RETRY_AFTER_SECONDS)}),
    )
    app.add_exception_handler(RequestValidationError, _answers(422, "malformed"))
    app.add_exception_handler(HTTPException, _answer_http)
    # Nobody is there to read it; it only is no fault of ours.
    app.add_exception_handler(ClientDisconnect, _answers(400, "disconnected"))


def _answers(
    status: int, problem: str, *, headers: Mapping[str, str] | None = None
) -> Handler:
    says_why = problem in ("refused", "bad-input")

    async def answer(_request: Request, error: Exception) -> Response:
        content = {"problem": problem}
        if says_why:
            content["detail"] = str(error)
        return JSONResponse(content, status, headers)

    return answer


async def _answer_http(request: Request, error: Exception) -> Response:
    """Answer an unknown path or method without repeating it.

    Under the API's own address in its own form: see `app.api.problems`.
    """
    if not isinstance(error, HTTPException):
        raise error
    if request.url.path.startswith("/api/"):
        title = HTTPStatus(error.status_code).phrase
        problem = {"type": "about:blank", "title": title, "status": error.status_code}
        return JSONResponse(
            {**problem, "detail": "Nothing is served here."},
            error.status_code,
            error.headers,
            "application/problem+json",
        )
    return Response(status_code=error.status_code, headers=error.headers)
