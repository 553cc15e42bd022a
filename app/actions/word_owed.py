"""Word what is owed, in its reader's language, as it stands now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.actions.carrying import Round, Taken, Told
from app.domain.coarse import hour_of, told_due
from app.outbox.digest import Item, Part, gather, gather_text
from app.outbox.messages import Worded, word
from app.outbox.owed import (
    REPLY,
    Call,
    Channel,
    Hook,
    Mail,
    Parcel,
    Text,
    disclosed,
)
from app.store.addresses import Addressee
from app.store.conversations import RESTS_AFTER
from app.wording.line import Line


def parcel_of(work: Round, taken: Taken, at: datetime) -> Parcel:
    """Return the message; whatever raises here is ours to mend."""
    if len(taken.told) > 1:
        return _several(work, taken, at)
    return _one(work, taken, taken.told[0], at)


def _one(work: Round, taken: Taken, told: Told, at: datetime) -> Parcel:
    lead, to = taken.lead, told.to
    if to.channel is Channel.CALL:
        return Call(lead.id, to.to, to.sender)
    template, params = to.instead or (told.leased.template, told.leased.params)
    if template == REPLY:
        # Later the phone may be in other hands.
        left = lead.created_at + RESTS_AFTER - at
        minutes = max(1, int(left.total_seconds() // 60))
        return replace(_text(work, taken, params["text"]), valid_minutes=minutes)
    if to.channel is Channel.WEBHOOK:
        return Hook(
            owed_id=lead.id,
            url=to.to,
            secret=to.secret,
            type=template,
            data=disclosed(template, _to_the_hour(params, to.zone)),
            at=hour_of(lead.created_at, UTC),
            sent_at=at,
        )
    read = _read_by(work, params, to, told.leased.created_at)
    return _written(work, taken, word(template, read, to.channel), at)


def _written(work: Round, taken: Taken, worded: Worded, at: datetime) -> Parcel:
    lead, to = taken.lead, taken.to
    body = "\n\n".join(_say(work, to, line, to.zone) for line in worded.lines)
    if worded.subject is None or to.channel is Channel.SMS:
        return _text(work, taken, body)
    subject = _say(work, to, worded.subject, to.zone)
    return Mail(lead.id, to.to, subject, f"{body}\n", hour_of(at, UTC))


def _text(work: Round, taken: Taken, body: str) -> Text:
    """Return the text with what decides through whom it goes."""
    lead, to = taken.lead, taken.to
    return Text(
        lead.id,
        to.to,
        body,
        language=_language(work, to),
        line=to.line,
        provider=to.provider,
        is_whatsapp=to.is_whatsapp,
        is_in_window=to.is_in_window,
        attempt=lead.attempt,
        tried_by=lead.carrier,
        first_try=lead.first_try,
        not_by=str(lead.params.get("not_by", "")),
    )


def _several(work: Round, taken: Taken, at: datetime) -> Parcel:
    lead, to = taken.lead, taken.to
    parts = [
        Part(
            each.leased.template,
            _read_by(work, each.leased.params, each.to, each.leased.created_at),
            each.to.zone,
        )
        for each in taken.told
    ]
    if to.channel is Channel.SMS:
        return _text(work, taken, _said(work, to, gather_text(parts)))
    digest = gather(parts)
    said = [
        _said(work, to, digest.opening),
        *(
            f"{place}. {_said(work, to, item)}"
            for place, item in enumerate(digest.items, start=1)
        ),
        _say(work, to, digest.closing, to.zone),
    ]
    subject = _say(work, to, digest.subject, to.zone)
    words = "\n\n".join(said) + "\n"
    return Mail(lead.id, to.to, subject, words, hour_of(at, UTC))


def _said(work: Round, to: Addressee, item: Item) -> str:
    return "\n".join(_say(work, to, line, item.zone) for line in item.lines)


def _say(work: Round, to: Addressee, line: Line, zone: ZoneInfo) -> str:
    return work.catalog.render(line, _language(work, to), zone)


def _language(work: Round, to: Addressee) -> str:
    """Return theirs; staff may read one that is not served: English beats silence."""
    return to.language if to.language in work.catalog.languages else "en"


# Params that are times of a clock, and so of the minute from which it runs.
_OF_CLOCKS = ("due_at", "answer_by")


def _to_the_hour(params: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    hours = {
        name: hour_of(datetime.fromisoformat(params[name]), zone).isoformat()
        for name in _OF_CLOCKS
        if params.get(name)
    }
    return {**params, **hours}


def _read_by(
    work: Round, params: Mapping[str, Any], to: Addressee, owed_at: datetime
) -> dict[str, Any]:
    """Return the params with what the sentences need of their reader.

    Who may not know the minute of a complaint is told no time that holds it;
    from when it was owed on, so that each attempt says the same.
    """
    more: dict[str, Any] = {"is_brand": to.is_brand}
    if to.held_by:
        more["held_by"] = to.held_by
    if to.has_pin:
        more["has_pin"] = True
    if to.channel is Channel.MAIL:
        more["you"] = to.to
        number = params.get("number")
        if to.has_room and work.base_url and number:
            room = "brand" if to.is_brand else "cases"
            more["room"] = f"{work.base_url}/room/{room}/{number}"
    if not to.sees_moment:
        for name in _OF_CLOCKS:
            if params.get(name):
                due_at = datetime.fromisoformat(params[name])
                more[name] = told_due(due_at, to.zone, owed_at).isoformat()
    if "secret" in params:
        more["link"] = f"{work.base_url}/in/join?k={params['secret']}"
    if "partner_id" in params:
        more |= _of_partner(work, params)
    place = work.directory.sites.get(str(params.get("site")))
    if place is not None:
        # Nobody knows a place by its six digits alone.
        more["site"] = f"{place.name}, {place.region} ({place.code})"
    return {**params, **more}


def _of_partner(work: Round, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return who became a partner, where, and who did it, by name as it is now."""
    partner = work.directory.person(UUID(params["partner_id"]))
    by = work.directory.person(UUID(params["by"])) if params["by"] else None
    return {
        "name": partner.name if partner else "",
        "where": list(partner.org) if partner else [],
        "by_name": by.name if by else "",
    }
