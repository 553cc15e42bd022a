"""Make, list, end and know again the tokens by which machines come in.

A token acts as the person who made it and never as more: what she may no
longer do it may not do either, and with her role or her term it ends for good.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import structlog

from app.actions.sessions import serving
from app.domain.directory import Directory, Person
from app.domain.errors import NotFound, Refused
from app.domain.scopes import (
    MOST_TOKENS,
    PREFIX,
    Scope,
    is_token,
    lifetime,
    may_have,
    name_of,
    scopes_of,
)
from app.domain.whereabouts import day_of
from app.store import api_tokens
from app.store.accounts import secret_tag
from app.store.api_tokens import Token
from app.store.engine import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Made:
    """A token just made; the secret is shown now and never again."""

    token: Token
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who comes with a token, today, and what it is for."""

    token_id: UUID
    name: str
    person: Person
    scopes: frozenset[Scope]
    expires_at: datetime
    day: date  # today, where she is
    directory: Directory = field(repr=False)


async def make_token(
    store: Store,
    person: Person,
    *,
    name: str,
    scopes: Iterable[str],
    days: int,
    at: datetime,
) -> Made:
    """Make a token for a person who serves today."""
    called, wanted = name_of(name), scopes_of(person.role, scopes)
    expires_at = at + lifetime(days)
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    async with store.transaction() as tx:
        await api_tokens.lock_of(tx, person.id)
        known = await api_tokens.all_of(tx, person.id)
        if any(token.holds_at(at) and token.name == called for token in known):
            raise Refused(f"There is a token {called} already: end it first.")
        if sum(token.holds_at(at) for token in known) >= MOST_TOKENS:
            raise Refused(f"{MOST_TOKENS} tokens are the most. End one first.")
        token = await api_tokens.add(
            tx,
            tag=secret_tag(secret),
            person_id=person.id,
            name=called,
            scopes=tuple(wanted),
            role=person.role.value,
            at=at,
            expires_at=expires_at,
        )
    log.info("token.made", person_id=str(person.id), count=len(wanted))
    return Made(token, secret)


async def tokens_of(store: Store, person: Person) -> list[Token]:
    async with store.transaction() as tx:
        return await api_tokens.all_of(tx, person.id)


async def end_token(store: Store, person: Person, id: UUID, *, at: datetime) -> None:
    """End one of a person's own tokens; the next request with it is refused."""
    async with store.transaction() as tx:
        is_ended = await api_tokens.end(tx, id, of=person.id, at=at)
    if not is_ended:
        raise NotFound("There is no such token.")
    log.info("token.ended", person_id=str(person.id))


async def bearer_of(store: Store, secret: str, at: datetime) -> Bearer | None:
    """Return who comes with a token, if it holds and she serves today.

    One that was made in another role, or in a term before this one, has ended.
    """
    if not is_token(secret):
        return None
    async with store.transaction() as tx:
        found = await api_tokens.by_tag(tx, secret_tag(secret), at)
        if found is None:
            return None
        token, version = found
        directory = await store.directory_at(tx, version)
        person = serving(directory, token.person_id, at)
        if person is None or not _is_of(token, person, directory):
            await api_tokens.end(tx, token.id, of=token.person_id, at=at)
            return None
        await api_tokens.mark_used(tx, token, at)
    held = (scope for scope in Scope if scope.value in token.scopes)
    return Bearer(
        token.id,
        token.name,
        person,
        frozenset(scope for scope in held if may_have(person.role, scope)),
        token.expires_at,
        day_of(person, directory, at),
        directory,
    )


def _is_of(token: Token, person: Person, directory: Directory) -> bool:
    """Tell whether it was made in the role and the term in which she serves now."""
    made_on = day_of(person, directory, token.created_at)
    is_earlier = person.since is not None and made_on < person.since
    return token.role == person.role.value and not is_earlier
