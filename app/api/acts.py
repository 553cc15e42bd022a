"""From what a machine sent to the act that the rules know; each key once."""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from hashlib import sha256
from typing import Any

from starlette.responses import JSONResponse, Response

from app.actions.act_on_case import act_on_case
from app.api import problems
from app.api.door import Caller
from app.api.problems import Problem
from app.api.wire import Act, Acted
from app.domain.commands import VERBS, StaffVerb
from app.domain.durations import parse_term
from app.domain.errors import BadInput, Busy, Refused
from app.domain.permissions import verbs
from app.store import api_tokens
from app.store.readers.rooms import page_for

# The rules say what a day that is not given means, or ask for it.
_MAY_BE_MISSING = frozenset({"next_on", "on", "review_on", "policy"})
_OF_PAGES = frozenset({"note", "is_phrase", "sound", "is_last", "seen", "is_all"})
# Under what name a field of a command is sent, where it is not its own.
_SENT_AS = {"second": "person", "next_on": "review_on"}


def command_for(act: Act) -> StaffVerb:
    """Return the command; `BadInput` names the field that is missing."""
    made = VERBS[act.verb]
    values: dict[str, Any] = {"note": act.note}
    for wanted in fields(made):
        if wanted.name in _OF_PAGES:
            continue
        name = _SENT_AS.get(wanted.name, wanted.name)
        value = getattr(act, name)
        if value is None and wanted.name not in _MAY_BE_MISSING:
            raise BadInput(f"{act.verb} needs the field {name}.")
        if wanted.name == "by" and value is not None:
            value = parse_term(value)
        if wanted.name == "law" and value is not None:
            value = value.upper()
        values[wanted.name] = value
    return made(**values)


async def act_once(caller: Caller, number: str, act: Act, key: str | None) -> Response:
    """Do the act; asked for again under the same key, only answer once more."""

    mark = f"api:{caller.bearer.token_id}:{key}" if key else ""

    async def done() -> Response:
        return await _act(caller, number, act, mark)

    asked = f"act\n{number}\n{act.model_dump_json()}"
    return await once(caller, key, asked, done, is_safe=True)


async def _act(caller: Caller, number: str, act: Act, mark: str) -> Response:
    """Act as the person; what is not hers is not there, before anything is told."""
    person, at = caller.bearer.person, caller.at
    directory = caller.bearer.directory
    async with caller.reading() as tx:
        page = await page_for(caller.store, tx, person, directory, number, at)
    if page is None:
        raise Problem(problems.NOT_FOUND)
    if act.verb not in verbs(person.role, page.hats):
        raise Problem(problems.FORBIDDEN, f"You may not do this: {act.verb}.")
    acted = await act_on_case(
        caller.store,
        number,
        command_for(act),
        by=person,
        at=at,
        through="api",
        once=mark,
    )
    caller.door.parts.ring()
    body = Acted(number=number, state=acted.case.state, notice=acted.notice)
    return JSONResponse(body.model_dump(mode="json"))


async def once(
    caller: Caller,
    key: str | None,
    asked: str,
    do: Callable[[], Awaitable[Response]],
    *,
    is_safe: bool = False,
) -> Response:
    """Do something at most once for a token's key, and keep what was answered.

    The key is claimed before anything is done. Whoever asks again while nobody
    knows what came of it is told so, rather than have it done twice; unless it
    `is_safe`: what is done knows by itself that it was done.
    """
    if key is None:
        return await do()
    token, request = caller.bearer.token_id, sha256(asked.encode()).digest()
    async with caller.store.transaction() as tx:
        before = await api_tokens.begin_act(tx, token, key, request, caller.at)
    is_open = before is not None and before.status is None
    if before is not None and not (is_safe and is_open and before.request == request):
        return _answered_before(before, request)
    answer = await _answer_of(do)
    is_settled = answer.status_code not in _TRY_AGAIN
    async with caller.store.transaction() as tx:
        if is_settled:
            body = bytes(answer.body).decode()
            await api_tokens.end_act(tx, token, key, answer.status_code, body)
        else:
            await api_tokens.drop_act(tx, token, key)
    return answer


# Nothing was done, and the same request may succeed when it is mended or later.
_TRY_AGAIN = frozenset({422, 503})


async def _answer_of(do: Callable[[], Awaitable[Response]]) -> Response:
    try:
        return await do()
    except (Problem, Refused, BadInput, Busy) as error:
        answer = problems.answer_to(error)
        assert answer is not None
        return answer


def _answered_before(before: api_tokens.Begun, request: bytes) -> Response:
    if before.request != request:
        raise Problem(
            problems.MALFORMED, "This Idempotency-Key was sent with something else."
        )
    if before.status is None or before.answer is None:
        raise Problem(
            problems.REFUSED,
            "An act under this Idempotency-Key was begun and its outcome is not"
            " known. Look at the case before you act again.",
        )
    is_problem = before.status >= 400
    return Response(
        before.answer,
        before.status,
        {"Idempotent-Replay": "true"},
        problems.MEDIA_TYPE if is_problem else "application/json",
    )
