"""A year played in advance: what holds whoever the people are."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from app.domain.clocks import AFTER, PROMISES
from app.domain.directory import Directory
from app.domain.errors import BadInput
from app.domain.taxonomy import Category, State
from app.rehearsal.outcome import Outcome, differences
from app.rehearsal.plan import Plan, Shares, Words
from app.rehearsal.rehearse import compare, rehearse
from tests.builders import POLICY, PROGRAMME
from tests.rehearsal.people import (
    MIXED,
    NEVER,
    NOBODY,
    PERFECT,
    START,
    WELL,
    played,
    shorter,
)

SEEDS = st.integers(0, 2**32)
WEIGHTS = st.integers(0, 3)
SHARES = st.builds(Shares, WEIGHTS.map(lambda n: n + 1), WEIGHTS, WEIGHTS)
# People of every kind, and much more of what is rare.
PLANS = st.builds(
    Plan,
    committees=SHARES,
    partners=SHARES,
    above=SHARES,
    words=st.builds(Words, WEIGHTS.map(lambda n: n + 1), WEIGHTS, WEIGHTS),
    danger=st.just(0.1),
    danger_later=st.just(0.2),
    no_site=st.just(0.2),
    writes_again=st.just(0.5),
    withdraws=st.just(0.2),
    referred=st.just(0.1),
    no_contact=st.just(0.1),
    paused=st.just(0.3),
    remediation_months=st.integers(0, 3),
)

plays = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # A year that fails says enough; to look for a smaller one takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def rehearsed(plan: Plan = MIXED, *, seed: int = 1, **more: Any) -> Outcome:
    asked = {"months": 3, "cases": 150, "start": START, **more}
    return rehearse(asked.pop("directory", PROGRAMME), plan, seed=seed, **asked)


def shares(outcome: Outcome) -> dict[tuple[str, str], float]:
    return {
        (row.clock, row.severity): row.per_cent
        for row in outcome.clocks
        if row.per_cent is not None
    }


# -------------------------------------------------------------- for any people


@plays
@given(SEEDS)
def test_the_same_seed_gives_the_same_year(seed: int) -> None:
    one, two = (json.dumps(rehearsed(seed=seed).as_data()) for _ in range(2))
    assert one == two


def test_another_seed_gives_another_year() -> None:
    one, two = rehearsed(seed=1).as_data(), rehearsed(seed=2).as_data()
    assert {**one, "seed": 2} != two


@plays
@given(SEEDS, PLANS)
def test_every_case_has_ended_or_is_open(seed: int, plan: Plan) -> None:
    stories, _, until = played(plan, seed=seed)
    assert len(stories) == 80
    for case in (story.case for story in stories):
        assert (case.closed_at is not None) == case.state.is_closed
        running = [clock for clock in case.clocks if clock.is_running]
        if case.state.is_closed:
            assert all(clock.name in AFTER for clock in running)
        # Whatever had its time before the end has been looked at.
        assert [c for c in case.clocks if c.next_at and c.next_at < until] == []


@plays
@given(SEEDS, PLANS)
def test_nothing_climbs_once_it_is_closed(seed: int, plan: Plan) -> None:
    _, heard, _ = played(plan, seed=seed)
    for decisions in heard.all.values():
        for was, made in decisions:
            if was is not None and was.state.is_closed and made.case.state.is_closed:
                assert made.escalations == ()


@plays
@given(SEEDS, PLANS)
def test_every_missed_promise_of_an_open_case_was_escalated(
    seed: int, plan: Plan
) -> None:
    stories, heard, _ = played(plan, seed=seed)
    for story in stories:
        case = story.case
        if case.state.is_closed or case.state == State.RESOLVED:
            continue
        climbed = {
            (step.clock, step.round)
            for _, made in heard.all[case.id]
            for step in made.escalations
        }
        missed = {
            (clock.name, clock.round)
            for clock in case.deadlines
            if clock.missed_at is not None and clock.name in PROMISES
        }
        assert missed <= climbed


@plays
@given(SEEDS, PLANS)
def test_nobody_is_told_the_same_thing_twice(seed: int, plan: Plan) -> None:
    """The engine itself owes each thing once. Only that there is news for the
    worker may come up again, with a child's case; the outbox takes it once.
    """
    _, heard, _ = played(plan, seed=seed)
    for decisions in heard.all.values():
        keys = Counter(
            owed.key
            for _, made in decisions
            if made.refusal is None
            for owed in made.owed
        )
        assert [key for key, times in keys.items() if times > 1] == []


@plays
@given(SEEDS, st.integers(2, 4), SHARES, SHARES)
def test_shorter_clocks_keep_no_more_promises_with_the_same_people(
    seed: int, by: int, committees: Shares, partners: Shares
) -> None:
    """Who acts only when they would have acted anyway; pressed by an earlier
    escalation they may well keep more.
    """
    plan = Plan(committees=committees, partners=partners, is_heeded=False)
    long, short = compare(
        PROGRAMME,
        plan,
        [None, shorter(POLICY, by)],
        months=3,
        cases=80,
        seed=seed,
        start=START,
    )
    assert long.cases == short.cases
    before, after = shares(long), shares(short)
    assert [key for key in before if after[key] > before[key]] == []


# --------------------------------------------------------------- for some people


@plays
@given(SEEDS)
def test_where_nobody_ever_answers_no_promise_is_kept(seed: int) -> None:
    outcome = rehearsed(NOBODY, seed=seed)
    assert set(shares(outcome).values()) == {0.0}
    assert {row.solved for row in outcome.solving} == {0}
    assert {row.median for row in outcome.solving} == {None}


@plays
@given(SEEDS)
def test_where_all_answer_well_every_promise_is_kept(seed: int) -> None:
    outcome = rehearsed(PERFECT, seed=seed)
    assert set(shares(outcome).values()) == {100.0}
    assert {row.missed + row.open for row in outcome.clocks} == {0}
    assert outcome.refused == {}
    assert {climb.reason for climb in outcome.climbs} <= {
        "alert",
        "cluster",
        "not_solved",
    }


def test_an_answer_from_above_makes_a_silent_committee_act() -> None:
    silent = replace(PERFECT, committees=NEVER, withdraws=0.0)
    heeded = rehearsed(silent)
    unheeded = rehearsed(replace(silent, is_heeded=False))
    assert heeded.states.get("received", 0) == 0
    assert unheeded.states["received"] > 50


def test_whoever_is_told_answers_or_the_case_climbs_on() -> None:
    told = rehearsed(replace(PERFECT, committees=NEVER, above=WELL))
    assert told.answers["answered"] > 20
    assert told.answers.get("silent", 0) < told.answers["answered"] / 10
    silence = rehearsed(NOBODY)
    assert silence.answers["silent"] > 50
    assert "answered" not in silence.answers
    assert sum(c.count for c in silence.climbs) > sum(c.count for c in told.climbs)


def test_many_cases_of_one_kind_at_one_site_are_told_of() -> None:
    alike = replace(MIXED, categories={Category.WAGE: 1}, danger=0.0)
    told = [c.count for c in rehearsed(alike).climbs if c.reason == "cluster"]
    # Of each of three sites at most once in thirty days, and 150 are played.
    assert 3 < sum(told) <= 3 * 5
    few = rehearsed(alike, cases=4)
    assert [c for c in few.climbs if c.reason == "cluster"] == []


def test_the_desks_share_the_temperaments_as_asked() -> None:
    outcome = rehearsed(Plan(committees=Shares(2, 1, 0)))
    assert outcome.sites == {"well": 2, "late": 1, "never": 0}


def test_brands_are_told_what_their_sites_missed() -> None:
    outcome = rehearsed(NOBODY)
    loads = {load.desk: load for load in outcome.loads}
    norda = loads["brand norda"]
    assert norda.temper == "never"
    assert norda.alerts > 0
    assert norda.escalations > 50
    # It buys nothing since June, and the year begins in September.
    assert (loads["brand silva"].messages, loads["brand silva"].peak) == (0, 0)
    told = sum(load.messages for load in outcome.loads)
    assert told == sum(outcome.messages.values()) == sum(outcome.carriers.values())


def test_bigger_sites_have_more_cases() -> None:
    big, *small = PROGRAMME.sites.values()
    sites = {big.code: replace(big, workers=9000), **{s.code: s for s in small}}
    stories, _, _ = played(
        MIXED, seed=3, cases=300, directory=replace(PROGRAMME, sites=sites)
    )
    assert sum(story.tale.site == big.code for story in stories) > 200


def test_the_share_of_paused_time_is_told() -> None:
    assert rehearsed(replace(PERFECT, paused=0.0)).paused_per_cent == 0
    assert rehearsed(replace(PERFECT, paused=1.0)).paused_per_cent > 5


# ------------------------------------------------------------------- comparing


def test_a_policy_beside_itself_differs_in_nothing() -> None:
    before, after = compare(
        PROGRAMME,
        MIXED,
        [None, POLICY],
        months=3,
        cases=150,
        seed=1,
        start=START,
    )
    assert {row.change for row in differences(before, after)} <= {0, None}
    assert before == after


def test_a_comparison_shows_both_years_and_the_difference() -> None:
    before, after = compare(
        PROGRAMME,
        replace(MIXED, committees=WELL),
        [POLICY, shorter(POLICY, 4)],
        months=3,
        cases=150,
        seed=1,
        start=START,
    )
    rows = {(row.group, row.name): row for row in differences(before, after)}
    kept = rows["kept in time", "resolve S3"]
    assert kept.before == shares(before)["resolve", "S3"]
    assert kept.after == shares(after)["resolve", "S3"]
    assert kept.change is not None
    assert kept.change < -20
    # Only the stricter policy has the committees' cases climb for a second miss.
    assert all(
        row.before is not None for (group, _), row in rows.items() if group == "cases"
    )


def test_progress_is_told_from_nothing_to_all() -> None:
    heard: list[float] = []
    compare(
        PROGRAMME,
        MIXED,
        [None, POLICY],
        months=3,
        cases=150,
        seed=1,
        start=START,
        on_progress=heard.append,
    )
    assert heard == sorted(heard)
    assert (heard[0] < 0.1, heard[-1]) == (True, 1.0)


# -------------------------------------------------------------------- refusals


def test_without_sites_it_says_where_sites_come_from() -> None:
    empty: Directory = replace(PROGRAMME, sites={})
    with pytest.raises(BadInput, match=r"threadline import sites.*threadline run"):
        rehearsed(directory=empty)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"months": 0}, id="no-month"),
        pytest.param({"cases": 0}, id="no-case"),
        pytest.param({"cases": 10**9}, id="more-cases-than-memory"),
        pytest.param({"start": START.replace(tzinfo=None)}, id="a-start-nowhere"),
    ],
)
def test_what_cannot_be_played_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="write"):
        rehearsed(**asked)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: Shares(0, 0, 0), id="shares-of-nothing"),
        pytest.param(lambda: Shares(2, -1, 0), id="less-than-nobody"),
        pytest.param(lambda: Words(0, 0, 0), id="no-words-and-no-silence"),
        pytest.param(lambda: Plan(danger=1.5), id="more-than-all"),
    ],
)
def test_shares_that_are_none_are_refused(made: Any) -> None:
    with pytest.raises(BadInput):
        made()
