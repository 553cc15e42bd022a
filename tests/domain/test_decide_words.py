"""Withdrawals, remediation and the rest of what is said on a case."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.commands import Command
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, State
from tests.builders import (
    COMMITTEE,
    DAYS,
    HOURS,
    PARTNERS,
    PROGRAMME,
    SECRETARIAT,
    TUESDAY,
    act,
    after,
    by,
    due,
    id_of,
    kinds,
    opened,
    programme,
    told,
)

NOTE = "A reason."
WAGE: dict[str, Any] = {}
FORC: dict[str, Any] = {"category": Category.FORC}
YES: dict[str, Any] = {"conflict": Conflict.YES}
RAISED: dict[str, Any] = {"severity_raised": True}


@pytest.mark.parametrize(
    ("given", "is_guarded"),
    [
        pytest.param(WAGE, False, id="a-committees-case-after-72-hours"),
        pytest.param(YES, True, id="never-what-is-kept-from-the-committee"),
        pytest.param(FORC, True, id="never-a-bypass"),
        pytest.param(RAISED, True, id="never-what-was-raised"),
        pytest.param(
            {"category": Category.OSHS, "severity_raised": True},
            True,
            id="never-s1-even-at-the-factory",
        ),
    ],
)
def test_a_withdrawal_by_text(given: dict[str, Any], is_guarded: bool) -> None:
    at = TUESDAY + HOURS
    decision = act(opened(**given), verbs.AskWithdraw(), None, at=at)
    assert told(decision) == PARTNERS
    assert told(decision, "withdraw_check") == PARTNERS
    assert (decision.notice == "talk_first") == is_guarded
    later = strike(decision.case, PROGRAMME, False, at + timedelta(hours=72)).case
    assert (later.state == State.CLOSED_WITHDRAWN) == (not is_guarded)


@pytest.mark.parametrize(
    ("command", "name"),
    [(verbs.UndoWithdrawByWorker(), None), (verbs.UndoWithdraw(), "partner-bd")],
)
def test_a_withdrawal_can_be_undone_and_asked_for_again(
    command: Command, name: str | None
) -> None:
    at = TUESDAY + HOURS
    asked = act(opened(), verbs.AskWithdraw(), None, at=at)
    undone = act(asked.case, command, name, at=at + HOURS).case
    assert strike(undone, PROGRAMME, False, at + 80 * HOURS).case.state == (
        State.RECEIVED
    )
    again = act(undone, verbs.AskWithdraw(), None, at=at + 2 * HOURS)
    assert due(again.case, Clock.WITHDRAWAL) == at + 74 * HOURS
    assert not {o.key for o in again.owed} & {o.key for o in asked.owed}


def test_a_case_that_became_grave_is_not_withdrawn_after_all() -> None:
    at = TUESDAY + HOURS
    case = replace(opened(), may_text=True)
    case = act(case, verbs.AskWithdraw(), None, at=at).case
    case = act(case, verbs.RaiseDanger(), None, at=at + HOURS).case
    decision = strike(case, PROGRAMME, False, at + timedelta(hours=72))
    assert not decision.case.state.is_closed
    assert "withdrawal.lapsed" in kinds(decision)
    # She was told that it would end on this day.
    assert told(decision, "worker_news") == {"worker"}
    silent = strike(replace(case, may_text=None), PROGRAMME, False, at + 72 * HOURS)
    assert told(silent, "worker_news") == set()


# Remediation.


def test_a_missed_review_climbs_once_for_each_date() -> None:
    case = after(
        opened(category=Category.CHLD),
        (verbs.Remediate(date(2026, 9, 20)), by("partner-bd")),
    )
    # The end of 20 September in Dhaka.
    end = datetime(2026, 9, 20, 18, 0, tzinfo=UTC)
    assert due(case, Clock.REVIEW) == end
    missed = strike(case, PROGRAMME, False, end)
    assert told(missed, "review_missed") == PARTNERS | SECRETARIAT
    assert told(strike(missed.case, PROGRAMME, False, end + DAYS), "review_missed") == (
        set()
    )
    held = act(
        missed.case, verbs.Review(date(2026, 9, 25)), "partner-bd", at=end + DAYS
    ).case
    again = strike(held, PROGRAMME, False, end + 6 * DAYS)
    assert told(again, "review_missed") == PARTNERS | SECRETARIAT
    assert not {o.key for o in again.owed} & {o.key for o in missed.owed}
    rows = {(e.clock, e.round, e.rung, e.reason) for e in missed.escalations}
    assert not rows & {(e.clock, e.round, e.rung, e.reason) for e in again.escalations}


def test_missed_reviews_never_fall_silent() -> None:
    case = after(
        opened(category=Category.CHLD),
        (verbs.Remediate(date(2026, 9, 20)), by("partner-bd")),
    )
    end = datetime(2026, 9, 20, 18, 0, tzinfo=UTC)
    case = strike(case, PROGRAMME, False, end).case
    # Struck on 21 September in Dhaka: the next is due at the end of the 28th.
    for week in range(1, 5):
        assert due(case, Clock.REVIEW) == end + timedelta(days=8 * week)
        missed = strike(case, PROGRAMME, False, due(case, Clock.REVIEW))
        assert told(missed, "review_missed") == PARTNERS | SECRETARIAT
        case = missed.case


def test_a_review_held_late_has_its_next_date_already() -> None:
    case = after(
        opened(category=Category.CHLD),
        (verbs.Remediate(date(2026, 9, 20)), by("partner-bd")),
    )
    at = datetime(2026, 9, 21, 5, 0, tzinfo=UTC)
    held = act(case, verbs.Review(date(2026, 10, 20)), "partner-bd", at=at).case
    seen = strike(held, PROGRAMME, False, at + HOURS)
    assert told(seen, "review_missed") == PARTNERS | SECRETARIAT
    assert due(seen.case, Clock.REVIEW) == datetime(2026, 10, 20, 18, 0, tzinfo=UTC)


def test_what_is_no_forced_labour_after_all_leaves_remediation() -> None:
    case = after(
        opened(category=Category.FORC),
        (verbs.Remediate(date(2026, 9, 20)), by("partner-bd")),
    )
    child = act(case, verbs.SetCategory(Category.CHLD, note=NOTE), "partner-bd")
    assert child.case.state == State.IN_REMEDIATION
    wage = act(case, verbs.SetCategory(Category.WAGE, note=NOTE), "partner-bd").case
    assert wage.state == State.IN_REVIEW
    review = wage.deadline(Clock.REVIEW)
    assert review is not None
    assert (review.is_running, review.next_at) == (False, None)
    resolve = wage.deadline(Clock.RESOLVE)
    assert resolve is not None
    assert resolve.is_running


@pytest.mark.parametrize(
    ("given", "before", "command", "is_told"),
    [
        pytest.param(FORC, [], verbs.Start(), True, id="a-start-is-the-first-news"),
        pytest.param(FORC, [], verbs.Plan(), True, id="so-is-a-plan"),
        pytest.param(
            FORC,
            [verbs.Acknowledge()],
            verbs.Start(),
            False,
            id="not-where-it-was-read-before",
        ),
        pytest.param(
            FORC, [verbs.Start()], verbs.Plan(), False, id="nor-at-a-later-plan"
        ),
        pytest.param(
            {"category": Category.INFO, "conflict": Conflict.YES},
            [],
            verbs.Start(),
            True,
            id="also-where-reading-it-has-no-date",
        ),
    ],
)
def test_the_worker_hears_that_her_case_was_taken_up(
    given: dict[str, Any], before: list[Command], command: Command, is_told: bool
) -> None:
    case = replace(opened(**given), may_text=True)
    case = after(case, *((each, by("partner-bd")) for each in before))
    decision = act(case, command, "partner-bd")
    assert decision.refusal is None
    assert ("worker" in told(decision, "worker_news")) == is_told


def test_a_review_sets_the_next_one_or_is_refused() -> None:
    case = after(
        opened(category=Category.FORC),
        (verbs.Remediate(date(2026, 9, 20)), by("partner-bd")),
    )
    refused = act(case, verbs.Review(None), "partner-bd")
    assert refused.events[0].facts["why"] == "no_next_review"


# More words.


@pytest.mark.parametrize(
    ("minutes", "count"),
    [
        pytest.param(5, 1, id="twice-in-an-hour-is-one-notice"),
        pytest.param(70, 2, id="in-two-hours-two"),
    ],
)
def test_more_text_tells_the_body_once_an_hour(minutes: int, count: int) -> None:
    case = opened()
    keys = {
        owed.key
        for at in (TUESDAY, TUESDAY + timedelta(minutes=minutes))
        for owed in act(case, verbs.Say(), None, at=at).owed
        if owed.template == "worker_wrote"
    }
    assert len(keys) == count * len(COMMITTEE)


def test_a_closed_case_hears_the_worker_and_stays_closed() -> None:
    closed = act(opened(), verbs.Unfounded(note=NOTE), "partner-bd").case
    decision = act(closed, verbs.Say(), None, at=TUESDAY + 2 * DAYS)
    assert told(decision, "worker_wrote") == COMMITTEE
    assert decision.case.state == State.CLOSED_UNFOUNDED


def test_danger_in_a_closed_case_reaches_the_partner() -> None:
    closed = act(opened(), verbs.Unfounded(note=NOTE), "partner-bd").case
    decision = act(closed, verbs.RaiseDanger(), None, at=TUESDAY + 2 * DAYS)
    assert told(decision) == PARTNERS
    assert decision.escalations == ()


def test_facts_are_json_and_say_who() -> None:
    decision = act(
        opened(), verbs.Exclude(id_of("gaz-com-w1"), note=NOTE), "partner-bd"
    )
    for event in decision.events:
        json.dumps(event.facts)
        assert event.actor == str(id_of("partner-bd"))
    for owed in decision.owed:
        json.dumps(owed.params)


def test_a_case_keeps_the_policy_that_it_was_opened_under() -> None:
    case = opened()
    newer = PROGRAMME.policies[0].with_version("2026-09-01")
    directory = replace(PROGRAMME, policies=(*PROGRAMME.policies, newer))
    decision = act(case, verbs.RaiseDanger(), None, directory=directory)
    assert decision.case.policy_version == "2026-01-01"


def test_nobody_is_told_twice_of_one_change() -> None:
    directory = programme(without=["partner-bd-2"])
    decision = act(opened(directory=directory), verbs.RaiseDanger(), None,
                   directory=directory)  # fmt: skip
    keys = [owed.key for owed in decision.owed]
    assert len(keys) == len(set(keys))
