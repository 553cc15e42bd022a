"""Nobody makes a partner alone: the others are told, and have a day to ask."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.directory_files.problems import ImportRefused, Problem
from app.domain.directory import Directory
from app.domain.draft import NEWS_LASTS
from app.domain.taxonomy import Role
from app.outbox.owed import PARTNER_ADDED
from app.store import accounts
from app.store.engine import Transaction
from app.store.ids import new_id
from app.store.imports import Change


def refuse_at_once(changes: Iterable[Change], today: date) -> None:
    """Refuse a partner added in the rooms who would read cases before anybody asks."""
    earliest = today + timedelta(days=1)
    wrong = [
        Problem(
            change.row,
            "from",
            "a partner who is added here begins tomorrow at the earliest: write"
            f" {earliest} or a later day",
        )
        for change in changes
        if _is_partner(change.after, today)
        and not (change.before and _is_partner(change.before, today))
    ]
    if wrong:
        raise ImportRefused(*wrong)


async def tell_of_added(
    tx: Transaction,
    before: Directory,
    changes: Iterable[Change],
    *,
    by: UUID | None,
    today: date,
    at: datetime,
) -> None:
    """Owe the others word of everybody who becomes a partner, or one of more places.

    `before` is the programme without them.
    """
    for change in changes:
        if _is_new(change):
            person: UUID = change.key[0]
            await tell_of_partner(
                tx, before, person, "added", by=by, today=today, at=at
            )


async def tell_of_partner(
    tx: Transaction,
    directory: Directory,
    partner: UUID,
    what: str,
    *,
    by: UUID | None,
    today: date,
    at: datetime,
) -> None:
    """Owe the other partners and the rest of the secretariat word of one partner.

    `what`: added or invited; `by` None: whoever has the command line.
    """
    others = [
        person
        for role in (Role.PARTNER, Role.ADMIN)
        for person in directory.serving(role, today)
        if person.id not in (partner, by)
    ]
    said = {"partner_id": str(partner), "what": what, "by": str(by) if by else ""}
    for person in others:
        await accounts.owe(
            tx,
            person.id,
            PARTNER_ADDED,
            said,
            owed_id=new_id(at),
            at=at,
            expires_at=at + NEWS_LASTS,
        )


def _is_new(change: Change) -> bool:
    """Whether somebody becomes a partner, serves again, or has other places."""
    was, now = change.before, change.after
    if now["role"] != Role.PARTNER:
        return False
    if was is None or was["role"] != Role.PARTNER:
        return True
    is_longer = _last(now) > _last(was) or _first(now) < _first(was)
    return is_longer or bool({*now["org"]} ^ {*was["org"]})


def _is_partner(row: Any, today: date) -> bool:
    is_role: bool = row["role"] == Role.PARTNER
    return is_role and _first(row) <= today <= _last(row)


def _first(row: Any) -> date:
    return row["since"] or date.min


def _last(row: Any) -> date:
    return row["until"] or date.max
