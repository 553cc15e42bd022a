"""Writing the imported programme: what is new, what changed, what stays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.directory_files.kinds import Kind
from app.directory_files.record import Record
from app.domain.taxonomy import Role
from app.store.ids import new_id
from app.store.sealing import CannotOpen, Keyring

# Imports wait for one another: each compares with what the last one left.
_IMPORT_LOCK = 7_468_726_501

_Values = Mapping[str, Any]
_Existing = Mapping[tuple[Any, ...], _Values]


@dataclass(frozen=True, slots=True)
class Saved:
    """How many rows an import added, changed, and found as they were."""

    added: int
    changed: int
    unchanged: int

    @property
    def is_change(self) -> bool:
        return bool(self.added or self.changed)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, the columns that tell its rows apart, and the others."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    def key_of(self, values: _Values) -> tuple[Any, ...]:
        return tuple(values[column] for column in self.key)

    @property
    def upsert(self) -> str:
        everything = (*self.key, *self.columns)
        places = ", ".join(f"${n}" for n in range(1, len(everything) + 1))
        kept = ", ".join(f"{column} = excluded.{column}" for column in self.columns)
        return (
            f"INSERT INTO {self.name} ({', '.join(everything)}) VALUES ({places}) "
            f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {kept}"
        )


_TABLES = {
    Kind.SITES: _Table(
        "site",
        ("code",),
        (
            "name",
            "local_name",
            "country",
            "region",
            "kind",
            "tier",
            "os_id",
            "timezone",
            "languages",
            "workers",
            "weekly_rest",
            "hours",
            "hotline",
        ),
    ),
    Kind.BRANDS: _Table(
        "brand",
        ("slug",),
        ("name", "email", "webhook_url", "webhook_secret_sealed", "language"),
    ),
    Kind.SOURCING: _Table(
        "sourcing", ("brand", "site", "through", "since"), ("until", "share")
    ),
    Kind.PEOPLE: _Table(
        "person",
        ("id",),
        (
            "key",
            "email",
            "name",
            "role",
            "org",
            "side",
            "phone_tag",
            "phone_sealed",
            "languages",
            "since",
            "until",
        ),
    ),
    Kind.HOLIDAYS: _Table("holiday", ("scope", "day"), ("until", "name", "hours")),
    Kind.NUMBERS: _Table(
        "hotline_number",
        ("number",),
        (
            "country",
            "provider",
            "languages",
            "sms",
            "voice",
            "allowed_hours",
            "sites",
        ),
    ),
    Kind.HELPLINES: _Table(
        "helpline",
        ("country", "kind", "number", "language"),
        ("name", "source", "imported_at"),
    ),
}


async def lock_imports(connection: Any) -> None:
    """Let no other import run until this transaction has ended."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _IMPORT_LOCK)


async def bump_directory_version(connection: Any) -> None:
    """Make every process read the programme again."""
    await connection.execute("UPDATE directory_version SET version = version + 1")


async def save_records(
    connection: Any,
    kind: Kind,
    records: Sequence[Record],
    *,
    keyring: Keyring,
    at: datetime,
) -> Saved:
    """Write the records that differ from what is there; delete nothing."""
    table = _TABLES[kind]
    rows = await connection.fetch(f"SELECT * FROM {table.name}")
    existing = {table.key_of(row): dict(row) for row in rows}
    prepare = _PREPARE.get(kind, _as_read)
    wanted = prepare([record.values for record in records], existing, keyring, at)
    added = [v for v in wanted if table.key_of(v) not in existing]
    known = [v for v in wanted if table.key_of(v) in existing]
    changed = [v for v in known if not _is_same(v, existing[table.key_of(v)])]
    await connection.executemany(
        table.upsert,
        [[v[c] for c in (*table.key, *table.columns)] for v in (*added, *changed)],
    )
    return Saved(len(added), len(changed), len(known) - len(changed))


async def count_serving(connection: Any, day: date) -> dict[Role, int]:
    """Return how many people of each role serve on `day`."""
    rows = await connection.fetch(
        """
        SELECT role, count(*) AS people FROM person
        WHERE (since IS NULL OR since <= $1) AND (until IS NULL OR until >= $1)
        GROUP BY role
        """,
        day,
    )
    return {Role(row["role"]): row["people"] for row in rows}


def _is_same(values: _Values, before: _Values) -> bool:
    return all(before[column] == value for column, value in values.items())


def _as_read(
    read: Iterable[_Values], _existing: _Existing, _keyring: Keyring, _at: datetime
) -> list[_Values]:
    return list(read)


def _brands(
    read: Iterable[_Values], existing: _Existing, keyring: Keyring, _at: datetime
) -> list[_Values]:
    """Seal the secrets; a blank or an equal one leaves the sealed as it is."""
    ready: list[_Values] = []
    for values in read:
        brand = dict(values)
        secret = brand.pop("webhook_secret").encode()
        context = f"brand|webhook_secret|{brand['slug']}"
        before = existing.get((brand["slug"],), {}).get("webhook_secret_sealed")
        is_kept = not secret or _opens_to(secret, before, context, keyring)
        sealed = before if is_kept else keyring.seal(secret, context)
        ready.append({**brand, "webhook_secret_sealed": sealed})
    return ready


def _opens_to(
    secret: bytes, before: bytes | None, context: str, keyring: Keyring
) -> bool:
    """Tell whether `before` holds the secret; under a lost key it does not."""
    try:
        return before is not None and keyring.open(before, context) == secret
    except CannotOpen:
        return False


def _people(
    read: Sequence[_Values], existing: _Existing, keyring: Keyring, at: datetime
) -> list[_Values]:
    """Find each person again by e-mail or phone; seal the phones."""
    by_key = {row["key"]: row for row in existing.values()}
    tagged = [_tagged(values, keyring) for values in read]
    in_file = {person["key"] for person in tagged}
    ready: list[_Values] = []
    for values, person in zip(read, tagged, strict=True):
        phone, tag = values["phone"], person["phone_tag"]
        before = by_key.get(person["key"])
        if before is None and tag and tag.hex() not in in_file:
            # Whoever had only a phone so far has now been given an e-mail.
            before = by_key.get(tag.hex())
        person["id"] = before["id"] if before else new_id(at)
        if before and before["phone_tag"] == tag:
            person["phone_sealed"] = before["phone_sealed"]
        else:
            context = f"person|phone|{person['id']}"
            person["phone_sealed"] = (
                keyring.seal(phone.encode(), context) if phone else None
            )
        ready.append(person)
    return ready


def _tagged(values: _Values, keyring: Keyring) -> dict[str, Any]:
    person = {key: value for key, value in values.items() if key != "phone"}
    tag = keyring.phone_tag(values["phone"]) if values["phone"] else None
    person["phone_tag"] = tag
    person["key"] = values["email"].lower() or (tag.hex() if tag else "")
    return person


def _helplines(
    read: Sequence[_Values], existing: _Existing, _keyring: Keyring, at: datetime
) -> list[_Values]:
    """Date the lines: the newest of a country and kind is the one that holds.

    So a line that comes back after another had taken its place is dated anew.
    """
    keys = {_HELPLINE.key_of(values) for values in read}
    others = [row for key, row in existing.items() if key not in keys]
    ready: list[_Values] = []
    for values in read:
        before = existing.get(_HELPLINE.key_of(values))
        is_newest = before is not None and all(
            row["imported_at"] < before["imported_at"]
            for row in others
            if (row["country"], row["kind"]) == (values["country"], values["kind"])
        )
        is_kept = before is not None and is_newest and _is_same(values, before)
        dated = before["imported_at"] if before is not None and is_kept else at
        ready.append({**values, "imported_at": dated})
    return ready


_HELPLINE = _TABLES[Kind.HELPLINES]

_PREPARE: Mapping[
    Kind,
    Callable[[Sequence[_Values], _Existing, Keyring, datetime], list[_Values]],
] = {Kind.BRANDS: _brands, Kind.PEOPLE: _people, Kind.HELPLINES: _helplines}
