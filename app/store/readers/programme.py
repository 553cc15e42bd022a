"""The programme for its admin: cells of a row, who has come in, what is open.

Of cases there is nothing here but how many: the secretariat reads its own ones
where everybody reads theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from app.directory_files.kinds import Kind
from app.domain.calendar import HolidayRow
from app.domain.case import CaseFile
from app.store.directory import load_holidays
from app.store.engine import Transaction
from app.store.mapping import case_from, deadline_from

# The whole number of cents in a share that is kept as a part of one.
_PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a kind's rows are, and which column of a file each is."""

    query: str
    cells: Mapping[str, str]  # the file's column: the table's


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_SOURCES: Mapping[Kind, _Source] = MappingProxyType(
    {
        Kind.SITES: _Source(
            "SELECT * FROM site WHERE code = $1",
            _same(
                *("code", "name", "local_name", "aliases", "country", "region"),
                *("kind", "tier", "os_id", "timezone", "languages", "workers"),
                *("weekly_rest", "hours", "hotline"),
            ),
        ),
        Kind.BRANDS: _Source(
            "SELECT * FROM brand WHERE slug = $1",
            _same("slug", "name", "email", "webhook_url", "language"),
        ),
        Kind.SOURCING: _Source(
            "SELECT * FROM sourcing"
            " WHERE brand = $1 AND site = $2 AND through = $3 AND since = $4",
            {
                **_same("brand", "site", "through", "share"),
                "from": "since",
                "to": "until",
            },
        ),
        Kind.PEOPLE: _Source(
            "SELECT * FROM person WHERE id = $1",
            {
                **_same("email", "name", "role", "org", "side", "languages", "sex"),
                "from": "since",
                "to": "until",
                "alternate": "is_alternate",
                "external": "is_external",
                "chair": "chairs",
            },
        ),
        Kind.HOLIDAYS: _Source(
            "SELECT * FROM holiday WHERE scope = $1 AND day = $2",
            {**_same("scope", "until", "name", "hours"), "date": "day"},
        ),
        Kind.NUMBERS: _Source(
            "SELECT * FROM hotline_number WHERE number = $1",
            _same(
                *("number", "country", "provider", "languages", "sms", "voice"),
                *("allowed_hours", "sites"),
            ),
        ),
        Kind.COMMITTEES: _Source(
            "SELECT * FROM committee_rule WHERE scope = $1 AND body = $2",
            _same(
                *("scope", "body", "fewest", "fewest_workers", "women_percent"),
                *("quorum", "parity", "source"),
            ),
        ),
    }
)


async def cells(tx: Transaction, kind: Kind, *key: Any) -> dict[str, str] | None:
    """Return a row as its file would have it; None where there is no such row.

    What is sealed is not among it: neither a phone nor a webhook's secret.
    """
    source = _SOURCES[kind]
    row = await tx.connection.fetchrow(source.query, *key)
    if row is None:
        return None
    return {column: _cell(row[name]) for column, name in source.cells.items()}


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return "" if value == date.min else value.isoformat()
        case Decimal():
            return f"{(value * _PERCENT).normalize():f}%"
        case list() | tuple():
            return ";".join(value)
        case _:
            return str(value)


async def holidays(tx: Transaction) -> tuple[HolidayRow, ...]:
    return await load_holidays(tx.connection)


# ------------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody has come in."""

    has_password: bool = False
    has_second: bool = False
    invited_until: datetime | None = None
    last_in: datetime | None = None  # only its day is shown

    @property
    def can_sign_in(self) -> bool:
        return self.has_password and self.has_second


NOBODY = Standing()


async def standings(tx: Transaction, at: datetime) -> dict[UUID, Standing]:
    """Return it of everybody who has an account, or has been invited."""
    rows = await tx.connection.fetch(
        """
        SELECT a.person_id, a.password_hash IS NOT NULL AS has_password,
          a.totp_sealed IS NOT NULL OR a.takes_codes AS has_second,
          (SELECT max(i.expires_at) FROM invitation i WHERE i.person_id = a.person_id
            AND i.used_at IS NULL AND i.expires_at > $1) AS invited_until,
          (SELECT max(s.created_at) FROM room_session s
            WHERE s.person_id = a.person_id AND s.is_whole) AS last_in
        FROM account a
        """,
        at,
    )
    return {
        row["person_id"]: Standing(
            has_password=row["has_password"],
            has_second=row["has_second"],
            invited_until=row["invited_until"],
            last_in=row["last_in"],
        )
        for row in rows
    }


# -------------------------------------------------------------------- cases


async def sites_with_cases(tx: Transaction) -> frozenset[str]:
    """Return the codes of the sites at which some case is open."""
    rows = await tx.connection.fetch(
        "SELECT DISTINCT site FROM cases WHERE closed_at IS NULL AND site IS NOT NULL"
    )
    return frozenset(row["site"] for row in rows)


async def open_seen(tx: Transaction) -> int:
    """Return how many open cases this reader sees; with `Store.as_person`."""
    return int(
        await tx.connection.fetchval(
            "SELECT count(*) FROM cases WHERE closed_at IS NULL"
        )
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """The cases of a span, for reckoning; `total`: how many there were."""

    cases: tuple[CaseFile, ...]
    total: int


async def opened_since(tx: Transaction, since: datetime, *, limit: int) -> Opened:
    """Return the newest cases opened since then with their first clocks."""
    total = await tx.connection.fetchval(
        "SELECT count(*) FROM cases WHERE opened_at >= $1", since
    )
    rows = await tx.connection.fetch(
        "SELECT * FROM cases WHERE opened_at >= $1"
        " ORDER BY opened_at DESC, id DESC LIMIT $2",
        since,
        limit,
    )
    clocks: dict[UUID, list[Any]] = {row["id"]: [] for row in rows}
    found = await tx.connection.fetch(
        "SELECT * FROM deadline WHERE case_id = ANY ($1) AND round = 0", list(clocks)
    )
    for row in found:
        clocks[row["case_id"]].append(deadline_from(row))
    return Opened(tuple(case_from(row, clocks[row["id"]]) for row in rows), total)


# ------------------------------------------------------- numbers and policies


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One version of the policy, and how many cases were opened under it."""

    version: str
    is_demo: bool
    imported_at: datetime
    cases: int


async def policies(tx: Transaction) -> list[PolicyLine]:
    """Return every version, the newest first."""
    rows = await tx.connection.fetch(
        """
        SELECT p.version, p.is_demo, p.imported_at, count(c.id) AS cases
        FROM policy_version p LEFT JOIN cases c ON c.policy_version = p.version
        GROUP BY p.version, p.is_demo, p.imported_at ORDER BY p.version DESC
        """
    )
    return [PolicyLine(**row) for row in rows]


_UNKNOWN_FOR = timedelta(days=30)


async def unrecognised(tx: Transaction, today: date) -> Sequence[tuple[str, int]]:
    """Return numbers that were dialled and that nobody imported, last 30 days."""
    rows = await tx.connection.fetch(
        "SELECT number, sum(count)::int AS calls FROM unrecognised_number"
        " WHERE day > $1 GROUP BY number ORDER BY calls DESC, number LIMIT 50",
        today - _UNKNOWN_FOR,
    )
    return [(row["number"], row["calls"]) for row in rows]
