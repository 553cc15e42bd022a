"""Hear a text that came through a carrier described by a file."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.actions.staff_text import hear_text
from app.actions.take_turn import Answer, Render
from app.actions.turn import HeardText
from app.store.engine import Store
from app.store.text_claims import mark_answered, name_for


@dataclass(frozen=True, slots=True)
class Carried:
    """A text as its carrier brought it; `message_id` None: it has no id."""

    heard: HeardText
    provider: str
    message_id: str | None
    stamp: str  # the carrier's own time of it; blank: none


async def hear_carried(
    store: Store,
    text: Carried,
    *,
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
    heard = text.heard
    name = text.message_id or await name_for(
        store,
        provider=text.provider,
        sender=heard.sender,
        line=heard.dialled,
        text=heard.body,
        stamp=text.stamp,
        at=at,
        within=within,
    )
    provider_id = f"{text.provider}:{name}"
    return await hear_text(store, heard, provider_id=provider_id, render=render, at=at)


async def note_answered(store: Store, text: Carried, *, at: datetime) -> None:
    """Note that the carrier has our answer to it: soon the same words are new ones.

    Only of a text whose repeats are known by nothing but its words.
    """
    heard = text.heard
    if text.message_id or text.stamp or heard.sender is None:
        return
    await mark_answered(
        store,
        provider=text.provider,
        sender=heard.sender,
        line=heard.dialled,
        text=heard.body,
        at=at,
    )
