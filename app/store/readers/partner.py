"""What a partner's desk shows: what to read first, voices, files, clusters.

Read in a transaction of `Store.as_person`: Postgres has left out every case that
is not this partner's, and every other role's reader finds neither recording nor
file.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.authority import Hat, hats
from app.domain.case import CaseFile
from app.domain.deadlines import working_left
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput
from app.domain.routing import route
from app.domain.taxonomy import COMMITTEE_ROUTES, Category, State
from app.domain.transitions import WORKING
from app.store import attachments
from app.store.engine import Store, Transaction
from app.store.mapping import case_from
from app.store.recordings import audio_context
from app.store.voices import unheard, written_down

TABS = ("first", "bypassed", "unclear", "all")

# Neither phone nor PIN may be asked for; see the migration.
_COLUMNS = (
    "c.id, c.number, c.data_key, c.site, c.country, c.category, c.severity, c.state,"
    " c.route, c.language, c.channel, c.hotline, c.policy_version, c.opened_at,"
    " c.closed_at, c.detail, c.joined_to, c.next_due_at"
)

_AT_A_COMMITTEE = "c.route IN ('committee', 'internal_committee', 'safety_committee')"
# Words that the body which holds the case may not read before the partner has.
_UNREAD = (
    f"({_AT_A_COMMITTEE} AND c.detail->>'is_read' IS DISTINCT FROM 'true' AND EXISTS"
    " (SELECT FROM message m WHERE m.case_id = c.id AND m.direction = 'in'))"
)
_UNHEARD = unheard("c")
# A committee's words to the worker, also after the end of the case.
_HELD = "c.is_for_desk AND c.detail ? 'held'"
_OPEN = "c.closed_at IS NULL"
_OF_TAB = {
    "first": f"({_HELD} OR {_OPEN} AND ({_UNREAD} OR {_UNHEARD}"
    " OR c.state = 'received' AND c.route = 'partner'))",
    "bypassed": f"{_OPEN} AND c.route = 'partner' AND c.site IS NOT NULL"
    " AND c.category <> 'OTHR'",
    "unclear": f"{_OPEN} AND (c.site IS NULL OR c.category = 'OTHR')",
    "all": _OPEN,
}


# Undated ones come last: those of the same date by their ids, and so are they.
_FOLLOWS = """
CASE WHEN $1::timestamptz IS NULL THEN c.next_due_at IS NULL AND c.id > $2
ELSE c.next_due_at IS NULL OR (c.next_due_at, c.id) > ($1, $2) END
"""


@dataclass(frozen=True, slots=True)
class TriageRow:
    """One case on the partner's list."""

    case: CaseFile
    site_name: str
    suggested: tuple[str, ...]  # names of sites that it may be about
    why_here: str  # why no committee holds it; blank where one does
    due_at: datetime | None
    left: timedelta | None  # working time; None where it is late or nothing runs
    late_by: timedelta | None
    is_unread: bool
    is_unheard: bool
    voices: int
    files: int
    parts: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Triage:
    """One page of a tab; `next` is where the following one begins."""

    rows: tuple[TriageRow, ...]
    next: str | None


async def triage(
    tx: Transaction,
    person: Person,
    directory: Directory,
    at: datetime,
    *,
    tab: str,
    after: str | None = None,
    limit: int = 25,
) -> Triage:
    """Return the cases of one tab, the nearest date first, undated ones last."""
    if tab not in TABS:
        raise BadInput("There is no such list.")
    last = _read(after)
    conditions = [_OF_TAB[tab]]
    values: list[Any] = []
    if last is not None:
        conditions.append(_FOLLOWS)
        values += last
    rows = await tx.connection.fetch(
        f"SELECT {_COLUMNS}, {_UNREAD} AS unread, {_UNHEARD} AS unheard,"
        " (SELECT count(*) FROM recording r WHERE r.case_id = c.id"
        "   AND r.prompt IS NULL) AS recordings,"
        " (SELECT count(*) FROM attachment a WHERE a.case_id = c.id) AS files,"
        " (SELECT count(*) FROM cases p WHERE p.joined_to = c.id) AS parts"
        f" FROM cases c WHERE {' AND '.join(conditions)}"
        " ORDER BY c.next_due_at, c.id"
        f" LIMIT {int(limit) + 1}",
        *values,
    )
    page = rows[:limit]
    found = [_row(row, person, directory, at) for row in page]
    return Triage(
        tuple(row for row in found if row is not None),
        _written(page[-1]) if len(rows) > limit else None,
    )


def _row(
    row: Any, person: Person, directory: Directory, at: datetime
) -> TriageRow | None:
    case = case_from(row, ())
    day = directory.local_day(at, case.site, case.country)
    if Hat.PARTNER not in hats(person, case, directory, day):
        return None  # the rules are the second wall
    calendar = directory.calendar_for(case.site, case.country)
    site = directory.sites.get(case.site) if case.site else None
    due_at = row["next_due_at"]
    is_late = due_at is not None and due_at <= at
    return TriageRow(
        case=case,
        site_name=site.name if site else "",
        suggested=tuple(
            directory.sites[code].name
            for code in case.suggested_sites
            if code in directory.sites
        ),
        why_here=(
            ""
            if case.route in COMMITTEE_ROUTES
            else route(case, directory, day).why
        ),
        due_at=due_at,
        left=working_left(at, due_at, calendar) if due_at and not is_late else None,
        late_by=at - due_at if is_late else None,
        is_unread=row["unread"],
        is_unheard=row["unheard"],
        voices=row["recordings"],
        files=row["files"],
        parts=row["parts"],
        zone=calendar.zone,
    )  # fmt: skip


def _written(row: Any) -> str:
    due = row["next_due_at"]
    key = json.dumps([due.isoformat() if due else None, str(row["id"])])
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[datetime | None, UUID] | None:
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        due, last = json.loads(base64.urlsafe_b64decode(padded))
        moment = datetime.fromisoformat(due) if due else None
        if moment is not None and moment.tzinfo is None:
            raise ValueError(due)
        return moment, UUID(last)
    except (ValueError, TypeError, AttributeError):
        raise BadInput("There is no such page of the list: begin at its top.") from None


# ------------------------------------------------------------- voices and files


@dataclass(frozen=True, slots=True)
class Sound:
    """Something spoken; `state`: kept (it can be heard), owed, lost, gone."""

    id: UUID
    at: datetime
    seconds: int | None  # None where nobody counted
    state: str
    is_file: bool  # sent along with the form, not spoken on the telephone
    is_unwritten: bool  # no transcript is there of it


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo or paper that came along."""

    id: UUID
    at: datetime
    kind: str
    media_type: str
    size: int
    is_gone: bool


async def sounds_of(tx: Transaction, case_id: UUID) -> tuple[Sound, ...]:
    rows = await tx.connection.fetch(
        "SELECT id, at, seconds, state, false AS is_file,"
        f" NOT {written_down('r')} AS is_unwritten FROM recording r"
        " WHERE case_id = $1 AND prompt IS NULL UNION ALL"
        " SELECT id, at, NULL, CASE WHEN content IS NULL THEN 'gone' ELSE 'kept' END,"
        f" true, NOT {written_down('a')} FROM attachment a"
        " WHERE case_id = $1 AND kind = 'voice' ORDER BY 2, 1",
        case_id,
    )
    return tuple(Sound(*row) for row in rows)


async def sent_of(tx: Transaction, case_id: UUID) -> tuple[Sent, ...]:
    rows = await tx.connection.fetch(
        "SELECT id, at, kind, media_type, size, content IS NULL FROM attachment"
        " WHERE case_id = $1 AND kind <> 'voice' ORDER BY at, id",
        case_id,
    )
    return tuple(Sent(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a voice or a file, opened."""

    case_id: UUID
    media_type: str
    kind: str  # recording, or as in `Sent`
    content: bytes = field(repr=False)


async def voice(
    store: Store, tx: Transaction, number: str, recording_id: UUID
) -> Content | None:
    """Return what was spoken on the telephone; None: not there, or not hers."""
    row = await tx.connection.fetchrow(
        "SELECT r.case_id, r.audio, c.data_key FROM recording r"
        " JOIN cases c ON c.id = r.case_id"
        " WHERE r.id = $1 AND c.number = $2 AND r.prompt IS NULL",
        recording_id,
        number,
    )
    if row is None or row["audio"] is None or row["data_key"] is None:
        return None
    key = store.keyring.unwrap(row["data_key"], row["case_id"])
    audio = key.open(row["audio"], audio_context(recording_id))
    return Content(row["case_id"], "audio/wav", "recording", audio)


async def file(
    store: Store, tx: Transaction, number: str, file_id: UUID
) -> Content | None:
    """Return a file that came along; None: not there, or not hers."""
    row = await tx.connection.fetchrow(
        "SELECT a.id, a.case_id, a.kind, a.media_type, a.content, c.data_key"
        " FROM attachment a JOIN cases c ON c.id = a.case_id"
        " WHERE a.id = $1 AND c.number = $2",
        file_id,
        number,
    )
    if row is None or row["content"] is None or row["data_key"] is None:
        return None
    key = store.keyring.unwrap(row["data_key"], row["case_id"])
    content = attachments.opened(key, row)
    assert content is not None
    return Content(row["case_id"], row["media_type"], row["kind"], content)


# ------------------------------------------------------------------- one case


@dataclass(frozen=True, slots=True)
class Other:
    """Another case beside this one, by what a list tells of it."""

    number: str
    category: Category
    state: State
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands beside a case on its partner's desk, and on nobody else's."""

    sounds: tuple[Sound, ...]
    sent: tuple[Sent, ...]
    main: Other | None  # the case that this one is a part of
    parts: tuple[Other, ...]
    alike: tuple[Other, ...]  # open ones of the same site and kind


_ALIKE = 12


async def desk(tx: Transaction, case: CaseFile) -> Desk:
    """Return what belongs to a case that this person was shown as its partner."""
    others = await _others(tx, case)
    return Desk(
        sounds=await sounds_of(tx, case.id),
        sent=await sent_of(tx, case.id),
        main=next((o for is_main, _, o in others if is_main), None),
        parts=tuple(o for _, is_part, o in others if is_part),
        alike=tuple(o for is_main, is_part, o in others if not (is_main or is_part)),
    )


async def _others(tx: Transaction, case: CaseFile) -> list[tuple[bool, bool, Other]]:
    """Return main case, parts, and a few open ones of the same kind and place."""
    rows = await tx.connection.fetch(
        "SELECT number, category, state, opened_at, id = $2 AS is_main,"
        " coalesce(joined_to = $1, false) AS is_part FROM cases"
        # Each kind by its own index: an OR over them would walk every case.
        " WHERE id = ANY (ARRAY(SELECT id FROM cases WHERE joined_to = $1)"
        "  || ARRAY(SELECT id FROM cases WHERE site = $3 AND category = $4"
        "   AND id <> $1 AND joined_to IS NULL AND state = ANY($5)"
        f"   ORDER BY opened_at DESC LIMIT {_ALIKE}) || $2::uuid)"
        " ORDER BY opened_at DESC",
        case.id,
        case.joined_to,
        case.site,
        case.category,
        [state.value for state in WORKING],
    )
    return [
        (
            bool(row["is_main"]),
            row["is_part"],
            Other(
                row["number"],
                Category(row["category"]),
                State(row["state"]),
                row["opened_at"],
            ),
        )
        for row in rows
    ]


# ------------------------------------------------------------------- clusters


@dataclass(frozen=True, slots=True)
class Cluster:
    """So many cases of one kind at one site within a time."""

    site: str
    site_name: str
    category: Category
    complaints: int
    cases: tuple[Other, ...]  # those still worked at by themselves, the oldest first
    since: datetime
    zone: ZoneInfo


async def clusters(
    tx: Transaction,
    directory: Directory,
    *,
    since: datetime,
    least: int,
    uncounted: Iterable[Category],
) -> tuple[Cluster, ...]:
    """Return where as many cases of one kind came, the most first.

    A partner sees those of her own cases, however guarded: they are hers to read.
    """
    rows = await tx.connection.fetch(
        "SELECT site, category, count(*) AS complaints,"
        " jsonb_agg(jsonb_build_array(number, state, opened_at) ORDER BY opened_at)"
        "   FILTER (WHERE joined_to IS NULL AND state = ANY($3)) AS cases"
        " FROM cases WHERE site IS NOT NULL AND opened_at > $1"
        " AND category <> ALL($2) GROUP BY site, category HAVING count(*) >= $4"
        " ORDER BY count(*) DESC, site, category LIMIT 100",
        since,
        [category.value for category in uncounted],
        [state.value for state in WORKING],
        least,
    )
    return tuple(
        Cluster(
            site=row["site"],
            site_name=_name(directory, row["site"]),
            category=Category(row["category"]),
            complaints=row["complaints"],
            cases=_members(row["cases"], Category(row["category"])),
            since=since,
            zone=directory.calendar_for(row["site"], "").zone,
        )
        for row in rows
    )


def _members(saved: str | None, category: Category) -> tuple[Other, ...]:
    members: Sequence[Any] = json.loads(saved or "[]")
    return tuple(
        Other(number, category, State(state), datetime.fromisoformat(opened))
        for number, state, opened in members
    )


def _name(directory: Directory, code: str) -> str:
    site = directory.sites.get(code)
    return site.name if site else code
