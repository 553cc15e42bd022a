"""What an import, or a form of the admin's, leaves in the audit."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.directory_files.kinds import Kind
from app.store.audit import Audited, write
from app.store.engine import Transaction
from app.store.imports import Change

# What each kind is called there, and the columns that tell a row apart.
NOUNS: Mapping[Kind, str] = {
    Kind.SITES: "site",
    Kind.BRANDS: "brand",
    Kind.SOURCING: "sourcing",
    Kind.PEOPLE: "person",
    Kind.HOLIDAYS: "holiday",
    Kind.NUMBERS: "number",
    Kind.HELPLINES: "helpline",
    Kind.COMMITTEES: "committee_rule",
}

# Only that they changed. What is written here outlives whoever it is about, so
# it holds nothing by which a person is reached or told from others.
_HIDDEN: Mapping[Kind, frozenset[str]] = {
    Kind.BRANDS: frozenset({"email", "webhook_url", "webhook_secret_sealed"}),
    Kind.PEOPLE: frozenset({"email", "name", "phone_sealed", "sex"}),
}
# Columns that follow from another one, or say nothing to a reader.
_LEFT_OUT = frozenset({"id", "key", "phone_tag", "imported_at"})
_CALLED = {"phone_sealed": "phone", "webhook_secret_sealed": "webhook_secret"}


async def audit_changes(
    tx: Transaction,
    kind: Kind,
    changes: Iterable[Change],
    *,
    by: UUID | None,
    through: str,
    at: datetime,
    once: str = "",
) -> None:
    """Write one event a row, with the fields that changed, old and new."""
    more = {"once": once} if once else {}
    audited = [_audited(kind, change, more) for change in changes]
    await write(tx, audited, by=by, through=through, at=at)


def fields_of(kind: Kind, change: Change) -> dict[str, list[Any] | None]:
    """Return each field that changed with its old and new value; None: not shown."""
    hidden = _HIDDEN.get(kind, frozenset())
    return {
        _CALLED.get(name, name): None
        if name in hidden
        else [_plain((change.before or {}).get(name)), _plain(change.after[name])]
        for name in change.fields
        if name not in _LEFT_OUT
    }


def key_of(change: Change) -> str:
    return "/".join(str(part) for part in map(_plain, change.key) if part)


def _audited(kind: Kind, change: Change, more: Mapping[str, str]) -> Audited:
    verb = "added" if change.before is None else "changed"
    detail = {"key": key_of(change), "fields": fields_of(kind, change), **more}
    return Audited(f"{NOUNS[kind]}.{verb}", detail)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    match value:
        case date() if value == date.min:
            return ""
        case date() | Decimal() | UUID():
            return str(value)
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return value
