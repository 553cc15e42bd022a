"""Ask after a case by page: number and PIN open a talk, and nothing else does."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from app.actions.page import SentPage
from app.actions.take_turn import may_look
from app.conversation.pages import lines
from app.conversation.pages.session import At, PageSession
from app.conversation.reading import normal
from app.domain.aftercare import unput_question
from app.domain.commands import Actor, PutReprisal
from app.domain.decide import decide
from app.domain.ledger import canonical
from app.domain.pins import MOST_OVERALL
from app.store import calls, pages
from app.store.cases import Held, hold_known, record
from app.store.changes import Changes
from app.store.engine import Store
from app.store.pages import PageRow
from app.wording.line import Line

_TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Shut:
    """Number and PIN open nothing now; `why` says what she is told of it.

    `is_wrong`: they were looked at, so that it counts for the network.
    """

    why: Line
    is_wrong: bool = False


def new_token() -> str:
    """Return what makes one talk by pages its own: nobody can guess it."""
    return token_urlsafe(_TOKEN_BYTES)


async def follow_page(store: Store, sent: SentPage, *, at: datetime) -> UUID | Shut:
    """Open a talk about the case whose number and PIN were typed; return the case.

    A wrong one is counted for the case and for the network. A page that was
    sent before shows its talk while that lasts, and then opens nothing.
    """
    number, pin = _digits(sent.get("number")), _digits(sent.get("pin"))
    tag = store.keyring.page_tag(sent.token)
    async with store.transaction() as tx:
        await pages.lock(tx, tag, number)
        known = await pages.read(
            tx, tag, network=sent.network, candidates=(), number=number, at=at
        )
        if known.page is not None:
            return _as_before(known.page, at)
        row = known.case
        # The same work is done for a number that no case has.
        expected = store.keyring.pin_hash(number, pin)
        changes = Changes()
        held = None
        if row is not None and may_look(row, known.tries_overall, at):
            if hmac.compare_digest(expected, row["pin_hash"]):
                held = hold_known(store, row)
            else:
                changes.add("pin_tries", row["id"], at, False, sent.network)
        if held is not None:
            changes.add("pages", *_row(tag, held, sent.language, at))
            if unput_question(held.file) is not None and not held.file.is_for_another:
                # The page that is shown next asks by itself.
                directory = await store.directory_now(tx)
                put = decide(held.file, PutReprisal(), Actor.worker(), directory, at)
                record(changes, held, put, at=at)
        await changes.flush(tx)
        if held is not None:
            await calls.has_heard(tx, held.file.id, at)
            return held.file.id
    if known.tries_overall >= MOST_OVERALL:
        return Shut(lines.CLOSED_DOOR)
    return Shut(lines.NOT_TOGETHER, is_wrong=True)


def _as_before(page: PageRow, at: datetime) -> UUID | Shut:
    is_rested = at - page.heard_at >= pages.RESTS_AFTER
    if page.case_id is None or is_rested:
        return Shut(lines.RESTED)
    return page.case_id


def _row(tag: bytes, held: Held, language: str, at: datetime) -> tuple[Any, ...]:
    file = held.file
    session = PageSession(
        at=At.WHO if file.is_for_another else At.FOLLOW,
        turn=1,  # turn 0 is a first page, and opens a case
        language=language,
        is_following=True,
    )
    kept = canonical(session.to_json())
    return (tag, file.id, kept, None, at, at + pages.KEPT)


def _digits(typed: str) -> str:
    return "".join(c for c in normal(typed) if c.isdigit())[:16]


async def leave_page(store: Store, token: str) -> None:
    """End a talk at once: whoever presses back gets nothing of it.

    The row stays until its date, so that a first page that is sent once more
    opens nothing a second time.
    """
    async with store.transaction() as tx:
        await pages.leave(tx, store.keyring.page_tag(token))
