"""Due times that move: forward by themselves, back only by a partner or a pause."""

from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.taxonomy import Category, Clock, Severity
from tests.builders import (
    DAYS,
    HOURS,
    TUESDAY,
    WORKER,
    act,
    after,
    by,
    due,
    id_of,
    kinds,
    opened,
)

NOTE = "A reason."


def test_raising_brings_due_times_forward_from_the_opening() -> None:
    at = TUESDAY + 2 * HOURS
    case = act(opened(), verbs.RaiseDanger(), None, at=at).case
    assert due(case, Clock.ACKNOWLEDGE) == TUESDAY + 4 * HOURS
    assert due(case, Clock.FIRST_ACTION) == TUESDAY + 24 * HOURS


def test_a_longer_category_moves_nothing_later() -> None:
    case = opened()
    changed = act(case, verbs.SetCategory(Category.SOCS), "gaz-com-m1").case
    assert changed.category == Category.SOCS
    assert due(changed, Clock.RESOLVE) == due(case, Clock.RESOLVE)


def test_a_partner_that_lowers_may_set_a_later_time() -> None:
    case = opened(severity_raised=True)
    lowered = act(case, verbs.SetSeverity(Severity.S3, note=NOTE), "partner-bd")
    assert due(lowered.case, Clock.ACKNOWLEDGE) > due(case, Clock.ACKNOWLEDGE)
    assert "clock.moved" in kinds(lowered)
    assert lowered.events[0].facts["note"] == NOTE


@pytest.mark.parametrize(
    ("given", "name", "command", "why"),
    [
        pytest.param(
            {},
            "gaz-com-m1",
            verbs.Pause(id_of("partner-bd"), note=NOTE),
            "role",
            id="no-member-pauses-though-a-partner-be-named",
        ),
        pytest.param(
            {},
            "partner-bd",
            verbs.Pause(id_of("partner-bd-2"), note=NOTE),
            None,
            id="two-partners-pause",
        ),
        pytest.param(
            {},
            "partner-bd",
            verbs.Pause(id_of("admin"), note=NOTE),
            None,
            id="or-a-partner-and-the-secretariat",
        ),
        pytest.param(
            {},
            "partner-bd",
            verbs.Pause(id_of("partner-bd"), note=NOTE),
            "no_second",
            id="one-partner-twice-does-not",
        ),
        pytest.param(
            {},
            "partner-bd",
            verbs.Pause(id_of("partner-bd-2")),
            "no_reason",
            id="nor-without-a-reason",
        ),
        pytest.param(
            {},
            "partner-bd",
            verbs.Pause(id_of("gaz-com-w1"), note=NOTE),
            "no_second",
            id="nor-with-a-member-of-the-committee",
        ),
        pytest.param(
            {},
            "partner-bd",
            verbs.Pause(id_of("gaz-head"), note=NOTE),
            "no_second",
            id="nor-with-the-head-of-the-factory",
        ),
        pytest.param(
            {"category": Category.FORC},
            "partner-bd",
            verbs.Pause(id_of("partner-bd-2"), note=NOTE),
            "critical",
            id="s1-never-pauses",
        ),
    ],
)
def test_who_pauses_the_clocks_and_who_agrees(
    given: dict[str, Any], name: str, command: verbs.Pause, why: str | None
) -> None:
    decision = act(opened(**given), command, name)
    assert decision.events[0].facts.get("why") == why
    assert (decision.refusal is None) == (why is None)


def test_a_pause_moves_the_clocks_by_its_length_only() -> None:
    case = opened(category=Category.MATC)
    begun = TUESDAY + HOURS
    pause = verbs.Pause(id_of("partner-bd-2"), note=NOTE)
    paused = act(case, pause, "partner-bd", at=begun).case
    # Nobody need end it: by itself it lasts its seven days.
    assert due(paused, Clock.RESOLVE) == due(case, Clock.RESOLVE) + 7 * DAYS
    ended = act(paused, verbs.Resume(), "partner-bd", at=begun + 2 * DAYS).case
    assert due(ended, Clock.RESOLVE) == due(case, Clock.RESOLVE) + 2 * DAYS


def test_a_pause_hides_no_longer_category() -> None:
    case = after(opened(), (verbs.SetCategory(Category.SOCS), by("gaz-com-m1")))
    begun = TUESDAY + HOURS
    pause = verbs.Pause(id_of("partner-bd-2"), note=NOTE)
    case = act(case, pause, "partner-bd", at=begun).case
    case = act(case, verbs.Resume(), "partner-bd", at=begun + HOURS).case
    assert due(case, Clock.RESOLVE) == due(opened(), Clock.RESOLVE) + HOURS


def test_pauses_are_seven_days_in_all() -> None:
    case = opened()
    at = TUESDAY
    pause = verbs.Pause(id_of("partner-bd-2"), note=NOTE)
    for days in (3, 4):
        case = act(case, pause, "partner-bd", at=at).case
        at += days * DAYS
        case = after(case, (verbs.Say(), WORKER), at=at)
        at += HOURS
    refused = act(case, pause, "partner-bd", at=at)
    assert refused.events[0].facts["why"] == "used_up"


def test_the_worker_writing_ends_a_pause() -> None:
    pause = verbs.Pause(id_of("partner-bd-2"), note=NOTE)
    case = act(opened(), pause, "partner-bd").case
    decision = act(case, verbs.Say(), None, at=TUESDAY + 2 * HOURS)
    assert "pause.ended" in kinds(decision)
    assert decision.case.pauses[0].until == TUESDAY + 2 * HOURS


def test_a_solution_ends_a_pause() -> None:
    pause = verbs.Pause(id_of("partner-bd-2"), note=NOTE)
    case = after(opened(), (pause, by("partner-bd")))
    later = TUESDAY + DAYS
    signed = after(
        case,
        (verbs.Resolve(), by("gaz-com-m1")),
        (verbs.Resolve(), by("gaz-com-w1")),
        at=later,
    )
    assert signed.pauses[0].until == later
