"""Hear a text that came through a carrier described by a file."""

from datetime import datetime, timedelta

from app.actions.staff_text import hear_text
from app.actions.take_turn import Answer, Render
from app.actions.turn import HeardText
from app.store.engine import Store
from app.store.text_claims import mark_answered, name_for


async def hear_carried(
    store: Store,
    heard: HeardText,
    *,
    provider: str,
    message_id: str | None,
    stamp: str,
    within: timedelta,
    render: Render,
    at: datetime,
) -> Answer:
    """Hear it once, whether or not the carrier gave it an id.

    Without one its repeats are known by who wrote what when; `within` that time of
    the first the same words are the same text, unless it was answered. Whoever dies
    between the claim of the name and the turn has lost nothing: the carrier's repeat
    gets that name.
    """
    name = message_id or await name_for(
        store,
        provider=provider,
        sender=heard.sender,
        line=heard.dialled,
        text=heard.body,
        stamp=stamp,
        at=at,
        within=within,
    )
    return await hear_text(
        store, heard, provider_id=f"{provider}:{name}", render=render, at=at
    )


async def note_answered(
    store: Store,
    heard: HeardText,
    *,
    provider: str,
    message_id: str | None,
    stamp: str,
    at: datetime,
) -> None:
    """Note that the carrier has our answer to it: soon the same words are new ones.

    Only of a text whose repeats are known by nothing but its words.
    """
    if message_id or stamp or heard.sender is None:
        return
    await mark_answered(
        store,
        provider=provider,
        sender=heard.sender,
        line=heard.dialled,
        text=heard.body,
        at=at,
    )
