"""API v1 for brands: escalations, answers, the thread and the remedy plan."""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator
from starlette.responses import Response

from app.actions.brand_room import (
    PROMISE_FIRST,
    answer_for_brand,
    pass_lead,
    promise,
    say_to_brands,
)
from app.actions.remedy import drop_remedy, finish_remedy, plan_remedy
from app.api import problems, shown_brand as shown
from app.api.acts import once
from app.api.asked import Key, Limit, Who, operations
from app.api.door import Caller, needs
from app.api.problems import Problem
from app.api.shown import as_json
from app.api.shown_brand import Cut
from app.api.wire_brand import (
    BrandCaseBody,
    BrandCases,
    Done,
    Finish,
    NewAnswer,
    NewLead,
    NewRemedy,
    NewWord,
    Remedies,
    RemedyMade,
    Thread,
)
from app.domain.brand_view import veil
from app.domain.case_numbers import case_number
from app.domain.errors import Refused
from app.domain.remedies import finished, planned
from app.domain.scopes import Scope
from app.store.engine import Transaction
from app.store.readers.brand import (
    events_of,
    remedies_of,
    shared_case,
    shared_cases,
    words_of,
)

router = operations()
_THROUGH = "api"
_TAGS: list[str | Enum] = ["brand"]
_HANDLE = r"^([0-9]{8}|[0-9a-f]{16})$"
OneHandle = Annotated[
    str,
    BeforeValidator(case_number),
    Path(
        pattern=_HANDLE,
        description="The number of a case, or what a brand calls one without.",
        examples=["10000007"],
    ),
]
OneRemedy = Annotated[UUID, Path(description="The id of an action of the plan.")]
_ONE = "/brand/cases/{handle}"


@router.get(
    "/brand/cases",
    operation_id="list_brand_cases",
    tags=_TAGS,
    summary="List escalations",
)
@needs(Scope.BRAND_READ)
async def list_brand_cases(
    caller: Who,
    after: Annotated[
        str | None,
        Query(pattern=_HANDLE, description="What the page before gave as next."),
    ] = None,
    limit: Limit = 50,
) -> BrandCases:
    """What the brand was told of, the newest first; at most the last 500."""
    who = caller.bearer
    async with caller.reading() as tx:
        found = await shared_cases(caller.store, tx, who.person.org)
    cuts = [shown.cut(each, who.person, who.directory, caller.at) for each in found]
    page, following = _page([cut for cut in cuts if cut is not None], after, limit)
    return BrandCases(
        cases=[shown.line(cut, who.person, who.directory, caller.at) for cut in page],
        next=following,
    )


def _page(
    cuts: Sequence[Cut], after: str | None, limit: int
) -> tuple[Sequence[Cut], str | None]:
    """Return those behind `after`, and where the next page begins."""
    handles = [cut.handle for cut in cuts]
    if after is not None and after not in handles:
        raise Problem(problems.MALFORMED, "after: there is no such page.")
    start = handles.index(after) + 1 if after is not None else 0
    page = cuts[start : start + limit]
    return page, page[-1].handle if len(cuts) > start + limit else None


@router.get(_ONE, operation_id="get_brand_case", tags=_TAGS, summary="Show one")
@needs(Scope.BRAND_READ)
async def get_brand_case(caller: Who, handle: OneHandle) -> BrandCaseBody:
    """What the brand may read of it, never a word of a worker.

    409 until somebody of the brand has promised not to contact the factory about
    it: here, or in the room.
    """
    who = caller.bearer
    async with caller.reading() as tx:
        cut = await _open(caller, tx, handle)
    return shown.case(cut, who.person, who.directory, caller.at)


async def _open(caller: Caller, tx: Transaction, handle: str) -> Cut:
    """Return the case as the brand reads it, once it has promised."""
    who = caller.bearer
    shared = await shared_case(caller.store, tx, handle, who.person.org)
    if shared is None:
        raise Problem(problems.NOT_FOUND)
    events = await events_of(tx, shared.file.id)
    cut = shown.cut(shared, who.person, who.directory, caller.at, events)
    if cut is None or handle != cut.handle:
        raise Problem(problems.NOT_FOUND)
    if not shown.has_promised(cut, who.person):
        raise Refused(PROMISE_FIRST)
    return cut


async def _done(
    caller: Caller,
    handle: str,
    key: str | None,
    asked: str,
    do: Callable[[], Awaitable[UUID | None]],
    *,
    status: int = 200,
) -> Response:
    """Do something to a case, once for a key, and tell the workers of the debts."""

    async def answered() -> Response:
        made = await do()
        caller.door.parts.ring()
        body: BaseModel = Done(handle=handle)
        if made is not None:
            body = RemedyMade(handle=handle, id=made)
        return as_json(body, status=status)

    return await once(caller, key, f"{handle}\n{asked}", answered, is_safe=True)


def _mark(caller: Caller, key: str | None) -> str:
    return f"api:{caller.bearer.token_id}:{key}" if key else ""


@router.post(
    f"{_ONE}/promise",
    operation_id="promise",
    tags=_TAGS,
    summary="Promise not to contact the factory",
    response_model=Done,
)
@needs(Scope.BRAND_ACT)
async def make_promise(caller: Who, handle: OneHandle, key: Key = None) -> Response:
    """Promise for the brand that nobody of its own contacts the factory about it."""

    async def do() -> None:
        await promise(
            caller.store,
            handle,
            by=caller.bearer.person,
            at=caller.at,
            through=_THROUGH,
            once=_mark(caller, key),
        )

    return await _done(caller, handle, key, "promise", do)


@router.post(
    f"{_ONE}/answer",
    operation_id="answer",
    tags=_TAGS,
    summary="Answer an escalation",
    response_model=Done,
)
@needs(Scope.BRAND_ACT)
async def answer(
    caller: Who, handle: OneHandle, body: NewAnswer, key: Key = None
) -> Response:
    """Say that the brand acts on it: it climbs no further for want of an answer."""

    async def do() -> None:
        await answer_for_brand(
            caller.store,
            handle,
            body.note,
            by=caller.bearer.person,
            at=caller.at,
            through=_THROUGH,
            once=_mark(caller, key),
        )

    return await _done(caller, handle, key, f"answer\n{body.model_dump_json()}", do)


@router.get(
    f"{_ONE}/words",
    operation_id="list_words",
    tags=_TAGS,
    summary="Read the thread",
)
@needs(Scope.BRAND_READ)
async def list_words(caller: Who, handle: OneHandle) -> Thread:
    """What the brands of a case and its partner wrote to one another."""
    who = caller.bearer
    async with caller.reading() as tx:
        cut = await _open(caller, tx, handle)
        shared = cut.shared
        written = await words_of(
            tx, shared.file.id, shared.key, since=veil(shared.file)
        )
    return Thread(words=shown.words(cut, written, who.person, who.directory))


@router.post(
    f"{_ONE}/words",
    operation_id="add_word",
    tags=_TAGS,
    summary="Write to the thread",
    status_code=201,
    response_model=Done,
)
@needs(Scope.BRAND_ACT)
async def add_word(
    caller: Who, handle: OneHandle, body: NewWord, key: Key = None
) -> Response:
    """Write to the brands of the case and to its partner; it cannot be taken back."""

    async def do() -> None:
        await say_to_brands(
            caller.store,
            handle,
            body.text,
            by=caller.bearer.person,
            at=caller.at,
            through=_THROUGH,
            once=_mark(caller, key),
        )

    asked = f"word\n{body.model_dump_json()}"
    return await _done(caller, handle, key, asked, do, status=201)


@router.post(
    f"{_ONE}/lead",
    operation_id="hand_lead",
    tags=_TAGS,
    summary="Hand the lead on",
    response_model=Done,
)
@needs(Scope.BRAND_ACT)
async def hand_lead(
    caller: Who, handle: OneHandle, body: NewLead, key: Key = None
) -> Response:
    """Let another brand of the case lead; only the one that leads may."""

    async def do() -> None:
        await pass_lead(
            caller.store,
            handle,
            body.brand,
            by=caller.bearer.person,
            at=caller.at,
            through=_THROUGH,
            once=_mark(caller, key),
        )

    return await _done(caller, handle, key, f"lead\n{body.model_dump_json()}", do)


@router.get(
    f"{_ONE}/remedies",
    operation_id="list_remedies",
    tags=_TAGS,
    summary="Read the remedy plan",
)
@needs(Scope.BRAND_READ)
async def list_remedies(caller: Who, handle: OneHandle) -> Remedies:
    """The plan of the factory's body, the partner and the brands, by its dates."""
    who = caller.bearer
    async with caller.reading() as tx:
        cut = await _open(caller, tx, handle)
        if not cut.bundle.is_whole:
            return Remedies(remedies=[])
        plan = await remedies_of(tx, cut.shared.file.id, cut.shared.key)
    return Remedies(
        remedies=[shown.remedy(each, who.directory, who.day) for each in plan]
    )


@router.post(
    f"{_ONE}/remedies",
    operation_id="plan_remedy",
    tags=_TAGS,
    summary="Plan an action",
    status_code=201,
    response_model=RemedyMade,
)
@needs(Scope.BRAND_ACT)
async def add_remedy(
    caller: Who, handle: OneHandle, body: NewRemedy, key: Key = None
) -> Response:
    """Add an action with its root cause, who sees to it and by when."""
    wanted = planned(
        body.root_cause.value,
        body.owner.value,
        body.due_on.isoformat(),
        body.action,
        today=caller.bearer.day,
        kind=body.kind.value,
    )

    async def do() -> UUID:
        return await plan_remedy(
            caller.store,
            handle,
            wanted,
            by=caller.bearer.person,
            at=caller.at,
            through=_THROUGH,
            once=_mark(caller, key),
        )

    asked = f"remedy\n{body.model_dump_json()}"
    return await _done(caller, handle, key, asked, do, status=201)


@router.post(
    f"{_ONE}/remedies/{{remedy}}/finish",
    operation_id="finish_remedy",
    tags=_TAGS,
    summary="Mark an action as done",
    response_model=Done,
)
@needs(Scope.BRAND_ACT)
async def finish(
    caller: Who, handle: OneHandle, remedy: OneRemedy, body: Finish, key: Key = None
) -> Response:
    """Say that it was done and how one sees it; that it helped is the worker's word."""
    count = "" if body.beneficiaries is None else str(body.beneficiaries)
    made = finished(body.evidence, count, body.amount or "", body.currency or "")

    async def do() -> None:
        await finish_remedy(
            caller.store,
            handle,
            remedy,
            made,
            by=caller.bearer.person,
            at=caller.at,
            through=_THROUGH,
            once=_mark(caller, key),
        )

    asked = f"finish\n{remedy}\n{body.model_dump_json()}"
    return await _done(caller, handle, key, asked, do)


@router.post(
    f"{_ONE}/remedies/{{remedy}}/drop",
    operation_id="drop_remedy",
    tags=_TAGS,
    summary="Drop an action",
    response_model=Done,
)
@needs(Scope.BRAND_ACT)
async def drop(
    caller: Who, handle: OneHandle, remedy: OneRemedy, key: Key = None
) -> Response:
    """Take an action out of the plan; it stays to be read as dropped."""

    async def do() -> None:
        await drop_remedy(
            caller.store,
            handle,
            remedy,
            by=caller.bearer.person,
            at=caller.at,
            through=_THROUGH,
            once=_mark(caller, key),
        )

    return await _done(caller, handle, key, f"drop\n{remedy}", do)
