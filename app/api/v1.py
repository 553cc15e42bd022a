"""API v1: what its operations are called, take and answer."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from app.actions.replay_hook import attempts_for, replay_hook
from app.api import problems, shown
from app.api.acts import act_once, once
from app.api.asked import After, Key, Limit, OneNumber, Who, operations
from app.api.door import Caller, needs
from app.api.problems import Problem
from app.api.wire import (
    WHICH,
    Act,
    Acted,
    Attempts,
    CaseBody,
    Cases,
    Events,
    Me,
    Replayed,
    Sites,
)
from app.domain.scopes import Scope
from app.domain.taxonomy import Category, Severity
from app.edge import cursor
from app.store.readers.rooms import CasePage, Filters, list_for, page_for

router = operations()


@router.get("/me", operation_id="get_me", tags=["token"], summary="Whose token it is")
@needs(None)
async def get_me(caller: Who) -> Me:
    """Name, role and scopes of the token; what the role has lost is not listed."""
    bearer = caller.bearer
    return Me(
        name=bearer.person.name,
        role=bearer.person.role,
        org=list(bearer.person.org),
        token=bearer.name,
        scopes=[scope for scope in Scope if scope in bearer.scopes],
        expires_at=bearer.expires_at,
    )


@router.get("/cases", operation_id="list_cases", tags=["cases"], summary="List cases")
@needs(Scope.CASES_READ)
async def list_cases(
    caller: Who,
    state: Annotated[
        str,
        Query(
            pattern=f"^({'|'.join(WHICH)})$",
            description="open, closed, all, or one state.",
        ),
    ] = "open",
    category: Annotated[Category | None, Query(description="Only about this.")] = None,
    severity: Annotated[Severity | None, Query(description="Only so grave.")] = None,
    site: Annotated[
        str | None, Query(pattern=r"^[0-9]{6}$", description="Only at this site.")
    ] = None,
    overdue: Annotated[
        bool, Query(description="true: only where a promise is overdue.")
    ] = False,
    after: After = None,
    limit: Limit = 50,
) -> Cases:
    """The cases that the person sees in the rooms, as they stand there.

    Open ones by their next date, closed ones the last closed first, all of them
    the newest first. A page may hold fewer than its limit though more follow: go
    on until next is null.
    """
    who, keyring = caller.bearer, caller.store.keyring
    reading = cursor.Reading(who.person.id, "cases")
    async with caller.reading() as tx:
        found = await list_for(
            tx,
            who.person,
            who.directory,
            caller.at,
            filters=Filters(
                state=state,
                category=category or "",
                severity=severity or "",
                site=site or "",
                is_late=overdue,
            ),
            after=cursor.opened(keyring, reading, after),
            limit=limit,
        )
    return Cases(
        cases=[shown.line(row) for row in found.lines],
        next=cursor.sealed(keyring, reading, found.next),
    )


async def _page(caller: Caller, number: str) -> CasePage:
    """Return the case; what is not there and what is not hers are alike."""
    who = caller.bearer
    async with caller.reading() as tx:
        page = await page_for(
            caller.store, tx, who.person, who.directory, number, caller.at
        )
    if page is None:
        raise Problem(problems.NOT_FOUND)
    return page


@router.get(
    "/cases/{number}", operation_id="get_case", tags=["cases"], summary="Show a case"
)
@needs(Scope.CASES_READ)
async def get_case(caller: Who, number: OneNumber) -> CaseBody:
    """Its coded facts, clocks, rungs, and what the person may do now.

    What a worker said leaves through no API: it is read in the rooms, where each
    reading is recorded. What the person may not see is null.
    """
    page = await _page(caller, number)
    who = caller.bearer
    return shown.case(page, who.person, who.directory, caller.at)


@router.get(
    "/cases/{number}/events",
    operation_id="list_events",
    tags=["cases"],
    summary="List what happened to a case",
)
@needs(Scope.CASES_READ)
async def list_events(caller: Who, number: OneNumber) -> Events:
    """Who did what when, the oldest first; never a note and never a word."""
    return Events(events=shown.events(await _page(caller, number)))


@router.post(
    "/cases/{number}/acts",
    operation_id="act_on_case",
    tags=["cases"],
    summary="Act on a case",
    response_model=Acted,
)
@needs(Scope.CASES_ACT)
async def act(caller: Who, number: OneNumber, body: Act, key: Key = None) -> Response:
    """Do one verb, as the person may in the rooms; the ledger says that a token did.

    403: her role and what she is to this case do not allow the verb. 409: the
    rules do not allow it now; the refusal is in the case's history.
    """
    return await act_once(caller, number, body, key)


@router.get(
    "/hooks/attempts",
    operation_id="list_hook_attempts",
    tags=["webhooks"],
    summary="List tries at webhooks",
)
@needs(Scope.HOOKS_READ)
async def list_hook_attempts(
    caller: Who,
    after: Annotated[
        UUID | None, Query(description="What the page before gave as next.")
    ] = None,
    limit: Limit = 50,
) -> Attempts:
    """Each try at the webhooks of the person's brand, the newest first."""
    found = await attempts_for(
        caller.store, caller.bearer.person, after=after, limit=limit + 1
    )
    page = found[:limit]
    return Attempts(
        attempts=[shown.attempt(each) for each in page],
        next=page[-1].id if len(found) > limit else None,
    )


@router.post(
    "/hooks/attempts/{attempt}/replay",
    operation_id="replay_hook",
    tags=["webhooks"],
    summary="Send a webhook again",
    status_code=202,
    response_model=Replayed,
)
@needs(Scope.BRAND_ACT)
async def replay(
    caller: Who,
    attempt: Annotated[UUID, Path(description="The id of a try.")],
    key: Key = None,
) -> Response:
    """Owe the same message once more: the same webhook-id and body, signed anew.

    What may no longer be told is not told by this either.
    """

    async def owed() -> Response:
        webhook_id = await replay_hook(
            caller.store, attempt, by=caller.bearer.person, at=caller.at
        )
        caller.door.parts.ring()
        return shown.as_json(Replayed(webhook_id=webhook_id), status=202)

    return await once(caller, key, f"replay\n{attempt}", owed, is_safe=True)


@router.get(
    "/programme/sites",
    operation_id="list_sites",
    tags=["programme"],
    summary="List sites",
)
@needs(Scope.PROGRAMME_READ)
async def list_sites(caller: Who) -> Sites:
    """The sites that the person has to do with: in her care, or bought from."""
    who = caller.bearer
    return Sites(sites=shown.sites(who.person, who.directory, who.day))
