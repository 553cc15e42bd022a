"""A small world of debts: cases, people and brands to whom something is owed."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.actions.deliver import ALONE, deliver_due
from app.outbox.owed import Call, Hook, Mail, Parcel, Receipt, Text
from app.store.engine import Store
from app.store.ids import new_id
from app.wording.line import Line

AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
PHONE = "+8801700000001"
SITE = "482170"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = AT

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


class Plain:
    """Words as they were written, with the language in front of them."""

    languages = ("en", "bn")

    def render(self, line: Line, language: str, zone: ZoneInfo | None = None) -> str:
        said = {
            name: self.render(value, language, zone)
            if isinstance(value, Line)
            else value.astimezone(zone).strftime("%d %b %H:%M")
            if isinstance(value, datetime)
            else value
            for name, value in line.params.items()
        }
        return f"[{language}] " + line.message.format_map(said)


@dataclass
class Far:
    """The far side: takes everything, or fails as it is told."""

    sent: list[Parcel] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    on_account: list[Receipt] = field(default_factory=list)
    looked_up: list[datetime] = field(default_factory=list)
    find_failure: Exception | None = None
    before_answer: Callable[[Parcel], Any] | None = None

    async def send(self, parcel: Parcel) -> Receipt:
        self.sent.append(parcel)
        await asyncio.sleep(0)
        if self.before_answer is not None:
            await self.before_answer(parcel)
        if self.failures:
            raise self.failures.pop(0)
        return Receipt(f"SM{parcel.owed_id.hex}", "queued")

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]:
        self.looked_up.append(since)
        if self.find_failure is not None:
            raise self.find_failure
        return tuple(self.on_account)

    @property
    def texts(self) -> list[Text]:
        return [parcel for parcel in self.sent if isinstance(parcel, Text)]

    @property
    def calls(self) -> list[Call]:
        return [parcel for parcel in self.sent if isinstance(parcel, Call)]

    @property
    def mails(self) -> list[Mail]:
        return [parcel for parcel in self.sent if isinstance(parcel, Mail)]

    @property
    def hooks(self) -> list[Hook]:
        return [parcel for parcel in self.sent if isinstance(parcel, Hook)]


async def a_case(
    store: Store,
    *,
    phone: str | None = PHONE,
    may_text: bool | None = True,
    route: str = "committee",
    category: str = "WAGE",
    **detail: Any,
) -> UUID:
    """Open a case with a phone, as a turn would leave it, at SITE."""
    case_id, keyring = uuid4(), store.keyring
    key = keyring.new_data_key()
    await store.pool.execute(
        """
        INSERT INTO cases (id, number, pin_hash, data_key, phone_tag, phone_sealed,
          site, country, category, severity, state, route, language, channel, hotline,
          policy_version, opened_at, detail)
        VALUES ($1, $2, '', $3, $4, $5, $6, 'BD', $7, 'S3', 'received', $8,
          'bn', 'sms', '+8809600000000', '2026-01-01', $9, $10)
        """,
        case_id,
        str(case_id.int)[:8],
        keyring.wrap(key, case_id),
        keyring.phone_tag(phone) if phone else None,
        key.seal(phone.encode(), f"cases|phone|{case_id}") if phone else None,
        SITE,
        category,
        route,
        AT,
        json.dumps({"may_text": may_text, "excluded": [], **detail}),
    )
    return case_id


async def a_person(
    store: Store,
    *,
    email: str = "",
    phone: str = "",
    language: str = "en",
    role: str = "committee",
    org: tuple[str, ...] = ("482170",),
    until: date | None = None,
) -> str:
    """Seat somebody in the directory; return the recipient's key."""
    person_id, keyring = uuid4(), store.keyring
    await store.pool.execute(
        """
        INSERT INTO person (id, key, email, name, role, org, side, phone_tag,
          phone_sealed, languages, until)
        VALUES ($1, $2, $3, 'A member', $7, $8, '', $4, $5, $6, $9)
        """,
        person_id,
        email or phone,
        email,
        keyring.phone_tag(phone) if phone else None,
        keyring.seal(phone.encode(), f"person|phone|{person_id}") if phone else None,
        [language],
        role,
        list(org),
        until,
    )
    await store.pool.execute("UPDATE directory_version SET version = version + 1")
    return str(person_id)


async def a_number(
    store: Store,
    number: str,
    *,
    voice: str = "answer",
    hours: str = "",
    provider: str = "",
    country: str = "BD",
) -> str:
    """Import a hotline number."""
    await store.pool.execute(
        "INSERT INTO hotline_number (number, country, provider, languages, sms, voice,"
        " allowed_hours, sites) VALUES ($1, $5, $4, '{bn}', true, $2, $3, '{}')",
        number,
        voice,
        hours,
        provider,
        country,
    )
    await store.pool.execute("UPDATE directory_version SET version = version + 1")
    return number


async def a_brand(store: Store, *, url: str, secret: str) -> str:
    sealed = store.keyring.seal(secret.encode(), "brand|webhook_secret|norda")
    await store.pool.execute(
        "INSERT INTO brand VALUES"
        " ('norda', 'Norda', 'care@norda.example', $1, $2, 'de')",
        url,
        sealed,
    )
    await store.pool.execute("UPDATE directory_version SET version = version + 1")
    return "norda"


async def owe(
    store: Store,
    kind: str,
    key: str = "",
    *,
    template: str = "worker_news",
    case_id: UUID | None = None,
    params: dict[str, Any] | None = None,
    expires_in: timedelta = timedelta(days=30),
    occasion: str = "",
) -> UUID:
    """Write a debt that is due now."""
    owed_id = new_id(AT)
    await store.pool.execute(
        """
        INSERT INTO outbox (id, case_id, key, recipient_kind, recipient_key, template,
          params, created_at, next_at, expires_at, attempt, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, 0, 'owed')
        """,
        owed_id,
        case_id,
        f"{template}:{occasion}:{kind}:{key}",
        kind,
        key,
        template,
        json.dumps(params or {}),
        AT,
        AT + expires_in,
    )
    return owed_id


async def row_of(store: Store, owed_id: UUID) -> Any:
    return await store.pool.fetchrow("SELECT * FROM outbox WHERE id = $1", owed_id)


async def deliver(
    store: Store, far: Far, clock: Clock, *, window: timedelta = ALONE
) -> int:
    return await deliver_due(store, far, Plain(), at_clock=clock, window=window)
