"""Whatever is owed, fails and dies: each notice is in one message, or skipped."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings, strategies as st

from app.actions.deliver import deliver_due
from app.outbox.owed import Mail, Parcel, Receipt
from app.outbox.settlement import OutcomeUnknown, Transient
from app.store.engine import Store
from tests.conftest import as_owner
from tests.workers.debts import AT, SITE, Clock, Plain, a_case, a_person, owe

QUARTER = timedelta(minutes=15)
READERS = 2
LASTS = 40  # minutes in which something happens


class Killed(BaseException):
    """What a process meets that is killed while a message is under way."""


@dataclass(frozen=True)
class Debt:
    """One notice that comes to be owed, and what becomes of its case."""

    reader: int
    template: str
    minute: int
    is_grave: bool
    due_in: int  # minutes after it is owed
    fate: str  # none, met, excluded, closed or left
    fate_in: int  # minutes after it is owed


debts = st.builds(
    Debt,
    reader=st.integers(0, READERS - 1),
    template=st.sampled_from(["case_new", "reminder", "missed", "worker_wrote"]),
    minute=st.sampled_from([0, 0, 0, 2, 20, LASTS]),
    is_grave=st.sampled_from([*[False] * 6, True]),
    due_in=st.integers(5, 600),
    fate=st.sampled_from([*["none"] * 5, "met", "excluded", "closed", "left"]),
    fate_in=st.integers(0, 40),
)
# What the far side does: takes it or not, and answers, or not, or never again.
ANSWERS = ["ok", "ok", "refused", "lost", "lost_untaken", "killed", "dead"]


@dataclass
class Post:
    """The far side: a reader's program shows the first copy of a Message-ID."""

    answers: Iterator[str]
    shown: dict[UUID, Mail] = field(default_factory=dict)
    doubtful: set[UUID] = field(default_factory=set)

    async def send(self, parcel: Parcel) -> Receipt:
        assert isinstance(parcel, Mail)
        answer = next(self.answers, "ok")
        if answer in ("ok", "lost", "killed"):
            self.shown.setdefault(parcel.owed_id, parcel)
        if answer in ("lost", "lost_untaken", "killed", "dead"):
            self.doubtful.add(parcel.owed_id)
        match answer:
            case "refused":
                raise Transient(451)
            case "lost" | "lost_untaken":
                raise OutcomeUnknown("SMTPServerDisconnected")
            case "killed" | "dead":
                raise Killed
        return Receipt(f"SM{parcel.owed_id.hex}")

    async def find(self, parcel: Parcel, since: Any) -> tuple[Receipt, ...]:
        return ()

    def telling(self, number: str) -> list[UUID]:
        return [mail_id for mail_id, mail in self.shown.items() if number in mail.body]


@dataclass
class World:
    """The database of one example, emptied before it."""

    store: Store
    readers: list[str] = field(default_factory=list)
    rows: dict[UUID, str] = field(default_factory=dict)  # the case's number by row
    grave: set[str] = field(default_factory=set)

    async def begin(self) -> None:
        async with as_owner(self.store) as owner:
            await owner.execute(
                "TRUNCATE outbox, cases, deadline, digest_turn, person CASCADE"
            )
        for n in range(READERS):
            key = await a_person(self.store, email=f"m{n}@example.org")
            self.readers.append(key)

    async def owe(self, debt: Debt, at: Any) -> tuple[UUID, str]:
        case_id, due_at = await a_case(self.store), at + timedelta(minutes=debt.due_in)
        # Digits that are in no other number, time or site of the mails.
        number = f"9{len(self.rows):06}9"
        await self.store.pool.execute(
            "UPDATE cases SET number = $2, severity = $3 WHERE id = $1",
            case_id,
            number,
            "S1" if debt.is_grave else "S3",
        )
        await self.store.pool.execute(
            "INSERT INTO deadline (case_id, name, round, opened_at, due_at)"
            " VALUES ($1, 'acknowledge', 0, $2, $3)",
            case_id,
            at,
            due_at,
        )
        params = {
            "number": number,
            "site": SITE,
            "clock": "acknowledge",
            "due_at": due_at.isoformat(),
            "percent": 50,
            "rung": "committee",
        }
        reader = self.readers[debt.reader]
        row = await owe(
            self.store,
            "person",
            reader,
            template=debt.template,
            case_id=case_id,
            params=params,
        )
        expires_at = due_at if debt.template == "reminder" else at + timedelta(days=30)
        await self.store.pool.execute(
            "UPDATE outbox SET created_at = $2, next_at = $2, expires_at = $3"
            " WHERE id = $1",
            row,
            at,
            expires_at,
        )
        self.rows[row] = number
        if debt.is_grave:
            self.grave.add(number)
        return case_id, reader

    async def befall(self, case_id: UUID, reader: str, fate: str) -> None:
        statement = {
            "none": "SELECT $1::uuid, $2::text",
            "met": "UPDATE deadline SET met_at = opened_at"
            " WHERE case_id = $1 AND $2 <> ''",
            "excluded": "UPDATE cases SET detail = jsonb_set(detail, '{excluded}',"
            " to_jsonb(ARRAY[$2::text])) WHERE id = $1",
            "closed": "UPDATE cases SET state = 'closed_declared'"
            " WHERE id = $1 AND $2 <> ''",
            "left": "UPDATE cases SET route = 'partner' WHERE id = $1 AND $2 <> ''",
        }[fate]
        await self.store.pool.execute(statement, case_id, reader)


async def work(store: Store, post: Post, clock: Clock) -> None:
    """Deliver until nothing is due; a killed worker is followed by another."""
    for _ in range(200):
        try:
            done = await deliver_due(
                store, post, Plain(), at_clock=clock, window=QUARTER
            )
        except Killed:
            continue
        if not done:
            return
    raise AssertionError("it goes in circles")


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    owed=st.lists(debts, min_size=4, max_size=14),
    answers=st.lists(st.sampled_from(ANSWERS), min_size=3, max_size=8),
    pace=st.sampled_from([1, 4, 16]),
)
async def test_each_notice_is_in_one_message_or_skipped(
    store: Store, owed: list[Debt], answers: list[str], pace: int
) -> None:
    world, post, clock = World(store), Post(iter(answers)), Clock()
    await world.begin()
    fates: list[tuple[int, UUID, str, str]] = []
    for minute in range(0, LASTS + 45, pace):
        clock.at = AT + timedelta(minutes=minute)
        for debt in [d for d in owed if minute <= d.minute < minute + pace]:
            case_id, reader = await world.owe(debt, clock.at)
            fates.append((minute + debt.fate_in, case_id, reader, debt.fate))
        for when, case_id, reader, fate in list(fates):
            if when <= minute:
                await world.befall(case_id, reader, fate)
                fates.remove((when, case_id, reader, fate))
        await work(store, post, clock)
    for _ in range(6):
        clock.move(hours=1)
        await work(store, post, clock)
    await _check(world, post)


async def _check(world: World, post: Post) -> None:
    found = await world.store.pool.fetch("SELECT * FROM outbox")
    assert len(found) == len(world.rows)
    for row in found:
        number = world.rows[row["id"]]
        mails = post.telling(number)
        assert row["next_at"] is None
        assert len(mails) <= 1, "told twice"
        if row["state"] == "sent":
            assert [f"SM{each.hex}" for each in mails] == [row["provider_id"]]
        else:
            assert row["state"] in ("skipped", "expired")
            assert row["state"] == "expired" or row["last_error"]
            # Only a copy of which nobody knew that it had arrived tells of it.
            assert set(mails) <= post.doubtful
    for mail in post.shown.values():
        told = [number for number in world.rows.values() if number in mail.body]
        assert len(told) == 1 or not world.grave & set(told)
