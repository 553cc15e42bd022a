"""Where an owed message goes, opened only at the moment of sending."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.directory import Brand, Directory, Person
from app.domain.taxonomy import Role
from app.outbox.owed import Channel, Leased
from app.store.engine import Store, Transaction


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who may be told, how, and in which language and zone."""

    channel: Channel
    to: str = field(repr=False)  # a number, an e-mail address, a URL
    language: str
    zone: ZoneInfo
    secret: str = field(default="", repr=False)  # signs a webhook
    is_brand: bool = False  # the reader is no member of the programme's bodies


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody may be told; `reason` is a word for the row, never an address."""

    reason: str


_CASE = """
SELECT c.language, c.country, c.site, c.data_key, c.phone_sealed,
  c.detail ->> 'may_text' = 'true' AS may_text,
  coalesce(c.detail -> 'excluded' ? $2, false) AS is_excluded,
  EXISTS (SELECT FROM opt_out WHERE phone_tag = c.phone_tag) AS has_opted_out
FROM cases c WHERE c.id = $1
"""


async def addressee(
    store: Store, tx: Transaction, directory: Directory, leased: Leased
) -> Addressee | Nobody:
    """Return whom a message goes to now, whatever held when it came to be owed.

    A worker is told only after a yes that still stands, and somebody recused
    from the case in the meantime is told nothing. Raise `CannotOpen` where
    the key is missing.
    """
    case = None
    if leased.case_id is not None:
        case = await tx.connection.fetchrow(_CASE, leased.case_id, leased.recipient_key)
    zone = _zone(directory, case)
    match leased.recipient_kind:
        case "worker":
            return _worker(store, leased, case, zone)
        case "person":
            person = _person(directory, leased.recipient_key)
            if person is None:
                return Nobody("gone")
            if case is not None and case["is_excluded"]:
                return Nobody("excluded")
            return await _staff(store, tx, person, zone)
        case "brand" | "brand_webhook":
            brand = directory.brands.get(leased.recipient_key)
            if brand is None:
                return Nobody("gone")
            if leased.recipient_kind == "brand":
                return _brand(brand, zone)
            return _hook(store, brand, zone)
    return Nobody("unknown_kind")


def _zone(directory: Directory, case: Any) -> ZoneInfo:
    """Return the site's zone, else that of the hotline number's country."""
    if case is None:
        return directory.calendar_for(None, directory.default_country).zone
    return directory.calendar_for(case["site"], case["country"]).zone


def _worker(
    store: Store, leased: Leased, case: Any, zone: ZoneInfo
) -> Addressee | Nobody:
    if leased.case_id is None or case is None or case["data_key"] is None:
        return Nobody("forgotten")
    if case["phone_sealed"] is None:
        return Nobody("no_address")
    if not case["may_text"]:
        return Nobody("no_consent")
    if case["has_opted_out"]:
        return Nobody("opted_out")
    key = store.keyring.unwrap(case["data_key"], leased.case_id)
    phone = key.open(case["phone_sealed"], f"cases|phone|{leased.case_id}")
    return Addressee(Channel.SMS, phone.decode(), case["language"], zone)


def _person(directory: Directory, key: str) -> Person | None:
    try:
        return directory.person(UUID(key))
    except ValueError:
        return None


async def _staff(
    store: Store, tx: Transaction, person: Person, zone: ZoneInfo
) -> Addressee | Nobody:
    if person.email:
        return Addressee(
            Channel.MAIL,
            person.email,
            person.language,
            zone,
            is_brand=person.role is Role.BRAND,
        )
    if person.phone_sealed is None:
        return Nobody("no_address")
    if await tx.connection.fetchval(
        "SELECT EXISTS (SELECT FROM opt_out WHERE phone_tag = $1)", person.phone_tag
    ):
        return Nobody("opted_out")
    phone = store.keyring.open(person.phone_sealed, f"person|phone|{person.id}")
    return Addressee(Channel.SMS, phone.decode(), person.language, zone)


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
        Channel.WEBHOOK, brand.webhook_url, brand.language, zone, secret.decode()
    )
