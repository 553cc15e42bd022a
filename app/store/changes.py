"""All that one transaction writes, sent as one statement.

Whatever a turn, an act or a sweep decides is gathered here and flushed at
once: claim, conversation, case, clocks, ledger, owed messages, all or nothing,
in a single round trip, whether for one case or for a batch of hundreds.
"""

from dataclasses import dataclass, field
from typing import Any

from app.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Target:
    """Where a kind of row goes: its table, columns with types, and conflict."""

    table: str
    columns: tuple[tuple[str, str], ...]
    on_conflict: str = ""
    update_on: tuple[str, ...] = ()  # set: an UPDATE joined on these columns
    deletes: bool = False  # set: the rows named are deleted

    def sql(self, first: int, rows: int) -> str:
        names = ", ".join(name for name, _ in self.columns)
        source = self._few(first, rows) if rows <= FEW else self._many(first)
        if self.deletes:
            (name, _), *_more = self.columns
            return f"DELETE FROM {self.table} WHERE {name} IN ({source}) RETURNING 1"
        if not self.update_on:
            return (
                f"INSERT INTO {self.table} ({names}) {source}"
                f" {self.on_conflict} RETURNING 1"
            )
        sets = ", ".join(
            f"{name} = n.{name}"
            for name, _ in self.columns
            if name not in self.update_on
        )
        joined = " AND ".join(f"t.{name} = n.{name}" for name in self.update_on)
        return (
            f"UPDATE {self.table} t SET {sets}"
            f" FROM ({source}) AS n({names}) WHERE {joined} RETURNING 1"
        )

    def _few(self, first: int, rows: int) -> str:
        """Spell a few rows out: plain values are far cheaper than arrays."""
        width = len(self.columns)
        return "VALUES " + ", ".join(
            "("
            + ", ".join(
                f"${first + row * width + i}::{kind}"
                for i, (_, kind) in enumerate(self.columns)
            )
            + ")"
            for row in range(rows)
        )

    def _many(self, first: int) -> str:
        arrays = ", ".join(
            f"${first + i}::{kind}[]" for i, (_, kind) in enumerate(self.columns)
        )
        return f"SELECT * FROM unnest({arrays})"

    def arguments(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        if len(rows) <= FEW:
            return [value for row in rows for value in row]
        return [list(column) for column in zip(*rows, strict=True)]


FEW = 8  # rows; more of a kind go as arrays

_STANDING = (
    ("id", "uuid"),
    ("site", "text"),
    ("country", "text"),
    ("category", "text"),
    ("severity", "text"),
    ("state", "text"),
    ("route", "text"),
    ("language", "text"),
    ("policy_version", "text"),
    ("closed_at", "timestamptz"),
    ("detail", "jsonb"),
    ("next_due_at", "timestamptz"),
    ("joined_to", "uuid"),
    ("is_for_desk", "bool"),
)

_CLOCK = (
    ("case_id", "uuid"),
    ("name", "text"),
    ("round", "int"),
    ("opened_at", "timestamptz"),
    ("due_at", "timestamptz"),
    ("remind_50_at", "timestamptz"),
    ("remind_80_at", "timestamptz"),
    ("next_at", "timestamptz"),
    ("met_at", "timestamptz"),
    ("missed_at", "timestamptz"),
    ("promise", "text"),
    ("calendar", "text"),
    ("paused", "int"),
)

_TALK = (
    ("phone_tag", "bytea"),
    ("case_id", "uuid"),
    ("session", "jsonb"),
    ("heard_at", "timestamptz"),
    ("expires_at", "timestamptz"),
)

_CALL = (
    ("tag", "bytea"),
    ("phone_tag", "bytea"),
    ("phone_sealed", "bytea"),
    ("dialled", "text"),
    ("direction", "text"),
    ("owed_id", "uuid"),
    ("case_id", "uuid"),
    ("session", "jsonb"),
    ("pin_sealed", "bytea"),
    ("started_at", "timestamptz"),
    ("heard_at", "timestamptz"),
    ("expires_at", "timestamptz"),
)

_PAGE = (
    ("tag", "bytea"),
    ("case_id", "uuid"),
    ("session", "jsonb"),
    ("pin_sealed", "bytea"),
    ("heard_at", "timestamptz"),
    ("expires_at", "timestamptz"),
)

TARGETS: dict[str, Target] = {
    "new_cases": Target(
        "cases",
        (
            *_STANDING,
            ("number", "text"),
            ("pin_hash", "bytea"),
            ("data_key", "bytea"),
            ("phone_tag", "bytea"),
            ("phone_sealed", "bytea"),
            ("channel", "text"),
            ("hotline", "text"),
            ("opened_at", "timestamptz"),
        ),
    ),
    "cases": Target("cases", _STANDING, update_on=("id",)),
    "case_secrets": Target(
        "cases",
        (
            ("id", "uuid"),
            ("pin_hash", "bytea"),
            ("phone_sealed", "bytea"),
            ("contact_tag", "bytea"),
        ),
        update_on=("id",),
    ),
    "new_deadlines": Target("deadline", _CLOCK),
    "deadlines": Target(
        "deadline",
        _CLOCK,
        "ON CONFLICT (case_id, name, round) DO UPDATE SET"
        " opened_at = excluded.opened_at, due_at = excluded.due_at,"
        " remind_50_at = excluded.remind_50_at, remind_80_at = excluded.remind_80_at,"
        " next_at = excluded.next_at, met_at = excluded.met_at,"
        " missed_at = excluded.missed_at, promise = excluded.promise,"
        " calendar = excluded.calendar, paused = excluded.paused",
    ),
    "messages": Target(
        "message",
        (
            ("id", "uuid"),
            ("case_id", "uuid"),
            ("at", "timestamptz"),
            ("direction", "text"),
            ("channel", "text"),
            ("body", "bytea"),
            ("by", "uuid"),
            ("about", "uuid"),
        ),
    ),
    "owed": Target(
        "outbox",
        (
            ("id", "uuid"),
            ("case_id", "uuid"),
            ("key", "text"),
            ("recipient_kind", "text"),
            ("recipient_key", "text"),
            ("template", "text"),
            ("params", "jsonb"),
            ("created_at", "timestamptz"),
            ("next_at", "timestamptz"),
            ("expires_at", "timestamptz"),
            ("attempt", "int"),
            ("state", "text"),
        ),
        "ON CONFLICT (case_id, key) DO NOTHING",
    ),
    "escalations": Target(
        "escalation",
        (
            ("case_id", "uuid"),
            ("clock", "text"),
            ("round", "int"),
            ("rung", "text"),
            ("reason", "text"),
            ("at", "timestamptz"),
            ("site", "text"),
            ("route", "text"),
            ("recipients", "jsonb"),
            ("step", "int"),
        ),
        "ON CONFLICT DO NOTHING",
    ),
    "answers": Target(
        "escalation",
        (
            ("case_id", "uuid"),
            ("clock", "text"),
            ("round", "int"),
            ("reason", "text"),
            ("step", "int"),
            ("answered_at", "timestamptz"),
            ("answered_by", "text"),
        ),
        update_on=("case_id", "clock", "round", "reason", "step"),
    ),
    "remedies_confirmed": Target(
        "remedy",
        (("case_id", "uuid"), ("state", "text"), ("confirmed_at", "timestamptz")),
        update_on=("case_id", "state"),
    ),
    "new_conversations": Target("conversation", _TALK),
    "conversations": Target(
        "conversation",
        _TALK,
        "ON CONFLICT (phone_tag) DO UPDATE SET case_id = excluded.case_id,"
        " session = excluded.session, heard_at = excluded.heard_at,"
        " expires_at = excluded.expires_at",
    ),
    "claims": Target(
        "claim",
        (
            ("provider_id", "text"),
            ("at", "timestamptz"),
            ("case_id", "uuid"),
            ("answer", "bytea"),
        ),
    ),
    "callbacks": Target(
        "callback",
        (
            ("phone_tag", "bytea"),
            ("phone_sealed", "bytea"),
            ("case_id", "uuid"),
            ("language", "text"),
            ("hotline", "text"),
            ("asked_at", "timestamptz"),
            ("id", "uuid"),
        ),
        "ON CONFLICT (phone_tag, case_id) DO UPDATE SET asked_at = excluded.asked_at,"
        " phone_sealed = excluded.phone_sealed, part = NULL, done_at = NULL",
    ),
    "callback_parts": Target(
        "callback",
        (("phone_tag", "bytea"), ("case_id", "uuid"), ("part", "text")),
        update_on=("phone_tag", "case_id"),
    ),
    "calls": Target(
        "call",
        _CALL,
        "ON CONFLICT (tag) DO UPDATE SET case_id = excluded.case_id,"
        " session = excluded.session, pin_sealed = excluded.pin_sealed,"
        " heard_at = excluded.heard_at, expires_at = excluded.expires_at",
    ),
    "pages": Target(
        "page",
        _PAGE,
        "ON CONFLICT (tag) DO UPDATE SET case_id = excluded.case_id,"
        " session = excluded.session, pin_sealed = excluded.pin_sealed,"
        " heard_at = excluded.heard_at, expires_at = excluded.expires_at",
    ),
    "attachments": Target(
        "attachment",
        (
            ("id", "uuid"),
            ("case_id", "uuid"),
            ("tag", "bytea"),
            ("at", "timestamptz"),
            ("kind", "text"),
            ("media_type", "text"),
            ("size", "int"),
            ("content", "bytea"),
        ),
        "ON CONFLICT (case_id, tag) DO NOTHING",
    ),
    "recordings": Target(
        "recording",
        (
            ("id", "uuid"),
            ("tag", "bytea"),
            ("call_tag", "bytea"),
            ("case_id", "uuid"),
            ("prompt", "text"),
            ("at", "timestamptz"),
            ("seconds", "int"),
            ("sid_sealed", "bytea"),
            ("state", "text"),
            ("next_at", "timestamptz"),
            ("attempt", "int"),
        ),
    ),
    "media": Target(
        "medium",
        (
            ("id", "uuid"),
            ("case_id", "uuid"),
            ("at", "timestamptz"),
            ("kind", "text"),
            ("url_sealed", "bytea"),
            ("media_type", "text"),
            ("state", "text"),
            ("next_at", "timestamptz"),
            ("attempt", "int"),
        ),
    ),
    "opt_outs": Target(
        "opt_out",
        (("phone_tag", "bytea"), ("at", "timestamptz"), ("reason", "text")),
        "ON CONFLICT (phone_tag) DO NOTHING",
    ),
    "opt_ins": Target("opt_out", (("phone_tag", "bytea"),), deletes=True),
    "pin_tries": Target(
        "pin_try",
        (
            ("case_id", "uuid"),
            ("at", "timestamptz"),
            ("is_own", "bool"),
            ("phone_tag", "bytea"),
        ),
    ),
    "counters": Target(
        "counter",
        (("day", "text"), ("name", "text"), ("count", "int")),
        "ON CONFLICT (day, name) DO UPDATE SET count = counter.count + 1",
    ),
    "unrecognised": Target(
        "unrecognised_number",
        (("number", "text"), ("day", "date"), ("count", "int")),
        "ON CONFLICT (number, day) DO UPDATE SET count = unrecognised_number.count + 1",
    ),
}

_OFFER = Target(
    "ledger_offer",
    (
        ("case_ids", "uuid[]"),
        ("ats", "timestamptz[]"),
        ("kinds", "text[]"),
        ("leaves", "bytea[]"),
        ("sealeds", "bytea[]"),
    ),
)

Shape = tuple[tuple[str, int], ...]
_statements: dict[Shape, str] = {}


@dataclass(slots=True)
class Changes:
    """Rows gathered for one flush, by the names of `TARGETS`, and events."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    events: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, target: str, *row: Any) -> None:
        self.rows.setdefault(target, []).append(row)

    async def flush(self, tx: Transaction) -> None:
        """Write everything in one statement; the ledger folds it at commit."""
        kinds = [name for name in TARGETS if name in self.rows]
        if not kinds and not self.events:
            return
        shape = [(name, min(len(self.rows[name]), FEW + 1)) for name in kinds]
        arguments: list[Any] = []
        for name in kinds:
            arguments += TARGETS[name].arguments(self.rows[name])
        if self.events:
            shape.append(("events", 1))
            arguments += [list(column) for column in zip(*self.events, strict=True)]
        await tx.connection.execute(_statement(tuple(shape)), *arguments)
        self.rows, self.events = {}, []


def _statement(shape: Shape) -> str:
    known = _statements.get(shape)
    if known is not None:
        return known
    first, parts = 1, []
    for name, rows in shape:
        target = _OFFER if name == "events" else TARGETS[name]
        parts.append(f"w_{name} AS ({target.sql(first, rows)})")
        width = len(target.columns)
        first += width * rows if rows <= FEW else width
    statement = f"WITH {', '.join(parts)} SELECT 1"
    _statements[shape] = statement
    return statement
