"""The life of cases on a real database, by whoever does whatever next.

Hypothesis picks who acts, with what, and how long nothing happens; the rules
and invariants are those of SECURITY.md 3.4.
"""

import asyncio
import os
import uuid
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.actions.follow_page import Shut, follow_page, new_token
from app.actions.forget import forget
from app.actions.page import SentPage
from app.domain import commands as verbs
from app.domain.authority import Hat, hats
from app.domain.errors import NotFound, Refused
from app.domain.taxonomy import Category, Role, Severity, State
from app.domain.transitions import TRANSITIONS
from app.store.cases import hold
from app.store.engine import Store
from app.store.ledger import verify
from app.store.mapping import CASE_COLUMNS
from app.store.sealing import Keyring
from tests.conftest import Ground, on_server
from tests.stories.conftest import NIGHT
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import Telling, Ticket

IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"
OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))

STAFF = (
    *("gaz-com-w1", "gaz-com-w2", "gaz-com-m1", "gaz-com-m2", "gaz-head"),
    *("gaz-safe-w1", "partner-bd", "partner-bd-2", "admin", "norda-buyer"),
)
SAID = (
    "482170 no pay for two months",
    "482170 the machine has no guard",
    "482170 supervisor touches us",
    "482170 a boy of 12 works here",
    "no toilet and no water",
)
ANSWERS = ("1", "2", "no", "yes", "more: it is worse now", "thank you", "STOP", "START")
PLAIN_VERBS: tuple[type[verbs.StaffVerb], ...] = (
    verbs.Acknowledge,
    verbs.Start,
    verbs.Propose,
    verbs.Resolve,
    verbs.Refer,
    verbs.Unfounded,
    verbs.NoContact,
    verbs.Withdraw,
    verbs.Reopen,
    verbs.Note,
    verbs.Tell,
    verbs.Attempt,
    verbs.Release,
    verbs.HandBack,
    verbs.TakeOver,
    verbs.Resume,
    verbs.Plan,
    verbs.Answer,
    verbs.ReleaseToBrand,
    verbs.UndoWithdraw,
)


class Life(RuleBasedStateMachine):
    """A few cases, the programme's people, and time."""

    ground: Ground
    template: str
    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.name = f"life_{uuid.uuid4().hex[:10]}"
        make = f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"'
        self.run(on_server(self.ground, make))
        self.store = self.run(self._open(OLD_KEY))
        self.story = Telling(self.store, NIGHT)
        self.tickets: list[Ticket] = []
        self.forgotten: set[str] = set()
        self.states: dict[str, str] = {}
        self.events = 0
        self.phones = 0

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(doing)

    async def _open(self, *keys: bytes) -> Store:
        keyring = Keyring(list(keys), pepper=bytes(32))
        url = self.ground.database(self.name)
        return await Store.open(url, keyring, max_size=3)

    def teardown(self) -> None:
        try:
            assert self.run(verify(self.store)).ok
        finally:
            self.run(self.store.close())
            drop = f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)'
            self.run(on_server(self.ground, drop))
            self.loop.close()

    # ------------------------------------------------------------ what workers do

    @rule(target=cases, words=st.sampled_from(SAID), is_twice=st.booleans())
    def receive(self, words: str, is_twice: bool) -> Any:
        """A text opens one case, however often the carrier brings it."""
        if len(self.tickets) >= 4:
            return multiple()
        self.phones += 1
        phone, sid = f"+88017000000{self.phones:02}", f"SM{uuid.uuid4().hex}"
        how: dict[str, Any] = {"phone": phone, "line": ENGLISH_LINE, "sid": sid}
        ticket = self.run(self.story.open(words, **how))
        if is_twice:
            assert self.run(self.story.open(words, **how)) == ticket
        self.tickets.append(ticket)
        return ticket, phone

    @rule(case=cases, words=st.sampled_from(ANSWERS))
    def answer(self, case: tuple[Ticket, str], words: str) -> None:
        self.run(self.story.text(words, phone=case[1], line=ENGLISH_LINE))

    @rule(case=cases)
    def ask_by_another_phone(self, case: tuple[Ticket, str]) -> None:
        ticket = case[0]
        asked = f"STATUS {ticket.number} {ticket.pin}"
        self.run(self.story.text(asked, phone="+8801799999999", line=ENGLISH_LINE))

    # -------------------------------------------------------------- what staff do

    @rule(
        case=cases,
        who=st.sampled_from(STAFF),
        verb=st.sampled_from(PLAIN_VERBS),
    )
    def act(
        self, case: tuple[Ticket, str], who: str, verb: type[verbs.StaffVerb]
    ) -> None:
        self._try(case[0], verb(note="because"), who)

    @rule(
        case=cases,
        who=st.sampled_from(STAFF),
        category=st.sampled_from([Category.WAGE, Category.GBVH, Category.OTHR]),
    )
    def sort(self, case: tuple[Ticket, str], who: str, category: Category) -> None:
        self._try(case[0], verbs.SetCategory(category, note="sorted"), who)

    @rule(
        case=cases, who=st.sampled_from(STAFF), severity=st.sampled_from(list(Severity))
    )
    def grade(self, case: tuple[Ticket, str], who: str, severity: Severity) -> None:
        self._try(case[0], verbs.SetSeverity(severity, note="graded"), who)

    @rule(case=cases, who=st.sampled_from(STAFF), whom=st.sampled_from(STAFF))
    def recuse(self, case: tuple[Ticket, str], who: str, whom: str) -> None:
        person = self.run(self.story.person(whom))
        self._try(case[0], verbs.Exclude(person, note="a cousin"), who)

    @rule(case=cases, who=st.sampled_from(STAFF))
    def pause(self, case: tuple[Ticket, str], who: str) -> None:
        second = self.run(self.story.person("admin"))
        self._try(case[0], verbs.Pause(second, note="she is away"), who)

    def _try(self, ticket: Ticket, command: verbs.StaffVerb, who: str) -> None:
        before = self._state(ticket.number)
        try:
            acted = self.run(self.story.act(ticket.number, command, who))
        except (Refused, NotFound):
            assert self._state(ticket.number) == before
            return
        after = acted.case.state
        name = verbs.name_of(command)
        if after != before and before is not None:
            to = {
                TRANSITIONS.get((State(before), name)),
                TRANSITIONS.get((State(before), "remediation-ends")),
                TRANSITIONS.get((State(before), "danger-reopens")),
            }
            assert after in to, (before, name, after)

    # ----------------------------------------------------------- what else happens

    @rule(hours=st.sampled_from([1, 5, 24, 72, 24 * 9, 24 * 35]))
    def time_passes(self, hours: int) -> None:
        closed = {n for n, s in self._all_states().items() if State(s).is_closed}
        climbed = self._climbed(closed)
        self.run(self.story.run(hours=hours))
        assert self._climbed(closed) == climbed, "a closed case climbed"

    @rule()
    def send_what_is_owed(self) -> None:
        self.run(self.story.deliver())

    @rule(who=st.sampled_from(["gaz-com-w1", "partner-bd-2", "norda-buyer"]))
    def somebody_leaves(self, who: str) -> None:
        gone = (self.story.at - timedelta(days=2)).date()
        leave = "UPDATE person SET until = $2 WHERE name = $1"
        self.run(self.store.pool.execute(leave, who, gone))
        bump = "UPDATE directory_version SET version = version + 1"
        self.run(self.store.pool.execute(bump))
        person = self.run(self.story.person(who))
        assert self._seen_by(person) == set()

    @rule()
    def keys_change(self) -> None:
        """A new key in front; what the old one sealed still opens."""
        self.run(self.store.close())
        self.store = self.run(self._open(NEW_KEY, OLD_KEY))
        self.story.store = self.store

    @rule(case=consumes(cases))
    def purge(self, case: tuple[Ticket, str]) -> None:
        """Forget a case that is closed; an open one is refused."""
        number = case[0].number
        directory = self.run(self.store.directory())
        admin = next(p for p in directory.people if p.name == "admin")
        is_closed = State(self._state(number) or "received").is_closed
        doing = forget(self.store, number, by=admin, at=self.story.at, through="test")
        if is_closed:
            self.run(doing)
            self.forgotten.add(number)
        else:
            with pytest.raises(Refused):
                self.run(doing)

    # ------------------------------------------------------------------ invariants

    @invariant()
    def every_change_of_state_is_in_the_ledger(self) -> None:
        states = self._all_states()
        events = self.run(self.store.pool.fetchval("SELECT count(*) FROM ledger_event"))
        changed = sum(self.states.get(n) != s for n, s in states.items())
        assert events - self.events >= changed
        self.states, self.events = states, events

    @invariant()
    def the_workers_number_and_pin_open_the_case_until_it_is_forgotten(self) -> None:
        for ticket in self.tickets:
            if ticket.number in self.forgotten:
                continue
            fields = {"number": ticket.number, "pin": ticket.pin}
            sent = SentPage(new_token(), 0, fields, language="en")
            found = self.run(follow_page(self.store, sent, at=self.story.at))
            assert not isinstance(found, Shut), ticket.number

    @invariant()
    def nobody_sees_what_the_rules_do_not_give(self) -> None:
        directory = self.run(self.store.directory())
        files = self.run(self._files())
        for person in directory.people:
            if person.role in (Role.BRAND, Role.FACTORY_HEAD):
                continue  # what they were told of: tests/rooms/test_walls.py
            hers = set()
            for file in files:
                day = directory.local_day(self.story.at, file.site, file.country)
                worn = hats(person, file, directory, day)
                if person.serves_on(day) and worn & {
                    Hat.HOLDER, Hat.PARTNER, Hat.SECRETARIAT,
                }:  # fmt: skip
                    hers.add(file.id)
            assert self._seen_by(person.id) == hers, person.name

    @invariant()
    def nothing_due_lies_unheard(self) -> None:
        """After each step of time the sweep has left nothing behind it."""
        left = self.run(
            self.store.pool.fetchval(
                "SELECT count(*) FROM deadline d JOIN cases c ON c.id = d.case_id"
                " WHERE d.next_at <= $1 AND d.next_at < $2",
                self.story.at,
                self.story.at - timedelta(minutes=1),
            )
        )
        assert left == 0

    # ----------------------------------------------------------------------- looks

    def _state(self, number: str) -> str | None:
        row = self.run(self.story.case(number))
        return row["state"] if row else None

    def _all_states(self) -> dict[str, str]:
        rows = self.run(self.store.pool.fetch("SELECT number, state FROM cases"))
        return {row["number"]: row["state"] for row in rows}

    def _climbed(self, numbers: set[str]) -> int:
        found: int = self.run(
            self.store.pool.fetchval(
                "SELECT count(*) FROM escalation e JOIN cases c ON c.id = e.case_id"
                " WHERE c.number = ANY($1)",
                list(numbers),
            )
        )
        return found

    async def _files(self) -> list[Any]:
        async with self.store.transaction() as tx:
            rows = await tx.connection.fetch(f"SELECT {CASE_COLUMNS} FROM cases")
            return [held.file for held in await hold(self.store, tx, rows)]

    def _seen_by(self, person: uuid.UUID) -> set[uuid.UUID]:
        async def look() -> set[uuid.UUID]:
            directory = await self.store.directory()
            day = directory.local_day(self.story.at, None, "BD")
            async with self.store.as_person(person, day=day) as tx:
                rows = await tx.connection.fetch("SELECT id FROM cases")
                return {row["id"] for row in rows}

        found: set[uuid.UUID] = self.run(look())
        return found


def test_whatever_comes_next(ground: Ground, template: str) -> None:
    class Here(Life):
        pass

    Here.ground, Here.template = ground, template
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=200 if IS_WHOLE else 12,
            stateful_step_count=50 if IS_WHOLE else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
