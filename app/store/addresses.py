"""Where an owed message goes, opened only at the moment of sending."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.carriers.callers import caller_for
from app.carriers.shelf import on_shelf
from app.domain import sourcing
from app.domain.directory import Brand, Directory, HotlineNumber, Person
from app.domain.hours import Hours
from app.domain.permissions import Field, may_see
from app.domain.reach import ROUND_THE_CLOCK, next_allowed
from app.domain.taxonomy import Category, Role, Route, Severity, State
from app.outbox.gathering import Notice
from app.outbox.hearing import (
    Standing,
    veil,
    why_no_brand,
    why_not,
    why_not_its_chain,
)
from app.outbox.owed import (
    REPLY,
    ROOM_CODE,
    ROOM_INVITE,
    URGENT_TEXT,
    Channel,
    Leased,
)
from app.outbox.rechecking import SKIPPED, Reminded, why_overtaken
from app.store import accounts, ring_back
from app.store.debts import RINGS_FOR, Debt
from app.store.engine import Store, Transaction


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who may be told, how, and in which language and zone."""

    channel: Channel
    to: str = field(repr=False)  # a number, an e-mail address, a URL
    language: str
    zone: ZoneInfo
    secret: str = field(default="", repr=False)  # signs a webhook
    sender: str = ""  # the number that a call comes from
    not_before: datetime | None = None  # set: the hours say not now, but then
    is_brand: bool = False  # the reader is no member of the programme's bodies
    held_by: str = ""  # the route on which the case stands now
    has_room: bool = False  # they can sign in, and see the case there
    has_pin: bool = False  # they work by text message
    sees_moment: bool = False  # they may know the minute at which it came
    # Of a text to a worker: the hotline number that she knows, and how she is heard.
    line: str = ""
    provider: str = ""
    is_whatsapp: bool = False
    is_in_window: bool = False  # WhatsApp lets free words through
    # Template and params to be worded in place of what is owed.
    instead: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody may be told; `reason` is a word for the row, never an address.

    `waits`: for want of a setting that a person can mend, so it stays owed.
    """

    reason: str
    waits: bool = False

    @property
    def state(self) -> str:
        """What the row ends as, where it does not wait."""
        return "skipped" if self.reason in SKIPPED else "dropped"


async def addressee(
    store: Store, tx: Transaction, directory: Directory, debt: Debt, at: datetime
) -> Addressee | Nobody:
    """Return whom a message goes to now, whatever held when it came to be owed.

    A worker is told only after a yes that still stands, by call where the yes
    was to calls, and at the time of day that they named. Whoever has been
    recused or has left, a factory that no longer holds the case, and a brand
    whose business it is not, are told nothing; of a protected case a brand
    hears only that there is one. Raise `CannotOpen` where the key is missing.
    """
    leased, case = debt.leased, debt.case
    zone = zone_of(directory, debt)
    match leased.recipient_kind:
        case "worker":
            return _worker(store, directory, leased, case, zone, at)
        case "phone":
            return await _rung(store, tx, directory, leased, at)
        case "reply":
            return _reply(store, directory, leased)
        case "person":
            reason = why_no_person(directory, debt, at)
            if reason is not None:
                return Nobody(reason)
            person = reader(directory, leased)
            by_text = leased.template in (URGENT_TEXT, ROOM_CODE)
            found = (
                await _staff(store, tx, person, zone, by_text=by_text)
                if person
                else Nobody("gone")
            )
            if isinstance(found, Addressee):
                found = replace(found, not_before=_by_day(debt, found, at))
                found = _let_in(store, leased, found)
        case "brand" | "brand_webhook":
            brand = directory.brands.get(leased.recipient_key)
            if brand is None:
                return Nobody("gone")
            reason = _why_no_brand(directory, debt)
            if reason is not None:
                return Nobody(reason)
            if leased.recipient_kind == "brand":
                found = _brand(brand, zone)
            else:
                found = _hook(store, brand, zone)
        case _:
            return Nobody("unknown_kind")
    if isinstance(found, Nobody):
        return found
    return dressed(directory, debt, found, at)


def dressed(
    directory: Directory, debt: Debt, found: Addressee, at: datetime
) -> Addressee:
    """Return the addressee with what its case says of place, holder and veil."""
    leased, standing = debt.leased, _standing(debt.case)
    if standing is None:
        return found
    zone = zone_of(directory, debt)
    case: Mapping[str, Any] = debt.case or {}
    found = replace(
        found,
        zone=zone,
        held_by=standing.route.value,
        has_room=bool(case.get("has_room")),
        has_pin=bool(case.get("has_pin")) and found.channel is Channel.SMS,
    )
    if not (found.is_brand and standing.is_veiled):
        return found
    day = at.astimezone(zone).date()
    partner = _partner_addresses(directory, debt.case, day)
    return replace(
        found, instead=veil(leased.template, leased.params, standing.country, partner)
    )


def why_no_person(directory: Directory, debt: Debt, at: datetime) -> str | None:
    """Return why a person is not told of it now, as a word; None: they are."""
    person, case = reader(directory, debt.leased), debt.case
    if person is None:
        return "gone"
    if case is not None and case["is_excluded"]:
        return "excluded"
    if case is not None and person.is_alternate and not case["is_drawn"]:
        return "moved"  # she sits in for nobody, or does so no more
    standing = _standing(case)
    day = at.astimezone(zone_of(directory, debt)).date()
    is_supplied = debt.leased.template == "first_tier_missed"
    sold_from = str(debt.leased.params["site"]) if is_supplied else ""
    reason = why_not(person, standing, day, sold_from=sold_from)
    if reason is not None or case is None or standing is None:
        return reason
    if person.role is Role.BRAND:
        reason = _why_not_its_chain(directory, case, person.org)
    # An alternate who sits in is no member, and has come this far.
    is_with_reader = person.is_alternate or person in _holders(directory, standing, day)
    now = _reminded(case, is_with_reader=is_with_reader)
    return reason or why_overtaken(debt.leased.template, now)


def _why_no_brand(directory: Directory, debt: Debt) -> str | None:
    """Return why a brand is not told of it now, as a word; None: it is."""
    case, leased = debt.case, debt.leased
    reason = why_no_brand(_standing(case))
    if reason is not None or case is None:
        return reason
    now = _reminded(case, is_with_reader=False)
    return _why_not_its_chain(directory, case, (leased.recipient_key,)) or (
        why_overtaken(leased.template, now)
    )


def _why_not_its_chain(
    directory: Directory, case: Any, brands: tuple[str, ...]
) -> str | None:
    """Return why these brands are not told of a case whose site was corrected."""
    day = directory.local_day(case["opened_at"], case["site"], case["country"])
    buyers = sourcing.buyers(directory, case["site"], day)
    is_corrected = bool(case["is_corrected"])
    slugs = [brand.slug for brand in buyers]
    return why_not_its_chain(brands, slugs, is_corrected=is_corrected)


def _reminded(case: Any, *, is_with_reader: bool) -> Reminded:
    state = State(case["case_state"])
    return Reminded(
        is_closed=state.is_closed,
        is_over=state.is_closed or state is State.RESOLVED,
        is_met=case["is_met"],
        is_with_reader=is_with_reader,
        is_answered=bool(case["is_answered"]),
    )


def _holders(directory: Directory, standing: Standing, day: date) -> list[Person]:
    """Return who sits on the body that holds the case."""
    match standing.route:
        case Route.PARTNER:
            return directory.partners_for(standing.site, standing.country, day)
        case Route.SECRETARIAT:
            return directory.secretariat(day)
    return directory.members(standing.route, standing.site, day)


def _by_day(debt: Debt, found: Addressee, at: datetime) -> datetime | None:
    """Return when a text may be tried again: no night's rest ends by a retry.

    The first attempt comes when it is owed, and S1 at any hour.
    """
    is_grave = debt.case is not None and debt.case["severity"] == Severity.S1
    if found.channel is not Channel.SMS or debt.leased.attempt < 2 or is_grave:
        return None
    return _not_before(at, found.zone, None, None)


def _let_in(store: Store, leased: Leased, found: Addressee) -> Addressee:
    """Open what lets somebody into the rooms, for this message alone.

    A code is waited for: it goes at any hour.
    """
    if leased.template not in (ROOM_INVITE, ROOM_CODE):
        return found
    sealed = str(leased.params["sealed"])
    secret = accounts.open_owed(store.keyring, sealed, leased.id)
    if leased.template == ROOM_CODE:
        return replace(found, not_before=None, instead=(ROOM_CODE, {"code": secret}))
    said = {"secret": secret, "until": leased.params["until"]}
    return replace(found, instead=(ROOM_INVITE, said))


def _standing(case: Any) -> Standing | None:
    if case is None:
        return None
    return Standing(
        Route(case["route"]),
        Category(case["category"]),
        case["site"],
        case["country"],
        case["is_released"],
    )


def notice_of(debt: Debt) -> Notice | None:
    """Return what decides whether a notice may wait; None where it has no case."""
    if debt.case is None:
        return None
    due_at = debt.leased.params.get("due_at")
    return Notice(
        template=debt.leased.template,
        reason=str(debt.leased.params.get("reason", "")),
        severity=Severity(debt.case["severity"]),
        category=Category(debt.case["category"]),
        route=Route(debt.case["route"]),
        owed_at=debt.leased.created_at,
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        awaits_answer="answer_by" in debt.leased.params,
    )


def _partner_addresses(directory: Directory, case: Any, day: date) -> list[str]:
    """Return the mail addresses at which the case's partner answers a brand."""
    excluded = json.loads(case["excluded"] or "[]")
    return [
        person.email
        for person in directory.partners_for(case["site"], case["country"], day)
        if person.email and str(person.id) not in excluded
    ]


def zone_of(directory: Directory, debt: Debt) -> ZoneInfo:
    """Return the site's zone, else that of the hotline number's country."""
    case = debt.case
    if case is None:
        return directory.calendar_for(None, directory.default_country).zone
    return directory.calendar_for(case["site"], case["country"]).zone


def _worker(
    store: Store,
    directory: Directory,
    leased: Leased,
    case: Any,
    zone: ZoneInfo,
    at: datetime,
) -> Addressee | Nobody:
    if leased.case_id is None or case is None or case["data_key"] is None:
        return Nobody("forgotten")
    if case["phone_sealed"] is None:
        return Nobody("no_address")
    if not (case["may_text"] or case["may_call"]):
        return Nobody("no_consent")
    if case["has_opted_out"]:
        return Nobody("opted_out")
    key = store.keyring.unwrap(case["data_key"], leased.case_id)
    opened = key.open(case["phone_sealed"], f"cases|phone|{leased.case_id}")
    phone, known = opened.decode(), directory.number(case["hotline"])
    may_call = case["may_call"] and not _is_hidden(phone)
    line = _line(directory, case) if may_call else None
    if line is not None and case["is_superseded"]:
        return Nobody("superseded")  # one call tells all of it
    if line is None and not case["may_text"]:
        return Nobody("no_line", waits=True)
    return Addressee(
        Channel.CALL if line else Channel.SMS,
        phone,
        case["language"],
        zone,
        line=case["hotline"],
        provider=known.provider,
        is_whatsapp=case["is_whatsapp"] or _is_hidden(phone),
        is_in_window=case["is_in_window"],
        sender=line.number if line else "",
        not_before=at + RINGS_FOR
        if case["is_ringing"]
        else _not_before(
            at,
            zone,
            line.allowed_hours if line else ROUND_THE_CLOCK,
            _part(case["reach_part"], line),
        ),
    )


def _is_hidden(phone: str) -> bool:
    """Tell whether it is the id of somebody who shows no number."""
    return phone.startswith("whatsapp:")


def _reply(store: Store, directory: Directory, leased: Leased) -> Addressee | Nobody:
    """Return who wrote to us; a STOP was to what comes unasked, and she asked."""
    sealed = leased.params.get("sealed")
    if not isinstance(sealed, str):
        return Nobody("forgotten")
    context = f"outbox|reply|{leased.id}"
    said = json.loads(store.keyring.open(bytes.fromhex(sealed), context))
    number = directory.number(said["line"])
    return Addressee(
        Channel.SMS,
        said["to"],
        said["language"],
        directory.calendar_for(None, number.country).zone,
        line=said["line"],
        provider=said["carrier"],  # the one that she chose, whatever the line is
        is_in_window=True,
        instead=(REPLY, {"text": said["text"]}),
    )


def _part(part: str | None, line: HotlineNumber | None) -> str | None:
    """Return the part of the day; by call "any" is any time at which the line may."""
    is_lines = part == "any" and line is not None and line.allowed_hours is not None
    return None if is_lines else part


def _line(directory: Directory, case: Any) -> HotlineNumber | None:
    """Return the number to call from: the case's own, else its country's first.

    A worker who knows the hotline's number knows who calls.
    """
    return _caller(directory, directory.number(case["hotline"]), case["country"])


def _caller(
    directory: Directory, own: HotlineNumber, country: str
) -> HotlineNumber | None:
    """Return the number whose carrier can call phones there.

    Carriers with a file of the operator's own place no calls, so the shipped
    ones are asked.
    """
    return caller_for(on_shelf(), own, directory.numbers.values(), country)


def _not_before(
    at: datetime, zone: ZoneInfo, allowed: Hours | None, part: str | None
) -> datetime | None:
    then = next_allowed(at, zone, allowed, part)
    return then if then > at else None


async def _rung(
    store: Store, tx: Transaction, directory: Directory, leased: Leased, at: datetime
) -> Addressee | Nobody:
    """Return the phone whose missed call this debt returns, and who calls it."""
    ringing = await ring_back.waiting(tx, leased.id)
    if ringing is None:
        return Nobody("gone")
    # A STOP was to what comes unasked; this phone has just asked.
    number = directory.number(ringing.hotline)
    caller = _caller(directory, number, number.country)
    if caller is None:
        return Nobody("no_line", waits=True)
    zone = directory.calendar_for(None, number.country).zone
    phone = store.keyring.open(
        ringing.phone_sealed, ring_back.phone_context(ringing.phone_tag)
    )
    return Addressee(
        Channel.CALL,
        phone.decode(),
        "en",  # unused: the language is asked for when the call is answered
        zone,
        sender=caller.number,
        not_before=_not_before(at, zone, caller.allowed_hours, None),
    )


def reader(directory: Directory, leased: Leased) -> Person | None:
    """Return the person whom a message is for; None where nobody is."""
    try:
        return directory.person(UUID(leased.recipient_key))
    except ValueError:
        return None


async def _staff(
    store: Store,
    tx: Transaction,
    person: Person,
    zone: ZoneInfo,
    *,
    by_text: bool = False,
) -> Addressee | Nobody:
    sees_moment = may_see(person.role, Field.MOMENT)
    if person.email and not by_text:
        return Addressee(
            Channel.MAIL,
            person.email,
            person.language,
            zone,
            is_brand=person.role is Role.BRAND,
            sees_moment=sees_moment,
        )
    if person.phone_sealed is None:
        return Nobody("no_address")
    if await tx.connection.fetchval(
        "SELECT EXISTS (SELECT FROM opt_out WHERE phone_tag = $1)", person.phone_tag
    ):
        return Nobody("opted_out")
    phone = store.keyring.open(person.phone_sealed, f"person|phone|{person.id}")
    return Addressee(
        Channel.SMS, phone.decode(), person.language, zone, sees_moment=sees_moment
    )


def _brand(brand: Brand, zone: ZoneInfo) -> Addressee | Nobody:
    if not brand.email:
        return Nobody("no_address")
    return Addressee(Channel.MAIL, brand.email, brand.language, zone, is_brand=True)


def _hook(store: Store, brand: Brand, zone: ZoneInfo) -> Addressee | Nobody:
    if not brand.webhook_url or brand.webhook_secret_sealed is None:
        return Nobody("no_address")
    secret = store.keyring.open(
        brand.webhook_secret_sealed, f"brand|webhook_secret|{brand.slug}"
    )
    return Addressee(
        Channel.WEBHOOK,
        brand.webhook_url,
        brand.language,
        zone,
        secret.decode(),
        is_brand=True,
    )
