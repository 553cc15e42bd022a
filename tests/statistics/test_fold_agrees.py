"""What was folded agrees with where each case stands by its own row."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from app.demo.furnish import furnish
from app.domain import commands as verbs
from app.domain.case import CaseFile
from app.domain.commands import Actor, Command
from app.domain.decide import decide
from app.domain.directory import Directory
from app.domain.joining import follow
from app.domain.opening import open_case
from app.domain.taxonomy import Category, Conflict, State
from app.rehearsal.cast import tales
from app.rehearsal.desks import Desks
from app.rehearsal.people import Tempers
from app.rehearsal.plan import Plan
from app.rehearsal.rehearse import PLAYED_ON
from app.rehearsal.stage import Stage as Theatre
from app.statistics.fold import Told, fold
from app.statistics.model import CaseFacts, Kept, Outcome, Stage
from app.store.engine import Store
from app.store.mapping import CASE_COLUMNS, case_from, deadline_from
from app.store.recheck import facts_in
from tests.builders import (
    DAYS,
    GAZIPUR,
    HOURS,
    PROGRAMME,
    SYSTEM,
    TIRUPPUR,
    TUESDAY,
    WORKER,
    by,
    id_of,
    seed,
)
from tests.domain.test_transitions import COMMANDS
from tests.statistics.lives import Ledger, Life

ID = id_of("case")
_OUTCOMES: Mapping[State, Outcome] = {
    State.RESOLVED: Outcome.DECLARED,
    State.CLOSED_DECLARED: Outcome.DECLARED,
    State.CLOSED_CONFIRMED: Outcome.CONFIRMED,
    State.IN_REMEDIATION: Outcome.IN_REMEDIATION,
    State.CLOSED_REFERRED: Outcome.REFERRED,
    State.CLOSED_WITHDRAWN: Outcome.WITHDRAWN,
    State.CLOSED_UNFOUNDED: Outcome.UNFOUNDED,
    State.CLOSED_NO_CONTACT: Outcome.NO_CONTACT,
}


def check(facts: CaseFacts, case: CaseFile, directory: Directory) -> None:
    """Hold what was folded against where the case stands by its own row."""
    assert (
        *(facts.site, facts.country, facts.category, facts.severity, facts.route),
        *(facts.channel, facts.language, facts.filer),
        *(facts.outcome, facts.is_part),
    ) == (
        *(case.site, case.country, case.category, case.severity, case.route),
        *(case.channel, case.language, case.filed_by or "worker"),
        _OUTCOMES.get(case.state, Outcome.OPEN),
        case.joined_to is not None,
    )
    zones = {directory.calendar_for(None, c).zone for c in ("BD", "IN")}
    days = {case.opened_at.astimezone(zone).date() for zone in zones}
    assert facts.received_on in days
    paused = sum(((p.until or p.since) - p.since for p in case.pauses), timedelta())
    assert facts.paused_hours == -(-paused // HOURS)


def check_stages(facts: CaseFacts, case: CaseFile) -> None:
    """Late is what the row of its clock says is late, and nothing else."""
    for stage, time in facts.stages.items():
        rounds = [c.round for c in case.deadlines if c.name == stage]
        judged = max(rounds) if stage is Stage.RESOLVE else min(rounds)
        clock = case.deadline(stage, judged)
        assert clock is not None
        is_met_late = clock.met_at is not None and clock.met_at >= clock.due_at
        is_late = clock.missed_at is not None or is_met_late
        assert (time.kept is Kept.LATE) is is_late
        if time.kept is Kept.IN_TIME:
            assert clock.met_at is not None
        if facts.outcome is Outcome.OPEN and time.kept is Kept.RUNNING:
            assert clock.met_at is None
        if time.hours is not None and time.working is not None:
            assert time.working <= time.hours


ACTORS = [
    *(WORKER, SYSTEM),
    *map(by, ("gaz-com-w1", "gaz-com-m1", "gaz-safe-w1", "gaz-safe-m1")),
    *map(by, ("partner-bd", "partner-bd-2", "partner-tn", "admin")),
    *map(by, ("gaz-head", "norda-buyer", "tir-com-w1", "tir-com-m1")),
]
acts = st.tuples(
    st.sampled_from(COMMANDS), st.sampled_from(ACTORS), st.integers(0, 24 * 9)
)


@given(
    st.sampled_from([*Category]),
    st.sampled_from([None, *Conflict]),
    st.sampled_from([GAZIPUR, TIRUPPUR, None]),
    st.lists(acts, max_size=30),
)
def test_whatever_happens_the_fold_agrees_with_the_case(
    category: Category,
    conflict: Conflict | None,
    site: str | None,
    story: list[tuple[Command, Actor, int]],
) -> None:
    life = Life(category=category, conflict=conflict, site=site)
    for command, actor, hours in story:
        life.wait(hours)
        life.act(command, actor)
    facts = life.facts
    check(facts, life.case, PROGRAMME)
    check_stages(facts, life.case)
    reopened = any(e.kind == "case.reopened" for e in life.ledger.events[ID])
    assert facts.is_reopened is reopened
    assert facts.is_info is (life.case.category is Category.INFO)
    assert facts.brand_hours is None or facts.brand_asked


@given(st.lists(acts, max_size=8), st.lists(acts, max_size=8))
def test_a_part_is_counted_with_its_main_case_until_it_leaves(
    before: list[tuple[Command, Actor, int]], after: list[tuple[Command, Actor, int]]
) -> None:
    main = open_case(seed(id=id_of("main"), number="20000004"), PROGRAMME, TUESDAY).case
    life = Life()
    for command, actor, hours in before:
        life.wait(hours % 24)
        life.act(command, actor)
    partner = by("partner-bd")
    into = verbs.Join(main.number, note="The same month.")
    joined = decide(life.case, into, partner, PROGRAMME, life.at, beside=main)
    life.ledger.hear(life.case, joined, life.at)
    life.case = joined.case
    for command, actor, hours in after:
        at = life.at + hours % 24 * HOURS
        moved = decide(main, command, actor, PROGRAMME, at)
        if life.case.joined_to is not None:
            followed = follow(life.case, main, moved.case, PROGRAMME, at)
            if followed is not None:
                life.ledger.hear(life.case, followed, at)
                life.case = followed.case
        main, life.at = moved.case, at
    facts = life.facts
    check(facts, life.case, PROGRAMME)
    assert facts.is_part is (facts.stages == {})


def test_a_year_as_rehearsed() -> None:
    """Ladders climbed, brands told and answering, cases reopened: all agree."""
    ledger = Ledger()
    since = datetime(2026, 1, 1, tzinfo=UTC)
    until = since + 180 * DAYS
    plan = Plan()
    theatre = Theatre(
        Desks(PROGRAMME, Tempers.drawn(PROGRAMME, plan, 7)),
        plan,
        seed=7,
        since=since,
        until=until + PLAYED_ON,
        hear=lambda _story, before, made, at: ledger.hear(before, made, at),
    )
    cast = tales(PROGRAMME, plan, cases=300, seed=7, start=since, until=until)
    stories = theatre.play(cast)
    found = {story.case.id: ledger.facts(story.case.id) for story in stories}
    for story in stories:
        check(found[story.case.id], story.case, PROGRAMME)
        check_stages(found[story.case.id], story.case)
    counted = [*found.values()]
    assert {facts.outcome for facts in counted} >= {Outcome.CONFIRMED, Outcome.DECLARED}
    assert any(facts.brand_hours is not None for facts in counted)
    assert any(facts.is_reopened for facts in counted)
    assert any(facts.paused_hours for facts in counted)


# ------------------------------------------------------------- the demo's year

UNTIL = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


async def test_the_demo_s_year_from_its_ledger(store: Store) -> None:
    await furnish(store, at=UNTIL, is_quick=False)
    directory = await store.directory()

    def country(code: str) -> str | None:
        site = directory.sites.get(code)
        return site.country if site else None

    async with store.transaction() as tx:
        rows = await tx.connection.fetch(f"SELECT {CASE_COLUMNS} FROM cases")
        clocks = await tx.connection.fetch("SELECT * FROM deadline")
        events = await tx.connection.fetch("SELECT * FROM ledger_event ORDER BY seq")
    assert len(rows) == 83
    for row in rows:
        key = store.keyring.unwrap(row["data_key"], row["id"])
        told = [
            Told(e["seq"], e["at"], e["kind"], facts_in(e, row["id"], key))
            for e in events
            if e["case_id"] == row["id"]
        ]
        facts = fold(row["id"], told, directory.calendar_named, country)
        assert facts is not None
        own = [
            deadline_from(clock) for clock in clocks if clock["case_id"] == row["id"]
        ]
        case = case_from(row, own)
        check(facts, case, directory)
        check_stages(facts, case)
