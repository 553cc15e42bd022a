"""A year at one factory: festivals, a pause, misses, a week without workers.

Every due time is held by the calendar on which its clock started, however
often calendars are imported in between. What happened is told, in local time,
in `a_year.txt`; the ledger and the nightly look find nothing to object to.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.actions.act_on_case import act_on_case
from app.actions.import_directory import import_directory
from app.actions.recheck import recheck_all
from app.directory_files.kinds import Kind
from app.domain.commands import (
    Acknowledge,
    Command,
    Pause,
    Recalculate,
    Resolve,
    Resume,
    SaySolved,
    Start,
)
from app.domain.taxonomy import Clock
from app.edge.pulse import take_pulse
from app.store.engine import Store
from app.store.ledger import verify
from app.store.recheck import facts_in
from tests.stories.programme import Row, as_csv
from tests.stories.telling import DHAKA, Telling, Ticket

TRANSCRIPT = Path(__file__).parent / "a_year.txt"
SITE = "482170"
SAID = f"{SITE} তিন মাস ধরে ওভারটাইমের টাকা পাই না"
ON_FIRE = "এখন আগুন লেগেছে"

# What the programme knew at first; then the moon, and the government, moved Eid.
FIRST: tuple[Row, ...] = (
    ("BD", "2026-12-16", "", "Victory Day", ""),
    (SITE, "2027-02-08", "2027-03-09", "Ramadan", "08:00-13:00;13:30-15:30"),
    (SITE, "2027-03-10", "2027-03-15", "Eid ul-Fitr shutdown", ""),
)
EID_LASTS_LONGER: tuple[Row, ...] = (
    (SITE, "2027-03-10", "2027-03-18", "Eid ul-Fitr shutdown", ""),
)
EID_UL_ADHA: tuple[Row, ...] = (
    (SITE, "2027-05-15", "2027-05-23", "Eid ul-Adha shutdown", ""),
)


def local(month: int, day: int, clock: str, *, year: int = 2027) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=DHAKA)


@dataclass
class Year:
    """The year under way; its cases go by letters."""

    story: Telling
    tickets: dict[str, Ticket] = field(default_factory=dict)
    told: list[tuple[datetime, str]] = field(default_factory=list)

    async def at(self, month: int, day: int, clock: str, *, year: int = 2027) -> None:
        """Let the worker's clock run until then."""
        await self.story.run_until(local(month, day, clock, year=year))

    async def opens(self, letter: str, *answers: str) -> None:
        phone = f"+88017120000{ord(letter)}"
        self.tickets[letter] = await self.story.open(SAID, *answers, phone=phone)

    async def says(self, letter: str, words: str) -> None:
        ticket = self.tickets[letter]
        phone = f"+88017120000{ord(letter)}"
        await self.story.text(f"{words} {ticket.pin}", phone=phone)

    async def confirms(self, letter: str) -> None:
        """The worker says, in a call, that it is solved."""
        number, at = self.tickets[letter].number, self.story.at
        solved = SaySolved(is_solved=True)
        await act_on_case(self.story.store, number, solved, by=None, at=at)

    async def act(self, letter: str, by: str, command: Command) -> None:
        await self.story.act(self.tickets[letter].number, command, by)

    async def both_sign(self, letter: str) -> None:
        for member in ("gaz-com-w1", "gaz-com-m1"):
            await self.act(letter, member, Resolve(note="paid"))

    async def imports(self, rows: Sequence[Row]) -> None:
        content = as_csv(Kind.HOLIDAYS, rows)
        at = self.story.at
        await import_directory(self.story.store, Kind.HOLIDAYS, content, at=at)
        self.told.append(
            (at, f"   calendar: {rows[-1][3]}, {rows[-1][1]}–{rows[-1][2]}")
        )

    async def due(self, letter: str) -> dict[str, Any]:
        """Return the due time and calendar of each clock's latest run."""
        clocks = await self.story.clocks(self.tickets[letter].number)
        return {name: (c["due_at"], c["calendar"]) for name, c in clocks.items()}

    async def looked(self) -> list[tuple[str, str, str]]:
        """Look at every clock; return case, clock and fault of what differs."""
        letters = {ticket.number: name for name, ticket in self.tickets.items()}
        done = await recheck_all(self.story.store, at_clock=lambda: self.story.at)
        assert done.unopened == 0
        return [
            (letters[f.number], f.difference.clock, f.difference.fault)
            for f in done.found
        ]


async def test_a_year(story: Telling, store: Store) -> None:
    year = Year(story)
    story.at = local(12, 1, "16:00", year=2026)
    await year.imports(FIRST)

    await nobody_acts_until_the_brands_are_told(year)
    await a_pause_in_ramadan(year)
    await eid_is_longer_than_was_known(year)
    await a_week_without_workers(year)
    await a_fire_before_the_second_eid(year)
    await year.at(12, 1, "23:40")

    assert await year.looked() == []
    verdict = await verify(store)
    assert verdict.ok, verdict.problems
    pulse = await take_pulse(store, story.at)
    assert pulse is not None
    assert (pulse.overdue, pulse.unswept, pulse.differing) == (0, 0, 0)
    # Every clock was struck on the dot, but for four in the week without workers
    # and two that the fire reckoned anew, into the past.
    late = pulse.lateness
    assert late.count > 20
    assert late.later_than(5) == 6
    assert timedelta(days=2) < timedelta(seconds=late.longest) < timedelta(days=7)

    happened = await transcript(year)
    if os.environ.get("REWRITE_TRANSCRIPTS"):
        TRANSCRIPT.write_text(f"{happened.rstrip()}\n", "utf-8")
    told = TRANSCRIPT.read_text("utf-8")
    assert happened.splitlines() == told.splitlines()


async def nobody_acts_until_the_brands_are_told(year: Year) -> None:
    """A: opened at night, missed throughout; solved at the second attempt."""
    await year.at(12, 1, "23:40", year=2026)
    await year.opens("A", "২", "না")
    await year.at(12, 21, "11:00", year=2026)
    assert await year.looked() == []
    await year.act("A", "gaz-com-w1", Start(note="we ask the wages office"))
    await year.at(1, 4, "10:30")
    await year.both_sign("A")
    await year.at(1, 5, "21:15")
    await year.says("A", "সমাধান হয়নি")
    await year.at(1, 6, "10:00")
    await year.act("A", "gaz-com-w2", Start(note="again"))
    await year.at(1, 12, "16:45")
    await year.both_sign("A")
    await year.at(1, 13, "20:05")
    await year.confirms("A")


async def a_pause_in_ramadan(year: Year) -> None:
    """B: the clocks wait three days for the worker, by the short hours of Ramadan."""
    await year.at(2, 20, "12:00")
    await year.opens("B", "২", "হ্যাঁ")
    await year.at(2, 21, "09:30")
    await year.act("B", "gaz-com-w1", Acknowledge())
    before = await year.due("B")
    second = await year.story.person("partner-bd-2")
    await year.at(2, 22, "08:00")
    pause = Pause(note="she is with her mother", second=second)
    await year.act("B", "partner-bd", pause)
    await year.at(2, 25, "08:00")
    await year.act("B", "partner-bd", Resume())
    after = await year.due("B")
    three_days = timedelta(days=3)
    assert after["resolve"][0] - before["resolve"][0] == three_days
    # Two of the three were working days: Monday to Wednesday are, Friday is not.
    assert after["first_action"][0] - before["first_action"][0] >= three_days
    assert {calendar for _, calendar in after.values()} <= {"482170/2", ""}
    assert await year.looked() == []
    await year.at(3, 1, "09:15")
    await year.act("B", "gaz-com-m2", Start(note="the payslips are with us"))
    await year.at(3, 2, "14:00")
    await year.both_sign("B")


async def eid_is_longer_than_was_known(year: Year) -> None:
    """C keeps its dates when Eid is moved, until two people move them; D does not."""
    await year.at(3, 4, "11:20")
    await year.opens("C", "২", "না")
    before = await year.due("C")
    await year.at(3, 7, "10:00")
    await year.imports(EID_LASTS_LONGER)
    await year.act("C", "gaz-com-w1", Acknowledge())
    assert await year.due("C") == before
    await year.opens("D", "২", "না")
    of_d = await year.due("D")
    assert before["first_action"] == (local(3, 16, "18:00"), "482170/2")
    assert of_d["first_action"] == (local(3, 22, "18:00"), "482170/3")
    assert await year.looked() == []

    await year.at(3, 8, "09:45")
    second = await year.story.person("admin")
    agreed = Recalculate(note="Eid was moved", second=second)
    await year.act("C", "partner-bd", agreed)
    moved = await year.due("C")
    assert moved["first_action"] == (local(3, 20, "18:00"), "482170/3")
    assert moved["resolve"][0] == before["resolve"][0]  # days, festival or not
    assert await year.looked() == []
    await year.at(3, 20, "09:30")
    await year.act("C", "gaz-com-w1", Start(note="on the first day after Eid"))
    await year.both_sign("C")
    await year.at(3, 25, "10:00")
    await year.act("D", "gaz-com-w1", Start(note="late"))
    await year.both_sign("D")


async def a_week_without_workers(year: Year) -> None:
    """E: nobody sweeps for seven days; then everything is caught up in order."""
    await year.at(4, 8, "19:00")
    await year.opens("E", "২", "না")
    await year.at(4, 10, "08:00")
    story = year.story
    story.at = local(4, 17, "08:00")  # no worker ran in between
    pulse = await take_pulse(story.store, story.at)
    assert pulse is not None
    unswept = await year.looked()
    assert pulse.unswept == len(unswept)
    assert [(letter, clock) for letter, clock, _ in unswept if letter == "E"] == [
        ("E", "acknowledge"),
        ("E", "first_action"),
    ]
    # Others have ended long ago, and only wait to be asked what came after.
    asked = {(letter, clock) for letter, clock, _ in unswept if letter != "E"}
    assert asked == {("A", Clock.CHECK_90), ("B", Clock.CHECK_30)}
    await story.sweep()
    assert await year.looked() == []
    clocks = await story.clocks(year.tickets["E"].number)
    for name, due in (("acknowledge", (4, 11)), ("first_action", (4, 14))):
        # Missed on the day on which it was due, not on which it was seen.
        assert clocks[name]["missed_at"] == local(*due, "18:00")
    await year.at(4, 18, "11:00")
    await year.act("E", "gaz-com-w1", Start(note="after the week"))
    await year.at(4, 20, "11:00")
    await year.both_sign("E")
    await year.at(4, 21, "09:00")
    await year.confirms("E")


async def a_fire_before_the_second_eid(year: Year) -> None:
    """F: grave, so that neither festival nor night makes it wait; then nobody acts."""
    await year.at(5, 12, "22:10")
    await year.opens("F", "২", "না")
    before = await year.due("F")
    await year.at(5, 13, "09:00")
    await year.imports(EID_UL_ADHA)
    assert await year.due("F") == before
    await year.at(5, 14, "03:30")
    await year.says("F", ON_FIRE)
    assert await year.looked() == []
    await year.at(5, 14, "05:00")
    await year.act("F", "partner-bd", Acknowledge())
    await year.at(5, 14, "08:00")
    await year.act("F", "partner-bd", Start(note="everybody is out"))
    await year.at(6, 20, "10:00")
    await year.act("F", "partner-bd", Resolve(note="the doors open now"))


_SHOWN = ("clock", "round", "percent", "rung", "reason", "is_late", "state", "route")
_WHEN = ("due_at", "until")


async def transcript(year: Year) -> str:
    """Return what happened and who was owed what, one line each, in local time."""
    store = year.story.store
    lines: list[tuple[datetime, int, str]] = [(at, 0, text) for at, text in year.told]
    for letter, ticket in year.tickets.items():
        case = await year.story.case(ticket.number)
        key = store.keyring.unwrap(case["data_key"], case["id"])
        for row in await store.pool.fetch(
            "SELECT seq, at, kind, sealed FROM ledger_event WHERE case_id = $1",
            case["id"],
        ):
            facts = facts_in(row, case["id"], key)
            said = " ".join([row["kind"], *_facts(facts)])
            lines.append((row["at"], row["seq"], f"{letter}  {said}"))
        owed: dict[tuple[datetime, str], list[str]] = {}
        for debt in await year.story.owed(ticket.number):
            owed.setdefault((debt.at, debt.told), []).append(debt.to)
        last = 1_000_000  # what is owed for a moment stands below what happened
        for (at, told), to in owed.items():
            text = f"{letter}    -> {told}: {', '.join(sorted(to))}"
            lines.append((at, last, text))
    return "\n".join(
        f"{at.astimezone(DHAKA):%Y-%m-%d %a %H:%M}  {text}"
        for at, _, text in sorted(lines)
    )


def _facts(facts: dict[str, Any]) -> list[str]:
    """Return the facts that say what happened, never a note."""
    words = [f"{name}={facts[name]}" for name in _SHOWN if name in facts]
    times = [
        f"{name}={datetime.fromisoformat(facts[name]).astimezone(DHAKA):%d %b %H:%M}"
        for name in _WHEN
        if name in facts
    ]
    return [*words, *times]
