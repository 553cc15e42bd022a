"""Writing the imported programme: what is new, what changed, what stays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    changes: "tuple[Change, ...]" = ()

    @property
    def is_change(self) -> bool:
        return bool(self.added or self.changed)


@dataclass(frozen=True, slots=True)
class Change:
    """One row that an import writes: as it was, None where it is new, and as it is.

    `row` and `name` are the file's; `key` tells the row apart in the table.
    """

    row: int
    name: str
    key: tuple[Any, ...]
    before: _Values | None = field(repr=False)
    after: _Values = field(repr=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that differ; of a new row all that hold something."""
        if self.before is None:
            return tuple(name for name, value in self.after.items() if value)
        was = self.before
        return tuple(n for n, value in self.after.items() if was[n] != value)


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
            "aliases",
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
            "sex",
            "is_alternate",
            "is_external",
            "chairs",
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
    Kind.COMMITTEES: _Table(
        "committee_rule",
        ("scope", "body"),
        (
            "fewest",
            "fewest_workers",
            "women_percent",
            "quorum",
            "parity",
            "source",
        ),
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
    befores = [existing.get(table.key_of(values)) for values in wanted]
    changes = tuple(
        Change(record.row, record.key, table.key_of(values), before, values)
        for record, values, before in zip(records, wanted, befores, strict=True)
        if before is None or not _is_same(values, before)
    )
    await connection.executemany(
        table.upsert,
        [[c.after[name] for name in (*table.key, *table.columns)] for c in changes],
    )
    added = sum(change.before is None for change in changes)
    return Saved(added, len(changes) - added, len(wanted) - len(changes), changes)


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


def _sites(
    read: Iterable[_Values], existing: _Existing, _keyring: Keyring, _at: datetime
) -> list[_Values]:
    """Leave a site's other names as they are where the file has no such column."""
    ready: list[_Values] = []
    for values in read:
        before = existing.get((values["code"],), {})
        ready.append({"aliases": before.get("aliases", []), **values})
    return ready


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
        for column, unset in _OFFICES.items():
            # A file without the column says nothing about it.
            person.setdefault(column, before[column] if before else unset)
        if before and before["phone_tag"] == tag:
            person["phone_sealed"] = before["phone_sealed"]
        else:
            context = f"person|phone|{person['id']}"
            person["phone_sealed"] = (
                keyring.seal(phone.encode(), context) if phone else None
            )
        ready.append(person)
    return ready


_OFFICES: _Values = {
    "sex": "",
    "is_alternate": False,
    "is_external": False,
    "chairs": False,
}


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
] = {
    Kind.SITES: _sites,
    Kind.BRANDS: _brands,
    Kind.PEOPLE: _people,
    Kind.HELPLINES: _helplines,
}
